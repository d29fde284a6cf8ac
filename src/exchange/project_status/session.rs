//! Session prompts: YAML frontmatter with `schema_version`, bare or in a block of code, and the prompt below it.

use serde_json::{Map, Value};

use super::entries::Section;
use crate::record::Report;
use crate::record::yaml::{self, is_null};

/// A session prompt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Prompt {
    /// Where it was found: `line 12`, or the path of its file.
    pub(super) place: String,
    pub(super) title: String,
    pub(super) frontmatter: Map<String, Value>,
    pub(super) body: String,
}

/// A prompt, or why it cannot be used.
pub(super) type Found = Result<Prompt, (String, String)>;

/// How many lines of frontmatter there are at most before something else is taken for it.
const LINES: usize = 500;

/// The title of a prompt, by key of its frontmatter.
const TITLES: &[&str] = &["title", "name", "session_name", "session", "session_id", "id"];

/// The prompts of a file, and the file with blank lines in their places.
pub(super) fn prompts(source: &str) -> (Vec<Found>, String) {
    let lines: Vec<&str> = source.lines().collect();
    let mut kept: Vec<&str> = lines.clone();
    let mut found = Vec::new();
    let mut around = Around::default();
    let mut at = 0;
    while at < lines.len() {
        let Some(block) = block_at(&lines, at, around.section == Section::Sessions) else {
            around.pass(lines[at], at);
            at += 1;
            continue;
        };
        let end = block.end.unwrap_or_else(|| around.body_end(&lines, block.body));
        let body = match &block.inside {
            Some(body) => body.clone(),
            None => lines[block.body..end].join("\n"),
        };
        let heading = around.heading.take();
        let title = heading.as_ref().map(|(_, text)| text.clone());
        found.push(prompt(
            format!("line {}", at + 1),
            &block.yaml,
            block.line,
            &body,
            title,
        ));
        let start = heading.map_or(at, |(line, _)| line);
        kept[start..end].fill("");
        at = end;
    }
    (found, kept.join("\n"))
}

/// The prompt of a file of its own.
pub(super) fn prompt_file(path: &str, bytes: &[u8]) -> Found {
    let refused = |reason: &str| Err((path.to_owned(), reason.to_owned()));
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refused("is not UTF-8");
    };
    let text = text.trim_start_matches('\u{feff}').replace("\r\n", "\n");
    let lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| !line.trim().is_empty()).unwrap_or(0);
    if lines.get(start).map(|line| line.trim_end()) != Some("---") {
        return refused("has no frontmatter");
    }
    let Some(end) = closing(&lines, start) else {
        return refused("its frontmatter is not closed by a line `---`");
    };
    let stem = path
        .rsplit('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".md")
        .to_owned();
    let yaml = lines[start + 1..end].join("\n");
    prompt(
        path.to_owned(),
        &yaml,
        start + 2,
        &lines[end + 1..].join("\n"),
        Some(stem),
    )
}

/// The headings above the line that is read.
#[derive(Default)]
struct Around {
    section: Section,
    level: usize,
    /// The heading of the next prompt, and its line.
    heading: Option<(usize, String)>,
    inner: usize,
    fence: Fence,
}

impl Around {
    fn pass(&mut self, line: &str, at: usize) {
        if self.fence.passes(line) {
            return;
        }
        let Some((level, text)) = heading(line) else {
            if !line.trim().is_empty() {
                self.heading = None;
            }
            return;
        };
        if self.section == Section::Sessions && level > self.level {
            self.heading = Some((at, text.to_owned()));
            self.inner = level;
        } else {
            (self.section, self.level, self.inner) = (Section::of(text), level, level);
            self.heading = None;
        }
    }

    /// Where a prompt ends that begins here: before the next one, or a heading that is not its own.
    fn body_end(&self, lines: &[&str], start: usize) -> usize {
        let mut fence = Fence::default();
        for at in start..lines.len() {
            let in_sessions = self.section == Section::Sessions;
            if !fence.is_open && block_at(lines, at, in_sessions).is_some_and(|block| block.is_bare || in_sessions) {
                return at;
            }
            if fence.passes(lines[at]) {
                continue;
            }
            if let Some((level, _)) = heading(lines[at]) {
                let next = (at + 1..lines.len()).find(|next| !lines[*next].trim().is_empty());
                let begins = next.is_some_and(|next| block_at(lines, next, in_sessions).is_some());
                if level <= self.inner.max(1) || begins {
                    return at;
                }
            }
        }
        lines.len()
    }
}

/// Whether a line stands in a block of code.
#[derive(Default)]
struct Fence {
    is_open: bool,
}

impl Fence {
    /// Whether the line is in one, or begins or ends one.
    fn passes(&mut self, line: &str) -> bool {
        let is_fence = line.trim_start().starts_with("```") || line.trim_start().starts_with("~~~");
        self.is_open ^= is_fence;
        is_fence || self.is_open
    }
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let level = line.bytes().take_while(|byte| *byte == b'#').count();
    let text = line[level..].strip_prefix(' ').filter(|_| (1..=6).contains(&level))?;
    Some((level, text.trim().trim_end_matches('#').trim_end()))
}

/// Frontmatter that begins at a line.
struct BlockOf {
    yaml: String,
    /// The line the YAML begins in, counted from 1.
    line: usize,
    /// Where the prompt begins.
    body: usize,
    /// Where all of it ends, where that is known.
    end: Option<usize>,
    /// The prompt, where it stands in the same block of code.
    inside: Option<String>,
    is_bare: bool,
}

fn block_at(lines: &[&str], at: usize, in_sessions: bool) -> Option<BlockOf> {
    let line = lines[at].trim_end();
    if line == "---" {
        let end = closing(lines, at)?;
        let yaml = lines[at + 1..end].join("\n");
        let is_one = yaml.contains("schema_version") || in_sessions;
        return (is_one && looks_like_yaml(lines.get(at + 1)?)).then_some(BlockOf {
            yaml,
            line: at + 2,
            body: end + 1,
            end: None,
            inside: None,
            is_bare: true,
        });
    }
    let info = line.strip_prefix("```")?.trim();
    if !in_sessions || !matches!(info, "" | "yaml" | "yml" | "markdown" | "md") {
        return None;
    }
    let close = (at + 1..lines.len()).find(|line| lines[*line].trim_end() == "```")?;
    let inside = &lines[at + 1..close];
    if inside.first().map(|line| line.trim_end()) == Some("---") {
        let end = closing(inside, 0)?;
        let below = inside[end + 1..].join("\n");
        let is_whole = !below.trim().is_empty();
        return Some(BlockOf {
            yaml: inside[1..end].join("\n"),
            line: at + 3,
            body: close + 1,
            end: is_whole.then_some(close + 1),
            inside: is_whole.then_some(below),
            is_bare: false,
        });
    }
    let is_yaml = matches!(info, "yaml" | "yml") && looks_like_yaml(inside.first()?);
    is_yaml.then(|| BlockOf {
        yaml: inside.join("\n"),
        line: at + 2,
        body: close + 1,
        end: None,
        inside: None,
        is_bare: false,
    })
}

fn closing(lines: &[&str], start: usize) -> Option<usize> {
    let end = lines.len().min(start + LINES);
    (start + 1..end).find(|line| lines[*line].trim_end() == "---")
}

/// Whether a line begins a mapping.
fn looks_like_yaml(line: &str) -> bool {
    let Some((key, _)) = line.split_once(':') else {
        return line.trim_start().starts_with('#');
    };
    !key.is_empty() && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '"'))
}

fn prompt(place: String, yaml: &str, line: usize, body: &str, heading: Option<String>) -> Found {
    let node = match yaml::read(yaml, u32::try_from(line).unwrap_or(u32::MAX)) {
        Ok(node) => node,
        Err(violation) => return Err((place, violation.to_string())),
    };
    let mut report = Report::default();
    let Some(Value::Object(frontmatter)) = node.to_value(&mut report) else {
        return Err((place, "its frontmatter is not a mapping of plain values".to_owned()));
    };
    if frontmatter.get("schema_version").is_none_or(Value::is_null) {
        return Err((place, "its frontmatter has no schema_version".to_owned()));
    }
    let text = |key: &&str| frontmatter.get(*key).and_then(as_text);
    let body = body.trim_matches('\n').trim_end().to_owned();
    let first = || {
        body.lines()
            .map(|line| line.trim_start_matches('#').trim())
            .find(|line| !line.is_empty())
    };
    let title = TITLES
        .iter()
        .find_map(text)
        .or(heading)
        .or_else(|| first().map(ToOwned::to_owned));
    match title {
        Some(title) => Ok(Prompt {
            place,
            title,
            frontmatter,
            body,
        }),
        None => Err((place, "has no title, no heading and no text".to_owned())),
    }
}

fn as_text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) if !text.trim().is_empty() && !is_null(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}
