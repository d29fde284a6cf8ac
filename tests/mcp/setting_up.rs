//! What clients are told, and where.

use std::fs;

use serde_json::{Value, json};

use crate::session::docket;

#[test]
fn each_client_is_told_in_its_own_file() {
    let docket = docket();
    for (client, file, key) in [
        ("claude-code", ".mcp.json", "mcpServers"),
        ("cursor", ".cursor/mcp.json", "mcpServers"),
        ("vscode", ".vscode/mcp.json", "servers"),
        ("gemini", ".gemini/settings.json", "mcpServers"),
    ] {
        docket.shell(&format!("git docket mcp config {client}"));
        assert!(!docket.path().join(file).exists());
        for _ in 0..2 {
            docket.shell(&format!("git docket mcp config {client} --write"));
        }
        let written = fs::read(docket.path().join(file)).expect("it is there");
        let written: Value = serde_json::from_slice(&written).expect("JSON");
        assert_eq!(written[key]["docket"]["args"][0], "mcp", "{client}");
    }
    docket.shell("git docket mcp config copilot-cli --write && grep -q '\"tools\"' ~/.copilot/mcp-config.json");
    docket.shell(
        "COPILOT_HOME=$PWD/elsewhere git docket mcp config copilot-cli --write && test -f elsewhere/mcp-config.json",
    );
    docket.shell("git docket mcp config codex --write && grep -q 'mcp_servers.docket' .codex/config.toml");
    docket.shell("git docket mcp config claude-desktop --write");
    let settings = ["Library/Application Support", ".config"].map(|dir| docket.home().join(dir).join("Claude"));
    assert!(
        settings
            .iter()
            .any(|dir| dir.join("claude_desktop_config.json").exists())
    );
}

#[test]
fn what_others_wrote_stays_and_links_are_not_followed() {
    let docket = docket();
    let other = json!({ "mcpServers": { "other": { "command": "x" } }, "z": 1 });
    docket.write(".mcp.json", other.to_string());
    docket.shell("git docket mcp config claude-code --write");
    let written = fs::read(docket.path().join(".mcp.json")).expect("it is there");
    let written: Value = serde_json::from_slice(&written).expect("JSON");
    assert_eq!(
        (&written["z"], &written["mcpServers"]["other"]),
        (&json!(1), &json!({ "command": "x" }))
    );
    docket.write(".gemini/settings.json", "{ // mine\n}");
    let refused = docket.run_shell("git docket mcp config gemini --write");
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(docket.shell("cat .gemini/settings.json"), "{ // mine\n}");
    docket.shell("mkdir ../elsewhere && ln -s ../elsewhere .cursor && ln -s ../elsewhere/x .codex");
    assert_eq!(
        docket.run_shell("git docket mcp config cursor --write").status.code(),
        Some(1)
    );
    assert_eq!(docket.shell("ls ../elsewhere"), "");
}
