//! What happened: log, blame, changes, diff, stats.

use crate::environment::Environment;

/// A small story: two people, several days, an item with all kinds of changes, a note.
fn story() -> Environment {
    let environment = Environment::new();
    environment.shell("DOCKET_NOW=2025-10-01T08:00:00Z git docket init");
    let at = |time: &str, actor: &str, command: &str| {
        let line = format!("DOCKET_NOW=2025-10-{time}Z DOCKET_SEED={time} git docket {command} --actor {actor}");
        environment.shell(&line);
    };
    at(
        "01T09:00:00",
        "Ana",
        "add 'Cache the vendor status' --label vendors --body 'One.\n\nTwo.'",
    );
    at("01T10:00:00", "Ana", "add 'Tell the vendors' --priority high");
    let id = id(&environment, "cache");
    at("02T09:00:00", "claude", &format!("claim {id}"));
    at(
        "03T09:00:00",
        "claude",
        &format!("update {id} --append-body 'Three.' --label performance"),
    );
    at("04T09:00:00", "Ana", &format!("note {id} 'Looks good to me.'"));
    at("05T15:00:00", "claude", &format!("done {id}"));
    at(
        "10T09:00:00",
        "Ana",
        &format!("update {} --title 'Tell all vendors'", self::id(&environment, "tell")),
    );
    environment
}

/// The short id of the item with this word in its title.
fn id(environment: &Environment, word: &str) -> String {
    let items = environment.json(&format!("list {word}"));
    items["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
}

#[test]
fn the_log_tells_field_by_field() {
    let environment = story();
    let cache = id(&environment, "cache");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket log",
        &format!("git docket log {cache}"),
        "git docket log --limit 2 --offset 1",
        "git docket log --actor claude --since 2025-10-03",
        "DOCKET_ACTOR=claude git docket log --since 1w --limit 1",
        "git docket log --until 2025-10-01T09:00:00Z",
        "git docket log --since tracking~2",
        "git docket log --since 2h",
        "git docket log --since yesterday",
        "git docket log nothing",
    ]));
}

#[test]
fn the_log_in_json_has_every_value() {
    let environment = story();
    let cache = id(&environment, "cache");
    let log = environment.json(&format!("log {cache}"));
    assert_eq!(
        (&log["total_count"], &log["has_more"], &log["data_source"]),
        (&5.into(), &false.into(), &"git".into())
    );
    assert_eq!(log["revision"], environment.shell("git rev-parse tracking").trim());
    for commit in log["items"].as_array().expect("a list") {
        let read: git_docket::ops::LoggedCommit = serde_json::from_value(commit.clone()).expect("a commit");
        assert_eq!(
            serde_json::to_value(read).expect("JSON"),
            *commit,
            "what was written reads back"
        );
    }
    insta::assert_snapshot!(environment.transcript(&[&format!("git docket log {cache} --limit 3 --json")]));
}

#[test]
fn blame_names_the_commit_of_each_field() {
    let environment = story();
    let cache = id(&environment, "cache");
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket blame {cache}"),
        &format!("git docket blame {cache} --json | head -30"),
        "git docket blame nothing",
    ]));
}

/// Two sides that each change a field, and a merge commit that has both and changes another one.
fn merged(environment: &Environment, id: &str) {
    environment.shell(&format!(
        "base=$(git rev-parse tracking) &&
         DOCKET_NOW=2025-10-11T09:00:00Z git docket update {id} --priority high --actor left &&
         left=$(git rev-parse tracking) &&
         git update-ref refs/heads/tracking $base &&
         DOCKET_NOW=2025-10-11T10:00:00Z git docket update {id} --assignee Ana --actor right &&
         right=$(git rev-parse tracking) &&
         DOCKET_NOW=2025-10-11T11:00:00Z git docket update {id} --priority high --branch both --actor Ana &&
         export GIT_COMMITTER_DATE=2025-10-11T12:00:00Z GIT_AUTHOR_DATE=2025-10-11T12:00:00Z &&
         merge=$(git commit-tree -p $left -p $right -m 'merge both' 'tracking^{{tree}}') &&
         git update-ref refs/heads/tracking $merge"
    ));
}

#[test]
fn a_merge_is_no_origin_of_what_it_took() {
    let environment = story();
    let cache = id(&environment, "cache");
    merged(&environment, &cache);
    insta::assert_snapshot!(environment.transcript(&[
        &format!("git docket blame {cache}"),
        &format!("git docket log {cache} --limit 3"),
    ]));
}

#[test]
fn changes_are_grouped_by_record() {
    let environment = story();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket changes",
        "git docket changes --since 2025-10-01",
        "git docket changes --since 2025-10-02 --format markdown",
        "git docket changes --since 2025-10-02 --actor claude",
        "git docket changes --since tracking~1 --json",
        "git docket changes --since 2025-10-02 --format json | grep -c item_type",
    ]));
}

#[test]
fn the_difference_of_two_commits_is_told_by_field() {
    let environment = story();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket diff 2025-10-02..2025-10-05",
        "git docket diff tracking~1",
        "git docket diff tracking..tracking~5",
        "git docket diff 2025-09-01..2025-10-01T09:00:00Z",
        "git docket diff tracking..tracking --json",
        "git docket diff tracking~1 --json",
        "git docket diff 1w..2025-09-01",
        "git docket diff 1111",
    ]));
}

#[test]
fn the_numbers_are_told_as_ranges() {
    let environment = story();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket stats",
        "git docket stats --since 2025-10-06 | tail -1",
        "git docket stats --json",
    ]));
}

#[test]
fn unreadable_versions_hide_nothing() {
    let environment = story();
    let cache = id(&environment, "cache");
    let path = environment.shell(&format!(
        "git ls-tree -r --name-only tracking | grep 'work-items.*{cache}'"
    ));
    let good = environment.shell(&format!("git show tracking:{path}"));
    environment.commit_foreign(path.trim(), "---\ntitle: [\n---\n");
    let transcript = environment.transcript(&[
        &format!("git docket log {cache} --limit 1"),
        &format!("git docket blame {cache}"),
        "git docket changes --since tracking~1",
        "git docket diff tracking~1",
    ]);
    environment.commit_foreign(path.trim(), good.replace("status: completed", "status: cancelled"));
    let after = environment.transcript(&[
        &format!("git docket log {cache} --limit 2"),
        "git docket diff tracking~2",
    ]);
    insta::assert_snapshot!(format!("{transcript}{after}"));
}

#[test]
fn a_shallow_clone_tells_what_it_has() {
    let environment = story();
    environment.shell("git clone -q --depth 2 --no-single-branch \"file://$PWD\" ../clone");
    let log = environment.transcript(&[
        "git docket -C ../clone log",
        "git docket -C ../clone changes --since 1h",
    ]);
    assert!(
        log.contains("[stderr] warning: the history of this clone is not complete"),
        "{log}"
    );
}

#[test]
fn colours_are_seen_on_terminals_only() {
    let environment = story();
    let cache = id(&environment, "cache");
    for command in [
        "log",
        &format!("blame {cache}"),
        "changes --since 2025-10-01",
        "diff tracking~1",
        "stats",
    ] {
        assert!(
            !environment.shell(&format!("git docket {command}")).contains('\u{1b}'),
            "{command}"
        );
        assert!(
            environment
                .shell(&format!("CLICOLOR_FORCE=1 git docket {command}"))
                .contains('\u{1b}'),
            "{command}"
        );
        environment.shell(&format!(
            "git docket {} -h | grep -q Examples:",
            command.split(' ').next().expect("a word")
        ));
    }
}
