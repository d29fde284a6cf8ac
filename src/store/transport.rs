//! Fetching and pushing, by the user's git: credentials, proxies and ssh are theirs.
//!
//! Every refspec is named; nothing is added to git's config, nothing is forced on a remote, tags and `FETCH_HEAD` are
//! left alone.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use super::child::cleaned;
use super::fault::{fault, told};
use super::{CommitId, Error, Remote, Store};

/// How much of what git says is kept to tell what went wrong.
const SAID_BYTES: usize = 16 << 10;

/// How much of what git prints is kept: a line for each ref.
const PRINTED_BYTES: usize = 1 << 20;

/// How long what git leaves behind may go on talking when git itself has ended, and how long git is given to end.
const LAST_WORDS: Duration = Duration::from_secs(1);

/// How often somebody looks whether git has ended.
const LOOK: Duration = Duration::from_millis(50);

/// How many pieces wait for whoever passes them on.
const PIECES: usize = 64;

/// Makes git force objects and refs to the disk, several objects at once; versions before 2.36 do not know these.
pub(super) const FORCED: &[&str] = &["-c", "core.fsync=committed,reference", "-c", "core.fsyncMethod=batch"];

/// Called with pieces of what git prints, as they come.
pub type Told<'t> = &'t mut dyn FnMut(&[u8]);

/// Whom git may ask, and who is told what it says while it works.
pub struct Talk<'t> {
    /// Whether git may ask for a password: only where somebody sits before a terminal.
    pub may_ask: bool,
    /// Who is told; nobody where nobody looks.
    pub told: Option<Told<'t>>,
    /// When git is stopped; it may take as long as it takes where nothing is said.
    pub until: Option<Instant>,
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
    /// All of it once more, also what should be here: a partial clone has commits without their files.
    Anew,
}

/// What became of a push.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pushed {
    /// The remote's ref names the commit.
    Done,
    /// Somebody else was there before: the remote's ref is not an ancestor of the commit.
    Behind,
    /// Somebody else held the remote's ref, or moved it meanwhile. What git and the remote said of it.
    Raced(String),
}

impl Store {
    /// Asks the remote where a ref of its stands, and gets what that reaches: the commit, which is kept in
    /// [`Remote::kept`]; none where the remote has no such ref, and what was kept stays. All refs whose names begin
    /// with `beside` are fetched along, where there are any.
    ///
    /// # Errors
    ///
    /// [`Error::Remote`] where the remote could not be asked, [`Error::Command`] where git could not be run.
    pub fn fetch(
        &self,
        remote: &Remote,
        reference: &str,
        beside: Option<&str>,
        depth: Depth,
        talk: &mut Talk<'_>,
    ) -> Result<Option<CommitId>, Error> {
        let mut command = self.transport(talk);
        if self.durable {
            // Our ref goes to the disk, so what it will name has to be there before; git leaves that to the system
            // where a fetch brings few objects.
            command.args(FORCED);
        }
        command.args([
            "fetch",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--no-auto-maintenance",
            "--no-filter",
            // Else what the config says to fetch is fetched along with what is named, perhaps into our branch.
            "--refmap=",
        ]);
        match depth {
            Depth::Known => {}
            Depth::Deeper(commits) => drop(command.arg(format!("--deepen={commits}"))),
            Depth::Whole => drop(command.arg("--unshallow")),
            Depth::Anew => drop(command.arg("--refetch")),
        }
        command.arg("--progress").arg("--").arg(&remote.name);
        let specs = [Some(reference.to_owned()), beside.map(|beside| format!("{beside}*"))];
        command.args(
            specs
                .iter()
                .flatten()
                .map(|spec| format!("+{spec}:{}", remote.kept(spec))),
        );
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
        let mirror = format!("remote.{}.mirror", remote.name);
        if self.config_flag(&mirror) {
            // A mirror takes all refs or none; one is meant here.
            command.arg("-c").arg(format!("{mirror}=false"));
        }
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
            self.keep_pushed(remote, commit, reference);
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
        if behind.iter().any(|reason| rejected.contains(reason)) {
            return Ok(Pushed::Behind);
        }
        match raced.iter().any(|reason| rejected.contains(reason)) {
            true => Ok(Pushed::Raced(told(&said))),
            false => Err(fault("push to", remote, &pushing(&said, rejected))),
        }
    }

    /// Git does so itself only where its config maps the ref. Where it cannot be kept, the next fetch tells.
    fn keep_pushed(&self, remote: &Remote, commit: CommitId, reference: &str) {
        if self.last_known(remote, reference).ok().flatten() != Some(commit) {
            let (kept, commit) = (remote.kept(reference), commit.to_string());
            drop(self.git(&["update-ref".as_ref(), kept.as_ref(), commit.as_ref()]));
        }
    }

    /// Whether somebody says how ssh is run, or who answers for them, as pipelines do.
    #[expect(
        clippy::disallowed_methods,
        reason = "variables of git's own, which it is given as they are"
    )]
    fn has_ssh_of_its_own(&self) -> bool {
        let answers = ["GIT_SSH_COMMAND", "GIT_SSH", "SSH_ASKPASS"].map(std::env::var_os);
        answers.iter().any(Option::is_some) || self.config_text("core.sshCommand").is_some()
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
            if !self.has_ssh_of_its_own() {
                command.env("GIT_SSH_COMMAND", "ssh -oBatchMode=yes");
            }
        }
        command
    }
}

/// What was said, with what became of the ref. Where a hook here refuses, git tells neither that nor why.
fn pushing(said: &str, rejected: &str) -> String {
    let failed = said.contains("error: failed to push some refs");
    let lost = ["fatal:", "disconnect", "hung up"]
        .iter()
        .any(|word| said.contains(word));
    match failed && !lost && rejected.is_empty() {
        true => format!("{said}pre-push: a hook here refuses it"),
        false => format!("{said}{rejected}"),
    }
}

/// What comes out of git while it runs.
enum Piece {
    Said(Vec<u8>),
    Printed(Vec<u8>),
}

/// Git while it runs.
struct Running {
    child: Child,
    /// Whether what it starts can be stopped with it.
    #[cfg_attr(not(unix), expect(dead_code, reason = "only Unix has groups of processes"))]
    apart: bool,
}

/// Runs git, passing on what it says as it comes: how it ended, the end of what it said, and what it printed.
fn spoken(command: &mut Command, talk: &mut Talk<'_>) -> Result<(ExitStatus, String, String), Error> {
    let failed = |error: std::io::Error| Error::Command {
        command: "fetch or push".to_owned(),
        message: error.to_string(),
    };
    let mut running = Running::start(command, talk).map_err(failed)?;
    let (sender, receiver) = mpsc::sync_channel(PIECES);
    if let Some(stdout) = running.child.stdout.take() {
        pass_on(stdout, sender.clone(), Piece::Printed);
    }
    if let Some(stderr) = running.child.stderr.take() {
        pass_on(stderr, sender, Piece::Said);
    }
    let (mut said, mut printed, mut ended) = (Vec::new(), Vec::new(), None);
    loop {
        if talk.until.is_some_and(|until| Instant::now() >= until) {
            running.stop();
            said.extend_from_slice(b"fatal: connection timed out\n");
            break;
        }
        // What git has started and left running may hold the pipes for long; nobody waits for that.
        if ended.is_some_and(|ended: Instant| ended.elapsed() > LAST_WORDS) {
            break;
        }
        match receiver.recv_timeout(LOOK) {
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
            Err(RecvTimeoutError::Timeout) if ended.is_none() => {
                ended = running.child.try_wait().map_err(failed)?.map(|_| Instant::now());
            }
            Err(RecvTimeoutError::Timeout) => {}
        }
    }
    let status = running.child.wait().map_err(failed)?;
    if status.code().is_none() {
        // Who is killed says nothing.
        said.extend_from_slice(format!("fatal: git was ended by a {status}\n").as_bytes());
    }
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((status, text(&said), text(&printed)))
}

impl Running {
    fn start(command: &mut Command, talk: &Talk<'_>) -> std::io::Result<Self> {
        // Whoever may be asked at the terminal must stay in its foreground.
        let apart = cfg!(unix) && talk.until.is_some() && !talk.may_ask;
        #[cfg(unix)]
        if apart {
            std::os::unix::process::CommandExt::process_group(command, 0);
        }
        let child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        Ok(Self { child, apart })
    }

    /// Asks git to end, so that it leaves no lock behind, and makes it where it does not.
    fn stop(&mut self) {
        self.signal(false);
        let asked = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && asked.elapsed() < LAST_WORDS {
            std::thread::sleep(LOOK);
        }
        self.signal(true);
        self.child.kill().ok();
    }

    #[cfg(unix)]
    fn signal(&self, hard: bool) {
        use rustix::process::{Pid, Signal, kill_process, kill_process_group};
        let signal = if hard { Signal::KILL } else { Signal::TERM };
        let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else {
            return;
        };
        // What has ended already needs no signal.
        match self.apart {
            true => kill_process_group(pid, signal).ok(),
            false if hard => None,
            false => kill_process(pid, signal).ok(),
        };
    }

    #[cfg(not(unix))]
    fn signal(&self, _hard: bool) {}
}

/// Reads in a thread of its own, which ends with what it reads from.
fn pass_on(mut from: impl Read + Send + 'static, to: mpsc::SyncSender<Piece>, piece: fn(Vec<u8>) -> Piece) {
    std::thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            if to.send(piece(buffer[..count].to_vec())).is_err() {
                break;
            }
        }
    });
}
