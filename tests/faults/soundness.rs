//! What holds after every fault: nothing acknowledged is lost, nothing is half there, and work goes on without help.

use std::path::Path;

use git_docket::filter::WorkItemFilter;
use git_docket::ops::{self, Context, ListRequest, Settings, Target};
use git_docket::record::value::Time;
use serde_json::Value;

use crate::environment::Environment;

/// What the docket of a repository is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) tip: String,
    pub(crate) tree: String,
}

/// What the docket of a repository is at; empty where there is none.
pub(crate) fn mark(environment: &Environment, repository: &str) -> Mark {
    let mut git = environment.command("git");
    git.args([
        "-C",
        repository,
        "for-each-ref",
        "--format=%(objectname) %(tree)",
        "refs/heads/tracking",
    ]);
    let names = git.output().expect("git runs").stdout;
    let names = String::from_utf8_lossy(&names).into_owned();
    let (tip, tree) = names.trim().split_once(' ').unwrap_or_default();
    Mark {
        tip: tip.to_owned(),
        tree: tree.to_owned(),
    }
}

/// Opens the docket for a command of its own.
pub(crate) fn open(directory: &Path, with_index: bool) -> Context {
    let settings = Settings {
        dir: directory.to_owned(),
        actor: Some("Ana".to_owned()),
        now: Time::from_seconds(1_760_110_000),
        seed: Some("checks".to_owned()),
        without_index: !with_index,
        ..Settings::default()
    };
    Context::open(&settings).expect("the repository opens")
}

/// That git finds the repository sound, and that what was there before is there.
pub(crate) fn assert_kept(environment: &Environment, repository: &str, before: &Mark, case: &str) {
    let kept = match before.tip.as_str() {
        "" => String::new(),
        tip => format!("git merge-base --is-ancestor {tip} tracking || {{ echo '{tip} is lost'; exit 1; }};"),
    };
    let checked = environment.run_shell(&format!(
        "cd {repository} || exit 1; {kept} git fsck --full --strict --no-dangling 2>&1"
    ));
    let said = String::from_utf8_lossy(&checked.stdout).into_owned();
    assert!(checked.status.success(), "{case}: {repository}: {said}");
}

/// That the records are valid, and that the index answers what git answers, as it is and built anew.
pub(crate) fn assert_agreed(environment: &Environment, case: &str) {
    let directory = environment.path();
    let context = open(directory, true);
    let checked = ops::validate(&context, &Target::Tip).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(checked.errors, 0, "{case}: {:?}", checked.violations);
    let from_git = listed(&open(directory, false), "git", case);
    assert_eq!(listed(&context, "sqlite", case), from_git, "{case}");
    ops::rebuild_index(&context).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(listed(&context, "sqlite", case), from_git, "{case}: built anew");
}

fn listed(context: &Context, source: &str, case: &str) -> Value {
    let everything = ListRequest {
        filter: WorkItemFilter {
            include_deleted: true,
            include_archived: true,
            ..WorkItemFilter::default()
        },
        ..ListRequest::default()
    };
    let answer = ops::list(context, &everything).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(answer.meta.warnings, [""; 0], "{case}: from {source}");
    assert_eq!(answer.meta.data_source, source, "{case}");
    let mut answer = serde_json::to_value(answer).expect("JSON");
    answer["data_source"] = Value::Null;
    answer
}

/// That the next write of somebody works, and says nothing beside.
pub(crate) fn assert_goes_on(environment: &Environment, case: &str) {
    let next = environment.run_shell("DOCKET_SEED=next git-docket add Afterwards --json");
    let said = String::from_utf8_lossy(&next.stderr).into_owned();
    assert_eq!((next.status.code(), said.as_str()), (Some(0), ""), "{case}");
    let answer: Value = serde_json::from_slice(&next.stdout).expect("JSON");
    let revision = answer["revision"].as_str().expect("a commit");
    let named = environment.shell(&format!(
        "git for-each-ref --points-at {revision} --format='%(refname)' refs/heads"
    ));
    assert!(named.starts_with("refs/heads/tracking"), "{case}: {named}");
    assert_eq!(answer["title"], "Afterwards", "{case}");
}

/// Lets the doctor mend what was left; it must know of nothing else but what was lost before.
pub(crate) fn assert_mended(environment: &Environment, told: Option<&str>, case: &str) {
    let found = ops::doctor(&open(environment.path(), true), true).unwrap_or_else(|error| panic!("{case}: {error}"));
    let is_known = |message: &str| told.is_some_and(|told| message.contains(told));
    let left = found.findings.iter().filter(|finding| !finding.fixed);
    let left: Vec<_> = left.filter(|finding| !is_known(&finding.message)).collect();
    assert!(left.is_empty(), "{case}: {left:?}");
}

/// That the reflog tells what happened and nothing else: each line goes on where the one before it ends.
pub(crate) fn assert_logged(environment: &Environment, case: &str) {
    let tip = mark(environment, ".").tip;
    if environment.path().join(".git/reftable").is_dir() {
        // Git tells only where each of them ends.
        let newest = environment.shell("git log -g -1 --format=%H tracking --");
        return assert_eq!(newest.trim(), tip, "{case}");
    }
    let log = environment.path().join(".git/logs/refs/heads/tracking");
    let log = std::fs::read_to_string(log).unwrap_or_default();
    let mut at = None;
    for line in log.lines() {
        let mut words = line.split(' ').map(str::to_owned);
        let (from, to) = (words.next(), words.next());
        assert!(at.is_none() || at == from, "{case}: {log}");
        at = to;
    }
    assert_eq!(at.unwrap_or_default(), tip, "{case}: {log}");
}

/// Makes what was left look as if it had been there for an hour.
pub(crate) fn an_hour_later(environment: &Environment) {
    let mut left = Vec::new();
    strays(environment.home(), &mut left);
    for file in left {
        let before = std::time::SystemTime::now() - std::time::Duration::from_secs(3600);
        let opened = std::fs::File::open(file).expect("it is there");
        opened.set_modified(before).expect("it is ours");
    }
}

/// Lock files of git that were left by git itself: those here are told by the doctor, and nobody of ours touches them.
/// Removes them, as somebody would who knows that no git is at work.
pub(crate) fn take_away_locks(environment: &Environment, case: &str) -> Vec<String> {
    an_hour_later(environment);
    let mut left = Vec::new();
    strays(environment.home(), &mut left);
    left.retain(|file| file.ends_with(".lock"));
    let found = ops::doctor(&open(environment.path(), true), true).unwrap_or_else(|error| panic!("{case}: {error}"));
    for lock in &left {
        let told = found.findings.iter().any(|finding| finding.message.contains(lock));
        let is_here = Path::new(lock).starts_with(environment.path());
        assert!(told || !is_here, "{case}: {lock} is not told: {:?}", found.findings);
        std::fs::remove_file(lock).expect("it is still there");
    }
    left
}

/// That nothing is left that nobody needs.
pub(crate) fn assert_tidy(environment: &Environment, case: &str) {
    let mut left = Vec::new();
    strays(environment.home(), &mut left);
    assert!(left.is_empty(), "{case}: {left:?}");
}

/// Locks and temporary files, ours and git's.
fn strays(directory: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let beginnings = ["tmp_", ".tmp", ".git-docket-", "lost-claims."];
        let ours = ["write.lock", "sync.lock"];
        let is_stray = beginnings.iter().any(|beginning| name.starts_with(beginning))
            || (name.ends_with(".lock") && !ours.contains(&name.as_str()))
            || name.ends_with("-journal");
        if is_stray {
            found.push(path.display().to_string());
        } else if path.is_dir() {
            strays(&path, found);
        }
    }
}

/// That the user's own tidying up works, and loses nothing.
pub(crate) fn assert_packs(environment: &Environment, case: &str) {
    let before = mark(environment, ".");
    let packed = environment.run_shell("git gc -q --prune=now 2>&1");
    let said = String::from_utf8_lossy(&packed.stdout).into_owned();
    assert!(packed.status.success() && said.is_empty(), "{case}: git gc: {said}");
    assert_eq!(mark(environment, "."), before, "{case}: git gc");
    assert_kept(environment, ".", &before, case);
}
