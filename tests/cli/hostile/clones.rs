//! Clones that lack something, and repositories of somebody else.

use crate::environment::Environment;

/// A repository with a docket of one item, and a bare one it was pushed to.
fn shared() -> Environment {
    let environment = Environment::new();
    environment.shell(
        "git init -q --bare ../hub.git && git -C ../hub.git config uploadpack.allowFilter true &&
         git -C ../hub.git config uploadpack.allowAnySHA1InWant true && git remote add origin \"file://$HOME/hub.git\" &&
         git commit -q --allow-empty -m one && git push -q origin main && git docket init && git docket add First &&
         git docket sync",
    );
    environment
}

#[test]
fn a_partial_clone_says_what_it_lacks_and_a_sync_brings_it() {
    let environment = shared();
    environment.shell("git clone -q --filter=blob:none \"file://$HOME/hub.git\" ../partial");
    // What is promised there is not here, and nobody can be asked.
    environment.shell("mv ../hub.git ../away.git");
    let output = environment.run_shell("git-docket -C ../partial list --json");
    let error: serde_json::Value = serde_json::from_slice(&output.stderr).expect("an error in JSON");
    assert_eq!(
        (output.status.code(), &error["kind"]),
        (Some(4), &"unavailable".into()),
        "{error}"
    );
    let message = error["message"].as_str().expect("a message");
    assert!(message.contains("missing from this partial clone"), "{message}");
    let hint = error["hints"][0].as_str().expect("a hint").to_owned();
    let output = environment.run_shell("git-docket -C ../partial sync");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    // With the remote, a sync is enough; so is what the hint says.
    environment.shell("mv ../away.git ../hub.git && cp -R ../partial ../other");
    environment.shell("git-docket -C ../partial sync");
    environment.shell(&format!("cd ../other && {hint}"));
    for place in ["partial", "other"] {
        assert_eq!(
            environment.json(&format!("-C ../{place} list"))["total_count"],
            1,
            "{place}"
        );
        environment.shell(&format!(
            "DOCKET_SEED={place} git-docket -C ../{place} add From-{place} && git-docket -C ../{place} sync"
        ));
    }
    environment.shell("git-docket sync");
    assert_eq!(environment.json("list")["total_count"], 3);
}

#[test]
fn a_partial_clone_goes_on_with_what_it_has_when_the_remote_is_gone() {
    let environment = shared();
    environment
        .shell("git clone -q --filter=blob:none \"file://$HOME/hub.git\" ../partial && git-docket -C ../partial sync");
    environment.shell("mv ../hub.git ../away.git");
    environment
        .shell("DOCKET_SEED=2 git-docket -C ../partial add 'Without a remote' && DOCKET_INDEX=off git-docket -C ../partial list");
    assert_eq!(environment.json("-C ../partial list")["total_count"], 2);
    let output = environment.run_shell("git-docket -C ../partial sync");
    assert_eq!(output.status.code(), Some(4), "{output:?}");
    environment.shell("mv ../away.git ../hub.git && git-docket -C ../partial sync && git-docket sync");
    assert_eq!(environment.json("list")["total_count"], 2);
}

/// Only the superuser can give a repository away; who is not one has others see to it.
#[cfg(unix)]
#[test]
fn a_repository_of_somebody_else_is_refused_with_what_git_says_to_do() {
    use std::os::unix::fs::MetadataExt as _;
    let environment = shared();
    let root = std::fs::metadata(environment.home()).expect("it is there").uid() == 0;
    let given = environment.run_shell("chown -R 54321 .git .");
    assert_eq!(given.status.success(), root);
    let output = environment.run_shell("git-docket list");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    if root {
        assert!(
            output.status.code() == Some(1) && told.contains("owned by user 54321"),
            "{told}"
        );
        let hint = told
            .lines()
            .find_map(|line| line.strip_prefix("try: "))
            .expect("a hint");
        environment.shell(hint);
    }
    environment.shell("git-docket list && DOCKET_SEED=2 git-docket add Second");
}

#[test]
fn without_a_home_and_without_a_name_reading_goes_on() {
    let environment = shared();
    environment.shell("git-docket list >/dev/null");
    let named = "GIT_COMMITTER_NAME=Ana GIT_COMMITTER_EMAIL=a@b GIT_AUTHOR_NAME=Ana GIT_AUTHOR_EMAIL=a@b";
    for (at, before) in [
        "env -u HOME GIT_CONFIG_GLOBAL=/dev/null",
        "env HOME=/nonexistent",
        "env -u HOME -u TMPDIR -u DOCKET_NOW LC_ALL=C GIT_CONFIG_GLOBAL=/dev/null",
    ]
    .iter()
    .enumerate()
    {
        for line in [
            "list",
            "search first",
            "log",
            "status",
            "validate",
            "ready",
            "stats",
            "doctor",
        ] {
            environment.shell(&format!("{before} git-docket {line}"));
        }
        let before = format!("{before} DOCKET_SEED=seed-{at}");
        let output = environment.run_shell(&format!("{before} git-docket add Second"));
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.code() == Some(1) && told.contains("user.name"), "{told}");
        environment.shell(&format!("{before} {named} git-docket add Second"));
    }
}
