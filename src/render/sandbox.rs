//! A process of its own for the templates of a team, so that whatever they do, only that process ends.
//!
//! The engine counts steps, but one step can double a text, and thirty of them make a gigabyte. So what a teammate
//! commits runs where memory is limited (on Linux by the system; elsewhere time alone is), and whoever asked goes on.

#![expect(clippy::disallowed_types, reason = "the one place that starts this program again")]

use std::io::{self, Read, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use minijinja::Value;
use serde::{Deserialize, Serialize};

use super::{Error, Template, Templates};

/// The command, which no help names, that makes this program such a process.
const COMMAND: &str = "render-sandbox";

/// How much memory a report may take while it is made: one of 10,000 items takes a tenth of it.
const MEMORY_BYTES: u64 = 1 << 30;

/// How long it may take.
const TIME: Duration = Duration::from_secs(5);

/// How much of an answer is read.
const ANSWER_BYTES: u64 = 256 << 20;

#[derive(Serialize)]
struct Request<'r, S> {
    own: &'r [&'r Template],
    name: &'r str,
    seen: &'r S,
}

/// The same, as the process reads it.
#[derive(Deserialize)]
struct Asked {
    own: Vec<Template>,
    name: String,
    seen: Value,
}

/// Lets a process of its own make the report, and waits for it, not for ever.
///
/// # Errors
///
/// Outside, why there is no answer; inside, what is wrong with a template.
pub(super) fn render(
    program: Option<&Path>,
    own: &[&Template],
    name: &str,
    seen: &impl Serialize,
) -> Result<Result<String, Error>, String> {
    let program = program.ok_or("there is no program to run a team's own templates with")?;
    let request = serde_json::to_vec(&Request { own, name, seen }).map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command
        .arg(COMMAND)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut child = command
        .spawn()
        .map_err(|error| format!("{} cannot be started: {error}", program.display()))?;
    let answer = exchange(&mut child, request);
    // Whatever became of it, it does not stay.
    child.kill().ok();
    let status = child.wait().map_err(|error| error.to_string())?;
    let answer = answer.ok_or_else(|| format!("it takes longer than {} seconds", TIME.as_secs()))?;
    serde_json::from_slice(&answer).map_err(|_| match status.code() {
        Some(_) => format!("{} answered what is none: {status}", program.display()),
        // Stopped by a signal.
        None => format!(
            "it takes more than a report may, {} MiB of memory and {} seconds: {status}",
            MEMORY_BYTES >> 20,
            TIME.as_secs()
        ),
    })
}

/// Gives the process its request and reads its answer; nothing where that takes too long.
fn exchange(child: &mut Child, request: Vec<u8>) -> Option<Vec<u8>> {
    let (mut stdin, stdout) = (child.stdin.take()?, child.stdout.take()?);
    // One thread each, which end with the process: it might do neither reading nor writing.
    std::thread::spawn(move || stdin.write_all(&request));
    let (sender, receiver) = mpsc::channel();
    std::thread::spawn(move || {
        let mut answer = Vec::new();
        let read = stdout.take(ANSWER_BYTES).read_to_end(&mut answer);
        sender.send(read.map(|_| answer).unwrap_or_default())
    });
    receiver.recv_timeout(TIME).ok()
}

/// Is the process: reads what to render, and writes what became of it.
///
/// # Errors
///
/// What cannot be read or written, or where memory cannot be limited.
pub fn serve(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    limit()?;
    let mut request = Vec::new();
    input.read_to_end(&mut request)?;
    let asked: Asked = serde_json::from_slice(&request)?;
    drop(request);
    let rendered = Templates::with(asked.own).render_here(&asked.name, &asked.seen);
    serde_json::to_writer(&mut output, &rendered)?;
    output.flush()
}

#[cfg(unix)]
fn limit() -> io::Result<()> {
    use rlimit::Resource;

    // A little more than whoever asked waits for: it says why better than a signal.
    let seconds = TIME.as_secs() + 1;
    Resource::CORE.set(0, 0)?;
    Resource::CPU.set(seconds, seconds)?;
    match Resource::AS.set(MEMORY_BYTES, MEMORY_BYTES) {
        // Where the system does not know such a limit, time alone is limited.
        Err(error) if cfg!(target_os = "linux") => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "elsewhere it can fail")]
fn limit() -> io::Result<()> {
    Ok(())
}
