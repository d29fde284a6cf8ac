//! Plain `git merge` on the tracking branch, with our merge driver.

use crate::environment::Environment;

/// How the driver is set up, as `hook install` says.
const SET_UP: &str = "git config merge.docket.driver 'git docket merge-driver %O %A %B %P' && echo '.tracking/** merge=docket' >> .git/info/attributes";

/// Two clones of a docket with one task, `project` here and `../other`; what the first does a second before the other.
struct Clones {
    environment: Environment,
    id: String,
}

impl Clones {
    fn new() -> Self {
        let environment = Environment::new();
        environment.shell("git commit -q --allow-empty -m code && git init -q --bare ../hub.git && git remote add origin ../hub.git && git docket init && git docket add 'Boil water' --label hot && git docket sync && git clone -q ../hub.git ../other 2>&1 && git -C ../other docket list");
        environment.shell(SET_UP);
        let items = environment.json("list");
        let id = items["items"][0]["id"].as_str().expect("an id")[..8].to_owned();
        Self { environment, id }
    }

    /// Applies one change here and one there, which is pushed; and fetches that. `ID` is the task.
    fn diverge(&self, here: &str, there: &str) {
        let line = |at: &str, dir: &str, command: &str| {
            let command = command.replace("ID", &self.id);
            let command = command.replace("git docket", &format!("git docket -C {dir}"));
            self.environment
                .shell(&format!("export DOCKET_NOW=2025-10-10T16:00:{at}Z; {command}"));
        };
        line("01", ".", here);
        line("02", "../other", there);
        self.environment
            .shell("git -C ../other docket sync && git docket fetch && git worktree add -q ../checked tracking");
    }

    /// The tree that a sync makes of the same two commits.
    fn synced(&self) -> String {
        self.environment.shell(
            "cp -R ../project ../synced && rm -rf ../synced/.git/worktrees && git -C ../synced docket sync >&2 && git -C ../synced rev-parse 'tracking^{tree}'",
        )
    }

    fn merge(&self, how: &str) -> String {
        self.environment
            .transcript(&[&format!("cd ../checked && git {how} 2>&1")])
            .replace(&self.id, "ID")
    }

    fn merged(&self) -> String {
        self.environment.shell("git -C ../checked rev-parse 'HEAD^{tree}'")
    }
}

#[test]
fn plain_git_merges_as_a_sync_does() {
    let cases = [
        ("git docket start ID", "git docket priority ID high"),
        (
            "git docket update ID --label tea",
            "git docket update ID --label pot --remove-label hot",
        ),
        (
            "git docket update ID --assignee ana",
            "git docket update ID --title 'Boil fresh water'",
        ),
        (
            "git docket done ID",
            "git docket note ID 'It boils' && git docket update ID --set estimated_hours=1",
        ),
        (
            "git docket config set active_context_type research",
            "git docket config set default_token_budget 5000",
        ),
    ];
    for (here, there) in cases {
        let clones = Clones::new();
        clones.diverge(here, there);
        let said = clones.merge("merge -q --no-edit origin/tracking");
        assert!(!said.contains("exit status"), "{here} / {there}\n{said}");
        assert_eq!(clones.merged(), clones.synced(), "{here} / {there}");
    }
}

#[test]
fn without_the_driver_these_are_conflicts() {
    let clones = Clones::new();
    clones.environment.shell("git config --unset merge.docket.driver");
    clones.diverge("git docket start ID", "git docket priority ID high");
    assert!(
        clones
            .merge("merge -q --no-edit origin/tracking")
            .contains("exit status: 1")
    );
}

#[test]
fn what_cannot_be_kept_is_recorded_and_left_to_be_added() {
    let clones = Clones::new();
    clones.diverge("git docket priority ID low", "git docket priority ID high");
    insta::assert_snapshot!(clones.merge("merge --no-edit origin/tracking"));
    let shell = |line: &str| clones.environment.shell(&format!("cd ../checked && {line}"));
    assert!(!shell("grep -r '<<<<<<<\\|>>>>>>>' .tracking || echo none").contains(".tracking/"));
    assert_eq!(shell("git status --short").lines().count(), 2);
    shell("git add .tracking && git commit -q --no-edit");
    assert_eq!(clones.merged(), clones.synced());
    shell("git switch -q --detach");
    assert!(clones.environment.shell("git docket conflicts").contains("1 conflict"));
}

#[test]
fn a_crosswise_merge_has_the_result_of_a_sync() {
    let clones = Clones::new();
    let shell = |line: &str| clones.environment.shell(line);
    clones.diverge("git docket priority ID low", "git docket priority ID high");
    // Each merges what the other had before it merged.
    shell(
        "git -C ../other fetch -q ../project tracking:mine && git -C ../other switch -q tracking && cd ../other && git config merge.docket.driver 'git docket merge-driver %O %A %B %P' && echo '.tracking/** merge=docket' > .git/info/attributes",
    );
    for (dir, theirs) in [("../checked", "origin/tracking"), ("../other", "mine")] {
        let merged = clones
            .environment
            .run_shell(&format!("cd {dir} && git merge -q --no-edit {theirs}"));
        assert_eq!(merged.status.code(), Some(1), "a conflict");
        shell(&format!(
            "cd {dir} && git add .tracking && git commit -q --no-edit && git switch -q --detach"
        ));
    }
    let trees = shell("git -C ../checked rev-parse 'tracking^{tree}' && git -C ../other rev-parse 'tracking^{tree}'");
    let trees: Vec<_> = trees.lines().collect();
    assert_eq!(trees[0], trees[1], "whichever side is ours");
    let id = &clones.id;
    shell(&format!(
        "DOCKET_NOW=2025-10-10T17:00:01Z git docket priority {id} medium && DOCKET_NOW=2025-10-10T17:00:02Z git -C ../other docket start {id} && git -C ../other docket push && git docket fetch && git -C ../checked switch -q tracking"
    ));
    let bases = shell("git merge-base --all tracking origin/tracking");
    assert_eq!(bases.lines().count(), 2, "crosswise");
    let said = clones.merge("merge -q --no-edit origin/tracking");
    assert!(!said.contains("exit status"), "{said}");
    assert_eq!(clones.merged(), clones.synced());
}

#[test]
fn where_git_does_not_say_who_was_last_nothing_is_decided_in_silence() {
    for how in [
        "rebase origin/tracking",
        "cherry-pick origin/tracking",
        "merge --squash origin/tracking",
    ] {
        let clones = Clones::new();
        clones.diverge("git docket priority ID low", "git docket priority ID high");
        let said = clones.merge(how);
        assert!(
            said.contains("exit status: 1") && said.contains("both changed priority"),
            "{said}"
        );
        let file = clones
            .environment
            .shell("cd ../checked && git diff --name-only --diff-filter=U | head -1");
        let both = clones
            .environment
            .shell(&format!("cd ../checked && git show :2:{0} :3:{0}", file.trim()));
        assert!(
            both.contains("priority: low") && both.contains("priority: high"),
            "{both}"
        );
        // What both can have is merged there, too.
        let clones = Clones::new();
        clones.diverge("git docket start ID", "git docket priority ID high");
        let said = clones.merge(how);
        assert!(!said.contains("exit status"), "{said}");
        let shown = clones
            .environment
            .shell("cat $(find ../checked/.tracking/work-items -name '*.md')");
        assert!(
            shown.contains("status: active") && shown.contains("priority: high"),
            "{shown}"
        );
    }
}

#[test]
fn what_is_wrong_ends_the_merge() {
    let clones = Clones::new();
    let environment = &clones.environment;
    insta::assert_snapshot!(environment.transcript(&[
        "git docket merge-driver nothing ours theirs .tracking/x.md",
        "git docket merge-driver -h | head -8",
    ]));
    clones.diverge("git docket start ID", "git docket priority ID high");
    environment.shell("git config merge.docket.driver 'git docket merge-driver nothing %A %B %P'");
    let before = environment.shell("git rev-parse tracking");
    assert!(
        clones
            .merge("merge -q --no-edit origin/tracking")
            .contains("exit status: 2")
    );
    assert_eq!(
        environment.shell("git rev-parse tracking; git -C ../checked status --short"),
        before
    );
}

#[test]
fn a_link_that_somebody_committed_is_not_followed() {
    for deep in [false, true] {
        let clones = Clones::new();
        let shell = |line: &str| clones.environment.shell(line);
        let link = match deep {
            true => format!(".tracking/conflicts/{}", &clones.id[..2]),
            false => ".tracking/conflicts".to_owned(),
        };
        shell("mkdir ../outside");
        let outside = shell("cd ../outside && pwd -P");
        shell(&format!(
            "export GIT_INDEX_FILE=$PWD/.git/x && git read-tree tracking && git update-index --add --cacheinfo 120000,$(printf %s {} | git hash-object -w --stdin),{link} && git update-ref refs/heads/tracking $(git commit-tree -p tracking -m link $(git write-tree)) && git docket sync && git -C ../other docket sync",
            outside.trim()
        ));
        clones.diverge("git docket priority ID low", "git docket priority ID high");
        let said = clones.merge("merge --no-edit origin/tracking");
        assert!(said.contains("is a link") && said.contains("exit status"), "{said}");
        assert_eq!(shell("find ../outside -mindepth 1"), "");
    }
}
