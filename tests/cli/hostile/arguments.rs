//! Whatever an argument is, it is a value: no option of some other program, no path, no ref, no line of shell.

use std::sync::Mutex;

use super::{ITEM, each, item, path, plant};
use crate::environment::Environment;

/// What means something to git, to a shell, to a file system, to a printer of formats.
const MEANINGS: &[&str] = &[
    "--output=pwned",
    "--upload-pack=touch pwned",
    "-x",
    "../pwned",
    "/etc/passwd",
    "refs/heads/main",
    "main:../pwned",
    "@{-1}",
    ":(exclude)*",
    "ext::sh -c touch% pwned",
    "$(touch pwned)`touch pwned`;touch pwned|touch pwned",
    "%s%n%x00{}\n\nDocket-Undoes: 1",
    "..",
    "",
];

/// Every place where an argument goes somewhere; the ones that write are few, and what they write is looked at.
const PLACES: &[&str] = &[
    "show -- \"$EVIL\"",
    "show --as-of=\"$EVIL\" 3f9a2c1b",
    "list --as-of=\"$EVIL\"",
    "list --parent=\"$EVIL\"",
    "list --label=\"$EVIL\"",
    "list --assignee=\"$EVIL\"",
    "list --cursor=\"$EVIL\"",
    "list --where=\"$EVIL\"",
    "list -- \"$EVIL\"",
    "search -- \"$EVIL\"",
    "query -- \"$EVIL\"",
    "query --delete=\"$EVIL\"",
    "query --save=\"$EVIL\" 'title = x'",
    "tree -- \"$EVIL\"",
    "log -- \"$EVIL\"",
    "log --since=\"$EVIL\"",
    "log --until=\"$EVIL\"",
    "blame -- \"$EVIL\"",
    "changes --since=\"$EVIL\"",
    "diff -- \"$EVIL\"",
    "review -- \"$EVIL\"",
    "stats --since=\"$EVIL\"",
    "render -- \"$EVIL\"",
    "render work_item \"$EVIL\"",
    "render --as-of=\"$EVIL\"",
    "export json --as-of=\"$EVIL\"",
    "validate -- \"$EVIL\"",
    "conflicts show -- \"$EVIL\"",
    "conflicts resolve --take kept -- \"$EVIL\"",
    "propose -- \"$EVIL\"",
    "propose push -- \"$EVIL\"",
    "propose drop --force -- \"$EVIL\"",
    "propose land -- \"$EVIL\"",
    "fetch -- \"$EVIL\"",
    "push -- \"$EVIL\"",
    "sync -- \"$EVIL\"",
    "undo -- \"$EVIL\"",
    "update 3f9a2c1b --parent=\"$EVIL\"",
    "update 3f9a2c1b --expect-revision=\"$EVIL\" --title x",
    "update 3f9a2c1b --commit=\"$EVIL\"",
    "vendor show -- \"$EVIL\"",
    "deployment record --commit=\"$EVIL\"",
    "config get -- \"$EVIL\"",
    "config set -- \"$EVIL\" x",
    "config set docket.ref -- \"$EVIL\"",
    "config set current_session_id -- \"$EVIL\"",
    "import beads -- \"$EVIL\"",
    "import git-bug -- \"$EVIL\"",
    "--ref=\"$EVIL\" list",
    "--ref=\"$EVIL\" init",
    "-C \"$EVIL\" list",
    "man -- \"$EVIL\"",
    "hook run -- \"$EVIL\" \"$EVIL\"",
];

#[test]
fn no_argument_is_an_option_a_path_or_a_program() {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git remote add origin ../nowhere");
    let good = item(ITEM, "Good", "", "Text.");
    plant(
        &environment,
        "A <a@b>",
        "good",
        &[("100644", path(ITEM).as_bytes(), good.as_bytes())],
    );
    environment.shell("git docket list");
    // What is nobody's business: files, git's own settings and hooks, and all refs but those that hold records.
    let state = || {
        environment.shell(
            "git status --porcelain; git for-each-ref | grep -v refs/heads/tracking
             cat .git/HEAD .git/config | grep -v -i -e docket -e 'ref = '
             cd .. && find . -path ./project/.git/objects -prune -o -path ./project/.git/docket -prune \
                 -o -path '*tracking*' -prune -o -type f -print | sort",
        )
    };
    let before = state();
    let places: Vec<_> = PLACES.iter().map(|place| (*place).to_owned()).collect();
    let wrong = Mutex::new(Vec::new());
    for evil in MEANINGS {
        each(&environment, "git-docket", evil, &places, |line, output| {
            let told = String::from_utf8_lossy(&output.stderr);
            // Refused, or taken for the value that it is: nothing broke.
            if told.contains("panicked") || output.status.code().is_none_or(|code| code > 4) {
                let mut wrong = wrong.lock().expect("nobody has panicked");
                wrong.push(format!("{evil:?} {line}: {output:?}"));
            }
        });
        environment.run_shell("git-docket propose leave; git config --unset docket.ref");
        assert_eq!(state(), before, "after {evil:?}");
    }
    let wrong = wrong.into_inner().expect("nobody has panicked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}
