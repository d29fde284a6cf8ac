//! Reports from views, without a repository: each template by an example, and all of them whatever a title is.

mod examples;
mod structure;
