//! Vendors, deployments and enhancements: added, listed, shown, changed, taken back.

use crate::environment::Environment;

/// A docket with a commit of the code and a work item.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git docket init");
    let dates = "GIT_AUTHOR_DATE=2025-10-10T15:00:00Z GIT_COMMITTER_DATE=2025-10-10T15:00:00Z";
    environment.shell(&format!("{dates} git commit -q --allow-empty -m one"));
    environment.shell("DOCKET_SEED=item git docket add 'Read scans'");
    environment
}

/// The short id of the only work item, deployment or enhancement.
fn only(environment: &Environment, list: &str) -> String {
    let items = &environment.json(list)["items"];
    assert_eq!(items.as_array().map(Vec::len), Some(1), "{items}");
    let id = items[0]["id"].as_str().expect("an id").replace('-', "");
    match list.starts_with("deployment") {
        true => id[24..].to_owned(),
        false => id[..8].to_owned(),
    }
}

#[test]
fn vendors_are_watched() {
    let environment = docket();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket vendor list",
        "git docket vendor add 'ADP Vendor' --format excel,csv --tests 42/45 --skipped 2 --extractor-version 2.3.1 --manifest-compliant --set region=eu",
        "git docket vendor add 'ＡＤＰ  vendor'",
        "git docket vendor add Gusto --status broken --tests 46/45",
        "git docket vendor add Gusto --status broken --tests 11/45 --skipped 20 --format pdf,ocr=false --body 'Sends scans.'",
        "git docket vendor update 'adp vendor' --status broken --tests 38/45",
        "git docket vendor update 'adp vendor' --status broken --tests 38/45",
        "git docket vendor update 'adp vendor' --format pdf=maybe",
        "git docket vendor update 'adp vendor' --tests many",
        "git docket vendor update 'adp vendor' --body 'Another text' --alias adp --append-body more",
        "git docket vendor update Gusto --body 'Another text'",
        "git docket vendor update Gusto --append-body 'Since September.' --alias gusto-inc --clear extractor_version",
        "git docket vendor update gusto --status operational --expect-version 1",
        "git docket vendor list --status broken --sort name",
        "git docket vendor show 'ADP vendor'",
        "git docket vendor show gusto-inc --json",
        "git docket vendor show adp",
        "git log --format=%B -1 tracking",
        "git docket validate",
    ]));
}

#[test]
fn a_vendor_keeps_its_id_under_another_name_and_comes_back() {
    let environment = docket();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket vendor add 'ADP Vendor' --set region=eu",
        "git docket vendor rename 'ADP Vendor' 'ADP Payroll'",
        "git docket vendor add 'ADP Vendor'",
        "git docket vendor rename 'ADP Vendor' 'adp  PAYROLL'",
        "git docket delete 'ADP Payroll'",
        "git docket vendor list",
        "git docket vendor rename 'ADP Vendor' 'ADP Payroll'",
        "git docket restore 80a1f635",
        "git docket vendor rename 'ADP Payroll' 'ADP Vendor'",
        "git docket delete 'ADP Vendor'",
        "git docket vendor add 'ADP vendor' --status broken",
        "git docket vendor list --deleted --sort name",
        "git docket validate",
    ]));
}

#[test]
fn deployments_are_told_from_both_sides() {
    let environment = docket();
    environment.shell("git docket vendor add 'ADP Vendor'");
    let item = only(&environment, "list");
    environment.shell(&format!(
        "git docket deployment record --at 2025-10-10T18:00:00Z --pr 42 --title 'Add tracking' --environment production \
         --vendor 'ADP Vendor' --item {item} --tests unit=150,integration=30 --compliant --set runner=three"
    ));
    let deployment = only(&environment, "deployment list");
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket deployment show {deployment}"),
        "git docket vendor show 'ADP Vendor'",
        &format!("git docket show {item}"),
        &format!("git docket deployment show {deployment} --json"),
        "git docket deployment record --vendor Gusto",
        &format!("git docket deployment record --vendor {item}"),
        "git docket deployment record --commit nothing-like-it",
        "git docket deployment record --at tomorrow",
        "git docket deployment record --tests unit",
        "git docket deployment record --idempotency-key one",
        "git docket deployment record --at 2025-10-09T00:00:00Z --idempotency-key one --title First",
        "git docket deployment record --at 2025-10-09T00:00:00Z --idempotency-key one --title First",
        "git docket deployment record --at 2025-10-09T00:00:00Z --idempotency-key one --title Second",
        "git docket deployment list",
        "git docket deployment list --vendor 'adp vendor'",
        "git docket deployment list --since 2025-10-10 --until 2025-10-11 --environment production",
        "git docket deployment list --environment staging",
        &format!("git docket delete {deployment}"),
        &format!("git docket deployment retract {deployment} --reason 'rolled back'"),
        &format!("git docket deployment retract {deployment}"),
        "git docket deployment list",
        "git docket deployment list --retracted",
        &format!("git docket show {item}"),
        "git docket validate",
    ]));
    let edited = environment.run_shell(&format!(
        "EDITOR=\"sed -i 's/Add tracking/Other/'\" git docket edit {deployment}"
    ));
    let said = String::from_utf8_lossy(&edited.stderr).into_owned();
    assert!(!edited.status.success() && said.contains("does not change"), "{said}");
}

#[test]
fn enhancements_become_work_items() {
    let environment = docket();
    environment.shell(
        "git docket enhancement add 'Streaming reports' --priority 2 --quarter 2026-Q1 --body 'Page by page.' \
         --principle 'Local-First Architecture'",
    );
    let id = only(&environment, "enhancement list");
    let item = only(&environment, "list");
    insta::assert_snapshot!(environment.transcript(&[
        "DOCKET_SEED=other git docket enhancement add 'Second region' --priority 6",
        "DOCKET_SEED=other git docket enhancement add 'Second region' --quarter 2026-1",
        &format!("DOCKET_SEED=other git docket enhancement add 'Second region' --depends-on {id}"),
        "git docket enhancement list --sort priority",
        "git docket enhancement list --priority 1,2 --quarter 2026-Q1",
        "git docket enhancement list --status approved,completed",
        &format!("git docket enhancement update {id} --status approved --depends-on {item} --title 'Streamed reports'"),
        &format!("git docket enhancement update {id} --priority 1 --expect-version 1"),
        &format!("DOCKET_SEED=promoted git docket enhancement promote {id} --type project"),
        &format!("git docket enhancement promote {id}"),
        &format!("git docket enhancement show {id}"),
        "git docket show 7ad60cf4",
        &format!("git docket enhancement update {id} --clear quarter --remove-depends-on {item}"),
        &format!("git docket vendor show {id}"),
        &format!("git docket delete {id}"),
        "git docket enhancement list --deleted",
        "git docket validate",
    ]));
}

#[test]
fn a_batch_takes_all_kinds_and_the_wire_has_two_places_for_some_fields() {
    let environment = docket();
    environment.write(
        "batch",
        r#"{"op":"create_vendor","name":"ADP Vendor","metadata":{"extractor_version":"1.0","region":"eu"}}
{"op":"update_vendor_status","name":"adp vendor","status":"broken","metadata":{"test_results":{"passing":1,"total":2},"format_support":{"pdf":true}}}
{"op":"record_deployment","deployed_at":"2025-10-10T18:00:00Z","commit_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","metadata":{"pr_number":42,"pr_title":"One","commit_hash":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},"affected_vendor_ids":["ADP Vendor"]}
{"op":"create_enhancement","title":"Later","idempotency_key":"later"}
"#,
    );
    let twice = |line: &str| format!("echo '{line}' | git docket batch");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket batch < batch",
        "git docket show 'ADP Vendor' --json",
        &twice(r#"{"op":"update_vendor_status","name":"adp vendor","extractor_version":"2","metadata":{"extractor_version":"3"}}"#),
        &twice(r#"{"op":"update_vendor_status","name":"adp vendor","id":"80a1f635","extractor_version":"2","metadata":{"extractor_version":"2"}}"#),
        &twice(r#"{"op":"update_vendor_status","status":"broken"}"#),
        &twice(r#"{"op":"record_deployment","commit_hash":"HEAD","metadata":{"commit_hash":"HEAD~1"}}"#),
        &twice(r#"{"op":"record_deployment"}"#),
    ]));
}

#[test]
fn names_mean_one_record_each() {
    let environment = docket();
    let add = |name: &str| {
        environment.json(&format!("vendor add '{name}'"))["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let (alpha, beta) = (add("Alpha"), add("Beta"));
    insta::assert_snapshot!(environment.transcript(&[
        "git docket vendor update Beta --alias alpha",
        "git docket vendor update Beta --alias bb",
        "git docket vendor add BB",
        &format!("git docket vendor add {alpha}"),
        &format!("git docket vendor rename Beta {}", &alpha[..8]),
        "git docket vendor add $(printf 'In\\342\\200\\213visible')",
        // Deleted, it is found by its name where that is asked for, and told elsewhere.
        "git docket delete Alpha",
        "git docket show Alpha",
        "git docket deployment record --vendor alpha",
        "git docket restore alpha",
        // Also under a name it got later.
        "git docket vendor rename Alpha Gamma",
        "git docket delete Gamma",
        "git docket vendor add gamma --status broken",
        "git docket vendor list --deleted",
        // Within one write a name may go from one to another.
        "printf '%s\\n' '{\"op\":\"update_vendor_status\",\"name\":\"gamma\",\"new_name\":\"Beta\"}' '{\"op\":\"update_vendor_status\",\"name\":\"Beta\",\"new_name\":\"Gamma\"}' | git docket batch",
        "git docket validate",
    ]));
    assert_eq!(environment.json("vendor show gamma")["id"], alpha.as_str());
    assert_eq!(environment.json("vendor show Beta")["id"], beta.as_str());
}

#[test]
fn a_deployment_of_other_kinds_is_named() {
    let environment = docket();
    environment.shell("git docket vendor add Alpha");
    let item = environment.json("list")["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let file = format!(
        "---\nschema: deployment/1\nid: 0199cf47-9900-7c1d-9e0f-9a7b2468ace0\ndeployed_at: 2025-10-10T18:00:00Z\n\
         commit_hash: {}\naffected_vendors:\n  - {item}\ncreated_at: 2025-10-10T18:00:00Z\ncreated_by: Ana\n---\n",
        "a".repeat(40)
    );
    environment.commit_foreign(
        ".tracking/deployments/2025/10/0199cf47-9900-7c1d-9e0f-9a7b2468ace0.md",
        file,
    );
    let told = environment.run_shell("git docket validate");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("affected_vendors[0]: ") && told.contains(" is a work item, not a vendor"),
        "{told}"
    );
    for at in ["1h", "2025-10-10"] {
        let refused = environment.run_shell(&format!("git docket deployment record --at {at} --idempotency-key one"));
        assert_eq!(
            refused.status.code(),
            Some(1),
            "a key with --at {at} is another record each time"
        );
    }
}

#[test]
fn what_lists_leave_out_is_marked_wherever_it_is_named() {
    let environment = docket();
    let add = |seed: &str, rest: &str| {
        let added = environment.shell(&format!("DOCKET_SEED={seed} git docket add {rest} --json | jq -r .id"));
        added.trim()[..8].to_owned()
    };
    let project = add("p", "'The project' --type project --set description=x");
    let [gone, away] = ["gone", "away"].map(|seed| add(seed, &format!("'A part: {seed}' --parent {project}")));
    let vendor = environment.shell("DOCKET_SEED=v git docket vendor add Acme --json | jq -r .id");
    let vendor = &vendor.trim()[..8];
    environment.shell(&format!(
        "git docket update {project} --depends-on Acme && git docket delete {gone} && git docket delete Acme
         git docket cancel {away} && DOCKET_NOW=2027-01-01T00:00:00Z git docket archive --older-than 1d > archived 2>&1"
    ));
    assert_eq!(environment.shell("grep -c warning archived || true").trim(), "0");
    let show = format!("git docket show {project}");
    insta::assert_snapshot!(environment.transcript(&[
        &show,
        &format!("{show} --json | jq -c '.children[], .dependencies[]'"),
        &format!("git docket tree {project} --deleted --archived"),
        &format!("git docket note {gone} 'Why is it gone?'"),
        &format!("git docket update {gone} --title 'Another title'"),
        &format!("git docket vendor update {vendor} --status broken"),
        &format!("git docket delete {gone}"),
        &format!("git docket restore {gone}"),
        &format!("git docket unarchive {gone}"),
    ]));
    let told = |index: &str| environment.shell(&format!("{index} {show} --json | jq -c '[.children, .dependencies]'"));
    assert_eq!(told("DOCKET_INDEX=off"), told(""));
}
