//! Proposals: changes on a branch of their own.

use crate::environment::Environment;

/// A clone of a bare repository, with a docket of one task that both have.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m code && git init -q --bare ../hub.git && git remote add origin ../hub.git && git docket init && DOCKET_SEED=one git docket add 'Boil water' && git docket sync");
    environment
}

fn task_id(environment: &Environment) -> String {
    let items = environment.json("list");
    items["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
}

#[test]
fn a_proposal_is_written_reviewed_and_landed() {
    let environment = docket();
    let id = task_id(&environment);
    environment.shell("git worktree add -q ../other");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket propose",
        "git docket propose q3-plan",
        "DOCKET_SEED=two git docket add 'Warm the pot'",
        &format!("git docket priority {id} high"),
        "git docket status | head -1",
        "git docket config explain docket.ref",
        "git docket list",
        "git docket -C ../other list",
        "DOCKET_NOW=2025-10-10T15:00:30Z DOCKET_SEED=three git docket -C ../other add 'Milk first'",
        &format!("DOCKET_NOW=2025-10-10T15:01:00Z git docket -C ../other priority {id} low"),
        "git docket propose",
        "git docket -C ../other propose list --json",
        "git docket propose push",
        "git docket propose",
        "git docket review",
        "git docket propose land",
        "git docket list",
        "git docket config get docket.ref",
        "git log --format=%s -1 tracking; git log --format=%b -1 tracking",
        "git docket conflicts",
        "git docket propose land",
        "git docket propose",
        "ls .git/docket | grep -v write.lock; git for-each-ref --format='%(refname)' refs/heads; git docket doctor",
    ]));
}

#[test]
fn a_proposal_is_left_continued_and_dropped() {
    let environment = docket();
    environment.shell("git docket propose first && DOCKET_SEED=two git docket add 'Warm the pot'");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket propose second",
        "git docket propose --json leave",
        "git docket propose leave",
        "git docket list | tail -1",
        "git docket propose first",
        "git docket propose drop second",
        "git docket propose drop first",
        "git docket propose drop first --force",
        "git docket list | tail -1",
        "git docket propose drop first --force",
    ]));
    let dropped = "git reflog | head -0; git fsck --lost-found 2>/dev/null | grep commit | cut -d' ' -f3";
    let commit = environment.shell(dropped);
    environment.shell(&format!("git branch tracking-proposals/first {commit}"));
    assert!(
        environment
            .shell("git docket propose first && git docket list")
            .contains("Warm the pot")
    );
}

#[test]
fn what_cannot_be_proposed_is_said() {
    let environment = docket();
    environment.shell("git docket propose taken && git docket propose leave");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket propose taken/below",
        "git docket propose 'a b'",
        "git docket propose ../x",
        "git docket propose -- -x",
        "git docket propose -- land",
        "git docket propose push",
        "git docket propose push nothing",
        "git docket propose land nothing",
        "git docket propose drop nothing",
        "git branch tracking-proposals/code main && git docket propose code",
        "git worktree add -q ../checked tracking-proposals/taken && git docket propose taken",
        "git docket propose land taken",
        "git docket propose drop taken",
        "git docket -C ../hub.git propose taken",
        "git docket -C ../hub.git propose",
        "git docket propose gone && git branch -q -D tracking-proposals/gone && git docket list",
        "git docket add 'Nowhere'",
        "git docket init",
        "git docket sync",
        "git docket config get docket.ref",
        "git commit -q --allow-empty -m 'Hooks do not mind' && git docket hook run post-commit",
        "git docket propose land",
        "git docket propose leave",
        "echo nonsense > .git/docket-proposal && git docket list",
        "git docket --ref tracking propose leave && git docket list | tail -1",
    ]));
}

#[test]
fn a_proposal_of_another_clone_is_gone_on_with() {
    let environment = docket();
    environment.shell("git docket propose q3 && DOCKET_SEED=two git docket add 'Warm the pot' && git docket propose push && cd .. && git clone -q hub.git clone 2>&1");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -C ../clone propose",
        "git docket -C ../clone propose q3",
        "DOCKET_SEED=three git docket -C ../clone add 'Milk first'",
        "git docket -C ../clone propose push",
        "DOCKET_SEED=four git docket add 'Milk last'",
        "git docket propose push",
        "git docket --ref tracking-proposals/q3 sync",
        "git docket propose land && git docket sync",
        "git docket -C ../clone propose leave && git docket -C ../clone sync && git docket -C ../clone propose",
        "git docket -C ../clone propose land q3",
        "git docket -C ../clone propose q3 && git docket -C ../clone list | tail -1",
    ]));
}

#[test]
fn every_docket_has_proposals_of_its_own() {
    let environment = Environment::new();
    environment.shell("git docket --ref refs/tracking/main init && git docket propose q3");
    environment.shell("DOCKET_SEED=one git docket add 'Boil water'");
    let refs = environment.shell("git for-each-ref --format='%(refname)' refs/tracking");
    assert_eq!(refs, "refs/tracking/main\nrefs/tracking/main-proposals/q3\n");
    insta::assert_snapshot!(environment.transcript(&[
        "DOCKET_REF=refs/tracking/main git docket list",
        "DOCKET_REF=refs/tracking/main git docket propose other",
        "git docket propose q3",
        "git docket config set docket.ref refs/tracking/main",
        "git docket propose drop q3 --force",
        "git docket propose land other && git for-each-ref --format='%(refname)' refs/tracking",
    ]));
}

#[test]
fn commits_are_linked_on_the_proposal() {
    let environment = docket();
    let id = task_id(&environment);
    environment.shell("git docket hook install && git docket propose q3");
    environment.shell(&format!("git commit -q --allow-empty -m 'Heat' -m 'Work-Item: {id}'"));
    let linked = |arguments: &str| {
        let shown = environment.json(&format!("{arguments} show {id}"));
        shown["commits"].as_array().expect("commits").len()
    };
    assert_eq!((linked(""), linked("--ref tracking")), (1, 0));
    environment.shell("git docket propose land");
    assert_eq!(linked(""), 1);
}

#[test]
fn nothing_publishes_a_proposal_but_a_push() {
    let environment = docket();
    let id = task_id(&environment);
    environment.shell("git docket propose q3 && git docket propose push && git docket config set docket.autosync true");
    let pushed = environment.shell("git -C ../hub.git rev-parse tracking-proposals/q3");
    let claimed = environment.json(&format!("claim {id}"));
    assert_eq!((&claimed["status"], claimed.get("confirmed")), (&"active".into(), None));
    assert!(
        !environment.path().join(".git/docket/autosync").exists(),
        "nothing waits to be shared"
    );
    assert_eq!(
        environment.shell("git -C ../hub.git rev-parse tracking-proposals/q3"),
        pushed
    );
    // A process that was started before shares what it was started for.
    environment.shell("git docket --ref tracking sync --background");
    assert_eq!(
        environment.shell("git -C ../hub.git rev-parse tracking-proposals/q3"),
        pushed
    );
    environment.shell("git docket propose land");
    assert!(
        environment.path().join(".git/docket/autosync").exists(),
        "what was landed is shared"
    );
}
