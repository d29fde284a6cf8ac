//! Other readers of YAML take our frontmatter for the same values.

use std::io::Write as _;
use std::process::Stdio;

use git_docket::record::value::Time;
use git_docket::record::{Kind, print};
use proptest::strategy::{Strategy as _, ValueTree as _};
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};
use yaml_rust2::{Yaml, YamlLoader};

use crate::generate;

/// How many records of each kind are read.
const OF_EACH: usize = 75;

/// Keys that hold a time, by the path to them; YAML 1.1 reads these, and no others, as times.
const TIMES: &[&str] = &[
    "deleted_at",
    "archived_at",
    "created_at",
    "deployed_at",
    "linked_at",
    "resolved_at",
    "claim.at",
    "claim.until",
    "origin.updated_at",
    "origin.closed_at",
    "retracted.at",
];

/// Frontmatter of records of all kinds, and what it says.
fn samples() -> Vec<(String, Value)> {
    let mut runner = TestRunner::deterministic();
    let mut samples = Vec::new();
    for kind in Kind::ALL {
        for _ in 0..OF_EACH {
            let tree = generate::of_kind(*kind).new_tree(&mut runner).expect("a record");
            let record = tree.current();
            let printed = print(&record);
            let yaml = printed.strip_prefix("---\n").expect("frontmatter");
            let end = yaml.find("\n---\n").expect("frontmatter ends") + 1;
            let mut fields = record.to_json();
            fields.insert("schema".into(), kind.schema().into());
            samples.push((yaml[..end].to_owned(), Value::Object(fields)));
        }
    }
    samples
}

/// Where and how a reader's value differs from ours.
fn difference(ours: &Value, theirs: &Value, at: &str) -> Option<String> {
    let unequal = || Some(format!("{at}: {ours} is read as {theirs}"));
    let below = |key: &str| {
        if at.is_empty() {
            key.to_owned()
        } else {
            format!("{at}.{key}")
        }
    };
    if let (Some(ours), Some(theirs)) = (ours.as_str(), theirs.pointer("/$time")) {
        let time: Option<Time> = ours.parse().ok().filter(|_| TIMES.contains(&at));
        return (time.map(|t| json!(t.as_milliseconds())).as_ref() != Some(theirs))
            .then(unequal)
            .flatten();
    }
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) if a.len() == b.len() => {
            a.iter().find_map(|(key, value)| match b.get(key) {
                Some(other) => difference(value, other, &below(key)),
                None => Some(format!("{at}: the key {key:?} is not read")),
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).find_map(|(a, b)| difference(a, b, &below("[]")))
        }
        _ if ours == theirs => None,
        _ => unequal(),
    }
}

fn assert_same(reader: &str, samples: &[(String, Value)], read: &[Value]) {
    assert_eq!(samples.len(), read.len(), "{reader} read another number of documents");
    for ((yaml, ours), theirs) in samples.iter().zip(read) {
        if let Some(difference) = difference(ours, theirs, "") {
            panic!("{reader} differs: {difference}\n{yaml}");
        }
    }
}

/// Reads a JSON list of documents from standard input and prints what they say; what JSON has no words for is marked.
const PYTHON: &str = r#"
import datetime, json, sys, yaml
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
def plain(v):
    if isinstance(v, dict):
        return {k if isinstance(k, str) else "$key " + repr(k): plain(x) for k, x in v.items()}
    if isinstance(v, list):
        return [plain(x) for x in v]
    if isinstance(v, datetime.datetime) and v.tzinfo:
        return {"$time": (v - EPOCH) // datetime.timedelta(milliseconds=1)}
    if v is None or isinstance(v, (bool, int, float, str)):
        return v
    return {"$other": repr(v)}
print(json.dumps([plain(yaml.safe_load(text)) for text in json.load(sys.stdin)]))
"#;

#[expect(clippy::disallowed_types, reason = "another implementation is another program")]
fn python(samples: &[(String, Value)]) -> Vec<Value> {
    use std::process::Command;
    let able = |python: &&str| {
        let answer = Command::new(python)
            .args(["-c", "import yaml"])
            .stderr(Stdio::null())
            .status();
        answer.is_ok_and(|status| status.success())
    };
    let python = ["/usr/bin/python3", "python3"].into_iter().find(able);
    let python = python.expect("no Python has PyYAML; install python3-yaml");
    let mut child = Command::new(python)
        .args(["-c", PYTHON])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("Python runs");
    let texts: Vec<_> = samples.iter().map(|(yaml, _)| yaml).collect();
    let input = serde_json::to_vec(&texts).expect("texts are JSON");
    // All input is read before the first output, so neither side waits for the other.
    child
        .stdin
        .take()
        .expect("is piped")
        .write_all(&input)
        .expect("Python reads");
    let output = child.wait_with_output().expect("Python ends");
    assert!(output.status.success(), "PyYAML refused a document");
    serde_json::from_slice(&output.stdout).expect("Python prints JSON")
}

#[test]
fn yaml_1_1_reads_the_same_values() {
    let samples = samples();
    assert_same("PyYAML", &samples, &python(&samples));
}

/// The value a YAML 1.2 reader found.
fn from_yaml(yaml: &Yaml) -> Value {
    match yaml {
        Yaml::Null => Value::Null,
        Yaml::Boolean(value) => json!(value),
        Yaml::Integer(value) => json!(value),
        // This reader's integers end with the signed half.
        Yaml::Real(text) => text
            .parse::<u64>()
            .map_or_else(|_| json!(text.parse::<f64>().expect("a number")), |n| json!(n)),
        Yaml::String(text) => json!(text),
        Yaml::Array(items) => items.iter().map(from_yaml).collect(),
        Yaml::Hash(map) => {
            let key = |key: &Yaml| key.as_str().map_or_else(|| format!("$key {key:?}"), str::to_owned);
            Value::Object(map.iter().map(|(k, v)| (key(k), from_yaml(v))).collect::<Map<_, _>>())
        }
        other => json!({ "$other": format!("{other:?}") }),
    }
}

#[test]
fn yaml_1_2_reads_the_same_values() {
    let samples = samples();
    let read = |(yaml, _): &(String, Value)| match YamlLoader::load_from_str(yaml).as_deref() {
        Ok([document]) => from_yaml(document),
        other => panic!("yaml-rust2 reads {other:?}\n{yaml}"),
    };
    let read: Vec<_> = samples.iter().map(read).collect();
    assert_same("yaml-rust2", &samples, &read);
}

#[test]
fn libyaml_reads_the_same_values() {
    let samples = samples();
    let read = |(yaml, _): &(String, Value)| {
        serde_yaml_ng::from_str(yaml).unwrap_or_else(|error| panic!("libyaml: {error}\n{yaml}"))
    };
    let read: Vec<_> = samples.iter().map(read).collect();
    assert_same("libyaml", &samples, &read);
}

/// The comparison must see what it is there for.
#[test]
fn a_difference_is_found() {
    let time = json!({ "$time": 0 });
    for (ours, theirs) in [
        (json!({ "a": "no" }), json!({ "a": false })),
        (json!({ "a": 1 }), json!({ "a": 1.0 })),
        (json!({ "a": [1] }), json!({ "a": [1, 2] })),
        (json!({ "a": { "y": 1 } }), json!({ "a": { "$key True": 1 } })),
        (json!({ "title": "1970-01-01T00:00:00Z" }), json!({ "title": time })),
        (
            json!({ "created_at": "1970-01-01T00:00:01Z" }),
            json!({ "created_at": time }),
        ),
    ] {
        assert!(difference(&ours, &theirs, "").is_some(), "{ours} {theirs}");
    }
    let same = json!({ "created_at": "1970-01-01T00:00:00Z" });
    assert_eq!(difference(&same, &json!({ "created_at": time }), ""), None);
}
