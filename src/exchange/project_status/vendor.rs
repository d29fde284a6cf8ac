//! Vendors: `- ADP Vendor: operational (42/45 tests passed, 2 skipped) [Excel, CSV] v2.3.1 manifest ✓`, and what people
//! write instead.

use serde_json::{Map, Value};

use super::entries::{Entry, Field};
use super::marked::{Marked, Part, is_nothing, sign};
use super::{Unread, Vendor};
use crate::record::vendor::VendorStatus;

/// What a file tells of a vendor; the reason where it cannot be used.
pub(super) fn vendor(entry: &Entry, unread: &mut Vec<Unread>) -> Result<Vendor, String> {
    let (name, rest) = match entry.title.split_once(':').filter(|_| !entry.is_row) {
        Some((name, rest)) => (name, rest),
        None => (entry.title.clone(), Marked::default()),
    };
    let mut reading = Reading {
        vendor: Vendor::named(name.text(), entry.line),
        unread: Vec::new(),
    };
    if reading.vendor.name.is_empty() {
        return Err("a vendor without a name".to_owned());
    }
    reading.line(&rest);
    for field in &entry.fields {
        reading.field(field);
    }
    let Reading {
        mut vendor,
        unread: left,
    } = reading;
    vendor.facts += left.len();
    vendor.lost = left.clone();
    if !left.is_empty() {
        unread.push(Unread {
            line: entry.line,
            text: format!("{}: {}", vendor.name, left.join(" ")),
        });
    }
    match vendor.status {
        Some(_) => Ok(vendor),
        None => Err(format!(
            "vendor {}: whether it is operational or broken is not said",
            vendor.name
        )),
    }
}

struct Reading {
    vendor: Vendor,
    unread: Vec<String>,
}

impl Reading {
    /// What stands behind the name.
    fn line(&mut self, rest: &Marked) {
        let parts = rest.parts();
        let mut parts = parts.iter().peekable();
        while let Some(part) = parts.next() {
            let is_read = match part {
                Part::Parentheses(inside) => {
                    let facts = inside.split(',').into_iter().map(|fact| fact.text());
                    let lost: Vec<_> = facts.filter(|fact| !self.fact(fact)).collect();
                    self.unread.extend(lost);
                    true
                }
                Part::Brackets(inside) => self.formats(inside),
                Part::Word(word) if word.word() == "manifest" => {
                    let next = parts.next_if(|next| matches!(next, Part::Word(word) if sign(&word.text()).is_some()));
                    next.is_some_and(|next| self.manifest(&next.written()))
                }
                Part::Word(word) => self.status(&word.text()) || self.version(word) || is_separator(&word.text()),
            };
            if !is_read {
                self.unread.push(part.written());
            }
        }
    }

    /// A field below the name, or a cell of its row.
    fn field(&mut self, field: &Field) {
        let text = field.value.text();
        if is_nothing(&text) {
            return;
        }
        let key = field.key.as_str();
        let is_read = match key {
            "status" | "health" => self.status(&text),
            "tests" | "test results" | "tests passed" | "passing" if text.contains('/') => field
                .value
                .split(',')
                .iter()
                .flat_map(facts)
                .all(|fact| self.fact(&fact)),
            "passing" | "passed" | "tests passed" => self.count(&text, |tests| &mut tests.0),
            "total" | "tests total" | "total tests" => self.count(&text, |tests| &mut tests.1),
            "skipped" | "tests skipped" => self.fact(&format!("{text} skipped")),
            "formats" | "format support" | "supported formats" => self.formats(&field.value),
            "version" | "extractor version" | "extractor" => self.version(&field.value),
            "manifest" | "manifest compliant" | "manifest compliance" => self.manifest(&text),
            _ => self.other(key, &text),
        };
        if !is_read {
            self.unread.push(format!("{key}: {text}"));
        }
    }

    fn status(&mut self, text: &str) -> bool {
        let word = text.trim_matches(|c: char| matches!(c, ',' | ';' | '.')).to_lowercase();
        let status = match word.trim_start_matches(['✅', '❌', '✓', '✗', ' ']) {
            "operational" => VendorStatus::Operational,
            "broken" => VendorStatus::Broken,
            "" if word.contains(['✅', '✓']) => VendorStatus::Operational,
            "" if word.contains(['❌', '✗']) => VendorStatus::Broken,
            _ => return false,
        };
        let is_first = self.vendor.status.is_none_or(|known| known == status);
        self.vendor.facts += usize::from(self.vendor.status.is_none());
        if is_first {
            self.vendor.status = Some(status);
        }
        is_first
    }

    /// `42/45 tests passed` or `2 skipped`.
    fn fact(&mut self, text: &str) -> bool {
        let (number, words) = text.trim().split_once(' ').unwrap_or((text.trim(), ""));
        let words = words.to_lowercase();
        if let Some((passing, total)) = number.split_once('/') {
            let is_tests = matches!(
                words.as_str(),
                "" | "tests passed" | "test passed" | "tests" | "passed" | "passing" | "tests passing"
            );
            let (Ok(passing), Ok(total), true, None) = (passing.parse(), total.parse(), is_tests, self.vendor.tests)
            else {
                return false;
            };
            self.vendor.tests = Some((passing, total));
            self.vendor.facts += 1;
            return true;
        }
        match (words.as_str(), number.parse(), self.vendor.skipped) {
            ("skipped" | "tests skipped" | "test skipped", Ok(skipped), None) => {
                self.vendor.skipped = Some(skipped);
                self.vendor.facts += 1;
                true
            }
            _ => false,
        }
    }

    /// One of two numbers that stand apart.
    fn count(&mut self, text: &str, of: fn(&mut (u64, u64)) -> &mut u64) -> bool {
        let Ok(count) = text.trim().parse() else { return false };
        self.vendor.facts += usize::from(self.vendor.tests.is_none());
        *of(self.vendor.tests.get_or_insert((0, 0))) = count;
        true
    }

    fn formats(&mut self, text: &Marked) -> bool {
        let formats = text.split(',').into_iter().map(|format| format.text());
        for format in formats.filter(|format| !is_nothing(format)) {
            let name = match format.to_lowercase().as_str() {
                "excel" | "xls" | "xlsx" => "excel".to_owned(),
                known @ ("csv" | "pdf" | "ocr") => known.to_owned(),
                _ => format,
            };
            self.vendor.facts += 1;
            self.vendor.formats.push(name);
        }
        true
    }

    fn version(&mut self, word: &Marked) -> bool {
        let text = word.text();
        let version = text.strip_prefix('v').filter(|rest| !rest.is_empty());
        let version =
            version.or_else(|| Some(text.as_str()).filter(|text| text.starts_with(|c: char| c.is_ascii_digit())));
        let Some(version) = version.filter(|_| self.vendor.extractor_version.is_none()) else {
            return false;
        };
        self.vendor.extractor_version = Some(version.to_owned());
        self.vendor.facts += 1;
        true
    }

    fn manifest(&mut self, text: &str) -> bool {
        let compliant = sign(text).filter(|_| self.vendor.manifest_compliant.is_none());
        self.vendor.facts += usize::from(compliant.is_some());
        self.vendor.manifest_compliant = self.vendor.manifest_compliant.or(compliant);
        compliant.is_some()
    }

    /// What has no field goes along.
    fn other(&mut self, key: &str, text: &str) -> bool {
        let key = key.replace([' ', '-'], "_");
        self.vendor.facts += 1;
        insert(&mut self.vendor.metadata, key, text)
    }
}

/// Puts a value into metadata; whether the key was free.
pub(super) fn insert(metadata: &mut Map<String, Value>, key: String, text: &str) -> bool {
    let is_free = !metadata.contains_key(&key);
    if is_free {
        metadata.insert(key, Value::String(text.to_owned()));
    }
    is_free
}

/// The facts of a part that may have more in parentheses: `10/12 (2 skipped)`.
fn facts(part: &Marked) -> Vec<String> {
    match part.split_parentheses() {
        Some((before, inside)) => {
            let inside = inside.split(',').into_iter().map(|fact| fact.text());
            std::iter::once(before.text()).chain(inside).collect()
        }
        None => vec![part.text()],
    }
}

fn is_separator(text: &str) -> bool {
    matches!(text, "-" | "–" | "—" | "|" | "," | ";" | "•")
}
