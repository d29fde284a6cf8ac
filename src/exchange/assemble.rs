//! Drafts to records, comments to notes, and the proof that all of them are valid.

use std::collections::HashSet;

use super::draft::{Comment, Draft};
use super::{Import, Imported, Kept, Loss, Unreadable, fit, link};
use crate::record::common::Origin;
use crate::record::note::NOTE_CHARS;
use crate::record::value::Time;
use crate::record::{self, Fields, Note, Record, RecordId, Severity};

/// Puts an import together. A draft that makes no valid record is unreadable, and the references
/// to it are settled again without it.
pub(super) fn assemble(
    system: &'static str,
    mut drafts: Vec<Draft>,
    mut losses: Vec<Loss>,
    mut unreadable: Vec<Unreadable>,
) -> Import {
    let (mut records, link_losses) = loop {
        let (items, link_losses) = link::link(&drafts);
        let mut faults: Vec<Option<String>> = Vec::new();
        let mut records = Vec::new();
        for (draft, item) in drafts.iter().zip(items) {
            let body = fit::body(draft.body()).0;
            let record = Record::new(Fields::WorkItem(Box::new(item)), body);
            faults.push(fault(&record));
            records.push(Imported {
                original: draft.original.clone(),
                record,
            });
        }
        if faults.iter().all(Option::is_none) {
            break (records, link_losses);
        }
        let mut remaining = Vec::new();
        for (draft, fault) in drafts.into_iter().zip(faults) {
            match fault {
                None => remaining.push(draft),
                Some(reason) => unreadable.push(Unreadable {
                    place: draft.place,
                    reason,
                }),
            }
        }
        drafts = remaining;
    };
    losses.extend(drafts.iter_mut().flat_map(|draft| {
        if fit::body(draft.body()).1 {
            draft.lose("body", "has NUL characters, which U+FFFD stands for", Kept::Body);
        }
        std::mem::take(&mut draft.losses)
    }));
    losses.extend(link_losses);
    for draft in &drafts {
        let mut notes = Notes::new(system, draft);
        for comment in &draft.comments {
            notes.add(comment);
        }
        records.extend(notes.records);
        losses.extend(notes.losses);
    }
    Import {
        system,
        records,
        losses,
        unreadable,
    }
}

/// Why the record would not be read back as it is.
fn fault(record: &Record) -> Option<String> {
    match record::parse(record::print(record).as_bytes(), None) {
        Ok(parsed) if parsed.record == *record => None,
        Ok(_) => Some("would not be the same after it is written and read".to_owned()),
        Err(violations) => {
            let first = violations.iter().find(|v| v.severity == Severity::Error);
            Some(match first.map(|v| (&v.field, &v.message)) {
                Some((Some(field), message)) => format!("makes no valid record: {field}: {message}"),
                Some((None, message)) => format!("makes no valid record: {message}"),
                None => "makes no valid record".to_owned(),
            })
        }
    }
}

/// The notes on one work item.
struct Notes<'draft> {
    system: &'static str,
    draft: &'draft Draft,
    ids: HashSet<String>,
    records: Vec<Imported>,
    losses: Vec<Loss>,
}

impl<'draft> Notes<'draft> {
    fn new(system: &'static str, draft: &'draft Draft) -> Self {
        Self {
            system,
            draft,
            ids: HashSet::new(),
            records: Vec::new(),
            losses: Vec::new(),
        }
    }

    fn add(&mut self, comment: &Comment) {
        if comment.at.is_none() {
            self.lose("comments.created_at", "the comment has no time", Kept::Nowhere);
        }
        let (text, had_nul) = fit::body(comment.text.clone());
        if had_nul {
            self.lose(
                "comments.text",
                "has NUL characters, which U+FFFD stands for",
                Kept::Body,
            );
        }
        let pieces = fit::pieces(&text, NOTE_CHARS);
        if pieces.len() > 1 {
            self.lose(
                "comments.text",
                "has more than 10,000 characters; it is several notes",
                Kept::Body,
            );
        }
        for (number, piece) in (1..).zip(pieces) {
            let id = match number {
                1 => comment.id.clone(),
                n => format!("{}.{n}", comment.id),
            };
            let id = self.unused(id);
            self.push(&id, comment, piece);
        }
    }

    /// Two comments of one name would be one note.
    fn unused(&mut self, id: String) -> String {
        let name = |n: usize| if n == 1 { id.clone() } else { format!("{id}-{n}") };
        let free = (1..).map(name).find(|id| !self.ids.contains(id)).unwrap_or_default();
        if free != id {
            self.lose("comments.id", "two comments have this id", Kept::Origin);
        }
        self.ids.insert(free.clone());
        free
    }

    fn push(&mut self, id: &str, comment: &Comment, text: &str) {
        // A note is named by its time; without one, by the earliest it can be.
        let time = comment.at.or(self.draft.item.created_at).or(Time::from_milliseconds(0));
        let original = format!("{}#{id}", self.draft.original);
        let origin_id = fit::text(&original).map(|fitted| fitted.value);
        let (Some(time), Some(origin_id)) = (time, origin_id) else {
            return self.lose("comments", "the comment has no usable name", Kept::Nowhere);
        };
        let note = Note {
            id: RecordId::imported_comment(time, self.system, &self.draft.original, id),
            on: self.draft.item.id,
            created_at: comment.at,
            created_by: comment.author.clone(),
            retracted: None,
            origin: Some(Origin {
                id: origin_id,
                r#type: None,
                status: None,
                priority: None,
                updated_at: None,
                updated_by: None,
                closed_at: None,
                unresolved: Default::default(),
                ..self.draft.origin.clone()
            }),
            unknown: Default::default(),
        };
        let record = Record::new(Fields::Note(Box::new(note)), text);
        match fault(&record) {
            None => self.records.push(Imported { original, record }),
            Some(reason) => self.lose("comments", &reason, Kept::Nowhere),
        }
    }

    fn lose(&mut self, field: &str, reason: &str, kept: Kept) {
        self.losses.push(Loss {
            original: self.draft.original.clone(),
            field: field.to_owned(),
            reason: reason.to_owned(),
            kept,
        });
    }
}
