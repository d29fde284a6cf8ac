//! The README and the documents are run: every command in a `console` block, and what it prints.

use std::fs;
use std::path::Path;

use crate::environment::Environment;
use crate::postgres::Server;

/// A command of a document, and what the document says it prints.
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
}

/// The `console` blocks of a document: `$ ` begins a command, `…` stands for anything within a line, alone for any lines.
fn steps(text: &str) -> Vec<Step> {
    let mut steps: Vec<Step> = Vec::new();
    let mut inside = false;
    for (number, line) in text.lines().enumerate() {
        match (inside, line) {
            (false, "```console") => inside = true,
            (true, "```") => inside = false,
            (true, line) => match (line.strip_prefix("$ "), steps.last_mut()) {
                (Some(command), _) => steps.push(Step {
                    line: number + 1,
                    command: command.to_owned(),
                    expected: Vec::new(),
                }),
                (None, Some(step)) => step.expected.push(line.to_owned()),
                (None, None) => panic!("line {}: output before a command", number + 1),
            },
            (false, _) => {}
        }
    }
    steps
}

fn line_fits(expected: &str, found: &str) -> bool {
    let mut parts = expected.split('…');
    let first = parts.next().expect("a split has a first part");
    let Some(mut rest) = found.strip_prefix(first) else {
        return false;
    };
    let mut open = false;
    for part in parts {
        open = true;
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.is_empty() || (open && expected.ends_with('…'))
}

fn fits(expected: &[String], found: &[&str]) -> bool {
    match (expected.split_first(), found.split_first()) {
        (None, _) => found.is_empty(),
        (Some((any, rest)), _) if any == "…" => (0..=found.len()).any(|skip| fits(rest, &found[skip..])),
        (Some((line, rest)), Some((first, after))) => line_fits(line.trim_end(), first.trim_end()) && fits(rest, after),
        (Some(_), None) => false,
    }
}

/// The variable that a command does nothing but keep something in.
fn assigned(command: &str) -> Option<&str> {
    let (name, value) = command.split_once("=$(")?;
    let plain = name.chars().all(|c| c.is_ascii_lowercase());
    (plain && value.ends_with(')') && !value.contains(") && ")).then_some(name)
}

fn run(document: &str) -> usize {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join(document)).expect("the document is there");
    let environment = Environment::new();
    environment.fixture("beads.jsonl", ".beads/issues.jsonl");
    environment.fixture("backlog", "backlog");
    environment.fixture("tasks.json", ".taskmaster/tasks/tasks.json");
    environment.fixture("bugs.sh", "../bugs.sh");
    environment.shell("sh ../bugs.sh");
    // The one that is about a database has one.
    let server = (document == "docs/database.md").then(Server::start);
    let database = server.as_ref().map_or_else(String::new, |server| {
        format!("export DOCKET_DATABASE_URL='{}'; ", server.url())
    });
    let steps = steps(&text);
    // Each command has a shell of its own; what a command keeps in a variable, those after it know.
    let mut known = String::new();
    for (at, step) in steps.iter().enumerate() {
        // The project's own scripts would begin the tests anew; that they exist is all that is checked here.
        if step.command == "tests/run" || step.command.starts_with("cargo install ") {
            assert!(root.join("tests/run").exists());
            continue;
        }
        let command = step.command.replace("cargo run -- ", "git docket ");
        // Two commands do not draw the same ids, and the second is later.
        let seed = format!(
            "{database}export DOCKET_SEED={} DOCKET_NOW=2025-10-10T15:00:{at:02}Z; ",
            step.line
        );
        if let Some(name) = assigned(&command) {
            let value = environment.shell(&format!("{seed}{known}{command} && printf %s \"${name}\""));
            assert!(
                !value.is_empty() && !value.contains('\''),
                "{document}:{}: {command}",
                step.line
            );
            known.push_str(&format!("{name}='{value}'; "));
            continue;
        }
        let output = environment.run_shell(&format!("{seed}{known}{command} 2>&1"));
        let printed = environment.scrubbed(&output.stdout);
        let found: Vec<_> = printed.lines().collect();
        assert!(
            output.status.success() || step.expected.iter().any(|line| line.starts_with("error:")),
            "{document}:{}: {command}\n{printed}",
            step.line
        );
        if !step.expected.is_empty() {
            assert!(
                fits(&step.expected, &found),
                "{document}:{}: {command}\nprinted:\n{printed}",
                step.line
            );
        }
    }
    steps.len()
}

#[test]
fn the_readme_is_right() {
    assert!(run("README.md") >= 8, "the README shows too little");
}

#[test]
fn the_documents_are_right() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let documents = fs::read_dir(root.join("docs")).expect("docs/ is there");
    let mut count = 0;
    for document in documents {
        let name = document.expect("docs/ is readable").file_name();
        run(&format!("docs/{}", name.to_string_lossy()));
        count += 1;
    }
    assert!(count > 0);
}

#[test]
fn a_wrong_document_is_noticed() {
    assert!(line_fits("a … c", "a b c") && line_fits("a…", "abc") && !line_fits("a…d", "abc") && !line_fits("a", "ab"));
    let lines = |text: &str| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
    assert!(
        fits(&lines("a\n…\nd"), &["a", "b", "c", "d"])
            && !fits(&lines("a\n…\nd"), &["a", "b"])
            && !fits(&lines("a"), &["a", "b"])
    );
}
