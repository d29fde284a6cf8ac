//! Fetching and pushing, by the user's git: credentials, proxies and ssh are theirs.
//!
//! Every refspec is named; nothing is added to git's config, nothing is forced on a remote, tags and `FETCH_HEAD` are
//! left alone.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::child::cleaned;
use super::fault::fault;
use super::{CommitId, Error, Remote, Store};

/// How much of what git says is kept to tell what went wrong.
const SAID_BYTES: usize = 16 << 10;

/// How much of what git prints is kept: a line for each ref.
const PRINTED_BYTES: usize = 1 << 20;

/// Called with pieces of what git prints, as they come.
pub type Told<'t> = &'t mut dyn FnMut(&[u8]);

/// Whom git may ask, and who is told what it says while it works.
pub struct Talk<'t> {
    /// Whether git may ask for a password: only where somebody sits before a terminal.
    pub may_ask: bool,
    /// Who is told; nobody where nobody looks.
    pub told: Option<Told<'t>>,
    /// How long it may take; as long as it takes where nothing is said.
    pub patience: Option<Duration>,
}

/// How much of a history to fetch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What is new; of a shallow clone, down to where it ends.
    Known,
    /// So many commits more than a shallow clone has.
    Deeper(u32),
    /// All of it.
    Whole,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The remote's ref names the commit.
    Done,
    /// Somebody else was there before: the remote's ref is not an ancestor of the commit.
    Behind,
}

impl Store {
    /// Asks the remote where a ref of its stands, and gets what that reaches: the commit, none where the remote has no
    /// such ref. The answer is kept in [`Remote::kept`].
    ///
    /// # Errors
    ///
    /// [`Error::Remote`] where the remote could not be asked, [`Error::Command`] where git could not be run.
    pub fn fetch(
        &self,
        remote: &Remote,
        reference: &str,
        depth: Depth,
        talk: &mut Talk<'_>,
    ) -> Result<Option<CommitId>, Error> {
        let mut command = self.transport(talk);
        command.args([
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--no-filter",
        ]);
        match depth {
            Depth::Known => {}
            Depth::Deeper(commits) => drop(command.arg(format!("--deepen={commits}"))),
            Depth::Whole => drop(command.arg("--unshallow")),
        }
        command.arg("--progress").arg("--").arg(&remote.name);
        command.arg(format!("+{reference}:{}", remote.kept(reference)));
        let (status, said, _) = spoken(&mut command, talk)?;
        if status.success() {
            return self.last_known(remote, reference);
        }
        match said.contains("couldn't find remote ref") {
            true => Ok(None),
            false => Err(fault("fetch from", remote, &said)),
        }
    }

    /// Makes a ref of the remote name a commit, if that goes on from what it names. One push, however many commits.
    ///
    /// # Errors
    ///
    /// [`Error::Remote`] where the remote could not be asked or refuses, [`Error::Command`] where git could not be run.
    /// Where the answer of the remote was lost, it may have happened nevertheless; the next fetch tells.
    pub fn push(
        &self,
        remote: &Remote,
        commit: CommitId,
        reference: &str,
        talk: &mut Talk<'_>,
    ) -> Result<Pushed, Error> {
        let mut command = self.transport(talk);
        command.args([
            "push",
            "--porcelain",
            "--no-follow-tags",
            "--recurse-submodules=no",
            "--progress",
            "--",
        ]);
        command.arg(&remote.name).arg(format!("{commit}:{reference}"));
        let (status, said, printed) = spoken(&mut command, talk)?;
        if status.success() {
            self.keep_pushed(remote, commit, reference)?;
            return Ok(Pushed::Done);
        }
        let rejected = printed.lines().find(|line| line.starts_with('!')).unwrap_or_default();
        let behind = ["(fetch first)", "(non-fast-forward)", "(needs force)", "(stale info)"];
        // Another push held the ref, or moved it in between: what it wrote is to be fetched first.
        let raced = [
            "cannot lock ref",
            "failed to update ref",
            "incorrect old value",
            "reference already exists",
        ];
        match behind.iter().chain(&raced).any(|reason| rejected.contains(reason)) {
            true => Ok(Pushed::Behind),
            false => Err(fault("push to", remote, &format!("{said}{rejected}"))),
        }
    }

    /// Git does so itself only where its config maps the ref.
    fn keep_pushed(&self, remote: &Remote, commit: CommitId, reference: &str) -> Result<(), Error> {
        if self.last_known(remote, reference).ok().flatten() == Some(commit) {
            return Ok(());
        }
        let (kept, commit) = (remote.kept(reference), commit.to_string());
        self.git(&["update-ref".as_ref(), kept.as_ref(), commit.as_ref()])
            .map(drop)
    }

    /// Git with a language that can be read here, in this repository.
    fn transport(&self, talk: &Talk<'_>) -> Command {
        let mut command = cleaned();
        command.arg("--git-dir").arg(self.git_dir());
        // The address of a remote may be a path from here.
        command.current_dir(self.work_dir().unwrap_or_else(|| self.git_dir()));
        command.env("LC_ALL", "C").env("LANGUAGE", "").stdin(Stdio::null());
        if !talk.may_ask {
            command.env("GIT_TERMINAL_PROMPT", "0").env("GCM_INTERACTIVE", "never");
        }
        command
    }
}

/// What comes out of git while it runs.
enum Piece {
    Said(Vec<u8>),
    Printed(Vec<u8>),
}

/// Runs git, passing on what it says as it comes: how it ended, the end of what it said, and what it printed.
fn spoken(command: &mut Command, talk: &mut Talk<'_>) -> Result<(ExitStatus, String, String), Error> {
    let failed = |error: std::io::Error| Error::Command {
        command: "fetch or push".to_owned(),
        message: error.to_string(),
    };
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(failed)?;
    let (sender, receiver) = mpsc::channel();
    if let Some(stdout) = child.stdout.take() {
        pass_on(stdout, sender.clone(), Piece::Printed);
    }
    if let Some(stderr) = child.stderr.take() {
        pass_on(stderr, sender, Piece::Said);
    }
    let end = talk.patience.map(|patience| Instant::now() + patience);
    let (mut said, mut printed) = (Vec::new(), Vec::new());
    loop {
        let piece = match end {
            Some(end) => receiver.recv_timeout(end.saturating_duration_since(Instant::now())),
            None => receiver.recv().map_err(|_| RecvTimeoutError::Disconnected),
        };
        match piece {
            Ok(Piece::Said(bytes)) => {
                if let Some(told) = &mut talk.told {
                    told(&bytes);
                }
                said.extend(bytes);
                let surplus = said.len().saturating_sub(SAID_BYTES);
                said.drain(..surplus);
            }
            Ok(Piece::Printed(bytes)) if printed.len() < PRINTED_BYTES => printed.extend(bytes),
            Ok(Piece::Printed(_)) => {}
            Err(RecvTimeoutError::Disconnected) => break,
            Err(RecvTimeoutError::Timeout) => {
                // What git itself has started, such as ssh, may live on and hold the pipes; nobody waits for that.
                child.kill().ok();
                said.extend_from_slice(b"fatal: connection timed out\n");
                break;
            }
        }
    }
    let status = child.wait().map_err(failed)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((status, text(&said), text(&printed)))
}

/// Reads in a thread of its own, which ends with what it reads from.
fn pass_on(mut from: impl Read + Send + 'static, to: mpsc::Sender<Piece>, piece: fn(Vec<u8>) -> Piece) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if to.send(piece(buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
}
