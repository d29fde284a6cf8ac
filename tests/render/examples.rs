//! A template is tested by two files: `NAME.json`, what it sees, and `NAME.md`, what it makes of that. Set
//! `UPDATE_EXPECTED` to have what it makes now written down.

use std::fs;
use std::path::{Path, PathBuf};

use git_docket::render::{
    Board, Changelog, DependencyGraph, DeploymentReport, ProjectStatus, REPORTS, Standup, Templates, VendorReport,
    WorkItemReport,
};
use schemars::{Schema, schema_for};
use serde_json::Value;

fn directory() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/render/examples")
}

/// The view of an example, and the revision it is of.
fn example(name: &str) -> (Value, String) {
    let path = directory().join(format!("{name}.json"));
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let mut view: Value = serde_json::from_str(&text).expect("the example is JSON");
    let revision = view.as_object_mut().expect("an object").remove("revision");
    let revision = revision.and_then(|revision| Some(revision.as_str()?.to_owned()));
    (view, revision.expect("the example names a revision"))
}

/// What the view of a report is, as a team's template may rely on it.
fn schema(name: &str) -> Schema {
    match name {
        "work_item" => schema_for!(WorkItemReport),
        "vendor" => schema_for!(VendorReport),
        "deployment" => schema_for!(DeploymentReport),
        "changelog" => schema_for!(Changelog),
        "board" => schema_for!(Board),
        "standup" => schema_for!(Standup),
        "dependency_graph" => schema_for!(DependencyGraph),
        _ => schema_for!(ProjectStatus),
    }
}

fn compare(template: &str, view: &Value, revision: &str) {
    let rendered = Templates::with(Vec::new()).render(template, view, revision, None);
    let rendered = rendered.unwrap_or_else(|error| panic!("{error}"));
    let path = directory().join(format!("{template}.md"));
    if std::env::vars_os().any(|(name, _)| name == "UPDATE_EXPECTED") {
        fs::write(&path, &rendered).expect("the example is written");
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert!(rendered == expected, "{template} renders\n{rendered}");
}

#[test]
fn every_template_renders_its_example() {
    for (name, _) in REPORTS {
        let (view, revision) = example(name);
        let schema = serde_json::to_value(schema(name)).expect("a schema is JSON");
        let validator = jsonschema::validator_for(&schema).expect("a schema");
        let wrong: Vec<_> = validator.iter_errors(&view).map(|error| error.to_string()).collect();
        assert!(wrong.is_empty(), "{name}: {wrong:?}");
        compare(name, &view, &revision);
        if *name == "dependency_graph" {
            compare("dependency_graph_dot", &view, &revision);
        }
    }
}
