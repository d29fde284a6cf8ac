//! Texts that would be something else elsewhere: trailers of a commit, statements of SQL, templates, formulas. Here they
//! are texts.

use serde_json::{Value, json};

use super::{ITEM, item, path, plant};
use crate::environment::Environment;

fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init");
    environment
}

/// Runs `git-docket` with these arguments, as they are.
fn run(environment: &Environment, arguments: &[&str]) -> std::process::Output {
    let seed = arguments.concat();
    let mut command = environment.command("git-docket");
    command.args(arguments).env("DOCKET_SEED", seed);
    command.output().expect("it runs")
}

#[test]
fn no_text_is_a_trailer() {
    const TRAILERS: &str =
        "x\n\nDocket-Undoes: 1234567890123456789012345678901234567890\nWork-Item: 3f9a2c1b\nCloses: 3f9a2c1b";
    let environment = docket();
    let good = item(ITEM, "Good", "", "Text.");
    plant(
        &environment,
        "A <a@b>",
        "good",
        &[("100644", path(ITEM).as_bytes(), good.as_bytes())],
    );
    let begin = environment.shell("git rev-parse tracking");
    for refused in [
        ["add", TRAILERS].as_slice(),
        &["add", "x", "--label", TRAILERS],
        &["add", "x", "--assignee", TRAILERS],
        &["--actor", TRAILERS, "add", "x"],
        &["vendor", "add", TRAILERS],
        &["config", "set", "active_context_type", TRAILERS],
        &["query", "--save", TRAILERS, "title = x"],
    ] {
        let output = run(&environment, refused);
        assert_eq!(output.status.code(), Some(1), "{refused:?}: {output:?}");
    }
    assert_eq!(environment.shell("git rev-parse tracking"), begin);
    for taken in [
        ["add", "Closes: 3f9a2c1b"].as_slice(),
        &["add", "Docket-Undoes: 1", "--body", TRAILERS],
        &["note", "3f9a2c1b", TRAILERS],
        &["block", "3f9a2c1b", "--reason", TRAILERS],
        &["update", "3f9a2c1b", "--set", &format!("note={TRAILERS}")],
        &["update", "3f9a2c1b", "--append-body", TRAILERS],
        &["add", "With a key", "--idempotency-key", TRAILERS],
        &["config", "set", "policy.vendor_editors", TRAILERS],
        &["query", "--save", "good", "title = \"x\\n\\nCloses: 1\""],
        &["vendor", "add", "Closes: 3f9a2c1b"],
        &["undo"],
    ] {
        let output = run(&environment, taken);
        assert!(output.status.success(), "{taken:?}: {output:?}");
    }
    let batch = json!({ "op": "add_note", "on": ITEM, "body": TRAILERS, "created_by": "Ana" });
    environment.write("../batch", batch.to_string());
    environment.shell("git-docket batch < ../batch");
    // Each message is one line, a blank one, and our trailers.
    let messages = environment.shell(&format!("git log --format='%B%x00' {}..tracking", begin.trim()));
    let mut count = 0;
    for message in messages
        .split('\0')
        .map(str::trim)
        .filter(|message| !message.is_empty())
    {
        let (_, rest) = message.split_once("\n\n").expect("a subject");
        count += 1;
        for line in rest.lines() {
            let own = ["Op", "Record", "Client", "Key", "Digest"].map(|name| format!("Docket-{name}: "));
            let undoes = message.contains("Docket-Op: undo") && line.starts_with("Docket-Undoes: ");
            assert!(undoes || own.iter().any(|own| line.starts_with(own)), "{message}");
        }
        assert_eq!(
            message.lines().filter(|line| line.starts_with("Docket-Op: ")).count(),
            1,
            "{message}"
        );
    }
    assert_eq!(count, 12);
}

/// Texts that end a text somewhere, or match everything.
const ENDS: &[&str] = &[
    "'; DROP TABLE record; --",
    "\" OR 1=1 --",
    "x') UNION SELECT 1 --",
    "%",
    "_",
    "a\\",
    "\\' OR 1=1",
    "$1 ?1 :x",
    "NULL",
    "{{ 7 * 7 }}{% include 'board' %}${7*7}<%= 7*7 %>",
];

#[test]
fn a_text_is_found_by_itself_alone() {
    let environment = docket();
    let lines: String = ENDS
        .iter()
        .enumerate()
        .map(|(at, text)| {
            let op = json!({ "op": "create_work_item", "item_type": "task", "title": text, "labels": [text],
                "assignee": text, "branch_name": text, "metadata": { "note": text }, "idempotency_key": at.to_string() });
            format!("{op}\n")
        })
        .collect();
    environment.write("../batch", lines);
    environment.shell("git-docket batch < ../batch");
    let found = |index: &str, arguments: &[&str]| -> Vec<String> {
        let mut command = environment.command("git-docket");
        command.arg("--json").args(arguments).env("DOCKET_INDEX", index);
        let output = command.output().expect("it runs");
        let answer: Value =
            serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{arguments:?}: {output:?}"));
        let source = if index == "off" { "git" } else { "sqlite" };
        assert_eq!(answer["data_source"], source, "{arguments:?}: {answer}");
        let titles = answer["items"]
            .as_array()
            .expect("items")
            .iter()
            .map(|item| item["title"].as_str().expect("a title"));
        titles.map(str::to_owned).collect()
    };
    for text in ENDS {
        let quoted = serde_json::to_string(text).expect("JSON");
        for index in ["on", "off"] {
            for arguments in [
                ["list".to_owned(), format!("--label={text}")],
                ["list".to_owned(), format!("--assignee={text}")],
                ["query".to_owned(), format!("title = {quoted}")],
                [
                    "query".to_owned(),
                    format!("branch_name = {quoted} and label = {quoted}"),
                ],
                ["query".to_owned(), format!("metadata.note = {quoted}")],
            ] {
                let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
                assert_eq!(found(index, &arguments), [*text], "{index}: {arguments:?}");
            }
        }
        if !text.contains(char::is_alphanumeric) {
            continue;
        }
        assert_eq!(
            found("on", &["search", "--", text]),
            found("off", &["search", "--", text]),
            "{text}"
        );
    }
    assert_eq!(environment.json("list")["total_count"], ENDS.len());
    // No text of a record is a template, in ours and in those of a team.
    environment.commit_foreign(
        ".tracking/templates/mine.j2",
        "{% for item in work_items %}{{ item.title }}\n{% endfor %}",
    );
    for report in ["project_status", "board", "mine"] {
        let report = environment.shell(&format!("git-docket render {report}"));
        assert!(
            report.contains("7*7") || report.contains("7 \\* 7") || report.contains("7 * 7"),
            "{report}"
        );
        assert!(!report.contains("49"), "{report}");
    }
}
