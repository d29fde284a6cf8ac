//! The frontmatter of a file, of which fields are taken one by one; what nobody took is left.

use serde_json::Value;

use crate::record::Report;
use crate::record::yaml::{self, Content, Entry, Node, is_null};

/// What is left of a frontmatter.
pub(super) struct Front(Vec<Entry>);

impl Front {
    /// The frontmatter and the text below it, with LF line ends; the reason where there is none.
    pub(super) fn split(bytes: &[u8]) -> Result<(Self, String), String> {
        let text =
            std::str::from_utf8(bytes).map_err(|error| format!("byte {} is not UTF-8", error.valid_up_to() + 1))?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n");
        let rest = text.strip_prefix("---\n").ok_or("has no frontmatter")?;
        let mut end = 0;
        let closing = rest.split_inclusive('\n').find(|line| {
            end += line.len();
            line.trim_end() == "---"
        });
        let closing = closing.ok_or("its frontmatter is not closed")?;
        let (yaml, body) = (&rest[..end - closing.len()], &rest[end..]);
        if let Some(c) = yaml.chars().find(|c| c.is_control() && !matches!(c, '\n' | '\t')) {
            return Err(format!("its frontmatter has control character U+{:04X}", c as u32));
        }
        let root = yaml::read(yaml, 2).or_else(|first| yaml::read(&quote_mentions(yaml), 2).map_err(|_| first));
        match root.map_err(|violation| violation.to_string())?.content {
            Content::Map(entries) => Ok((Self(entries), body.to_owned())),
            _ => Err("its frontmatter is not a mapping".to_owned()),
        }
    }

    fn take(&mut self, key: &str) -> Option<Node> {
        let at = self.0.iter().position(|entry| entry.key == key)?;
        Some(self.0.remove(at).value)
    }

    /// A text that is not blank; numbers and the like as they are written. Lists and mappings stay.
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let entry = self.0.iter().find(|entry| entry.key == key)?;
        matches!(entry.value.content, Content::Scalar { .. })
            .then(|| self.take(key))??
            .into_text()
    }

    /// The texts of a list, or a single one. Lists of anything else stay.
    pub(super) fn list(&mut self, key: &str) -> Vec<String> {
        let Some(entry) = self.0.iter().find(|entry| entry.key == key) else {
            return Vec::new();
        };
        let flat = match &entry.value.content {
            Content::Scalar { .. } => true,
            Content::List(items) => items.iter().all(|item| matches!(item.content, Content::Scalar { .. })),
            Content::Map(_) => false,
        };
        match flat.then(|| self.take(key)).flatten() {
            Some(Node {
                content: Content::List(items),
                ..
            }) => items.into_iter().filter_map(IntoText::into_text).collect(),
            Some(node) => node.into_text().into_iter().collect(),
            None => Vec::new(),
        }
    }

    /// What nobody took and says something.
    pub(super) fn rest(self) -> impl Iterator<Item = (String, Value)> {
        self.0.into_iter().map(|entry| (entry.key, value(&entry.value)))
    }
}

trait IntoText {
    fn into_text(self) -> Option<String>;
}

impl IntoText for Node {
    fn into_text(self) -> Option<String> {
        match self.content {
            Content::Scalar { text, plain } => (!(text.trim().is_empty() || plain && is_null(&text))).then_some(text),
            _ => None,
        }
    }
}

/// The value as JSON; what JSON cannot carry as text.
fn value(node: &Node) -> Value {
    if let Some(value) = node.to_value(&mut Report::default()) {
        return value;
    }
    match &node.content {
        Content::Scalar { text, .. } => Value::String(text.clone()),
        Content::List(items) => items.iter().map(value).collect(),
        Content::Map(entries) => entries.iter().map(|e| (e.key.clone(), value(&e.value))).collect(),
    }
}

/// Puts quotes around plain values that begin with `@`, which older versions wrote and YAML reserves.
fn quote_mentions(yaml: &str) -> String {
    let quoted = |line: &str| {
        let start = value_start(line);
        let (before, value) = line.split_at(start);
        let inside = value
            .strip_prefix('[')
            .and_then(|value| value.trim_end().strip_suffix(']'));
        match inside {
            Some(items) if items.contains('@') => {
                let items: Vec<_> = items.split(',').map(|item| quote_mention(item.trim())).collect();
                format!("{before}[{}]", items.join(", "))
            }
            _ => format!("{before}{}", quote_mention(value)),
        }
    };
    yaml.split('\n').map(quoted).collect::<Vec<_>>().join("\n")
}

/// Where the value of a line begins: after `key: ` or `- `.
fn value_start(line: &str) -> usize {
    let trimmed = line.trim_start();
    let indent = line.len() - trimmed.len();
    let spaces = |text: &str| text.len() - text.trim_start().len();
    if let Some(item) = trimmed.strip_prefix("- ") {
        return indent + 2 + spaces(item);
    }
    match trimmed.split_once(": ") {
        Some((key, value)) if !key.contains(['"', '\'', ' ']) => indent + key.len() + 2 + spaces(value),
        _ => line.len(),
    }
}

fn quote_mention(value: &str) -> String {
    match value.starts_with('@') {
        true => format!("'{}'", value.trim_end().replace('\'', "''")),
        false => value.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{Front, quote_mentions};

    #[test]
    fn mentions_are_quoted_line_by_line() {
        let yaml = "reporter: @MrLesk\nassignee:\n  - @one\n  - '@two'\nothers: [@a, b, \"@c\"]\ntitle: to @all\n";
        let expected =
            "reporter: '@MrLesk'\nassignee:\n  - '@one'\n  - '@two'\nothers: ['@a', b, \"@c\"]\ntitle: to @all\n";
        assert_eq!(quote_mentions(yaml), expected);
    }

    #[test]
    fn a_number_stays_as_written() {
        let (mut front, body) =
            Front::split(b"\xef\xbb\xbf---\r\nid: 345.10\r\nlist: [1.10, ~, x]\r\n---\r\nbody\r\n").expect("splits");
        assert_eq!(front.text("id").as_deref(), Some("345.10"));
        assert_eq!(front.list("list"), ["1.10", "x"]);
        assert_eq!(body, "body\n");
    }

    #[test]
    fn files_without_frontmatter_say_so() {
        for (bytes, reason) in [
            (&b"# Readme\n"[..], "has no frontmatter"),
            (b"---\nid: 1\n", "its frontmatter is not closed"),
            (b"---\nid: \xff\n---\n", "byte 9 is not UTF-8"),
            (
                b"---\n- id\n---\n",
                "line 2: frontmatter must be a mapping of fields, not a list",
            ),
        ] {
            assert_eq!(Front::split(bytes).err().as_deref(), Some(reason));
        }
    }
}
