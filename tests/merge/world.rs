//! Sides of a merge for tests: a version and the commit that made it.

use git_docket::record::id::CommitHash;
use git_docket::record::merge::{Content, Merged, Outcome, Side, Stamp, merge};
use git_docket::record::{Conflict, Fields, Record, RecordPath, parse, print};

/// The id of a commit or blob: the digit, repeated.
pub(crate) fn hash(digit: u8) -> CommitHash {
    format!("{:x}", digit % 16).repeat(40).parse().expect("hex digits")
}

/// One version, and when it was made.
#[derive(Clone, Debug)]
pub(crate) struct Version {
    pub(crate) file: File,
    pub(crate) time: i64,
    pub(crate) digit: u8,
}

#[derive(Clone, Debug)]
pub(crate) enum File {
    Missing,
    Valid(Record),
    Newer,
    Invalid,
}

impl Version {
    pub(crate) fn new(record: &Record, time: i64, digit: u8) -> Self {
        let file = File::Valid(record.clone());
        Self { file, time, digit }
    }

    pub(crate) fn of(file: File, time: i64, digit: u8) -> Self {
        Self { file, time, digit }
    }

    /// The blob has the digit of the commit.
    pub(crate) fn blob(&self) -> CommitHash {
        hash(self.digit)
    }

    /// Stamps may differ by field: what is said of `field` is by the commit and a time of its own.
    fn stamp(&self, field: &str) -> Stamp {
        let varied = i64::from(
            field
                .bytes()
                .fold(self.digit, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte))
                % 3,
        );
        Stamp {
            time: self.time + if self.time < 0 { varied } else { 0 },
            commit: hash(self.digit),
        }
    }
}

fn content<'a>(version: &'a Version, blob: &'a CommitHash) -> Content<'a> {
    match &version.file {
        File::Missing => Content::Missing,
        File::Valid(record) => Content::Valid { record, blob },
        File::Newer => Content::Newer { blob },
        File::Invalid => Content::Invalid { blob },
    }
}

/// Merges, and checks what holds of every merge: the result is valid where it belongs, and so is every conflict.
pub(crate) fn merged(path: &RecordPath, base: &Version, ours: &Version, theirs: &Version) -> Merged {
    let blobs = [base, ours, theirs].map(Version::blob);
    let (our_stamp, their_stamp) = (|field: &str| ours.stamp(field), |field: &str| theirs.stamp(field));
    let merged = merge(
        path,
        content(base, &blobs[0]),
        &Side {
            content: content(ours, &blobs[1]),
            stamp: &our_stamp,
        },
        &Side {
            content: content(theirs, &blobs[2]),
            stamp: &their_stamp,
        },
    );
    if let Outcome::Record(record) = &merged.outcome {
        let printed = print(record);
        let parsed = parse(printed.as_bytes(), Some(path)).unwrap_or_else(|errors| panic!("{errors:?}\n{printed}"));
        assert_eq!(&parsed.record, &**record);
    }
    for (path, record) in &merged.conflicts {
        let printed = print(record);
        let parsed = parse(printed.as_bytes(), Some(path)).unwrap_or_else(|errors| panic!("{errors:?}\n{printed}"));
        assert_eq!(&parsed.record, record);
    }
    merged
}

/// The record that stands.
pub(crate) fn standing<'a>(merged: &'a Merged, ours: &'a Version, theirs: &'a Version) -> Option<&'a Record> {
    let of = |version: &'a Version| match &version.file {
        File::Valid(record) => Some(record),
        _ => None,
    };
    match &merged.outcome {
        Outcome::Record(record) => Some(record),
        Outcome::OursBytes => of(ours),
        Outcome::TheirsBytes => of(theirs),
    }
}

/// What stands, and the conflicts, as bytes.
pub(crate) fn bytes(merged: &Merged, ours: &Version, theirs: &Version) -> (String, Vec<(String, String)>) {
    let file = |version: &Version| match &version.file {
        File::Missing => "nothing".to_owned(),
        file => format!("{file:?} {}", version.blob().as_str()),
    };
    let stands = match &merged.outcome {
        Outcome::OursBytes => file(ours),
        Outcome::TheirsBytes => file(theirs),
        Outcome::Record(record) => print(record),
    };
    let conflicts = merged.conflicts.iter();
    (
        stands,
        conflicts
            .map(|(path, record)| (path.to_string(), print(record)))
            .collect(),
    )
}

pub(crate) fn conflict(record: &Record) -> &Conflict {
    match &record.fields {
        Fields::Conflict(conflict) => conflict,
        other => panic!("not a conflict: {other:?}"),
    }
}

pub(crate) fn path(record: &Record) -> RecordPath {
    match &record.fields {
        // Its name follows from commits that nobody has here.
        Fields::Conflict(conflict) => RecordPath::conflict(conflict.on, "c".repeat(64).parse().expect("a hash")),
        _ => record.path().expect("a valid record has a path"),
    }
}
