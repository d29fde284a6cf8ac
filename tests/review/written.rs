//! What we write ourselves is never refused, whatever it is.

use git_docket::ops::{self, BatchLine, Context, Settings};
use git_docket::record::Severity;
use proptest::prelude::*;
use serde_json::{Value, json};

/// What stands for the identities of the items that are there.
const NAMES: [&str; 4] = ["item-a", "item-b", "item-c", "item-d"];

fn lines() -> impl Strategy<Value = Value> {
    let name = || prop::sample::select(&NAMES[..]);
    prop_oneof![
        proptest::option::of(name()).prop_map(
            |parent| json!({ "op": "create_work_item", "item_type": "task", "title": "One", "parent_id": parent })
        ),
        (
            name(),
            prop::sample::select(vec!["active", "completed", "cancelled", "blocked", "pending"])
        )
            .prop_map(|(id, status)| json!({ "op": "update_work_item", "id": id, "status": status })),
        (name(), name()).prop_map(|(id, to)| json!({ "op": "update_work_item", "id": id, "add_depends_on": [to] })),
        (name(), name()).prop_map(|(id, to)| json!({ "op": "update_work_item", "id": id, "parent_id": to })),
        name().prop_map(
            |id| json!({ "op": "update_work_item", "id": id, "append_body": "More.", "add_labels": ["new"] })
        ),
        name().prop_map(|on| json!({ "op": "add_note", "on": on, "body": "So it is." })),
        Just(json!({ "op": "update_vendor_status", "name": "Gusto", "status": "broken" })),
        name().prop_map(
            |id| json!({ "op": "record_deployment", "deployed_at": "2025-10-10T12:00:00Z",
            "commit_hash": "a".repeat(40), "affected_vendor_ids": ["Gusto"], "related_work_item_ids": [id] })
        ),
    ]
}

fn open(dir: &std::path::Path, reference: &str) -> Context {
    let settings = Settings {
        dir: dir.to_owned(),
        reference: Some(reference.to_owned()),
        ..Settings::default()
    };
    Context::open(&settings).expect("a repository")
}

fn line(value: &Value) -> (usize, BatchLine) {
    (1, BatchLine::read(value.clone()).expect("a line of a batch"))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_here_is_right(proposed in proptest::collection::vec(lines(), 1..14)) {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let git = |arguments: &[&str]| {
            let status = std::process::Command::new("git").arg("-C").arg(dir.path()).args(arguments).status();
            assert!(status.expect("git runs").success());
        };
        git(&["init", "-q", "."]);
        git(&["config", "user.name", "Ana"]);
        git(&["config", "user.email", "ana@example.com"]);
        let context = open(dir.path(), "tracking");
        ops::init(&context, false).expect("a docket");
        let items = NAMES.map(|name| json!({ "op": "create_work_item", "item_type": "task", "title": name }));
        let ids = ops::batch(&context, &items.iter().map(line).collect::<Vec<_>>()).expect("items").ids;
        let vendor = json!({ "op": "create_vendor", "name": "Gusto", "status": "operational", "extractor_version": "1" });
        ops::batch(&context, &[line(&vendor)]).expect("a vendor");
        git(&["branch", "proposal", "tracking"]);
        let proposal = open(dir.path(), "proposal");
        let mut made = 0;
        for proposed in &proposed {
            let named = NAMES.iter().zip(&ids).fold(proposed.to_string(), |text, (name, id)| text.replace(name, id));
            // What would be wrong is refused, and then not there.
            let named = serde_json::from_str(&named).expect("JSON");
            made += usize::from(ops::batch(&proposal, &[line(&named)]).is_ok());
        }
        let review = ops::review(&context, Some("tracking..proposal")).expect("a review");
        let errors = review.violations.iter().filter(|found| found.finding.severity == Severity::Error);
        // Two writes that are right one after the other may leave what one alone would not: a part that was added to what
        // was completed before.
        let errors: Vec<_> = errors.filter(|found| !found.finding.message.contains("has open children")).collect();
        prop_assert!(errors.is_empty(), "{errors:?}");
        prop_assert!(review.commits <= made);
        prop_assert_eq!(review.head, proposal_tip(&proposal));
    }
}

fn proposal_tip(context: &Context) -> String {
    ops::tip(context).expect("a tip").expect("a docket")
}
