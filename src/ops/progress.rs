//! Progress of what takes long, for whoever shows it.

/// Told what an operation is doing.
pub trait Progress {
    /// A step begins, of so many parts where that is known.
    fn step(&self, what: &'static str, total: Option<usize>);

    /// So many more parts of the step are done.
    fn advance(&self, count: usize);

    /// What git says while it fetches or pushes, piece by piece; nothing where nobody looks.
    fn said(&self, _words: &[u8]) {}

    /// Whether somebody sits before a terminal, whom git may ask for a password.
    fn may_ask(&self) -> bool {
        false
    }
}

/// Nobody watches.
pub(super) struct Unwatched;

impl Progress for Unwatched {
    fn step(&self, _what: &'static str, _total: Option<usize>) {}

    fn advance(&self, _count: usize) {}
}
