//! The YAML of a file, its lines, and what is to be written over them.

use std::ops::Range;

use crate::record::yaml::{Content, Node};

/// A text and the changes to be made to it.
pub(super) struct Sheet<'text> {
    yaml: &'text str,
    changes: Vec<(Range<usize>, String)>,
}

/// What a line without any part of a value holds.
enum Bare {
    /// A comment, from this byte on.
    Comment(usize),
    Blank,
}

impl<'text> Sheet<'text> {
    pub(super) fn new(yaml: &'text str) -> Self {
        Self {
            yaml,
            changes: Vec::new(),
        }
    }

    /// The text as it was.
    pub(super) fn text(&self, span: &Range<usize>) -> &'text str {
        self.yaml.get(span.clone()).unwrap_or("")
    }

    /// The text from there on.
    pub(super) fn rest(&self, at: usize) -> &'text str {
        self.yaml.get(at..).unwrap_or("")
    }

    /// Writes `text` over `span`. Of texts for one place the one that is written first comes first.
    pub(super) fn write(&mut self, span: Range<usize>, text: impl Into<String>) {
        self.changes.push((span, text.into()));
    }

    /// The text with all changes, each line of which ends in `eol`.
    pub(super) fn finish(mut self, eol: &str) -> String {
        // What is inserted somewhere stands before what is removed from there on.
        self.changes.sort_by_key(|(span, _)| (span.start, !span.is_empty()));
        let mut out = String::with_capacity(self.yaml.len());
        let mut done = 0;
        for (span, text) in &self.changes {
            out.push_str(self.text(&(done..span.start)));
            // What is copied from elsewhere in the text has its line ends already.
            out.push_str(&text.replace("\r\n", "\n").replace('\n', eol));
            done = span.end.max(done);
        }
        out.push_str(self.rest(done));
        out
    }

    /// Where the line begins that has this byte.
    pub(super) fn line_start(&self, at: usize) -> usize {
        let before = self.yaml.get(..at).unwrap_or(self.yaml);
        before.rfind('\n').map_or(0, |end| end + 1)
    }

    /// Where the line after that of this byte begins.
    pub(super) fn line_end(&self, at: usize) -> usize {
        self.rest(at).find('\n').map_or(self.yaml.len(), |end| at + end + 1)
    }

    /// The lines of this part of the text, which begins and ends with a line.
    pub(super) fn lines(&self, span: Range<usize>) -> impl Iterator<Item = Range<usize>> + use<'text> {
        let mut start = span.start;
        self.text(&span).split_inclusive('\n').map(move |line| {
            let whole = start..start + line.len();
            start = whole.end;
            whole
        })
    }

    /// How far what begins at this byte is indented; `None` where something else stands before it.
    pub(super) fn indent_of(&self, at: usize) -> Option<usize> {
        let before = self.text(&(self.line_start(at)..at));
        before.bytes().all(|b| b == b' ').then_some(before.len())
    }

    /// Where the lines of a value end that ends its line.
    ///
    /// Empty lines after a block text are not part of it, unless it is one that keeps them.
    pub(super) fn lines_end(&self, node: &Node) -> usize {
        match &node.content {
            Content::List(items) if node.block => items
                .last()
                .map_or_else(|| self.line_end(node.span.end), |last| self.lines_end(last)),
            Content::Map(entries) if node.block => entries
                .last()
                .map_or_else(|| self.line_end(node.span.end), |last| self.lines_end(&last.value)),
            Content::Scalar { text, .. } if node.block => {
                let mut end = self.line_start(node.span.end);
                let keeps = text.ends_with("\n\n") || text.starts_with('\n') && text.trim_matches('\n').is_empty();
                while !keeps && self.yaml[..end].ends_with('\n') && self.is_empty(self.line_start(end - 1)) {
                    end = self.line_start(end - 1);
                }
                end
            }
            _ => self.line_end(node.span.end),
        }
    }

    fn is_empty(&self, line: usize) -> bool {
        self.rest(line).starts_with(['\n', '\r'])
    }

    /// The bytes of all keys and texts of a value, in their order. What stands between these is punctuation and comments.
    pub(super) fn words(&self, node: &Node) -> Vec<Range<usize>> {
        let mut words = Vec::new();
        self.collect_words(node, &mut words);
        words
    }

    fn collect_words(&self, node: &Node, words: &mut Vec<Range<usize>>) {
        match &node.content {
            // The reader has a block text begin with its first letter, but the empty lines before are part of it.
            Content::Scalar { .. } if node.block => {
                let before = self.text(&(0..node.span.start)).trim_end().len();
                words.push(before..node.span.end);
            }
            Content::Scalar { .. } => words.push(node.span.clone()),
            Content::List(items) => items.iter().for_each(|item| self.collect_words(item, words)),
            Content::Map(entries) => entries.iter().for_each(|entry| {
                words.push(entry.span.clone());
                self.collect_words(&entry.value, words);
            }),
        }
    }

    /// Whether a comment stands in the bytes of this value.
    pub(super) fn has_comment(&self, node: &Node) -> bool {
        let (words, text) = (self.words(node), self.text(&node.span));
        text.match_indices('#').any(|(at, _)| {
            let at = node.span.start + at;
            text_ends_blank(self.text(&(0..at))) && !is_within(&words, at)
        })
    }

    fn bare(&self, line: &Range<usize>, words: &[Range<usize>]) -> Option<Bare> {
        let text = self.text(line);
        let indented = text.trim_start_matches([' ', '\t']);
        let at = line.start + text.len() - indented.len();
        match indented.chars().next() {
            _ if is_within(words, at) => None,
            Some('#') => Some(Bare::Comment(at)),
            None | Some('\n' | '\r') => Some(Bare::Blank),
            Some(_) => None,
        }
    }

    /// Removes the lines that hold some of `words`; those of comments and blank ones stay.
    ///
    /// A comment that stays is moved out to `indent`, for deeper it could become part of a text above.
    pub(super) fn remove(&mut self, lines: Range<usize>, words: &[Range<usize>], indent: usize) {
        for line in self.lines(lines) {
            match self.bare(&line, words) {
                None => self.write(line, ""),
                Some(Bare::Comment(at)) if at > line.start + indent => {
                    self.write(line.start..at, " ".repeat(indent));
                }
                Some(_) => {}
            }
        }
    }

    /// The first line from there on that holds a value.
    pub(super) fn skip_bare(&self, at: usize) -> usize {
        let mut lines = self.lines(at..self.yaml.len());
        lines
            .find(|line| self.bare(line, &[]).is_none())
            .map_or(self.yaml.len(), |line| line.start)
    }

    /// The beginning of the comment lines directly above this line and as far indented, but not before `floor`.
    pub(super) fn above(&self, line: usize, floor: usize, indent: usize) -> usize {
        let mut at = line;
        while at > floor {
            let start = self.line_start(at - 1);
            match self.bare(&(start..at), &[]) {
                Some(Bare::Comment(comment)) if start >= floor && comment == start + indent => at = start,
                _ => break,
            }
        }
        at
    }

    /// Whether a text that is indented more than `indent` could end here: no line follows that would become part of it.
    pub(super) fn may_end_text(&self, at: usize, indent: usize) -> bool {
        let next = self.lines(at..self.yaml.len()).find(|line| !self.is_empty(line.start));
        next.is_none_or(|line| match self.bare(&line, &[]) {
            Some(Bare::Comment(comment)) => comment <= line.start + indent,
            Some(Bare::Blank) => false,
            None => true,
        })
    }
}

/// Whether the byte is part of one of the words, which are in their order.
pub(super) fn is_within(words: &[Range<usize>], at: usize) -> bool {
    let after = words.partition_point(|word| word.start <= at);
    after.checked_sub(1).is_some_and(|last| words[last].contains(&at))
}

fn text_ends_blank(text: &str) -> bool {
    text.is_empty() || text.ends_with([' ', '\t', '\n'])
}
