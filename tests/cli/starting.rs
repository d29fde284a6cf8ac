//! Starting a docket, and the demo.

use crate::environment::Environment;

#[test]
fn help_fits_a_screen_and_has_examples() {
    let environment = Environment::without_repository();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -h",
        "git-docket",
        "git docket init -h",
        "git docket nonsense"
    ]));
}

#[test]
fn init_is_harmless_twice() {
    let environment = Environment::new();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init",
        "git docket init",
        "git docket init --json",
        "git log --format='%h %an %s' tracking",
        "git ls-tree -r --name-only tracking",
        "git show tracking:.tracking/config.toml",
        "git docket list",
    ]));
}

#[test]
fn init_elsewhere_is_remembered() {
    let environment = Environment::new();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init --ref docket",
        "git config docket.ref",
        "git docket list",
        "git docket init --ref 'bad name'",
    ]));
}

#[test]
fn init_leaves_other_branches_alone() {
    let environment = Environment::new();
    environment.shell("GIT_AUTHOR_DATE=2025-10-10T16:00:00Z GIT_COMMITTER_DATE=2025-10-10T16:00:00Z git commit -q --allow-empty -m one && git branch tracking && git branch other/deep");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket init",
        "git docket init --ref other",
        "git docket init --ref docket",
    ]));
}

#[test]
fn a_fresh_clone_starts_from_its_remote() {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git clone -q . ../clone");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -C ../clone list",
        "git docket -C ../clone list",
        "git -C ../clone branch --list tracking",
    ]));
}

#[test]
fn the_checkout_is_as_before() {
    let environment = Environment::new();
    environment.fixture("beads.jsonl", "issues.jsonl");
    environment.shell("git add . && git commit -qm one && echo dirty > untracked && echo changed >> issues.jsonl && git add issues.jsonl");
    let state = "cat .git/HEAD .git/config; sha256sum .git/index untracked issues.jsonl; git rev-parse main; git status --porcelain; ls .git/hooks";
    let before = environment.shell(state);
    environment.shell("git show HEAD:issues.jsonl > ../issues.jsonl && git docket init && git docket import beads ../issues.jsonl && git docket list && git docket validate && git docket add One --label a && git docket update tea-1 --title Two && git docket claim && git docket note tea-1 three && git docket delete tea-3");
    assert_eq!(environment.shell(state), before);
}

#[test]
fn the_demo_can_be_looked_at() {
    let environment = Environment::without_repository();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket demo ../demo",
        "git docket -C ../demo validate",
        "git -C ../demo fsck --full --strict",
        "git -C ../demo status --short --branch",
        "git docket demo ../demo",
        "git docket demo ../other --json",
    ]));
}

#[test]
fn the_demo_stays_out_of_the_repository_git_is_working_in() {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init");
    let before = environment.shell("git rev-parse tracking");
    environment.shell("GIT_DIR=$PWD/.git git-docket demo ../demo && git --git-dir=.git docket demo ../other");
    assert_eq!(environment.shell("git rev-parse tracking"), before);
    for demo in ["../demo", "../other"] {
        assert_eq!(environment.json(&format!("-C {demo} list"))["total_count"], 7, "{demo}");
    }
}

#[test]
fn refs_that_other_commands_own_are_refused() {
    let environment = Environment::new();
    for owned in [
        "refs/remotes/origin/tracking",
        "refs/tags/docket",
        "refs/stash",
        "refs/notes/docket",
    ] {
        let output = environment.run_shell(&format!("git docket init --ref {owned}"));
        assert_eq!(output.status.code(), Some(1), "{owned}");
    }
    assert_eq!(environment.shell("git for-each-ref"), "");
    environment.shell("git docket init --ref refs/tracking/main && git docket list");
}

#[test]
fn the_demo_leaves_the_files_of_others_alone() {
    let environment = Environment::new();
    environment.write("README.md", "my notes");
    environment.shell("git add . && git commit -q -m one && echo more >> README.md");
    environment.shell("GIT_WORK_TREE=$PWD git-docket demo ../demo");
    environment.shell("git --git-dir=$PWD/.git --work-tree=$PWD docket demo ../other");
    environment.shell("git config --global commit.gpgSign true && git docket demo ../third");
    assert_eq!(environment.shell("cat README.md && ls"), "my notesmore\nREADME.md\n");
    for demo in ["../demo", "../other", "../third"] {
        assert_eq!(
            environment.shell(&format!("git -C {demo} status --short && ls {demo}")),
            "README.md\nstatements\n"
        );
    }
}
