//! The only place that prints.

use std::io::{self, Write as _};
use std::process::ExitCode;

use anstream::adapter::strip_str;
use anstream::{AutoStream, ColorChoice};
use anstyle::{AnsiColor, Style};
use serde::Serialize;

use super::text::{one_line, tame, visible};
use super::{Failure, Outcome, environment};
use crate::ops::Error;
use crate::record::shown::tame_json;

pub(super) const BOLD: Style = Style::new().bold();
pub(super) const DIM: Style = Style::new().dimmed();
pub(super) const ID: Style = AnsiColor::Yellow.on_default();
const RED: Style = AnsiColor::Red.on_default().bold();
const YELLOW: Style = AnsiColor::Yellow.on_default().bold();

/// Where and how a command prints.
pub(super) struct Output {
    json: bool,
    choice: ColorChoice,
}

impl Output {
    pub(super) fn new(json: bool, no_color: bool) -> Self {
        Self {
            json,
            choice: if no_color {
                ColorChoice::Never
            } else {
                ColorChoice::Auto
            },
        }
    }

    /// Whether JSON was asked for.
    pub(super) fn is_json(&self) -> bool {
        self.json
    }

    /// The width of the terminal standard output goes to; nothing for a file or a pipe.
    pub(super) fn width(&self) -> Option<usize> {
        let term = console::Term::stdout();
        term.is_term()
            .then(|| term.size_checked().map_or(80, |(_, columns)| usize::from(columns)))
    }

    /// Prints text, with its colours where a terminal shows them, and nothing else that a terminal does something about.
    pub(super) fn print(&self, text: &str) -> Result<(), Failure> {
        let text = &tame(text);
        let stdout = io::stdout();
        let choice = match self.choice {
            ColorChoice::Auto => AutoStream::choice(&stdout),
            given => given,
        };
        if choice == ColorChoice::Never {
            // At once: a stream that strips writes every piece by itself.
            return write(&strip_str(text).to_string());
        }
        let mut out = AutoStream::new(stdout, choice).lock();
        out.write_all(text.as_bytes())?;
        Ok(out.flush()?)
    }

    /// Prints one JSON document.
    pub(super) fn print_json(&self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = tame_json(serde_json::to_string_pretty(value).map_err(io::Error::other)?);
        text.push('\n');
        write(&text)
    }

    /// What a command answers: as JSON, or as a text, with the warnings beside it.
    pub(super) fn answer(
        &self,
        response: &impl Serialize,
        warnings: &[String],
        text: impl FnOnce() -> String,
    ) -> Outcome {
        if self.is_json() {
            self.print_json(response)?;
        } else {
            self.print(&text())?;
            self.warnings(warnings);
        }
        Ok(ExitCode::SUCCESS)
    }

    /// Prints what is written piece by piece, as it is.
    pub(super) fn stream<T, E: From<io::Error>>(
        &self,
        write: impl FnOnce(&mut dyn io::Write) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut out = io::BufWriter::with_capacity(1 << 16, io::stdout().lock());
        let written = write(&mut out)?;
        out.flush()?;
        Ok(written)
    }

    /// Prints warnings, which in JSON are part of the answer.
    pub(super) fn warnings(&self, warnings: &[String]) {
        if !self.json {
            for warning in warnings {
                self.say(YELLOW, "warning", warning);
            }
        }
    }

    /// Says that this worktree does not write to the tracking branch, which in JSON `status` tells.
    pub(super) fn on_proposal(&self, name: &str) {
        if !self.json {
            self.say(DIM, "on the proposal", name);
        }
    }

    /// Prints why the command failed, and returns its exit code.
    pub(super) fn failure(&self, failure: &Failure) -> ExitCode {
        match failure {
            // Whoever read us has had enough: that is not an error.
            Failure::Output(error) if error.kind() == io::ErrorKind::BrokenPipe => ExitCode::SUCCESS,
            // Whatever was asked for was done before: trying again would do it twice.
            Failure::Output(error) => self.failed(&Error::bug(format!("standard output cannot be written: {error}"))),
            Failure::Operation(error) => self.failed(error),
        }
    }

    fn failed(&self, error: &Error) -> ExitCode {
        self.error(error);
        ExitCode::from(error.kind().exit_code())
    }

    fn error(&self, error: &Error) {
        if self.json {
            return json_error(error);
        }
        self.say(RED, "error", &error.to_string());
        if let Some((line, caret)) = pointed(error) {
            let mut stderr = AutoStream::new(io::stderr(), self.choice).lock();
            let _gone = writeln!(stderr, "  {line}\n  {BOLD}{caret}{BOLD:#}");
        }
        for cause in error.causes() {
            self.say(DIM, "caused by", &cause);
        }
        for hint in error.hints() {
            self.say(BOLD, "try", hint);
        }
    }

    fn say(&self, style: Style, label: &str, text: &str) {
        let mut stderr = AutoStream::new(io::stderr(), self.choice).lock();
        let _gone = writeln!(stderr, "{style}{label}:{style:#} {}", visible(text));
    }
}

/// The part of a line that an error is about, and a caret for the line below it.
fn pointed(error: &Error) -> Option<(String, String)> {
    const BEFORE: usize = 60;
    const AFTER: usize = 40;
    let details = error.details();
    let text = details.get("query")?.as_str()?;
    let column = usize::try_from(details.get("column")?.as_u64()?).ok()?.checked_sub(1)?;
    let start = column.saturating_sub(BEFORE);
    let shown: Vec<_> = text.chars().skip(start).take(column - start + AFTER).collect();
    let before: String = shown.iter().take(column - start).collect();
    let width = console::measure_text_width(&one_line(&before));
    Some((
        one_line(&shown.iter().collect::<String>()),
        format!("{}^", " ".repeat(width)),
    ))
}

/// Says that another writer is at work: a command that seems to hang is taken for broken.
pub(super) fn waiting() {
    let _gone = writeln!(io::stderr().lock(), "waiting for another writer…");
}

/// Says where a server can be reached.
pub(super) fn listening(url: &str) {
    let _gone = writeln!(io::stderr().lock(), "listening on {url}");
}

/// Prints help, version or a usage error.
pub(super) fn usage(error: &clap::Error) -> ExitCode {
    let code = ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
    if error.use_stderr() && environment::asks_for_json() {
        json_error(&usage_error(error));
        return code;
    }
    let whole = error.render().ansi().to_string();
    let harmless = tame(&whole);
    let printed = match harmless == whole {
        true => error.print(),
        // An argument is quoted in it, which may have come from a record.
        false => io::stderr()
            .lock()
            .write_all(strip_str(&harmless).to_string().as_bytes()),
    };
    match printed {
        Err(failure) if failure.kind() != io::ErrorKind::BrokenPipe => ExitCode::from(255),
        _ => code,
    }
}

/// A usage error as every other error is told: in one line, and with what shows how it is used.
fn usage_error(error: &clap::Error) -> Error {
    let whole = error.render().to_string();
    let told = whole.strip_prefix("error: ").unwrap_or(&whole);
    let told = told.split("\n\nUsage:").next().unwrap_or_default();
    let told = told.split("\n\nFor more information").next().unwrap_or_default();
    let in_one_line = |part: &str| part.split_whitespace().collect::<Vec<_>>().join(" ");
    let message: Vec<_> = told.split("\n\n").map(in_one_line).collect();
    Error::request(message.join("; ")).hint(format!("{} -h", environment::command_line()))
}

fn json_error(error: &Error) {
    // Nothing is left to tell it to when standard error is gone.
    let _gone = writeln!(io::stderr().lock(), "{}", tame_json(error.to_json().to_string()));
}

fn write(text: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}
