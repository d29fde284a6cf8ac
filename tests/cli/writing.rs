//! Adding and changing work items: one commit each, or none.

use crate::environment::Environment;

/// A docket with one item, and the item's id.
pub(crate) fn docket() -> (Environment, String) {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init");
    let id = add(
        &environment,
        "'Cache the query' --label vendors --priority high --body 'First line.'",
    );
    (environment, id)
}

fn add(environment: &Environment, arguments: &str) -> String {
    // Ids follow from the seed, so every item needs one of its own.
    let seed = arguments.replace('\'', "");
    let answer = environment.shell(&format!("DOCKET_SEED='{seed}' git docket add {arguments} --json"));
    let answer: serde_json::Value = serde_json::from_str(&answer).expect("JSON");
    answer["id"].as_str().expect("an id").to_owned()
}

fn file(environment: &Environment, id: &str) -> String {
    environment.shell(&format!("git show tracking:.tracking/work-items/{}/{id}.md", &id[..2]))
}

fn commits(environment: &Environment) -> usize {
    environment
        .shell("git rev-list --count tracking")
        .trim()
        .parse()
        .expect("a number")
}

#[test]
fn a_life_of_an_item() {
    let (environment, id) = docket();
    let short = &id[..8];
    let lines = [
        format!("git docket update {short} --label performance --assignee ana --set estimated_hours=3 --set note=012"),
        format!("git docket claim {short} --for 2h"),
        format!("git docket claim {short} --actor ben"),
        format!("git docket block {short} --reason 'waiting for scans'"),
        format!("git docket reopen {short}"),
        format!("git docket note {short} 'Reproduced on two machines.'"),
        format!("git docket update {short} --append-body 'Second line.' --remove-label vendors --clear assignee"),
        format!("git docket priority {short} medium"),
        format!("git docket done {short}"),
        format!("git docket done {short}"),
        format!("git docket delete {short}"),
        "git docket list".to_owned(),
        format!("git docket restore {short}"),
        format!("git docket show {short}"),
        "git log --format=%s tracking".to_owned(),
        format!("git show tracking:.tracking/work-items/{}/{id}.md", &id[..2]),
    ];
    insta::assert_snapshot!(environment.transcript(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn the_answer_in_json_is_the_item() {
    let (environment, id) = docket();
    insta::assert_snapshot!(environment.transcript(&[&format!("git docket start {} --json", &id[..8])]));
}

#[test]
fn refused_writes_say_why_and_commit_nothing() {
    let (environment, id) = docket();
    let child = add(&environment, &format!("Child --parent {id}"));
    let before = environment.shell("git rev-parse tracking");
    let lines = [
        "git docket add ''".to_owned(),
        "git docket add x --priority urgent".to_owned(),
        "git docket add x --type project".to_owned(),
        "git docket add x --type session --set token_budget=5 --set prompts_count=1 --set-json 'yaml_frontmatter={}'"
            .to_owned(),
        "git docket add x --depends-on nope".to_owned(),
        "git docket add x --link 'Relates To=".to_owned() + &id[..8] + "'",
        format!("git docket update {} --parent {}", &id[..8], &child[..8]),
        format!("git docket update {} --depends-on {}", &id[..8], &id[..8]),
        format!("git docket update {} --body 'something else'", &id[..8]),
        format!("git docket update {} --title x --expect-version 7", &id[..8]),
        format!("git docket update {} --set-json note=nope", &id[..8]),
        format!("git docket update {} --clear title", &id[..8]),
        format!("git docket update {} --clear assigne --clear title", &id[..8]),
        format!("git docket done {}", &id[..8]),
        format!("git docket delete {}", &id[..8]),
        format!("git docket release {} --actor ben", &id[..8]),
        "git docket claim nothing-like-it".to_owned(),
        format!("git docket note {} ''", &id[..8]),
    ];
    insta::assert_snapshot!(environment.transcript(&lines.iter().map(String::as_str).collect::<Vec<_>>()));
    assert_eq!(environment.shell("git rev-parse tracking"), before);
}

#[test]
fn names_addresses_and_commits_of_the_code() {
    let (environment, id) = docket();
    let head = environment.shell("git rev-parse HEAD");
    environment.shell(&format!(
        "git docket update {id} --alias cache --external https://example.com/7 --commit HEAD"
    ));
    let item = environment.json("show cache");
    assert_eq!(
        (item["id"].as_str(), item["commit_hash"].as_str()),
        (Some(id.as_str()), Some(head.trim()))
    );
    assert_eq!(item["external"][0], "https://example.com/7");
    let before = commits(&environment);
    environment.shell(&format!("git docket update {id} --commit main --alias cache"));
    assert_eq!(commits(&environment), before, "linked already");
    let other = add(&environment, "Other");
    let taken = environment.run_shell(&format!("git docket update {other} --alias cache"));
    assert_eq!(taken.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&taken.stderr).contains("`cache` is an alias of"));
    environment.shell(&format!(
        "git docket update {id} --remove-alias cache --remove-external https://example.com/7 --archive"
    ));
    assert!(!environment.shell("git docket list").contains("Cache the query"));
    environment.shell(&format!("git docket update {id} --clear archived_at"));
    assert!(environment.shell("git docket list").contains("Cache the query"));
}

#[test]
fn nothing_to_change_makes_no_commit() {
    let (environment, id) = docket();
    let before = commits(&environment);
    for same in [
        "--priority high",
        "--label vendors",
        "--title 'Cache the query'",
        "--remove-label other",
        "--clear assignee",
    ] {
        environment.shell(&format!("git docket update {id} {same}"));
    }
    environment.shell(&format!("git docket release {id}"));
    assert_eq!(commits(&environment), before);
}

#[test]
fn blocks_are_written_into_the_file_that_waits() {
    let (environment, id) = docket();
    let before = commits(&environment);
    let blocker = add(&environment, &format!("'Measure first' --blocks {}", &id[..8]));
    assert_eq!(commits(&environment), before + 1, "one commit for both files");
    assert!(file(&environment, &id).contains(&format!("depends_on:\n  - {blocker}\n")));
    let ready = environment.json("ready");
    assert_eq!(ready["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(ready["items"][0]["id"], blocker.as_str());
    environment.shell(&format!("git docket done {blocker}"));
    assert_eq!(environment.json("ready")["items"][0]["id"], id.as_str());
}

#[test]
fn ready_comes_by_priority_then_age() {
    let environment = Environment::new();
    environment.shell("git docket init");
    for (minute, title, priority) in [
        (1, "old low", "low"),
        (2, "old", "medium"),
        (3, "new", "medium"),
        (4, "urgent", "high"),
    ] {
        environment.shell(&format!(
            "DOCKET_SEED={minute} DOCKET_NOW=2025-10-10T15:0{minute}:00Z git docket add '{title}' --priority {priority}"
        ));
    }
    environment.shell("DOCKET_SEED=9 git docket add blocked --status blocked");
    let ready = environment.json("ready");
    let titles: Vec<_> = ready["items"]
        .as_array()
        .expect("items")
        .iter()
        .map(|item| item["title"].as_str().unwrap_or(""))
        .collect();
    assert_eq!(titles, ["urgent", "old", "new", "old low"]);
    environment.shell("git docket claim --actor ben");
    assert_eq!(
        environment.json("ready")["total_count"],
        3,
        "what somebody else holds is not ready"
    );
    assert_eq!(environment.json("ready --actor ben")["total_count"], 4);
    let later = "DOCKET_NOW=2025-10-10T18:00:00Z";
    environment.shell("git docket claim --for 1h --actor cyd");
    assert_eq!(environment.json("ready")["total_count"], 2);
    let after: serde_json::Value =
        serde_json::from_str(&environment.shell(&format!("{later} git docket ready --json"))).expect("JSON");
    assert_eq!(after["total_count"], 3, "a claim that has run out counts as none");
}

#[test]
fn depth_is_limited_also_for_descendants() {
    let (environment, root) = docket();
    let mut chain = vec![root];
    for level in 1..=5 {
        let parent = chain.last().expect("a parent").clone();
        chain.push(add(&environment, &format!("'Level {level}' --parent {parent}")));
    }
    let lone = add(&environment, "Lone");
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket add 'Level 6' --parent {}", &chain[5][..8]),
        &format!("git docket update {} --parent {}", &chain[0][..8], &lone[..8]),
        &format!("git docket update {} --parent {}", &chain[1][..8], &lone[..8]),
    ]));
}

#[test]
fn the_same_key_is_the_same_item() {
    let environment = Environment::new();
    environment.shell("git docket init");
    let line = "DOCKET_SEED=$$ git docket add 'From a script' --label a --idempotency-key run-42 --json";
    let first: serde_json::Value = serde_json::from_str(&environment.shell(line)).expect("JSON");
    let tip = environment.shell("git rev-parse tracking");
    let second: serde_json::Value =
        serde_json::from_str(&environment.shell(&format!("DOCKET_ACTOR=ben {line}"))).expect("JSON");
    assert_eq!(first["id"], second["id"]);
    assert_eq!(environment.shell("git rev-parse tracking"), tip);
    insta::assert_snapshot!(environment.transcript(&[
        "git docket add 'Something else' --idempotency-key run-42",
        "git log -1 --format=%B tracking"
    ]));
}

#[test]
fn a_batch_is_one_commit_or_none() {
    let (environment, id) = docket();
    let before = commits(&environment);
    let good = format!(
        "{{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"One\"}}\n\n{{\"op\":\"update_work_item\",\"id\":\"{id}\",\"status\":\"active\",\"add_labels\":[\"new\"]}}\n{{\"op\":\"add_note\",\"on\":\"{id}\",\"body\":\"Hello\"}}\n{{\"op\":\"claim_work_item\",\"id\":\"{id}\",\"seconds\":60}}\n"
    );
    environment.write("good", &good);
    environment.write(
        "bad",
        format!("{good}{{\"op\":\"update_work_item\",\"id\":\"{id}\",\"status\":\"nope\"}}\n"),
    );
    environment.write(
        "unknown",
        "{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"One\",\"colour\":\"red\"}\n",
    );
    environment.write("broken", "{\"op\":\"create_work_item\"\n");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket batch < bad",
        "git docket batch < unknown",
        "git docket batch < broken",
        "git docket batch < /dev/null",
        "echo '[1]' | git docket batch",
        "echo '{\"title\":\"One\"}' | git docket batch",
        "echo '{\"op\":\"create\"}' | git docket batch --json",
        "echo '{\"op\":\"create_work_item\",\"title\":\"One\",\"labels\":[\"x\",2]}' | git docket batch",
        "echo '{\"op\":\"create_work_item\",\"title\":\"One\",\"metadata\":{\"x\":1,\"x\":2}}' | git docket batch",
    ]));
    assert_eq!(commits(&environment), before);
    environment.shell("git docket batch < good");
    assert_eq!(commits(&environment), before + 1);
    let delete = format!("{{\"op\":\"update_work_item\",\"id\":\"{id}\",\"deleted_at\":\"2025-10-10T15:00:00Z\"}}");
    environment.write("delete", &delete);
    let child = add(&environment, &format!("Child --parent {id}"));
    let refused = environment.run_shell("git docket batch < delete");
    assert!(String::from_utf8_lossy(&refused.stderr).contains("has 1 below it"));
    environment.shell(&format!(
        "git docket delete {child} && git docket batch < delete && git docket restore {id}"
    ));
    let item = environment.json(&format!("show {id}"));
    assert_eq!(
        (item["status"].as_str(), item["notes"].as_array().map(Vec::len)),
        (Some("active"), Some(1))
    );
}

#[test]
fn what_a_person_wrote_survives_what_a_machine_changes() {
    let (environment, id) = docket();
    let written = format!(
        "\u{feff}---\r\n# mine\r\ntitle: Cache the query   # short\r\nschema: work-item/1\r\nid: {id}\r\nitem_type: 'task'\r\ncolour: red\r\nstatus: pending # for now\r\nlabels: [vendors,   \"ui\"] # two\r\ncreated_at: 2025-10-10T15:00:00Z\r\ncreated_by: Ana\r\n\r\n# the end\r\n---\r\n\r\nBody  \r\nas it is\r\n"
    );
    environment.commit_foreign(&format!(".tracking/work-items/{}/{id}.md", &id[..2]), &written);
    environment.shell(&format!(
        "git docket update {id} --status active --label new --priority low --assignee ana"
    ));
    let expected = written
        .replace("status: pending # for now", "status: active # for now")
        .replace("[vendors,   \"ui\"]", "[vendors, \"ui\", new]")
        .replace("created_at:", "assignee: ana\r\ncreated_at:")
        .replace("labels:", "priority: low\r\nlabels:");
    assert_eq!(file(&environment, &id), expected);
}

#[test]
fn an_editor_changes_the_file_itself() {
    let (environment, id) = docket();
    insta::assert_snapshot!(environment.transcript(&[
        &format!("EDITOR='sed -i s/query/answer/' git docket edit {}", &id[..8]),
        &format!("EDITOR=true git docket edit {}", &id[..8]),
        &format!(
            "EDITOR=false git docket edit {} 2>&1 | sed 's/docket-[^ ]*\\.md/FILE/'",
            &id[..8]
        ),
        &format!(
            "EDITOR='sed -i s/^status.*/status:\\ nope/' git docket edit {} 2>&1 | sed 's/docket-[^ ]*\\.md/FILE/'",
            &id[..8]
        ),
        "git log -1 --format=%s tracking",
    ]));
    let kept: Vec<_> = std::fs::read_dir(environment.home())
        .expect("the home")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    let typed = kept.iter().filter(|path| path.extension().is_some_and(|e| e == "md"));
    assert!(
        typed
            .clone()
            .any(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains("status: nope"))),
        "what was typed is kept"
    );
    // Somebody else changes the item while the editor is open.
    environment.write("editor", "#!/bin/sh\ngit docket note x y >/dev/null 2>&1\nDOCKET_ACTOR=ben git docket priority \"$ID\" low >/dev/null\nsed -i s/answer/mine/ \"$1\"\n");
    let raced = environment.run_shell(&format!(
        "chmod +x editor && ID={id} EDITOR=./editor git docket edit {id}"
    ));
    assert_eq!(
        raced.status.code(),
        Some(3),
        "{}",
        String::from_utf8_lossy(&raced.stderr)
    );
}

#[test]
fn an_invalid_record_can_be_mended() {
    let (environment, id) = docket();
    let broken = file(&environment, &id).replace("status: pending", "status: nope");
    environment.commit_foreign(&format!(".tracking/work-items/{}/{id}.md", &id[..2]), &broken);
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket start {}", &id[..8]),
        &format!("EDITOR='sed -i s/nope/blocked/' git docket edit {}", &id[..8]),
        "git docket list",
        "git docket validate",
    ]));
}

#[test]
fn doctor_finds_what_was_on_the_branch_once() {
    let (environment, _) = docket();
    environment.shell("git update-ref refs/heads/tracking tracking~1");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket doctor",
        "git docket list",
        "git update-ref refs/heads/tracking tracking@{1}",
        "git docket doctor"
    ]));
}

#[test]
fn a_key_with_dots_is_one_key() {
    let (environment, id) = docket();
    let metadata = |environment: &Environment| environment.json(&format!("show {id}"))["metadata"].clone();
    environment.shell(&format!(
        "git docket update {id} --set a.b=1 --set-json 'c={{\"d.e\": 2, \"f\": 3}}'"
    ));
    let set = metadata(&environment);
    assert_eq!(
        (&set["a.b"], &set["c"]["d.e"]),
        (&serde_json::json!("1"), &serde_json::json!(2))
    );
    environment.shell(&format!(
        "git docket update {id} --clear metadata.a.b --clear metadata.c.d.e --clear metadata.x.y"
    ));
    let left = metadata(&environment);
    assert!(left.get("a.b").is_none() && left.get("x").is_none());
    assert_eq!(left["c"], serde_json::json!({ "f": 3 }));
}

#[test]
fn each_expectation_is_checked() {
    let (environment, id) = docket();
    environment.shell("git rev-parse tracking > ../before");
    environment.shell(&format!("git docket update {id} --title Newer"));
    let update = |expectations: &str| {
        let output = environment.run_shell(&format!("git docket update {id} --priority low {expectations} --json"));
        output.status.code()
    };
    assert_eq!(update("--expect-version 1 --expect-revision tracking"), Some(3));
    assert_eq!(update("--expect-version 2 --expect-revision $(cat ../before)"), Some(3));
    assert_eq!(update("--expect-version 2 --expect-revision tracking"), Some(0));
}

#[test]
fn author_and_committer_are_those_of_git() {
    let (environment, _) = docket();
    environment.shell(
        "GIT_AUTHOR_NAME=Grace GIT_AUTHOR_EMAIL=grace@example.com GIT_COMMITTER_NAME=Bob git docket add 'By Grace'",
    );
    let who = environment.shell("git log -1 --format='%an <%ae> %cn <%ce>' tracking");
    assert_eq!(who.trim(), "Grace <grace@example.com> Bob <ana@example.com>");
}

#[test]
fn a_key_names_one_request_in_a_batch_too() {
    let (environment, _) = docket();
    let line = |title: &str| {
        format!(r#"{{"op":"create_work_item","item_type":"task","title":"{title}","idempotency_key":"k"}}"#)
    };
    let batch = |lines: [String; 2]| {
        format!(
            "printf '%s\\n' '{}' | git docket batch --json | jq -c '[.ids, .error.message]'",
            lines.join("' '")
        )
    };
    insta::assert_snapshot!(environment.transcript(&[
        &batch([line("One"), line("Another")]),
        &batch([line("One"), line("One")]),
        &batch([line("Another"), line("One")]),
        "git docket list",
    ]));
}

#[test]
fn what_is_gone_holds_nobody_up() {
    let (environment, id) = docket();
    environment.shell("DOCKET_SEED=v git docket vendor add Acme");
    let deployment = environment.shell(
        "DOCKET_SEED=d git docket deployment record --commit $(git rev-parse HEAD) --at 2025-10-09T08:00:00Z --json | jq -r .id",
    );
    let deployment = deployment.trim();
    environment.shell(&format!(
        "git docket update {id} --depends-on Acme && git docket update {id} --depends-on {deployment}"
    ));
    let ready = || {
        environment
            .shell("git docket ready --json | jq .total_count")
            .trim()
            .to_owned()
    };
    assert_eq!(ready(), "0");
    environment.shell("git docket delete Acme");
    assert_eq!(ready(), "0");
    environment.shell(&format!(
        "git docket deployment retract {deployment} --reason 'rolled back'"
    ));
    assert_eq!(
        (
            ready(),
            environment
                .shell("DOCKET_INDEX=off git docket ready --json | jq .total_count")
                .trim()
        ),
        ("1".to_owned(), "1")
    );
}

#[test]
fn lines_of_standard_input_end_as_lines_of_records_do() {
    let (environment, id) = docket();
    environment.shell(&format!(
        "printf 'One\\r\\ntwo\\r\\n' | git docket update {id} --append-body -"
    ));
    let file = file(&environment, &id);
    assert!(file.ends_with("First line.\n\nOne\ntwo\n"), "{file:?}");
}

#[test]
fn an_editor_completes_nothing_that_has_open_children() {
    let (environment, id) = docket();
    add(&environment, &format!("Below --parent {id}"));
    let short = &id[..8];
    let edit = format!("GIT_EDITOR=\"sed -i 's/^status: .*/status: completed/'\" git docket edit {short}");
    let before = commits(&environment);
    let output = environment.run_shell(&edit);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), commits(&environment)),
        (Some(1), before),
        "{said}"
    );
    assert!(
        said.contains("has open children") && said.contains("your text is kept in"),
        "{said}"
    );
    environment.shell(&format!("git docket done {short} --force && {edit}"));
}
