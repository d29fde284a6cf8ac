//! Strategies for texts, keys and values, with a liking for what YAML readers take for something else.

use std::collections::HashSet;

use git_docket::record::value::{Prose, Text};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Number, Value};
use unicode_normalization::UnicodeNormalization as _;

/// Texts that some reader, or a careless printer, makes something else of.
pub(crate) const NASTY: &[&str] = &[
    "no",
    "NO",
    "on",
    "off",
    "y",
    "N",
    "yes",
    "true",
    "False",
    "null",
    "Null",
    "~",
    "=",
    "<<",
    "",
    " ",
    "-",
    "--",
    "---",
    "--- a",
    "...",
    "- a",
    "-a",
    "? a",
    ": a",
    "a:",
    "a: b",
    "a:b",
    "a #b",
    "#a",
    "a#",
    "&a",
    "*a",
    "!a",
    "!!str a",
    "|",
    "|-",
    ">",
    "%TAG",
    "@a",
    "`a`",
    "'a",
    "a'b",
    "\"a\"",
    "a\"",
    "\\",
    "a\\n",
    "\\x41",
    "{a: b}",
    "{",
    "}",
    "[a, b]",
    "]",
    ",",
    "a, b",
    "12:30:00",
    "1:30",
    "-1:30",
    "1.10",
    "1.",
    ".5",
    ".",
    "012",
    "0o14",
    "0x1f",
    "0b11",
    "0b2",
    "1_000",
    "_1",
    "1,000",
    "+1",
    "-0",
    "+",
    "1e3",
    "1E+3",
    "1e",
    "e1",
    ".inf",
    "-.INF",
    ".nan",
    "NaN",
    "inf",
    "2026-01-01",
    "2026-1-1",
    "2026-01-01T00:00:00Z",
    "2026-01-01 00:00:00",
    "2026-01-01t00:00:00 +1",
    "26-01-01",
    "trailing ",
    "trailing  ",
    " leading",
    "\u{a0}",
    "a\u{a0}",
    "\u{2028}",
    "a\u{2028}b",
    "a\u{2029}",
    "\u{3000}a",
    "\u{feff}",
    "\u{feff}a",
    "a\u{feff}",
    "🚀",
    "👩\u{200d}🚀",
    "\u{1f1e9}\u{1f1ea}",
    "é",
    "e\u{301}",
    "\u{301}a",
    "\u{202e}a",
    "\u{fffe}",
    "\u{ffff}",
    "\u{10ffff}",
    "\u{e000}",
    "<<<<<<< HEAD",
    "=======",
    ">>>>>>> theirs",
    "schema: work-item/1",
    "C:\\dir",
    "a\\",
    "100%",
    "a - b",
    "a ? b",
    "a:\u{a0}b",
    "key:: value",
    "http://example.org/?a=b&c=[d]#e",
    "0",
    "-1",
    "9223372036854775808",
    "12345678901234567890123456",
    "١٢",
];

/// A character of a text on one line: mostly ordinary, often one with a meaning, sometimes anything.
fn inline_char() -> impl Strategy<Value = char> {
    prop_oneof![
        4 => prop::char::range(' ', '~'),
        2 => select(vec![':', '#', '-', ' ', '"', '\'', '\\', ',', '[', '{', '?', '\u{2028}', '\u{a0}', '🚀', 'ü']),
        1 => any::<char>().prop_map(|c| if c.is_control() { '\u{fffd}' } else { c }),
    ]
}

/// A text on one line, up to `max` characters; may be empty or blank.
pub(crate) fn line(max: usize) -> BoxedStrategy<String> {
    let one = select(NASTY).prop_map(str::to_owned);
    let two = (select(NASTY), select(NASTY)).prop_map(|(a, b)| format!("{a}{b}"));
    let some = vec(inline_char(), 0..=max.min(40)).prop_map(String::from_iter);
    let full = vec(inline_char(), max.min(300)).prop_map(String::from_iter);
    let any = prop_oneof![8 => one, 3 => two, 8 => some, 1 => full];
    any.prop_map(move |text| text.chars().take(max).collect()).boxed()
}

/// Several lines.
pub(crate) fn lines(max: usize) -> BoxedStrategy<String> {
    let line = prop_oneof![4 => line(80), 1 => Just("\tindented".to_owned()), 1 => Just("  deep".to_owned())];
    let joined = vec(line, 0..6).prop_map(|lines| lines.join("\n"));
    joined.prop_map(move |text| text.chars().take(max).collect()).boxed()
}

/// What a free value may hold: any text without NUL.
fn free_text() -> BoxedStrategy<String> {
    let anything = any::<String>().prop_map(|text| text.replace('\0', ""));
    let controls = select(vec![
        "\r",
        "a\r\nb",
        "\u{1b}[31m",
        "\u{85}",
        "\u{9b}",
        "\u{7f}",
        "\t",
        "a\tb",
        "\n",
        "\n\na\n",
    ]);
    let long = "[a-z :#-]{3000,4000}";
    prop_oneof![12 => line(200), 4 => lines(2000), 3 => anything, 2 => controls.prop_map(str::to_owned), 1 => long]
        .boxed()
}

pub(crate) fn text<const MIN: usize, const MAX: usize>() -> BoxedStrategy<Text<MIN, MAX>> {
    line(MAX)
        .prop_filter_map("within the limits", |text| Text::new(text).ok())
        .boxed()
}

pub(crate) fn prose<const MAX: usize>() -> BoxedStrategy<Prose<MAX>> {
    prop_oneof![line(MAX), lines(MAX)]
        .prop_filter_map("within the limits", |text| Prose::new(text).ok())
        .boxed()
}

/// A body: any text without NUL, with what could be taken for the frontmatter's end.
pub(crate) fn body() -> BoxedStrategy<String> {
    let anything = any::<String>().prop_map(|text| text.replace('\0', ""));
    let marks = select(vec![
        "---",
        "---\n",
        "\n---\n",
        "\r\n",
        "\r",
        "\n",
        "\n\n",
        "---\r\n\r\n",
        "\u{feff}---\n",
        "- [x] a",
    ]);
    let marked = (marks, lines(200), select(NASTY)).prop_map(|(a, b, c)| format!("{a}{b}\n{c}"));
    prop_oneof![Just(String::new()), lines(5000), anything, marked].boxed()
}

/// Any finite JSON number.
fn number() -> BoxedStrategy<Number> {
    let edges = select(vec![
        0.0,
        -0.0,
        1.0,
        0.1,
        1e16,
        1e-7,
        1e300,
        -2.5e-300,
        5e-324,
        f64::MAX,
        f64::MIN_POSITIVE,
    ]);
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        (-100i64..100).prop_map(Number::from),
        any::<u64>().prop_map(Number::from),
        prop_oneof![any::<f64>(), edges].prop_filter_map("finite", Number::from_f64),
    ]
    .boxed()
}

/// A key: 1 to 100 characters without control characters.
pub(crate) fn key() -> BoxedStrategy<String> {
    prop_oneof![8 => "[a-z]{1,8}(_[a-z]{1,8}){0,2}", 4 => line(100), 1 => "[ -~]{100}"]
        .prop_filter("not empty", |key| !key.is_empty())
        .boxed()
}

/// A mapping of any values, without the keys that mean something.
pub(crate) fn free(avoided: &'static [&'static str], max: usize) -> BoxedStrategy<Map<String, Value>> {
    object(value(), max)
        .prop_map(move |map| {
            map.into_iter()
                .filter(|(key, _)| !avoided.contains(&key.as_str()))
                .collect()
        })
        .boxed()
}

/// Any JSON value that is within the format's limits.
pub(crate) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![
        1 => Just(Value::Null),
        1 => any::<bool>().prop_map(Value::Bool),
        2 => number().prop_map(Value::Number),
        6 => free_text().prop_map(Value::String),
    ];
    leaf.prop_recursive(5, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::Array),
            object(inner, 4).prop_map(Value::Object),
        ]
    })
    .boxed()
}

fn object(values: impl Strategy<Value = Value> + 'static, max: usize) -> BoxedStrategy<Map<String, Value>> {
    vec((key(), values), 0..max)
        .prop_map(|entries| {
            let mut seen = HashSet::new();
            let alike = |key: &String| key.nfc().collect::<String>();
            entries.into_iter().filter(|(key, _)| seen.insert(alike(key))).collect()
        })
        .boxed()
}
