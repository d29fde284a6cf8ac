//! The server as coding agents see it: a child process, asked by raw lines, by real clients and over HTTP.

#![expect(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    reason = "these tests run commands"
)]

#[path = "../cli/environment.rs"]
#[expect(dead_code, reason = "shared with the tests of the command line")]
mod environment;

mod answers;
mod archiving;
mod clients;
mod errors;
mod http;
mod limits;
mod load;
mod place;
mod session;
mod setting_up;
mod survival;
mod tools;
