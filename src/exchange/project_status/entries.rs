//! What a file tells of one thing each, by section: a list item, a row of a table, or a heading with what is below it.

use super::blocks::{Block, BlockKind};
use super::marked::Marked;
use super::{Claimed, Unread};
use crate::record::work_item::{ItemType, Status};

/// What a section is about, by its heading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) enum Section {
    Vendors,
    Deployments,
    Enhancements,
    WorkItems,
    Sessions,
    Warnings,
    #[default]
    Other,
}

/// Words of headings, the first that is found counts.
const HEADINGS: &[(&str, Section)] = &[
    ("warning", Section::Warnings),
    ("attention", Section::Warnings),
    ("vendor", Section::Vendors),
    ("deployment", Section::Deployments),
    ("release", Section::Deployments),
    ("enhancement", Section::Enhancements),
    ("roadmap", Section::Enhancements),
    ("future", Section::Enhancements),
    ("session", Section::Sessions),
    ("prompt", Section::Sessions),
    ("work item", Section::WorkItems),
    ("active work", Section::WorkItems),
    ("current work", Section::WorkItems),
    ("task", Section::WorkItems),
    ("backlog", Section::WorkItems),
];

impl Section {
    pub(super) fn of(heading: &str) -> Self {
        let heading = heading.to_lowercase();
        let known = HEADINGS.iter().find(|(word, _)| heading.contains(word));
        known.map_or(Self::Other, |(_, section)| *section)
    }

    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Vendors => "vendors",
            Self::Deployments => "deployments",
            Self::Enhancements => "enhancements",
            Self::WorkItems => "work items",
            Self::Sessions => "session prompts",
            Self::Warnings => "warnings",
            Self::Other => "other",
        }
    }
}

/// What a file tells of one thing.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) section: Section,
    /// Its first line without what stands in fields; of a row of a table, its first cell.
    pub(super) title: Marked,
    /// Whether its box is ticked.
    pub(super) ticked: Option<bool>,
    /// How many entries it is below.
    pub(super) depth: usize,
    /// `Key: value` below it, or the other cells by the words of the header; keys in lower case.
    pub(super) fields: Vec<Field>,
    pub(super) line: usize,
    /// Whether it is a row of a table.
    pub(super) is_row: bool,
    /// Whether it is a heading.
    is_heading: bool,
}

/// A value with a name.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) key: String,
    pub(super) value: Marked,
    pub(super) line: usize,
}

/// The entries of a file, in order, the counts its headings claim, and the lines that are neither.
pub(super) struct Entries {
    pub(super) entries: Vec<Entry>,
    pub(super) claimed: Vec<Claimed>,
    pub(super) unread: Vec<Unread>,
}

/// Names of fields that may stand in a list below a vendor or an enhancement; anything else there is one of these,
/// unless a field came before it.
const OF_VENDORS: &[&str] = &[
    "status",
    "health",
    "tests",
    "test results",
    "tests passed",
    "passing",
    "total",
    "skipped",
    "formats",
    "format support",
    "supported formats",
    "version",
    "extractor version",
    "extractor",
    "manifest",
    "manifest compliant",
    "manifest compliance",
    "priority",
    "target",
    "quarter",
    "target quarter",
    "description",
    "details",
];

/// Names of fields that may stand in a list below a work item; anything else there is an item.
const FIELDS: &[&str] = &[
    "type", "status", "priority", "assignee", "owner", "claim", "progress", "labels", "branch", "pr", "blocked",
    "reason",
];

pub(super) fn entries(blocks: &[Block]) -> Entries {
    let mut reading = Reading {
        section: Section::Other,
        level: 0,
        under_heading: None,
        base: 0,
        found: Entries {
            entries: Vec::new(),
            claimed: Vec::new(),
            unread: Vec::new(),
        },
    };
    for block in blocks {
        reading.take(block);
    }
    let mut found = reading.found;
    let groups: Vec<_> = found
        .entries
        .windows(2)
        .map(|pair| is_group(&pair[0], &pair[1]))
        .collect();
    let mut groups = groups.into_iter();
    found.entries.retain(|_| !groups.next().unwrap_or(false));
    found
}

/// Whether an entry is only a heading that says what those below it have in common.
fn is_group(entry: &Entry, next: &Entry) -> bool {
    let is_of_one = matches!(entry.section, Section::Vendors | Section::Enhancements) && entry.section == next.section;
    is_of_one && entry.is_heading && !next.is_heading && entry.fields.is_empty() && next.depth > entry.depth
}

struct Reading {
    section: Section,
    /// The level of the heading of the section.
    level: usize,
    /// The level of the heading that is an entry, where there is one.
    under_heading: Option<usize>,
    /// How deep a list is below a heading that is an entry.
    base: usize,
    found: Entries,
}

impl Reading {
    fn take(&mut self, block: &Block) {
        match &block.kind {
            BlockKind::Heading(level) => self.heading(*level, block),
            BlockKind::Item(depth, ticked) => self.item(*depth, *ticked, block),
            BlockKind::Row(header, cells) => self.row(header, cells, block.line),
            BlockKind::Line => self.line(block),
            BlockKind::Code(_) => self.unread(block.line, &block.text),
        }
    }

    fn heading(&mut self, level: usize, block: &Block) {
        let section = Section::of(&block.text.text());
        if self.section == Section::Other || level <= self.level {
            (self.section, self.level, self.under_heading, self.base) = (section, level, None, 0);
            if let Some(count) = claimed(&block.text)
                && section != Section::Other
            {
                self.found.claimed.push(Claimed {
                    section: section.as_str(),
                    count,
                    line: block.line,
                    is_open: block.text.word().contains("open") || block.text.word().contains("active"),
                });
            }
            return;
        }
        let depth = level - self.level - 1;
        self.under_heading = Some(level);
        self.base = depth + 1;
        self.begin(block.text.clone(), None, depth, block.line, true);
    }

    fn begin(&mut self, title: Marked, ticked: Option<bool>, depth: usize, line: usize, is_heading: bool) {
        self.found.entries.push(Entry {
            section: self.section,
            title,
            ticked,
            depth,
            fields: Vec::new(),
            line,
            is_row: false,
            is_heading,
        });
    }

    fn item(&mut self, depth: usize, ticked: Option<bool>, block: &Block) {
        if matches!(self.section, Section::Other | Section::Sessions) {
            return self.unread(block.line, &block.text);
        }
        let field = field(&block.text, block.line);
        let is_field = match (self.section, &field) {
            (_, None) => false,
            (Section::WorkItems, Some(field)) => {
                let is_below = self
                    .found
                    .entries
                    .last()
                    .is_some_and(|entry| entry.depth < self.base + depth);
                let is_item = ticked.is_some() || has_facts(&block.text);
                is_below && !is_item && FIELDS.contains(&field.key.as_str())
            }
            (Section::Vendors | Section::Enhancements, Some(field)) if depth == 0 => {
                let before = self.found.entries.last().is_some_and(|entry| !entry.fields.is_empty());
                self.under_heading.is_some() && (before || OF_VENDORS.contains(&field.key.as_str()))
            }
            (_, Some(_)) => self.under_heading.is_some() || depth > 0,
        };
        match (field, self.found.entries.last_mut()) {
            (Some(field), Some(entry)) if is_field && entry.section == self.section => entry.fields.push(field),
            _ if depth > 0 && self.section != Section::WorkItems => self.unread(block.line, &block.text),
            _ if self.under_heading.is_some() && self.section == Section::Deployments => {
                self.unread(block.line, &block.text);
            }
            _ => self.begin(block.text.clone(), ticked, self.base + depth, block.line, false),
        }
    }

    fn row(&mut self, header: &[String], cells: &[Marked], line: usize) {
        let named = header.iter().zip(cells).skip(1);
        let fields = named.filter(|(_, cell)| !cell.is_blank()).map(|(key, value)| Field {
            key: key.trim().to_lowercase(),
            value: value.clone(),
            line,
        });
        if matches!(self.section, Section::Other | Section::Sessions | Section::Warnings) {
            let cells: Vec<_> = cells.iter().map(Marked::text).collect();
            return self.unread_text(line, cells.join(" | "));
        }
        self.found.entries.push(Entry {
            section: self.section,
            title: cells.first().cloned().unwrap_or_default(),
            ticked: None,
            depth: 0,
            fields: fields.collect(),
            line,
            is_row: true,
            is_heading: false,
        });
    }

    /// A line of a paragraph: a field of the heading above it, or nothing that could be read.
    fn line(&mut self, block: &Block) {
        let field = field(&block.text, block.line).filter(|_| self.under_heading.is_some());
        match (field, self.found.entries.last_mut()) {
            (Some(field), Some(entry)) if entry.section == self.section => entry.fields.push(field),
            _ => self.unread(block.line, &block.text),
        }
    }

    fn unread(&mut self, line: usize, text: &Marked) {
        self.unread_text(line, text.text());
    }

    fn unread_text(&mut self, line: usize, text: String) {
        if !text.is_empty() {
            self.found.unread.push(Unread { line, text });
        }
    }
}

/// `Key: value`, where the key is a few words.
fn field(text: &Marked, line: usize) -> Option<Field> {
    let (key, value) = text.split_once(':')?;
    let key = key.word();
    let is_name = !key.is_empty()
        && key.split(' ').count() <= 4
        && key
            .chars()
            .all(|c| c.is_alphabetic() || matches!(c, ' ' | '_' | '-' | '#'));
    is_name.then_some(Field { key, value, line })
}

/// The number a heading has in its parentheses.
fn claimed(heading: &Marked) -> Option<usize> {
    let (_, inside) = heading.split_parentheses()?;
    inside.text().split_whitespace().next()?.parse().ok()
}

/// Whether a line ends with what is said of a work item: its type or status first.
fn has_facts(line: &Marked) -> bool {
    let first = line
        .split_parentheses()
        .and_then(|(_, inside)| inside.split(',').into_iter().next());
    first.is_some_and(|first| first.word().parse::<ItemType>().is_ok() || first.word().parse::<Status>().is_ok())
}
