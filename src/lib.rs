//! Work items, vendors and deployments kept inside the git repository they belong to.
//!
//! One Markdown file with YAML frontmatter per record, on a branch of its own, one commit per
//! change. Git is the only truth; everything else is derived from it and can be thrown away.
//!
//! # The house
//!
//! Imports go down only; a test reads the sources and names the line that breaks this table.
//!
//! | layer | module | holds |
//! |---|---|---|
//! | 4, fronts | [`cli`] | arguments in, tables or JSON out; the only printing |
//! | | [`mcp`] | coding agents: the operations as tools of the Model Context Protocol; the only place that names rmcp |
//! | | [`hook`] | what git's hooks call: never in the way of a commit |
//! | 3, operations | [`ops`] | what the product can do: request in, response out; every error gets its kind and hints here |
//! | 2, the outside | [`store`] | git: snapshots, commits, history; the only place that names gix or runs git |
//! | | [`index`] | SQL: rows derived from git, disposable; the only place that names sqlx |
//! | | [`render`] | reports from views and templates; the only place that names minijinja |
//! | 1, the domain | [`record`] | the records: types, files, paths, one validator; no I/O, no clock, no environment |
//! | | [`filter`] | what may be asked of records |
//! | | [`exchange`] | foreign formats: bytes in, records and losses out; exports: records in, text out |

#![forbid(unsafe_code)]

pub mod cli;
pub mod exchange;
pub mod filter;
pub mod hook;
pub mod index;
pub mod mcp;
pub mod ops;
pub mod record;
pub mod render;
pub mod store;
