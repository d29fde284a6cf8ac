//! What git gives its hooks: messages with trailers, lines of rewritten commits, lines of a push.

use std::time::Duration;

use git_docket::ops::{self, Rewrite, Target};
use git_docket::store::trailers_of;

use super::parts::{few, lettered};
use super::project::Project;

/// The input is a letter for the hook, and what git gives it. In it `$1` to `$5` stand for commits of the code, `$t` for
/// the tip of the tracking ref, `$p` for the commit before, and `$0` for none.
pub(crate) fn check(project: &Project, data: &[u8]) {
    let (letter, rest) = lettered(data);
    match letter {
        b'c' => checked(project, rest),
        b'p' => prepared(project, rest),
        b'a' => rewritten(project, Rewrite::Amend, rest),
        b'r' => rewritten(project, Rewrite::Rebase, rest),
        b'u' => pushed(project, rest),
        _ => named(project, data),
    }
    project.reset();
}

/// The trailers of a message are those that git sees in it.
fn named(project: &Project, message: &[u8]) {
    let found = trailers_of(message);
    // What is no text is no message, and of `---` git only knows by an option what it is in a commit.
    if std::str::from_utf8(message).is_err() || message.contains(&0) || message.contains(&b'\r') {
        return;
    }
    let said: Vec<_> = found.iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let options = [
        "interpret-trailers",
        "--only-trailers",
        "--only-input",
        "--unfold",
        "--no-divider",
    ];
    let printed = project.git_reads(&options, message);
    let printed = String::from_utf8_lossy(&printed);
    let printed: Vec<_> = printed.lines().map(str::trim_end).collect();
    let said: Vec<_> = said.iter().map(|line| line.trim_end()).collect();
    assert_eq!(said, printed, "{:?}", String::from_utf8_lossy(message));
}

/// The words of the author stay, and a second look finds nothing to do.
fn checked(project: &Project, message: &[u8]) {
    // Git commits no such message.
    if message.contains(&0) {
        return;
    }
    let file = project.file("COMMIT_EDITMSG");
    let read = || std::fs::read(&file).expect("a message is there");
    std::fs::write(&file, message).expect("a message is written");
    let text = std::str::from_utf8(message);
    match ops::check_message(&project.plain, &file) {
        Ok(checked) => {
            let text = text.expect("what is no text cannot be read");
            assert!(!checked.refused || !checked.told.is_empty(), "refused without a reason");
            let after = read();
            keeps_words(text, &after);
            let again = ops::check_message(&project.plain, &file).expect("what could be read can be read again");
            assert_eq!(read(), after, "a second time: {again:?}");
        }
        Err(error) => {
            assert!(text.is_err(), "{error}");
            assert_eq!(read(), message);
        }
    }
}

/// The same of a message that is about to be edited. The input is the name of a branch and the message; the first
/// letter of the name says where git has the message from.
fn prepared(project: &Project, input: &[u8]) {
    let [branch, message] = few(input);
    let Ok(branch) = std::str::from_utf8(branch) else {
        return;
    };
    if message.contains(&0) {
        return;
    }
    let (source, branch) = match branch.trim_end_matches('\n').split_at_checked(1) {
        Some(("t", branch)) => (Some("template"), branch),
        Some(("m", branch)) => (Some("message"), branch),
        Some((_, branch)) => (None, branch),
        None => return,
    };
    std::fs::write(project.file("HEAD"), format!("ref: refs/heads/{branch}\n")).expect("HEAD is a file");
    let file = project.file("COMMIT_EDITMSG");
    std::fs::write(&file, message).expect("a message is written");
    let prepared = ops::prepare_message(&project.plain, &file, source);
    let after = std::fs::read(&file).expect("a message is there");
    match std::str::from_utf8(message) {
        Ok(text) => keeps_words(text, &after),
        Err(_) => assert_eq!(after, message),
    }
    // What git would not take for the name of a branch, it does not give us.
    if prepared.is_err() {
        assert_eq!(after, message);
    }
}

/// Every line of a message is there, in its order, and beside them only what we add. Of comments, git takes those out
/// that stand among trailers.
fn keeps_words(before: &str, after: &[u8]) {
    let after = std::str::from_utf8(after).expect("a text stays one");
    let mut rest = after.lines();
    let is_text = |line: &&str| !line.trim().is_empty() && !line.starts_with('#');
    for line in before.lines().filter(is_text) {
        // Git takes out the blank before the colon of a trailer.
        let letters = |text: &str| text.split_whitespace().collect::<String>();
        let is_it = |found: &str| letters(found) == letters(line);
        assert!(rest.any(is_it), "{line:?} of {before:?} is gone: {after:?}");
    }
    let more = after.lines().count().saturating_sub(before.lines().count());
    assert!(more <= 4, "{before:?} >>> {after:?}");
}

/// Links move on, to a docket that is as valid as before, and only once.
fn rewritten(project: &Project, rewrite: Rewrite, input: &[u8]) {
    let pairs = filled(project, input);
    let after = |pairs: &str| {
        let told = ops::after_rewrite(&project.plain, rewrite, pairs);
        told.unwrap_or_else(|error| panic!("{error}: {:?}\n{pairs}", error.causes()));
        project.tip()
    };
    let tip = after(&pairs);
    if tip == project.tracked[0] {
        return;
    }
    let errors = |at: &str| {
        let target = Target::Revision(at.to_owned());
        ops::validate(&project.plain, &target).expect("a docket").errors
    };
    assert_eq!(errors(&tip), errors(&project.tracked[0]), "{pairs}");
    // Git does not tell that a commit became one that became another.
    let column = |at: usize| pairs.lines().filter_map(move |line| line.split(' ').nth(at));
    if !column(1).any(|new| column(0).any(|old| old == new)) {
        assert_eq!(after(&pairs), tip, "a second time: {pairs}");
    }
}

/// Lines of a push are guarded or none of ours, and are looked at without a change.
fn pushed(project: &Project, input: &[u8]) {
    let lines = filled(project, input);
    let Ok(updates) = ops::guarded_updates(&project.plain, lines.as_bytes()) else {
        return;
    };
    assert!(updates.len() <= lines.split('\n').count());
    for update in &updates {
        let is_ours = match update.is_proposal {
            true => update.name.starts_with("refs/heads/tracking-proposals/"),
            false => update.name == "refs/heads/tracking",
        };
        assert!(is_ours, "{update:?}");
    }
    // Each asks git, which takes a while.
    let few = updates.len().min(3);
    let checked = ops::check_push(&project.plain, &updates[..few], Duration::from_secs(60));
    assert!(!checked.refused || !checked.told.is_empty(), "refused without a reason");
    assert_eq!(project.tip(), project.tracked[0]);
}

/// The input with the names of commits in it.
fn filled(project: &Project, input: &[u8]) -> String {
    let mut text = String::from_utf8_lossy(input).into_owned();
    for (number, commit) in project.commits.iter().enumerate() {
        text = text.replace(&format!("${}", number + 1), commit);
    }
    let others = [
        ("$0", "0".repeat(40)),
        ("$t", project.tracked[0].clone()),
        ("$p", project.tracked[1].clone()),
    ];
    others
        .iter()
        .fold(text, |text, (short, name)| text.replace(short, name))
}
