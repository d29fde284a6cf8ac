//! Listing, showing and validating.

use crate::environment::Environment;

const ID: &str = "3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60";

fn demo() -> Environment {
    let environment = Environment::without_repository();
    environment.shell("git docket demo .");
    environment
}

fn item(id: &str, more: &str) -> String {
    format!(
        "---\nschema: work-item/1\nid: {id}\nitem_type: task\ntitle: A task\nstatus: pending\n{more}created_at: 2025-10-10T14:30:00Z\ncreated_by: Ana\n---\n"
    )
}

#[test]
fn lists_are_filtered() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list --status active --status blocked",
        "git docket list --type project,session",
        "git docket list --label performance --assignee claude-code",
        "git docket list query STATUS",
        "git docket list --limit 2",
        "git docket list --limit 2 --offset 6",
        "git docket list --offset 60",
        "git docket list nothing has these words",
    ]));
}

#[test]
fn items_are_found_by_words_and_drawn_as_trees() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket search QUERY stat",
        "git docket search no-such-word",
        "git docket search ...",
        "git docket list --roots --sort created --reverse",
        "git docket tree",
        "git docket tree --open --depth 1",
        "git docket tree Gusto",
    ]));
}

#[test]
fn the_past_is_read_as_it_was() {
    let environment = Environment::new();
    environment.shell("git docket init && DOCKET_NOW=2025-10-01T00:00:00Z git docket add First");
    environment.shell("DOCKET_SEED=second DOCKET_NOW=2025-10-08T00:00:00Z git docket add Second --priority high");
    environment.shell("git docket done $(git docket list --json | grep -m1 '\"id\"' | cut -d'\"' -f4)");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list",
        "git docket list --as-of 2025-10-09",
        "git docket ready --as-of 3d",
        "git docket search second --as-of 2025-10-02",
        "git docket list --as-of tracking~2",
        "git docket tree --as-of 2025-10-02",
        "git docket list --as-of 2020-01-01",
        "git docket list --as-of yesterday",
    ]));
}

#[test]
fn the_index_says_what_it_stands_at() {
    let environment = Environment::new();
    environment.shell("git docket init");
    let script = [
        "git docket index status",
        "git docket list",
        "git docket add One",
        "DOCKET_SEED=two DOCKET_INDEX=off git docket add Two",
        "git docket index status --json | grep -E 'state|lag|records'",
        "git docket index rebuild | grep -v size",
        "echo broken > .git/docket/index.sqlite; git docket index status | grep state",
        "git docket list | tail -1",
        "git docket index status | grep state",
        "DOCKET_INDEX=off git docket index status | grep state",
        "DOCKET_INDEX=off git docket index rebuild",
    ];
    insta::assert_snapshot!(environment.transcript(&script));
}

#[test]
fn children_are_found_by_any_name_of_their_parent() {
    let environment = demo();
    let parent = environment.json("list --type session")["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    for name in [
        &parent,
        &parent[..6],
        &parent[parent.len() - 9..],
        &parent[..12].to_uppercase(),
    ] {
        let children = environment.json(&format!("list --parent {name}"));
        assert_eq!(children["total_count"], 3, "{name}");
    }
}

#[test]
fn the_json_is_the_contract() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list --label dashboard --json",
        "git docket show Gusto",
        "git docket list --json --limit 1 | grep -v '^ '"
    ]));
    let id = environment.json("list --label dashboard")["items"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    insta::assert_snapshot!(environment.transcript(&[&format!("git docket show {} --json", &id[..8])]));
}

#[test]
fn every_kind_can_be_shown() {
    let environment = demo();
    let vendors = environment.shell("git ls-tree -r --name-only tracking .tracking/vendors .tracking/enhancements");
    let ids: Vec<_> = vendors
        .lines()
        .filter_map(|path| path.strip_suffix(".md")?.rsplit('/').next())
        .collect();
    let commands: Vec<_> = ids.iter().map(|id| format!("git docket show {}", &id[..8])).collect();
    insta::assert_snapshot!(environment.transcript(&commands.iter().map(String::as_str).collect::<Vec<_>>()));
}

#[test]
fn a_name_that_fits_several_lists_them() {
    let environment = Environment::new();
    environment.shell("git docket init");
    environment.commit_foreign(
        &format!(".tracking/work-items/3f/{ID}.md"),
        item(ID, "aliases: [bd-1]\n"),
    );
    let other = ID.replace("7a60", "7a61");
    environment.commit_foreign(
        &format!(".tracking/work-items/3f/{other}.md"),
        item(&other, "aliases: [3f9a]\n"),
    );
    insta::assert_snapshot!(environment.transcript(&[
        "git docket show 3f9a2c1b",
        "git docket show 3f9a2c1b --json",
        "git docket show 3f9a | head -4",
        "git docket show BD-1 | head -4",
        "git docket show bd-2",
    ]));
}

#[test]
fn one_bad_record_hides_nothing() {
    let environment = demo();
    let bad = item(ID, "priority: urgent\nlabels: bug\n");
    environment.commit_foreign(&format!(".tracking/work-items/3f/{ID}.md"), &bad);
    environment.commit_foreign(".tracking/work-items/notes.txt", "mine");
    environment.commit_foreign(".tracking/templates/mine.j2", "not a record");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket list --label dashboard",
        "git docket show 3f9a2c1b",
        "git docket validate",
        "git docket validate --json",
        "git docket validate tracking~3",
    ]));
    let kept = environment.shell(&format!("git show tracking:.tracking/work-items/3f/{ID}.md"));
    assert_eq!(kept, bad, "the bytes of a bad record are kept");
}

#[test]
fn rules_across_records_name_file_and_line() {
    let environment = Environment::new();
    environment.shell("git docket init");
    let id = |n: usize| format!("{n}0000000-0000-4000-8000-000000000000");
    for n in 1..8 {
        environment.commit_foreign(
            &format!(".tracking/work-items/{n}0/{}.md", id(n)),
            item(&id(n), &format!("parent_id: {}\naliases: [same]\n", id(n + 1))),
        );
    }
    environment.commit_foreign(
        &format!(".tracking/work-items/80/{}.md", id(8)),
        item(&id(8), &format!("depends_on:\n  - {}\n  - {}\n", id(9), id(7))),
    );
    environment.commit_foreign(
        &format!(".tracking/work-items/70/{}.md", id(7)),
        item(&id(7), &format!("parent_id: {}\ndepends_on:\n  - {}\n", id(8), id(8))),
    );
    insta::assert_snapshot!(environment.transcript(&["git docket validate", "git docket show 10000000"]));
}

#[test]
fn files_outside_of_git_are_validated() {
    let environment = Environment::new();
    environment.write(
        &format!("checkout/.tracking/work-items/3f/{ID}.md"),
        item(ID, "parent_id: 11111111-1111-4111-8111-111111111111\n"),
    );
    environment.write("loose/one.md", item(ID, "color: red\n"));
    environment.write("loose/two.md", "no frontmatter\n");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket validate checkout",
        "git docket validate loose",
        "git docket validate loose/one.md",
        "git docket validate - < loose/two.md",
        "git docket validate - --format json < loose/one.md",
    ]));
}

#[test]
fn keys_that_were_pasted_in_are_warned_of() {
    let environment = Environment::new();
    environment.shell("git commit -q --allow-empty -m one && git docket init && git docket add 'It fails'");
    // Put together here, so that whoever looks for keys in this repository finds none.
    let token = format!("ghp_{}", "A1b2C3d4E5".repeat(4));
    environment.write("body", format!("With this it works:\n\n    {token}\n"));
    environment.shell("DOCKET_SEED=other git docket add 'Try it' --body - < body");
    let told = environment.transcript(&["git docket validate"]);
    assert!(!told.contains(&token), "what is warned of is not spread");
    insta::assert_snapshot!(told);
    let reviewed = environment.shell("git docket review tracking~1");
    assert!(
        reviewed.contains("1 warning") && reviewed.contains("a token of GitHub"),
        "{reviewed}"
    );
}

#[test]
fn records_cannot_steer_the_terminal() {
    let environment = Environment::new();
    environment.shell("git docket init");
    let text = item(ID, "assignee: \"\\e[31mred\"\n");
    environment.commit_foreign(&format!(".tracking/work-items/3f/{ID}.md"), text);
    environment.commit_foreign(".tracking/work-items/\u{1b}[2J.md", "x");
    let other = ID.replace("7a60", "7a61");
    environment.commit_foreign(
        &format!(".tracking/work-items/3f/{other}.md"),
        format!("{}\n\u{1b}]0;title\u{7} body\n", item(&other, "")),
    );
    let seen = environment.transcript(&["git docket list", "git docket show 7a61", "git docket validate"]);
    assert!(!seen.contains('\u{1b}') && !seen.contains('\u{7}'), "{seen:?}");
}

#[test]
fn colour_only_where_it_is_seen() {
    let environment = demo();
    let plain = environment.shell("git docket list");
    assert!(!plain.contains('\u{1b}'));
    let forced = environment.shell("CLICOLOR_FORCE=1 git docket list");
    assert!(forced.contains("\u{1b}["));
    for refused in [
        "CLICOLOR_FORCE=1 git docket list --no-color",
        "NO_COLOR=1 git docket list",
    ] {
        assert!(!environment.shell(refused).contains('\u{1b}'), "{refused}");
    }
}

#[test]
fn it_works_in_every_shape_of_repository() {
    let environment = Environment::without_repository();
    environment.fixture("beads.jsonl", "issues.jsonl");
    environment.shell("git init -q --bare bare && git init -q --object-format=sha256 sha256 && git init -q main");
    environment
        .shell("cd main && git commit -q --allow-empty -m one && git worktree add -q ../linked && mkdir -p deep/er");
    for place in ["bare", "sha256", "linked", "main/deep/er"] {
        let listed = environment.shell(&format!(
            "git docket -C {place} init >&2 && cd {place} && git docket import beads \"$HOME/project/issues.jsonl\" >&2 && git docket list --all --json | grep -c '\"item_type\"' && git fsck --full --strict"
        ));
        assert!(
            listed.trim().parse::<usize>().is_ok_and(|count| count > 3) || place == "main/deep/er",
            "{place}: {listed}"
        );
    }
    assert!(environment.path().join("bare/docket/write.lock").exists());
}

#[test]
fn what_has_no_word_is_not_left_out_of_a_question() {
    let environment = Environment::new();
    environment.shell("git docket init && git docket add One");
    let many = (0..101).map(|number| number.to_string()).collect::<Vec<_>>().join(" ");
    insta::assert_snapshot!(
        environment
            .transcript(&[
                "git docket list '😀'",
                "git docket search '...'",
                "git docket export csv '!!!'",
                &format!("git docket search {many} | wc -l"),
                &format!("git docket query 'text ~ \"{many}\"' | wc -l"),
                "git docket query 'text ~ \"!\"'",
            ])
            .replace(&many, "0 1 2 …")
    );
}
