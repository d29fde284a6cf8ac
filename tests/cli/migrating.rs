//! Bringing a status file along that was kept by hand.

use crate::environment::Environment;

fn environment() -> Environment {
    let environment = Environment::new();
    environment.fixture("project_status.md", ".project_status.md");
    environment.shell("git docket init");
    environment
}

/// What a failure must leave as it was.
fn state(environment: &Environment) -> String {
    environment.shell("git rev-parse tracking; git count-objects -v; cksum .project_status.md; git docket index status --json | grep '\"rows\"' || :")
}

#[test]
fn a_status_file_comes_along() {
    let environment = environment();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket migrate .project_status.md --dry-run",
        "git docket list --all",
        "git docket migrate .project_status.md --report ../report.json",
        "git docket list --all",
        "git docket vendor list",
        "git docket deployment list",
        "git docket enhancement list",
        "git docket migrate .project_status.md",
        "git log -1 --format=%B tracking",
    ]));
    let report = std::fs::read_to_string(environment.home().join("report.json")).expect("the report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["checks"].as_array().map(Vec::len), Some(5));
}

#[test]
fn where_the_counts_differ_nothing_happens() {
    let environment = environment();
    environment.shell("git docket list");
    for (what, change) in [
        ("a heading that says another count", "s/(5 total)/(6 total)/"),
        (
            "a vendor that says nothing of its status",
            "s/vendor_1: operational/vendor_1: fine/",
        ),
        (
            "a fact that cannot be read",
            "s/2 skipped) \\[Excel/2 skipped, roughly) [Excel/",
        ),
        ("a deployment without a day", "s/^### 2025-09-24/### Last week/"),
        (
            "a prompt whose frontmatter is broken",
            "s/^prompts_count: 2/prompts_count: [2/",
        ),
    ] {
        environment.fixture("project_status.md", ".project_status.md");
        environment.shell(&format!("sed -i '{change}' .project_status.md"));
        let before = state(&environment);
        let output = environment.run_shell("git docket migrate .project_status.md --json");
        assert_eq!(output.status.code(), Some(1), "{what}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert_eq!(answer["passed"], false, "{what}");
        let differs = |check: &serde_json::Value| !check["differences"].as_array().expect("a list").is_empty();
        assert!(
            answer["checks"].as_array().expect("a list").iter().any(differs),
            "{what}: {answer:#}"
        );
        assert_eq!(state(&environment), before, "{what}");
    }
    insta::assert_snapshot!(environment.transcript(&[
        "git docket migrate .project_status.md",
        "git docket migrate .project_status.md --allow-skipped --dry-run",
    ]));
}

#[test]
fn prompts_have_files_of_their_own() {
    let environment = environment();
    environment.shell(
        "mkdir -p prompts/deeper && printf -- '---\\nschema_version: 1\\ntoken_budget: 5000\\n---\\n\\nDo it.\\n' > prompts/one.md \
         && printf -- '---\\r\\nschema_version: 1\\r\\nprompts_count: 1\\r\\n---\\r\\nDo that.\\r\\n' > prompts/deeper/two.md",
    );
    let answer = environment.json("migrate .project_status.md --sessions prompts");
    assert_eq!(answer["checks"][3]["migrated_count"], 4, "{answer:#}");
    let sessions = environment.json("list --all --type session");
    let mut titles: Vec<_> = sessions["items"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|item| item["title"].as_str())
        .collect();
    titles.sort_unstable();
    assert_eq!(titles, ["Second prompt", "Session 1: Extract", "one", "two"]);
    environment.shell("echo no frontmatter > prompts/three.md");
    let output = environment.run_shell("git docket migrate .project_status.md --sessions prompts");
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stdout).contains("three.md: has no frontmatter"));
}

#[test]
fn what_is_no_status_file_is_refused() {
    let environment = environment();
    insta::assert_snapshot!(environment.transcript(&[
        "printf '' | git docket migrate -",
        "echo 'Nothing to see here.' | git docket migrate -",
        "printf '\\377' | git docket migrate -",
        "git docket migrate no-such-file.md",
        "printf '## Vendors\\n\\n- One: broken\\n' | git docket migrate -",
    ]));
}

/// A clone that does the same has the same records.
#[test]
fn two_clones_meet() {
    let (one, other) = (environment(), environment());
    let trees = [&one, &other].map(|docket| {
        docket.shell("git docket migrate .project_status.md && git rev-parse tracking:.tracking/vendors tracking:.tracking/deployments")
    });
    assert_eq!(
        trees[0].lines().rev().take(2).collect::<Vec<_>>(),
        trees[1].lines().rev().take(2).collect::<Vec<_>>()
    );
}

/// What the report says, without its closing line, which carries revision and ids.
fn report(environment: &Environment) -> String {
    let text = environment.shell("git docket render");
    let (text, closing) = text.trim_end().rsplit_once("\n\n").expect("a closing line");
    assert!(closing.starts_with("<!-- git-docket: project_status at "), "{closing}");
    text.to_owned()
}

/// What is rendered, brought along and rendered again is the same text.
fn assert_round_trip(from: &Environment) -> String {
    let rendered = report(from);
    let to = Environment::new();
    to.shell("git docket init");
    to.write("status.md", from.shell("git docket render"));
    let answer = to.json("migrate status.md");
    assert_eq!(answer["unread"], serde_json::json!([]), "{answer:#}");
    assert_eq!(answer["assumed"], serde_json::json!([]), "{answer:#}");
    let again = report(&to);
    for (before, after) in rendered.lines().zip(again.lines()) {
        assert_eq!(after, before);
    }
    assert_eq!(again, rendered);
    rendered
}

#[test]
fn a_report_comes_back_as_it_was() {
    let environment = Environment::new();
    environment.shell("git docket demo demo >/dev/null");
    let demo = Environment::new();
    demo.shell(&format!(
        "rm -rf .git && cp -r {}/demo/.git .git",
        environment.path().display()
    ));
    let rendered = assert_round_trip(&demo);
    assert!(rendered.lines().count() > 30, "{rendered}");

    let odd = Environment::new();
    odd.shell("git docket init && git commit -q --allow-empty -m code");
    let titles = [
        "# no heading",
        "- no item",
        "1. no list",
        "a: b (c, d) [e] <f> |g| *h* _i_ `j`",
        "~k~ $l$ \\m &amp; &#32;",
        " edges ",
        "(task, active)",
        "PR #5: x",
        "2025-10-01 x",
        "@ana",
        "3/5",
        "ends with (",
        "ends with ) - or: not",
        "\u{1f469} \u{e9}",
        "Blocked: x: y",
        "vendor v1.2",
        "--- x",
        "=== x",
        "<!-- x -->",
        "[x] ticked",
        "a - b - c",
        "x ##",
        "*",
        "\\",
        "a\u{202e}b",
    ];
    let mut lines = Vec::new();
    for (number, title) in titles.iter().enumerate() {
        let status = ["pending", "active", "blocked", "completed"][number % 4];
        let (priority, health) = (
            ["low", "high", "medium"][number % 3],
            ["operational", "broken"][number % 2],
        );
        let mut item = serde_json::json!({ "op": "create_work_item", "item_type": "task", "title": title, "status": status,
            "assignee": format!("who {title}"), "body": "- [x] one\n- [ ] two", "priority": priority });
        if status == "blocked" {
            item["metadata"] = serde_json::json!({ "blocked_reason": title });
        }
        lines.push(item);
        lines.push(serde_json::json!({ "op": "create_enhancement", "title": title, "priority": number % 5 + 1 }));
        if !title.contains('\u{202e}') {
            lines.push(
                serde_json::json!({ "op": "create_vendor", "name": title, "status": health,
                "extractor_version": title, "format_support": { "pdf": true, (*title): true } }),
            );
            lines.push(serde_json::json!({ "op": "record_deployment", "deployed_at": format!("2025-10-{:02}T00:00:00Z", number + 1),
                "commit_hash": "a".repeat(40), "pr_title": title, "environment": title, "test_summary": { (*title): 3 },
                "affected_vendor_ids": [title] }));
        }
    }
    odd.write(
        "lines",
        lines.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    );
    odd.shell("git docket batch < lines");
    odd.shell("git docket list --all --status completed --json | jq -r '.items[].id' | head -n 3 | while read id; do \
        DOCKET_SEED=$id git docket deployment record --commit HEAD --item $id --title 'Carried' --at 2025-09-01T10:00:00Z >/dev/null; done");
    assert_round_trip(&odd);
}
