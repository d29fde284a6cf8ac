//! Whatever stands in records, names, messages and settings, nothing of it reaches a terminal as it is.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::{ITEM, Planted, each, item, path, plant};
use crate::environment::Environment;

/// Sets the title of a window, clears the screen, rings, goes back, ends lines; and the same in one byte less, as C1.
const STEERS: &str = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}2J\u{8}\u{7f}\r\u{85}";

/// The same as the frontmatter has it, which holds no such character itself.
const ESCAPED: &str = r"\e]0;owned\a\e[2J\x9b2J\b\x7f\r\x85";

/// Turns the direction of what follows.
const TURNS: &str = "\u{202e}\u{2066}";

const WAITS: &str = "4f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
const BROKEN: &str = "5f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
const VENDOR: &str = "a7c1e2d3-0f4b-5a6c-8d7e-9f0a1b2c3d4e";
const ENHANCEMENT: &str = "7c01f3aa-1b2c-4d3e-9f4a-5b6c7d8e9f0a";
const DEPLOYMENT: &str = "0199cf47-9900-72ae-92e1-d123be578f0b";
const NOTE: &str = "0199cf47-9901-72ae-92e1-d123be578f0c";

const MADE: &str = "created_at: 2025-10-10T14:30:00Z";

/// A file of every kind, with the worst that each of its fields can hold.
fn records() -> Vec<(String, String)> {
    let (one, two) = (&ITEM[..2], &WAITS[..2]);
    let commit = "a1b2c3d4e5f60718293a4b5c6d7e8f9012345678";
    let hash = "b".repeat(64);
    let metadata = format!("metadata:\n  note: \"{ESCAPED}\"\n  deep{TURNS}: [\"{ESCAPED}\", {{a: \"x{TURNS}\"}}]\n");
    let worst = format!(
        "labels: [\"l{TURNS}\"]\nassignee: a{TURNS}\nclaim: {{by: \"b{TURNS}\", at: 2025-10-10T14:30:00Z}}\nbranch_name: br{TURNS}\nexternal: [\"http://x/{TURNS}\"]\n{metadata}"
    );
    let title = format!("Turn{TURNS} round");
    let body = format!("Text {STEERS}{TURNS}\n\n- [x] a {STEERS}\n- [ ] b");
    vec![
        (path(ITEM), item(ITEM, &title, &worst, &body)),
        (
            path(WAITS),
            item(
                WAITS,
                &title,
                &format!("parent_id: {ITEM}\ndepends_on: [{ITEM}]\n"),
                &body,
            ),
        ),
        (
            path(BROKEN),
            item(
                BROKEN,
                &format!("\"{ESCAPED}\""),
                &format!("item{TURNS}: 1\npriority: \"{ESCAPED}\"\nlabels: {STEERS}\n"),
                &body,
            ),
        ),
        (
            format!(".tracking/vendors/{}/{VENDOR}.md", &VENDOR[..2]),
            format!(
                "---\nschema: vendor/1\nid: {VENDOR}\nname: V{TURNS}\nstatus: broken\nextractor_version: \"1{TURNS}\"\nformat_support: {{f{TURNS}: true}}\n{metadata}{MADE}\ncreated_by: c{TURNS}\n---\n\n{body}\n"
            ),
        ),
        (
            format!(".tracking/enhancements/{}/{ENHANCEMENT}.md", &ENHANCEMENT[..2]),
            format!(
                "---\nschema: enhancement/1\nid: {ENHANCEMENT}\ntitle: {title}\npriority: 2\nstatus: planned\nrequires_constitutional_principles: [\"p{TURNS}\"]\n{MADE}\ncreated_by: c{TURNS}\n---\n\n{body}\n"
            ),
        ),
        (
            format!(".tracking/deployments/2025/10/{DEPLOYMENT}.md"),
            format!(
                "---\nschema: deployment/1\nid: {DEPLOYMENT}\ndeployed_at: 2025-10-10T18:00:00Z\ncommit_hash: {commit}\nenvironment: e{TURNS}\npr_title: {title}\ntest_summary: {{t{TURNS}: 3}}\naffected_vendors: [{VENDOR}]\nrelated_work_items: [{ITEM}]\n{metadata}{MADE}\ncreated_by: c{TURNS}\n---\n"
            ),
        ),
        (
            format!(".tracking/notes/{one}/{ITEM}/{NOTE}.md"),
            format!("---\nschema: note/1\nid: {NOTE}\n\"on\": {ITEM}\n{MADE}\ncreated_by: n{TURNS}\n---\n\n{body}\n"),
        ),
        (
            format!(".tracking/commits/{one}/{ITEM}/{commit}.md"),
            format!(
                "---\nschema: commit-link/1\nwork_item: {ITEM}\ncommit: {commit}\nbranch_name: br{TURNS}\nlinked_at: 2025-10-10T14:30:00Z\nlinked_by: l{TURNS}\n---\n"
            ),
        ),
        (
            format!(".tracking/conflicts/{two}/{WAITS}/{hash}.md"),
            format!(
                "---\nschema: conflict/1\n\"on\": {WAITS}\nfield: title{TURNS}\nbase: \"{ESCAPED}\"\nkept: \"{ESCAPED}\\n\"\nother: {{a{TURNS}: \"{ESCAPED}\"}}\nkept_commit: {commit}\nother_commit: {commit}\n---\n"
            ),
        ),
        (
            ".tracking/queries/evil".to_owned(),
            format!("title = \"{STEERS}{TURNS}\n"),
        ),
        (
            ".tracking/templates/evil.j2".to_owned(),
            format!("{{# Shows{STEERS} #}}{STEERS}{TURNS}{{{{ items }}}}"),
        ),
        (".tracking/templates/wrong.j2".to_owned(), format!("{{{{ {STEERS}")),
    ]
}

fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git branch before tracking");
    let records = records();
    let names: [&[u8]; 4] = [
        b".tracking/work-items/\x1b[2J\x07.md",
        ".tracking/work-items/\u{9b}2J\u{202e}.md".as_bytes(),
        b".tracking/vendors/\xff\n\x08",
        b".tracking/notes/0123456789abcdef0123456789abcdef\x1b.md",
    ];
    let mut files: Vec<Planted<'_>> = records
        .iter()
        .map(|(path, content)| ("100644", path.as_bytes(), content.as_bytes()))
        .collect();
    files.extend(names.map(|name| ("100644", name, b"x".as_slice())));
    let config = environment.shell("git show tracking:.tracking/config.toml");
    let config =
        format!("{config}\n\"key{TURNS}\" = \"\\u001b]0;owned\\u0007\"\n[policy]\nvendor_editors = [\"e{TURNS}\"]\n");
    files.push(("100644", b".tracking/config.toml", config.as_bytes()));
    let who = format!("Mallory {STEERS}{TURNS} <m{TURNS}@x>").replace('\r', "");
    let message = format!("Subject {STEERS}{TURNS}\n\nDocket-Op: {STEERS}\nDocket-Client: {STEERS}{TURNS}\n");
    plant(&environment, &who, &message, &files);
    environment.shell(&format!(
        "git branch 'tracking-proposals/p{TURNS}\u{9b}' tracking && git docket list >/dev/null 2>&1"
    ));
    // A remote that refuses, in words of the same sort.
    environment.write("../said", format!("no {STEERS}{TURNS}\n"));
    environment.shell(
        "git init -q --bare ../hub.git && git remote add origin ../hub.git &&
         printf '#!/bin/sh\\ncat ../said >&2\\nexit 1\\n' > ../hub.git/hooks/pre-receive && chmod +x ../hub.git/hooks/pre-receive",
    );
    environment
}

/// Every command that reads, in the forms that show something else.
const READING: &[&str] = &[
    "status",
    "list --all",
    "list --limit 1",
    "list turn",
    "list --parent 4f9a",
    "list --label nothing --assignee \"$EVIL\"",
    "list --where \"title = '$EVIL'\"",
    "ready",
    "search text",
    "search \"$EVIL\"",
    "query 'text ~ \"turn\"'",
    "query \"title = $EVIL\"",
    "query @evil",
    "query --list",
    "tree",
    "show no-such-record",
    "show \"$EVIL\"",
    "show 9",
    "blame 3f9a2c1b",
    "log",
    "log --all --actor \"$EVIL\"",
    "log 3f9a2c1b",
    "changes --since before",
    "changes --since before --format markdown",
    "changes --since \"$EVIL\"",
    "diff before..tracking",
    "diff \"$EVIL\"..tracking",
    "stats",
    "stats --since before",
    "render",
    "render board",
    "render standup --since before",
    "render changelog --since before",
    "render dependency_graph",
    "render dependency_graph --format dot",
    "render work_item 3f9a2c1b",
    "render vendor a7c1e2d3",
    "render deployment be578f0b",
    "render evil",
    "render wrong",
    "render --list",
    "render --check -o ../report.md",
    "conflicts",
    "conflicts show 4f9a2c1b",
    "propose list",
    "vendor list",
    "vendor list --status broken",
    "deployment list",
    "enhancement list",
    "config list",
    "config explain policy.vendor_editors",
    "config get \"$EVIL\"",
    "index status",
    "doctor",
    "validate",
    "validate before",
    "validate \"$EVIL\"",
    "validate ../checkout",
    "validate - < ../broken.md",
    "hook status",
    "repositories",
    "mcp config claude-code",
    "--ref \"x$EVIL\" list",
    "--ref tracking-proposals/nothing list",
    "-C \"../$EVIL\" list",
    "import beads ../issues.jsonl --dry-run",
    "import beads \"../$EVIL\"",
    "import json ../broken.md",
    "migrate ../broken.md --dry-run",
    "archive --dry-run --older-than 1d",
    "undo tracking",
    "fetch",
    "sync",
    "push \"$EVIL\"",
    "nonsense \"$EVIL\"",
    "list --status \"$EVIL\"",
];

/// The same with what is asked for of each record, and in each format.
fn reading() -> Vec<String> {
    let mut lines: Vec<_> = READING.iter().map(|line| (*line).to_owned()).collect();
    for id in ["3f9a2c1b", "4f9a2c1b", "5f9a2c1b", "a7c1e2d3", "7c01f3aa", "be578f0b"] {
        lines.push(format!("show {id}"));
        lines.push(format!("log {id}"));
    }
    for format in ["human", "markdown", "json", "github", "sarif", "gitlab", "rdjson"] {
        lines.push(format!("review before..tracking --format {format}"));
    }
    for format in [
        "json",
        "ndjson",
        "csv --kind work-item",
        "csv --kind vendor",
        "markdown",
        "html",
        "ics",
    ] {
        lines.push(format!("export {format} --deleted --archived"));
    }
    for shell in ["bash", "zsh", "fish"] {
        for words in [
            "show ''",
            "list --label ''",
            "list --assignee ''",
            "vendor show ''",
            "propose ''",
            "log --since ''",
        ] {
            lines.push(format!("complete --shell {shell} -- git-docket {words}"));
        }
    }
    lines
}

/// What a terminal would do something about: a control character but for ends of lines and tabs, or one that turns the
/// direction of text where that was not asked for.
fn steering(text: &str, turning: bool) -> Option<char> {
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let own = match c {
            '\n' | '\t' => true,
            // The colours and weights that we print ourselves.
            '\u{1b}' => {
                let rest: String = chars.clone().take_while(|c| !c.is_alphabetic()).collect();
                let end = chars.clone().nth(rest.chars().count());
                rest.starts_with('[') && rest[1..].chars().all(|c| c.is_ascii_digit() || c == ';') && end == Some('m')
            }
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => !turning,
            c => !c.is_control(),
        };
        if !own {
            return Some(c);
        }
    }
    None
}

#[test]
fn nothing_of_a_record_steers_a_terminal() {
    let environment = docket();
    environment.shell("mkdir ../checkout && git archive tracking .tracking | tar -x -C ../checkout");
    environment.write("../broken.md", records()[2].1.as_bytes());
    let issue =
        serde_json::json!({ "id": format!("bd-{STEERS}"), "title": STEERS, "status": STEERS, "priority": STEERS });
    environment.write("../issues.jsonl", format!("{issue}\nnonsense {STEERS}\n"));
    environment.shell("git docket render -o ../report.md && sed -i s/a/b/ ../report.md");
    let lines = reading();
    // What a terminal gets, what a pipe gets, and the same as JSON, answered by git itself.
    for before in [
        "CLICOLOR_FORCE=1 git-docket",
        "git-docket",
        "DOCKET_INDEX=off git-docket --json",
    ] {
        let owned = AtomicUsize::new(0);
        each(&environment, before, STEERS, &lines, |line, output| {
            assert!(output.status.code().is_some_and(|code| code <= 4), "{line}: {output:?}");
            for stream in [&output.stdout, &output.stderr] {
                let text = std::str::from_utf8(stream).unwrap_or_else(|_| panic!("{line}: not UTF-8"));
                // What is exported for people is data, in which the direction of a text is part of the text; some
                // lines end with both characters.
                let data = line.starts_with("export") && !line.starts_with("export json");
                let text = match line.starts_with("export csv") || line.starts_with("export ics") {
                    true => text.replace('\r', ""),
                    false => text.to_owned(),
                };
                if let Some(c) = steering(&text, !data) {
                    panic!("{before} {line}: {c:?} in {text:?}");
                }
                owned.fetch_add(usize::from(text.contains("owned")), Ordering::Relaxed);
            }
        });
        assert!(owned.into_inner() > 20, "the texts are in no answer");
    }
}

#[test]
fn what_steers_is_noticed() {
    for text in [
        STEERS,
        TURNS,
        "\u{1b}[2J",
        "\u{1b}]0;x",
        "\u{9b}",
        "\r",
        "\u{7f}",
        "\u{1b}",
    ] {
        assert!(steering(text, true).is_some(), "{text:?}");
    }
    assert_eq!(steering("\u{1b}[1;31mred\u{1b}[0m\n\ttext ü", true), None);
    assert_eq!(steering(TURNS, false), None);
}
