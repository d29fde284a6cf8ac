//! The body of a task: comments that mark sections go, the section of comments becomes comments.

/// A body without its marks, and the comments that stood in it.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Sections {
    pub(super) body: String,
    pub(super) comments: Vec<Written>,
    /// Whether there is a section of comments that could not be read, and so is still in the body.
    pub(super) odd_comments: bool,
}

/// A comment as it is written.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Written {
    pub(super) author: Option<String>,
    pub(super) created: Option<String>,
    /// Other lines of its head.
    pub(super) other: Vec<String>,
    pub(super) text: String,
}

/// Reads a body.
pub(super) fn read(text: &str) -> Sections {
    let mut sections = Sections::default();
    let lines = outside_code(text);
    let mut kept: Vec<&str> = Vec::new();
    let mut at = 0;
    while at < lines.len() {
        let (line, is_code) = lines[at];
        at += 1;
        match mark(line).filter(|_| !is_code) {
            None => kept.push(line),
            Some("COMMENTS:BEGIN") => {
                let end = lines[at..]
                    .iter()
                    .position(|(line, _)| mark(line) == Some("COMMENTS:END"));
                let inside = end.map(|end| &lines[at..at + end]);
                match inside.and_then(comments) {
                    Some(comments) => {
                        sections.comments.extend(comments);
                        drop_heading(&mut kept);
                        at += end.map_or(0, |end| end + 1);
                    }
                    None => sections.odd_comments = true,
                }
            }
            Some(_) => {}
        }
    }
    sections.body = kept.join("\n").trim_matches('\n').trim_end().to_owned();
    sections
}

/// The lines, and whether each is in a fenced block of code.
fn outside_code(text: &str) -> Vec<(&str, bool)> {
    let mut fence: Option<&str> = None;
    let line = |line| {
        let content = str::trim_start(line);
        let opens = ["```", "~~~"].into_iter().find(|mark| content.starts_with(mark));
        let is_code = fence.is_some() || opens.is_some();
        match fence {
            None => fence = opens,
            Some(open) if opens == Some(open) && content.trim_end().chars().all(|c| open.starts_with(c)) => {
                fence = None;
            }
            Some(_) => {}
        }
        (line, is_code)
    };
    text.split('\n').map(line).collect()
}

/// What a line marks, such as `SECTION:NOTES:BEGIN`, if it is nothing but a mark.
fn mark(line: &str) -> Option<&str> {
    let inside = line.trim().strip_prefix("<!--")?.strip_suffix("-->")?.trim();
    let name = inside.strip_suffix(":BEGIN").or_else(|| inside.strip_suffix(":END"))?;
    let known = matches!(name, "AC" | "DOD" | "COMMENTS") || name.strip_prefix("SECTION:").is_some_and(is_word);
    known.then_some(inside)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_uppercase() || b == b'_')
}

/// Takes the heading of the comments away, which has nothing below it any more.
fn drop_heading(kept: &mut Vec<&str>) {
    let last = kept.iter().rposition(|line| !line.trim().is_empty());
    if let Some(last) = last.filter(|last| kept[*last].trim() == "## Comments") {
        kept.truncate(last);
        while kept.last().is_some_and(|line| line.trim().is_empty()) {
            kept.pop();
        }
    }
}

/// The comments between the marks: a head of `key: value` lines, `---`, the text, `---`.
fn comments(lines: &[(&str, bool)]) -> Option<Vec<Written>> {
    let lines: Vec<&str> = lines.iter().map(|(line, _)| *line).collect();
    let mut comments = Vec::new();
    let mut at = skip_blank(&lines, 0);
    while at < lines.len() {
        let head_end = head(&lines, at)?;
        let mut comment = Written::default();
        for line in &lines[at..head_end] {
            match line.split_once(':') {
                Some(("author", name)) => comment.author = Some(name.trim().to_owned()),
                Some(("created", time)) => comment.created = Some(time.trim().to_owned()),
                _ => comment.other.push((*line).to_owned()),
            }
        }
        let start = head_end + 1;
        // A text may have such a line itself: the last one before the next head or the end counts.
        let ends = |end: &usize| {
            let next = skip_blank(&lines, end + 1);
            lines[*end].trim_end() == "---" && (next == lines.len() || head(&lines, next).is_some())
        };
        let end = (start..lines.len()).find(ends)?;
        comment.text = lines[start..end].join("\n").trim_matches('\n').to_owned();
        comments.push(comment);
        at = skip_blank(&lines, end + 1);
    }
    Some(comments)
}

fn skip_blank(lines: &[&str], from: usize) -> usize {
    let text = lines[from.min(lines.len())..]
        .iter()
        .position(|line| !line.trim().is_empty());
    text.map_or(lines.len(), |text| from + text)
}

/// Where the head of a comment that begins at `from` ends, if one does.
fn head(lines: &[&str], from: usize) -> Option<usize> {
    let is_key = |line: &str| {
        let key = line.split_once(':').map(|(key, _)| key);
        key.is_some_and(|key| !key.is_empty() && key.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'))
    };
    let end = from + lines[from..].iter().position(|line| !is_key(line))?;
    let names_someone = lines[from..end]
        .iter()
        .any(|line| line.starts_with("author:") || line.starts_with("created:"));
    (names_someone && lines[end].trim_end() == "---").then_some(end)
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn marks_go_and_code_stays() {
        let text = "## Description\n\n<!-- SECTION:DESCRIPTION:BEGIN -->\nText\n<!-- SECTION:DESCRIPTION:END -->\n\n\
            ## Acceptance Criteria\n<!-- AC:BEGIN -->\n- [ ] #1 One\n<!-- AC:END -->\n\n```\n<!-- DOD:BEGIN -->\n```\n\
            <!-- a remark -->\n";
        let expected = "## Description\n\nText\n\n## Acceptance Criteria\n- [ ] #1 One\n\n```\n<!-- DOD:BEGIN -->\n```\n<!-- a remark -->";
        assert_eq!(read(text).body, expected);
    }

    #[test]
    fn comments_leave_the_body() {
        let text = "A\n\n## Comments\n\n<!-- COMMENTS:BEGIN -->\nauthor: @one\ncreated: 2026-07-09 22:13\n---\nfirst\n\n---\nrule above\n---\n\n\
            author: two\nmood: fine\n---\nsecond\n---\n<!-- COMMENTS:END -->\n\n## Final Summary\nB\n";
        let sections = read(text);
        assert_eq!(sections.body, "A\n\n## Final Summary\nB");
        let [first, second] = &sections.comments[..] else {
            panic!("two comments: {sections:?}")
        };
        assert_eq!(
            (first.author.as_deref(), first.text.as_str()),
            (Some("@one"), "first\n\n---\nrule above")
        );
        assert_eq!(
            (second.created.as_deref(), &second.other[..]),
            (None, &["mood: fine".to_owned()][..])
        );
    }

    #[test]
    fn what_is_no_comment_stays_in_the_body() {
        let sections = read("## Comments\n\n<!-- COMMENTS:BEGIN -->\njust text\n<!-- COMMENTS:END -->\n");
        assert_eq!(
            (sections.body.as_str(), sections.odd_comments),
            ("## Comments\n\njust text", true)
        );
        assert!(read("<!-- COMMENTS:BEGIN -->\nauthor: x\n").odd_comments);
    }
}
