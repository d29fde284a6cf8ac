//! The server over HTTP: who gets in, and how it ends.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};

use crate::environment::Environment;
use crate::session::docket;

const HELLO: &str = r#"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"c","version":"1"}}}"#;

/// A server on a free port of this machine.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    address: String,
}

impl Server {
    pub(crate) fn begin(docket: &Environment, arguments: &[&str], token: Option<&str>) -> Self {
        let mut command = docket.command("git-docket");
        command.env_remove("DOCKET_NOW").env_remove("DOCKET_SEED");
        if let Some(token) = token {
            command.env("DOCKET_HTTP_TOKEN", token);
        }
        let mut child = command
            .arg("mcp")
            .args(arguments)
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        let mut line = String::new();
        let mut stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        stderr.read_line(&mut line).expect("the server says where it is");
        let url = line
            .trim()
            .strip_prefix("listening on ")
            .unwrap_or_else(|| panic!("{line}"));
        let address = url.trim_start_matches("http://").trim_end_matches("/mcp");
        Self {
            address: address.replace("0.0.0.0", "127.0.0.1"),
            url: url.to_owned(),
            child,
        }
    }

    /// The status of a request with these headers.
    fn status(&self, headers: &[(&str, &str)], body: &str) -> String {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        let host = headers.iter().any(|(name, _)| *name == "Host");
        let host = if host {
            String::new()
        } else {
            format!("Host: {}\r\n", self.address)
        };
        let headers: String = headers
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        let head = format!(
            "POST /mcp HTTP/1.1\r\n{host}{headers}Content-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nConnection: close\r\nContent-Length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(head.as_bytes()).expect("it reads");
        // It may have answered before it has read all.
        drop(stream.write_all(body.as_bytes()));
        let mut status = [0; 12];
        stream.read_exact(&mut status).expect("it answers");
        String::from_utf8_lossy(&status[9..]).into_owned()
    }

    /// Tells it to end, and waits until it has.
    fn end(mut self) {
        let pid = self.child.id().to_string();
        let killed = std::process::Command::new("kill").args(["-TERM", &pid]).status();
        assert!(killed.expect("kill runs").success());
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[test]
fn a_page_in_a_browser_does_not_get_in() {
    let docket = docket();
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0"], None);
    assert_eq!(server.status(&[], HELLO), "200");
    assert_eq!(server.status(&[("Host", "evil.example")], HELLO), "403");
    assert_eq!(server.status(&[("Origin", "http://evil.example")], HELLO), "403");
    assert_eq!(server.status(&[("Origin", "null")], HELLO), "403");
    assert_eq!(server.status(&[("Origin", "http://localhost:3000")], HELLO), "200");
    assert_eq!(server.status(&[], &"x".repeat(5 << 20)), "413");
    server.end();
}

#[test]
fn others_need_the_token() {
    let docket = docket();
    let refused = docket.run_shell("git docket mcp --http 0.0.0.0:0");
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("DOCKET_HTTP_TOKEN"));
    let token = "a secret that is long";
    let server = Server::begin(&docket, &["--http", "0.0.0.0:0"], Some(token));
    assert_eq!(server.status(&[], HELLO), "401");
    assert_eq!(
        server.status(&[("Authorization", "Bearer a secret that is lonG")], HELLO),
        "401"
    );
    assert_eq!(
        server.status(&[("Authorization", &format!("Bearer {token}"))], HELLO),
        "200"
    );
    server.end();
    docket.write("token", format!("{token}\n"));
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0", "--token-file", "token"], None);
    assert_eq!(server.status(&[], HELLO), "401");
    assert_eq!(
        server.status(&[("Authorization", &format!("bearer {token}"))], HELLO),
        "200"
    );
}
