//! Many processes on one docket: nothing lost, nothing claimed twice, whatever git does beside them.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests run processes"
)]

#[path = "cli/environment.rs"]
#[allow(
    dead_code,
    reason = "shared with the tests of the command line, which use more of it"
)]
mod environment;

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Child, Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use environment::Environment;
use serde_json::Value;

/// Runs `git docket ARGUMENTS` for each worker at once, each with ids and a name of its own.
fn at_once(environment: &Environment, workers: usize, arguments: impl Fn(usize) -> Vec<String>) -> Vec<Output> {
    let start = |worker: usize| -> Child {
        let mut command = environment.command("git-docket");
        command
            .args(arguments(worker))
            .env_remove("DOCKET_SEED")
            .env("DOCKET_ACTOR", format!("worker-{worker}"));
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the command starts")
    };
    let children: Vec<_> = (0..workers).map(start).collect();
    children
        .into_iter()
        .map(|child| child.wait_with_output().expect("the command ends"))
        .collect()
}

/// Runs a script of `git docket` commands in each of several shells at once.
fn shells(environment: &Environment, workers: usize, script: &str) -> Vec<Output> {
    let start = |worker: usize| -> Child {
        let mut command = environment.command("sh");
        command
            .args(["-c", script])
            .env_remove("DOCKET_SEED")
            .env("DOCKET_ACTOR", format!("worker-{worker}"));
        command.env("WORKER", worker.to_string());
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the shell starts")
    };
    let children: Vec<_> = (0..workers).map(start).collect();
    children
        .into_iter()
        .map(|child| child.wait_with_output().expect("the shell ends"))
        .collect()
}

fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init");
    environment
}

fn titles(environment: &Environment) -> BTreeSet<String> {
    let items = environment.json("list --all");
    let items = items["items"].as_array().expect("items");
    items
        .iter()
        .map(|item| item["title"].as_str().expect("a title").to_owned())
        .collect()
}

fn one_item(environment: &Environment) -> String {
    let item = environment.json("add 'The item'");
    item["id"].as_str().expect("an id").to_owned()
}

fn codes(outputs: &[Output]) -> Vec<i32> {
    outputs
        .iter()
        .map(|output| output.status.code().expect("an exit code"))
        .collect()
}

fn assert_sound(environment: &Environment) {
    let said = environment.run_shell("git fsck --full --strict --no-dangling 2>&1");
    let said_text = String::from_utf8_lossy(&said.stdout).into_owned();
    assert!(said.status.success(), "{said_text}");
    environment.shell("git docket validate");
}

#[test]
fn everybody_adds() {
    let environment = docket();
    let script = "for n in $(seq 12); do git-docket add \"$WORKER-$n\" || exit 1; done";
    let outputs = shells(&environment, 16, script);
    assert!(
        outputs.iter().all(|output| output.status.success()),
        "{:?}",
        codes(&outputs)
    );
    assert_eq!(titles(&environment).len(), 192);
    assert_sound(&environment);
}

#[test]
fn who_wrote_sees_it_at_once() {
    let environment = docket();
    // Each has an item of its own, so its versions are known whatever the others do to the index meanwhile.
    let script = r#"
        set -e
        version() { grep -o '"version": [0-9a-z]*' | cut -d' ' -f2; }
        id=$(git-docket add "$WORKER" --json | grep -m1 -o '"id": "[^"]*' | cut -d'"' -f4)
        for n in $(seq 2 9); do
            told=$(git-docket update $id --title "$WORKER-$n" --expect-version $((n - 1)) --json | version)
            read=$(git-docket show $id --json | version)
            test "$told" = $n && test "$read" = $n || { echo "$n, told $told, read $read"; exit 9; }
            git-docket list --all | grep -q "$WORKER-$n\$"
        done"#;
    for output in shells(&environment, 8, script) {
        let said = [output.stdout, output.stderr].concat();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&said));
    }
    assert_eq!(titles(&environment).len(), 8);
}

#[test]
fn different_labels_of_one_item_all_stay() {
    let environment = docket();
    let id = one_item(&environment);
    let outputs = at_once(&environment, 8, |worker| {
        ["update", &id, "--label", &format!("a{worker},b{worker}")]
            .map(ToOwned::to_owned)
            .to_vec()
    });
    assert_eq!(codes(&outputs), [0; 8]);
    assert_eq!(
        environment.json(&format!("show {id}"))["labels"]
            .as_array()
            .map(Vec::len),
        Some(16)
    );
}

#[test]
fn of_those_who_expect_the_same_version_one_wins() {
    let environment = docket();
    let id = one_item(&environment);
    let outputs = at_once(&environment, 16, |worker| {
        [
            "update",
            &id,
            "--title",
            &format!("By {worker}"),
            "--expect-version",
            "1",
            "--json",
        ]
        .map(ToOwned::to_owned)
        .to_vec()
    });
    let mut codes = codes(&outputs);
    codes.sort_unstable();
    assert_eq!(codes, [&[0][..], &[3; 15]].concat());
    let title = environment.json(&format!("show {id}"))["title"].clone();
    for lost in outputs.iter().filter(|output| output.status.code() == Some(3)) {
        let error: Value = serde_json::from_slice(&lost.stderr).expect("an error in JSON");
        assert_eq!(error["error"], "VersionConflictError");
        assert_eq!(
            (
                error["details"]["expected_version"].as_u64(),
                error["details"]["current_version"].as_u64()
            ),
            (Some(1), Some(2))
        );
        let field = &error["details"]["fields"][0];
        assert_eq!(field["current"], title);
        assert!(
            field["wanted"].as_str().is_some_and(|wanted| title != wanted),
            "both sides: {field}"
        );
    }
}

#[test]
fn no_item_is_claimed_twice_or_skipped() {
    let environment = docket();
    let lines: String = (0..200)
        .map(|n| format!("{{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"{n}\"}}\n"))
        .collect();
    environment.write("lines", lines);
    environment.shell("git docket batch < lines");
    let script = "while id=$(git-docket claim --json 2>/dev/null); do printf '%s\\n' \"$id\" | grep '^  \"id\"'; done";
    let outputs = shells(&environment, 16, script);
    let mut claimed: BTreeMap<String, usize> = BTreeMap::new();
    for line in outputs.iter().flat_map(|output| {
        String::from_utf8_lossy(&output.stdout)
            .lines()
            .map(ToOwned::to_owned)
            .collect::<Vec<_>>()
    }) {
        *claimed.entry(line).or_default() += 1;
    }
    assert_eq!(claimed.len(), 200, "an item was skipped");
    assert!(claimed.values().all(|count| *count == 1), "an item was claimed twice");
}

/// Runs these lines of shell again and again, each by itself, until `work` is done; each must have ended once at least.
fn beside<T>(environment: &Environment, loops: &[&str], work: impl FnOnce() -> T) -> T {
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let run = |line| {
            let mut rounds = 0;
            while !done.load(Ordering::Relaxed) || rounds == 0 {
                environment.run_shell(line);
                rounds += 1;
            }
        };
        for line in loops {
            scope.spawn(move || run(line));
        }
        let worked = work();
        done.store(true, Ordering::Relaxed);
        worked
    })
}

/// Writers who add so many items each, beside loops of git commands; everything acknowledged is reachable, once.
fn writers_beside(environment: &Environment, (workers, each): (usize, usize), loops: &[&str]) {
    let script = format!("for n in $(seq {each}); do git-docket add \"$WORKER-$n\" >/dev/null || exit 1; done");
    let outputs = beside(environment, loops, || shells(environment, workers, &script));
    for output in &outputs {
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{loops:?}: {said}");
    }
    let all = workers * each;
    assert_eq!(titles(environment).len(), all, "{loops:?}");
    let total = &environment.json("list --limit 1")["total_count"];
    assert_eq!(*total, all, "{loops:?}: made twice");
    let subjects = environment.shell("git log --format=%s tracking | grep -c ': add '");
    assert_eq!(subjects.trim(), all.to_string(), "{loops:?}");
    assert_sound(environment);
}

// With pauses, so that there is something to do next time, and the writers are not only waiting for a processor.
const GC: &str = "git gc --quiet; sleep 0.2";
const PACK_REFS: &str = "git pack-refs --all; sleep 0.02";
const MAINTENANCE: &str = "git maintenance run --quiet; sleep 0.2";
/// Not beside `git gc`: the two take each other's packs away, also where nobody but git itself writes.
const REPACKING: &str = "git maintenance run --quiet --task=loose-objects --task=incremental-repack --task=pack-refs";
/// Refs of others, made, moved and deleted.
const OTHER_REFS: &str = "for n in 1 2 3 4 5; do git update-ref refs/heads/other-$n main; done
    for n in 1 2 3 4 5; do git update-ref -d refs/heads/other-$n; done; sleep 0.05";

#[test]
fn writers_beside_pack_refs() {
    writers_beside(&docket(), (8, 100), &["git pack-refs --all"]);
}

#[test]
fn writers_beside_repacking() {
    writers_beside(&docket(), (8, 100), &[REPACKING]);
}

#[test]
fn writers_beside_commits_of_the_code() {
    // A commit may start a gc that goes on behind it; fsck beside that one calls what it packs missing, so
    // here the commit waits for it. The low threshold makes sure that there is one.
    let commit =
        "git -c gc.auto=300 -c maintenance.autoDetach=false -c gc.autoDetach=false commit -q --allow-empty -m more";
    writers_beside(&docket(), (8, 100), &[commit]);
}

#[test]
fn fifty_writers_beside_all_that_git_does() {
    let environment = docket();
    // Of 40 writes, 24 are items of their own, 8 an item that all of them want to have added, 8 are claims.
    let script = r#"
        id() { grep -m1 -o '^  "id": "[^"]*' | cut -d'"' -f4; }
        for n in $(seq 8); do
            for own in 1 2 3; do
                git-docket add "$WORKER-$n-$own" --json | id | sed 's/^/added /' || exit 1
            done
            git-docket add "Once $n" --idempotency-key "once-$n" --json | id | sed "s/^/once-$n /" || exit 1
            git-docket claim --json | id | sed 's/^/claimed /' || exit 1
        done"#;
    let outputs = beside(&environment, &[GC, MAINTENANCE, PACK_REFS, OTHER_REFS], || {
        shells(&environment, 50, script)
    });
    let mut told: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for output in &outputs {
        assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let (what, id) = line.split_once(' ').expect("what was done to what");
            told.entry(what.to_owned()).or_default().push(id.to_owned());
        }
    }
    let different = |what: &str| told[what].iter().collect::<BTreeSet<_>>().len();
    assert_eq!((told["added"].len(), different("added")), (1200, 1200));
    assert_eq!(
        (told["claimed"].len(), different("claimed")),
        (400, 400),
        "claimed twice"
    );
    for n in 1..=8 {
        let once = format!("once-{n}");
        assert_eq!((told[&once].len(), different(&once)), (50, 1), "{once} was made twice");
    }
    assert_eq!(environment.json("list --limit 1")["total_count"], 1208);
    let subjects = environment.shell("git log --format=%s tracking");
    let added = subjects.lines().filter(|line| line.contains(": add ")).count();
    let claimed = subjects.lines().filter(|line| line.ends_with(", claim")).count();
    assert_eq!((added, claimed), (1208, 400));
    let ids: BTreeSet<String> = environment
        .shell("git ls-tree -r --name-only tracking")
        .lines()
        .map(ToOwned::to_owned)
        .collect();
    let is_there = |id: &str| ids.iter().any(|path| path.contains(id));
    assert!(told["added"].iter().all(|id| is_there(id)), "acknowledged and lost");
    assert_sound(&environment);
}

#[test]
fn writers_in_repositories_of_all_kinds() {
    for init in [
        "git init -q --object-format=sha256 . && git commit -q --allow-empty -m one",
        "git init -q --ref-format=reftable . && git commit -q --allow-empty -m one",
        "git init -q --bare . && git update-ref refs/heads/main $(git commit-tree -m one $(git mktree </dev/null))",
        "git init -q ../main && cd ../main && git commit -q --allow-empty -m one && git worktree add -q ../project",
    ] {
        let environment = Environment::without_repository();
        environment.shell(init);
        environment.shell("git docket init");
        writers_beside(&environment, (6, 15), &[GC, PACK_REFS]);
    }
}

#[test]
fn what_was_acknowledged_before_a_kill_is_there() {
    let environment = docket();
    let mut acknowledged = BTreeSet::new();
    for round in 0..200u64 {
        let title = format!("round {round}");
        let mut command = environment.command("git-docket");
        command
            .args(["add", &title])
            .env_remove("DOCKET_SEED")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        let mut child = command.spawn().expect("the command starts");
        // Spread over the whole life of the command.
        std::thread::sleep(Duration::from_micros(round * 397 % 25_000));
        // Killing what has ended already is no error here; its exit code says which it was.
        let _ended = child.kill();
        if child.wait().expect("the command ends").success() {
            acknowledged.insert(title);
        }
    }
    let there = titles(&environment);
    let lost: Vec<_> = acknowledged.difference(&there).collect();
    assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
    assert!(acknowledged.len() < 200, "no command was killed in time");
    environment.shell("git docket add 'After all that'");
    assert_sound(&environment);
}

#[test]
fn writers_who_do_not_know_us_lose_nothing_unseen() {
    let environment = docket();
    // Plain git beside ours: each commit on the tip it read, with the old value as the condition. Each
    // goes on until it has won ten times: how often it loses before that is the scheduler's affair.
    let foreign = "won=0; for n in $(seq 5000); do
        tip=$(git rev-parse tracking) && new=$(git commit-tree -m \"foreign $WORKER-$n\" -p $tip $tip^{tree}) &&
        git update-ref -m foreign refs/heads/tracking $new $tip 2>/dev/null && echo $new && won=$((won + 1))
        test $won -lt 10 || exit 0; done; exit 1";
    let pushing = "git clone -q . ../clone && cd ../clone && git config user.name Eve && git config user.email eve@example.com
        won=0; for n in $(seq 5000); do
        git fetch -q origin && tip=$(git rev-parse origin/tracking) && new=$(git commit-tree -m \"pushed $n\" -p $tip $tip^{tree}) &&
        git push -q origin $new:refs/heads/tracking 2>/dev/null && echo $new && won=$((won + 1))
        test $won -lt 10 || exit 0; done; exit 1";
    // The pauses leave the others a gap now and then, also where two processors serve seven writers.
    let ours = "for n in $(seq 40); do
        git-docket add \"$WORKER-$n\" --json | grep '^  \"revision\"' | cut -d'\"' -f4
        test $((n % 4)) -ne 0 || sleep 0.1; done";
    let (theirs, pushed, our_own) = std::thread::scope(|scope| {
        let theirs = scope.spawn(|| shells(&environment, 2, foreign));
        let pushed = scope.spawn(|| shells(&environment, 1, pushing));
        let our_own = scope.spawn(|| shells(&environment, 4, ours));
        let (theirs, pushed) = (theirs.join().expect("they end"), pushed.join().expect("they end"));
        (theirs, pushed, our_own.join().expect("we end"))
    });
    let acknowledged = |outputs: &[Output]| -> BTreeSet<String> {
        outputs
            .iter()
            .flat_map(|o| {
                String::from_utf8_lossy(&o.stdout)
                    .lines()
                    .map(ToOwned::to_owned)
                    .collect::<Vec<_>>()
            })
            .collect()
    };
    let (theirs, pushed, our_own) = (acknowledged(&theirs), acknowledged(&pushed), acknowledged(&our_own));
    assert_eq!(our_own.len(), 160, "every one of ours was acknowledged");
    assert_eq!(
        (theirs.len(), pushed.len()),
        (20, 10),
        "every foreign writer won ten times"
    );
    let theirs: BTreeSet<String> = theirs.union(&pushed).cloned().collect();
    let reached: BTreeSet<String> = environment
        .shell("git rev-list tracking")
        .lines()
        .map(ToOwned::to_owned)
        .collect();
    let doctor = environment.run_shell("git docket doctor");
    let found = String::from_utf8_lossy(&doctor.stdout).into_owned();
    for commit in theirs.union(&our_own) {
        assert!(
            reached.contains(commit) || found.contains(commit.as_str()),
            "{commit} is lost and not found"
        );
    }
    assert_sound(&environment);
}
