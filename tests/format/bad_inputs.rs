//! What a record file may hold that it should not, case by case: accepted, accepted with a warning, or refused with
//! one error that names line and field.

use git_docket::record::{Fields, Kind, Parsed, RecordPath, Severity, Violation, parse};

mod cases;

const ID: &str = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";

/// A file with nothing wrong; line 9 is the closing line.
const GOOD: &str = "---
schema: work-item/1
id: 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60
item_type: task
title: Cache the vendor status query
status: active
created_at: 2025-10-10T14:30:00Z
created_by: ada
---

Text.
";

/// What is to come of a file.
enum Expected {
    /// It is read, and nothing is said.
    Accepted,
    /// It is read, with this warning at this line and field.
    Warned(u32, &'static str, &'static str),
    /// It is read, but may not be changed.
    Newer,
    /// It is not read, with this one error; line 0 and an empty field stand for none.
    Refused(u32, &'static str, &'static str),
}

use Expected::{Accepted, Newer, Refused, Warned};

struct Case {
    /// The number in the list of bad inputs, and what is special.
    name: &'static str,
    bytes: Vec<u8>,
    expected: Expected,
}

fn case(name: &'static str, file: impl Into<Vec<u8>>, expected: Expected) -> Case {
    Case {
        name,
        bytes: file.into(),
        expected,
    }
}

/// The good file with these lines at the end of its frontmatter; the first of them is line 9.
fn with(lines: &str) -> String {
    GOOD.replace("created_by: ada\n", &format!("created_by: ada\n{lines}\n"))
}

/// The good file with one text for another.
fn but(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old}");
    GOOD.replacen(old, new, 1)
}

fn path() -> RecordPath {
    RecordPath::own(Kind::WorkItem, ID.parse().expect("an id")).expect("a path")
}

/// Reads on a stack as small as any thread's may be: depth must be counted, not tried.
fn read(bytes: &[u8]) -> Result<Parsed, Vec<Violation>> {
    let path = path();
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(256 * 1024);
        let reading = thread
            .spawn_scoped(scope, || parse(bytes, Some(&path)))
            .expect("a thread");
        reading.join().expect("does not panic")
    })
}

fn is(violation: &Violation, severity: Severity, line: u32, field: &str, message: &str) -> bool {
    violation.severity == severity
        && violation.line.unwrap_or(0) == line
        && violation.field.as_deref().unwrap_or("") == field
        && violation.message.contains(message)
}

/// What is wrong with the answer, if anything is.
fn judge(case: &Case) -> Option<String> {
    let answer = read(&case.bytes);
    let fits = match (&case.expected, &answer) {
        (Accepted, Ok(parsed)) => parsed.warnings.is_empty() && parsed.newer_schema.is_none(),
        (Warned(line, field, message), Ok(parsed)) => match parsed.warnings.as_slice() {
            [only] => is(only, Severity::Warning, *line, field, message),
            _ => false,
        },
        (Newer, Ok(parsed)) => parsed.newer_schema.is_some(),
        (Refused(line, field, message), Err(violations)) => match violations.as_slice() {
            [only] => is(only, Severity::Error, *line, field, message),
            _ => false,
        },
        _ => false,
    };
    let said: Vec<_> = match &answer {
        Ok(parsed) => parsed.warnings.iter().map(|w| format!("    warning: {w}")).collect(),
        Err(violations) => violations
            .iter()
            .map(|v| format!("    {}: {v}", v.severity.as_str()))
            .collect(),
    };
    let verdict = if answer.is_ok() { "accepted" } else { "refused" };
    (!fits).then(|| format!("{}: {verdict}\n{}", case.name, said.join("\n")))
}

fn check(cases: &[Case]) {
    let wrong: Vec<_> = cases.iter().filter_map(judge).collect();
    assert!(
        wrong.is_empty(),
        "{} of {}:\n{}",
        wrong.len(),
        cases.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_good_file_is_good() {
    check(&[case("good", GOOD, Accepted)]);
    assert_eq!(GOOD.lines().nth(8), Some("---"));
}

#[test]
fn shapes_of_the_file() {
    check(&cases::shapes());
}

#[test]
fn yaml_that_is_not_used() {
    check(&cases::yaml());
}

#[test]
fn fields_and_values() {
    check(&cases::values());
}

#[test]
fn characters_and_line_ends() {
    check(&cases::characters());
}

#[test]
fn sizes_and_depths() {
    check(&cases::sizes());
}

#[test]
fn every_case_of_the_list_is_here() {
    let all = [
        cases::shapes(),
        cases::yaml(),
        cases::values(),
        cases::characters(),
        cases::sizes(),
    ];
    for number in 1..=51 {
        let prefix = format!("{number} ");
        let here = all.iter().flatten().any(|case| case.name.starts_with(&prefix));
        assert!(here, "case {number} is missing");
    }
}

/// Texts that look like something else are the texts they are.
#[test]
fn words_stay_words() {
    let file = with("labels: [on, yes, 012, 1.10, 12:30:00, 1_000, 2026-01-01]\nassignee: no\nbranch_name: 1e999");
    let parsed = read(file.as_bytes()).expect("is read");
    let Fields::WorkItem(item) = parsed.record.fields else {
        panic!("a work item");
    };
    let labels: Vec<_> = item.labels.iter().map(|label| label.as_str()).collect();
    assert_eq!(labels, ["on", "yes", "012", "1.10", "12:30:00", "1_000", "2026-01-01"]);
    assert_eq!(item.assignee.expect("is there").as_str(), "no");
    assert_eq!(item.branch_name.expect("is there").as_str(), "1e999");
}

/// All that is wrong with the fields is said at once.
#[test]
fn one_look_shows_every_field() {
    let file = but("status: active", "status: open")
        .replace("item_type: task", "item_type: bug")
        .replace("2025-10-10T14:30:00Z", "yesterday");
    let violations = read(file.as_bytes()).expect_err("is refused");
    let found: Vec<_> = violations.iter().map(|v| (v.line, v.field.as_deref())).collect();
    let expected = [
        (Some(4), Some("item_type")),
        (Some(6), Some("status")),
        (Some(7), Some("created_at")),
    ];
    assert_eq!(found, expected);
}
