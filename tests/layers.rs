//! The walls of the house: which module may import which, read from the sources.

use std::fs;
use std::path::{Path, PathBuf};

/// Every module of the top level, and the modules of the top level it may name. See `src/lib.rs`.
const TABLE: &[(&str, &[&str])] = &[
    ("record", &[]),
    ("filter", &["record"]),
    ("exchange", &["record"]),
    ("store", &[]),
    ("index", &["record", "filter"]),
    ("render", &["record"]),
    ("ops", &["store", "index", "render", "record", "filter", "exchange"]),
    ("hook", &["ops"]),
    ("mcp", &["ops", "record", "filter"]),
    // The command line is how git's hooks and agents get in.
    ("cli", &["ops", "record", "filter", "hook", "mcp"]),
];

/// Crates that only one place may name, or each of several.
const ROOMS: &[(&str, &str)] = &[
    ("gix", "store"),
    ("gix_pack", "store"),
    ("sqlx", "index"),
    ("tokio", "index|mcp"),
    ("rmcp", "mcp"),
    ("tokio_util", "mcp"),
    ("axum", "mcp/http.rs"),
    ("granit_parser", "record/yaml"),
    ("diffy", "record/merge"),
    (
        "pulldown_cmark",
        "record/body|exchange/project_status/blocks.rs|exchange/export/markdown|exchange/export/html/body.rs|ops/review/format/escape.rs",
    ),
    ("minijinja", "render"),
    ("toml_edit", "record/config|mcp/setup.rs"),
    ("clap", "cli"),
    ("clap_complete", "cli/complete"),
    ("clap_mangen", "cli/man.rs"),
    ("indicatif", "cli"),
    ("anstream", "cli"),
    ("console", "cli"),
];

fn sources(dir: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("the directory is readable") {
        let path = entry.expect("the entry is readable").path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// What is wrong with the imports of a file at `place` below `src/`.
fn breaches(place: &str, text: &str) -> Vec<String> {
    let module = place.split(['/', '.']).next().expect("a path has a first part");
    let allowed = TABLE
        .iter()
        .find(|(name, _)| *name == module)
        .map(|(_, allowed)| *allowed);
    let mut breaches = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let code = line.split("//").next().unwrap_or("");
        let mut say = |what: String| breaches.push(format!("src/{place}:{}: {what}", number + 1));
        for named in names_after(code, "crate::") {
            let known = TABLE.iter().any(|(name, _)| *name == named);
            if known && named != module && !allowed.is_some_and(|allowed| allowed.contains(&named.as_str())) {
                say(format!("`{module}` may not import `{named}`"));
            }
        }
        if code.contains("super::super::super") {
            say("`super::super::super` hides where an import goes".to_owned());
        }
        for (krate, room) in ROOMS {
            let named = code.contains(&format!("{krate}::"));
            if named && !room.split('|').any(|room| place.starts_with(room)) {
                say(format!("only `{room}` may name `{krate}`"));
            }
        }
    }
    breaches
}

/// The identifiers that follow `prefix`, also those in braces right after it.
fn names_after(code: &str, prefix: &str) -> Vec<String> {
    let word = |text: &str| {
        text.chars()
            .take_while(|c| c.is_alphanumeric() || *c == '_')
            .collect::<String>()
    };
    let mut names = Vec::new();
    for (at, _) in code.match_indices(prefix) {
        let rest = &code[at + prefix.len()..];
        match rest.strip_prefix('{') {
            Some(list) => names.extend(
                list.split(['}', ';'])
                    .next()
                    .unwrap_or("")
                    .split(',')
                    .map(|item| word(item.trim())),
            ),
            None => names.push(word(rest)),
        }
    }
    names
}

#[test]
fn imports_go_down_only() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = Vec::new();
    sources(&root, &mut files);
    assert!(files.len() > 40, "the sources were not found");
    let mut all = Vec::new();
    for file in files {
        let place = file
            .strip_prefix(&root)
            .expect("below src")
            .to_string_lossy()
            .replace('\\', "/");
        let text = fs::read_to_string(&file).expect("the source is readable");
        all.extend(breaches(&place, &text));
    }
    assert!(all.is_empty(), "\n{}", all.join("\n"));
}

#[test]
fn every_module_is_in_the_table() {
    let lib = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).expect("src/lib.rs");
    for module in lib
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
    {
        assert!(TABLE.iter().any(|(name, _)| *name == module), "`{module}` has no layer");
        assert!(
            lib.contains(&format!("[`{module}`]")),
            "`{module}` is not on the map in src/lib.rs"
        );
    }
}

#[test]
fn a_breach_is_named_with_its_line() {
    assert_eq!(
        breaches("cli/mod.rs", "//\nuse crate::store::Store;"),
        ["src/cli/mod.rs:2: `cli` may not import `store`"]
    );
    assert_eq!(
        breaches("record/a.rs", "use crate::{ops, record};"),
        ["src/record/a.rs:1: `record` may not import `ops`"]
    );
    assert_eq!(
        breaches("ops/mod.rs", "let x: gix::ObjectId;"),
        ["src/ops/mod.rs:1: only `store` may name `gix`"]
    );
    assert!(breaches("ops/mod.rs", "use crate::store::Store; // crate::cli").is_empty());
}
