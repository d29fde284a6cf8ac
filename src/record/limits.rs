//! Every limit of a record that is not part of a field's type, stated once.

/// The largest record file that is read or written: 1 MiB.
pub const RECORD_BYTES: u64 = 1024 * 1024;

/// How deep mappings and lists may nest in frontmatter.
pub const NESTING: usize = 32;

/// The longest key in frontmatter, in characters.
pub const KEY_CHARS: usize = 100;

/// The deepest work item: a root has depth 0, so a chain has six levels.
pub const DEPTH: usize = 5;

/// How many violations of one file are listed before the rest is only counted.
pub const VIOLATIONS: usize = 50;
