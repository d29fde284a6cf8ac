//! Real clients. `tests/run` installs them; one that is missing is a failure.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use crate::environment::Environment;
use crate::http::Server;
use crate::session::docket;

const BINARY: &str = env!("CARGO_BIN_EXE_git-docket");

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file that `tests/mcp/clients/install` has put there.
fn installed(name: &str) -> PathBuf {
    let path = root().join("target/mcp-clients").join(name);
    assert!(
        path.exists(),
        "{} is missing: run tests/mcp/clients/install",
        path.display()
    );
    path
}

fn run(docket: &Environment, command: &mut Command) {
    // The server is a grandchild: it has the home and the PATH of the test, not of who runs it.
    for (name, value) in docket.command("true").get_envs() {
        match value {
            Some(value) if name != "PATH" && name != "DOCKET_NOW" && name != "DOCKET_SEED" => command.env(name, value),
            _ => command,
        };
    }
    let node = root().join("target/mcp-clients/node/node_modules/node/bin");
    let path = std::env::var("PATH").expect("a PATH");
    command
        .env("PATH", format!("{}:{path}", node.display()))
        .env("NO_COLOR", "1");
    let output = command.output().expect("it runs");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    assert!(
        output.status.success(),
        "{command:?}\n{}\n{}",
        text(&output.stdout),
        text(&output.stderr)
    );
}

fn python(docket: &Environment, target: &str, mode: &str) {
    let mut command = Command::new(installed("python/bin/python"));
    let script = root().join("tests/mcp/clients/session.py");
    run(
        docket,
        command
            .arg("-Wignore")
            .arg(script)
            .arg(target)
            .arg(docket.path())
            .args([mode, BINARY]),
    );
}

fn javascript(docket: &Environment, target: &str) {
    // It finds its modules beside itself.
    let script = installed("node/node_modules").with_file_name("session.mjs");
    std::fs::copy(root().join("tests/mcp/clients/session.mjs"), &script).expect("the script is copied");
    let mut command = Command::new(installed("node/node_modules/node/bin/node"));
    run(docket, command.arg(script).arg(target).arg(docket.path()));
}

#[test]
fn the_python_client_over_stdio() {
    for mode in ["auto", "legacy"] {
        python(&docket(), BINARY, mode);
    }
}

#[test]
fn the_python_client_over_http() {
    let docket = docket();
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0", "--toolset", "vendors"], None);
    for mode in ["auto", "legacy"] {
        python(&docket, &server.url, mode);
    }
}

#[test]
fn the_javascript_client() {
    let docket = docket();
    javascript(&docket, BINARY);
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0", "--toolset", "all"], None);
    javascript(&docket, &server.url);
}

/// Schemas that some client would not take are an error here.
#[test]
fn the_inspector_takes_the_schemas() {
    let docket = docket();
    for era in ["legacy", "modern"] {
        let mut command = Command::new(installed("node/node_modules/.bin/mcp-inspector"));
        command
            .current_dir(docket.path())
            .args(["--cli", BINARY, "mcp", "--toolset", "all"]);
        run(
            &docket,
            command.args(["--protocol-era", era, "--method", "tools/list", "--strict", "-q"]),
        );
    }
}

/// The scenarios of the conformance suite that need nothing of a server but the protocol.
#[test]
fn the_conformance_suite() {
    const SCENARIOS: &[(&str, &[&str])] = &[
        (
            "2025-11-25",
            &[
                "server-initialize",
                "server-session-lifecycle",
                "logging-set-level",
                "server-sse-polling",
                "ping",
                "completion-complete",
                "tools-list",
                "resources-list",
                "prompts-list",
                "resources-subscribe",
                "resources-unsubscribe",
                "server-sse-multiple-streams",
                "dns-rebinding-protection",
            ],
        ),
        (
            "2026-07-28",
            &[
                "completion-complete",
                "tools-list",
                "resources-list",
                "prompts-list",
                "server-sse-multiple-streams",
                "input-required-result-unsupported-methods",
                "sep-2164-resource-not-found",
                "caching",
                "http-header-validation",
                "dns-rebinding-protection",
            ],
        ),
    ];
    let docket = docket();
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0"], None);
    let suite = installed("node/node_modules/.bin/conformance");
    for (version, scenarios) in SCENARIOS {
        for scenario in *scenarios {
            let mut command = Command::new(&suite);
            command
                .current_dir(docket.path())
                .args(["server", "--url", &server.url]);
            run(
                &docket,
                command.args(["--spec-version", version, "--scenario", scenario]),
            );
        }
    }
}

/// The scenario of the stateless protocol needs four tools of a server made for it; all else in it must hold.
#[test]
fn the_conformance_suite_on_the_stateless_protocol() {
    const NEED_TOOLS: [&str; 4] = [
        "sep-2575-http-server-no-independent-requests-on-stream",
        "sep-2575-missing-capability-http-400",
        "sep-2575-server-no-log-without-loglevel",
        "sep-2575-server-rejects-undeclared-capability",
    ];
    let docket = docket();
    let server = Server::begin(&docket, &["--http", "127.0.0.1:0"], None);
    let mut command = Command::new("sh");
    let script =
        "\"$0\" server --url \"$1\" --spec-version 2026-07-28 --scenario server-stateless -o checks; test $? = 1";
    command.current_dir(docket.path()).args(["-c", script]);
    let suite = installed("node/node_modules/.bin/conformance");
    run(&docket, command.arg(suite).arg(&server.url));
    let checks = docket.shell("cat checks/*/checks.json");
    let checks: Vec<Value> = serde_json::from_str(&checks).expect("JSON");
    let of = |status: &str| {
        let checks = checks.iter().filter(|check| check["status"] == status);
        checks.filter_map(|check| check["id"].as_str()).collect::<Vec<_>>()
    };
    let mut failed = of("FAILURE");
    failed.sort_unstable();
    assert_eq!(failed, NEED_TOOLS);
    assert_eq!(of("SUCCESS").len(), 24);
}

#[test]
fn the_bundle_for_desktops_is_valid() {
    let mut command = Command::new(installed("node/node_modules/.bin/mcpb"));
    run(
        &docket(),
        command.arg("validate").arg(root().join("packaging/mcpb/manifest.json")),
    );
}

/// A bundle is packed as for a release, unpacked as a client does it, and the server in it started as it says.
#[test]
fn a_bundle_starts_the_server() {
    let docket = docket();
    let script = "strip -o server \"$0\" && \"$1/packaging/bundle\" out linux=server > told \
        && \"$MCPB\" validate \"$1/packaging/mcpb/manifest.json\" && \"$MCPB\" unpack out/git-docket.mcpb unpacked";
    let mut command = Command::new("sh");
    command
        .current_dir(docket.path())
        .env("MCPB", installed("node/node_modules/.bin/mcpb"));
    run(&docket, command.args(["-c", script, BINARY]).arg(root()));

    let manifest: Value = serde_json::from_str(&docket.shell("cat unpacked/manifest.json")).expect("JSON");
    assert_eq!(manifest["compatibility"]["platforms"], json!(["linux"]));
    let entry: Value = serde_json::from_str(&docket.shell("cat out/server.json")).expect("JSON");
    let package = &entry["packages"][0];
    let hash = docket.shell("sha256sum out/git-docket.mcpb | cut -d' ' -f1");
    assert_eq!(package["fileSha256"], hash.trim());
    assert_eq!(
        (&entry["version"], &package["version"]),
        (&manifest["version"], &manifest["version"])
    );

    let config = &manifest["server"]["mcp_config"];
    let fill = |text: &Value| {
        let text = text.as_str().expect("a text").replace("${__dirname}", "unpacked");
        text.replace("${user_config.repository}", ".")
    };
    let arguments: Vec<_> = config["args"].as_array().expect("a list").iter().map(fill).collect();
    let question = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": { "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": {},
    } } });
    docket.write("question", question.to_string() + "\n");
    let answer = docket.shell(&format!(
        "{} {} < question",
        fill(&config["command"]),
        arguments.join(" ")
    ));
    let answer: Value = serde_json::from_str(&answer).expect("JSON");
    let name = |tool: &Value| tool["name"].clone();
    let named = |tools: &Value| tools.as_array().expect("a list").iter().map(name).collect::<Vec<_>>();
    assert_eq!(named(&answer["result"]["tools"]), named(&manifest["tools"]));
}
