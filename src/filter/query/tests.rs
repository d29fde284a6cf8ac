use proptest::prelude::*;

use super::*;

fn error(query: &str) -> QueryError {
    query.parse::<Query>().expect_err("no query")
}

fn printed(query: &str) -> String {
    match query.parse::<Query>() {
        Ok(query) => query.to_string(),
        Err(error) => panic!("{query}\n{error}"),
    }
}

#[test]
fn a_query_prints_in_the_words_of_the_contract() {
    for (query, print) in [
        ("", ""),
        ("ORDER BY priority DESC, updated", "order by priority desc, updated_at"),
        (
            "type = task and status in (pending, ACTIVE) and label = vendors and updated < 2026-01-01 and not \
             assignee = codex order by priority",
            "item_type = task and status in (pending, active) and labels = \"vendors\" and updated_at < 2026-01-01 \
             and not assignee = \"codex\" order by priority",
        ),
        (
            "(ready or waiting) and not (parent = none or id != bd-kwro)",
            "(ready or waiting) and not (parent_id = none or id != \"bd-kwro\")",
        ),
        ("a.b = 1", ""),
        ("not not ready", "not not ready"),
        ("title ~ 'x y' or text ~ x", "title ~ \"x y\" or text ~ \"x\""),
        (
            "body is empty and pr is set and alias is not set",
            "body is empty and pr_number is set and aliases is empty",
        ),
        (
            "assignee in (me, none) or created_by not in ('me')",
            "assignee in (me, none) or created_by not in (\"me\")",
        ),
        (
            "changed by me since -7d or changed since today",
            "changed by me since -7d or changed since today",
        ),
        ("changed by 'Eve Ning'", "changed by \"Eve Ning\""),
        (
            "metadata.estimated_hours > 4.50 and metadata.\"odd key\" = x and METADATA.Due < today",
            "metadata.estimated_hours > 4.50 and metadata.\"odd key\" = \"x\" and metadata.Due < today",
        ),
        (
            "link = x and link.duplicates = y",
            "links = \"x\" and links.duplicates = \"y\"",
        ),
        ("blocked_reason is set", "metadata.blocked_reason is set"),
        ("commit = A1B2 and pr = #42", "commits = \"a1b2\" and pr_number = 42"),
        (
            "updated >= 2026-01-01T10:00:00+02:00",
            "updated_at >= 2026-01-01T08:00:00Z",
        ),
        ("claim_until < +2H", "claim.until < +2h"),
        (
            "branch = feature/x and label = 日本 and label = \"a\\\"\\u{7}\"",
            "branch_name = \"feature/x\" and labels = \"日本\" and labels = \"a\\\"\\u{7}\"",
        ),
    ] {
        if query == "a.b = 1" {
            assert_eq!(error(query).column, 1);
            continue;
        }
        assert_eq!(printed(query), print);
        assert_eq!(printed(print), print);
    }
}

#[test]
fn and_binds_closer_than_or() {
    let a = |query: &str| query.parse::<Query>().expect("a query");
    assert_eq!(
        a("ready or waiting and body is set"),
        a("ready or (waiting and body is set)")
    );
    assert_ne!(
        a("ready or waiting and body is set"),
        a("(ready or waiting) and body is set")
    );
    assert_eq!(a("not ready and waiting"), a("(not ready) and waiting"));
}

#[test]
fn an_error_says_where_and_what_was_expected() {
    let queries = [
        "stauts = active",
        "status = actve",
        "status == active",
        "status < active",
        "status",
        "status = ",
        "status = and",
        "status = active ready",
        "status = active & ready",
        "(status = active",
        "status = active)",
        "status in pending",
        "status in (pending active)",
        "status not (pending)",
        "updated < yesterday",
        "updated < 30d",
        "updated < 2026-13-01",
        "updated < none",
        "pr = forty",
        "title ~ '…'",
        "text = cache",
        "assignee = 'codex",
        "assignee = \"a\\q\"",
        "assignee is",
        "priority > urgent",
        "changed",
        "changed by none",
        "order priority",
        "order by prioritty",
        "order by priority up",
        "order by",
        "metadata. = 4",
        "commit = xyz",
        "  \n  status = active and\n  日本 = 3",
        "not",
        "()",
    ];
    let mut told = String::new();
    for query in queries {
        let error = error(query);
        let caret = " ".repeat(error.column - 1);
        told.push_str(&format!("{}\n{caret}^ {error}\n\n", error.text));
    }
    insta::with_settings!({ snapshot_path => "../../../tests/cli/snapshots/query", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!("errors", told);
    });
}

#[test]
fn what_is_too_much_is_refused() {
    assert_eq!(error("assignee = 'a\0'").column, 14);
    assert_eq!(error(r"assignee = 'a\u{0}'").column, 14);
    assert!("ready and ".repeat(20_000).parse::<Query>().is_err());
    let deep = |depth: usize| format!("{}ready{}", "(".repeat(depth), ")".repeat(depth)).parse::<Query>();
    assert!(deep(100).is_ok());
    assert_eq!(deep(101).expect_err("too deep").column, 101);
    assert!("not ".repeat(10_000).parse::<Query>().is_err());
    let many = vec!["ready"; 1_001].join(" or ");
    assert!(many.parse::<Query>().expect_err("too many").expected.contains("1000"));
    let values = vec!["a"; 4_001].join(",");
    assert!(format!("label in ({values})").parse::<Query>().is_err());
}

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z]{1,6}",
        any::<String>(),
        Just("and".to_owned()),
        Just("none".to_owned())
    ]
}

fn moment() -> impl Strategy<Value = Moment> {
    let time = |ms: i64| crate::record::value::Time::from_milliseconds(ms).expect("a time");
    prop_oneof![
        Just(Moment::Now),
        Just(Moment::Today),
        (0..36_000i64).prop_map(move |day| Moment::Day(time(day * 86_400_000))),
        (0..4_000_000_000_000i64).prop_map(move |ms| Moment::Time(time(ms))),
        (
            any::<bool>(),
            any::<u16>(),
            prop_oneof![Just('m'), Just('h'), Just('d'), Just('w')]
        )
            .prop_map(|(later, count, unit)| Moment::Relative(Amount { later, count, unit })),
    ]
}

fn field() -> impl Strategy<Value = Field> {
    (0..FIELDS.len(), text(), "[a-z]{1,8}").prop_map(|(at, key, relation)| {
        let key = if key.is_empty() { "k".to_owned() } else { key };
        match FIELDS[at].named {
            Named::Metadata => Field::metadata(key),
            Named::Links => Field {
                named: Named::Links,
                key: (key.len() > 3).then_some(relation),
            },
            named => Field::of(named),
        }
    })
}

/// A value that a field of this shape takes.
fn value(field: &Field) -> BoxedStrategy<Value> {
    let shape = field.shape();
    let texts = || text().prop_map(Value::Text);
    match shape {
        Shape::Word if field.named == Named::Type => Just(Value::Word("research")).boxed(),
        Shape::Word => Just(Value::Word("blocked")).boxed(),
        Shape::Priority => Just(Value::Word("medium")).boxed(),
        Shape::Time => moment().prop_map(Value::Moment).boxed(),
        Shape::Number => "-?[0-9]{1,4}(\\.[0-9]{1,3})?".prop_map(Value::Number).boxed(),
        Shape::Commit => "[0-9a-f]{4,40}".prop_map(Value::Text).boxed(),
        Shape::Actor => prop_oneof![Just(Value::Me), texts()].boxed(),
        Shape::Any => prop_oneof![
            texts(),
            "-?[0-9]{1,4}".prop_map(Value::Number),
            Just(Value::Moment(Moment::Today))
        ]
        .boxed(),
        _ => texts().boxed(),
    }
}

fn operator(shape: Shape) -> impl Strategy<Value = Operator> {
    let all = [
        Operator::Equal,
        Operator::NotEqual,
        Operator::Less,
        Operator::AtMost,
        Operator::Greater,
        Operator::AtLeast,
    ];
    let fitting: Vec<_> = all
        .into_iter()
        .filter(|operator| shape.operators().contains(&operator.as_str()))
        .collect();
    proptest::sample::select(if fitting.is_empty() { all.to_vec() } else { fitting })
}

fn test() -> impl Strategy<Value = Test> {
    let of_field = field().prop_flat_map(|field| {
        let operators = field.shape().operators();
        let has = |operator| operators.contains(&operator);
        let mut kinds: Vec<BoxedStrategy<Test>> = Vec::new();
        if has("=") {
            let (f, g) = (field.clone(), field.clone());
            kinds.push(
                (operator(field.shape()), value(&field))
                    .prop_map(move |(operator, value)| Test::Compare(f.clone(), operator, value))
                    .boxed(),
            );
            kinds.push(
                (any::<bool>(), proptest::collection::vec(value(&field), 1..4))
                    .prop_map(move |(not, values)| Test::In(g.clone(), not, values))
                    .boxed(),
            );
        }
        if has("is") {
            let f = field.clone();
            kinds.push(any::<bool>().prop_map(move |set| Test::Is(f.clone(), set)).boxed());
        }
        if has("~") {
            let f = field.clone();
            kinds.push(
                "[a-z ]{0,5}[a-z]"
                    .prop_map(move |text| Test::Words(f.clone(), text))
                    .boxed(),
            );
        }
        proptest::strategy::Union::new(kinds)
    });
    let by = prop_oneof![Just(Value::Me), text().prop_map(Value::Text)];
    let changed = (proptest::option::of(by), proptest::option::of(moment()))
        .prop_filter("one of both", |(by, since)| by.is_some() || since.is_some())
        .prop_map(|(by, since)| Test::Changed { by, since });
    prop_oneof![1 => Just(Test::Ready), 1 => Just(Test::Waiting), 1 => changed, 9 => of_field]
}

fn query() -> impl Strategy<Value = Query> {
    let leaf = test().prop_map(Expression::Test);
    let condition = leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expression::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Expression::Or),
            inner.prop_map(|inner| Expression::Not(Box::new(inner))),
        ]
    });
    let key = (proptest::sample::select(SortKey::ALL), any::<Option<bool>>());
    let key = key.prop_map(|(key, ascending)| Sort { key, ascending });
    (proptest::option::of(condition), proptest::collection::vec(key, 0..4))
        .prop_map(|(condition, order)| Query { condition, order })
}

proptest! {
    #[test]
    fn what_is_printed_reads_as_what_it_was(query in query()) {
        let text = query.to_string();
        prop_assert_eq!(text.parse::<Query>().map_err(|error| format!("{text}\n{error}")), Ok(query));
    }

    #[test]
    fn no_text_makes_it_panic(text in any::<String>()) {
        if let Err(error) = text.parse::<Query>() {
            prop_assert!(error.column >= 1 && error.column <= error.text.chars().count() + 1, "{error:?}");
        }
    }

    #[test]
    fn nor_do_pieces_of_queries(pieces in proptest::collection::vec(proptest::sample::select(&[
        "status", "=", "!", "<", "<=", "~", "(", ")", ",", "and", "or", "not", "in", "is", "set", "'", "\"", "\\",
        "metadata.", "changed", "by", "since", "-30d", "order", "none", "me", "\n", "é", "\u{202e}", "links.", "1.5",
        "ready", "2026-01-01", "\\u{", "empty", "text", "#",
    ][..]), 0..30), between in prop_oneof![Just(""), Just(" ")]) {
        if let Ok(query) = pieces.join(between).parse::<Query>() {
            prop_assert_eq!(query.to_string().parse::<Query>(), Ok(query));
        }
    }
}

#[test]
fn the_documentation_has_every_field_as_the_table_has_it() {
    let document = include_str!("../../../docs/query.md");
    let (_, found) = document.split_once("## Fields\n\n").expect("a list of fields");
    let (found, _) = found.split_once("\n\n").expect("something after it");
    let mut table = String::from("| field | also | with | what it is |\n|---|---|---|---|");
    for row in FIELDS {
        let also: Vec<_> = row.also.iter().map(|name| format!("`{name}`")).collect();
        let operators: Vec<_> = row.shape.operators().iter().map(|name| format!("`{name}`")).collect();
        let (also, operators) = (also.join(" "), operators.join(" "));
        table.push_str(&format!("\n| `{}` | {also} | {operators} | {} |", row.name, row.about));
    }
    assert!(found == table, "docs/query.md should have\n{table}");
}
