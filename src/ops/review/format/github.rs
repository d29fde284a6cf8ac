//! Workflow commands: what GitHub shows beside the lines of a pull request. Forgejo's runner reads the same.

use super::message;
use crate::ops::review::ReviewFinding;
use crate::record::Severity;

/// How many annotations of one severity GitHub shows of one step; it drops the rest without a word.
const SHOWN: usize = 10;

/// What the annotations are headed with.
const TITLE: &str = "docket review";

pub(super) fn render(violations: &[ReviewFinding]) -> String {
    let of = |severity| {
        let of = violations
            .iter()
            .filter(move |found| found.finding.severity == severity);
        (severity, of.collect::<Vec<_>>())
    };
    [Severity::Error, Severity::Warning]
        .map(of)
        .iter()
        .map(|(severity, of)| commands(*severity, of))
        .collect()
}

/// As many as are shown; where there are more, the last one says so.
fn commands(severity: Severity, violations: &[&ReviewFinding]) -> String {
    let named = match violations.len() <= SHOWN {
        true => violations.len(),
        false => SHOWN - 1,
    };
    let word = severity.as_str();
    let mut out: String = violations[..named].iter().map(|found| command(word, found)).collect();
    let more = violations.len() - named;
    if more > 0 {
        out.push_str(&format!(
            "::{word} title={TITLE}::{more} more {word}s; see the summary of the job\n"
        ));
    }
    out
}

fn command(word: &str, found: &ReviewFinding) -> String {
    let finding = &found.finding;
    let line = finding.line.map_or_else(String::new, |line| format!(",line={line}"));
    format!(
        "::{word} file={}{line},title={}::{}\n",
        property(&finding.file),
        property(&format!("{TITLE}, {}", found.tier.as_str())),
        data(&message(found)),
    )
}

/// The text of a command: it ends with the line, and a percent sign begins an escape.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::review::Tier;
    use crate::ops::validate::Finding;

    fn finding(severity: Severity, file: &str, message: &str) -> ReviewFinding {
        ReviewFinding {
            finding: Finding {
                file: file.to_owned(),
                line: Some(3),
                field: Some("title".to_owned()),
                severity,
                message: message.to_owned(),
            },
            tier: Tier::Schema,
            old: false,
        }
    }

    #[test]
    fn no_text_begins_a_command() {
        let hostile = finding(Severity::Error, "a,line=1::b\n.md", "100%\r\n::set-output name=x::y");
        assert_eq!(
            render(&[hostile]),
            "::error file=a%2Cline=1%3A%3Ab%0A.md,line=3,title=docket review%2C schema::title: \
             100%25%0D%0A::set-output name=x::y\n"
        );
    }

    #[test]
    fn as_many_are_given_as_are_shown() {
        let many = |count, severity| (0..count).map(move |at| finding(severity, &format!("{at}.md"), "wrong"));
        let lines = |errors, warnings| {
            let all: Vec<_> = many(errors, Severity::Error)
                .chain(many(warnings, Severity::Warning))
                .collect();
            render(&all).lines().map(ToOwned::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(lines(10, 2).len(), 12);
        let all = lines(30, 11);
        assert_eq!(all.len(), 20);
        assert_eq!(
            all[9],
            "::error title=docket review::21 more errors; see the summary of the job"
        );
        assert_eq!(
            all[19],
            "::warning title=docket review::2 more warnings; see the summary of the job"
        );
    }
}
