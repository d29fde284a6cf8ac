//! The loop that whoever works with a docket goes through.

/// Looking, claiming, working, noting, completing: Markdown, at most [`GUIDE_BYTES`].
pub const GUIDE: &str = include_str!("guide.md");

/// How long the guide may be: it is read at the beginning of every piece of work.
pub const GUIDE_BYTES: usize = 1024;

const _: () = assert!(GUIDE.len() <= GUIDE_BYTES, "the guide is too long");
