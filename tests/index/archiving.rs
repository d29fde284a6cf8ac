//! What is archived: out of every list, and still there, whoever is asked.

use git_docket::filter::WorkItemFilter;
use git_docket::filter::words::Terms;
use git_docket::ops::{
    self, ArchiveRequest, ArchiveResponse, Context, ListRequest, NoteRequest, QueryRequest, TreeRequest,
    UnarchiveRequest, UpdateRequest,
};
use serde_json::Value;

use crate::docket::{Docket, said};

/// A day in seconds.
const DAY: i64 = 86_400;

/// A docket at day 0: a project with a part, both done; a task that is done and one that waits for it.
struct World {
    docket: Docket,
    project: String,
    part: String,
    done: String,
    waiting: String,
}

impl World {
    fn new() -> Self {
        let docket = Docket::new();
        let [project, part, done, waiting] =
            ["The project", "A part of it", "Something strange", "What waits"].map(|title| docket.add(title));
        let world = Self {
            docket,
            project,
            part,
            done,
            waiting,
        };
        world.change(0, &world.part, |request| {
            request.parent_id = Some(world.project.clone());
        });
        world.change(0, &world.waiting, |request| {
            request.add_depends_on = vec![world.done.clone()];
        });
        world.change(0, &world.done, |request| request.add_labels = vec!["one".to_owned()]);
        let note = NoteRequest {
            on: world.done.clone(),
            body: "A remarkable note.".to_owned(),
            created_by: None,
        };
        ops::note(&world.docket.open(0, true), &note).expect("a note");
        for id in [&world.part, &world.project, &world.done] {
            world.complete(0, id);
        }
        world
    }

    fn change(&self, at: i64, id: &str, change: impl FnOnce(&mut UpdateRequest)) -> Vec<String> {
        let mut request = UpdateRequest {
            id: id.to_owned(),
            ..UpdateRequest::default()
        };
        change(&mut request);
        let written = ops::update(&self.docket.open(at, true), &request).expect("a change");
        written.meta.warnings
    }

    fn complete(&self, at: i64, id: &str) {
        self.change(at, id, |request| request.status = Some("completed".to_owned()));
    }

    /// What is archived on a day, by title.
    fn archive(&self, day: i64, with_index: bool) -> ArchiveResponse {
        let context = self.docket.open(day * DAY, with_index);
        ops::archive(&context, &ArchiveRequest::default()).expect("an answer")
    }
}

fn titles(response: &ArchiveResponse) -> Vec<&str> {
    let mut titles: Vec<_> = response.items.iter().map(|item| item.title.as_str()).collect();
    titles.sort_unstable();
    titles
}

/// The titles of lists and trees, whatever else is in an answer.
fn listed(context: &Context, archived: bool) -> Vec<Vec<String>> {
    let filter = |text: &str, labels: &[&str]| WorkItemFilter {
        include_archived: archived,
        text: Terms::of(text),
        labels: labels.iter().map(ToString::to_string).collect(),
        ..WorkItemFilter::default()
    };
    let request = |filter| ListRequest {
        filter,
        ..ListRequest::default()
    };
    let titles = |answer: Value, of: &str| -> Vec<String> {
        let items = answer[of].as_array().expect("a list");
        let mut titles: Vec<_> = items
            .iter()
            .map(|item| item["title"].as_str().expect("a title").to_owned())
            .collect();
        titles.sort_unstable();
        titles
    };
    let list = |filter| titles(said(&ops::list(context, &request(filter)).expect("a list")), "items");
    let tree = TreeRequest {
        include_archived: archived,
        ..TreeRequest::default()
    };
    let search = ops::search(context, &request(filter("strange", &[]))).expect("a list");
    vec![
        list(filter("", &[])),
        list(filter("strange", &[])),
        list(filter("remarkable", &[])),
        list(filter("", &["one"])),
        titles(said(&search), "items"),
        titles(said(&ops::tree(context, &tree).expect("a tree")), "items"),
    ]
}

#[test]
fn what_is_archived_is_out_of_every_list_and_still_there() {
    for archives_with_index in [true, false] {
        let world = World::new();
        assert_eq!(titles(&world.archive(364, archives_with_index)), [""; 0]);
        let before = ops::tip(&world.docket.open(0, true)).expect("a tip").expect("a docket");
        let done = world.archive(365, archives_with_index);
        assert_eq!(titles(&done), ["A part of it", "Something strange", "The project"]);
        assert_eq!((done.archived, done.kept.len(), done.commit.is_some()), (3, 0, true));
        assert_eq!(world.archive(800, archives_with_index).commit, None, "it is done");
        world.docket.agree();
        for with_index in [true, false] {
            let context = world.docket.open(366 * DAY, with_index);
            let waits = || vec!["What waits".to_owned()];
            let none = Vec::new;
            assert_eq!(
                listed(&context, false),
                [waits(), none(), none(), none(), none(), waits()]
            );
            let whole = listed(&context, true);
            assert_eq!(whole[0].len(), 4);
            for found in &whole[1..5] {
                assert_eq!(*found, ["Something strange"]);
            }
            // What it holds up goes on.
            let ready = ops::ready(&context, &ListRequest::default()).expect("a list");
            assert_eq!(said(&ready)["total_count"], 1);
            let status = said(&ops::status(&context).expect("a status"));
            assert_eq!(status["counts"].as_array().map(Vec::len), Some(1), "{status}");
            let stats = said(&ops::stats(&context, None).expect("numbers"));
            assert_eq!(stats["total"], 1, "{stats}");
            // Whoever has its name still reads it, and what is around it.
            let shown = said(&ops::show(&context, &world.part, None, None).expect("it is there"));
            assert!(shown["archived_at"].is_string());
            assert_eq!(shown["ancestors"].as_array().map(Vec::len), Some(1));
            let request = QueryRequest {
                id: world.waiting.clone(),
                include_children: true,
                include_dependencies: true,
                max_depth: 5,
                concise: false,
            };
            let query = said(&ops::query(&context, &request).expect("it is there"));
            assert!(query.to_string().contains(&world.done), "{query}");
            // And the past is as it was.
            let past = ListRequest {
                as_of: Some(before.clone()),
                ..ListRequest::default()
            };
            assert_eq!(said(&ops::list(&context, &past).expect("a list"))["total_count"], 4);
        }
        let out = UnarchiveRequest {
            ids: vec![world.done.clone()],
            updated_by: None,
        };
        ops::unarchive(&world.docket.open(400 * DAY, true), &out).expect("it comes back");
        let again = ops::unarchive(&world.docket.open(400 * DAY, true), &out).expect_err("it is not archived");
        assert!(again.to_string().ends_with("is not archived"), "{again}");
        world.docket.agree();
        for with_index in [true, false] {
            let found = listed(&world.docket.open(401 * DAY, with_index), false);
            for found in &found[1..5] {
                assert_eq!(*found, ["Something strange"], "its words, label and note count again");
            }
        }
        assert_eq!(
            titles(&world.archive(764, archives_with_index)),
            [""; 0],
            "it was changed"
        );
    }
}

#[test]
fn what_was_changed_meanwhile_stays_with_all_it_is_below() {
    for with_index in [true, false] {
        let world = World::new();
        // The index knows nothing of this yet.
        let request = UpdateRequest {
            id: world.part.clone(),
            append_body: Some("One more word.".to_owned()),
            ..UpdateRequest::default()
        };
        ops::update(&world.docket.open(200 * DAY, false), &request).expect("a change");
        let done = world.archive(400, with_index);
        assert_eq!(titles(&done), ["Something strange"]);
        let kept = done.kept.first().expect("the project stays");
        assert_eq!(
            (kept.item.title.as_str(), kept.open_below, kept.recent_below),
            ("The project", 0, 1)
        );
        world.change(400 * DAY, &world.part, |request| {
            request.status = Some("pending".to_owned());
        });
        let kept = world.archive(800, with_index).kept;
        assert_eq!((kept[0].open_below, kept[0].recent_below), (1, 0));
        let whole = ops::validate(&world.docket.open(0, true), &ops::Target::Tip).expect("an answer");
        assert_eq!(said(&whole)["violations"].as_array().map(Vec::len), Some(0));
    }
}

#[test]
fn trying_it_changes_nothing_and_says_the_same() {
    let world = World::new();
    let tip = || ops::tip(&world.docket.open(0, true)).expect("a tip");
    let before = tip();
    let request = ArchiveRequest {
        dry_run: true,
        ..ArchiveRequest::default()
    };
    let tried = ops::archive(&world.docket.open(365 * DAY, true), &request).expect("an answer");
    assert_eq!((tip(), &tried.commit), (before, &None));
    assert_eq!(tried.items, world.archive(365, true).items);
}

#[test]
fn the_policy_counts_where_nothing_is_said() {
    let world = World::new();
    let set = |value: &str| {
        let request = ops::ConfigureRequest {
            key: "archive.older_than".to_owned(),
            value: Some(value.to_owned()),
            ..ops::ConfigureRequest::default()
        };
        ops::configure(&world.docket.open(0, true), &request)
    };
    set("6m").expect_err("minutes or months");
    set("2w").expect("two weeks");
    let request = ArchiveRequest {
        older_than: Some("15d".to_owned()),
        ..ArchiveRequest::default()
    };
    let done = ops::archive(&world.docket.open(14 * DAY, true), &request).expect("an answer");
    assert_eq!((done.archived, done.older_than.as_str()), (0, "15d"));
    assert_eq!(world.archive(14, true).archived, 3);
}

#[test]
fn whoever_writes_to_what_is_archived_hears_of_it() {
    let world = World::new();
    world.archive(365, true);
    let at = 366 * DAY;
    let hint = format!("`git docket unarchive {}` brings it back", &world.done[..8]);
    let told = |warnings: &[String]| warnings.iter().filter(|warning| warning.ends_with(&hint)).count();
    let changed = |change: fn(&mut UpdateRequest)| told(&world.change(at, &world.done, change));
    assert_eq!(changed(|request| request.add_labels = vec!["two".to_owned()]), 1);
    assert_eq!(
        changed(|request| request.add_labels = vec!["two".to_owned()]),
        0,
        "nothing was written"
    );
    let note = |body: &str| NoteRequest {
        on: world.done.clone(),
        body: body.to_owned(),
        created_by: None,
    };
    let noted = ops::note(&world.docket.open(at, true), &note("More.")).expect("a note");
    assert_eq!(told(&noted.meta.warnings), 1);
    let lines = ["Once.", "Twice."].map(|body| ops::BatchLine::AddNote(note(body)));
    let lines: Vec<_> = (1..).zip(lines).collect();
    let batch = ops::batch(&world.docket.open(at, true), &lines).expect("notes");
    assert_eq!(told(&batch.meta.warnings), 1, "{:?}", batch.meta.warnings);
    let below = world.change(at, &world.waiting, |request| {
        request.parent_id = Some(world.done.clone());
    });
    assert_eq!(told(&below), 1);
    assert_eq!(changed(|request| request.clear = vec!["archived_at".to_owned()]), 0);
    assert_eq!(changed(|request| request.add_labels = vec!["three".to_owned()]), 0);
}

/// A file that no machine can edit line by line, and one of a newer version, keep nobody else from being archived.
#[test]
fn what_cannot_be_changed_here_is_named_and_left_out() {
    let world = World::new();
    let path = format!(".tracking/work-items/{}/{}.md", &world.part[..2], world.part);
    let replaced = |from: &str, to: &str| {
        world.docket.git(&format!(
            "--version >/dev/null; set -e; export GIT_INDEX_FILE=$PWD/i; git read-tree tracking; \
             b=$(git show tracking:{path} | sed 's|{from}|{to}|' | git hash-object -w --stdin); \
             git update-index --cacheinfo 100644,$b,{path}; \
             git update-ref refs/heads/tracking $(git commit-tree -p tracking -m edited $(git write-tree)); rm i"
        ));
    };
    replaced("schema: work-item/1", "schema: work-item/2");
    for with_index in [true, false] {
        let request = ArchiveRequest {
            dry_run: true,
            ..ArchiveRequest::default()
        };
        let tried = ops::archive(&world.docket.open(400 * DAY, with_index), &request).expect("an answer");
        assert_eq!(titles(&tried), ["Something strange"]);
        assert_eq!(tried.skipped[0].item.title, "A part of it");
        assert!(tried.skipped[0].reason.contains("newer schema"), "{:?}", tried.skipped);
        assert_eq!(tried.kept[0].item.title, "The project");
    }
    assert_eq!(world.archive(400, true).archived, 1);
}
