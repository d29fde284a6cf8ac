//! Whatever happens to the file, the answers are the same.

use std::fs;

use git_docket::index::Index;
use git_docket::ops::{self, ListRequest, UpdateRequest};

use crate::docket::Docket;

fn docket() -> Docket {
    let docket = Docket::new();
    docket.add("One item");
    docket.add("Another item");
    assert_eq!(docket.agree(), "sqlite");
    docket
}

#[test]
fn a_file_that_is_gone_or_broken_is_built_anew() {
    let docket = docket();
    let whole = fs::read(docket.index_file()).expect("an index");
    let digest = docket.digest();
    let half = whole[..whole.len() / 2].to_vec();
    let mut scribbled = whole.clone();
    for page in scribbled.chunks_mut(4096).skip(1).step_by(2) {
        page.fill(0xa5);
    }
    for bytes in [
        Vec::new(),
        b"no index at all".to_vec(),
        vec![0; 100_000],
        half,
        scribbled,
    ] {
        docket.without_index_file();
        fs::write(docket.index_file(), &bytes).expect("it is written");
        docket.agree();
        assert_eq!(docket.agree(), "sqlite", "after {} bytes", bytes.len());
        assert_eq!(docket.digest(), digest);
    }
    docket.without_index_file();
    assert_eq!(docket.agree(), "sqlite");
    assert_eq!(docket.digest(), digest);
}

/// What is wrong with this repository is not wrong with the records: nothing of it is kept.
#[test]
fn a_file_that_was_missing_for_a_while_is_there_again() {
    let docket = docket();
    let digest = docket.digest();
    let id = docket.add("A third item");
    let blob = docket.git(&format!("rev-parse tracking:.tracking/work-items/{}/{id}.md", &id[..2]));
    let object = docket.path().join(".git/objects").join(&blob[..2]).join(&blob[2..]);
    let away = docket.path().join("away");
    fs::rename(&object, &away).expect("it is taken away");
    for rubbish in [None, Some(b"rubbish")] {
        if let Some(rubbish) = rubbish {
            fs::write(&object, rubbish).expect("something else in its place");
        }
        let answer = ops::list(&docket.open(0, true), &ListRequest::default()).expect("an answer");
        assert_eq!((answer.meta.data_source, answer.total_count), ("git", 2));
        let warnings = answer.meta.warnings.join("\n");
        assert!(
            warnings.contains("the index stays where it is") && warnings.contains(&blob) && warnings.contains(&id),
            "{warnings}"
        );
    }
    fs::remove_file(&object).expect("it goes");
    fs::rename(&away, &object).expect("it comes back");
    assert_eq!(docket.agree(), "sqlite");
    assert_ne!(docket.digest(), digest);
    let answer = ops::list(&docket.open(0, true), &ListRequest::default()).expect("an answer");
    assert_eq!((answer.meta.data_source, answer.total_count), ("sqlite", 3));
}

#[test]
fn where_none_can_be_written_git_answers_and_says_so() {
    let docket = docket();
    docket.without_index_file();
    fs::create_dir(docket.index_file()).expect("a directory in its place");
    let answer = ops::list(&docket.open(0, true), &ListRequest::default()).expect("an answer");
    assert_eq!((answer.meta.data_source, answer.total_count), ("git", 2));
    assert!(answer.meta.warnings[0].contains("index"), "{:?}", answer.meta.warnings);
}

#[test]
fn while_another_process_builds_it_git_answers() {
    let docket = docket();
    let mut other = Index::open(&docket.index_file()).expect("an index");
    other.begin_writing().expect("nobody else writes");
    // What it stands at can still be read.
    assert_eq!(docket.agree(), "sqlite");
    docket.add("A third item");
    let answer = ops::list(&docket.open(0, true), &ListRequest::default()).expect("an answer");
    assert_eq!((answer.meta.data_source, answer.total_count), ("git", 3));
    other.abandon();
    other.close();
    assert_eq!(docket.agree(), "sqlite");
}

#[test]
fn a_shallow_clone_has_records_and_no_versions() {
    let docket = docket();
    let clone = docket.path().join("clone");
    docket.git(&format!(
        "clone -q --depth 1 --branch tracking --single-branch file://{} {}",
        docket.path().display(),
        clone.display()
    ));
    let settings = |without_index| ops::Settings {
        dir: clone.clone(),
        without_index,
        ..ops::Settings::default()
    };
    let open = |without_index| ops::Context::open(&settings(without_index)).expect("a clone");
    let from = |without_index| ops::list(&open(without_index), &ListRequest::default()).expect("a list");
    let (index, git) = (from(false), from(true));
    assert_eq!((index.meta.data_source, git.meta.data_source), ("sqlite", "git"));
    assert_eq!(index.items.len(), 2);
    assert!(
        index
            .items
            .iter()
            .chain(&git.items)
            .all(|item| item.version.is_none() && item.updated_at.is_none())
    );
    assert_eq!(index.meta.warnings, git.meta.warnings);
}

#[test]
fn a_shallow_clone_tells_what_it_has() {
    let docket = docket();
    let id = docket.add("The item");
    let retitle = |context: &ops::Context, title: &str, revision: Option<String>| {
        let request = UpdateRequest {
            id: id.clone(),
            title: Some(title.to_owned()),
            revision,
            ..UpdateRequest::default()
        };
        ops::update(context, &request)
    };
    for title in ["One", "Two", "Three"] {
        retitle(&docket.open(0, true), title, None).expect("an update");
    }
    let clone = docket.path().join("clone");
    docket.git(&format!(
        "clone -q --depth 3 --branch tracking --single-branch file://{} {}",
        docket.path().display(),
        clone.display()
    ));
    docket.git(
        "-C clone checkout -q --detach && git -C clone config user.name Ana && git -C clone config user.email a@b.c",
    );
    let settings = ops::Settings {
        dir: clone,
        ..ops::Settings::default()
    };
    let context = ops::Context::open(&settings).expect("a clone");
    let older = ListRequest {
        as_of: Some("tracking~1".to_owned()),
        ..ListRequest::default()
    };
    let older = ops::list(&context, &older).expect("a list");
    assert!(older.items.iter().all(|item| item.version.is_none()), "{older:?}");
    let revision = docket.git("rev-parse tracking~1");
    let conflict = retitle(&context, "Four", Some(revision))
        .expect_err("it was changed since")
        .to_json();
    assert_eq!(
        conflict["details"]["current_version"],
        serde_json::Value::Null,
        "{conflict}"
    );
    assert_eq!(conflict["details"]["changed_by"], "Ana", "{conflict}");
    let written = retitle(&context, "Four", None).expect("an update");
    assert_eq!(written.item.version, None);
    assert!(
        written
            .meta
            .warnings
            .iter()
            .any(|warning| warning.contains("not complete")),
        "{:?}",
        written.meta
    );
}
