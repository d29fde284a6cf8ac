//! A merge of three versions of a file: the same whoever merges, with nothing lost.

use git_docket::record::config::{check as check_settings, merge_settings};
use git_docket::record::merge::{Which, merge_lines};
use git_docket::record::{Kind, RecordPath, parse};

use super::parts::{few, lettered};
use crate::world::{File, Version, bytes, merged, path};
use crate::{holds, world};

/// The input is a letter and three files: base, ours and theirs. `c` stands for settings, `l` for texts; anything else
/// is about records, and says which side is later.
pub(crate) fn check(data: &[u8]) {
    let (letter, rest) = lettered(data);
    let files = few(rest);
    match (letter, files.map(std::str::from_utf8)) {
        (b'c', [Ok(base), Ok(ours), Ok(theirs)]) => settings(base, ours, theirs),
        (b'l', [Ok(base), Ok(ours), Ok(theirs)]) => texts(base, ours, theirs),
        (b'c' | b'l', _) => {}
        _ => records(letter, files),
    }
}

fn records(letter: u8, files: [&[u8]; 3]) {
    let [base, ours, theirs] = files;
    let own = [ours, theirs, base]
        .into_iter()
        .find_map(|bytes| Some(path(&parse(bytes, None).ok()?.record)));
    let nobody = || {
        let id = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60".parse().expect("an id");
        RecordPath::own(Kind::WorkItem, id).expect("a path")
    };
    let path = own.unwrap_or_else(nobody);
    let file = |bytes: &[u8]| match parse(bytes, Some(&path)) {
        _ if bytes.is_empty() => File::Missing,
        Ok(parsed) if parsed.newer_schema.is_some() => File::Newer,
        Ok(parsed) => File::Valid(parsed.record),
        Err(_) => File::Invalid,
    };
    // One side later than the other by as much as the letter says; below zero, fields have times of their own.
    let times = (i64::from(letter % 3), i64::from(letter / 3 % 3));
    let times = match letter % 2 {
        0 => times,
        _ => (times.0 - 9, times.1 - 9),
    };
    // Blobs of the same bytes have the same name.
    let digit = |bytes: &[u8], own| match [base, ours].iter().position(|other| *other == bytes) {
        Some(0) => 0,
        Some(_) => 0xa,
        None => own,
    };
    let base_version = Version::of(file(base), 0, 0);
    let our_version = Version::of(file(ours), times.0, digit(ours, 0xa));
    let their_version = Version::of(file(theirs), times.1, digit(theirs, 0xb));
    let (b, o, t) = (&base_version, &our_version, &their_version);
    match (&o.file, &t.file) {
        (File::Valid(_), File::Valid(_)) => {
            holds::check(&path, b, o, t);
            alike(&path, b, o);
            alike(&path, b, t);
        }
        _ => {
            let (one, two) = (merged(&path, b, o, t), merged(&path, b, t, o));
            assert_eq!(bytes(&one, o, t), bytes(&two, t, o));
            still_there(o, t, &one);
        }
    }
    let some = |bytes: &'_ [u8]| !bytes.is_empty();
    holds::check_file(
        &path,
        [b, o, t],
        files.map(|bytes| Some(bytes).filter(|bytes| some(bytes))),
    );
}

/// Two sides that say the same are the result, and so is a side beside one that changed nothing.
fn alike(path: &RecordPath, base: &Version, side: &Version) {
    let File::Valid(record) = &side.file else { return };
    let other = Version::of(side.file.clone(), side.time, 0xf);
    let mut pairs = vec![(side.clone(), other)];
    if matches!(base.file, File::Valid(_)) {
        pairs.push((side.clone(), Version::of(base.file.clone(), 5, 0xf)));
    }
    for (one, two) in pairs {
        let result = merged(path, base, &one, &two);
        assert!(result.conflicts.is_empty(), "{result:#?}");
        assert_eq!(world::standing(&result, &one, &two), Some(record));
    }
}

/// Of sides that cannot be merged by field, each stands or is named in a conflict; unless it is just missing.
fn still_there(ours: &Version, theirs: &Version, merged: &git_docket::record::merge::Merged) {
    let (stands, conflicts) = bytes(merged, ours, theirs);
    for side in [ours, theirs] {
        if matches!(side.file, File::Missing) {
            continue;
        }
        let blob = side.blob();
        let told = conflicts.iter().any(|(_, conflict)| conflict.contains(blob.as_str()));
        assert!(told || stands.contains(blob.as_str()), "{side:?}\n{merged:#?}");
    }
}

fn settings(base: &str, ours: &str, theirs: &str) {
    let one = merge_settings(base, ours, theirs, Which::Ours);
    assert_eq!(
        one,
        merge_settings(base, theirs, ours, Which::Theirs),
        "whichever side is ours"
    );
    let both_are_right = |merged: &str| {
        let wrong = [ours, theirs, merged].map(|text| !check_settings(text.as_bytes()).is_empty());
        wrong[0] || wrong[1] || !wrong[2]
    };
    if let Some(merged) = one {
        assert!(both_are_right(&merged.text), "{}", merged.text);
        let again = merge_settings(ours, &merged.text, ours, Which::Ours).expect("what was merged is TOML");
        assert_eq!(again.text, merged.text);
        assert!(again.disputed.is_empty(), "{again:?}");
    }
    if let Some(same) = merge_settings(base, ours, ours, Which::Ours) {
        assert_eq!((same.text.as_str(), same.disputed.len()), (ours, 0));
    }
}

fn texts(base: &str, ours: &str, theirs: &str) {
    let one = merge_lines(base, ours, theirs);
    assert_eq!(one, merge_lines(base, theirs, ours), "whichever side is ours");
    assert_eq!(merge_lines(base, ours, ours).as_deref(), Some(ours));
    assert_eq!(merge_lines(base, ours, base).as_deref(), Some(ours));
    if let Some(merged) = one {
        // What both have kept is there, and whatever line somebody added.
        let has = |text: &str, line: &str| text.split('\n').any(|other| other == line);
        for line in base.split('\n').filter(|line| has(ours, line) && has(theirs, line)) {
            assert!(
                has(&merged, line),
                "{line:?} of {base:?} beside {ours:?} and {theirs:?}: {merged:?}"
            );
        }
        for (side, other) in [(ours, theirs), (theirs, ours)] {
            for line in side.split('\n').filter(|line| !has(base, line)) {
                assert!(has(&merged, line), "{line:?} of {side:?} beside {other:?}: {merged:?}");
            }
        }
    }
}
