//! A server in a child process, spoken to in raw lines.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};

use serde_json::{Value, json};

use crate::environment::Environment;

/// A session; the server ends with it.
pub(crate) struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    stdout: BufReader<ChildStdout>,
    asked: u64,
}

impl Session {
    /// A session of a client called `agent`.
    pub(crate) fn begin(environment: &Environment, arguments: &[&str]) -> Self {
        Self::of(environment, arguments, "agent", json!({}))
    }

    pub(crate) fn of(environment: &Environment, arguments: &[&str], name: &str, capabilities: Value) -> Self {
        let mut session = Self::silent(environment, arguments);
        let begun = session.ask(
            "initialize",
            json!({ "protocolVersion": "2025-11-25", "capabilities": capabilities,
                    "clientInfo": { "name": name, "version": "1" } }),
        );
        assert_eq!(begun["result"]["protocolVersion"], "2025-11-25", "{begun}");
        session.send(&json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }));
        session
    }

    /// A server nobody has said anything to.
    pub(crate) fn silent(environment: &Environment, arguments: &[&str]) -> Self {
        let mut command = environment.command("git-docket");
        command.env_remove("DOCKET_NOW").env_remove("DOCKET_SEED");
        let mut child = command
            .arg("mcp")
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the server starts");
        Self {
            stdin: child.stdin.take(),
            stdout: BufReader::new(child.stdout.take().expect("a pipe")),
            child,
            asked: 0,
        }
    }

    pub(crate) fn send(&mut self, message: &Value) {
        self.send_line(&message.to_string());
    }

    pub(crate) fn send_line(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().expect("the session goes on");
        writeln!(stdin, "{line}").expect("the server reads");
        stdin.flush().expect("the server reads");
    }

    /// The next line, which must be the protocol.
    pub(crate) fn receive(&mut self) -> Value {
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the server writes");
        assert!(!line.is_empty(), "the server has ended");
        let message: Value = serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: {line}"));
        assert_eq!(message["jsonrpc"], "2.0");
        message
    }

    /// Sends a request without waiting; returns its number.
    pub(crate) fn request(&mut self, method: &str, params: Value) -> u64 {
        self.asked += 1;
        self.send(&json!({ "jsonrpc": "2.0", "id": self.asked, "method": method, "params": params }));
        self.asked
    }

    pub(crate) fn ask(&mut self, method: &str, params: Value) -> Value {
        let id = self.request(method, params);
        loop {
            let message = self.receive();
            if message["id"] == id {
                return message;
            }
            assert!(message.get("id").is_none(), "an answer to nothing: {message}");
        }
    }

    /// The answer of a tool, which is the same as object and as text.
    pub(crate) fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        succeeded(tool, &answer)
    }

    /// The error of a tool, which is text only.
    pub(crate) fn refused(&mut self, tool: &str, arguments: Value) -> Value {
        let answer = self.ask("tools/call", json!({ "name": tool, "arguments": arguments }));
        let result = &answer["result"];
        assert_eq!(result["isError"], true, "{tool}: {answer}");
        assert!(result.get("structuredContent").is_none(), "{tool}: {answer}");
        serde_json::from_str(result["content"][0]["text"].as_str().expect("a text")).expect("JSON")
    }

    /// Closes standard input; the server ends well, and says nothing on standard error.
    pub(crate) fn end(mut self) {
        drop(self.stdin.take());
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("the pipe is read");
        assert_eq!(line, "", "something came after the end");
        let status = self.child.wait().expect("it ends");
        assert!(status.success(), "{status}");
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        drop(self.stdin.take());
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

pub(crate) fn succeeded(tool: &str, answer: &Value) -> Value {
    let result = &answer["result"];
    assert_eq!(result["isError"], false, "{tool}: {answer}");
    let text = result["content"][0]["text"].as_str().expect("a text");
    assert_eq!(
        serde_json::from_str::<Value>(text).expect("JSON"),
        result["structuredContent"]
    );
    result["structuredContent"].clone()
}

/// A repository with a docket.
pub(crate) fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git docket init && git commit -q --allow-empty -m code");
    environment
}
