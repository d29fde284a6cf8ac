//! The message of a commit that is about to be made.
//!
//! Git takes a message for empty, and does not commit, where nothing but comments, blank lines and `Signed-off-by`
//! is left of it, or where a template was left as it is. Any other trailer makes it a message: an editor that is
//! closed without a word would commit. So a message without words of its own gets the trailer as a comment, which the
//! author sees and may delete, and which becomes a trailer once there are words. Where no hook checks the message, as
//! with `--no-verify`, it stays a comment.

use std::path::Path;

use sha2::{Digest as _, Sha256};

use super::follow::is_worth_it;
use super::names::{WORK_ITEM, find, named, why_not};
use super::whose::whose;
use crate::ops::draft::Draft;
use crate::ops::{Context, Error};
use crate::store::{SCISSORS, trailers_of};

/// What is wrong with a message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// What its author should know, each on one line.
    pub told: Vec<String>,
    /// Whether there must be no such commit.
    pub refused: bool,
}

/// Adds the trailer of the work item that the commit belongs to, where the message names none. `source` is what git
/// says the message comes from.
pub fn prepare_message(context: &Context, file: &Path, source: Option<&str>) -> Result<(), Error> {
    let ready_made = matches!(source, Some("merge" | "squash" | "commit"));
    if ready_made || !is_worth_it(context)? || context.store.is_rebasing() {
        return Ok(());
    }
    let text = read(file)?;
    let sign = comment_sign(context);
    let own = own_text(&text, &sign);
    let trailers = trailers_of(own.as_bytes());
    if trailers.iter().any(|(name, _)| name.eq_ignore_ascii_case(WORK_ITEM)) {
        return Ok(());
    }
    let reading = context.read()?;
    let mut draft = Draft::new(context, &reading);
    let branch = context.store.branch()?;
    let Some(item) = whose(context, &mut draft, branch.as_deref())? else {
        return Ok(());
    };
    for named in named(&trailers) {
        let closed = find(&mut draft, &named.name)?;
        if closed.is_some_and(|closed| closed.id == item.id) {
            return Ok(());
        }
    }
    let trailer = format!("{WORK_ITEM}: {}", item.id.short());
    if own.is_empty() || source == Some("template") {
        if let Some(text) = with_comment(&text, &sign, &trailer, &own) {
            std::fs::write(file, text).map_err(|error| unreadable(file, &error))?;
        }
        return Ok(());
    }
    Ok(context.store.add_trailer(file, &trailer)?)
}

/// Makes a trailer of the comment that [`prepare_message`] left, and looks whether the trailers name work items.
/// Refused is a message only where git config `docket.hooks.strict` says so.
pub fn check_message(context: &Context, file: &Path) -> Result<Checked, Error> {
    if !is_worth_it(context)? || context.store.is_rebasing() {
        return Ok(Checked::default());
    }
    let text = read(file)?;
    let sign = comment_sign(context);
    let own = own_text(&text, &sign);
    let trailers = trailers_of(own.as_bytes());
    let names_one = trailers.iter().any(|(name, _)| name.eq_ignore_ascii_case(WORK_ITEM));
    if let Some((trailer, template)) = comment_in(&text, &sign)
        && !names_one
        && !own.is_empty()
        && template.is_none_or(|template| template != digest(&own))
    {
        context.store.add_trailer(file, trailer)?;
    }
    let all = named(&trailers);
    if all.is_empty() {
        return Ok(Checked::default());
    }
    let reading = context.read()?;
    let mut draft = Draft::new(context, &reading);
    let mut checked = Checked::default();
    for named in all {
        if find(&mut draft, &named.name)?.is_none() {
            checked.told.push(why_not(&mut draft, &named.name));
        }
    }
    checked.refused = !checked.told.is_empty() && context.store.config_flag("docket.hooks.strict");
    Ok(checked)
}

fn read(file: &Path) -> Result<String, Error> {
    std::fs::read_to_string(file).map_err(|error| unreadable(file, &error))
}

fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Error::request(format!("the message in {}: {error}", file.display()))
}

/// What begins a comment in messages here. The one that git chooses by itself is only known to it: mostly the usual.
fn comment_sign(context: &Context) -> String {
    let set = ["core.commentString", "core.commentChar"].map(|key| context.store.config_text(key));
    let set = set
        .into_iter()
        .flatten()
        .find(|sign| !sign.is_empty() && sign != "auto");
    set.unwrap_or_else(|| "#".to_owned())
}

/// What git leaves of a message: nothing below the scissors, no comments, no blank lines around it.
fn own_text(text: &str, sign: &str) -> String {
    let cut = |line: &&str| !(line.starts_with(sign) && line.contains(SCISSORS));
    let lines = text.lines().take_while(cut).filter(|line| !line.starts_with(sign));
    lines
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
        .trim()
        .to_owned()
}

/// The message with the trailer as a comment among those of git; none where git has put none there, for then comments
/// may be part of the message. A template that has words is named by its digest.
fn with_comment(text: &str, sign: &str, trailer: &str, template: &str) -> Option<String> {
    let begins = |line: &str| match text.starts_with(line) {
        true => Some(0),
        false => text.find(&format!("\n{line}")).map(|at| at + 1),
    };
    let at = match begins(&format!("{sign} {SCISSORS}")) {
        Some(cut) => cut + comments_at(&text[cut..], sign),
        None => {
            let (from, empty) = (begins(sign)?, format!("\n{sign}\n"));
            from + text[from..].find(&empty)? + empty.len()
        }
    };
    let template = match template {
        "" => String::new(),
        words => format!(" (template {})", digest(words)),
    };
    let lines = format!(
        "{sign} {trailer}{template}\n{sign} (to go below your text; delete it here if it does not fit)\n{sign}\n"
    );
    Some(format!("{}{lines}{}", &text[..at], &text[at..]))
}

/// The length of the comments that a text begins with, up to the first empty one.
fn comments_at(text: &str, sign: &str) -> usize {
    let mut end = 0;
    for line in text.split_inclusive('\n').take_while(|line| line.starts_with(sign)) {
        end += line.len();
        if line.trim_end() == sign {
            break;
        }
    }
    end
}

/// The trailer that [`with_comment`] left in a message, and the digest of the template.
fn comment_in<'t>(text: &'t str, sign: &str) -> Option<(&'t str, Option<&'t str>)> {
    let comments = text.lines().filter_map(|line| line.strip_prefix(sign));
    let mut found = comments
        .map(str::trim)
        .filter(|line| line.starts_with(&format!("{WORK_ITEM}: ")));
    let line = found.next()?;
    match line.split_once(" (template ") {
        Some((trailer, digest)) => Some((trailer, digest.strip_suffix(')'))),
        None => Some((line, None)),
    }
}

/// A few digits that tell one text from another.
fn digest(text: &str) -> String {
    let digest = Sha256::digest(text);
    digest[..4].iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HINTS: &str = "\n# Please enter the commit message for your changes.\n#\n# On branch main\n";

    #[test]
    fn what_git_leaves_of_a_message() {
        assert_eq!(own_text(HINTS, "#"), "");
        assert_eq!(own_text("\nOne  \n# two\nthree\n\n", "#"), "One\nthree");
        let cut = format!("One\n; {SCISSORS}\n; Do not modify\ndiff --git\n");
        assert_eq!(own_text(&cut, ";"), "One");
        assert_eq!(own_text("# One\n", ";"), "# One");
    }

    #[test]
    fn the_comment_comes_back_as_a_trailer() {
        let text = with_comment(HINTS, "#", "Work-Item: 3f9a2c1b", "").expect("a comment");
        assert_eq!(own_text(&text, "#"), "");
        assert_eq!(comment_in(&text, "#"), Some(("Work-Item: 3f9a2c1b", None)));
        let text = with_comment(HINTS, "#", "Work-Item: 3f9a2c1b", "Why:").expect("a comment");
        let digest = digest("Why:");
        assert_eq!(
            comment_in(&text, "#"),
            Some(("Work-Item: 3f9a2c1b", Some(digest.as_str())))
        );
        let deleted: String = text.lines().filter(|line| !line.contains("Work-Item")).collect();
        assert_eq!(comment_in(&deleted, "#"), None);
    }

    #[test]
    fn below_the_scissors_it_is_never_part_of_the_message() {
        let cut = format!("\n# {SCISSORS}\n# Do not modify or remove the line above.\n#\n# On branch main\n");
        let text = with_comment(&cut, "#", "Work-Item: 3f9a2c1b", "").expect("a comment");
        let scissors = text.find(SCISSORS).expect("scissors");
        assert!(text.find("Work-Item").expect("the comment") > scissors);
        // Where git writes no comments, they may be kept.
        assert_eq!(with_comment("", "#", "Work-Item: 3f9a2c1b", ""), None);
        assert_eq!(with_comment("Why: #1\n", "#", "Work-Item: 3f9a2c1b", "Why: #1"), None);
    }
}
