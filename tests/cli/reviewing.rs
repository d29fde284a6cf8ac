//! What a proposal means, in every format, and what makes a host review it.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::environment::Environment;

const PROPOSAL: &str = "tracking-proposals/x";
const RANGE: &str = "tracking..tracking-proposals/x";

/// Commits of the code come out the same twice.
const DATES: &str = "export GIT_AUTHOR_DATE=2025-10-11T17:00:00Z GIT_COMMITTER_DATE=2025-10-11T17:00:00Z";

/// A docket with a few records, and a branch for a proposal.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git docket init");
    let at = |seed: &str, command: &str| {
        environment.shell(&format!("DOCKET_SEED={seed} git docket {command}"));
    };
    at("a", "add 'Read the statements' --type project --set description=All.");
    let project = id(&environment, "statements");
    at(
        "b",
        &format!("add 'Cache the status' --parent {project} --body 'One.\n\nTwo.'"),
    );
    let cache = id(&environment, "cache");
    at("c", &format!("add 'Show the age' --depends-on {cache}"));
    at("d", "vendor add Gusto --extractor-version 1.0");
    at(
        "e",
        &format!(
            "deployment record --commit {} --at 2025-10-09T12:00:00Z --title 'First' --item {cache}",
            "a".repeat(40)
        ),
    );
    environment.shell(&format!("git branch {PROPOSAL} tracking"));
    environment
}

/// The short id of the item with this word in its title.
fn id(environment: &Environment, word: &str) -> String {
    let items = environment.json(&format!("list {word}"));
    items["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
}

/// A command on the branch of the proposal.
fn propose(environment: &Environment, seed: &str, command: &str) {
    environment.shell(&format!(
        "DOCKET_REF={PROPOSAL} DOCKET_SEED={seed} DOCKET_NOW=2025-10-10T16:00:00Z git docket {command}"
    ));
}

/// The path of a record's file by a part of it.
fn path(environment: &Environment, part: &str) -> String {
    let path = environment.shell(&format!("git ls-tree -r --name-only {PROPOSAL} | grep '{part}'"));
    path.trim().to_owned()
}

/// Puts a file on the branch of the proposal as somebody would who knows git and not us; without content, removes it.
fn put(environment: &Environment, path: &str, content: Option<&str>) {
    environment.write("../foreign", content.unwrap_or_default());
    let update = match content {
        Some(_) => format!("git update-index --add --cacheinfo 100644,$(git hash-object -w ../foreign),'{path}'"),
        None => format!("git update-index --force-remove '{path}'"),
    };
    environment.shell(&format!(
        "export GIT_AUTHOR_DATE=2025-10-10T17:00:00Z GIT_COMMITTER_DATE=2025-10-10T17:00:00Z &&
         export GIT_AUTHOR_NAME=Mallory GIT_AUTHOR_EMAIL=mallory@example.com GIT_INDEX_FILE=\"$HOME/foreign-index\" &&
         git read-tree {PROPOSAL} && {update} &&
         commit=$(git commit-tree -m foreign -p {PROPOSAL} $(git write-tree)) &&
         git update-ref refs/heads/{PROPOSAL} $commit"
    ));
}

/// Changes a file of the proposal.
fn change(environment: &Environment, path: &str, from: &str, to: &str) {
    let text = environment.shell(&format!("git show {PROPOSAL}:{path}"));
    assert!(text.contains(from), "{path} has no {from}:\n{text}");
    put(environment, path, Some(&text.replace(from, to)));
}

/// What an honest proposal does.
fn honest(environment: &Environment) {
    let cache = id(environment, "cache");
    propose(
        environment,
        "f",
        &format!("update {cache} --append-body 'Three.' --label perf"),
    );
    propose(
        environment,
        "g",
        &format!("note {cache} 'A minute is enough, says @ana; see #12.'"),
    );
    propose(environment, "h", &format!("done {cache}"));
    propose(
        environment,
        "i",
        "add 'Tell the team' --priority high --label a --label b",
    );
    propose(environment, "j", "vendor update Gusto --status broken");
    propose(
        environment,
        "k",
        &format!(
            "deployment record --commit {} --at 2025-10-10T12:00:00Z --title Second --item {cache} --vendor Gusto",
            "b".repeat(40)
        ),
    );
    let age = path(environment, &id(environment, "age"));
    change(environment, &age, "status: pending", "status:   pending");
}

#[test]
fn what_a_proposal_means() {
    let environment = docket();
    honest(&environment);
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket review {RANGE}"),
        &format!("git docket review {RANGE} --format markdown"),
        &format!("git docket review {RANGE} --format github"),
        &format!("git docket review {RANGE} --json"),
        &format!("git docket review {PROPOSAL}..{PROPOSAL}"),
    ]));
}

/// What a careless or hostile proposal does.
fn hostile(environment: &Environment) {
    let (project, cache) = (id(environment, "statements"), id(environment, "cache"));
    propose(
        environment,
        "f",
        "add '| <img src=x> @ana #1 `x` ::error::[y](http://z)' --label '%0A::warning::a,b'",
    );
    propose(environment, "h", &format!("add 'Not done yet' --parent {project}"));
    propose(
        environment,
        "g",
        &format!("update {project} --status completed --force"),
    );
    let file = |word: &str| path(environment, &id(environment, word));
    change(environment, &file("age"), "status: pending", "status: soon");
    change(
        environment,
        &path(environment, &cache),
        "created_by: Ana",
        "created_by: \"\\e[31mMallory\"\nunheard: of",
    );
    change(
        environment,
        &path(environment, "deployments/"),
        "title: First",
        "title: Never",
    );
    change(
        environment,
        &path(environment, "vendors/"),
        "name: Gusto",
        "name: Gusto\naliases: [gust]",
    );
    put(environment, ".tracking/work-items/3f/::error::,x.txt", Some("stray"));
    put(environment, ".tracking/queries/mine", Some("other"));
}

#[test]
fn what_is_wrong_with_a_proposal() {
    let environment = docket();
    environment.shell("git docket config set policy.vendor_editors 'Ben, ana@example.com'");
    environment.shell("git docket config set policy.required.task assignee");
    hostile(&environment);
    let transcript = environment.transcript(&[
        &format!("git docket review {RANGE}"),
        &format!("git docket review {RANGE} --format github"),
        &format!("git docket review {RANGE} --format markdown"),
        &format!("git docket review {RANGE} --format gitlab"),
    ]);
    assert!(!transcript.contains('\u{1b}'), "a record steers the terminal");
    insta::assert_snapshot!(transcript);
}

#[test]
fn old_sins_are_warnings_and_what_others_did_does_not_count() {
    let environment = docket();
    let cache = id(&environment, "cache");
    // Broken where both began; then BASE goes on by itself.
    change(
        &environment,
        &path(&environment, &cache),
        "status: pending",
        "status: soon",
    );
    environment.shell(&format!("git update-ref refs/heads/tracking {PROPOSAL}"));
    environment.shell("DOCKET_SEED=z git docket add 'By others'");
    change(
        &environment,
        &path(&environment, &cache),
        "title: Cache the status",
        "title: Cache it",
    );
    let removed = path(&environment, "vendors/");
    put(&environment, &removed, None);
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket review {RANGE}"),
        &format!("git docket review {RANGE} --json | jq '[.base, .merge_base, .head] | unique | length'"),
        &format!("git docket review tracking...{PROPOSAL} | tail -1"),
    ]));
}

#[test]
fn links_are_checked_where_they_matter() {
    let environment = docket();
    let (project, cache, age) = (
        id(&environment, "statements"),
        id(&environment, "cache"),
        id(&environment, "age"),
    );
    let file = |id: &str| path(&environment, id);
    let whole = |id: &str| {
        environment.json(&format!("show {id}"))["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    // What has the name before.
    change(&environment, &file(&age), "created_at:", "aliases: [cafe]\ncreated_at:");
    environment.shell(&format!("git update-ref refs/heads/tracking {PROPOSAL}"));
    // A circle of dependencies, one of parents, a vendor that is gone, a name twice.
    change(
        &environment,
        &file(&cache),
        "created_at:",
        &format!("depends_on:\n  - {}\ncreated_at:", whole(&age)),
    );
    change(
        &environment,
        &file(&project),
        "created_at:",
        &format!("parent_id: {}\ncreated_at:", whole(&cache)),
    );
    propose(&environment, "l", "add 'Another one'");
    let another = environment.json(&format!("--ref {PROPOSAL} list another"))["items"][0]["id"].to_string();
    change(
        &environment,
        &file(&another[1..9]),
        "created_at:",
        "aliases: [cafe]\ncreated_at:",
    );
    propose(&environment, "m", &format!("note {} 'On what is gone.'", "gusto"));
    let vendor = path(&environment, "vendors/");
    put(&environment, &vendor, None);
    let both = [
        environment.transcript(&[&format!("git docket review {RANGE} | sed -n '/Problems/,$p'")]),
        environment.transcript(&[&format!(
            "DOCKET_INDEX=off git docket review {RANGE} | sed -n '/Problems/,$p'"
        )]),
    ];
    let [with, without] = both.map(|text| text.replace("DOCKET_INDEX=off ", ""));
    assert_eq!(with, without, "the index changes what is found");
    insta::assert_snapshot!(with);
}

#[test]
fn records_that_are_kept_beside_the_code_are_reviewed_alike() {
    let environment = docket();
    environment.shell(&format!(
        "{DATES} && git checkout -q --orphan work && git read-tree tracking && git checkout-index -a &&
         echo code > main.c && git add -A && git commit -qm one && git checkout -q -b feature"
    ));
    let file = environment.shell("grep -rl 'title: Cache' .tracking");
    environment.shell(&format!(
        "{DATES} && sed -i 's/^status: .*/status: completed/' {} && git commit -qam two",
        file.trim()
    ));
    insta::assert_snapshot!(environment.transcript(&[
        "git docket review work..feature",
        "git docket review tracking..feature 2>&1 | tail -2",
        "git branch -D tracking >/dev/null && git docket review work..HEAD | tail -1",
        "git docket review work",
    ]));
}

#[test]
fn what_cannot_be_reviewed_is_said() {
    let environment = docket();
    honest(&environment);
    environment.shell(&format!(
        "{DATES} && git commit -q --allow-empty -m code &&
         git clone -q --depth 2 --no-single-branch \"file://$PWD\" ../shallow && git clone -q . ../whole"
    ));
    let nowhere = Environment::without_repository();
    insta::assert_snapshot!(
        environment.transcript(&[
            "git docket review",
            "git docket review nothing..tracking",
            "git docket review tracking..nothing",
            "git docket review tracking..main",
            "git docket review main..tracking | tail -1",
            "git docket review tracking^{tree}",
            "git -C ../shallow docket review origin/tracking..origin/tracking-proposals/x",
            "git -C ../whole docket review | tail -1",
            "git docket review --format nonsense",
        ]) + &nowhere.transcript(&["git docket review a..b"])
    );
}

#[test]
fn a_newer_format_and_newer_records_are_read_as_far_as_they_can_be() {
    let environment = docket();
    let cache = path(&environment, &id(&environment, "cache"));
    change(&environment, &cache, "schema: work-item/1", "schema: work-item/2");
    put(&environment, ".tracking/format", Some("2\n"));
    put(
        &environment,
        ".tracking/work-items/aa/aaaaaaaa-aaaa-4aaa-8aaa-aaaaaaaaaaaa.md",
        Some("\0\u{1}binary"),
    );
    let config = environment.shell("git show tracking:.tracking/config.toml");
    put(
        &environment,
        ".tracking/config.toml",
        Some(&format!("{config}[policy]\nvendor_editors = []\nmore = 1\n")),
    );
    insta::assert_snapshot!(environment.transcript(&[&format!("git docket review {RANGE}")]));
}

#[test]
fn every_format_is_what_it_says() {
    let environment = docket();
    environment.shell("git docket config set policy.required.task assignee");
    hostile(&environment);
    let format = |format: &str| {
        let output = environment.run_shell(&format!("git docket review {RANGE} --format {format}"));
        assert_eq!(output.status.code(), Some(1), "{format}");
        let json: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        json
    };
    let fixture = |name: &str| -> Value {
        let path = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/fixtures/schemas")
            .join(name);
        let text = std::fs::read_to_string(path).expect("the schema is there");
        // A bracket that nothing opens is a letter to some, and an error to others.
        serde_json::from_str(&text.replace("{2}]?$", "{2}\\\\]?$")).expect("JSON")
    };
    for (name, schema) in [
        ("sarif", "sarif-2.1.0.json"),
        ("gitlab", "code-quality.json"),
        ("rdjson", "rdjson.json"),
    ] {
        let validator = jsonschema::options()
            .should_validate_formats(true)
            .build(&fixture(schema))
            .expect("a schema");
        let report = format(name);
        let wrong: Vec<_> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}\n{report:#}");
    }
    let issues = format("gitlab");
    let issues = issues.as_array().expect("a list");
    let mut prints: Vec<_> = issues
        .iter()
        .map(|issue| issue["fingerprint"].as_str().expect("text"))
        .collect();
    let count = prints.len();
    prints.sort_unstable();
    prints.dedup();
    assert!(count > 5 && prints.len() == count, "a fingerprint stands twice");
    // A line more in front moves the lines, not the fingerprints.
    let age = path(&environment, &id(&environment, "age"));
    change(&environment, &age, "schema:", "# a comment\nschema:");
    let moved = format("gitlab");
    let all = |issues: &[Value]| {
        let mut all: Vec<_> = issues.iter().map(|issue| issue["fingerprint"].to_string()).collect();
        all.sort_unstable();
        all
    };
    assert_eq!(all(issues), all(moved.as_array().expect("a list")));
    assert_ne!(issues, moved.as_array().expect("a list"), "no line has moved");
}

/// What `tests/cli/hosts/install` has put there.
fn check_jsonschema() -> PathBuf {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/check-jsonschema/bin/check-jsonschema");
    assert!(
        program.exists(),
        "{} is missing: run tests/cli/hosts/install",
        program.display()
    );
    program
}

#[test]
fn hosts_are_told_to_review() {
    let environment = Environment::new();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init --ci github",
        "git docket init --ci github",
        "git docket init --ci gitlab --json | jq .pipeline.action",
        "git docket init --ci forgejo",
        "git docket init --replace",
        "git log --format='%s%n%n%b' -1 tracking",
        "git ls-tree -r --name-only tracking",
        "git docket validate",
        "git status --short",
    ]));
    for (schema, file) in [
        ("github-workflows", ".github/workflows/docket-review.yml"),
        ("github-workflows", ".forgejo/workflows/docket-review.yml"),
        ("gitlab-ci", ".gitlab-ci.yml"),
    ] {
        let checked = environment.run_shell(&format!(
            "git show tracking:{file} > pipeline.yml && '{}' --builtin-schema vendor.{schema} pipeline.yml",
            check_jsonschema().display()
        ));
        assert!(
            checked.status.success(),
            "{file}: {}",
            String::from_utf8_lossy(&checked.stdout)
        );
        let text = environment.shell("cat pipeline.yml");
        assert!(
            !text.contains("@BRANCH@") && !text.contains("@VERSION@"),
            "{file}: something was not filled in"
        );
        // Nothing of a proposal is ever put into a script: it would be run.
        for line in text.lines().filter(|line| line.contains("${{")) {
            let key = line.trim().split(':').next().expect("a split has a first part");
            let plain = ["group", "key", "GH_TOKEN", "COMMENTS", "COMMENT"].contains(&key);
            let given = ["SERVER", "REPOSITORY", "NUMBER", "BASE", "TOKEN"].contains(&key);
            assert!(plain || given, "{file}: {line}");
        }
    }
}

#[test]
fn the_pipelines_of_others_stay() {
    let environment = docket();
    environment.commit_foreign(".gitlab-ci.yml", "ours: {script: [make]}\n");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init --ci gitlab",
        "git show tracking:.gitlab-ci.yml",
        "git docket init --ci gitlab --replace",
        "git show tracking:.gitlab-ci.yml | head -1",
        "git show tracking~1:.gitlab-ci.yml",
        "git docket init --ref refs/tracking/main --ci github",
        "git docket init --ref \"wo'rk\" --ci github",
    ]));
}

#[test]
fn what_the_pipeline_runs_reviews_the_pull_request() {
    let environment = docket();
    honest(&environment);
    // A host puts the two together and runs the file of what comes out.
    let run = environment.shell(
        "git docket init --ci github >/dev/null && git show tracking:.github/workflows/docket-review.yml |
         sed -n '/two ends/,/- if:/p' | sed -e '1,2d' -e '/- if:/d' -e 's/^ *//'",
    );
    environment.shell(&format!(
        "{DATES} &&
         merge=$(git commit-tree -p tracking -p {PROPOSAL} -m merge tracking^{{tree}}) && git checkout -q $merge"
    ));
    environment.shell(&format!(
        "export RUNNER_TEMP=. GITHUB_STEP_SUMMARY=summary.md; set -e\n{run}"
    ));
    let summary = environment.shell("cat summary.md");
    assert!(
        summary.starts_with("<!-- git-docket review -->\n### Docket: "),
        "{summary}"
    );
}
