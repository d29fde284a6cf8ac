//! The generated JSON Schemas: up to date, and of one mind with the validator.

use std::path::PathBuf;

use git_docket::record::{Kind, Record, parse, print, schema};
use jsonschema::Validator;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::generate;

mod mutations;

fn validator(kind: Kind) -> Validator {
    jsonschema::options()
        .should_validate_formats(true)
        .build(&schema::of(kind))
        .expect("a valid schema")
}

/// What the frontmatter of a record says, as JSON.
fn frontmatter(record: &Record) -> Value {
    let schema = ("schema".to_owned(), Value::from(record.kind().schema()));
    Value::Object([schema].into_iter().chain(record.to_json()).collect())
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "the environment is how a test is told to write"
)]
fn the_committed_schemas_are_up_to_date() {
    let directory = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("schema");
    let update = std::env::var_os("UPDATE_SCHEMAS").is_some();
    let mut stale = Vec::new();
    for kind in Kind::ALL {
        let mut wanted = serde_json::to_string_pretty(&schema::of(*kind)).expect("JSON");
        wanted.push('\n');
        let file = directory.join(schema::file_name(*kind));
        if update {
            std::fs::create_dir_all(&directory).expect("the directory is made");
            std::fs::write(&file, &wanted).expect("the schema is written");
        } else if std::fs::read_to_string(&file).ok().as_ref() != Some(&wanted) {
            stale.push(schema::file_name(*kind));
        }
    }
    let stale = stale.join(", ");
    assert!(
        stale.is_empty(),
        "stale in schema/: {stale}; write them with UPDATE_SCHEMAS=1 cargo test --test format"
    );
}

#[test]
fn the_schemas_are_schemas() {
    for kind in Kind::ALL {
        let schema = schema::of(*kind);
        assert_eq!(schema["$schema"], "https://json-schema.org/draft/2020-12/schema");
        jsonschema::meta::validate(&schema).unwrap_or_else(|error| panic!("{}: {error}", kind.as_str()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..generate::config() })]

    #[test]
    fn what_we_print_conforms(records in Kind::ALL.iter().map(|kind| generate::of_kind(*kind)).collect::<Vec<_>>()) {
        for record in &records {
            let validator = cached(record.kind());
            let fields = frontmatter(record);
            let errors: Vec<_> = validator.iter_errors(&fields).map(|e| format!("{}: {e}", e.instance_path())).collect();
            prop_assert!(errors.is_empty(), "{:?}\n{}", errors, print(record));
        }
    }
}

/// Schemas are slow to compile.
fn cached(kind: Kind) -> &'static Validator {
    static ALL: std::sync::LazyLock<Vec<Validator>> =
        std::sync::LazyLock::new(|| Kind::ALL.iter().map(|kind| validator(*kind)).collect());
    let position = Kind::ALL.iter().position(|k| *k == kind).expect("a kind");
    &ALL[position]
}

/// JSON as frontmatter: every JSON document is YAML.
fn file(fields: &Value) -> String {
    let lines = fields.as_object().expect("fields").iter();
    let lines: String = lines.map(|(key, value)| format!("{}: {value}\n", json!(key))).collect();
    // JSON leaves C1 as it is; in frontmatter it is escaped or refused before any field is known.
    let escaped = |c: char| match c {
        '\u{7f}'..='\u{9f}' => format!("\\u{:04x}", c as u32),
        c => c.to_string(),
    };
    let lines: String = lines.chars().map(escaped).collect();
    format!("---\n{lines}---\n\nText.\n")
}

/// Sets the value at a path such as `claim.by` or `labels.0`; null removes it.
fn set(fields: &mut Value, path: &str, value: &Value) {
    let (parents, last) = path.rsplit_once('.').unwrap_or(("", path));
    let mut at = fields;
    for key in parents.split('.').filter(|key| !key.is_empty()) {
        at = &mut at[key];
    }
    match value {
        Value::Null => drop(at.as_object_mut().expect("a mapping").remove(last)),
        value => at[last] = value.clone(),
    }
}

#[test]
fn the_examples_to_change_are_valid() {
    for kind in Kind::ALL {
        for fields in mutations::valid(*kind) {
            let errors: Vec<_> = cached(*kind).iter_errors(&fields).map(|e| e.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}\n{fields:#}");
            let file = file(&fields);
            let parsed = parse(file.as_bytes(), None).unwrap_or_else(|errors| panic!("{errors:?}\n{file}"));
            assert!(parsed.warnings.is_empty(), "{:?}\n{file}", parsed.warnings);
        }
    }
}

/// One field wrong: both must say so, and ours must name the field.
#[test]
fn schema_and_validator_refuse_the_same() {
    let mut wrong = Vec::new();
    for (kind, example, path, value) in mutations::invalid() {
        let mut fields = mutations::valid(kind).swap_remove(example);
        set(&mut fields, path, &value);
        let what = format!(
            "{} {path} = {}",
            kind.as_str(),
            value.to_string().chars().take(60).collect::<String>()
        );
        if cached(kind).is_valid(&fields) {
            wrong.push(format!("{what}: the schema takes it"));
        }
        match parse(file(&fields).as_bytes(), None) {
            Ok(_) => wrong.push(format!("{what}: the validator takes it")),
            Err(errors) => {
                let field = path.split('.').next().expect("a field");
                let named =
                    |v: &git_docket::record::Violation| v.field.as_deref().is_some_and(|f| f.starts_with(field));
                if !errors.iter().all(named) {
                    wrong.push(format!("{what}: {errors:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What is at the edge of a limit is within it, for both.
#[test]
fn schema_and_validator_take_the_same() {
    let mut wrong = Vec::new();
    for (kind, example, path, value) in mutations::at_the_limit() {
        let mut fields = mutations::valid(kind).swap_remove(example);
        set(&mut fields, path, &value);
        let read = parse(file(&fields).as_bytes(), None).err();
        let what = format!(
            "{} {path} = {}",
            kind.as_str(),
            value.to_string().chars().take(60).collect::<String>()
        );
        if !cached(kind).is_valid(&fields) {
            wrong.push(format!("{what}: the schema refuses it"));
        }
        wrong.extend(read.map(|errors| format!("{what}: {errors:?}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
