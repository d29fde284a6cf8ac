//! The cases.

use super::{Accepted, Case, GOOD, Newer, Refused, Warned, but, case, with};

/// What is wrong before any YAML is read.
#[rustfmt::skip] // a table: one case a line
pub(super) fn shapes() -> Vec<Case> {
    let no_opening = GOOD.strip_prefix("---\n").expect("begins so");
    let no_closing = GOOD.replacen("ada\n---\n", "ada\n", 1);
    let ours = "<<<<<<< HEAD\nstatus: active\n=======\nstatus: blocked\n>>>>>>> theirs";
    vec![
        case("1 no opening line", no_opening, Refused(1, "", "does not begin")),
        case("1 text before the opening line", format!("\n{GOOD}"), Refused(1, "", "does not begin")),
        case("1 more on the opening line", GOOD.replacen("---", "--- ", 1), Refused(1, "", "does not begin")),
        case("2 no closing line", no_closing, Refused(1, "", "is not closed")),
        case("2 only the opening line", "---\n", Refused(1, "", "is not closed")),
        case("2 only its three characters", "---", Refused(1, "", "does not begin")),
        case("3 empty file", "", Refused(0, "", "is empty")),
        case("3 only white space", "\n \n\n", Refused(0, "", "is empty")),
        case("3 only a byte order mark", "\u{feff}", Refused(0, "", "is empty")),
        case("3 empty frontmatter", "---\n---\n", Refused(2, "", "is empty")),
        case("3 only comments", "---\n# nothing\n---\n", Refused(2, "", "is empty")),
        case("4 frontmatter is a scalar", "---\njust text\n---\n", Refused(2, "", "must be a mapping")),
        case("5 frontmatter is a list", "---\n- a\n- b\n---\n", Refused(2, "", "must be a mapping")),
        case("41 conflict markers", but("status: active", ours), Refused(6, "", "conflict markers")),
        case("41 conflict markers around it all", format!("<<<<<<< HEAD\n{GOOD}"), Refused(1, "", "does not begin")),
        case("41 conflict markers in the body", but("Text.", ours), Warned(11, "body", "conflict markers")),
        case("41 a heading in the body", but("Text.", "Text\n======="), Accepted),
        case("49 `---` inside of the body", but("Text.", "a\n---\nb: [\n---"), Accepted),
        case("49 `---` inside of a text", with("metadata:\n  a: |\n    ---\n    b"), Warned(10, "metadata.a", "kept")),
    ]
}

/// What is wrong with the YAML.
#[rustfmt::skip] // a table: one case a line
pub(super) fn yaml() -> Vec<Case> {
    let anchors = "anchors and aliases are not used";
    let bomb: String = (1..10)
        .map(|level| {
            format!(
                "  l{level}: &l{level} [{}]\n",
                vec![format!("*l{}", level - 1); 9].join(", ")
            )
        })
        .collect();
    let bomb = format!("metadata:\n  l0: &l0 [a, a, a, a, a, a, a, a, a]\n{}", bomb.trim_end());
    vec![
        case("6 unclosed list", with("labels: [a, b"), Refused(9, "labels", "not valid YAML")),
        case("6 unclosed mapping", with("claim: {by: ada"), Refused(9, "claim", "not valid YAML")),
        case("6 unclosed quote", with("assignee: \"ada"), Refused(10, "assignee", "not valid YAML")),
        case("7 tab indent", with("metadata:\n\ta: b"), Refused(10, "metadata", "not valid YAML")),
        case("8 duplicate key", with("status: blocked"), Refused(9, "status", "first in line 6")),
        case("9 duplicate nested key", with("metadata:\n  a: 1\n  b: 2\n  a: 3"), Refused(12, "metadata.a", "first in line 10")),
        case("9 duplicate in flow", with("metadata: {a: 1, a: 2}"), Refused(9, "metadata.a", "stands twice")),
        case("21 alias bomb", with(&bomb), Refused(10, "metadata.l0", anchors)),
        case("22 anchor", with("assignee: &a ada"), Refused(9, "assignee", anchors)),
        case("22 anchor on a list", with("labels: &a [b]"), Refused(9, "labels", anchors)),
        case("22 anchor on a key", with("&a assignee: ada"), Refused(9, "", anchors)),
        case("23 recursive alias", with("metadata: &a {b: *a}"), Refused(9, "metadata", anchors)),
        case("24 undefined alias", with("assignee: *nobody"), Refused(9, "assignee", anchors)),
        case("24 undefined alias in a list", with("labels:\n  - a\n  - *b"), Refused(11, "labels", anchors)),
        case("25 merge key", with("metadata:\n  <<: {a: b}"), Refused(10, "metadata", "merge keys")),
        case("25 merge key at the root", with("<<: {a: b}"), Refused(9, "", "merge keys")),
        case("25 its text as a key", with("metadata:\n  \"<<\": a"), Warned(10, "metadata.<<", "kept")),
        case("28 tag of a Python object", with("assignee: !!python/object:os.system ada"), Refused(9, "assignee", "tags")),
        case("28 tag of one's own", with("metadata: !mine {a: b}"), Refused(9, "metadata", "tags")),
        case("29 binary", with("metadata:\n  a: !!binary aGk="), Refused(10, "metadata.a", "tags")),
        case("29 the tag of a text", with("assignee: !!str ada"), Refused(9, "assignee", "tags")),
        case("29 the tag without a name", with("assignee: ! ada"), Refused(9, "assignee", "tags")),
        case("30 second document", with("--- # more\na: b"), Refused(9, "", "second YAML document")),
        case("30 after an end", with("...\na: b"), Refused(10, "", "second YAML document")),
        case("30 a directive", "---\n%YAML 1.2\n--- \na: b\n---\n", Refused(2, "", "not valid YAML")),
        case("45 complex key", with("metadata:\n  ? [a]\n  : b"), Refused(10, "metadata", "a key must be a word")),
        case("45 complex key in flow", with("metadata: {{a: b}: c}"), Refused(9, "metadata", "a key must be a word")),
        case("45 empty key", with("metadata:\n  \"\": b"), Refused(10, "metadata", "a key has 1 to 100")),
        case("45 a key of 101 characters", with(&format!("metadata: {{{}: b}}", "k".repeat(101))), Refused(9, "metadata", "a key has 1 to 100")),
        case("45 a key with a line break", with("metadata: {\"a\\nb\": c}"), Refused(9, "metadata", "no control characters")),
    ]
}

/// What is wrong with the fields.
pub(super) fn values() -> Vec<Case> {
    let mut cases = identities();
    cases.extend(numbers_and_words());
    cases.extend(times());
    cases
}

#[rustfmt::skip] // a table: one case a line
fn identities() -> Vec<Case> {
    const ID_LINE: &str = "id: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\n";
    const OTHER: &str = "id: 4f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\n";
    let own = |key: &str, value: &str| with(&format!("{key}: {}", value.replace("ID", &ID_LINE[4..40])));
    vec![
        case("10 unknown field", with("colour: red"), Warned(9, "colour", "kept")),
        case("10 unknown nested field", with("metadata:\n  colour: {deep: red}"), Warned(10, "metadata.colour", "kept")),
        case("11 missing id", but(ID_LINE, ""), Refused(2, "id", "is required")),
        case("11 missing schema", but("schema: work-item/1\n", ""), Refused(2, "schema", "is required")),
        case("11 missing title", but("title: Cache the vendor status query\n", ""), Refused(2, "title", "is required")),
        case("11 missing created_by", but("created_by: ada\n", ""), Refused(2, "created_by", "is required")),
        case("12 id is nothing", but(ID_LINE, "id: ~\n"), Refused(3, "id", "found nothing")),
        case("12 id is absent", but(ID_LINE, "id:\n"), Refused(3, "id", "found nothing")),
        case("12 a field is nothing", with("assignee: null"), Refused(9, "assignee", "found nothing")),
        case("13 id is not the file's name", but(ID_LINE, OTHER), Refused(3, "id", "the file is named 3f9a2c1b")),
        case("13 id in capitals", but("id: 3f9a2c1b", "id: 3F9A2C1B"), Refused(3, "id", "lower case")),
        case("13 another kind", but("schema: work-item/1", "schema: vendor/1"), Refused(2, "schema", "a vendor stands where a work-item")),
        case("48 its own parent", own("parent_id", "ID"), Refused(9, "parent_id", "its own parent")),
        case("48 waits for itself", own("depends_on", "[ID]"), Refused(9, "depends_on", "wait for itself")),
        case("48 linked to itself", own("links", "{relates-to: [ID]}"), Refused(9, "links", "linked to itself")),
        case("48 a link to nowhere", with("parent_id: 00000000-0000-4000-8000-000000000000"), Accepted),
        case("51 newer schema", but("work-item/1", "work-item/2"), Newer),
        case("51 newer schema with a newer field", but("work-item/1\n", "work-item/12\nmood: good\n"), Newer),
        case("51 newer schema, other meaning", but("work-item/1", "work-item/2").replace("active", "dormant"), Refused(2, "schema", "is newer")),
        case("51 newer schema, another's id", but("work-item/1", "work-item/2").replace(ID_LINE, OTHER), Refused(2, "schema", "is newer")),
        case("51 newer schema, no id of its kind", but("work-item/1", "work-item/2").replace("-4b53-", "-7b53-"), Refused(2, "schema", "is newer")),
        case("51 schema zero", but("work-item/1", "work-item/0"), Refused(2, "schema", "is not one of")),
        case("51 another spelling", but("work-item/1", "work-item/01"), Refused(2, "schema", "is not one of")),
        case("51 unknown kind", but("work-item/1", "ticket/1"), Refused(2, "schema", "is not one of")),
    ]
}

#[rustfmt::skip] // a table: one case a line
fn numbers_and_words() -> Vec<Case> {
    let metadata = |line: &str| with(&format!("metadata:\n  {line}"));
    vec![
        case("14 a word for a list", with("labels: bug"), Refused(9, "labels", "expected a list")),
        case("14 a list for a word", with("assignee: [ada]"), Refused(9, "assignee", "expected text, found a list")),
        case("14 a list for a mapping", with("metadata: [a]"), Refused(9, "metadata", "expected a mapping")),
        case("14 a text for a number", with("pr_number: \"42\""), Refused(9, "pr_number", "expected a whole number")),
        case("14 a mapping in a list", with("labels:\n  - a\n  - {b: c}"), Refused(11, "labels[1]", "expected text, found a mapping")),
        case("15 version is stored", with("version: -1"), Refused(9, "version", "is derived")),
        case("15 a negative number", with("pr_number: -1"), Refused(9, "pr_number", "from 1")),
        case("15 zero where one is least", with("pr_number: 0"), Refused(9, "pr_number", "from 1")),
        case("16 26 digits", with("pr_number: 12345678901234567890123456"), Refused(9, "pr_number", "found `1234567890")),
        case("16 26 digits, untyped", metadata("a: 12345678901234567890123456"), Refused(10, "metadata.a", "does not fit 64 bits")),
        case("16 64 bits without sign", metadata("a: 18446744073709551615"), Warned(10, "metadata.a", "kept")),
        case("17 a fraction for a whole number", with("pr_number: 1.0"), Refused(9, "pr_number", "expected a whole number")),
        case("18 not a number", metadata("estimated_hours: .nan"), Refused(10, "metadata.estimated_hours", "not a finite number")),
        case("18 too large", metadata("a: 1e999"), Refused(10, "metadata.a", "not a finite number")),
        case("18 infinite, deep", metadata("a: [{b: -.inf}]"), Refused(10, "metadata.a[0].b", "not a finite number")),
        case("19 words other readers take for booleans", with("assignee: no\nlabels: [on, yes]"), Accepted),
        case("20 numbers and times that are texts", but("Cache the vendor status query", "1.10").replace("ada", "012"), Accepted),
        case("20 base 60", with("assignee: 12:30:00"), Accepted),
        case("47 unknown word", but("active", "open"), Refused(6, "status", "is not one of pending, active")),
        case("47 another case", but("active", "Active"), Refused(6, "status", "is not one of")),
        case("50 twins in a list", with("labels: [\"caf\\u00e9\", \"cafe\\u0301\"]"), Refused(9, "labels[1]", "is listed twice")),
        case("50 twins as keys", with("metadata:\n  caf\u{e9}: 1\n  cafe\u{301}: 2"), Refused(11, "metadata.cafe\u{301}", "stands twice")),
        case("50 one of them", with("labels: [\"cafe\\u0301\"]"), Accepted),
        case("50 listed twice", with("labels: [a, b, a]"), Refused(9, "labels[2]", "is listed twice")),
    ]
}

fn times() -> Vec<Case> {
    let at = |time: &str| but("2025-10-10T14:30:00Z", time);
    let mut cases: Vec<_> = [
        ("46 impossible date", "2025-02-30T00:00:00Z", "exists"),
        ("46 month 13", "2025-13-01T00:00:00Z", "exists"),
        ("46 hour 24", "2025-10-10T24:00:00Z", "exists"),
        ("46 leap second", "2016-12-31T23:59:60Z", "is not a time"),
        ("46 no zone", "2025-10-10T14:30:00", "is not a time"),
        ("46 a zone without minutes", "2025-10-10T14:30:00+02", "is not a time"),
        ("46 a zone without colon", "2025-10-10T14:30:00+0200", "is not a time"),
        (
            "46 a zone by name",
            "2025-10-10T14:30:00+02:00[Europe/Berlin]",
            "is not a time",
        ),
        ("46 lower case", "2025-10-10t14:30:00z", "is not a time"),
        ("46 a comma", "'2025-10-10T14:30:00,5Z'", "is not a time"),
        ("46 a space", "2025-10-10 14:30:00Z", "is not a time"),
        ("46 only a date", "2025-10-10", "is not a time"),
        ("46 no seconds", "2025-10-10T14:30Z", "is not a time"),
        ("46 a point and no digits", "2025-10-10T14:30:00.Z", "is not a time"),
        (
            "46 microseconds",
            "2025-10-10T14:30:00.123456Z",
            "finer than milliseconds",
        ),
        ("46 year 9999", "9999-12-31T23:59:59Z", "1970 to 9998"),
        ("46 before 1970", "1969-12-31T23:59:59Z", "1970 to 9998"),
        ("46 year 10000", "+010000-01-01T00:00:00Z", "is not a time"),
    ]
    .into_iter()
    .map(|(name, time, message)| case(name, at(time), Refused(7, "created_at", message)))
    .collect();
    cases.extend([
        case("46 a quoted time", at("\"2025-10-10T14:30:00Z\""), Accepted),
        case("46 milliseconds", at("2025-10-10T14:30:00.123Z"), Accepted),
        case("46 another zone", at("2025-10-10T16:30:00+02:00"), Accepted),
        case(
            "46 a claim that ends before it begins",
            with("claim: {by: ada, at: 2025-10-10T14:30:00Z, until: 2025-10-10T14:29:59Z}"),
            Refused(9, "claim.until", "before the claim"),
        ),
    ]);
    cases
}

/// What is wrong with characters and line ends.
#[rustfmt::skip] // a table: one case a line
pub(super) fn characters() -> Vec<Case> {
    let title = |text: &str| but("Cache the vendor status query", text);
    let crlf = GOOD.replace('\n', "\r\n");
    let utf16: Vec<u8> = "\u{feff}---\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut not_utf8 = GOOD.as_bytes().to_vec();
    not_utf8[GOOD.find("Cache").expect("is there")] = 0xe9;
    let mut nul = GOOD.as_bytes().to_vec();
    nul[GOOD.find("active").expect("is there")] = 0;
    vec![
        case("31 NUL", nul, Refused(6, "", "a NUL byte")),
        case("31 NUL in the body", but("Text.", "a\0b"), Refused(11, "", "a NUL byte")),
        case("32 escaped NUL", title("\"a\\0b\""), Refused(5, "title", "U+0000")),
        case("32 escaped NUL, untyped", with("metadata:\n  a: [\"b\\x00\"]"), Refused(10, "metadata.a[0]", "U+0000")),
        case("32 escaped NUL in a key", with("metadata: {\"\\0\": b}"), Refused(9, "metadata", "no control characters")),
        case("33 byte order mark", format!("\u{feff}{GOOD}"), Accepted),
        case("33 two of them", format!("\u{feff}\u{feff}{GOOD}"), Refused(1, "", "does not begin")),
        case("34 CRLF", crlf.clone(), Accepted),
        case("34 CRLF and a byte order mark", format!("\u{feff}{crlf}"), Accepted),
        case("35 one CRLF among LF", but("active\n", "active\r\n"), Refused(6, "", "line ends are mixed")),
        case("35 one LF among CRLF", crlf.replacen("active\r\n", "active\n", 1), Refused(6, "", "line ends are mixed")),
        case("35 the closing line", but("ada\n---\n", "ada\n---\r\n"), Refused(9, "", "line ends are mixed")),
        case("35 the closing line, the other way", crlf.replacen("ada\r\n---\r\n", "ada\r\n---\n", 1), Refused(9, "", "line ends are mixed")),
        case("35 the opening line", GOOD.replacen("---\n", "---\r\n", 1), Refused(2, "", "line ends are mixed")),
        case("35 mixed in the body", but("Text.", "a\r\nb\nc"), Accepted),
        case("36 lone CR", but("the vendor", "the\rvendor"), Refused(5, "", "carriage return")),
        case("36 escaped CR", title("\"a\\rb\""), Refused(5, "title", "carriage return")),
        case("36 lone CR in the body", but("Text.", "a\rb"), Accepted),
        case("37 not UTF-8", not_utf8, Refused(5, "", "0xe9 is not UTF-8")),
        case("37 half a character at the end", [GOOD.as_bytes(), b"\xf0\x9f"].concat(), Refused(12, "", "is not UTF-8")),
        case("37 a surrogate", [GOOD.as_bytes(), b"\xed\xa0\x80"].concat(), Refused(12, "", "is not UTF-8")),
        case("38 UTF-16", utf16.clone(), Refused(1, "", "UTF-16")),
        case("38 UTF-16, no mark", utf16[2..].to_vec(), Refused(1, "", "a NUL byte")),
        case("39 line separator", but("the vendor", "the\u{2028}vendor"), Accepted),
        case("39 C1", but("the vendor", "the\u{9b}vendor"), Refused(5, "", "U+009B")),
        case("39 next line", but("the vendor", "the\u{85}vendor"), Refused(5, "", "U+0085")),
        case("39 escaped C1", title("\"a\\x9bb\""), Refused(5, "title", "U+009B")),
        case("39 C0", but("the vendor", "the\u{1b}vendor"), Refused(5, "", "U+001B")),
        case("39 delete", but("the vendor", "the\u{7f}vendor"), Refused(5, "", "U+007F")),
        case("39 emoji", title("👩\u{200d}🚀 lands"), Accepted),
        case("39 a line break in a title", title("\"a\\nb\""), Refused(5, "title", "a line break")),
        case("39 C1 in the body", but("Text.", "a\u{85}\u{1b}b"), Accepted),
        case("40 zero width in an id", but("id: 3f9a2c1b", "id: 3f9a2c1b\u{200b}"), Refused(3, "id", "\\u{200b}")),
        case("40 zero width in an alias", with("aliases: [\"bd\\u200b-1\"]"), Refused(9, "aliases[0]", "invisible")),
        case("40 bidi override in a title", title("\"a\\u202eb\""), Warned(5, "title", "U+202E")),
        case("40 zero width in a label", with("labels: [a, \"b\\u200b\"]"), Warned(9, "labels[1]", "U+200B")),
    ]
}

/// The deepest key there can be.
const DEEP: &str = "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";

/// The deepest in metadata.
const DEEP_IN_METADATA: &str = "metadata.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a";

/// What is too large or too deep.
#[rustfmt::skip] // a table: one case a line
pub(super) fn sizes() -> Vec<Case> {
    const MIB: usize = 1024 * 1024;
    let labels: Vec<_> = (0..100_000).map(|n| format!("l{n}")).collect();
    let flow = format!("metadata: {}{}", "[".repeat(5000), "]".repeat(5000));
    let flow_maps = format!("metadata: {}{}", "{a: ".repeat(5000), "}".repeat(5000));
    let block = format!("metadata:\n  a:\n    {}x", "- ".repeat(3000));
    let maps: String = (0..1000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let levels: String = (1..15).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect();
    let mixed = format!(
        "metadata:\n{levels}{}a: {}{}",
        " ".repeat(15),
        "[".repeat(17),
        "]".repeat(17)
    );
    let nested = |depth: usize| format!("metadata: {{a: {}{}}}", "[".repeat(depth), "]".repeat(depth));
    let fill = |size: usize| but("Text.", &"x".repeat(size - GOOD.len() + "Text.".len()));
    let title = |length: usize| but("Cache the vendor status query", &"é".repeat(length));
    vec![
        case("26 31 lists in two mappings", with(&nested(31)), Refused(9, "metadata.a", "nest more than 32 deep")),
        case("27 16 in block and 17 in flow", with(&mixed), Refused(24, "metadata.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a", "nest more than 32 deep")),
        case("26 5,000 lists in flow", with(&flow), Refused(9, "metadata", "nest")),
        case("26 5,000 mappings in flow", with(&flow_maps), Refused(9, DEEP_IN_METADATA, "nest more than 32 deep")),
        case("26 never closed", with(&format!("metadata: {}", "[".repeat(500_000))), Refused(9, "metadata", "nest")),
        case("26 30 lists in two mappings", with(&nested(30)), Warned(9, "metadata.a", "kept")),
        case("27 3,000 lists in block", with(&block), Refused(11, "metadata.a", "nest")),
        case("27 1,000 mappings in block", with(maps.trim_end()), Refused(41, DEEP, "nest more than 32 deep")),
        case("42 a scalar of 2 MB", with(&format!("metadata: {{a: {}}}", "x".repeat(2_000_000))), Refused(0, "", "at most 1048576")),
        case("42 a scalar of 1 MB", with(&format!("metadata: {{a: {}}}", "x".repeat(1_000_000))), Warned(9, "metadata.a", "kept")),
        case("43 1 MiB", fill(MIB), Accepted),
        case("43 1 MiB and a byte", fill(MIB + 1), Refused(0, "", "1048577 bytes")),
        case("43 not even text", vec![0xff; MIB + 1], Refused(0, "", "1048577 bytes")),
        case("44 100,000 labels", with(&format!("labels: [{}]", labels.join(","))), Refused(9, "labels", "has 100000 entries, at most 20")),
        case("44 21 labels", with(&format!("labels: [{}]", labels[..21].join(","))), Refused(9, "labels", "has 21 entries")),
        case("44 20 labels", with(&format!("labels: [{}]", labels[..20].join(","))), Accepted),
        case("44 a title of 200 characters", title(200), Accepted),
        case("44 a title of 201 characters", title(201), Refused(5, "title", "has 201 characters, at most 200")),
        case("44 a blank title", but("Cache the vendor status query", "\"  \""), Refused(5, "title", "is blank")),
    ]
}
