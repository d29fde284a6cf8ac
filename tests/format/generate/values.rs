//! Strategies for what stands in the fields of records.

use git_docket::record::common::{Alias, Aliases, External, Ids, Links, Origin, Principles, Retraction};
use git_docket::record::id::CommitHash;
use git_docket::record::value::{Actor, Count, Free, Ordinal, Quarter, Relation, Set, Time, Word, WordMap};
use git_docket::record::work_item::Claim;
use git_docket::record::{Kind, RecordId};
use proptest::collection::vec;
use proptest::option::{of, weighted};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value};

use crate::texts::{free, line, prose, text};

/// Names no unknown key may have, of all kinds and of the mappings inside of them.
const KNOWN: &[&str] = &[
    "schema",
    "id",
    "item_type",
    "title",
    "status",
    "parent_id",
    "depends_on",
    "priority",
    "labels",
    "assignee",
    "claim",
    "branch_name",
    "pr_number",
    "links",
    "aliases",
    "external",
    "deleted_at",
    "archived_at",
    "created_at",
    "created_by",
    "origin",
    "metadata",
    "name",
    "extractor_version",
    "format_support",
    "test_results",
    "manifest_compliant",
    "target_quarter",
    "requires_constitutional_principles",
    "deployed_at",
    "commit_hash",
    "environment",
    "pr_title",
    "test_summary",
    "constitutional_compliance",
    "affected_vendors",
    "related_work_items",
    "retracted",
    "on",
    "work_item",
    "commit",
    "linked_at",
    "linked_by",
    "replaces",
    "field",
    "base",
    "kept",
    "other",
    "kept_commit",
    "other_commit",
    "resolved_at",
    "resolved_by",
    "choice",
    "by",
    "at",
    "until",
    "reason",
    "system",
    "type",
    "updated_at",
    "updated_by",
    "closed_at",
    "unresolved",
    "passing",
    "total",
    "skipped",
    "version",
    "revision",
    "path",
    "depth",
    "commits",
    "children",
    "ancestors",
    "dependencies",
    "progress",
    "conflicts",
    "description",
    "constitutional_principles",
    "blocked_reason",
    "token_budget",
    "prompts_count",
    "yaml_frontmatter",
    "estimated_hours",
    "actual_hours",
    "research_questions",
    "findings_summary",
    "references",
];

pub(super) fn unknown() -> BoxedStrategy<Map<String, Value>> {
    prop_oneof![2 => Just(Map::new()), 1 => free(KNOWN, 4)].boxed()
}

/// An identity of the first half of all, for the record itself: it must not refer to itself.
pub(super) fn own_id() -> BoxedStrategy<RecordId> {
    id_in(|byte| byte & 0x7f, "own")
}

/// An identity of the second half, for references.
pub(super) fn id() -> BoxedStrategy<RecordId> {
    id_in(|byte| byte | 0x80, "other")
}

fn id_in(half: fn(u8) -> u8, system: &'static str) -> BoxedStrategy<RecordId> {
    let random = any::<[u8; 16]>().prop_map(move |mut bytes| {
        bytes[0] = half(bytes[0]);
        RecordId::random(bytes)
    });
    let named = line(20).prop_map(move |name| RecordId::imported(Kind::WorkItem, system, &name));
    prop_oneof![random, named].boxed()
}

pub(super) fn ids() -> BoxedStrategy<Ids> {
    vec(id(), 0..4).prop_filter_map("few", Ids::new).boxed()
}

pub(super) fn time() -> BoxedStrategy<Time> {
    let milliseconds = prop_oneof![
        (0..253_370_764_800i64).prop_map(|s| s * 1000),
        0..253_370_764_800_000i64
    ];
    let named = select(vec![0, 1, 999, 1000, 253_370_764_799_999]);
    prop_oneof![4 => milliseconds, 1 => named]
        .prop_filter_map("within the years", Time::from_milliseconds)
        .boxed()
}

pub(super) fn commit() -> BoxedStrategy<CommitHash> {
    let text = prop_oneof![
        "[0-9a-f]{40}",
        "[0-9a-f]{64}",
        "[0-9]{40}",
        "0b[01]{38}",
        "[0-9]{3}e[0-9]{36}"
    ];
    text.prop_filter_map("a hash", |text| text.parse().ok()).boxed()
}

pub(super) fn quarter() -> BoxedStrategy<Quarter> {
    "[0-9]{4}-Q[1-4]"
        .prop_filter_map("a quarter", |text| Quarter::new(&text).ok())
        .boxed()
}

pub(super) fn ordinal() -> BoxedStrategy<Ordinal> {
    prop_oneof![1..1000i64, Just(i64::MAX)]
        .prop_filter_map("from 1", Ordinal::new)
        .boxed()
}

pub(super) fn count() -> BoxedStrategy<Count> {
    prop_oneof![0..1000i64, Just(i64::MAX)]
        .prop_filter_map("from 0", Count::new)
        .boxed()
}

pub(super) fn principles() -> BoxedStrategy<Principles> {
    vec(text(), 0..4).prop_filter_map("few", Principles::new).boxed()
}

pub(super) fn word_map<T: std::fmt::Debug + 'static>(values: BoxedStrategy<T>) -> BoxedStrategy<WordMap<T>> {
    let entries = vec((text::<1, 50>(), values), 0..4);
    entries
        .prop_map(|entries| {
            // Words that look alike are one key; a list of words knows which do.
            let mut words = Vec::new();
            let alike = |words: &[Word], word: &Word| {
                let both = words.iter().cloned().chain([word.clone()]);
                Set::<Word, 9>::new(both).is_none_or(|set| set.iter().count() == words.len())
            };
            let mut map = WordMap::default();
            for (word, value) in entries {
                if !alike(&words, &word) {
                    map.0.insert(word.as_str().to_owned(), value);
                    words.push(word);
                }
            }
            map
        })
        .boxed()
}

pub(super) fn links() -> BoxedStrategy<Links> {
    let relation = prop_oneof![
        "[a-z][a-z0-9]{0,8}(-[a-z0-9]{1,8}){0,3}",
        Just("no".to_owned()),
        Just("y".to_owned())
    ];
    let relation = relation.prop_filter_map("a relation", |text| Relation::new(&text).ok());
    vec((relation, id()), 0..4)
        .prop_map(|entries| {
            let mut links = Links::default();
            for (relation, target) in entries {
                assert!(links.add(relation, target));
            }
            links
        })
        .boxed()
}

/// What most kinds have at their end.
#[derive(Clone, Debug)]
pub(super) struct Tail {
    pub(super) links: Links,
    pub(super) aliases: Aliases,
    pub(super) external: External,
    pub(super) deleted_at: Option<Time>,
    pub(super) created_at: Option<Time>,
    pub(super) created_by: Option<Actor>,
    pub(super) origin: Option<Origin>,
    pub(super) metadata: Free,
    pub(super) unknown: Map<String, Value>,
}

pub(super) fn tail() -> BoxedStrategy<Tail> {
    let alias = line(40).prop_map(|text| text.replace(char::is_whitespace, "-"));
    let alias = alias.prop_filter_map("a name", |text| Alias::new(&text).ok());
    let created = (time(), text::<1, 200>(), any::<bool>());
    (
        (links(), vec(alias, 0..3), vec(text::<1, 2048>(), 0..3), of(time())),
        (created, weighted(0.3, origin()), free(KNOWN, 5), unknown()),
    )
        .prop_map(
            |((links, aliases, external, deleted_at), (created, origin, metadata, unknown))| {
                let lacking = origin.is_some() && created.2;
                Tail {
                    links,
                    aliases: Aliases::new(aliases).expect("few"),
                    external: External::new(external).expect("few"),
                    deleted_at,
                    created_at: (!lacking).then_some(created.0),
                    created_by: (!lacking).then_some(created.1),
                    origin,
                    metadata: Free(metadata),
                    unknown,
                }
            },
        )
        .boxed()
}

pub(super) fn origin() -> BoxedStrategy<Origin> {
    let unresolved = vec(text::<1, 200>(), 1..3).prop_filter_map("few", Set::new).boxed();
    (
        (text(), text(), of(text()), of(text()), of(text())),
        (of(time()), of(text()), of(time()), word_map(unresolved), unknown()),
    )
        .prop_map(
            |((system, id, r#type, status, priority), (updated_at, updated_by, closed_at, unresolved, more))| {
                let unknown = Default::default();
                let mut origin = Origin {
                    system,
                    id,
                    r#type,
                    status,
                    priority,
                    updated_at,
                    updated_by,
                    closed_at,
                    unresolved,
                    unknown,
                };
                origin.unknown.0 = more;
                origin
            },
        )
        .boxed()
}

pub(super) fn retraction() -> BoxedStrategy<Option<Retraction>> {
    let retraction = (time(), text(), of(prose()), unknown()).prop_map(|(at, by, reason, more)| {
        let unknown = Default::default();
        let mut retraction = Retraction {
            at,
            by,
            reason,
            unknown,
        };
        retraction.unknown.0 = more;
        retraction
    });
    of(retraction).boxed()
}

pub(super) fn claim() -> BoxedStrategy<Option<Claim>> {
    let claim = (time(), time(), text(), any::<bool>(), unknown()).prop_map(|(a, b, by, ends, more)| {
        let unknown = Default::default();
        let mut claim = Claim {
            by,
            at: a.min(b),
            until: ends.then_some(a.max(b)),
            unknown,
        };
        claim.unknown.0 = more;
        claim
    });
    of(claim).boxed()
}
