//! Progress of what takes long, on standard error of a terminal only.

use std::io::{IsTerminal as _, Write as _};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::ops::Progress;

/// What is over sooner needs no bar.
const SOON: Duration = Duration::from_millis(400);

/// A progress bar that shows nothing where nobody watches, and nothing of what is over soon.
pub(super) struct Bar {
    bar: ProgressBar,
    /// Whether a person watches standard error.
    watched: bool,
    since: OnceLock<Instant>,
    hidden: AtomicBool,
}

impl Bar {
    pub(super) fn new(json: bool) -> Self {
        Self {
            bar: ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()),
            watched: !json && std::io::stderr().is_terminal(),
            since: OnceLock::new(),
            hidden: AtomicBool::new(!json),
        }
    }

    /// Begins to draw once it has taken long enough.
    fn show(&self) {
        let long = self.since.get_or_init(Instant::now).elapsed() > SOON;
        if long && self.hidden.swap(false, Ordering::Relaxed) {
            self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
            self.bar.enable_steady_tick(Duration::from_millis(100));
        }
    }
}

impl Progress for Bar {
    fn step(&self, what: &'static str, total: Option<usize>) {
        self.show();
        let template = match total {
            Some(_) => "{msg:<10} [{bar:30}] {human_pos}/{human_len}",
            None => "{msg:<10} {spinner}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style.progress_chars("=> "));
        }
        self.bar.set_length(total.unwrap_or(0) as u64);
        self.bar.set_position(0);
        self.bar.set_message(what);
    }

    fn advance(&self, count: usize) {
        self.show();
        self.bar.inc(count as u64);
    }

    fn said(&self, words: &[u8]) {
        if self.watched {
            let text = String::from_utf8_lossy(words);
            // A remote is somebody else: of what it sends only lines and their overwriting reach the terminal.
            let plain: String = text
                .chars()
                .filter(|c| !c.is_control() || matches!(c, '\n' | '\r'))
                .collect();
            let _unseen = std::io::stderr().write_all(plain.as_bytes());
        }
    }

    fn may_ask(&self) -> bool {
        self.watched
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
