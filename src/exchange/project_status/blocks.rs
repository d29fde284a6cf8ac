//! A Markdown file as a list of headings, list items, rows of tables, lines and blocks of code, each with its line.

use std::ops::Range;
use std::rc::Rc;

use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use super::marked::Marked;

/// A piece of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) kind: BlockKind,
    pub(super) text: Marked,
    /// Counted from 1.
    pub(super) line: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BlockKind {
    Heading(usize),
    /// With how many lists are around its own, and whether its box is ticked.
    Item(usize, Option<bool>),
    /// With the cells of the header and its own.
    Row(Rc<Vec<String>>, Vec<Marked>),
    /// A line of a paragraph.
    Line,
    /// A block of code, by what is said to be in it.
    Code(String),
}

/// Reads a file. Comments and rules are left out.
pub(super) fn blocks(source: &str) -> Vec<Block> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_TASKLISTS;
    let mut reading = Reading {
        source,
        lines: line_starts(source),
        blocks: Vec::new(),
        depth: 0,
        items: Vec::new(),
        cells: Vec::new(),
        header: Rc::default(),
        in_cell: false,
        code: None,
        in_comment: false,
        text_end: 0,
    };
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        reading.take(event, range);
    }
    reading.blocks
}

fn line_starts(source: &str) -> Vec<usize> {
    let ends = source.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
    std::iter::once(0).chain(ends.map(|(at, _)| at + 1)).collect()
}

struct Reading<'source> {
    source: &'source str,
    lines: Vec<usize>,
    blocks: Vec<Block>,
    /// How many lists are around what is read now.
    depth: usize,
    /// The items that are open, as places among the blocks.
    items: Vec<usize>,
    cells: Vec<Marked>,
    header: Rc<Vec<String>>,
    in_cell: bool,
    code: Option<String>,
    in_comment: bool,
    /// Where the last text ended.
    text_end: usize,
}

impl Reading<'_> {
    fn begin(&mut self, kind: BlockKind, at: usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let text = Marked::default();
        self.blocks.push(Block { kind, text, line });
    }

    fn take(&mut self, event: Event<'_>, range: Range<usize>) {
        match event {
            Event::Start(tag) => self.start(tag, range.start),
            Event::End(tag) => self.end(tag, range.start),
            Event::TaskListMarker(ticked) => {
                if let Some(Block {
                    kind: BlockKind::Item(_, box_of),
                    ..
                }) = self.blocks.last_mut()
                {
                    *box_of = Some(ticked);
                }
            }
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.text(&text, range),
            },
            Event::Code(text) => self.literal(&text, range.end),
            Event::Html(html) if !self.is_comment(&html) => {
                self.begin(BlockKind::Line, range.start);
                self.literal(html.trim_end(), range.end);
            }
            Event::InlineHtml(html) if !html.starts_with("<!--") => self.literal(&html, range.end),
            Event::SoftBreak | Event::HardBreak => match self.blocks.last().map(|block| &block.kind) {
                Some(BlockKind::Line) => self.begin(BlockKind::Line, range.end),
                _ => self.place(|text| text.push(" ")),
            },
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>, at: usize) {
        match tag {
            Tag::Heading { level, .. } => self.begin(BlockKind::Heading(level as usize), at),
            Tag::List(_) => self.depth += 1,
            Tag::Item => {
                self.items.push(self.blocks.len());
                self.begin(BlockKind::Item(self.depth - 1, None), at);
            }
            // The first paragraph of an item is the item.
            Tag::Paragraph if self.items.last() == Some(&(self.blocks.len().wrapping_sub(1))) => {}
            Tag::Paragraph => self.begin(BlockKind::Line, at),
            Tag::TableHead | Tag::TableRow => self.cells.clear(),
            Tag::TableCell => {
                self.cells.push(Marked::default());
                self.in_cell = true;
            }
            Tag::CodeBlock(kind) => {
                let info = match kind {
                    CodeBlockKind::Fenced(info) => info.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                self.begin(BlockKind::Code(info), at);
                self.code = Some(String::new());
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd, at: usize) {
        match tag {
            TagEnd::List(_) => self.depth -= 1,
            TagEnd::Item => drop(self.items.pop()),
            TagEnd::TableCell => self.in_cell = false,
            TagEnd::TableHead => self.header = Rc::new(self.cells.drain(..).map(|cell| cell.text()).collect()),
            TagEnd::TableRow => {
                let cells = std::mem::take(&mut self.cells);
                self.begin(BlockKind::Row(Rc::clone(&self.header), cells), at);
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                self.place(|text| text.push_literal(&code));
            }
            _ => {}
        }
    }

    /// Whether a line of HTML is part of a comment, which may go over several.
    fn is_comment(&mut self, line: &str) -> bool {
        let begins = line.trim_start().starts_with("<!--");
        let is_part = begins || self.in_comment;
        self.in_comment = is_part && !line.contains("-->");
        is_part
    }

    /// A backslash before a text belongs to no other text where it escapes its first character.
    fn text(&mut self, text: &str, range: Range<usize>) {
        let before = self.source.as_bytes().get(range.start.wrapping_sub(1));
        let is_escaped = before == Some(&b'\\') && self.text_end < range.start;
        let is_reference = self.source.get(range.clone()) != Some(text);
        self.text_end = range.end;
        self.place(|place| match (is_reference, is_escaped) {
            (true, _) => place.push_literal(text),
            (_, true) => place.push_escaped(text),
            _ => place.push(text),
        });
    }

    fn literal(&mut self, text: &str, end: usize) {
        self.text_end = end;
        self.place(|place| place.push_literal(text));
    }

    /// Adds to the cell or the block that is read now.
    fn place(&mut self, add: impl FnOnce(&mut Marked)) {
        let cell = self.cells.last_mut().filter(|_| self.in_cell);
        let place = cell.or_else(|| self.blocks.last_mut().map(|block| &mut block.text));
        if let Some(place) = place {
            add(place);
        }
    }
}
