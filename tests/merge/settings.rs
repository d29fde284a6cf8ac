//! Settings, merged key by key: the same bytes whichever side is ours, with what people wrote around the values.

use git_docket::record::config::{Settings, edited, merge_settings, restored, values};
use git_docket::record::merge::Which;
use proptest::collection::vec;
use proptest::prelude::*;

/// The merge of two sides of which the first was last.
fn merged(base: &str, last: &str, before: &str) -> Settings {
    let one = merge_settings(base, last, before, Which::Ours).expect("TOML");
    let swapped = merge_settings(base, before, last, Which::Theirs).expect("TOML");
    assert_eq!(one, swapped, "whichever side is ours");
    one
}

fn keys(settings: &Settings) -> Vec<&str> {
    settings.disputed.iter().map(|disputed| disputed.key.as_str()).collect()
}

#[test]
fn the_same_value_under_different_comments_is_the_same_for_both() {
    let (one, two) = ("# of one\na = 1\nb = 2\n", "# of two\na = 1 # yes\nb = 3\n");
    let settings = merged("", one, two);
    assert_eq!(settings.text, "# of one\na = 1 # yes\nb = 2\n");
    assert_eq!(keys(&settings), ["b"]);
    assert_eq!(merged("", two, one).text, two);
}

#[test]
fn what_is_written_around_a_value_survives_the_value() {
    let base = "# The team's settings.\n\nrepository = \"b\"\n# how long\nlength = 1 # in days\nother = 1\n";
    let last = base.replace("other = 1", "other = 2");
    let before = base
        .replace("length = 1", "length = 7")
        .replace("other = 1", "other = 3");
    let settings = merged(base, &last, &before);
    assert_eq!(settings.text, before.replace("other = 3", "other = 2"));
    // Of two repositories the smaller one stands, under the comment of the other one.
    let found = merged("", "# one\nrepository = \"b\"\n", "repository = \"a\"\n");
    assert_eq!(found.text, "# one\nrepository = \"a\"\n");
    // What only one of them wrote beside what both decided.
    let before = base
        .replace("other = 1", "other = 3")
        .replace("# in days", "# in weeks");
    let settings = merged(base, &last, &before.replace("# how", "# says how"));
    assert_eq!(
        settings.text,
        before.replace("other = 3", "other = 2").replace("# how", "# says how")
    );
    // A key goes, and what stood above it is now above the next one.
    let settings = merged(
        "# top\na = 1\nb = 1\nc = 1\n",
        "# top\na = 1\nb = 2\nc = 2\n",
        "# top\nb = 1\nc = 3\n",
    );
    assert_eq!(settings.text, "# top\nb = 2\nc = 2\n");
}

#[test]
fn tables_in_one_line_are_merged_key_by_key_too() {
    let settings = merged(
        "p = { x = 1, y = 1 }\n",
        "p = { x = 2, y = 1 }\n",
        "p = { x = 1, y = 2, z = 3 }\n",
    );
    let read = values(settings.text.as_bytes());
    assert_eq!(
        (&read["p.x"], &read["p.y"], &read["p.z"]),
        (&2.into(), &2.into(), &3.into())
    );
    assert_eq!(settings.disputed, []);
    let settings = merged(
        "p = { x = 1 }\n",
        "p = { x = 2 }\n",
        "[p]\nx = 1\n# three\ny = [3]\n[p.q]\nz = 1\n",
    );
    assert_eq!(settings.text, "p = { x = 2 , q = { z = 1 }, y = [3]}\n");
    assert_eq!(settings.disputed, []);
}

#[test]
fn another_spelling_is_no_other_value() {
    let settings = merged("a = [1]\n", "a = [ 2, 'x' ]\nb = 1\n", "a = [2,\"x\"] # two\nb = 2\n");
    assert_eq!(keys(&settings), ["b"]);
    assert_eq!(settings.text, "a = [ 2, 'x' ] # two\nb = 1\n");
}

#[test]
fn a_repository_does_not_disappear_beside_another_one() {
    for other in ["repository = \"z\"\nx = 1\n", "repository = \"0\"\nx = 1\n"] {
        for (last, before) in [("x = 1\n", other), (other, "x = 1\n")] {
            let settings = merged("repository = \"b\"\nx = 1\n", last, before);
            assert_eq!(values(settings.text.as_bytes()), values(other.as_bytes()));
            assert_eq!(settings.disputed, []);
        }
    }
}

#[test]
fn what_is_recorded_can_be_put_back() {
    let base = "[policy]\neditors = [\"Ana\"] # who\n[policy.required]\ntask = ['a', \"b\"]\nflags = { on = true }\n";
    let last = "x = 1\n";
    let before = base.replace("'a', ", "");
    let settings = merged(base, last, &before);
    let [disputed] = &settings.disputed[..] else {
        panic!("one table: {:?}", settings.disputed)
    };
    let recorded = "{ editors = [\"Ana\"], required = { flags = { on = true }, task = [\"b\"] } }";
    assert_eq!(
        (disputed.key.as_str(), disputed.other.as_deref()),
        ("policy", Some(recorded))
    );
    let repository = "repository = \"3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60\"\n";
    let again = restored(repository.as_bytes(), "extra", recorded).expect("TOML");
    assert_eq!(again, format!("{repository}extra = {recorded}\n").into_bytes());
    let none = edited(&again, "extra", None).expect("without it");
    assert_eq!(none, repository.as_bytes());
    for value in ["1.5", "true", "\"a\\\"b\"", "[1, 2]", "1979-05-27"] {
        let with = restored(repository.as_bytes(), "extra", value).expect("TOML");
        assert_eq!(with, format!("{repository}extra = {value}\n").into_bytes());
    }
    assert!(restored(repository.as_bytes(), "extra", "[(\"a\", \"1\")]").is_err());
    assert!(restored(repository.as_bytes(), "default_token_budget", "5").is_err());
}

/// Settings as people write them: some keys, with comments above and behind, and a table.
fn settings() -> impl Strategy<Value = String> {
    let line = |keys: &'static [&'static str]| {
        let value = prop::sample::select(vec![
            "1",
            "2",
            "'x'",
            "\"x\"",
            "[1, 2]",
            "{ u = 1, v = 2 }",
            "{v=2,u=3}",
        ]);
        let comment = || prop::option::of(prop::sample::select(vec!["# one", "# two"]));
        (prop::sample::select(keys), value, comment(), comment())
    };
    let print = |lines: Vec<(&str, &str, Option<&str>, Option<&str>)>| {
        let mut seen = std::collections::BTreeSet::new();
        let lines = lines.into_iter().filter(move |(key, ..)| seen.insert(*key));
        let print = |(key, value, above, behind): (&str, &str, Option<&str>, Option<&str>)| {
            let above = above.map_or(String::new(), |above| format!("{above}\n"));
            format!("{above}{key} = {value} {}\n", behind.unwrap_or_default())
        };
        lines.map(print).collect::<String>()
    };
    let root = vec(line(&["a", "b", "c", "repository"]), 0..4);
    let table = prop::option::of(vec(line(&["d", "e", "f"]), 0..3));
    (root, table).prop_map(move |(root, table)| {
        let table = table.map_or(String::new(), |lines| format!("# table\n[t] # its\n{}", print(lines)));
        format!("{}{table}", print(root))
    })
}

proptest! {
    #[test]
    fn the_sides_may_be_swapped(base in settings(), last in settings(), before in settings()) {
        let found = merged(&base, &last, &before);
        let read = values(found.text.as_bytes());
        let (base, last, before) = (values(base.as_bytes()), values(last.as_bytes()), values(before.as_bytes()));
        for (key, value) in &last {
            if base.get(key) == before.get(key) && key != "repository" && before.contains_key(key) {
                prop_assert_eq!(read.get(key), Some(value), "{} in {}", key, found.text);
            }
        }
        for (key, value) in &before {
            if base.get(key) == last.get(key) && key != "repository" && last.contains_key(key) {
                prop_assert_eq!(read.get(key), Some(value), "{} in {}", key, found.text);
            }
        }
    }
}
