//! Remotes that are not there, do not let us, or are not what they were.
