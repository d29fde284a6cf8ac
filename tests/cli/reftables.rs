//! In a repository whose refs are kept in reftables, everything is as in one whose refs are files.

use crate::environment::Environment;

/// A repository with refs in a format, and records to import beside it; none where the git that is here is too old to
/// make one.
fn repository(format: &str) -> Option<Environment> {
    let environment = Environment::without_repository();
    let made = environment.run_shell(&format!("git init -q -b main --ref-format={format} ."));
    if !made.status.success() {
        let said = String::from_utf8_lossy(&made.stderr);
        // Versions of git before 2.45 know no other format than files.
        assert!(said.contains("unknown option"), "{said}");
        #[expect(clippy::print_stderr, reason = "what was not checked is told")]
        {
            eprintln!("NOT CHECKED: this git makes no {format}");
        }
        return None;
    }
    environment.fixture("beads.jsonl", "../issues.jsonl");
    environment.shell(&format!("{AT} git commit -q --allow-empty -m one"));
    Some(environment)
}

/// When commits of the code are made, which are to have the same names in both.
const AT: &str = "GIT_AUTHOR_DATE=2025-10-10T15:00:00Z GIT_COMMITTER_DATE=2025-10-10T15:00:00Z";

/// What a series of commands prints in both formats, which must be the same.
#[track_caller]
fn assert_same(lines: &[&str]) -> Option<String> {
    let reftable = repository("reftable")?;
    let files = repository("files").expect("a repository");
    let told = reftable.transcript(lines);
    assert_eq!(told, files.transcript(lines));
    Some(told)
}

#[test]
fn a_docket_is_written_read_and_taken_back() {
    let told = assert_same(&[
        "git docket list",
        "git docket init",
        "git docket init",
        "git docket import beads ../issues.jsonl",
        "git docket add 'One item' --label a",
        "git docket claim --json",
        "git docket done tea-1 --expect-version 7",
        "git docket done tea-1",
        "git docket list --all",
        "git docket list --as-of tracking~1",
        "git docket list --as-of 'tracking@{1}'",
        "git docket list --as-of nothing",
        "git docket log",
        "git docket undo",
        "git docket show tea-1",
        "git docket validate",
        "git docket doctor",
        "git docket status",
        "git reflog show tracking --format='%gs %gn %ge'",
        "git fsck --full --strict --no-dangling",
    ]);
    assert!(told.is_none_or(|told| told.contains("undo")));
}

#[test]
fn what_is_in_the_way_is_told() {
    assert_same(&[
        "git branch tracking/below",
        "git docket init",
        "git branch -D -q tracking/below && git symbolic-ref refs/heads/tracking refs/heads/main",
        "git docket init",
        "git symbolic-ref refs/heads/tracking refs/heads/absent",
        "git docket init",
        "git symbolic-ref -d refs/heads/tracking && git docket init",
        "git worktree add -q ../linked tracking",
        "git docket add 'One item'",
        "cd ../linked && git docket add 'One item'",
        "git worktree remove ../linked && git docket add 'One item'",
        "git update-ref refs/heads/tracking main",
        "git docket list",
    ]);
}

#[test]
fn clones_and_proposals_come_together() {
    let told = assert_same(&[
        "git docket init && git docket import beads ../issues.jsonl",
        "git init -q --bare --ref-format=$(git config extensions.refStorage || echo files) ../hub.git",
        "git remote add origin ../hub.git && git push -q origin main && git docket sync",
        "git clone -q -b main --ref-format=$(git config extensions.refStorage || echo files) ../hub.git ../clone",
        "cd ../clone && git docket list && git docket add 'Of the clone' && git docket sync",
        "git docket add 'Of the first' && git docket sync && git docket list",
        "git docket claim tea-1 --shared",
        "cd ../clone && git docket claim tea-1 --shared --actor Ben",
        "git docket propose big && git docket add 'Proposed' && git docket propose list",
        "git docket propose land && git docket list",
        "git docket propose",
        "git docket propose small && git docket add 'Not taken' && git docket propose leave && git docket propose drop small --yes",
        "git docket propose; git for-each-ref",
    ]);
    assert!(told.is_none_or(|told| told.contains("Of the clone")));
}

#[test]
fn hooks_link_commits() {
    let told = assert_same(&[
        "git docket init && git docket import beads ../issues.jsonl && git docket hook install",
        &format!("git switch -q -c work && {AT} git commit -q --allow-empty -m Work -m 'Work-Item: tea-1'"),
        "git docket show tea-1 | grep ^commits",
        &format!("{AT} git commit -q --amend --allow-empty -m Better -m 'Work-Item: tea-1'"),
        "git docket show tea-1 | grep ^commits",
        "git docket log --limit 2",
    ]);
    assert!(told.is_none_or(|told| told.matches("\ncommits ").count() == 2));
}
