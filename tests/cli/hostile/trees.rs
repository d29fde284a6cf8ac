//! Trees, commits and objects that no honest program makes: named where they are records, carried where they are not,
//! and nothing of them done.

use std::collections::BTreeMap;

use super::{ITEM, Planted, commit_work_items, item, object, path, plant, tree};
use crate::environment::Environment;

const SECOND: &str = "4f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";

/// A docket with two good items.
fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init");
    let good = [ITEM, SECOND].map(|id| (path(id), item(id, &format!("Good {}", &id[..1]), "", "Text.")));
    let files: Vec<Planted<'_>> = good
        .iter()
        .map(|(path, content)| ("100644", path.as_bytes(), content.as_bytes()))
        .collect();
    plant(&environment, "Ana <ana@example.com>", "good", &files);
    environment
}

/// The titles that are listed, by the index and by git itself.
fn titles(environment: &Environment) -> Vec<String> {
    let [index, git] = ["", "DOCKET_INDEX=off "].map(|before| {
        let list = environment.shell(&format!(
            "{before}git-docket list --json | jq -c '[.items[].title] | sort'"
        ));
        serde_json::from_str::<Vec<String>>(&list).expect("JSON")
    });
    assert_eq!(index, git);
    git
}

/// What `validate` finds: the file's name and why.
fn found(environment: &Environment) -> BTreeMap<String, String> {
    let output = environment.run_shell("git-docket validate --json");
    let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let found = answer["violations"].as_array().expect("a list").iter();
    let text = |value: &serde_json::Value| value.as_str().expect("text").to_owned();
    found.map(|one| (text(&one["file"]), text(&one["message"]))).collect()
}

/// Everything outside of the repository's own directory.
fn outside(environment: &Environment) -> String {
    environment
        .shell("cd .. && find . -name .git -prune -o -type f -print | grep -v -e '^./stream' -e '^./object' | sort")
}

/// The records of a docket beside everything that no git would put there.
fn strange_work_items(environment: &Environment) -> String {
    let blob = object(environment, "blob", "---\nschema: work-item/1\n---\n");
    let good = |id: &str| {
        environment
            .shell(&format!("git rev-parse tracking:{}", path(id)))
            .trim()
            .to_owned()
    };
    let (one, two) = (good(ITEM), good(SECOND));
    let link = object(environment, "blob", "../../../../../etc/passwd");
    let commit = environment.shell("git rev-parse main").trim().to_owned();
    let named = |id: &str| format!("{id}.md").into_bytes();
    let (record, copy) = (named(ITEM), named("3f000000-52a1-4b53-9b0e-0c8f5e1f7a60"));
    let other = |digit: &str| named(&ITEM.replace("7a60", &format!("7a6{digit}")));
    let nested = tree(environment, &[("100644", b"x", &blob)]);
    let upper = named(&ITEM.to_uppercase());
    let entries: Vec<(&str, Vec<u8>, &str)> = vec![
        ("100644", record.clone(), &one),
        ("100644", b"..".to_vec(), &blob),
        ("40000", b".".to_vec(), &nested),
        ("100644", b".git".to_vec(), &blob),
        ("40000", b".GIT".to_vec(), &nested),
        ("100644", b"git~1".to_vec(), &blob),
        ("120000", b".gitmodules".to_vec(), &link),
        ("120000", other("1"), &link),
        ("160000", other("2"), &commit),
        ("40000", other("3"), &nested),
        ("100755", other("4"), &blob),
        ("100644", upper, &one),
        ("100644", copy, &one),
        ("100644", b"con.md".to_vec(), &blob),
        ("100644", b"a.md.".to_vec(), &blob),
        ("100644", b"a:b.md".to_vec(), &blob),
        ("100644", b"a\\b.md".to_vec(), &blob),
        ("100644", b"line\nbreak.md".to_vec(), &blob),
        ("100644", b"\x1b[2J.md".to_vec(), &blob),
        ("100644", b"\xff\xfe.md".to_vec(), &blob),
        ("100644", "é.md".into(), &blob),
        ("100644", "e\u{301}.md".into(), &blob),
        // A path for a name, which would stand for a record that is there.
        ("100644", [b"../4f/", named(SECOND).as_slice()].concat(), &blob),
        // Out of order, and there already.
        ("100644", b"a".to_vec(), &blob),
        ("100644", record, &blob),
    ];
    let entries: Vec<(&str, &[u8], &str)> = entries
        .iter()
        .map(|(mode, name, id)| (*mode, name.as_slice(), *id))
        .collect();
    let shard = tree(environment, &entries);
    let second = tree(environment, &[("100644", &named(SECOND), &two)]);
    tree(environment, &[("40000", b"3f", &shard), ("40000", b"4f", &second)])
}

#[test]
fn entries_that_are_no_records_hide_nothing_and_are_carried() {
    let environment = docket();
    let work_items = strange_work_items(&environment);
    let before = outside(&environment);
    environment.shell("git branch good tracking");
    commit_work_items(&environment, &work_items);

    assert_eq!(titles(&environment), ["Good 3", "Good 4"]);
    let found = found(&environment);
    for (file, reason) in [
        ("3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a61.md", "regular file"),
        ("3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a62.md", "regular file"),
        ("3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a64.md", "is required"),
        (
            "3F9A2C1B-52A1-4B53-9B0E-0C8F5E1F7A60.md",
            "no such record has the identity",
        ),
        ("3f000000-52a1-4b53-9b0e-0c8f5e1f7a60.md", "the file is named 3f000000"),
        ("con.md", "not at the path of any record"),
        ("é.md", "not at the path of any record"),
    ] {
        let file = format!(".tracking/work-items/3f/{file}");
        assert!(
            found.get(&file).is_some_and(|told| told.contains(reason)),
            "{file}: {found:#?}"
        );
    }
    // A write leaves them where they are, as they are, and everything else alone.
    let list = "git ls-tree -z tracking:.tracking/work-items/3f | tr '\\0' '\\n' | LC_ALL=C grep -a -v '\t3f9a2c1b.*7a60.md' | sort | cat -v";
    let carried = environment.shell(list);
    environment
        .shell("git-docket priority 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60 high && git-docket note 4f9a2c1b Noted");
    let written = environment.shell(&format!("git ls-tree tracking {}", path(ITEM)));
    assert_eq!(written.lines().count(), 1, "{written}");
    assert_eq!(environment.json("show 3f9a2c1b")["priority"], "high");
    assert_eq!(environment.shell(list), carried);
    assert_eq!(outside(&environment), before);
    assert_eq!(environment.shell("git status --porcelain"), "");
    // Nor does a merge with what somebody did who has not seen any of it.
    environment.shell(
        "git init -q --bare ../hub.git && git remote add origin ../hub.git && git push -q origin good:refs/heads/tracking &&
         git clone -q ../hub.git ../other 2>/dev/null && git-docket -C ../other note 3f9a2c1b Merged &&
         git-docket -C ../other sync && git-docket sync && git-docket -C ../other sync",
    );
    assert_eq!(environment.shell(list), carried);
    assert_eq!(titles(&environment), ["Good 3", "Good 4"]);
    let notes = environment.json("-C ../other show 3f9a2c1b")["notes"].clone();
    assert_eq!(notes[0]["body"], "Merged", "{notes}");
}

#[test]
fn directories_of_records_that_are_none_are_named() {
    for (mode, what) in [("120000", "link"), ("160000", "submodule"), ("100644", "file")] {
        let environment = docket();
        let target = match mode {
            "160000" => environment.shell("git rev-parse main").trim().to_owned(),
            _ => "../..".to_owned(),
        };
        plant(
            &environment,
            "Ana <a@b>",
            what,
            &[(mode, b".tracking/vendors", target.as_bytes())],
        );
        assert_eq!(titles(&environment), ["Good 3", "Good 4"], "{what}");
        let output = environment.run_shell("git-docket vendor add ADP");
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(
            output.status.code() == Some(1) && told.contains(".tracking/vendors"),
            "{what}: {told}"
        );
        environment.shell("git-docket add 'Still works'");
    }
}

#[test]
fn a_blob_that_is_missing_or_broken_is_one_record() {
    for (what, reason) in [
        ("rm -f", "missing"),
        ("truncate -s 20", "cannot be read"),
        ("cp ../rubbish", "cannot be read"),
    ] {
        let environment = docket();
        environment.write("../rubbish", b"\x78\x01rubbish");
        let blob = environment.shell(&format!("git rev-parse tracking:{}", path(ITEM)));
        let file = format!(".git/objects/{}/{}", &blob[..2], blob[2..].trim());
        environment.shell(&format!("chmod u+w {file} && {what} {file}"));
        assert_eq!(titles(&environment), ["Good 4"], "{what}");
        let told = &found(&environment)[&path(ITEM)];
        assert!(told.contains(reason) && told.contains(blob.trim()), "{told}");
        environment.shell("git-docket priority 4f9a2c1b high && git-docket add 'Still works'");
        // What is broken is not written over.
        let output = environment.run_shell("git-docket priority 3f9a2c1b high");
        assert!(!output.status.success(), "{what}");
        assert_eq!(
            environment.shell(&format!("git rev-parse tracking:{}", path(ITEM))),
            blob
        );
    }
}

#[test]
fn a_tree_that_is_missing_is_named_with_what_to_do() {
    let environment = docket();
    let tree = environment.shell("git rev-parse tracking:.tracking/work-items");
    environment.shell(&format!("rm -f .git/objects/{}/{}", &tree[..2], &tree[2..]));
    let output = environment.run_shell("DOCKET_INDEX=off git-docket list");
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(255), "{told}");
    assert!(told.contains(tree.trim()) && told.contains("git fsck --full"), "{told}");
}

/// Runs a command that may take so many kilobytes for what it computes with, beside its code.
fn within(environment: &Environment, kilobytes: usize, line: &str) -> std::process::Output {
    environment.run_shell(&format!("ulimit -d {kilobytes} && {line}"))
}

#[cfg(target_os = "linux")]
#[test]
fn a_blob_of_300_megabytes_is_not_read() {
    const KILOBYTES: usize = 200_000;
    let environment = docket();
    environment.shell("git tag before tracking");
    let size = 300 << 20;
    // Zeros: a quarter of a second, and a few kilobytes on the disk.
    let blob = environment.shell(&format!("head -c {size} /dev/zero | git hash-object -w --stdin"));
    for path in [
        path(ITEM),
        ".tracking/templates/large.j2".to_owned(),
        ".tracking/queries/large".to_owned(),
    ] {
        environment.shell(&format!(
            "export GIT_INDEX_FILE=\"$HOME/large-index\" && git read-tree tracking &&
             git update-index --add --cacheinfo 100644,{},{path} &&
             git update-ref refs/heads/tracking $(git commit-tree -m large -p tracking $(git write-tree))",
            blob.trim()
        ));
    }
    let read = within(
        &environment,
        KILOBYTES,
        &format!("x=$(head -c {size} /dev/zero | tr '\\0' x) && echo read"),
    );
    assert!(read.stdout.is_empty(), "the limit stops nobody");
    for (line, code) in [
        ("list", 0),
        ("validate", 1),
        ("show 4f9a2c1b", 0),
        ("show 3f9a2c1b", 1),
        ("log 3f9a2c1b", 0),
        ("blame 4f9a2c1b", 0),
        ("diff before..tracking", 0),
        ("review before..tracking", 1),
        ("export json", 0),
        ("render", 0),
        ("render large", 1),
        ("query @large", 1),
        ("status", 0),
        ("doctor", 1),
        ("priority 3f9a2c1b high", 1),
        ("priority 4f9a2c1b high", 0),
    ] {
        for index in ["", "DOCKET_INDEX=off"] {
            let output = within(&environment, KILOBYTES, &format!("{index} git-docket {line}"));
            let said = format!("{index} {line}: {output:?}");
            assert_eq!(output.status.code(), Some(code), "{}", &said[..said.len().min(2000)]);
        }
    }
    let told = &found(&environment)[&path(ITEM)];
    assert!(told.contains("314572800 bytes"), "{told}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_entries_are_listed_in_bounded_memory() {
    let environment = docket();
    let blob = object(&environment, "blob", "x\n");
    let mktree = |lines: String| {
        environment.write("../entries", lines);
        environment.shell("git mktree < ../entries").trim().to_owned()
    };
    let [good, other] = [ITEM, SECOND].map(|id| environment.shell(&format!("git rev-parse tracking:{}", path(id))));
    let strays: String = (0..100_000)
        .map(|number| format!("100644 blob {blob}\tstray-{number}.md\n"))
        .collect();
    let full = mktree(format!("{strays}100644 blob {}\t{ITEM}.md\n", good.trim()));
    // Some that are named like records, and hold none.
    let empty = (0..1_000).map(|number| format!("100644 blob {blob}\t{number:08x}-52a1-4b53-9b0e-0c8f5e1f7a60.md\n"));
    let empty = mktree(empty.collect());
    let single = mktree(format!("100644 blob {}\t{SECOND}.md\n", other.trim()));
    let shards = [("00", empty), ("3f", full), ("4f", single)];
    let shards = shards.map(|(name, tree)| format!("040000 tree {tree}\t{name}\n"));
    commit_work_items(&environment, &mktree(shards.concat()));
    for line in [
        "git-docket list",
        "DOCKET_INDEX=off git-docket list",
        "git-docket show 3f9a2c1b",
    ] {
        let output = within(&environment, 400_000, line);
        let told = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{line}: {told}");
        assert!(told.lines().count() < 30, "{line}: {told}");
    }
    environment.shell("git-docket priority 3f9a2c1b high");
}

/// A commit with any bytes for a header and a message, on the tip and with its tree.
fn commit(environment: &Environment, header: &[u8], message: &[u8]) {
    let [tree, tip] = ["tracking^{tree}", "tracking"].map(|what| environment.shell(&format!("git rev-parse {what}")));
    let bytes = [format!("tree {tree}parent {tip}").as_bytes(), header, b"\n", message].concat();
    let commit = object(environment, "commit", bytes);
    environment.write(".git/refs/heads/tracking", format!("{commit}\n"));
}

#[test]
fn commits_with_odd_headers_are_told_as_far_as_they_can_be_read() {
    let environment = docket();
    let who = b"A <a@b> 1760112000 +0000\n".as_slice();
    let both = |who: &[u8]| [b"author ", who, b"committer ", who].concat();
    environment.shell("git branch good tracking");
    for (header, message) in [
        (both(b"A <a@b> 99999999999999999999 +0000\n"), b"far\n".as_slice()),
        (both(b"A <a@b> -5 +9999\n"), b"before all\n"),
        (both(b"A <a@b>\n"), b"no date\n"),
        (both(b"nobody\n"), b"no address\n"),
        (
            both(b"\xff\xfe <\xff> 1760112000 +0000\n"),
            b"\xff\xfe\0 in no encoding\n",
        ),
        ([both(who), b"encoding latin1\n".to_vec()].concat(), b"caf\xe9\n"),
        (
            [both(who), b"encoding no-such\nmergetag x\n y\n".to_vec()].concat(),
            b"",
        ),
    ] {
        commit(&environment, &header, message);
        for line in [
            "list",
            "log",
            "log --json",
            "blame 3f9a2c1b",
            "changes --since good",
            "validate",
            "stats",
            "doctor",
        ] {
            let output = environment.run_shell(&format!("git-docket {line}"));
            assert!(
                output.status.code().is_some_and(|code| code <= 1),
                "{line} {header:?}: {output:?}"
            );
        }
        environment.shell("DOCKET_SEED=$(git rev-parse tracking) git-docket add 'Goes on'");
    }
    assert_eq!(titles(&environment).len(), 9);
    // Somebody else's work comes in beside them, and goes on from them.
    environment.shell(
        "git init -q --bare ../hub.git && git remote add origin ../hub.git && git push -q origin good:refs/heads/tracking &&
         git clone -q ../hub.git ../other 2>/dev/null && git-docket -C ../other note 3f9a2c1b Beside &&
         git-docket -C ../other sync && git-docket sync && git-docket -C ../other sync",
    );
    assert_eq!(
        environment.shell("git rev-parse tracking"),
        environment.shell("git -C ../other rev-parse tracking")
    );
    assert_eq!(
        environment.json("-C ../other show 3f9a2c1b")["notes"][0]["body"],
        "Beside"
    );
    assert_eq!(environment.json("-C ../other list")["total_count"], 9);
}

#[test]
fn attributes_filters_and_pointers_of_others_do_nothing() {
    let environment = docket();
    let pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
    plant(
        &environment,
        "Mallory <m@x>",
        "attributes",
        &[
            ("100644", b".gitattributes", b"* filter=evil diff=evil merge=evil\n"),
            (
                "100644",
                b".tracking/.gitattributes",
                b"* filter=evil text eol=crlf ident\n",
            ),
            ("100644", path(ITEM).as_bytes(), pointer.as_bytes()),
        ],
    );
    environment.shell("for key in filter.evil.smudge filter.evil.clean filter.evil.process diff.evil.command diff.evil.textconv merge.evil.driver; do git config $key 'touch pwned'; done");
    assert_eq!(titles(&environment), ["Good 4"]);
    assert!(found(&environment)[&path(ITEM)].contains("does not begin"));
    let before = outside(&environment);
    environment.shell(
        "git-docket priority 4f9a2c1b high && git-docket log && git-docket diff tracking~1..tracking && git-docket export json >/dev/null &&
         git-docket undo && git clone -q --bare . ../hub.git && git remote add origin ../hub.git && git-docket sync",
    );
    assert_eq!(
        outside(&environment)
            .lines()
            .filter(|file| file.contains("pwned"))
            .count(),
        0,
        "{before}"
    );
    // Bytes are what they are, whatever the attributes say about ends of lines.
    let text = environment.shell(&format!("git cat-file blob tracking:{}", path(SECOND)));
    assert!(!text.contains('\r'));
}
