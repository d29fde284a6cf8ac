//! Errors: what, why, and what next; the exit codes of the contract.

use crate::environment::Environment;

#[test]
fn errors_say_what_why_and_what_next() {
    let environment = Environment::new();
    environment.shell("git docket demo ../demo");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list",
        "git docket list --json",
        "git docket -C / list",
        "git docket -C ../nowhere list",
        "git docket -C ../demo show nothing-like-it",
        "git docket -C ../demo show ''",
        "git docket -C ../demo validate no-such-revision",
        "git docket -C ../demo list --status done",
        "git docket -C ../demo import beads missing.jsonl",
        "DOCKET_NOW=yesterday git docket list",
        "git docket -C ../demo list --json --statuss active",
        "git docket -C ../demo block --json",
        "git docket --json lst",
        "git docket -C ../demo add -- --json --nothing",
    ]));
}

#[test]
fn git_must_know_who_writes() {
    let environment = Environment::new();
    std::fs::write(environment.home().join(".gitconfig"), "").expect("the config is written");
    insta::assert_snapshot!(environment.transcript(&["git docket init", "git docket init --json", "git branch"]));
}

#[test]
fn a_checked_out_tracking_branch_is_not_moved() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init && git worktree add -q ../records tracking");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket import beads ../issues.jsonl | grep -c .",
        "git docket import beads ../issues.jsonl",
        "git docket list",
        "git -C ../records status --short",
    ]));
}

#[test]
fn a_newer_format_is_read_and_not_written() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init");
    environment.commit_foreign(".tracking/format", "2\n");
    insta::assert_snapshot!(environment.transcript(&["git docket list", "git docket import beads ../issues.jsonl"]));
}

#[test]
fn a_reader_that_has_enough_is_no_error() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell("git docket init && git docket import beads ../issues.jsonl");
    let output = environment.run_shell("{ git-docket list --all --json; echo \"exit $?\" >&2; } | true");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "exit 0\n");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_written_is_told() {
    let environment = Environment::new();
    environment.shell("git docket init && git docket add One");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list > /dev/full",
        "git docket list --json > /dev/full",
        "git docket render project_status -o missing/report.md",
        "git docket export json -o .",
    ]));
}

#[test]
fn a_repository_that_cannot_be_written_is_read() {
    let environment = Environment::new();
    environment.shell(
        "git commit -q --allow-empty -m one && git docket init && git clone -q . ../clone && git clone -q . ../frozen",
    );
    environment.shell("cd ../frozen && git docket list");
    // Root may write everywhere, so the directory that must be written to is made a file.
    environment.shell("rm -rf ../clone/.git/docket && touch ../clone/.git/docket");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -C ../clone list",
        "git docket -C ../clone init",
        "git docket -C ../clone doctor",
    ]));
}

#[test]
fn a_damaged_docket_is_told_from_none() {
    let environment = Environment::new();
    environment.shell("git docket init");
    environment.shell("GIT_INDEX_FILE=../index git read-tree tracking && GIT_INDEX_FILE=../index git rm -q --cached .tracking/format && git update-ref refs/heads/tracking $(git commit-tree -m x -p tracking $(GIT_INDEX_FILE=../index git write-tree))");
    for command in ["git docket list", "git docket init"] {
        let output = environment.run_shell(command);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(
            error.contains("somebody removed .tracking/format") && !error.contains("docket init"),
            "{error}"
        );
    }
    environment.commit_foreign(".tracking/format", "1\n");
    environment.commit_foreign(".tracking/config.toml", "garbage [[[");
    insta::assert_snapshot!(environment.transcript(&["git docket validate", "git docket list"]));
}

/// What may not be looked into is not broken. Where the tests run as root, for whom no bits count, another user looks.
#[cfg(unix)]
#[test]
fn what_may_not_be_read_is_not_called_broken() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;
    let environment = Environment::new();
    environment.shell("git docket init && git docket add One");
    let root = std::fs::metadata(environment.home()).expect("it is there").uid() == 0;
    if root {
        environment.shell("chown -R 65534:65534 \"$HOME\"");
    }
    let list = || {
        let mut command = environment.command("git-docket");
        // The index would answer without a look at the objects.
        command.args(["list", "--json"]).env("DOCKET_INDEX", "off");
        // Nor may that user write down what the tests pass through.
        command.env("LLVM_PROFILE_FILE", "/dev/null");
        if root {
            command.uid(65534).gid(65534);
        }
        command.output()
    };
    // Another user may be kept from the binary itself.
    if !list().is_ok_and(|output| output.status.success()) {
        return;
    }
    let git = environment.path().join(".git");
    let tip = environment.shell("git -c safe.directory='*' rev-parse tracking");
    for (closed, named) in [
        ("refs/heads".to_owned(), "refs/heads/tracking"),
        (format!("objects/{}", &tip[..2]), "objects"),
    ] {
        let dir = git.join(&closed);
        let mode = |bits| std::fs::set_permissions(&dir, std::fs::Permissions::from_mode(bits)).expect("it is ours");
        mode(0);
        let output = list().expect("it runs");
        mode(0o755);
        let error: serde_json::Value = serde_json::from_slice(&output.stderr).expect("an error in JSON");
        assert_eq!(
            (output.status.code(), &error["kind"]),
            (Some(4), &"unavailable".into()),
            "{error}"
        );
        let message = error["message"].as_str().expect("a message");
        assert!(
            message.contains(named) && message.contains("ermission denied"),
            "{message}"
        );
    }
}

#[test]
fn an_identity_is_drawn_once() {
    let environment = Environment::new();
    environment.shell("git docket init");
    insta::assert_snapshot!(environment.transcript(&["git docket add One", "git docket add Two", "git docket list",]));
}

/// Leaves objects as a machine does that goes down before they are on the disk.
fn empty(environment: &Environment, objects: &str) {
    environment.shell(&format!(
        "for o in $(git rev-parse {objects}); do f=.git/objects/$(echo $o | cut -c1-2)/$(echo $o | cut -c3-)
            chmod u+w $f && : > $f || exit 1; done"
    ));
}

#[test]
fn objects_that_a_crash_left_empty_come_back() {
    let environment = Environment::new();
    environment.shell(
        "git commit -q --allow-empty -m one && git docket init && git init -q --bare ../hub.git
         git remote add origin ../hub.git && git push -q origin main
         for n in One Two; do DOCKET_SEED=$n git docket add $n; done && git docket sync",
    );
    // All of it is elsewhere, too.
    let before = environment.shell("git rev-parse tracking");
    empty(&environment, "tracking tracking~1 tracking^{tree}");
    assert_eq!(environment.run_shell("git docket list").status.code(), Some(255));
    insta::assert_snapshot!(
        "a_crash_is_mended_from_the_remote",
        environment.transcript(&[
            "git docket doctor",
            "git docket doctor --fix",
            "git docket doctor",
            "git docket list",
        ])
    );
    assert_eq!(environment.shell("git rev-parse tracking"), before);
    // The last one is nowhere else, and before it one was changed twice.
    environment.shell("DOCKET_SEED=three git docket add Three && git docket update $(git docket list --json | jq -r .items[0].id) --title Third");
    let readable = environment.shell("git rev-parse tracking~1");
    empty(&environment, "tracking tracking^{tree}");
    let told = environment.shell("git docket doctor --fix");
    assert!(told.contains("went back from"), "{told}");
    assert_eq!(environment.shell("git rev-parse tracking"), readable);
    assert_eq!(environment.json("list")["total_count"], 3);
    environment.shell("git fsck --no-reflogs && git gc --quiet && git docket validate && git docket sync");
}

#[test]
fn objects_that_are_nowhere_else_are_said_to_be_lost() {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git docket add One");
    environment.shell("rm -r .git/logs/refs/heads/tracking");
    empty(&environment, "tracking");
    let told = environment.run_shell("git docket doctor --fix");
    assert_eq!(told.status.code(), Some(255));
    let said = String::from_utf8_lossy(&told.stderr).into_owned();
    assert!(
        said.contains("is missing") && said.contains("git fsck --full"),
        "{said}"
    );
}

#[test]
fn a_branch_that_somebody_deletes_is_told_and_comes_back() {
    let environment = Environment::new();
    environment.shell(
        "git commit -q --allow-empty -m one && git docket init && DOCKET_SEED=1 git docket add One
         git clone -q --bare . ../hub.git && git remote add origin ../hub.git && git fetch -q origin && cp -r . ../apart
         DOCKET_SEED=2 git docket add Two && git branch -q -D tracking",
    );
    // Whoever begins it anew, however often, is told what the remote does not have.
    environment.shell("cp -r . ../synced");
    insta::assert_snapshot!(environment.transcript(&[
        "git -C ../synced docket sync",
        "git -C ../synced docket doctor",
        "cd ../synced && git branch -q -D tracking && git docket propose plan && git docket doctor",
        "git -C ../synced docket --ref tracking doctor",
        "git -C ../synced branch -q -D tracking && git -C ../synced docket doctor",
    ]));
    // What the remote has is taken, and what it does not have is told.
    insta::assert_snapshot!(environment.transcript(&["git docket list", "git docket list", "git docket doctor"]));
    environment.shell("sh -c \"$(git docket doctor --json | jq -r '.findings[0].hint')\"");
    let titles = "git docket list --json | jq -r '.items[].title' | sort | tr '\\n' ' '";
    assert_eq!(environment.shell(titles).trim(), "One Two");
    assert_eq!(environment.shell("git docket doctor").trim(), "All is well");
    // Without a remote nothing is begun anew in silence.
    environment.shell(
        "cd ../apart && git remote remove origin && DOCKET_SEED=3 git docket add Three && git branch -q -D tracking",
    );
    insta::assert_snapshot!(environment.transcript(&[
        "git -C ../apart docket list",
        "git -C ../apart docket add Four",
        "git -C ../apart docket init",
        "git -C ../apart docket doctor",
    ]));
    environment.shell("cd ../apart && sh -c \"$(git docket doctor --json | jq -r '.findings[0].hint')\"");
    assert_eq!(
        environment.shell(&format!("cd ../apart && {titles}")).trim(),
        "One Three"
    );
    // Landed in two steps, where the second was refused at first.
    environment.shell("cd ../apart && cp -r . ../twice && cd ../twice && git branch -q -D tracking && git docket init");
    let hint = "$(git docket doctor --json | jq -r '.findings[0].hint')";
    environment.shell(&format!(
        "cd ../twice && sh -c \"$(echo {hint} | sed 's/ && .*//')\" && sh -c \"{hint}\""
    ));
    assert_eq!(
        environment.shell(&format!("cd ../twice && {titles}")).trim(),
        "One Three"
    );
    // Nor does whoever works on a proposal miss it.
    environment.shell("cd ../apart && git docket propose plan && git branch -q -D tracking");
    let told = environment.run_shell("git -C ../apart docket doctor");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("somebody deleted it") && told.contains("try: git branch tracking "),
        "{told}"
    );
    environment.shell("cd ../apart && git docket propose leave");
    environment.shell("cd ../apart && sh -c \"$(git docket list --json 2>&1 | jq -r '.hints[0]')\"");
    assert_eq!(
        environment.shell(&format!("cd ../apart && {titles}")).trim(),
        "One Three"
    );
}

#[test]
fn what_is_to_be_pasted_is_what_it_says() {
    let environment = Environment::new();
    let name = "it's $(touch pwned)&touch${IFS}pwned".replace(' ', "-");
    std::fs::write(environment.path().join("name"), &name).expect("a file");
    environment.shell(
        "git config docket.ref \"refs/heads/$(cat name)\" && git docket init && git docket add One
         git update-ref -d \"refs/heads/$(cat name)\" && git docket list --json 2>&1 | jq -r '.hints[0]' > hint; sh hint",
    );
    assert_eq!(
        environment.shell("git docket list --json | jq .total_count").trim(),
        "1"
    );
    assert!(!environment.path().join("pwned").exists());
}
