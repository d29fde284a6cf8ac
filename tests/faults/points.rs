//! The calls of a command that are worth striking at, from what `strace` wrote of an undisturbed run.

use std::collections::{BTreeMap, BTreeSet};

/// The system calls that change files or force them to the disk; `?` before those that not every processor has.
pub(crate) const CALLS: &str = "write,pwrite64,writev,pwritev,?rename,renameat,renameat2,?link,linkat,?symlink,symlinkat,?unlink,\
                     unlinkat,?rmdir,?mkdir,mkdirat,ftruncate,truncate,fallocate,?chmod,fchmod,fchmodat,?open,openat,\
                     copy_file_range,fsync,fdatasync";

/// Those that take room on the disk, or find out late that there is none.
const TAKE_ROOM: &[&str] = &[
    "write",
    "pwrite64",
    "writev",
    "pwritev",
    "rename",
    "renameat",
    "renameat2",
    "link",
    "linkat",
    "symlink",
    "symlinkat",
    "mkdir",
    "mkdirat",
    "fallocate",
    "open",
    "openat",
    "copy_file_range",
    "fsync",
    "fdatasync",
];

/// One call of a command.
#[derive(Clone, Debug)]
pub(crate) struct Point {
    /// The name of the call.
    pub(crate) call: String,
    /// Which one of its thread it is.
    pub(crate) nth: usize,
    /// The call as it was in the undisturbed run.
    pub(crate) told: String,
}

impl Point {
    /// Whether a kill before this call leaves files as no kill before another one does.
    pub(crate) fn changes(&self) -> bool {
        !matches!(self.call.as_str(), "fsync" | "fdatasync")
    }

    /// Whether a disk can be too full for it, or broken.
    pub(crate) fn takes_room(&self) -> bool {
        TAKE_ROOM.contains(&self.call.as_str()) && !self.is_answer()
    }

    /// Whether it writes the answer.
    pub(crate) fn is_answer(&self) -> bool {
        self.told.contains("write(1<")
    }
}

/// The calls that change files, in the order in which they happened, each once.
pub(crate) fn points(log: &str) -> Vec<Point> {
    let mut counts = BTreeMap::new();
    let mut known = BTreeSet::new();
    let mut points = Vec::new();
    for line in log.lines() {
        let Some((thread, rest)) = line.split_once(' ') else {
            continue;
        };
        let rest = rest.trim_start();
        let Some((call, arguments)) = rest.split_once('(') else {
            continue;
        };
        if !call.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            continue;
        }
        let nth = counts.entry((thread.to_owned(), call.to_owned())).or_insert(0);
        *nth += 1;
        // Whichever thread comes first to this number is struck.
        if known.insert((call.to_owned(), *nth)) && is_on_files(call, arguments) {
            points.push(Point {
                call: call.to_owned(),
                nth: *nth,
                told: rest.to_owned(),
            });
        }
    }
    points
}

/// Whether a call changes a file, and not a pipe or what is said on standard error.
fn is_on_files(call: &str, arguments: &str) -> bool {
    match call {
        "open" | "openat" => ["O_CREAT", "O_TRUNC"].iter().any(|flag| arguments.contains(flag)),
        "write" | "pwrite64" | "writev" | "pwritev" | "ftruncate" | "fallocate" | "fsync" | "fdatasync" | "fchmod"
        | "copy_file_range" => {
            let Some((descriptor, path)) = arguments.split_once('<') else {
                return false;
            };
            let device = path.starts_with("/dev/") && !path.starts_with("/dev/shm/");
            descriptor != "2" && path.starts_with('/') && !device
        }
        _ => true,
    }
}
