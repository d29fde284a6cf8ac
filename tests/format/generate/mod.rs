//! Strategies for records of every kind, valid by construction.

mod values;

use git_docket::record::enhancement::EnhancementStatus;
use git_docket::record::note::Choice;
use git_docket::record::value::{Anything, Count, Free, Set, Whole};
use git_docket::record::vendor::{TestResults, VendorStatus};
use git_docket::record::work_item::{ItemType, Priority, Status};
use git_docket::record::{
    CommitLink, Conflict, Deployment, Enhancement, Fields, Kind, Note, Record, RecordId, RecordPath, Vendor, WorkItem,
};
use proptest::collection::vec;
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};

use self::values::{
    claim, commit, count, id, ids, ordinal, own_id, principles, quarter, retraction, tail, time, unknown, word_map,
};
use crate::texts::{body, free, line, prose, text, value};

/// How the properties are run: nothing is written beside the sources.
pub(crate) fn config() -> ProptestConfig {
    ProptestConfig {
        failure_persistence: None,
        ..ProptestConfig::default()
    }
}

/// A record of any kind.
pub(crate) fn record() -> BoxedStrategy<Record> {
    select(Kind::ALL).prop_flat_map(of_kind).boxed()
}

/// A record of this kind.
pub(crate) fn of_kind(kind: Kind) -> BoxedStrategy<Record> {
    let fields = match kind {
        Kind::WorkItem => work_item(),
        Kind::Vendor => vendor(),
        Kind::Enhancement => enhancement(),
        Kind::Deployment => deployment(),
        Kind::Note => note(),
        Kind::CommitLink => commit_link(),
        Kind::Conflict => conflict(),
    };
    let body = match kind {
        Kind::Note => body()
            .prop_filter("a note has a text", |body| !body.trim().is_empty())
            .boxed(),
        _ => body(),
    };
    (fields, body)
        .prop_map(|(fields, body)| Record::new(fields, body))
        .boxed()
}

/// The path of a record; that of a conflict is made up, as its fields do not determine it.
pub(crate) fn path(record: &Record) -> RecordPath {
    match &record.fields {
        Fields::Conflict(conflict) => RecordPath::conflict(conflict.on, "c".repeat(64).parse().expect("a hash")),
        _ => record.path().expect("a generated record has a path"),
    }
}

/// The metadata that a type describes; all of what it requires.
fn typed_metadata(item_type: ItemType) -> BoxedStrategy<Vec<(&'static str, Option<Value>)>> {
    fn texts(values: Vec<String>) -> Value {
        Set::<_, 100>::new(
            values
                .into_iter()
                .filter_map(|v| git_docket::record::value::Prose::<1000>::new(v).ok()),
        )
        .map(|set| set.iter().map(|text| json!(text.as_str())).collect())
        .expect("few")
    }
    let hours = || {
        of(prop_oneof![
            (0..=1000u32).prop_map(Value::from),
            (0.0..=1000.0f64).prop_map(Value::from)
        ])
    };
    let list = || of(vec(line(100), 0..4).prop_map(texts));
    match item_type {
        ItemType::Project => (prose::<1000>(), of(quarter()), list())
            .prop_map(|(description, quarter, principles)| {
                vec![
                    ("description", Some(json!(description.as_str()))),
                    ("target_quarter", quarter.map(|q| json!(q.as_str()))),
                    ("constitutional_principles", principles),
                ]
            })
            .boxed(),
        ItemType::Session => (1_000..=1_000_000i64, 0..100i64, value(), free(&["schema_version"], 3))
            .prop_map(|(budget, prompts, version, mut frontmatter)| {
                frontmatter.insert("schema_version".into(), version);
                vec![
                    ("token_budget", Some(json!(budget))),
                    ("prompts_count", Some(json!(prompts))),
                    ("yaml_frontmatter", Some(Value::Object(frontmatter))),
                ]
            })
            .boxed(),
        ItemType::Task => (hours(), hours())
            .prop_map(|(estimated, actual)| vec![("estimated_hours", estimated), ("actual_hours", actual)])
            .boxed(),
        ItemType::Research => (list(), of(prose::<2000>()), list())
            .prop_map(|(questions, findings, references)| {
                let findings = findings.map(|text| json!(text.as_str()));
                vec![
                    ("research_questions", questions),
                    ("findings_summary", findings),
                    ("references", references),
                ]
            })
            .boxed(),
    }
}

fn work_item() -> BoxedStrategy<Fields> {
    let metadata = select(ItemType::ALL).prop_flat_map(|item_type| {
        let reason = of(prose::<500>()).prop_map(|reason| reason.map(|text| json!(text.as_str())));
        (Just(item_type), typed_metadata(item_type), reason)
    });
    (
        (metadata, own_id(), text(), select(Status::ALL), of(id()), ids()),
        (
            select(Priority::ALL),
            vec(text(), 0..5),
            of(text()),
            claim(),
            of(text()),
            of(ordinal()),
        ),
        (of(time()), tail()),
    )
        .prop_map(
            |((metadata, id, title, status, parent_id, depends_on), second, (archived_at, tail))| {
                let (item_type, typed, reason) = metadata;
                let (priority, labels, assignee, claim, branch_name, pr_number) = second;
                let mut item = WorkItem::new(id, item_type, title);
                let typed = typed.into_iter().chain([("blocked_reason", reason)]);
                let typed = typed.filter_map(|(key, value)| Some((key.to_owned(), value?)));
                (item.status, item.parent_id, item.depends_on) = (status, parent_id, depends_on);
                (item.priority, item.assignee, item.claim) = (priority, assignee, claim);
                (item.branch_name, item.pr_number) = (branch_name, pr_number);
                item.labels = Set::new(labels).expect("few");
                (item.links, item.aliases, item.external) = (tail.links, tail.aliases, tail.external);
                (item.deleted_at, item.archived_at) = (tail.deleted_at, archived_at);
                (item.created_at, item.created_by) = (tail.created_at, tail.created_by);
                item.metadata = Free(typed.chain(tail.metadata.0).collect());
                item.origin = tail.origin;
                item.unknown.0 = tail.unknown;
                Fields::WorkItem(Box::new(item))
            },
        )
        .boxed()
}

fn vendor() -> BoxedStrategy<Fields> {
    let results = (0..1000i64, 0..1000i64, 0..1000i64, any::<bool>(), unknown());
    let results = results.prop_map(|(passing, skipped, more, counted, keys)| {
        let count = |n| Count::new(n).expect("a count");
        let mut results = TestResults {
            passing: count(passing),
            total: count(passing + skipped + more),
            skipped: counted.then(|| count(skipped)),
            unknown: Default::default(),
        };
        results.unknown.0 = keys;
        results
    });
    let support = word_map(any::<bool>().boxed());
    (
        own_id(),
        text(),
        select(VendorStatus::ALL),
        of(text()),
        support,
        of(results),
        of(any::<bool>()),
        tail(),
    )
        .prop_map(
            |(id, name, status, extractor_version, format_support, test_results, manifest_compliant, tail)| {
                let mut vendor = Vendor {
                    id,
                    name,
                    status,
                    extractor_version,
                    format_support,
                    test_results,
                    manifest_compliant,
                    links: tail.links,
                    aliases: tail.aliases,
                    external: tail.external,
                    deleted_at: tail.deleted_at,
                    created_at: tail.created_at,
                    created_by: tail.created_by,
                    origin: tail.origin,
                    metadata: tail.metadata,
                    unknown: Default::default(),
                };
                vendor.unknown.0 = tail.unknown;
                Fields::Vendor(Box::new(vendor))
            },
        )
        .boxed()
}

fn enhancement() -> BoxedStrategy<Fields> {
    (
        own_id(),
        text(),
        1..=5i64,
        select(EnhancementStatus::ALL),
        of(quarter()),
        principles(),
        ids(),
        tail(),
    )
        .prop_map(
            |(id, title, priority, status, target_quarter, principles, depends_on, tail)| {
                let mut enhancement = Enhancement {
                    id,
                    title,
                    priority: Whole::new(priority).expect("1 to 5"),
                    status,
                    target_quarter,
                    requires_constitutional_principles: principles,
                    depends_on,
                    links: tail.links,
                    aliases: tail.aliases,
                    external: tail.external,
                    deleted_at: tail.deleted_at,
                    created_at: tail.created_at,
                    created_by: tail.created_by,
                    origin: tail.origin,
                    metadata: tail.metadata,
                    unknown: Default::default(),
                };
                enhancement.unknown.0 = tail.unknown;
                Fields::Enhancement(Box::new(enhancement))
            },
        )
        .boxed()
}

fn deployment() -> BoxedStrategy<Fields> {
    (
        (
            time(),
            any::<[u8; 10]>(),
            commit(),
            of(text()),
            of(ordinal()),
            of(text()),
        ),
        (word_map(count()), of(any::<bool>()), ids(), ids(), retraction(), tail()),
    )
        .prop_map(
            |((deployed_at, random, commit_hash, environment, pr_number, pr_title), second)| {
                let (test_summary, constitutional_compliance, affected_vendors, related_work_items, retracted, tail) =
                    second;
                let mut deployment = Deployment {
                    id: RecordId::timed(deployed_at, random),
                    deployed_at,
                    commit_hash: tail.created_at.map(|_| commit_hash),
                    environment,
                    pr_number,
                    pr_title,
                    test_summary,
                    constitutional_compliance,
                    affected_vendors,
                    related_work_items,
                    links: tail.links,
                    aliases: tail.aliases,
                    external: tail.external,
                    retracted,
                    created_at: tail.created_at,
                    created_by: tail.created_by,
                    origin: tail.origin,
                    metadata: tail.metadata,
                    unknown: Default::default(),
                };
                deployment.unknown.0 = tail.unknown;
                Fields::Deployment(Box::new(deployment))
            },
        )
        .boxed()
}

fn note() -> BoxedStrategy<Fields> {
    (id(), time(), any::<[u8; 10]>(), retraction(), tail())
        .prop_map(|(on, time, random, retracted, tail)| {
            let mut note = Note {
                id: RecordId::timed(time, random),
                on,
                created_at: tail.created_at,
                created_by: tail.created_by,
                retracted,
                origin: tail.origin,
                unknown: Default::default(),
            };
            note.unknown.0 = tail.unknown;
            Fields::Note(Box::new(note))
        })
        .boxed()
}

fn commit_link() -> BoxedStrategy<Fields> {
    (
        (id(), commit(), of(text()), of(ordinal()), time(), text()),
        (of(commit()), retraction(), unknown()),
    )
        .prop_map(
            |((work_item, commit, branch_name, pr_number, linked_at, linked_by), (replaces, retracted, more))| {
                let mut link = CommitLink {
                    work_item,
                    commit,
                    branch_name,
                    pr_number,
                    linked_at,
                    linked_by,
                    replaces,
                    retracted,
                    unknown: Default::default(),
                };
                link.unknown.0 = more;
                Fields::CommitLink(Box::new(link))
            },
        )
        .boxed()
}

fn conflict() -> BoxedStrategy<Fields> {
    let any_value = || of(value().prop_map(Anything)).boxed();
    (
        (id(), text(), any_value(), any_value(), any_value(), commit(), commit()),
        (of(time()), of(text()), of(select(Choice::ALL)), unknown()),
    )
        .prop_map(|((on, field, base, kept, other, kept_commit, other_commit), second)| {
            let (resolved_at, resolved_by, choice, more) = second;
            let mut conflict = Conflict {
                on,
                field,
                base,
                kept,
                other,
                kept_commit,
                other_commit,
                resolved_at,
                resolved_by,
                choice,
                unknown: Default::default(),
            };
            conflict.unknown.0 = more;
            Fields::Conflict(Box::new(conflict))
        })
        .boxed()
}
