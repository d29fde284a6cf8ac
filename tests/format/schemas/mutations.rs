//! Valid frontmatter of each kind, and single changes to it.

use git_docket::record::Kind;
use serde_json::{Value, json};

/// A kind, which of its examples, the path of a field, and its new value; null for none.
pub(super) type Change = (Kind, usize, &'static str, Value);

const ID: &str = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";
const TIMED: &str = "0199cf47-9900-7707-8707-070707070707"; // 2025-10-10T18:00:00Z
const OTHER: &str = "5b21c0de-77aa-4c1e-8d0f-1f2e3d4c5b6a";
const AT: &str = "2025-10-10T14:30:00Z";

fn commit() -> String {
    "a1".repeat(20)
}

/// Valid frontmatter of this kind.
pub(super) fn valid(kind: Kind) -> Vec<Value> {
    match kind {
        Kind::WorkItem => work_items(),
        Kind::Vendor => vec![json!({
            "schema": "vendor/1", "id": ID, "name": "ADP", "status": "broken", "extractor_version": "2.3.1",
            "format_support": { "pdf": true }, "test_results": { "passing": 1, "total": 3, "skipped": 1 },
            "manifest_compliant": false, "created_at": AT, "created_by": "ada", "metadata": { "region": "eu" },
        })],
        Kind::Enhancement => vec![json!({
            "schema": "enhancement/1", "id": ID, "title": "Reports", "priority": 2, "status": "planned",
            "target_quarter": "2026-Q1", "requires_constitutional_principles": ["Local first"],
            "depends_on": [OTHER], "created_at": AT, "created_by": "ada",
        })],
        Kind::Deployment => vec![json!({
            "schema": "deployment/1", "id": TIMED, "deployed_at": "2025-10-10T18:00:00Z", "commit_hash": commit(),
            "environment": "production", "pr_number": 42, "pr_title": "Reports", "test_summary": { "unit": 150 },
            "constitutional_compliance": true, "affected_vendors": [ID], "related_work_items": [OTHER],
            "retracted": { "at": AT, "by": "ada", "reason": "twice" }, "created_at": AT, "created_by": "ada",
        })],
        Kind::Note => vec![json!({
            "schema": "note/1", "id": TIMED, "on": ID, "created_at": AT, "created_by": "ada",
        })],
        Kind::CommitLink => vec![json!({
            "schema": "commit-link/1", "work_item": ID, "commit": commit(), "branch_name": "main", "pr_number": 1,
            "linked_at": AT, "linked_by": "ada", "replaces": "b2".repeat(32),
        })],
        Kind::Conflict => vec![json!({
            "schema": "conflict/1", "on": ID, "field": "title", "base": null, "kept": "a", "other": ["b"],
            "kept_commit": commit(), "other_commit": commit(), "resolved_at": AT, "resolved_by": "ada",
            "choice": "other",
        })],
    }
}

const PROJECT: usize = 0;
const SESSION: usize = 1;
const TASK: usize = 2;
const RESEARCH: usize = 3;
const IMPORTED: usize = 4;

/// A work item of each type, and an imported one.
fn work_items() -> Vec<Value> {
    let item = |item_type: &str, metadata: Value| {
        json!({
            "schema": "work-item/1", "id": ID, "item_type": item_type, "title": "Cache", "status": "active",
            "parent_id": OTHER, "depends_on": [OTHER], "priority": "high", "labels": ["a"], "assignee": "ada",
            "claim": { "by": "ada", "at": AT, "until": "2025-10-10T17:00:00Z" }, "branch_name": "003-cache",
            "pr_number": 42, "links": { "relates-to": [OTHER] }, "aliases": ["bd-kwro"],
            "external": ["https://example.org/"], "created_at": AT, "created_by": "ada", "metadata": metadata,
        })
    };
    let project = json!({ "description": "What for", "target_quarter": "2026-Q1", "constitutional_principles": ["a"] });
    let session = json!({ "token_budget": 1000, "prompts_count": 0, "yaml_frontmatter": { "schema_version": 1 } });
    let task = json!({ "estimated_hours": 8, "actual_hours": 0.5, "blocked_reason": "waits" });
    let research = json!({ "research_questions": ["why"], "findings_summary": "so", "references": ["there"] });
    let mut imported = item("task", task.clone());
    imported["origin"] = json!({ "system": "beads", "id": "bd-kwro", "type": "bug", "updated_at": AT });
    let items = vec![item("project", project), item("session", session), item("task", task)];
    items
        .into_iter()
        .chain([item("research", research), imported])
        .collect()
}

/// Changes that make the frontmatter invalid.
pub(super) fn invalid() -> Vec<Change> {
    let mut changes = invalid_work_items();
    changes.extend(invalid_metadata());
    changes.extend(invalid_others());
    for kind in Kind::ALL {
        // All of what a kind requires, by its valid example.
        let required: &[&str] = match kind {
            Kind::WorkItem => &[
                "schema",
                "id",
                "item_type",
                "title",
                "status",
                "created_at",
                "created_by",
            ],
            Kind::Vendor => &["schema", "id", "name", "status", "created_at", "created_by"],
            Kind::Enhancement => &[
                "schema",
                "id",
                "title",
                "priority",
                "status",
                "created_at",
                "created_by",
            ],
            Kind::Deployment => &["schema", "id", "deployed_at", "commit_hash", "created_at", "created_by"],
            Kind::Note => &["schema", "id", "on", "created_at", "created_by"],
            Kind::CommitLink => &["schema", "work_item", "commit", "linked_at", "linked_by"],
            Kind::Conflict => &["schema", "on", "field", "kept_commit", "other_commit"],
        };
        changes.extend(required.iter().map(|field| (*kind, 0, *field, Value::Null)));
        changes.push((*kind, 0, "version", json!(3)));
        changes.push((*kind, 0, "schema", json!("work-item/0")));
    }
    changes
}

fn invalid_work_items() -> Vec<Change> {
    let many = |count: usize| (0..count).map(|n| format!("l{n}")).collect::<Vec<_>>();
    let fields = [
        ("id", json!("3F9A2C1B-52a1-4b53-9b0e-0c8f5e1f7a60")),
        ("id", json!(7)),
        ("item_type", json!("bug")),
        ("title", json!("x".repeat(201))),
        ("title", json!("")),
        ("title", json!(" \u{2028}\t")),
        ("title", json!("a\u{9b}b")),
        ("title", json!("a\nb")),
        ("title", json!(["a"])),
        ("status", json!("Active")),
        ("parent_id", json!("3f9a2c1b")),
        ("depends_on", json!(OTHER)),
        ("depends_on", json!([OTHER, OTHER])),
        ("priority", json!("urgent")),
        ("labels", json!(many(21))),
        ("labels", json!(["x".repeat(51)])),
        ("labels", json!([""])),
        ("labels", json!({})),
        ("assignee", json!("")),
        ("claim", json!({ "by": "ada" })),
        ("claim", json!("ada")),
        ("claim.at", json!("yesterday")),
        ("claim.by", json!("x".repeat(201))),
        ("branch_name", json!("x".repeat(101))),
        ("pr_number", json!(0)),
        ("pr_number", json!(-1)),
        ("pr_number", json!(1.5)),
        ("pr_number", json!("42")),
        ("links", json!({ "Relates": [OTHER] })),
        ("links", json!({ "relates-": [OTHER] })),
        ("links", json!({ "relates-to": OTHER })),
        ("links", json!([OTHER])),
        ("aliases", json!(["a b"])),
        ("aliases", json!([OTHER])),
        ("aliases", json!(["a\u{200b}"])),
        ("aliases", json!(["x".repeat(101)])),
        ("aliases", json!(many(21))),
        ("external", json!(["x".repeat(2049)])),
        ("external", json!(many(101))),
        ("deleted_at", json!(true)),
        ("archived_at", json!("2025-02-30T00:00:00Z")),
        ("created_at", json!("2025-10-10T14:30:00")),
        ("created_at", json!("2025-10-10 14:30:00Z")),
        ("created_at", json!("2025-10-10T14:30:00.1234Z")),
        ("created_at", json!("9999-10-10T14:30:00Z")),
        ("created_at", json!("1969-10-10T14:30:00Z")),
        ("created_at", json!("2016-12-31T23:59:60Z")),
        ("created_by", json!(" ")),
        ("origin", json!({ "system": "beads" })),
        ("metadata", json!("a")),
        ("metadata", json!([])),
    ];
    fields
        .into_iter()
        .map(|(path, value)| (Kind::WorkItem, TASK, path, value))
        .collect()
}

fn invalid_metadata() -> Vec<Change> {
    let questions: Vec<_> = (0..101).map(|n| n.to_string()).collect();
    let of = |example, path, value| (Kind::WorkItem, example, path, value);
    vec![
        of(PROJECT, "metadata", Value::Null),
        of(PROJECT, "metadata.description", Value::Null),
        of(PROJECT, "metadata.description", json!("x".repeat(1001))),
        of(PROJECT, "metadata.description", json!("\n \n")),
        of(PROJECT, "metadata.description", json!("a\rb")),
        of(PROJECT, "metadata.target_quarter", json!("2026-Q5")),
        of(PROJECT, "metadata.target_quarter", json!("26-Q1")),
        of(PROJECT, "metadata.target_quarter", json!("2026-Q1 ")),
        of(PROJECT, "metadata.constitutional_principles", json!("a")),
        of(PROJECT, "metadata.blocked_reason", json!("x".repeat(501))),
        of(SESSION, "metadata.token_budget", Value::Null),
        of(SESSION, "metadata.token_budget", json!(999)),
        of(SESSION, "metadata.token_budget", json!(1_000_001)),
        of(SESSION, "metadata.prompts_count", Value::Null),
        of(SESSION, "metadata.prompts_count", json!(-1)),
        of(SESSION, "metadata.yaml_frontmatter", Value::Null),
        of(SESSION, "metadata.yaml_frontmatter", json!([])),
        of(SESSION, "metadata.yaml_frontmatter.schema_version", Value::Null),
        of(TASK, "metadata.estimated_hours", json!(-0.5)),
        of(TASK, "metadata.estimated_hours", json!("8")),
        of(TASK, "metadata.actual_hours", json!(1000.5)),
        of(RESEARCH, "metadata.research_questions", json!("why")),
        of(RESEARCH, "metadata.research_questions", json!(questions)),
        of(RESEARCH, "metadata.findings_summary", json!("x".repeat(2001))),
        of(RESEARCH, "metadata.references", json!([1, [2]])),
        of(IMPORTED, "metadata.actual_hours", json!(true)),
        of(IMPORTED, "origin.system", Value::Null),
        of(IMPORTED, "origin.unresolved", json!({ "parent": "a" })),
        of(IMPORTED, "origin.closed_at", json!("soon")),
    ]
}

fn invalid_others() -> Vec<Change> {
    let vendor = |path, value| (Kind::Vendor, 0, path, value);
    let deployment = |path, value| (Kind::Deployment, 0, path, value);
    let enhancement = |path, value| (Kind::Enhancement, 0, path, value);
    vec![
        vendor("name", json!("x".repeat(101))),
        vendor("status", json!("working")),
        vendor("extractor_version", json!("x".repeat(51))),
        vendor("format_support", json!({ "pdf": "yes" })),
        vendor("format_support", json!({ " ": true })),
        vendor("test_results.passing", json!(-1)),
        vendor("test_results.total", Value::Null),
        vendor("manifest_compliant", json!("true")),
        enhancement("priority", json!(0)),
        enhancement("priority", json!(6)),
        enhancement("priority", json!("high")),
        enhancement("status", json!("pending")),
        enhancement("target_quarter", json!("2026-Q0")),
        enhancement("requires_constitutional_principles", json!(["x".repeat(201)])),
        deployment("commit_hash", json!("a1".repeat(19))),
        deployment("commit_hash", json!("A1".repeat(20))),
        deployment("deployed_at", json!("2025-10-10")),
        deployment("pr_title", json!("x".repeat(201))),
        deployment("test_summary", json!({ "unit": -1 })),
        deployment("constitutional_compliance", json!(1)),
        deployment("affected_vendors", json!([ID, ID])),
        deployment("related_work_items", json!(["3f9a2c1b"])),
        deployment("retracted", json!({ "at": AT })),
        deployment("retracted.reason", json!("x".repeat(501))),
        (Kind::Note, 0, "on", json!("3f9a2c1b")),
        (Kind::Note, 0, "retracted", json!(true)),
        (Kind::CommitLink, 0, "commit", json!("main")),
        (Kind::CommitLink, 0, "replaces", json!("a1")),
        (Kind::CommitLink, 0, "pr_number", json!(0)),
        (Kind::Conflict, 0, "choice", json!("neither")),
        (Kind::Conflict, 0, "field", json!("")),
        (Kind::Conflict, 0, "kept_commit", json!("")),
    ]
}

/// Changes that leave the frontmatter valid, if only just.
pub(super) fn at_the_limit() -> Vec<Change> {
    let labels: Vec<_> = (0..20).map(|n| format!("{n}{}", "x".repeat(40))).collect();
    let item = |path, value| (Kind::WorkItem, TASK, path, value);
    vec![
        item("title", json!("é".repeat(200))),
        item("title", json!("\u{2028}a")),
        item("labels", json!(labels)),
        item("labels", json!([])),
        item("pr_number", json!(i64::MAX)),
        item("claim.until", json!(AT)),
        item("links", json!({ "a-1-b": [] })),
        item("created_at", json!("1970-01-01T00:00:00.001Z")),
        item("created_at", json!("9998-12-31T23:59:59.999+00:00")),
        item("deleted_at", json!("2025-10-10T14:30:00.1230Z")),
        item("colour", json!({ "deep": [null] })),
        item("metadata.estimated_hours", json!(0)),
        item("metadata.estimated_hours", json!(1000.0)),
        item("metadata.blocked_reason", json!("\u{2028}\na\n\tb\n")),
        (Kind::WorkItem, PROJECT, "metadata.description", json!("x".repeat(1000))),
        (Kind::WorkItem, SESSION, "metadata.token_budget", json!(1_000_000)),
        (Kind::WorkItem, IMPORTED, "created_at", Value::Null),
        (Kind::WorkItem, IMPORTED, "metadata", Value::Null),
        (Kind::Vendor, 0, "format_support", json!({})),
        (Kind::Vendor, 0, "test_results.skipped", Value::Null),
        (Kind::Enhancement, 0, "priority", json!(5)),
        (Kind::Deployment, 0, "test_summary", json!({ "unit": 0 })),
        (Kind::Conflict, 0, "kept", json!({ "status": "active" })),
    ]
}
