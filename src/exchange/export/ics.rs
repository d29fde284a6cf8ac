//! What has a date, for calendars: RFC 5545.
//!
//! Deployments are events of their time; target quarters and the ends of claims are whole days.
//! Nothing depends on a clock: `DTSTAMP` is when the record was written.

use super::encode::visible;
use super::{Docket, Exported};
use crate::record::value::Time;
use crate::record::work_item::ItemType;
use crate::record::{Fields, Kind, RecordId};

/// The format, as `PRODID` names it.
pub const FORMAT: &str = "git-docket-ics/1";

/// How many octets a line has at most, its end left out.
const OCTETS: usize = 75;

/// The calendar of a docket.
#[must_use]
pub fn write(docket: &Docket) -> String {
    let mut calendar = Calendar::default();
    calendar.line("BEGIN", "VCALENDAR");
    calendar.line("VERSION", "2.0");
    calendar.line("PRODID", &format!("-//git-docket//{FORMAT}//EN"));
    calendar.line("CALSCALE", "GREGORIAN");
    calendar.text("X-WR-CALNAME", "git docket");
    for exported in &docket.records {
        match exported.path.kind() {
            Kind::Deployment => calendar.deployment(exported),
            Kind::WorkItem => calendar.work_item(exported),
            Kind::Enhancement => calendar.enhancement(exported),
            _ => {}
        }
    }
    calendar.line("END", "VCALENDAR");
    calendar.0
}

#[derive(Default)]
struct Calendar(String);

impl Calendar {
    fn deployment(&mut self, exported: &Exported) {
        let Fields::Deployment(deployment) = &exported.record.fields else {
            return;
        };
        let environment = deployment.environment.as_ref().map(|name| format!(" to {name}"));
        let summary = format!(
            "Deployed{}: {}",
            environment.unwrap_or_default(),
            exported.record.heading()
        );
        self.begin(exported, &deployment.id.to_string());
        self.line("DTSTART", &moment(deployment.deployed_at));
        self.text("SUMMARY", &summary);
        let commit = deployment.commit_hash.iter();
        let mut lines: Vec<_> = commit.map(|commit| format!("commit {}", commit.as_str())).collect();
        lines.extend(
            deployment
                .pr_number
                .map(|number| format!("pull request {}", number.get())),
        );
        let tests = deployment.test_summary.0.iter();
        lines.extend(tests.map(|(name, count)| format!("{name} tests: {}", count.get())));
        lines.extend(Some(exported.record.body.clone()).filter(|body| !body.is_empty()));
        self.text("DESCRIPTION", &lines.join("\n"));
        self.line("CATEGORIES", "DEPLOYMENT");
        let retracted = deployment.retracted.is_some();
        self.line("STATUS", if retracted { "CANCELLED" } else { "CONFIRMED" });
        self.end();
    }

    fn work_item(&mut self, exported: &Exported) {
        let Fields::WorkItem(item) = &exported.record.fields else {
            return;
        };
        let quarter = item
            .metadata
            .0
            .get("target_quarter")
            .and_then(serde_json::Value::as_str);
        if let Some(quarter) = quarter.filter(|_| item.item_type == ItemType::Project) {
            let status = format!("{} {}", item.item_type, item.status);
            self.target(exported, item.id, quarter, &status);
        }
        if let Some((claim, until)) = item.claim.as_ref().and_then(|claim| Some((claim, claim.until?))) {
            self.begin(exported, &format!("{}-claim", item.id));
            self.day(&until.to_string()[..10].replace('-', ""));
            self.text("SUMMARY", &format!("Claim of {} ends: {}", claim.by, item.title));
            self.text("DESCRIPTION", &format!("claimed by {} until {until}", claim.by));
            self.line("CATEGORIES", "CLAIM");
            self.line("TRANSP", "TRANSPARENT");
            self.end();
        }
    }

    fn enhancement(&mut self, exported: &Exported) {
        let Fields::Enhancement(enhancement) = &exported.record.fields else {
            return;
        };
        if let Some(quarter) = &enhancement.target_quarter {
            let status = format!("enhancement {}", enhancement.status);
            self.target(exported, enhancement.id, quarter.as_str(), &status);
        }
    }

    /// The last day of a quarter; nothing where the text is none.
    fn target(&mut self, exported: &Exported, id: RecordId, quarter: &str, status: &str) {
        let Some(day) = last_day(quarter) else { return };
        self.begin(exported, &id.to_string());
        self.day(&day);
        self.text("SUMMARY", &format!("{quarter}: {}", exported.record.heading()));
        self.text("DESCRIPTION", status);
        self.line("CATEGORIES", "TARGET");
        self.line("TRANSP", "TRANSPARENT");
        self.end();
    }

    fn begin(&mut self, exported: &Exported, uid: &str) {
        self.line("BEGIN", "VEVENT");
        self.line("UID", uid);
        self.line("DTSTAMP", &moment(exported.created_at().unwrap_or(Time::EPOCH)));
    }

    /// A whole day; without an end, an event lasts for it.
    fn day(&mut self, day: &str) {
        self.line("DTSTART;VALUE=DATE", day);
    }

    fn end(&mut self) {
        self.line("END", "VEVENT");
    }

    fn text(&mut self, name: &str, text: &str) {
        self.line(name, &escaped(text));
    }

    /// A content line, folded where it is long.
    fn line(&mut self, name: &str, value: &str) {
        let mut octets = 0;
        for c in format!("{name}:{value}").chars() {
            if octets + c.len_utf8() > OCTETS {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            octets += c.len_utf8();
            self.0.push(c);
        }
        self.0.push_str("\r\n");
    }
}

/// A text as a value: what would end it or part it is escaped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' | '\r' => out.push_str("\\n"),
            c => out.push(visible(c)),
        }
    }
    out
}

/// A time as calendars write it, in whole seconds.
fn moment(time: Time) -> String {
    let text = time.to_string();
    let digits: String = text.chars().filter(|c| !matches!(c, '-' | ':')).collect();
    format!("{}Z", &digits[..15])
}

/// The last day of a quarter such as `2026-Q1`.
fn last_day(quarter: &str) -> Option<String> {
    let (year, quarter) = quarter.split_once("-Q")?;
    let day = match quarter {
        "1" => "0331",
        "2" => "0630",
        "3" => "0930",
        "4" => "1231",
        _ => return None,
    };
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    is_year.then(|| format!("{year}{day}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_folded_at_75_octets_between_characters() {
        let mut calendar = Calendar::default();
        calendar.text("SUMMARY", &"Zoë, 🙂; ".repeat(40));
        let lines: Vec<_> = calendar.0.split("\r\n").collect();
        assert!(lines.len() > 4 && lines.iter().all(|line| line.len() <= OCTETS));
        assert_eq!(
            calendar.0.replace("\r\n ", ""),
            format!("SUMMARY:{}\r\n", r"Zoë\, 🙂\; ".repeat(40))
        );
    }

    #[test]
    fn no_text_ends_a_value() {
        assert_eq!(escaped("a\r\nEND:VEVENT\rb\nc\\d\u{7}"), r"a\nEND:VEVENT\nb\nc\\d␇");
        assert_eq!(
            moment("2025-10-10T18:00:00.123Z".parse().expect("a time")),
            "20251010T180000Z"
        );
        assert_eq!(last_day("2026-Q2").as_deref(), Some("20260630"));
        assert_eq!((last_day("2026-Q5"), last_day("x-Q1")), (None, None));
    }
}
