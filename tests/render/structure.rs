//! Whatever people write, it is text: a report has the same headings, items and cells, and graphs the same lines.

use git_docket::render::Templates;
use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser};
use serde_json::{Value, json};

/// Titles made to break out, between any others.
fn title() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        any::<char>().prop_map(|c| c.to_string()),
        prop::sample::select(vec![
            "a",
            " ",
            "  ",
            "\n",
            "\n\n",
            "\t",
            "- ",
            "* ",
            "+ ",
            "1. ",
            "12) ",
            "# ",
            "## ",
            " #",
            "=",
            "---",
            "> ",
            "|",
            "| --- |",
            "[",
            "]",
            "(",
            ")",
            "](",
            "![",
            "[x](y)",
            "[ ] ",
            "[^1]",
            "[^1]: ",
            "<",
            ">",
            "<b>",
            "</b>",
            "<!--",
            "-->",
            "<https://a.b>",
            "<script>",
            "`",
            "```",
            "~~~",
            "~~",
            "**",
            "_",
            "__",
            "\\",
            "&amp;",
            "&#10;",
            "&#x3c;",
            "&",
            "$",
            "$$",
            ",",
            ": ",
            ";",
            "\"",
            "\r\n",
            "\u{2028}",
            "\u{202e}",
            "\u{a0}",
            "{{",
            "{%",
            "%}",
            "@x",
            "PR #1: ",
            "--> b",
            "%%",
            "end",
            "graph",
            "\0",
        ])
        .prop_map(ToOwned::to_owned),
    ];
    prop::collection::vec(part, 1..8)
        .prop_map(|parts| parts.concat())
        .prop_filter("titles are not blank", |title| !title.trim().is_empty())
}

/// The blocks and spans of a document, without the text in them.
fn structure(markdown: &str) -> Vec<String> {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let events = Parser::new_ext(markdown, options).filter_map(|event| match event {
        Event::Text(_) => None,
        // The last line tells where the report is from.
        Event::Html(html) if html.starts_with("<!-- git-docket") => Some("closing".to_owned()),
        event => Some(format!("{event:?}")),
    });
    events.collect()
}

fn render(name: &str, view: &Value) -> String {
    let rendered = Templates::with(Vec::new()).render(name, view, "1a2b3c", None);
    rendered.unwrap_or_else(|error| panic!("{error}"))
}

fn item(title: &str, depth: usize) -> Value {
    json!({
        "depth": depth, "title": title, "item_type": "task", "status": "blocked", "priority": "high", "assignee": title,
        "claim": { "by": format!("{title} too"), "until": null }, "progress": { "done": 1, "total": 2 }, "blocked_reason": title,
    })
}

fn deployment(title: &str) -> Value {
    json!({
        "deployed_at": "2025-10-01T00:00:00Z", "commit_hash": "1a2b", "pr_title": title, "pr_number": null, "environment": title,
        "work_items": [title, title], "vendors": [title], "tests": [{ "name": title, "count": 1 }],
        "constitutional_compliance": true,
    })
}

fn vendor(title: &str) -> Value {
    json!({
        "name": title, "status": "broken", "tests": { "passing": 1, "total": 2, "skipped": 1 }, "formats": [title, "csv"],
        "extractor_version": title, "manifest_compliant": true,
    })
}

fn project_status(title: &str) -> Value {
    json!({
        "vendors": [vendor(title), vendor(title)],
        "work_items": [item(title, 0), item(title, 1), item(title, 2), item(title, 0)],
        "open_count": 4,
        "deployments": [deployment(title), deployment(title)],
        "enhancements": [{ "title": title, "priority": 2, "target_quarter": null, "status": "planned" }],
        "attention": [
            { "kind": "vendor", "title": title, "reason": null }, { "kind": "work_item", "title": title, "reason": title },
        ],
        "beside": { "expired_claims": [], "conflicts": 0, "unreadable": [] },
        "ids": { "vendors": ["1", "2"], "work_items": ["3"], "deployments": [], "enhancements": [] },
    })
}

fn board(title: &str) -> Value {
    let card = json!({ "title": title, "item_type": "task", "priority": "low", "who": title, "id": "3f9a2c1b" });
    let column = json!({ "status": "pending", "count": 3, "shown": 2 });
    json!({ "columns": [column, column], "rows": [[card, null], [card, card]] })
}

fn work_item(title: &str) -> Value {
    let other = json!([{ "title": title, "status": "active", "item_type": "task", "id": "3f9a2c1b" }]);
    json!({
        "id": "3f9a2c1b", "item": item(title, 0), "labels": [title, title], "branch_name": title, "pr_number": 1,
        "body": "a *b*", "ancestors": other, "children": other, "depends_on": other, "blocks": other, "commits": [],
        "deployments": [deployment(title)], "notes": [{ "at": null, "by": title, "text": "a" }], "anchors": {},
    })
}

fn happened(title: &str) -> (Value, Value) {
    let line = json!({ "title": title, "item_type": "task", "id": null, "changes": [title], "notes": [title] });
    let person = json!({ "name": title, "completed": [line], "created": [], "changed": [line, line] });
    let finished = json!({ "at": "2025-10-01T00:00:00Z", "title": title, "item_type": "task", "by": title });
    (
        json!({ "since": "a", "until": "b", "people": [person] }),
        json!({ "since": "a", "until": "b", "deployments": [deployment(title)], "finished": [finished] }),
    )
}

fn graph(title: &str) -> Value {
    let node = json!({ "title": title, "status": "active", "item_type": "task", "id": "3f9a2c1b" });
    json!({ "nodes": [node], "edges": [{ "first": "3f9a2c1b", "then": "3f9a2c1b" }] })
}

/// The text of a report again: what stands behind a backslash, and what a character reference names.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\\' && rest.starts_with(|c: char| c.is_ascii_punctuation()) {
            out.push_str(&rest[..1]);
            rest = &rest[1..];
        } else if let (true, Some((number, after))) = (c == '&', rest.strip_prefix('#').and_then(|n| n.split_once(';')))
            && let Some(c) = number.parse().ok().and_then(char::from_u32)
        {
            out.push(c);
            rest = after;
        } else {
            out.push(c);
        }
    }
    out
}

/// What is shown of a text: on one line, what hides made visible.
fn one_line(text: &str) -> String {
    git_docket::record::shown::shown(&text.replace("\r\n", " ").replace(['\n', '\r', '\t'], " "))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn titles_change_no_structure(title in title()) {
        type View = fn(&str) -> Value;
        let views: [(&str, View); 5] = [
            ("project_status", project_status),
            ("board", board),
            ("work_item", work_item),
            ("standup", |title| happened(title).0),
            ("changelog", |title| happened(title).1),
        ];
        for (name, view) in views {
            let (plain, wild) = (render(name, &view("plain")), render(name, &view(&title)));
            prop_assert_eq!(structure(&plain), structure(&wild), "{} of {:?}:\n{}", name, title, wild);
            prop_assert_eq!(plain.lines().count(), wild.lines().count(), "{}", wild);
        }
    }

    #[test]
    fn what_a_title_was_can_be_told(title in title()) {
        let report = render("project_status", &project_status(&title));
        let item = report.lines().find_map(|line| line.strip_prefix("    - ")).expect("an item on the third level");
        let (found, _) = item.rsplit_once(" (task, blocked, high, @").expect("what is told of it");
        prop_assert_eq!(unescaped(found), one_line(&title));
        let vendor = report.lines().find_map(|line| line.strip_prefix("- ")).expect("a vendor");
        let (name, rest) = vendor.split_once(": broken (1/2 tests passed, 1 skipped) [").expect("its status");
        prop_assert_eq!(unescaped(name), one_line(&title));
        let (_, version) = rest.split_once(", CSV] v").expect("its version");
        let version = version.strip_suffix(" manifest ✓").expect("its manifest");
        prop_assert!(!version.contains(' '));
        prop_assert_eq!(unescaped(version), one_line(&title));
    }

    #[test]
    fn graphs_keep_their_lines(title in title()) {
        for name in ["dependency_graph", "dependency_graph_dot"] {
            let (plain, wild) = (render(name, &graph("plain")), render(name, &graph(&title)));
            let quotes = |text: &str| text.replace("\\\\", "").replace("\\\"", "").matches('"').count();
            prop_assert_eq!(plain.lines().count(), wild.lines().count(), "{}", wild);
            prop_assert_eq!(quotes(&plain), quotes(&wild), "{}", wild);
            if name == "dependency_graph" {
                prop_assert_eq!(structure(&plain), structure(&wild), "{}", wild);
            }
        }
    }
}

#[test]
fn a_body_cannot_end_its_quotation() {
    for body in [
        "```\nopen",
        "<!--",
        "<div>\n\nx",
        "# H\n===",
        "> > deep\n\n---\n",
        "[x]: y\n[x]",
        "| a |\n| - |\n",
    ] {
        let mut view = work_item("plain");
        view["body"] = body.into();
        let report = structure(&render("work_item", &view));
        let headings = report
            .iter()
            .filter(|event| event.contains("Start(Heading") && event.contains("H2"))
            .count();
        let html = report
            .iter()
            .filter(|event| event.starts_with("Html(") || event.starts_with("InlineHtml("))
            .count();
        assert_eq!((headings, html), (7, 0), "{body:?}: {report:?}");
        assert!(report.contains(&"closing".to_owned()));
    }
}
