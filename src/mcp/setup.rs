//! What a client must be told so that it starts the server: in which file, and in which words.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};
use toml_edit::{DocumentMut, Item, Table};

/// What the server is called in the configuration of a client; tools are called after it in some.
const NAME: &str = "docket";

/// A client that can be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Client {
    /// Claude Code.
    ClaudeCode,
    /// Claude Desktop.
    ClaudeDesktop,
    /// Cursor.
    Cursor,
    /// Visual Studio Code, and Copilot in it.
    VsCode,
    /// Copilot on the command line.
    CopilotCli,
    /// Codex.
    Codex,
    /// Gemini CLI.
    Gemini,
}

/// Where things are on this machine.
#[derive(Clone, Debug)]
pub struct Machine {
    /// The top of the repository.
    pub repository: PathBuf,
    /// This program.
    pub program: PathBuf,
    /// Where desktop programs keep their settings.
    pub settings: PathBuf,
    /// Where Copilot on the command line keeps its own.
    pub copilot: PathBuf,
}

/// What a client must be told.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The file it reads.
    pub file: PathBuf,
    /// What stands in it.
    pub content: Content,
    /// A command of the client that does the same.
    pub command: Option<String>,
}

/// What stands in a file of settings.
#[derive(Clone, Debug)]
pub enum Content {
    /// An entry of a map in a JSON file: the key of the map, the key in it, the value.
    Json(&'static str, &'static str, Value),
    /// The same in a TOML file.
    Toml(&'static str, &'static str, Value),
}

impl Client {
    /// All of them, with the words for them.
    pub const ALL: &[(&str, Self)] = &[
        ("claude-code", Self::ClaudeCode),
        ("claude-desktop", Self::ClaudeDesktop),
        ("cursor", Self::Cursor),
        ("vscode", Self::VsCode),
        ("copilot", Self::VsCode),
        ("copilot-cli", Self::CopilotCli),
        ("codex", Self::Codex),
        ("gemini", Self::Gemini),
    ];

    /// What it must be told on this machine.
    #[must_use]
    pub fn setup(self, machine: &Machine) -> Setup {
        let command = "git-docket";
        let in_repository = |file: &str| machine.repository.join(file);
        let entry = |key, value| Content::Json(key, NAME, value);
        match self {
            Self::ClaudeCode => Setup {
                file: in_repository(".mcp.json"),
                content: entry(
                    "mcpServers",
                    json!({ "type": "stdio", "command": command, "args": ["mcp"] }),
                ),
                command: Some(format!("claude mcp add -s project {NAME} -- {command} mcp")),
            },
            // It starts servers in no directory of ours, and without the user's PATH.
            Self::ClaudeDesktop => Setup {
                file: machine.settings.join("Claude/claude_desktop_config.json"),
                content: entry(
                    "mcpServers",
                    json!({ "command": text(&machine.program), "args": ["mcp", "--repo", text(&machine.repository)] }),
                ),
                command: None,
            },
            Self::Cursor => Setup {
                file: in_repository(".cursor/mcp.json"),
                content: entry("mcpServers", json!({ "command": command, "args": ["mcp"] })),
                command: None,
            },
            Self::VsCode => Setup {
                file: in_repository(".vscode/mcp.json"),
                content: entry(
                    "servers",
                    json!({ "type": "stdio", "command": command, "args": ["mcp", "--repo", "${workspaceFolder}"] }),
                ),
                command: None,
            },
            // It is the user's, for all repositories: the server finds the one it is started in.
            Self::CopilotCli => Setup {
                file: machine.copilot.join("mcp-config.json"),
                content: entry(
                    "mcpServers",
                    json!({ "type": "stdio", "command": command, "args": ["mcp"], "tools": ["*"] }),
                ),
                command: None,
            },
            Self::Codex => Setup {
                file: in_repository(".codex/config.toml"),
                content: Content::Toml("mcp_servers", NAME, json!({ "command": command, "args": ["mcp"] })),
                command: Some(format!("codex mcp add {NAME} -- {command} mcp")),
            },
            Self::Gemini => Setup {
                file: in_repository(".gemini/settings.json"),
                content: entry("mcpServers", json!({ "command": command, "args": ["mcp"] })),
                command: Some(format!("gemini mcp add {NAME} {command} mcp")),
            },
        }
    }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

impl Content {
    /// What a file with nothing else in it says.
    #[must_use]
    pub fn alone(&self) -> String {
        match self {
            Self::Json(map, name, value) => printed(&json!({ *map: { *name: value } })),
            Self::Toml(..) => self.merged("").unwrap_or_default(),
        }
    }

    /// What a file says when this is put into it. All else in it stays; the layout of JSON does not.
    ///
    /// # Errors
    ///
    /// Why it cannot be put into it, in words for a person.
    pub fn merged(&self, before: &str) -> Result<String, String> {
        match self {
            Self::Json(..) if before.trim().is_empty() => Ok(self.alone()),
            Self::Json(map, name, value) => {
                let mut all: Value = serde_json::from_str(before)
                    .map_err(|error| format!("it is no plain JSON, perhaps it has comments: {error}"))?;
                let Some(top) = all.as_object_mut() else {
                    return Err("it is no JSON object".to_owned());
                };
                let entries = top.entry(*map).or_insert_with(|| json!({}));
                let Some(entries) = entries.as_object_mut() else {
                    return Err(format!("`{map}` in it is no object"));
                };
                put(entries, name, value)?;
                Ok(printed(&all))
            }
            Self::Toml(map, name, value) => {
                let mut all: DocumentMut = before.parse().map_err(|error| format!("it is no TOML: {error}"))?;
                let entries = all.entry(map).or_insert_with(implicit).as_table_like_mut();
                let entries = entries.ok_or_else(|| format!("`{map}` in it is no table"))?;
                let entry = entries.entry(name).or_insert_with(toml_edit::table);
                let entry = entry
                    .as_table_like_mut()
                    .ok_or_else(|| format!("`{map}.{name}` in it is no table"))?;
                for (key, value) in value.as_object().into_iter().flatten() {
                    entry.insert(key, toml_edit::value(in_toml(value)));
                }
                Ok(all.to_string())
            }
        }
    }
}

/// Puts an entry among others. What an entry of that name has beside it stays, such as an environment.
fn put(entries: &mut Map<String, Value>, name: &str, value: &Value) -> Result<(), String> {
    let entry = entries.entry(name).or_insert_with(|| json!({}));
    let (Some(entry), Some(fields)) = (entry.as_object_mut(), value.as_object()) else {
        return Err(format!("`{name}` in it is no object"));
    };
    let repository = |args: Option<&Value>| -> Option<String> {
        let args = args?.as_array()?;
        let at = args.iter().position(|arg| arg == "--repo")?;
        Some(args.get(at + 1)?.as_str()?.to_owned())
    };
    let (before, after) = (repository(entry.get("args")), repository(fields.get("args")));
    if let (Some(before), Some(after)) = (&before, &after)
        && before != after
    {
        return Err(format!("`{name}` in it is the server of {before}"));
    }
    entry.extend(fields.clone());
    Ok(())
}

fn implicit() -> Item {
    let mut table = Table::new();
    table.set_implicit(true);
    Item::Table(table)
}

/// A text or a list of texts.
fn in_toml(value: &Value) -> toml_edit::Value {
    match value {
        Value::Array(values) => values.iter().map(in_toml).collect(),
        other => other.as_str().unwrap_or_default().into(),
    }
}

fn printed(value: &Value) -> String {
    format!("{value:#}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setup(client: Client) -> Setup {
        client.setup(&Machine {
            repository: "/repo".into(),
            program: "/bin/git-docket".into(),
            settings: "/home/settings".into(),
            copilot: "/home/.copilot".into(),
        })
    }

    #[test]
    fn what_is_there_stays() {
        let content = setup(Client::Cursor).content;
        let merged = content
            .merged(r#"{"z":1,"mcpServers":{"other":{"command":"x"}}}"#)
            .expect("it is merged");
        let merged: Value = serde_json::from_str(&merged).expect("JSON");
        assert_eq!(merged["mcpServers"]["other"]["command"], "x");
        assert_eq!(merged["mcpServers"]["docket"]["args"], json!(["mcp"]));
        let again = content.merged(&merged.to_string()).expect("it is merged");
        assert_eq!(serde_json::from_str::<Value>(&again).expect("JSON"), merged);
        let kept = r#"{"mcpServers":{"docket":{"command":"mine","env":{"A":"b"}}}}"#;
        let kept: Value = serde_json::from_str(&content.merged(kept).expect("it is merged")).expect("JSON");
        assert_eq!(kept["mcpServers"]["docket"]["env"]["A"], "b");
        assert_eq!(kept["mcpServers"]["docket"]["command"], "git-docket");
        assert!(content.merged("{ // a comment\n}").is_err());
        assert!(content.merged("[]").is_err());
    }

    #[test]
    fn a_table_is_added_once() {
        let content = setup(Client::Codex).content;
        let merged = content.merged("model = \"x\"\n").expect("it is merged");
        assert!(
            merged.starts_with("model = \"x\"\n\n[mcp_servers.docket]\n"),
            "{merged}"
        );
        assert_eq!(content.merged(&merged).as_ref(), Ok(&merged));
        for before in [
            "[mcp_servers.docket] # mine\nenv = { A = \"b\" }\n",
            "[mcp_servers.\"docket\"]\n",
            "[ mcp_servers . docket ]\nenabled = true\n",
            "mcp_servers.docket.command = \"x\"\n",
            "[mcp_servers]\ndocket = { command = \"x\" }\n",
            "mcp_servers = { other = { command = \"x\" } }\n",
            "# only a comment\n",
        ] {
            let merged = content.merged(before).expect("it is merged");
            let read: DocumentMut = merged.parse().unwrap_or_else(|error| panic!("{error}: {merged}"));
            let entry = &read["mcp_servers"]["docket"];
            assert_eq!(entry["command"].as_str(), Some("git-docket"), "{merged}");
            assert_eq!(entry["args"][0].as_str(), Some("mcp"), "{merged}");
            assert_eq!(content.merged(&merged).as_ref(), Ok(&merged));
        }
        assert!(content.merged("[broken").is_err());
        assert!(content.merged("mcp_servers = 3").is_err());
    }

    #[test]
    fn the_server_of_another_repository_stays() {
        let content = setup(Client::ClaudeDesktop).content;
        let other = content.alone().replace("/repo", "/other");
        assert!(content.merged(&other).is_err());
        assert!(content.merged(&content.alone()).is_ok());
    }

    #[test]
    fn a_desktop_has_whole_paths() {
        let setup = setup(Client::ClaudeDesktop);
        assert_eq!(
            setup.file,
            Path::new("/home/settings/Claude/claude_desktop_config.json")
        );
        assert!(setup.content.alone().contains("\"/bin/git-docket\""));
        assert!(setup.content.alone().contains("\"/repo\""));
    }
}
