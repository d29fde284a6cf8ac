//! Asking one process of git for many objects.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::{LINE_BYTES, failed, lost};
use crate::store::Error;

/// The batch that is kept here, begun where it is not.
pub(super) fn begun(kept: &mut Option<Batch>, command: impl FnOnce() -> Command) -> Result<&mut Batch, Error> {
    let batch = match kept.take() {
        Some(batch) => batch,
        None => Batch::begin(command())?,
    };
    Ok(kept.insert(batch))
}

/// A child that does not outlive whoever asks it.
pub(super) struct Running(pub(super) Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended already.
        let _ended = self.0.kill();
        let _ended = self.0.wait();
    }
}

/// A `git cat-file` that answers one question after the other.
pub(super) struct Batch {
    _child: Running,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Batch {
    fn begin(mut command: Command) -> Result<Self, Error> {
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = Running(command.spawn().map_err(|error| failed(&command, error.to_string()))?);
        let (questions, answers) = (child.0.stdin.take(), child.0.stdout.take());
        Ok(Self {
            questions: questions.ok_or_else(|| lost(&command))?,
            answers: BufReader::new(answers.ok_or_else(|| lost(&command))?),
            _child: child,
        })
    }

    /// The kind and the size of an object.
    pub(super) fn header(&mut self, id: &str) -> Result<(String, u64), Error> {
        let asked = self.questions.write_all(format!("{id}\n").as_bytes());
        let mut line = String::new();
        let read = asked.and_then(|()| (&mut self.answers).take(LINE_BYTES).read_line(&mut line));
        read.map_err(ended)?;
        let mut words = line.split_whitespace().skip(1);
        match (words.next(), words.next().and_then(|size| size.parse().ok())) {
            (Some(kind), Some(size)) => Ok((kind.to_owned(), size)),
            (Some("missing"), None) => Err(Error::MissingObject {
                id: id.to_owned(),
                partial: false,
            }),
            _ => Err(ended(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }

    /// The bytes of an object.
    pub(super) fn content(&mut self, id: &str) -> Result<Vec<u8>, Error> {
        let (_, size) = self.header(id)?;
        let mut bytes = Vec::new();
        // A line break follows.
        (&mut self.answers)
            .take(size + 1)
            .read_to_end(&mut bytes)
            .map_err(ended)?;
        match bytes.pop() {
            Some(b'\n') => Ok(bytes),
            _ => Err(ended(std::io::ErrorKind::UnexpectedEof.into())),
        }
    }
}

fn ended(error: std::io::Error) -> Error {
    Error::Command {
        command: "cat-file".to_owned(),
        message: error.to_string(),
    }
}
