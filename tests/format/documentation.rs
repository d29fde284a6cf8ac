//! `docs/format.md` is right: its examples are read, printed alike, and its tables name every field. So is
//! `docs/reliability.md`: the tests it names are there.

use git_docket::record::path::Place;
use git_docket::record::{Kind, RecordId, RecordPath, limits, parse, print, schema};

fn page() -> String {
    read("docs/format.md")
}

/// A file of the project.
fn read(path: &str) -> String {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    std::fs::read_to_string(root.join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// The examples: path and file. An example is fenced as `markdown`, and the line above it is its path.
fn examples(page: &str) -> Vec<(String, String)> {
    let lines: Vec<_> = page.lines().collect();
    let begins = |at: &usize| lines[*at] == "```markdown";
    (0..lines.len())
        .filter(begins)
        .map(|at| {
            let path = lines[at - 1].trim_matches('`').to_owned();
            let content = lines[at + 1..].iter().take_while(|line| **line != "```");
            (path, content.map(|line| format!("{line}\n")).collect())
        })
        .collect()
}

#[test]
fn examples_are_canonical_records() {
    let mut kinds = Vec::new();
    for (path, file) in examples(&page()) {
        let Place::Record(place) = RecordPath::locate(&path) else {
            panic!("{path} is not the path of a record");
        };
        let parsed = parse(file.as_bytes(), Some(&place)).unwrap_or_else(|errors| panic!("{path}: {errors:?}"));
        assert!(parsed.warnings.is_empty(), "{path}: {:?}", parsed.warnings);
        assert_eq!(print(&parsed.record), file, "{path}");
        kinds.push(parsed.record.kind());
    }
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "no example of {missing:?}");
}

/// The section of a kind names its fields in a table, all of them, in the order they are printed in.
#[test]
fn tables_name_every_field() {
    let page = page();
    for kind in Kind::ALL {
        let heading = match kind {
            Kind::WorkItem => "## Work items",
            Kind::Vendor => "## Vendors",
            Kind::Enhancement => "## Enhancements",
            Kind::Deployment => "## Deployments",
            Kind::Note => "## Notes",
            Kind::CommitLink => "## Commit links",
            Kind::Conflict => "## Conflicts",
        };
        let (_, section) = page.split_once(&format!("\n{heading}\n")).expect(heading);
        let section = section.split("\n## ").next().expect("a section");
        let rows: Vec<_> = section.lines().filter(|line| line.starts_with("| `")).collect();
        let documented: Vec<_> = rows.iter().flat_map(|row| names(row)).collect();
        let schema = schema::of(*kind);
        let properties = schema["properties"].as_object().expect("properties");
        let stored = properties
            .iter()
            .filter(|(key, value)| *key != "schema" && **value != false);
        let stored: Vec<_> = stored.map(|(key, _)| key.as_str()).collect();
        assert_eq!(documented, stored, "{heading}");
        // What is documented as required is what the schema requires, if only of what was not imported.
        let rules = schema["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|rule| &rule["then"]["required"]);
        let required: Vec<_> = rules
            .chain([&schema["required"]])
            .filter_map(|keys| keys.as_array())
            .flatten()
            .collect();
        for row in rows {
            let wanted = |field: &str| field != "metadata" && required.iter().any(|key| **key == *field);
            let said = row.ends_with("| yes |");
            assert!(names(row).all(|field| wanted(field) == said), "{heading}: {row}");
        }
    }
}

/// The fields a row of a table is about: all that is in backquotes in its first cell.
fn names(row: &str) -> impl Iterator<Item = &str> {
    let cell = row.trim_start_matches("| ").split(" |").next().unwrap_or_default();
    cell.split('`').skip(1).step_by(2)
}

#[test]
fn identities_are_as_documented() {
    let page = page();
    let time = "2024-05-02T09:15:00Z".parse().expect("a time");
    let deployed = "2025-10-10T18:00:00Z".parse().expect("a time");
    for id in [
        RecordId::keyed_at(deployed, Kind::Deployment, "k1"),
        RecordId::imported(Kind::WorkItem, "beads", "bd-kwro"),
        RecordId::vendor("adp vendor", 1),
        RecordId::keyed(Kind::WorkItem, "k1"),
        RecordId::of_path(".tracking/config.toml"),
        RecordId::imported_comment(time, "beads", "bd-kwro", "c1"),
    ] {
        assert!(page.contains(&format!("`{id}`")), "{id}");
    }
    assert_ne!(RecordId::vendor("adp vendor", 2), RecordId::vendor("adp vendor", 1));
}

#[test]
fn limits_are_as_documented() {
    let page = page();
    assert_eq!(limits::RECORD_BYTES, 1024 * 1024);
    for text in [
        "over 1 MiB".to_owned(),
        format!("more than {} levels", limits::NESTING),
        format!("keys of more than {} characters", limits::KEY_CHARS),
    ] {
        assert!(page.contains(&text), "{text}");
    }
    assert_eq!(limits::DEPTH, 5, "the page says six levels");
}

/// The tests that a page names, as file and function: `tests/races.rs: everybody_adds`.
fn named_tests(page: &str) -> Vec<(&str, &str)> {
    let quoted = page.split('`').skip(1).step_by(2);
    quoted.filter_map(|text| text.split_once(".rs: ")).collect()
}

#[test]
fn every_test_that_is_named_is_there() {
    let page = read("docs/reliability.md");
    let named = named_tests(&page);
    assert!(named.len() > 100, "only {} tests are found on the page", named.len());
    for (file, name) in named {
        let source = read(&format!("{file}.rs"));
        let is_there = source.contains(&format!("fn {name}(")) && source.contains("#[test]");
        assert!(is_there, "{file}.rs has no test {name}");
    }
}

/// Each line of the list of bad inputs has its place: `| 1–5 | …`, `| 19, 20 | …`.
#[test]
fn every_bad_input_is_answered() {
    let page = read("docs/reliability.md");
    let mut answered = Vec::new();
    for row in page.lines().filter_map(|line| line.strip_prefix("| ")) {
        let (numbers, _) = row.split_once(" |").expect("a cell");
        if !numbers.starts_with(|c: char| c.is_ascii_digit()) {
            continue;
        }
        for part in numbers.split(", ") {
            let (first, last) = part.split_once('–').unwrap_or((part, part));
            let number = |text: &str| text.parse::<u32>().expect("a number");
            answered.extend(number(first)..=number(last));
        }
    }
    assert_eq!(answered, (1..=70).collect::<Vec<_>>());
}
