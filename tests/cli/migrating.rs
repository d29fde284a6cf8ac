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
