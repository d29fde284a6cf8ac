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
    assert_eq!(
        server.status(&[("Origin", "http://localhost:80.evil.example")], HELLO),
        "403"
    );
    assert_eq!(server.status(&[("Origin", "http://localhost:3000")], HELLO), "200");
    assert_eq!(server.status(&[], &"x".repeat(5 << 20)), "413");
    server.end();
}

/// What has begun is answered, and who says half a sentence keeps nobody up.
#[test]
fn the_end_comes_in_order() {
    let docket = docket();
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0"], None);
    let mut half = TcpStream::connect(&server.address).expect("it listens");
    half.write_all(b"POST /mcp HTTP/1.1\r\nHost: loc").expect("it reads");
    let lock = std::fs::File::options()
        .write(true)
        .open(docket.path().join(".git/docket/write.lock"))
        .expect("it is there");
    lock.lock().expect("it is free");
    let call = r#"{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"create_work_item","arguments":{"item_type":"task","title":"x"},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}}}"#;
    let mut calling = TcpStream::connect(&server.address).expect("it listens");
    let head = format!(
        "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\nAccept: application/json, text/event-stream\r\n\
         MCP-Protocol-Version: 2026-07-28\r\nMcp-Method: tools/call\r\nMcp-Name: create_work_item\r\n\
         Connection: close\r\nContent-Length: {}\r\n\r\n{call}",
        server.address,
        call.len()
    );
    calling.write_all(head.as_bytes()).expect("it reads");
    std::thread::sleep(std::time::Duration::from_millis(500));
    let answer = std::thread::spawn(move || {
        let mut answer = String::new();
        // The connection may be closed without a word.
        drop(calling.read_to_string(&mut answer));
        answer
    });
    let ended = std::thread::spawn(move || server.end());
    std::thread::sleep(std::time::Duration::from_millis(500));
    lock.unlock().expect("it was held");
    ended.join().expect("it ends");
    let answer = answer.join().expect("no panic");
    assert!(answer.contains("\"created_by\":\"unknown\""), "{answer}");
    drop(half);
    assert_eq!(docket.json("list")["total_count"], 1);
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
