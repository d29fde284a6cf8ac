//! A server that looks at what is pushed to it: real pushes, over a path and over git's own protocol.

use std::process::Output;
use std::time::Duration;

use git_docket::ops::{self, Context, Settings};

use crate::environment::Environment;

mod around;

/// A repository with one commit, and a bare one beside it that guards its docket.
fn guarded() -> Environment {
    let environment = Environment::new();
    environment.shell("git init -q --bare ../hub.git && git docket -C ../hub.git hook install --server");
    started(&environment);
    environment
}

/// Begins a docket with one work item, and pushes it.
fn started(environment: &Environment) {
    environment.shell(
        "git commit -q --allow-empty -m one && git remote add origin ../hub.git && git push -q origin main &&
         git docket init && git docket add First && git docket sync",
    );
}

/// What is printed, without what is different each time.
fn transcript(environment: &Environment, lines: &[&str]) -> String {
    let text = environment.transcript(lines);
    let text = text.replace(env!("CARGO_BIN_EXE_git-docket"), "[BINARY]");
    let lines = text.lines().map(str::trim_end);
    lines.collect::<Vec<_>>().join("\n")
}

/// Where a ref of the server stands; nowhere where it has none.
fn hub(environment: &Environment, reference: &str) -> String {
    environment.shell(&format!("git -C ../hub.git rev-parse -q --verify {reference} || :"))
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Pushes what cannot stand there, and returns what is said.
fn refused(environment: &Environment, refspec: &str) -> String {
    let before = environment.shell("git -C ../hub.git for-each-ref");
    let output = environment.run_shell(&format!("git push -q origin {refspec}"));
    assert!(!output.status.success(), "{refspec}: {}", said(&output));
    assert_eq!(environment.shell("git -C ../hub.git for-each-ref"), before, "{refspec}");
    assert!(said(&output).contains("pre-receive hook declined"), "{}", said(&output));
    said(&output)
}

/// Pushes what can stand there, and returns what is said.
fn taken(environment: &Environment, refspec: &str) -> String {
    let output = environment.run_shell(&format!("git push -q origin {refspec}"));
    assert!(output.status.success(), "{refspec}: {}", said(&output));
    said(&output)
}

/// The path of the first work item's file.
fn item(environment: &Environment) -> String {
    let files = environment.shell("git ls-tree -r --name-only tracking .tracking/work-items");
    files.lines().next().expect("a work item").to_owned()
}

/// The first work item with one line of it exchanged.
fn with(environment: &Environment, script: &str) -> String {
    environment.shell(&format!("git show tracking:{} | sed '{script}'", item(environment)))
}

#[test]
fn a_life_of_the_hooks_of_a_server() {
    let environment = Environment::new();
    environment.shell("git init -q --bare ../hub.git && rm -rf ../hub.git/hooks");
    insta::assert_snapshot!(transcript(
        &environment,
        &[
            "git docket -C ../hub.git hook install",
            "git docket -C ../hub.git hook status",
            "git docket -C ../hub.git hook install --server",
            "git docket -C ../hub.git hook install --server",
            "cat ../hub.git/hooks/pre-receive",
            "cat ../hub.git/hooks/post-receive",
            "git docket -C ../hub.git hook status --json",
            "git -C ../hub.git config docket.allowRewind true && git docket -C ../hub.git hook status",
            "git docket -C ../hub.git config explain docket.allowRewind",
            "git docket -C ../hub.git hook uninstall && ls ../hub.git/hooks",
            "git docket -C ../hub.git hook uninstall",
            // Others may push to a repository that somebody works in, too.
            "git docket hook status",
            "git docket hook install --server",
            "git docket hook status",
            "git docket hook uninstall",
        ]
    ));
}

#[test]
fn records_that_are_not_valid_are_refused() {
    let environment = guarded();
    environment.commit_foreign(&item(&environment), with(&environment, "s/^status: .*/status: doing/"));
    environment.commit_foreign(".tracking/work-items/README.md", "Read me\n");
    environment.commit_foreign(".tracking/notes.txt", "Not ours, and nobody minds\n");
    let before = hub(&environment, "tracking");
    insta::assert_snapshot!(
        transcript(
            &environment,
            &[
                "git push origin tracking",
                "git docket sync",
                "git docket push --json",
                "git commit -q --allow-empty -m two && git push -q origin main",
            ]
        )
        .replace(environment.shell("git rev-parse tracking").trim(), "[TIP]")
    );
    assert_eq!(hub(&environment, "tracking"), before);
    assert_eq!(hub(&environment, "main"), environment.shell("git rev-parse main"));
    // Mended, all of it goes.
    environment.commit_foreign(&item(&environment), with(&environment, "s/^status: .*/status: active/"));
    environment.shell(
        "git worktree add -q ../w tracking && cd ../w && git rm -q .tracking/work-items/README.md && git commit -q -m mended && cd - && git worktree remove ../w",
    );
    environment.shell("git docket sync");
    assert_eq!(
        hub(&environment, "tracking"),
        environment.shell("git rev-parse tracking")
    );
}

#[test]
fn what_may_not_stand_there() {
    let environment = guarded();
    let record = with(&environment, "p;d");
    let path = item(&environment);
    let (directory, _) = path.rsplit_once('/').expect("a directory");
    let tip = environment.shell("git rev-parse tracking");
    let cases: &[(&str, &[u8], &str)] = &[
        (
            ".tracking/config.toml",
            b"repository = 1\n",
            "repository: expected a UUID",
        ),
        (".tracking/format", b"one\n", "`one` is not 1"),
        (
            &format!(".tracking/vendors/{}", &path[".tracking/work-items/".len()..]),
            record.as_bytes(),
            "schema: a work-item stands where a vendor belongs",
        ),
        (
            &path.replace(directory, ".tracking/work-items/zz"),
            record.as_bytes(),
            "the directory does not belong to the identity",
        ),
        (&format!("{directory}/x.md"), b"", "is not at the path of any record"),
        (
            ".tracking/deployments",
            b"a file\n",
            "a directory of records belongs here",
        ),
        (
            &path,
            &vec![b'x'; 1 << 21],
            "has 2097152 bytes, over the limit of 1048576",
        ),
        (&path, b"\xff\xfe", "the file is UTF-16"),
        (&path, b"", "the file is empty"),
    ];
    for (file, content, reason) in cases {
        environment.commit_foreign(file, content);
        let told = refused(&environment, "tracking");
        assert!(told.contains(reason), "{file}: {told}");
        environment.shell(&format!("git update-ref refs/heads/tracking {tip}"));
    }
    // A link, a submodule and a file that is gone.
    let commit = |index: &str| {
        environment.shell(&format!(
            "export GIT_INDEX_FILE=\"$HOME/other-index\" && git read-tree {0} && {index} &&
             git update-ref refs/heads/tracking $(git commit-tree -m other -p {0} $(git write-tree))",
            tip.trim()
        ));
    };
    let blob = "$(git rev-parse tracking:.tracking/format)";
    commit(&format!("git update-index --add --cacheinfo 120000,{blob},{path}"));
    assert!(refused(&environment, "tracking").contains("not a regular file"));
    commit(&format!(
        "git update-index --add --cacheinfo 160000,$(git rev-parse main),{path}"
    ));
    assert!(refused(&environment, "tracking").contains("not a regular file"));
    commit("git rm -q --cached .tracking/format");
    assert!(refused(&environment, "tracking").contains(".tracking/format is gone"));
    commit("git rm -q --cached .tracking/config.toml");
    assert!(refused(&environment, "tracking").contains(".tracking/config.toml: is missing"));
    // A record that is gone is only told: somebody may have had to.
    commit(&format!("git rm -q --cached {path}"));
    let told = taken(&environment, "tracking");
    assert!(told.contains(&format!("{path} of records are gone")), "{told}");
}

#[test]
fn of_many_wrong_files_some_are_told() {
    let environment = guarded();
    environment.shell(
        "export GIT_INDEX_FILE=\"$HOME/many-index\" && git read-tree tracking && blob=$(echo | git hash-object -w --stdin) &&
         for i in $(seq 30); do echo \"100644 $blob\t.tracking/notes/$i\"; done | git update-index --index-info &&
         git update-ref refs/heads/tracking $(git commit-tree -m many -p tracking $(git write-tree))",
    );
    let told = refused(&environment, "tracking");
    assert_eq!(told.matches("is not at the path of any record").count(), 20, "{told}");
    assert!(
        told.contains("30 of 30 files that this push changes are not valid"),
        "{told}"
    );
}

#[test]
fn what_was_wrong_before_is_not_the_fault_of_who_pushes() {
    let environment = Environment::new();
    environment.shell("git init -q --bare ../hub.git");
    started(&environment);
    environment.commit_foreign(&item(&environment), with(&environment, "s/^status: .*/status: doing/"));
    environment.shell("git docket sync && git docket -C ../hub.git hook install --server");
    environment.shell("DOCKET_SEED=2 git docket add Second && git docket sync");
    assert_eq!(
        hub(&environment, "tracking"),
        environment.shell("git rev-parse tracking")
    );
    // A proposal is compared with where it left the branch, a new one too.
    environment.shell("git branch tracking-proposals/x tracking");
    taken(&environment, "tracking-proposals/x");
    environment.shell("git update-ref refs/heads/tracking-proposals/x tracking^");
    taken(&environment, "+tracking-proposals/x");
    // Who touches it has to mend it.
    environment.commit_foreign(&item(&environment), with(&environment, "s/^title: .*/title: Other/"));
    assert!(refused(&environment, "tracking").contains("status: `doing` is not one of"));
    assert!(
        refused(&environment, "tracking:refs/heads/tracking-proposals/y").contains("status: `doing` is not one of")
    );
    // A repository that has nothing else yet has to hear of everything.
    environment.shell("git init -q --bare ../other.git && git docket -C ../other.git hook install --server");
    let output = environment.run_shell("git push -q ../other.git tracking");
    assert!(
        said(&output).contains("1 of 4 files that this push changes is not valid"),
        "{}",
        said(&output)
    );
}

#[test]
fn the_branch_is_neither_rewound_nor_deleted() {
    let environment = guarded();
    environment.shell(
        "DOCKET_SEED=2 git docket add Second && git docket sync && git push -q origin tracking:refs/heads/tracking-proposals/x",
    );
    let told = refused(&environment, "+tracking^:tracking");
    assert!(
        told.contains("does not go on from") && told.contains("`git docket sync` brings both together"),
        "{told}"
    );
    assert!(refused(&environment, ":tracking").contains("refs/heads/tracking is not deleted"));
    assert!(refused(&environment, "+main:tracking").contains("does not go on from"));
    // A proposal is its author's.
    taken(&environment, "+tracking^:refs/heads/tracking-proposals/x");
    taken(&environment, ":refs/heads/tracking-proposals/x");
    environment.shell("git -C ../hub.git config docket.allowRewind true");
    taken(&environment, "+tracking^:tracking");
    // What is no docket stays out all the same.
    assert!(refused(&environment, "+main:tracking").contains(".tracking/format is gone"));
    taken(&environment, ":tracking");
    taken(&environment, "tracking");
}

#[test]
fn a_branch_that_is_no_docket_is_refused_at_first_and_then_left_alone() {
    let environment = Environment::new();
    environment.shell(
        "git init -q --bare ../hub.git && git remote add origin ../hub.git && git commit -q --allow-empty -m one",
    );
    environment.shell("git docket -C ../hub.git hook install --server");
    assert!(refused(&environment, "main:tracking").contains("it has no .tracking/format"));
    assert!(refused(&environment, "main:refs/heads/tracking-proposals/x").contains("it has no .tracking/format"));
    // It was there before us: whose it is, is none of our business.
    environment.shell("git push -q ../hub.git main:other && git -C ../hub.git branch -m other tracking && git commit -q --allow-empty -m two");
    assert!(taken(&environment, "main:tracking").contains("NOT CHECKED: it is no docket here"));
    // Another branch may hold the docket.
    environment.shell("git -C ../hub.git config docket.ref refs/tracking/main");
    assert_eq!(taken(&environment, "+main^:refs/heads/tracking"), "");
    assert!(refused(&environment, "main:refs/tracking/main").contains("refs/tracking/main is refused"));
    assert!(refused(&environment, "main^{tree}:refs/tracking/main").contains("is a tree, not a commit"));
    environment.shell("git update-ref -d refs/remotes/origin/tracking && git docket init");
    taken(&environment, "tracking:refs/tracking/main");
}

#[test]
fn a_server_may_be_older_than_those_who_push() {
    let environment = guarded();
    let (path, newer) = (
        item(&environment),
        with(
            &environment,
            "s|^schema: .*|schema: work-item/2|;s/^status: .*/status: doing/",
        ),
    );
    environment.commit_foreign(&path, &newer);
    assert!(
        taken(&environment, "tracking")
            .contains("1 file of a newer version than the git-docket of this server NOT CHECKED")
    );
    environment.commit_foreign(&path, newer.replace("work-item/2", "vendor/2"));
    assert!(refused(&environment, "tracking").contains("stands where a work-item belongs"));
    environment.commit_foreign(".tracking/format", "2\n");
    assert!(taken(&environment, "tracking").contains("its format `2` is newer than 1"));
    // Also then nothing may be lost.
    assert!(refused(&environment, "+tracking^:tracking").contains("does not go on from"));
}

#[test]
fn several_refs_at_once_go_together_or_not_at_all() {
    let environment = guarded();
    environment.shell("git push -q origin main:old main:more && git commit -q --allow-empty -m two");
    environment.commit_foreign(".tracking/work-items/README.md", "Read me\n");
    let told = refused(
        &environment,
        "main main:new :old tracking tracking^:refs/heads/tracking-proposals/x",
    );
    assert!(told.contains("nor of what it brings to other branches"), "{told}");
    taken(
        &environment,
        "main main:new :old tracking^:refs/heads/tracking-proposals/x",
    );
    let refs = environment.shell("git -C ../hub.git for-each-ref --format='%(refname:short)'");
    assert_eq!(refs, "main\nmore\nnew\ntracking\ntracking-proposals/x\n");
    // Both that are wrong are told.
    let told = refused(&environment, "tracking main:refs/heads/tracking-proposals/y");
    assert!(
        told.contains("refs/heads/tracking is refused") && told.contains("tracking-proposals/y is refused"),
        "{told}"
    );
}

#[test]
fn pushes_of_code_are_nobodys_business() {
    let environment = guarded();
    let run = |line: &str| {
        let output = environment.run_shell(&format!("cd ../hub.git && {line}"));
        assert!(output.status.success(), "{line}: {}", said(&output));
        said(&output)
    };
    // Neither git nor an index is asked for them.
    environment.shell("rm -rf ../hub.git/docket");
    let none = "0".repeat(40);
    let code = format!(
        "printf '{none} {} refs/heads/main\\n{none} {none} refs/tags/v1\\n'",
        "1".repeat(40)
    );
    let without_git = "mkdir -p ../empty && PATH=../empty";
    let binary = env!("CARGO_BIN_EXE_git-docket");
    for hook in ["pre-receive", "post-receive"] {
        assert_eq!(run(&format!("{code} | ({without_git} {binary} hook run {hook})")), "");
        assert_eq!(run(&format!("{binary} hook run {hook} </dev/null")), "");
    }
    assert!(!environment.home().join("hub.git/docket").exists());
    // What nobody sends is told, and refused is nothing.
    assert!(run(&format!("echo garbage | {binary} hook run pre-receive")).contains("NOT CHECKED"));
    let docket = format!("echo {none} $(git rev-parse tracking) refs/heads/tracking");
    let told = run(&format!(
        "{docket} > ../line && ({without_git} {binary} hook run pre-receive < ../line)"
    ));
    assert!(
        told.contains("refs/heads/tracking is NOT CHECKED: git cat-file"),
        "{told}"
    );
    let missing = "2".repeat(40);
    let told = run(&format!(
        "echo {none} {missing} refs/heads/tracking | {binary} hook run pre-receive"
    ));
    assert!(
        told.contains(&format!("NOT CHECKED: object {missing} is missing")),
        "{told}"
    );
    // The whole repository cannot be opened.
    environment.shell("cp ../hub.git/config ../config && echo '[' >> ../hub.git/config");
    assert!(run(&format!("{docket} | {binary} hook run pre-receive")).contains("NOT CHECKED"));
    environment.shell("cp ../config ../hub.git/config");
}

#[test]
fn a_guard_that_is_not_there_or_fails_lets_everything_pass() {
    let environment = guarded();
    environment.commit_foreign(".tracking/work-items/README.md", "Read me\n");
    let tip = hub(&environment, "tracking");
    let back = || environment.shell(&format!("git -C ../hub.git update-ref refs/heads/tracking {tip}"));
    for code in [1, 2, 101, 137] {
        environment.write("../bin/git-docket", format!("#!/bin/sh\nexit {code}\n"));
        let output =
            environment.run_shell("chmod +x ../bin/git-docket; PATH=\"$HOME/bin:$PATH\"; git push -q origin tracking");
        assert!(output.status.success(), "{code}");
        assert!(
            said(&output).contains("pre-receive failed; if records were pushed, they are NOT CHECKED"),
            "{}",
            said(&output)
        );
        back();
    }
    environment.shell("sed -i \"s|command -v '/[^']*'|command -v '/nowhere'|\" ../hub.git/hooks/*-receive");
    let output = environment.run_shell("PATH=/usr/local/bin:/usr/bin:/bin; git push -q origin tracking");
    assert!(output.status.success() && said(&output).is_empty(), "{}", said(&output));
}

#[test]
fn nothing_that_is_pushed_stands_in_for_a_record() {
    let environment = guarded();
    let (path, good) = (item(&environment), with(&environment, "p;d"));
    environment.commit_foreign(&path, with(&environment, "s/^status: .*/status: doing/"));
    environment.write("../good", good);
    environment.shell(&format!(
        "git replace $(git rev-parse tracking:{path}) $(git hash-object -w ../good)"
    ));
    environment.shell("git push -q origin 'refs/replace/*:refs/replace/*'");
    assert!(refused(&environment, "tracking").contains("status: `doing` is not one of"));
}

#[test]
fn a_look_that_does_not_come_to_an_end_says_what_it_has_found() {
    let environment = guarded();
    let tip = hub(&environment, "tracking");
    let dir = environment.home().join("hub.git");
    let context = Context::open(&Settings {
        dir,
        ..Settings::default()
    })
    .expect("a repository");
    let line = format!("{} {} refs/heads/tracking\n", "0".repeat(40), tip.trim());
    let updates = ops::guarded_updates(&context, line.as_bytes()).expect("an update");
    let looked = |patience| ops::check_push(&context, &updates, patience);
    let late = looked(Duration::ZERO);
    assert!(!late.refused, "{late:?}");
    assert_eq!(
        late.told,
        ["refs/heads/tracking is NOT CHECKED: the time was up after 0 files"]
    );
    let enough = looked(Duration::from_secs(60));
    assert!(!enough.refused && enough.told.is_empty(), "{enough:?}");
    // A file cannot be read; the one before it is wrong, or is not.
    let looked = |index: &str| {
        let path = item(&environment);
        let line = format!(
            "cd ../hub.git && export GIT_INDEX_FILE=\"$HOME/lost-index\" && git read-tree tracking && {index} &&
             git update-index --cacheinfo 100644,{},{path} &&
             commit=$(git commit-tree -m lost -p tracking $(git write-tree --missing-ok)) &&
             echo $(git rev-parse tracking) $commit refs/heads/tracking | git docket hook run pre-receive",
            "3".repeat(40)
        );
        let output = environment.run_shell(&line);
        (output.status.code(), said(&output))
    };
    let (code, told) = looked("true");
    assert!(code == Some(0) && told.contains("NOT CHECKED: object 333"), "{told}");
    let (code, told) = looked(
        "git update-index --add --cacheinfo 100644,$(git rev-parse tracking:.tracking/format),.tracking/notes/README",
    );
    assert!(
        code == Some(65) && told.contains("1 of 2 files that this push changes is not valid"),
        "{told}"
    );
}
