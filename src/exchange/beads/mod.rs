//! Beads: one JSON object a line, an issue each (`issues.jsonl`).

mod edges;
mod line;
mod mapping;
mod words;

use std::collections::HashMap;

use super::assemble::assemble;
use super::draft::Draft;
use super::{Import, Loss, Unreadable};
use edges::Stray;

/// The name in `origin.system`.
pub const SYSTEM: &str = "beads";

/// Reads the export of a Beads tracker.
#[must_use]
pub fn read(bytes: &[u8]) -> Import {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut lines = Lines::default();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        let line = line.trim_ascii();
        if !line.is_empty() {
            lines.add(number, line);
        }
    }
    let losses = lines.return_strays();
    assemble(SYSTEM, lines.drafts, losses, lines.unreadable)
}

#[derive(Default)]
struct Lines {
    drafts: Vec<Draft>,
    by_name: HashMap<String, usize>,
    strays: Vec<Stray>,
    unreadable: Vec<Unreadable>,
}

impl Lines {
    fn add(&mut self, number: usize, line: &[u8]) {
        let place = format!("line {number}");
        if let Err(reason) = self.try_add(&place, line) {
            self.unreadable.push(Unreadable { place, reason });
        }
    }

    fn try_add(&mut self, place: &str, line: &[u8]) -> Result<(), String> {
        let source = line::parse(line)?;
        let (draft, strays) = mapping::draft(source, place)?;
        if let Some(first) = self.by_name.get(&draft.original) {
            return Err(format!("its id stands in {} already", self.drafts[*first].place));
        }
        self.by_name.insert(draft.original.clone(), self.drafts.len());
        self.drafts.push(draft);
        self.strays.extend(strays);
        Ok(())
    }

    /// Gives edges that stood with another issue than their own back to it.
    fn return_strays(&mut self) -> Vec<Loss> {
        let mut losses = Vec::new();
        for stray in std::mem::take(&mut self.strays) {
            match self.by_name.get(&stray.of) {
                Some(at) => self.drafts[*at].references.push(stray.reference),
                None => losses.push(stray.lost()),
            }
        }
        losses
    }
}
