//! Exporting in every format, and importing what was exported.

use serde_json::Value;

use crate::environment::Environment;

/// A docket with a record of every kind, and what people do to files by hand.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell(
        "set -e
         git docket init
         at() { export DOCKET_SEED=$1 DOCKET_NOW=2025-10-10T15:00:$1Z; }
         export GIT_AUTHOR_DATE=2025-10-10T15:00:00Z GIT_COMMITTER_DATE=2025-10-10T15:00:00Z
         git commit -q --allow-empty -m one
         at 01; git docket vendor add 'ADP, Inc.' --status broken --tests 40/45 --skipped 2 --format csv,pdf=false
         at 02; git docket add 'Read <b>scans</b>' --type project --set description='All of them' --set target_quarter=2026-Q1 --label a --label b
         at 03; git docket add Gone --set-json mine=1.5",
    );
    let project = only(&environment, "list --type project");
    let gone = only(&environment, "list --type task");
    environment.shell(&format!(
        "set -e
         at() {{ export DOCKET_SEED=$1 DOCKET_NOW=2025-10-10T15:00:$1Z; }}
         at 04; git docket add '=HYPERLINK(\"http://x\",\"y\")' --parent {project} --assignee @ana --body '# One

<script>alert(1)</script>

[x](javascript:alert) [y](https://y.example/?a=1&b=2)

- [x] done
- [ ] open'
         at 05; git docket delete {gone}
         at 06; git docket note {project} 'Half of it, *so far*'
         at 07; git docket deployment record --at 2025-10-09T12:00:00Z --environment production --title 'Scans; more' --vendor 'ADP, Inc.' --item {project}
         at 08; git docket enhancement add 'Streaming reports' --quarter 2026-Q2 --priority 2 --body 'Faster.'
         at 09; git docket claim {project} --for 2h --actor ben"
    ));
    environment
}

/// The id of the only record of a list.
fn only(environment: &Environment, list: &str) -> String {
    let items = &environment.json(list)["items"];
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    items[0]["id"].as_str().expect("an id").to_owned()
}

/// What an export says, but for what depends on the commit and on other records.
fn essence(text: &str) -> Value {
    let mut value: Value = serde_json::from_str(text).expect("JSON");
    value["revision"].take();
    for record in value["records"].as_array_mut().expect("records") {
        record.as_object_mut().expect("a record").remove("derived");
    }
    value
}

/// Another repository in the same home, with an empty docket.
fn elsewhere(environment: &Environment) {
    environment.shell("git init -q ../other && DOCKET_SEED=other git -C ../other docket init");
}

#[test]
fn every_format_is_what_it_was() {
    let environment = docket();
    for format in ["json", "ndjson", "csv", "markdown", "ics"] {
        let name = format!("as_{format}");
        insta::assert_snapshot!(name, environment.transcript(&[&format!("git docket export {format}")]));
    }
    insta::assert_snapshot!(environment.transcript(&[
        "git docket export csv --kind vendor",
        "git docket export csv --kind deployment --kind vendor",
        "git docket export csv --label a --kind vendor",
        "git docket export markdown --status completed",
        "git docket export markdown nothing has these words",
        "git docket export ndjson --parent nobody",
        "git docket export json --bom",
        "git docket export html -o ../page.html",
        "git docket export json -o ../docket.json --json",
        "git docket export json -o nowhere/docket.json",
        "git docket export json -o ..",
        "git docket export pdf",
        "git docket export csv -o - --bom | head -c 5 | od -An -c",
        "git docket export json -o /dev/full",
    ]));
}

#[test]
fn a_page_shows_all_and_loads_nothing() {
    let environment = docket();
    let page = environment.shell("git docket export html");
    for expected in [
        "Read &lt;b&gt;scans&lt;/b&gt;",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "href=\"https://y.example/?a=1&amp;b=2\"",
        "ADP, Inc.",
        "Streaming reports",
        "Half of it, <em>so far</em>",
        "2026-Q2",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
    for unexpected in [
        "<b>scans",
        "javascript:",
        "alert(1)<",
        " src=",
        " style=",
        "onclick",
        "Gone",
    ] {
        assert!(!page.contains(unexpected), "{unexpected}");
    }
    assert!(environment.shell("git docket export html --deleted").contains("Gone"));
}

#[test]
fn the_same_commit_is_the_same_bytes_in_every_clone() {
    let environment = docket();
    environment.shell("git clone -q . ../clone && git -C ../clone docket status");
    for format in ["json", "ndjson", "csv", "markdown", "html", "ics"] {
        let ours = environment.shell(&format!("git docket export {format}"));
        let others = [
            format!("git -C ../clone docket export {format}"),
            format!("DOCKET_INDEX=off git docket export {format}"),
            format!("TZ=Asia/Tokyo LC_ALL=tr_TR.UTF-8 DOCKET_NOW=2031-01-01T00:00:00Z git docket export {format}"),
            format!("git docket export {format} -o ../out && cat ../out | tail -n +2"),
        ];
        for other in &others[..3] {
            assert_eq!(environment.shell(other), ours, "{other}");
        }
        let written = environment.shell(&others[3]);
        assert!(written.ends_with(ours.split_once('\n').expect("lines").1));
    }
}

#[test]
fn an_export_comes_back_whole() {
    let environment = docket();
    elsewhere(&environment);
    // What somebody did by hand survives: comments, line ends, unknown keys.
    let id = only(&environment, "list --type project");
    let path = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
    let file = environment.shell(&format!("git show tracking:{path}"));
    let file = file.replacen("---\n", "---\n# by hand\nmine: [1.50, yes, 0x1F]\n", 1);
    environment.commit_foreign(&path, file.replace('\n', "\r\n"));
    let (ours, others) = ("a".repeat(40), "b".repeat(40));
    let link = format!(
        "---\nschema: commit-link/1\nwork_item: {id}\ncommit: {ours}\nlinked_at: 2025-10-10T15:00:00Z\nlinked_by: Ana\n---\n"
    );
    let conflict = format!(
        "---\nschema: conflict/1\non: {id}\nfield: title\nkept: One\nother: {{a: [1, null]}}\nkept_commit: {ours}\nother_commit: {others}\n---\n"
    );
    environment.commit_foreign(&format!(".tracking/commits/{}/{id}/{ours}.md", &id[..2]), link);
    environment.commit_foreign(
        &format!(".tracking/conflicts/{}/{id}/{}.md", &id[..2], "c".repeat(64)),
        conflict,
    );
    let derived = &environment.json(&format!("show {id}"))["conflicts"];
    assert_eq!(derived, 1);
    for (format, place) in [("json", "other"), ("ndjson", "third")] {
        environment.shell(&format!(
            "git init -q ../{place} && DOCKET_SEED={place} git -C ../{place} docket init"
        ));
        environment.shell(&format!(
            "git docket export {format} | git -C ../{place} docket import {format} -"
        ));
        let tree = "ls-tree -r tracking";
        assert_eq!(
            environment.shell(&format!("git {tree}")),
            environment.shell(&format!("git -C ../{place} {tree}"))
        );
        let (ours, theirs) = (
            environment.shell("git docket export json"),
            environment.shell(&format!("git -C ../{place} docket export json")),
        );
        assert_eq!(essence(&ours), essence(&theirs));
        for kind in ["commit-link", "conflict"] {
            assert!(theirs.contains(&format!("\"kind\": \"{kind}\"")), "{kind}");
        }
        environment.shell(&format!("git -C ../{place} docket validate"));
    }
    insta::assert_snapshot!(environment.transcript(&[
        "git docket export json | git -C ../third docket import json - --dry-run",
        "git docket export json | git -C ../third docket import json -",
        "git -C ../third log -1 --format=%s tracking",
        "git init -q ../fourth && DOCKET_SEED=fourth git -C ../fourth docket init",
        "git docket export json | git -C ../fourth docket import json - --dry-run --report ../report.json",
        "git docket export json --label a | git -C ../fourth docket import json -",
        "git docket export ndjson --kind work-item | git -C ../fourth docket import ndjson - --json | grep -v -e commit -e revision",
    ]));
}

#[test]
fn what_is_here_is_never_overwritten() {
    let environment = docket();
    environment.shell("git docket export json -o ../docket.json");
    let id = only(&environment, "list --type project");
    environment.shell(&format!(
        "git docket update {id} --title Changed --label c && git docket config set default_token_budget 5000"
    ));
    let tip = environment.shell("git rev-parse tracking");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import json ../docket.json",
        "git docket import json ../docket.json --skip-existing",
        "git docket import json ../docket.json --json",
    ]));
    assert_eq!(environment.shell("git rev-parse tracking"), tip);
    assert!(
        environment
            .shell(&format!("git docket show {id}"))
            .starts_with("Changed")
    );
    // Settings that are here with another value are a difference, too.
    environment.shell("git docket export json -o ../docket.json && git docket config set default_token_budget 6000");
    let refused = environment.run_shell("git docket import json ../docket.json");
    assert!(String::from_utf8_lossy(&refused.stderr).contains(".tracking/config.toml: default_token_budget"));
}

#[test]
fn files_that_cannot_be_read_go_along_and_do_not_come_back() {
    let environment = docket();
    let id = only(&environment, "list --type project");
    let path = format!(".tracking/work-items/{}/{id}.md", &id[..2]);
    environment.commit_foreign(&path, "---\nschema: work-item/1\nid: <<<\n---\n");
    environment.commit_foreign(
        ".tracking/vendors/00/00000000-0000-5000-8000-000000000000.md",
        [0xff, 0xfe, 0x00],
    );
    elsewhere(&environment);
    insta::assert_snapshot!(environment.transcript(&[
        "git docket export ndjson 2>/dev/null | grep unreadable | cut -c1-400",
        "git docket export json -o ../docket.json",
        "git -C ../other docket import json ../docket.json",
        "git -C ../other docket list",
        "git docket export markdown 2>/dev/null | tail -4",
    ]));
}

/// An export of one vendor, and what somebody might make of it: documents.
fn hostile_documents(whole: &Value) -> Vec<String> {
    let with = |change: &dyn Fn(&mut Value)| {
        let mut changed = whole.clone();
        change(&mut changed);
        changed.to_string()
    };
    let fields = |key: &str, value: Value| with(&|whole| whole["records"][0]["fields"][key] = value.clone());
    let record = |key: &str, value: Value| with(&|whole| whole["records"][0][key] = value.clone());
    let text = |from: &str, to: &str| whole.to_string().replacen(from, to, 1);
    let twice = with(&|whole| {
        let first = whole["records"][0].clone();
        whole["records"].as_array_mut().expect("records").push(first);
    });
    let nowhere = serde_json::json!({"relates-to": ["3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60"]});
    let settings = serde_json::json!({"kind": "settings", "text": "repository = 5"});
    vec![
        String::new(),
        "[]".to_owned(),
        "[".repeat(1_000_000),
        text("export/1", "export/2"),
        with(&|whole| whole["records"] = Value::Null),
        with(&|whole| whole["more"] = 1.into()),
        with(&|whole| whole["settings"] = settings.clone()),
        twice,
        fields("schema", "vendor/2".into()),
        fields("schema", "work-item/1".into()),
        fields("name", "".into()),
        fields("version", 3.into()),
        fields("links", nowhere),
        fields("mine", 1e300.into()),
        fields("mine", "\u{0}".into()),
        fields(
            "mine",
            serde_json::from_str(&("[".repeat(60) + &"]".repeat(60))).expect("lists"),
        ),
        record("kind", "spaceship".into()),
        record("file", ".tracking/vendors/../../.git/config".into()),
        record("file", ".tracking/config.toml".into()),
        record("body", 5.into()),
        record("body", "x".repeat(2_000_000).into()),
        record("text", "---\nschema: vendor/1\n---\n".into()),
        text("\"kind\"", "\"kind\":\"vendor\",\"kind\""),
        text("\"total\":45", "\"total\":1e999"),
        text("\"total\":45", "\"total\":99999999999999999999"),
    ]
}

/// The same of records a line.
fn hostile_lines() -> Vec<String> {
    let line = |text: &str| format!("{{\"format\":\"git-docket-export/1\"}}\n{text}\n{{\"kind\":\"end\"}}\n");
    vec![
        "{\"format\":\"git-docket-export/1\"}\n".to_owned(),
        line("{\"kind\":\"vendor\"}\nnonsense"),
        line("{\"kind\":\"note\",\"fields\":{\"schema\":\"note/1\"}}\n[1]"),
        line("\u{fffd}{}"),
        "{\"format\":\"git-docket-export/1\"}\n{\"kind\":\"end\",\"records\":3}\n".to_owned(),
        line("") + "{}",
    ]
}

#[test]
fn hostile_exports_land_nowhere() {
    let environment = docket();
    elsewhere(&environment);
    let tip = environment.shell("git -C ../other rev-parse tracking");
    let whole: Value = serde_json::from_str(&environment.shell("git docket export json --kind vendor")).expect("JSON");
    let documents = hostile_documents(&whole).into_iter().map(|text| ("json", text));
    let mut told = String::new();
    for (format, text) in documents.chain(hostile_lines().into_iter().map(|text| ("ndjson", text))) {
        environment.write("../hostile", &text);
        let output = environment.run_shell(&format!("git -C ../other docket import {format} ../hostile"));
        assert_eq!(output.status.code(), Some(1), "{text:.2000}");
        told.push_str(&environment.scrubbed(&output.stderr));
        assert_eq!(environment.shell("git -C ../other rev-parse tracking"), tip);
    }
    insta::assert_snapshot!(told);
}

#[test]
fn a_broken_pipe_is_no_error() {
    let environment = docket();
    let output = environment.run_shell("bash -c 'set -o pipefail; git docket export ndjson | head -c 1'");
    assert_eq!(
        output.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let before = environment
        .shell("echo old > ../kept; git docket export json -o ../kept --as-of nonsense 2>/dev/null; cat ../kept");
    assert_eq!(before, "old\n", "what cannot be written leaves the old file alone");
}
