//! What others may have put where we read: texts that steer terminals, trees that no git makes, arguments that mean
//! something to somebody else, repositories of which parts are missing.

use std::process::Output;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::environment::Environment;

mod arguments;
mod clones;
mod injection;
mod terminal;
mod trees;

const ITEM: &str = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";

/// A good work item with more lines in its frontmatter, and a body.
fn item(id: &str, title: &str, more: &str, body: &str) -> String {
    format!(
        "---\nschema: work-item/1\nid: {id}\nitem_type: task\ntitle: {title}\nstatus: active\n{more}created_at: 2025-10-10T14:30:00Z\ncreated_by: Ana\n---\n\n{body}\n"
    )
}

/// Where the record file of a work item is.
fn path(id: &str) -> String {
    format!(".tracking/work-items/{}/{id}.md", &id[..2])
}

/// A file of a commit: its mode, the bytes of its path, and what it holds; of a submodule the commit.
type Planted<'f> = (&'f str, &'f [u8], &'f [u8]);

/// Puts files on the tracking branch in one commit, in the form in which git exports and imports histories: no name and
/// no text is too strange for it.
fn plant(environment: &Environment, who: &str, message: &str, files: &[Planted<'_>]) {
    let who = format!("{who} 1760112000 +0000");
    let length = message.len();
    let mut stream = format!(
        "commit refs/heads/tracking\nauthor {who}\ncommitter {who}\ndata {length}\n{message}\nfrom refs/heads/tracking^0\n"
    )
    .into_bytes();
    for (mode, path, content) in files {
        let path: String = path.iter().map(|byte| format!("\\{byte:03o}")).collect();
        if *mode == "160000" {
            stream.extend(format!("M {mode} {} \"{path}\"\n", String::from_utf8_lossy(content)).into_bytes());
            continue;
        }
        stream.extend(format!("M {mode} inline \"{path}\"\ndata {}\n", content.len()).into_bytes());
        stream.extend_from_slice(content);
        stream.push(b'\n');
    }
    environment.write("../stream", stream);
    environment.shell("git fast-import --quiet < ../stream");
}

/// Writes a tree object with these entries, in their order, whatever git says to it: mode, name, object.
fn tree(environment: &Environment, entries: &[(&str, &[u8], &str)]) -> String {
    let mut bytes = Vec::new();
    for (mode, name, id) in entries {
        bytes.extend_from_slice(mode.as_bytes());
        bytes.push(b' ');
        bytes.extend_from_slice(name);
        bytes.push(0);
        let digits = |at: usize| u8::from_str_radix(&id[2 * at..2 * at + 2], 16).expect("an object's name");
        bytes.extend((0..20).map(digits));
    }
    object(environment, "tree", bytes)
}

/// Writes an object of any content.
fn object(environment: &Environment, kind: &str, bytes: impl AsRef<[u8]>) -> String {
    environment.write("../object", bytes);
    let id = environment.shell(&format!("git hash-object -t {kind} --literally -w --stdin < ../object"));
    id.trim().to_owned()
}

/// Makes a commit whose records are below this tree, beside what the docket has.
fn commit_work_items(environment: &Environment, work_items: &str) {
    environment.shell(&format!(
        "inner=$({{ git ls-tree tracking:.tracking | grep -v work-items; printf '040000 tree {work_items}\\twork-items\\n'; }} | git mktree) &&
         root=$(printf '040000 tree %s\\t.tracking\\n' $inner | git mktree) &&
         git update-ref refs/heads/tracking $(git commit-tree -m hostile -p tracking $root)"
    ));
}

/// Runs `git docket` with each line of arguments, in which `$EVIL` is `evil`, and hands what it prints to `check`.
fn each(environment: &Environment, before: &str, evil: &str, lines: &[String], check: impl Fn(&str, &Output) + Sync) {
    let next = AtomicUsize::new(0);
    let work = || {
        while let Some(line) = lines.get(next.fetch_add(1, Ordering::Relaxed)) {
            let mut command = environment.command("sh");
            command.args(["-c", &format!("{before} {line}")]).env("EVIL", evil);
            check(line, &command.output().expect("sh runs"));
        }
    };
    // Small machines have two processors.
    std::thread::scope(|scope| {
        scope.spawn(work);
        work();
    });
}
