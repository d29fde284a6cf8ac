//! A query is answered the same by every index and by the records themselves.

use git_docket::filter::WorkItemFilter;
use git_docket::ops::{self, Context, ListRequest};
use git_docket::record::value::Time;
use proptest::prelude::*;
use serde_json::Value;

use crate::docket::{Docket, same};
use crate::drawn::{ITEMS, docket, id};
use crate::postgres::Server;

/// One of these texts.
fn pick(texts: &'static [&'static str]) -> impl Strategy<Value = String> + Clone {
    proptest::sample::select(texts).prop_map(str::to_owned)
}

fn equal() -> impl Strategy<Value = String> {
    pick(&["=", "!="])
}

fn order() -> impl Strategy<Value = String> {
    pick(&["=", "!=", "<", "<=", ">", ">="])
}

fn joined<V>(
    fields: &'static [&'static str],
    operator: impl Strategy<Value = String>,
    value: impl Strategy<Value = V>,
) -> impl Strategy<Value = String>
where
    V: std::fmt::Debug + std::fmt::Display,
{
    (pick(fields), operator, value).prop_map(|(field, operator, value)| format!("{field} {operator} {value}"))
}

fn person() -> impl Strategy<Value = String> {
    pick(&[
        "ana",
        "codex",
        "'Eve Ning'",
        "me",
        "none",
        "\"me\"",
        "\"none\"",
        "nobody",
        "\"'; DROP TABLE record; --\"",
    ])
}

fn time() -> impl Strategy<Value = String> {
    let fixed = pick(&[
        "now",
        "today",
        "-20m",
        "-1h",
        "+30m",
        "2025-10-09",
        "2025-10-08",
        "2025-10-09T09:10:00Z",
        "2025-10-09T09:06:39.500Z",
        "-2d",
        "1970-01-01",
        "9998-12-31",
    ]);
    let near = |seconds: i64| Time::from_seconds(1_760_001_000 + seconds).expect("a time").to_string();
    prop_oneof![3 => fixed, 1 => (-5_000..5_000i64).prop_map(near)]
}

/// What can be asked about times and numbers, as text.
fn of_numbers() -> impl Strategy<Value = String> {
    let somebody = person().prop_filter("somebody", |name| name != "none");
    let changed = (somebody, time(), 0..3).prop_map(|(by, since, which)| match which {
        0 => format!("changed by {by}"),
        1 => format!("changed since {since}"),
        _ => format!("changed by {by} since {since}"),
    });
    let numbers = pick(&["0", "1", "2", "50", "33", "100", "1.5", "-1", "99999999999999999999"]);
    prop_oneof![
        2 => changed,
        2 => joined(&["priority"], order(), pick(&["high", "medium", "low"])),
        3 => joined(
            &["updated", "created", "claim.until", "claim.at", "deleted_at", "archived_at"],
            order(),
            time()
        ),
        3 => joined(&["depth", "progress", "conflicts", "version", "pr"], order(), numbers),
        1 => pick(&["pr in (1, none, 3)", "updated in (today, none)", "claim.at in (2025-10-09)"]),
    ]
}

/// What can be asked about other records, as text.
fn of_records() -> impl Strategy<Value = String> {
    let record = || (0..ITEMS).prop_map(|number| format!("\"{}\"", &id(number)[..8]));
    let or_none = prop_oneof![4 => record(), 1 => Just("none".to_owned())];
    prop_oneof![
        1 => pick(&["ready", "waiting"]),
        4 => joined(
            &["id", "parent", "ancestor", "depends_on", "blocks", "link", "link.duplicates"],
            equal(),
            or_none
        ),
        1 => (record(), record()).prop_map(|(a, b)| format!("ancestor not in ({a}, none, {b})")),
    ]
}

/// What can be asked about texts, as text.
fn of_texts() -> impl Strategy<Value = String> {
    let text = pick(&[
        "cache",
        "'the vendors'",
        "str",
        "'cache strasse'",
        "2",
        "東",
        "one",
        "al-3",
        "vendors",
        "uery",
    ]);
    prop_oneof![
        2 => joined(&["type"], equal(), pick(&["task", "research", "project"])),
        2 => joined(&["status"], equal(), pick(&["pending", "active", "completed"])),
        3 => joined(&["assignee", "claimed_by", "created_by", "updated_by"], equal(), person()),
        1 => (person(), person()).prop_map(|(a, b)| format!("assignee in ({a}, {b})")),
        2 => joined(&["label"], equal(), pick(&["one", "'two words'", "\"none\"", "none", "日本", "x", "\"x') OR 1=1 --\"", "'%'"])),
        1 => joined(&["alias"], equal(), pick(&["al-1", "AL-3", "al-7", "none"])),
        1 => joined(&["branch"], equal(), pick(&["main", "feature/x", "none"])),
        1 => joined(&["external"], equal(), pick(&["x", "'https://example.com/1'"])),
        1 => joined(&["commit"], equal(), pick(&["abcd0000", "ABCD", "abcd0001", "ffff", "none"])),
        1 => joined(&["origin"], equal(), pick(&["beads", "none"])),
        1 => pick(&["title = cache", "title = 'the cache'", "origin.id = bd-3", "label in (one, vendors)"]),
        2 => (pick(&["title", "text"]), text).prop_map(|(field, text)| format!("{field} ~ {text}")),
    ]
}

/// What can be asked about what somebody put there, and whether anything is there, as text.
fn of_anything() -> impl Strategy<Value = String> {
    let values = || {
        pick(&[
            "4",
            "\"4\"",
            "1.5",
            "-1",
            "true",
            "a",
            "x",
            "today",
            "\"2025-10-09\"",
            "100000000000000000000",
        ])
    };
    const KEYS: &[&str] = &[
        "metadata.any",
        "metadata.any.deep.er",
        "metadata.any.list",
        "metadata.\"odd key\"",
        "metadata.estimated_hours",
        "metadata.gone",
    ];
    let fields = pick(&[
        "id",
        "alias",
        "title",
        "body",
        "label",
        "assignee",
        "claimed_by",
        "claim.at",
        "claim.until",
        "parent",
        "ancestor",
        "depth",
        "depends_on",
        "blocks",
        "link",
        "link.duplicates",
        "external",
        "branch",
        "pr",
        "commit",
        "progress",
        "conflicts",
        "version",
        "created",
        "created_by",
        "updated",
        "updated_by",
        "deleted_at",
        "archived_at",
        "origin",
        "origin.id",
        "metadata.any",
        "metadata.any.deep",
        "metadata.none",
        "blocked_reason",
    ]);
    prop_oneof![
        3 => joined(KEYS, order(), values()),
        1 => joined(KEYS, equal(), Just("none")),
        1 => (values(), values()).prop_map(|(a, b)| format!("metadata.any in ({a}, none, {b})")),
        2 => (fields, pick(&["set", "empty"])).prop_map(|(field, there)| format!("{field} is {there}")),
    ]
}

/// What can be asked about one field, as text.
fn test() -> impl Strategy<Value = String> {
    prop_oneof![of_numbers(), of_records(), of_texts(), of_anything()]
}

fn query() -> impl Strategy<Value = String> {
    let condition = test().prop_recursive(4, 12, 3, |inner| {
        prop_oneof![
            3 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} and {b})")),
            3 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} or {b})")),
            2 => inner.prop_map(|inner| format!("not {inner}")),
        ]
    });
    let key = (
        proptest::sample::select(
            &[
                "priority",
                "created",
                "updated",
                "title",
                "status",
                "type",
                "assignee",
                "claim.until",
                "version",
                "id",
            ][..],
        ),
        proptest::sample::select(&["", " asc", " desc"][..]),
    );
    let order = proptest::collection::vec(key.prop_map(|(key, direction)| format!("{key}{direction}")), 0..3);
    (condition, order).prop_map(|(condition, order)| match order.is_empty() {
        true => condition,
        false => format!("{condition} order by {}", order.join(", ")),
    })
}

/// All that can answer, each with its name; the last is git itself.
fn sources(docket: &Docket) -> Vec<(&'static str, Context)> {
    let database = docket.open_database(1_000);
    ops::sync_index(&database).expect("a database");
    vec![
        ("postgres", database),
        ("sqlite", docket.open(1_000, true)),
        ("git", docket.open(1_000, false)),
    ]
}

/// Puts a question to all of them, and returns how many items fit.
fn agree(sources: &[(&'static str, Context)], request: &ListRequest) -> usize {
    let answers = sources.iter().map(|(name, context)| {
        let answer = ops::list(context, request).unwrap_or_else(|error| panic!("{name}: {error}\n{request:?}"));
        assert_eq!(answer.meta.data_source, *name);
        assert_eq!(answer.meta.warnings, [] as [String; 0], "the docket is readable");
        answer
    });
    let answers: Vec<_> = answers.collect();
    for pair in answers.windows(2) {
        let titles = |answer: &ops::ListResponse| {
            let of = |item: &ops::WorkItemView| item.fields.id.short();
            answer.items.iter().map(of).collect::<Vec<_>>()
        };
        assert_eq!(titles(&pair[0]), titles(&pair[1]), "{:?}", request.query);
        same(&pair[0], &pair[1]);
    }
    answers[0].total_count
}

#[test]
fn every_source_gives_the_same_answer() {
    let server = Server::start();
    let config = ProptestConfig {
        cases: 24,
        max_shrink_iters: 200,
        ..ProptestConfig::with_source_file(file!())
    };
    let queries = proptest::collection::vec((query(), any::<bool>(), any::<bool>()), 40);
    proptest!(config, |(seed in any::<u64>(), queries in queries)| {
        let docket = docket(seed).in_database(&server.url());
        let sources = sources(&docket);
        for (query, everything, reverse) in queries {
            let filter = WorkItemFilter {
                include_deleted: everything,
                include_archived: everything,
                ..WorkItemFilter::default()
            };
            agree(&sources, &ListRequest { filter, query: Some(query), reverse, ..ListRequest::default() });
        }
    });
}

#[test]
fn what_holds_and_its_negation_are_all_there_is() {
    let server = Server::start();
    let docket = docket(7).in_database(&server.url());
    let sources = sources(&docket);
    let ask = |query: &str| {
        agree(
            &sources,
            &ListRequest {
                filter: WorkItemFilter {
                    include_deleted: true,
                    include_archived: true,
                    ..WorkItemFilter::default()
                },
                query: Some(query.to_owned()),
                ..ListRequest::default()
            },
        )
    };
    let all = ask("");
    assert_eq!(all, 14);
    let mut decisive = 0;
    for test in [
        "assignee = ana",
        "updated_by = codex",
        "created < now",
        "claimed_by = ana",
        "claim.until > now",
        "parent = none",
        "metadata.any = 4",
        "metadata.any > 1",
        "progress > 10",
        "pr < 3",
        "version > 1",
        "label = one",
        "text ~ cache",
        "title ~ cache",
        "blocks is set",
        "commit is set",
        "conflicts > 0",
        "depth > 1",
        "ready",
        "waiting",
        "changed by ana",
        "priority > low",
        "alias is set",
        "body is set",
        "deleted_at < now",
        "origin is set",
    ] {
        let (holds, not) = (ask(test), ask(&format!("not {test}")));
        assert_eq!(holds + not, all, "{test}");
        decisive += usize::from(holds > 0 && not > 0);
    }
    assert!(decisive > 20, "only {decisive} tests tell items apart");
}

#[test]
fn whatever_the_grammar_allows_can_be_asked() {
    let server = Server::start();
    let docket = docket(3).in_database(&server.url());
    let sources = sources(&docket);
    let ask = |query: String| {
        agree(
            &sources,
            &ListRequest {
                query: Some(query),
                ..ListRequest::default()
            },
        )
    };
    let deep = |inner: &str| format!("{}{inner}{}", "not (ready or ".repeat(99), ")".repeat(99));
    ask(deep("waiting"));
    ask(vec!["changed by ana since -1d or text ~ cache"; 300].join(" and "));
    ask(vec!["ancestor = 12345671 or conflicts > 0"; 500].join(" or "));
    ask(format!("label in ({})", vec!["x"; 3_999].join(", ")));
    ask(vec!["not (status = active and progress < 3)"; 500].join(" or "));
}

#[test]
fn pages_of_a_query_stay_on_one_moment() {
    let docket = docket(11);
    let mut request = ListRequest {
        filter: WorkItemFilter {
            include_deleted: true,
            include_archived: true,
            ..WorkItemFilter::default()
        },
        query: Some("created < now order by title desc".to_owned()),
        limit: Some(2),
        ..ListRequest::default()
    };
    let whole = ListRequest {
        limit: None,
        ..request.clone()
    };
    for with_index in [true, false] {
        let all = ops::list(&docket.open(1_000, with_index), &whole).expect("a list");
        request.cursor = None;
        let mut items: Vec<Value> = Vec::new();
        // Time goes on between the pages.
        for seconds in (1_000..).step_by(700) {
            let page = ops::list(&docket.open(seconds, with_index), &request).expect("a page");
            items.extend(page.items.iter().map(|item| serde_json::to_value(item).expect("JSON")));
            request.cursor = page.next_cursor;
            if request.cursor.is_none() {
                break;
            }
        }
        assert!(items.len() > 3);
        assert_eq!(Value::from(items), serde_json::to_value(&all.items).expect("JSON"));
    }
    let cursor = ops::list(
        &docket.open(1_000, true),
        &ListRequest {
            cursor: None,
            ..request.clone()
        },
    )
    .expect("a page")
    .next_cursor;
    let other = ListRequest {
        cursor,
        query: Some("created < now order by title".to_owned()),
        ..request
    };
    let error = ops::list(&docket.open(1_000, true), &other).expect_err("another question's cursor");
    assert!(error.to_string().contains("another question"), "{error}");
}
