//! Status files that people keep by hand, to records.

use std::fmt::Write as _;

use git_docket::exchange::project_status::{self, Migration, ProjectStatus, reconcile};
use git_docket::record;
use proptest::prelude::*;

fn migrated(text: &str) -> (ProjectStatus, Migration) {
    let status = project_status::read(text, &[]);
    let migration = project_status::migrate(&status);
    (status, migration)
}

fn told(text: &str) -> String {
    let (status, migration) = migrated(text);
    let mut out = String::new();
    for record in &migration.records {
        let _infallible = writeln!(out, "{}", record::print(record));
    }
    for check in reconcile(&status, &migration, false) {
        let _infallible = writeln!(
            out,
            "{}: {} of {}{}",
            check.name,
            check.migrated_count,
            check.source_count,
            if check.passed { "" } else { " FAILED" }
        );
        for difference in check.differences {
            let _infallible = writeln!(out, "  {difference}");
        }
    }
    for (what, list) in [
        ("unread", &status.unread),
        ("assumed", &migration.assumed),
        ("refused", &migration.refused),
    ] {
        for unread in list {
            let _infallible = writeln!(out, "{what} {}: {}", unread.line, unread.text);
        }
    }
    for (place, reason) in &migration.skipped {
        let _infallible = writeln!(out, "skipped {place}: {reason}");
    }
    out
}

#[test]
fn the_forms_people_write() {
    insta::assert_snapshot!(told(include_str!("../fixtures/project_status.md")));
}

#[test]
fn other_forms_people_write() {
    insta::assert_snapshot!(told(
        "# Status\n\n\
         ## Vendors\n\n\
         ### Operational\n\n- One: ✅ [] v1\n- Two: operational, [Excel (new), xml] manifest no\n\n\
         ### Broken\n\n- Three: ❌ (0/3 tests passed, 3 failed)\n\n\
         | Name | Status | Passing | Total | Skipped | Manifest compliant |\n|-|-|-|-|-|-|\n\
         | Four | broken | 1 | 3 | 1 | yes |\n\n\
         ## Releases (3)\n\n\
         - 2025-10-02 – #7: Second thing\n  - Commit: 3B02DE7FF60F6D9F6E5EACA58627C36FC962A2B4\n  - 12 files\n\
         - PR #6 - 2025-10-01T08:30:00+02:00\n  - Tests: all green\n\
         - 2025-09-30\n\n\
         ## Roadmap\n\n\
         | Enhancement | Priority | Target | Owner |\n|-|-|-|-|\n| Faster | low | 2026-Q3 | Ana |\n\n\
         ### Slower\n\nPriority: 2\nStatus: approved\nDescription: On purpose.\n\n\
         ## Tasks\n\n1. First (done)\n2. Second: with a colon (high priority)\n\n<div>html</div>\n\n<!-- a comment -->\n\n\
         ```\n- no task\n```\n"
    ));
}

#[test]
fn what_a_report_says_is_read_again() {
    insta::assert_snapshot!(told(
        "## Vendors (2 total)\n\n\
         - Zoë's \\*Pay\\*: operational [PDF, xml\\, gzip] v3&#32;beta\n\
         - &#32;edge\\: `x`: broken\n\n\
         ## Work items (2 open)\n\n\
         - \\# Rewrite (again) (project, completed)\n  - 1\\. Begin \\<b\\> \\| (task, blocked, low, @Zoë\\, the second)\n    - Deep (task, pending)\n\n\
         ## Deployments (1 most recent)\n\n\
         ### 2025-10-10T18:00:00Z - PR \\#5: a title: with colon\n\n- Commit: 61d6accc3b24a515a0716ca86042fd80e3c10280\n\
         - Work items: Ship it\\, slowly, 1\\. Begin \\<b\\> \\|\n- Tests: a\\: b 3, unit 4\n\n\
         ## Warnings\n\n- Broken vendor: &#32;edge\\: x\n- Blocked: 1\\. Begin \\<b\\> \\|: waits: for\n"
    ));
}

proptest! {
    /// Whatever stands in a file: it is read, and what comes out of it are records that can be written.
    #[test]
    fn nothing_stops_the_reader(lines in prop::collection::vec(line(), 0..40)) {
        let text = lines.join("\n");
        let (status, migration) = migrated(&text);
        for record in &migration.records {
            let read = record::parse(record::print(record).as_bytes(), record.path().as_ref());
            prop_assert_eq!(&read.expect("it is valid").record, record);
        }
        prop_assert_eq!(reconcile(&status, &migration, false).len(), 5);
    }

    #[test]
    fn nor_does_any_text(text in any::<String>()) {
        migrated(&text);
    }
}

/// Lines like those of a status file, and others.
fn line() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "## Vendors (2 total)",
        "## Deployments",
        "## Future enhancements",
        "## Work items (1 open)",
        "## Session prompts",
        "## Warnings",
        "### 2025-10-01 - PR #1: x",
        "### Title",
        "- ",
        "  - ",
        "    - [x] ",
        "| ",
        " | ",
        "---",
        "```yaml",
        "```",
        "schema_version: 1",
        "Commit: ",
        "Status: ",
        "broken",
        "operational",
        "a: b",
        "(1/2 tests passed)",
        "(task, active)",
        "[Excel]",
        "v1.2",
        "manifest ✓",
        "\\",
        "&#32;",
        "**",
        "`",
        "<!--",
        "-->",
        "@ana",
        "3/5",
        "Blocked: ",
        "2025-13-45",
        "",
    ]);
    prop::collection::vec(pieces, 1..5).prop_map(|pieces| pieces.concat())
}
