//! Our lines in a hook file: put in, brought up to date, taken out, with every other byte left as it is.

use std::path::Path;

use super::Hook;

const BEGIN: &str = "# >>> git docket >>>";
const END: &str = "# <<< git docket <<<";

/// What stands behind the first line of ours in a file that was made for it.
const MADE: &str = " this file was made for these lines";

/// The rest of a file that was made for our lines.
const SHEBANG: &str = "#!/bin/sh\n";

/// Interpreters that understand our lines.
const SHELLS: &[&str] = &["sh", "bash", "dash", "ash", "ksh", "mksh", "zsh"];

/// The lines for one hook.
pub(super) struct Block<'p> {
    pub(super) hook: Hook,
    /// What to call where there is no `git-docket` on the path.
    pub(super) program: Option<&'p Path>,
}

/// Where our lines stand in a file: from the first byte of the first to behind the line break of the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    start: usize,
    end: usize,
    made: bool,
}

/// What is left of a file without our lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Taken {
    /// These bytes.
    Rest(Vec<u8>),
    /// Nothing: the file was made for our lines.
    Nothing,
}

impl Block<'_> {
    /// The lines, without what stands around them.
    ///
    /// Whatever becomes of our program, the rest of the file runs: only what it refuses may end it.
    pub(super) fn body(&self) -> String {
        let name = self.hook.as_str();
        let or_program = self
            .quoted()
            .map_or_else(String::new, |program| format!(" || command -v {program}"));
        let find = format!("docket=$(command -v git-docket{or_program}) || docket=\n");
        let call = format!("\"$docket\" hook run {name} \"$@\"");
        let refused = Hook::REFUSED;
        let otherwise = match self.hook {
            Hook::CommitMsg => format!("[ $? -ne {refused} ] || exit 1"),
            // A guard that fails lets everything pass, but not silently.
            Hook::PreReceive => format!(
                "case $? in {refused}) exit 1;; \
                 *) echo 'git docket: pre-receive failed; if records were pushed, they are NOT CHECKED' >&2;; esac"
            ),
            _ => ":".to_owned(),
        };
        let run = match self.hook.reads() {
            true => format!(
                "docket_input=$(cat)\n\
                 [ -z \"$docket\" ] || printf '%s\\n' \"$docket_input\" | {call} || {otherwise}\n\
                 exec <<DOCKET_END\n$docket_input\nDOCKET_END\n"
            ),
            false => format!("[ -z \"$docket\" ] || {call} </dev/null || {otherwise}\n"),
        };
        format!("{find}{run}")
    }

    fn whole(&self, made: bool) -> String {
        let made = if made { MADE } else { "" };
        format!(
            "{BEGIN}{made}\n# `git docket hook uninstall` takes these lines out again.\n{}{END}\n",
            self.body()
        )
    }

    /// The program as the shell takes it for one word; none where a line of text cannot hold it.
    fn quoted(&self) -> Option<String> {
        let program = self
            .program?
            .to_str()
            .filter(|program| !program.contains(['\n', '\r']))?;
        Some(format!("'{}'", program.replace('\'', r"'\''")))
    }

    /// A file of nothing else.
    pub(super) fn alone(&self) -> Vec<u8> {
        format!("{SHEBANG}{}", self.whole(true)).into_bytes()
    }

    /// A script with our lines below its first.
    pub(super) fn put_into(&self, script: &[u8]) -> Vec<u8> {
        let whole = self.whole(false);
        match script.iter().position(|byte| *byte == b'\n') {
            Some(at) => [&script[..=at], whole.as_bytes(), &script[at + 1..]].concat(),
            // The line break that is missing at the end tells that the one before our lines is ours.
            None => [script, b"\n", whole.trim_end_matches('\n').as_bytes()].concat(),
        }
    }

    /// A script with our lines as they are now in place of those it has.
    pub(super) fn refreshed(&self, script: &[u8], found: &Found) -> Vec<u8> {
        let mut whole = self.whole(found.made);
        if !script[..found.end].ends_with(b"\n") {
            whole.truncate(whole.trim_end_matches('\n').len());
        }
        [&script[..found.start], whole.as_bytes(), &script[found.end..]].concat()
    }
}

/// Where our lines stand; nowhere where either end of them is missing.
pub(super) fn find(script: &[u8]) -> Option<Found> {
    let mut at = 0;
    let mut begin = None;
    for line in script.split_inclusive(|byte| *byte == b'\n') {
        let text = line.strip_suffix(b"\n").unwrap_or(line);
        let text = text.strip_suffix(b"\r").unwrap_or(text);
        if let Some(behind) = text.strip_prefix(BEGIN.as_bytes()) {
            begin = Some((at, behind == MADE.as_bytes()));
        }
        at += line.len();
        if let (Some((start, made)), true) = (begin, text == END.as_bytes()) {
            return Some(Found { start, end: at, made });
        }
    }
    None
}

/// Whether the lines are those this version writes, whatever program they name.
pub(super) fn is_current(script: &[u8], found: &Found, hook: Hook) -> bool {
    let Ok(lines) = std::str::from_utf8(&script[found.start..found.end]) else {
        return false;
    };
    let without_program = |lines: &str| {
        let lines = lines.lines().map(|line| match line.split_once(" || command -v '") {
            Some((before, _)) if line.starts_with("docket=") => format!("{before}) || docket="),
            _ => line.to_owned(),
        });
        lines.collect::<Vec<_>>()
    };
    let current = Block { hook, program: None }.whole(found.made);
    without_program(lines) == without_program(&current)
}

/// A script without our lines: what it was before they were put in.
pub(super) fn taken_out(script: &[u8], found: &Found) -> Taken {
    let mut start = found.start;
    if !script[..found.end].ends_with(b"\n") && script[..start].ends_with(b"\n") {
        start -= 1;
    }
    let rest = [&script[..start], &script[found.end..]].concat();
    match found.made && rest == SHEBANG.as_bytes() {
        true => Taken::Nothing,
        false => Taken::Rest(rest),
    }
}

/// Whether a script begins with a line that names a shell.
pub(super) fn is_shell_script(script: &[u8]) -> bool {
    let line = script.split(|byte| *byte == b'\n').next().unwrap_or_default();
    // A shell whose name ends in a carriage return is nowhere.
    let Some(line) = line.strip_prefix(b"#!").filter(|line| !line.ends_with(b"\r")) else {
        return false;
    };
    let line = String::from_utf8_lossy(line);
    let mut words = line.split_whitespace();
    let name = |word: &str| word.rsplit('/').next().unwrap_or_default().to_owned();
    let mut first = words.next().map(name).unwrap_or_default();
    if first == "env" {
        let mut words = words.filter(|word| !word.starts_with('-') && !word.contains('='));
        first = words.next().map(name).unwrap_or_default();
    }
    SHELLS.contains(&first.as_str())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn blocks() -> impl Strategy<Value = (Hook, Option<String>)> {
        (
            prop::sample::select(Hook::all().collect::<Vec<_>>()),
            prop::option::of("/[a-z' $\"\\\\]{1,12}"),
        )
    }

    proptest! {
        #[test]
        fn taken_out_is_what_it_was(
            first in prop::sample::select(vec!["#!/bin/sh", "#!/bin/bash -eu", "#!/usr/bin/env bash", "#! /bin/sh"]),
            ended in any::<bool>(),
            rest in prop::collection::vec(any::<u8>(), 0..200),
            (hook, program) in blocks(),
            (_, other) in blocks(),
        ) {
            let mut script = first.as_bytes().to_vec();
            if ended {
                script.push(b'\n');
                script.extend(rest);
            }
            let block = Block { hook, program: program.as_deref().map(Path::new) };
            let with = block.put_into(&script);
            let found = find(&with).expect("our lines");
            prop_assert!(is_current(&with, &found, hook));
            prop_assert_eq!(taken_out(&with, &found), Taken::Rest(script.clone()));
            prop_assert_eq!(&block.refreshed(&with, &found), &with);
            let refreshed = Block { hook, program: other.as_deref().map(Path::new) }.refreshed(&with, &found);
            let found = find(&refreshed).expect("our lines");
            prop_assert_eq!(taken_out(&refreshed, &found), Taken::Rest(script));
        }

        #[test]
        fn a_file_that_was_made_goes((hook, program) in blocks(), more in "[a-z\n]{1,20}") {
            let made = Block { hook, program: program.as_deref().map(Path::new) }.alone();
            prop_assert_eq!(taken_out(&made, &find(&made).expect("our lines")), Taken::Nothing);
            // Unless somebody wrote into it.
            let written = [made.as_slice(), more.as_bytes()].concat();
            let rest = taken_out(&written, &find(&written).expect("our lines"));
            prop_assert_eq!(rest, Taken::Rest(format!("{SHEBANG}{more}").into_bytes()));
        }
    }

    #[test]
    fn other_versions_are_outdated_and_halves_are_not_found() {
        let hook = Hook::PostCommit;
        let script = format!("#!/bin/sh\n{BEGIN}\nold\n{END}\necho on\n").into_bytes();
        let found = find(&script).expect("our lines");
        assert!(!is_current(&script, &found, hook));
        assert_eq!(
            taken_out(&script, &found),
            Taken::Rest(b"#!/bin/sh\necho on\n".to_vec())
        );
        assert_eq!(find(format!("#!/bin/sh\n{BEGIN}\nold\n").as_bytes()), None);
    }

    #[test]
    fn shells_by_their_first_line() {
        for shell in [
            "#!/bin/sh\n",
            "#!/bin/bash",
            "#! /usr/bin/env -S bash -e\n",
            "#!/usr/bin/env zsh\n",
        ] {
            assert!(is_shell_script(shell.as_bytes()), "{shell:?}");
        }
        for other in [
            "",
            "echo\n",
            "#!/usr/bin/env python3\n",
            "#!/bin/sh\r\n",
            "\u{7f}ELF",
            "#!\n",
        ] {
            assert!(!is_shell_script(other.as_bytes()), "{other:?}");
        }
    }
}
