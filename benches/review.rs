//! How long the review of a proposal takes that changes a hundred records of many.
//!
//! `cargo bench --bench review -- [ITEMS…]` makes a docket of so many items (default 10000), a hundred to a commit, each
//! below one and after one of the commit before, five levels deep. The proposal completes, moves, links and creates some,
//! breaks a vendor, records a deployment and adds notes: 100 records, in 100 commits. It is reviewed with an index at the
//! branch it goes into, as a clone has it that somebody works in, and without one, as a fresh one of a pipeline. Prints
//! the median and what 95 of a hundred take at most, in milliseconds.

#![allow(
    clippy::disallowed_types,
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    missing_docs,
    reason = "a measurement, not a part of the product"
)]

mod common;

use std::path::Path;
use std::time::Instant;

use common::{docket, git, open};
use git_docket::ops::{self, BatchLine, Context, CreateRequest, ReviewFormat, Settings, UpdateRequest};
use git_docket::record::work_item::ItemType;
use serde_json::json;

/// Items a commit makes.
const BATCH: usize = 100;

/// How deep the hierarchy is.
const LEVELS: usize = 5;

/// How often each review is made.
const TIMES: usize = 40;

/// The branch of the proposal.
const PROPOSAL: &str = "tracking-proposals/many";

fn item(number: usize, before: &[String]) -> BatchLine {
    let mut request = CreateRequest::new(ItemType::Task, &format!("Item {number} of many"));
    request.body = Some("The parser of the vendor has a timeout now and then.\n".repeat(8));
    let (level, at) = ((number / BATCH) % LEVELS, number % BATCH);
    request.parent_id = before.get(at).filter(|_| level > 0).cloned();
    request.depends_on = before.get((at + 1) % BATCH).into_iter().cloned().collect();
    BatchLine::CreateWorkItem(Box::new(request))
}

/// Makes the docket; returns the ids of its items.
fn fill(dir: &Path, items: usize) -> Vec<String> {
    let context = open(dir);
    let mut ids: Vec<String> = Vec::new();
    for start in (0..items).step_by(BATCH) {
        let before = &ids[start.saturating_sub(BATCH)..];
        let lines = (start..items.min(start + BATCH)).map(|number| (number, item(number, before)));
        ids.extend(ops::batch(&context, &lines.collect::<Vec<_>>()).unwrap().ids);
    }
    let vendor = json!({ "op": "create_vendor", "name": "Gusto", "status": "operational", "extractor_version": "1" });
    ops::batch(&context, &[(0, ops::BatchLine::read(vendor).unwrap())]).unwrap();
    ids
}

fn on(dir: &Path, reference: &str, without_index: bool) -> Context {
    let settings = Settings {
        dir: dir.to_owned(),
        reference: Some(reference.to_owned()),
        without_index,
        ..Settings::default()
    };
    Context::open(&settings).unwrap()
}

/// Changes a hundred records on a branch of their own.
fn propose(dir: &Path, ids: &[String]) {
    git(dir, &["branch", PROPOSAL, "tracking"]);
    let context = on(dir, PROPOSAL, false);
    let pick = |number: usize| ids[number * 7_919 % ids.len()].clone();
    for number in 0..70 {
        let mut request = UpdateRequest {
            id: pick(number),
            ..UpdateRequest::default()
        };
        match number % 7 {
            0..=2 => (request.status, request.force) = (Some("completed".to_owned()), true),
            3 => request.append_body = Some("It was the retry.".to_owned()),
            4 => request.title = Some("Changed".to_owned()),
            5 => request.parent_id = Some(ids[0].clone()),
            _ => request.add_depends_on = vec![ids[number].clone()],
        }
        // What would close a circle is no proposal.
        drop(ops::update(&context, &request));
    }
    let lines = [
        json!({ "op": "update_vendor_status", "name": "Gusto", "status": "broken" }),
        json!({ "op": "record_deployment", "deployed_at": "2025-10-10T12:00:00Z", "commit_hash": "a".repeat(40),
            "affected_vendor_ids": ["Gusto"], "related_work_item_ids": [pick(0), pick(1)] }),
    ];
    for line in lines {
        ops::batch(&context, &[(0, ops::BatchLine::read(line).unwrap())]).unwrap();
    }
    for number in 0..20 {
        ops::batch(&context, &[(0, item(number, &ids[..BATCH]))]).unwrap();
        let note = json!({ "op": "add_note", "on": pick(number + 70), "body": "Twice, in winter." });
        ops::batch(&context, &[(0, ops::BatchLine::read(note).unwrap())]).unwrap();
    }
}

/// Prints the median and the 95th of a hundred of what a review takes.
fn measure(name: &str, context: &Context) {
    let mut found = String::new();
    let mut took: Vec<f64> = (0..TIMES)
        .map(|_| {
            let start = Instant::now();
            let review = ops::review(context, Some(&format!("tracking..{PROPOSAL}"))).unwrap();
            std::hint::black_box(ReviewFormat::Markdown.render(&review));
            let took = start.elapsed().as_secs_f64() * 1000.0;
            let (records, effects) = (review.records.len(), review.effects.len());
            found = format!("{records} records, {effects} effects, {} errors", review.errors);
            took
        })
        .collect();
    took.sort_by(f64::total_cmp);
    println!(
        "  {name:<44} {:>9.3} {:>9.3}  {found}",
        took[TIMES / 2],
        took[TIMES * 95 / 100]
    );
}

fn main() {
    let sizes: Vec<usize> = std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    for items in if sizes.is_empty() { vec![10_000] } else { sizes } {
        let dir = docket("fast");
        let ids = fill(dir.path(), items);
        propose(dir.path(), &ids);
        git(dir.path(), &["gc", "-q"]);
        println!("{items} items, median and p95 in ms");
        ops::rebuild_index(&open(dir.path())).unwrap();
        measure("100 records, an index at BASE", &on(dir.path(), "tracking", false));
        measure("100 records, no index", &on(dir.path(), "tracking", true));
    }
}
