//! Random histories, with merges, rewinds and files nobody can read.

use git_docket::ops::deployment::{RecordDeploymentRequest, RetractRequest};
use git_docket::ops::enhancement::{CreateEnhancementRequest, PromoteRequest};
use git_docket::ops::vendor::{CreateVendorRequest, UpdateVendorRequest};
use git_docket::ops::{self, ClaimRequest, Context, CreateRequest, Error, NoteRequest, UpdateRequest, WriteResponse};
use git_docket::record::work_item::ItemType;
use proptest::prelude::*;
use serde::Serialize;

use crate::docket::Docket;
use crate::postgres::Server;

/// One step of a history; numbers pick among the items there are.
#[derive(Clone, Debug)]
pub(crate) enum Step {
    Add {
        below: Option<usize>,
        after: Option<usize>,
        label: bool,
    },
    Status(usize, &'static str),
    Title(usize, &'static str),
    Move(usize, Option<usize>),
    WaitFor(usize, usize),
    Label(usize),
    Note(usize),
    /// Of one, or of what comes next.
    Claim(Option<usize>, bool),
    Alias(usize),
    ByAlias,
    Delete(usize),
    Archive(usize),
    /// A vendor of one of three names.
    Vendor(usize),
    /// Another status, or another name.
    VendorUpdate(usize, bool),
    VendorDelete(usize),
    Deploy {
        vendor: usize,
        item: usize,
        key: bool,
    },
    Retract,
    Enhance(usize),
    Promote,
    /// A merge of the tip with an older commit changed elsewhere, as plain git makes it.
    Merge(usize),
    Rewind(usize),
    Unreadable(usize),
    Remove(usize),
}

pub(crate) fn steps() -> impl Strategy<Value = Vec<(i64, bool, Step)>> {
    let item = 0..12usize;
    let step = prop_oneof![
        4 => (proptest::option::of(item.clone()), proptest::option::of(item.clone()), any::<bool>())
            .prop_map(|(below, after, label)| Step::Add { below, after, label }),
        2 => (item.clone(), prop_oneof![Just("active"), Just("completed"), Just("pending"), Just("cancelled")])
            .prop_map(|(item, status)| Step::Status(item, status)),
        1 => (item.clone(), prop_oneof![Just("The Straße"), Just("Item renamed")]).prop_map(|(i, t)| Step::Title(i, t)),
        1 => (item.clone(), proptest::option::of(item.clone())).prop_map(|(item, below)| Step::Move(item, below)),
        1 => (item.clone(), item.clone()).prop_map(|(item, target)| Step::WaitFor(item, target)),
        1 => item.clone().prop_map(Step::Label),
        1 => item.clone().prop_map(Step::Note),
        2 => (proptest::option::of(item.clone()), any::<bool>()).prop_map(|(item, other)| Step::Claim(item, other)),
        1 => item.clone().prop_map(Step::Alias),
        1 => Just(Step::ByAlias),
        1 => item.clone().prop_map(Step::Delete),
        1 => item.clone().prop_map(Step::Archive),
        2 => item.clone().prop_map(Step::Vendor),
        1 => (item.clone(), any::<bool>()).prop_map(|(vendor, name)| Step::VendorUpdate(vendor, name)),
        1 => item.clone().prop_map(Step::VendorDelete),
        2 => (item.clone(), item.clone(), any::<bool>())
            .prop_map(|(vendor, item, key)| Step::Deploy { vendor, item, key }),
        1 => Just(Step::Retract),
        2 => item.clone().prop_map(Step::Enhance),
        1 => Just(Step::Promote),
        1 => (1..4usize).prop_map(Step::Merge),
        1 => (1..4usize).prop_map(Step::Rewind),
        1 => item.clone().prop_map(Step::Unreadable),
        1 => item.prop_map(Step::Remove),
    ];
    // The clock of each step may be ahead or behind; the index is brought forward after some of them only.
    proptest::collection::vec((-500..500i64, any::<bool>(), step), 1..30)
}

/// The ids of all items that can be read, in the order of their paths.
fn items(docket: &Docket) -> Vec<String> {
    let files = docket.git("ls-tree -r --name-only tracking .tracking/work-items");
    files
        .lines()
        .filter_map(|file| Some(file.rsplit('/').next()?.strip_suffix(".md")?.to_owned()))
        .collect()
}

pub(crate) fn take(docket: &Docket, seconds: i64, with_index: bool, step: &Step) {
    let context = docket.open(seconds, with_index);
    let items = items(docket);
    // What is refused, such as cycles, depth and unreadable records, is a step of its own kind.
    let check = |reply| checked(docket, with_index, reply);
    let pick = |number: usize| items.get(number % items.len().max(1)).cloned().unwrap_or_default();
    let update = |id: usize, change: &dyn Fn(&mut UpdateRequest)| {
        let mut request = UpdateRequest {
            id: pick(id),
            ..UpdateRequest::default()
        };
        change(&mut request);
        check(ops::update(&context, &request));
    };
    match step {
        Step::Add { below, after, label } => {
            let mut request = CreateRequest::new(ItemType::Task, "An item");
            request.parent_id = below.filter(|_| !items.is_empty()).map(pick);
            request.depends_on = after.filter(|_| !items.is_empty()).map(pick).into_iter().collect();
            request.labels = label.then(|| "one".to_owned()).into_iter().collect();
            check(ops::add(&context, &request));
        }
        Step::Status(id, status) => update(*id, &|request| request.status = Some((*status).to_owned())),
        Step::Title(id, title) => update(*id, &|request| request.title = Some((*title).to_owned())),
        Step::Move(id, below) => update(*id, &|request| match below {
            Some(below) => request.parent_id = Some(pick(*below)),
            None => request.clear = vec!["parent_id".to_owned()],
        }),
        Step::WaitFor(id, target) => update(*id, &|request| request.add_depends_on = vec![pick(*target)]),
        Step::Label(id) => update(*id, &|request| request.add_labels = vec!["one".to_owned()]),
        Step::Note(id) => {
            let request = NoteRequest {
                on: pick(*id),
                body: "What was not said".to_owned(),
                created_by: None,
            };
            drop(ops::note(&context, &request));
        }
        Step::Claim(id, other) => {
            let request = ClaimRequest {
                shared: None,
                id: id.map(pick),
                seconds: Some(900),
                by: other.then(|| "Eve".to_owned()),
            };
            check(ops::claim(&context, &request));
        }
        Step::Alias(id) => update(*id, &|request| request.add_aliases = vec!["THE-ONE".to_owned()]),
        Step::ByAlias => update(0, &|request| {
            request.id = "the-one".to_owned();
            request.priority = Some("high".to_owned());
        }),
        Step::Delete(id) => checked(docket, with_index, ops::delete(&context, &pick(*id), true)),
        Step::Archive(id) => update(*id, &|request| request.archive = true),
        Step::Vendor(_)
        | Step::VendorUpdate(..)
        | Step::VendorDelete(_)
        | Step::Deploy { .. }
        | Step::Retract
        | Step::Enhance(_)
        | Step::Promote => take_record(docket, &context, with_index, step, pick),
        Step::Merge(back) => merge(docket, *back),
        Step::Rewind(back) => rewind(docket, *back),
        Step::Unreadable(id) => replace(docket, &pick(*id), Some("---\nschema: work-item/1\ntitle: [\n---\n")),
        Step::Remove(id) => replace(docket, &pick(*id), None),
    }
}

fn checked<T: Serialize>(docket: &Docket, with_index: bool, reply: Result<WriteResponse<T>, Error>) {
    match reply {
        Ok(reply) if with_index => docket.knows_versions(&reply),
        _ => {}
    }
}

/// The steps that are about vendors, deployments and enhancements.
fn take_record(docket: &Docket, context: &Context, with_index: bool, step: &Step, pick: impl Fn(usize) -> String) {
    const NAMES: [&str; 3] = ["ADP Vendor", "Straße & Co", "deadbee"];
    let name = |number: usize| NAMES[number % NAMES.len()].to_owned();
    let last = |kind: &str| {
        let files = docket.git(&format!("ls-tree -r --name-only tracking .tracking/{kind}"));
        let file = files.lines().last().and_then(|file| file.rsplit('/').next());
        file.map(|file| file.trim_end_matches(".md").to_owned())
            .unwrap_or_default()
    };
    match step {
        Step::Vendor(number) => {
            let request = CreateVendorRequest {
                name: name(*number),
                status: number.is_multiple_of(2).then(|| "broken".to_owned()),
                ..CreateVendorRequest::default()
            };
            checked(docket, with_index, ops::vendor::add(context, &request));
        }
        Step::VendorUpdate(number, rename) => {
            let request = UpdateVendorRequest {
                id: Some(name(*number).to_uppercase()),
                new_name: rename.then(|| name(number / 3)),
                status: Some("broken".to_owned()),
                ..UpdateVendorRequest::default()
            };
            checked(docket, with_index, ops::vendor::update(context, &request));
        }
        Step::VendorDelete(number) => checked(docket, with_index, ops::delete(context, &name(*number), false)),
        Step::Deploy { vendor, item, key } => {
            let request = RecordDeploymentRequest {
                deployed_at: Some("2025-10-09T08:53:20Z".to_owned()),
                commit_hash: Some("a".repeat(40)),
                environment: vendor.is_multiple_of(2).then(|| "production".to_owned()),
                affected_vendor_ids: vec![name(*vendor)],
                related_work_item_ids: vec![pick(*item)],
                idempotency_key: key.then(|| item.to_string()),
                ..RecordDeploymentRequest::default()
            };
            checked(docket, with_index, ops::deployment::record(context, &request));
        }
        Step::Retract => {
            let request = RetractRequest {
                id: last("deployments"),
                ..RetractRequest::default()
            };
            checked(docket, with_index, ops::deployment::retract(context, &request));
        }
        Step::Enhance(number) => {
            let request = CreateEnhancementRequest {
                title: "An idea".to_owned(),
                priority: Some(1 + i64::try_from(number % 5).expect("small")),
                target_quarter: number.is_multiple_of(2).then(|| "2026-Q1".to_owned()),
                depends_on: if number.is_multiple_of(3) {
                    vec![pick(*number)]
                } else {
                    Vec::new()
                },
                ..CreateEnhancementRequest::default()
            };
            checked(docket, with_index, ops::enhancement::add(context, &request));
        }
        Step::Promote => {
            let request = PromoteRequest {
                id: last("enhancements"),
                ..PromoteRequest::default()
            };
            let reply = ops::enhancement::promote(context, &request);
            checked(docket, with_index, reply.map(|reply| reply.enhancement));
        }
        _ => unreachable!("another step"),
    }
}

fn older(docket: &Docket, back: usize) -> Option<String> {
    let all = docket.git("rev-list --first-parent tracking");
    // The first two commits are what `init` made.
    let all: Vec<_> = all.lines().collect();
    (all.len() > back + 2).then(|| all[back].to_owned())
}

/// A commit beside the tip that adds a file, merged with the tip's own tree or with its own.
fn merge(docket: &Docket, back: usize) {
    let Some(older) = older(docket, back) else { return };
    let theirs = docket.git(&format!("commit-tree -m theirs -p {older} {older}^{{tree}}"));
    let tree = if back.is_multiple_of(2) {
        "tracking"
    } else {
        theirs.as_str()
    };
    let merge = docket.git(&format!("commit-tree -m merge -p tracking -p {theirs} {tree}^{{tree}}"));
    docket.git(&format!("update-ref refs/heads/tracking {merge}"));
}

fn rewind(docket: &Docket, back: usize) {
    if let Some(older) = older(docket, back) {
        docket.git(&format!("update-ref refs/heads/tracking {older}"));
    }
}

/// Puts bytes in the place of an item, or nothing.
fn replace(docket: &Docket, id: &str, bytes: Option<&str>) {
    if id.is_empty() {
        return;
    }
    let path = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
    let change = match bytes {
        Some(bytes) => {
            std::fs::write(docket.path().join("bytes"), bytes).expect("a file is written");
            format!("update-index --add --cacheinfo 100644,$(git hash-object -w bytes),{path}")
        }
        None => format!("update-index --force-remove {path}"),
    };
    docket.git(&format!(
        "--version >/dev/null; export GIT_INDEX_FILE=.git/scratch; git read-tree tracking && git {change} &&
         git update-ref refs/heads/tracking $(git commit-tree -m by-hand -p tracking $(git write-tree))"
    ));
}

#[test]
fn pages_neither_repeat_nor_skip_while_others_write() {
    let docket = Docket::new();
    let mut added: Vec<String> = (0..7).map(|number| docket.add(&format!("Item {number}"))).collect();
    let mut request = ops::ListRequest {
        limit: Some(3),
        ..ops::ListRequest::default()
    };
    let mut seen = Vec::new();
    loop {
        let page = ops::list(&docket.open(0, true), &request).expect("a page");
        // Also of a commit that others went on from.
        assert_eq!(page.meta.data_source, "sqlite");
        seen.extend(page.items.iter().map(|item| item.fields.id.to_string()));
        request.cursor = page.next_cursor;
        if request.cursor.is_none() {
            break;
        }
        docket.add("One more meanwhile");
        let change = UpdateRequest {
            id: seen[0].clone(),
            title: Some("Changed".to_owned()),
            ..UpdateRequest::default()
        };
        ops::update(&docket.open(seen.len().try_into().expect("few"), true), &change).expect("an update");
    }
    seen.sort();
    added.sort();
    assert_eq!(seen, added);
    request.cursor = Some(format!("{}-3-0-00000000", docket.git("rev-parse tracking")));
    let error = ops::list(&docket.open(0, true), &request).expect_err("another question's cursor");
    assert!(error.to_string().contains("another question"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 40, ..ProptestConfig::default() })]

    #[test]
    fn brought_forward_is_built_at_once_is_git(steps in steps()) {
        live_through(Docket::new(), &steps);
    }
}

/// The same with Postgres; one server for all cases, and a repository of its own in it for each.
#[test]
fn a_database_says_what_git_says() {
    let server = Server::start();
    let config = ProptestConfig {
        cases: 5,
        max_shrink_iters: 20,
        ..ProptestConfig::default()
    };
    let mut runner = proptest::test_runner::TestRunner::new(config);
    let outcome = runner.run(&steps(), |steps| {
        let docket = Docket::new().in_database(&server.url());
        live_through(docket, &steps);
        Ok(())
    });
    outcome.expect("the same answers");
}

fn live_through(docket: Docket, steps: &[(i64, bool, Step)]) {
    let twin = docket.twin();
    for (seconds, look, step) in steps {
        twin.draw_like(&docket);
        take(&docket, *seconds, true, step);
        take(&twin, *seconds, false, step);
        let tip = "rev-parse tracking";
        assert_eq!(
            docket.git(tip),
            twin.git(tip),
            "without an index, {step:?} is another commit"
        );
        if *look {
            docket.digest();
            if docket.has_database() {
                docket.database_digest();
            }
        }
    }
    assert_eq!(docket.agree(), "sqlite");
    let forward = docket.digest();
    docket.without_index_file();
    assert_eq!(forward, docket.digest(), "an index built at once says something else");
    if docket.has_database() {
        assert_eq!(forward, docket.database_digest(), "the database says something else");
        ops::rebuild_database(&docket.open_database(1_000)).expect("a database");
        assert_eq!(
            forward,
            docket.database_digest(),
            "a database built at once says something else"
        );
    }
}
