//! Reports as somebody sees them: each of the demo's, in files, by templates of a team.

use crate::environment::Environment;

fn demo() -> Environment {
    let environment = Environment::without_repository();
    environment.shell("git docket demo ../demo && mv ../demo/.git ../demo/* .");
    environment
}

/// Puts a template on the tracking branch.
fn template(environment: &Environment, name: &str, source: &str) {
    environment.commit_foreign(&format!(".tracking/templates/{name}.j2"), source);
}

#[test]
fn every_report_reads_well() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket render",
        "git docket render work_item cff01dc4",
        "git docket render work_item $(git docket list --status active --type task --json | jq -r .items[0].id)",
        "git docket render vendor Gusto",
        "git docket render deployment $(git docket deployment list --json | jq -r .items[0].id)",
        "git docket render changelog",
        "git docket render changelog --since 2025-09-01 --until 2025-10-01",
        "git docket render board",
        "git docket render standup",
        "git docket render standup --since tracking~4 --until tracking~2",
        "git docket render dependency_graph",
        "git docket render dependency_graph --format dot",
        "git docket render --as-of tracking~12",
        "git docket render --list",
    ]));
}

#[test]
fn what_cannot_be_rendered_is_said() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket render nothing",
        "git docket render work_item",
        "git docket render work_item Gusto",
        "git docket render board Gusto",
        "git docket render board --since 1d",
        "git docket render board --format dot",
        "git docket render --check",
        "git docket render changelog --since never",
        "git docket render --list --json",
    ]));
}

#[test]
fn the_answer_is_the_same_from_git_and_as_a_view() {
    let environment = demo();
    for report in ["", "board", "dependency_graph", "changelog", "standup", "vendor Gusto"] {
        let from_index = environment.shell(&format!("git docket render {report}"));
        let from_git = environment.shell(&format!(
            "DOCKET_INDEX=off TZ=Asia/Tokyo LC_ALL=C git docket render {report}"
        ));
        assert_eq!(from_index, from_git, "{report}");
    }
    insta::assert_snapshot!(environment.shell("git docket render --json"));
}

#[test]
fn a_file_is_written_in_one_step_and_compared() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket render -o STATUS.md",
        "git docket render -o STATUS.md --check",
        "git docket note Gusto 'No sample yet.' && git docket render -o STATUS.md --check",
        "git docket vendor update Gusto --status operational && git docket render -o STATUS.md --check",
        "git docket render -o STATUS.md --check --json | jq 'del(.diff)'",
        "git docket render -o missing.md --check | head -4",
        "git docket render -o nowhere/STATUS.md",
        "git docket render -o .",
        "git docket render -o .git/STATUS.md",
        "chmod 640 STATUS.md && git docket render -o STATUS.md && stat -c %a STATUS.md && git diff --cached --stat",
        "mkdir ../outside && ln -s ../outside out && git docket render -o out/STATUS.md",
        "ln -s ../outside/STATUS.md link.md && git docket render -o link.md",
        "touch ../outside/STATUS.md && git docket render -o link.md",
        "ln -s STATUS.md inside.md && git docket render board -o inside.md && head -1 STATUS.md && test -L inside.md",
        "git docket render -o ../outside/STATUS.md && head -1 ../outside/STATUS.md",
        "ls -A ../outside",
    ]));
}

#[test]
fn the_report_is_kept_current() {
    let environment = demo();
    insta::assert_snapshot!(environment.transcript(&[
        "git docket config set docket.render STATUS.md",
        "git docket config explain docket.render",
        "DOCKET_SEED=a git docket add 'A new thing' && grep -c 'A new thing' STATUS.md",
        "git docket render --check",
        "printf '%s\\n' '{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"One\"}' '{\"op\":\"create_work_item\",\"item_type\":\"task\",\"title\":\"Two\"}' | DOCKET_SEED=b git docket batch && grep -cE '^- (One|Two) ' STATUS.md",
        "touch -d 2020-01-01 STATUS.md && DOCKET_SEED=n git docket note Gusto 'Nothing that is shown.' && stat -c %y STATUS.md | cut -c1-10",
        "git docket --ref other init >/dev/null && git config --unset docket.ref; DOCKET_SEED=f git docket --ref other add 'Elsewhere' && grep -c Elsewhere STATUS.md",
        "git docket config set docket.render nowhere/STATUS.md",
        "DOCKET_SEED=c git docket add 'All the same'",
        "DOCKET_SEED=d git docket add 'And again' --json | jq -r .warnings[]",
        "git docket list | grep -c 'All the same\\|And again'",
        "rm STATUS.md && git docket config unset docket.render && DOCKET_SEED=e git docket add 'Quiet' && test ! -e STATUS.md",
    ]));
}

#[test]
fn a_team_has_templates_of_its_own() {
    let environment = demo();
    template(
        &environment,
        "board",
        "# Ours\n\n{% for column in columns %}\n- {{ column.status }}: {{ column.count }}\n{% endfor %}\n",
    );
    template(
        &environment,
        "short",
        "{% include 'intro' %}{{ open_count }} open\n{% include \"vendor_line\" ignore missing %}\n",
    );
    template(&environment, "intro", "At {{ revision[:0] }}:\n");
    let first = environment.transcript(&[
        "git docket render board",
        "git docket render --list",
        "git docket render short",
    ]);
    template(&environment, "short", "one\n{{ open_count }} {{ vendors[0].nmae }}\n");
    template(
        &environment,
        "intro",
        "{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}",
    );
    template(&environment, "board", "{% for column in %}");
    template(&environment, "x y", "no name");
    template(&environment, "deep/er", "not one of ours");
    let second = environment.transcript(&[
        "git docket render short",
        "git docket render short --json",
        "git docket render intro",
        "git docket render board",
        "git docket render board --as-of tracking~5",
        "git docket render | head -1",
        "git docket render --list --json | jq -c '[.items[].name]'",
    ]);
    insta::assert_snapshot!(first + &second);
}

#[test]
fn a_template_that_takes_all_memory_or_all_time_ends_itself_alone() {
    let environment = demo();
    template(
        &environment,
        "project_status",
        "{% set ns = namespace(x='xxxxxxxxxxxxxxxx') %}{% for i in range(40) %}{% set ns.x = ns.x ~ ns.x %}{% endfor %}",
    );
    let memory = environment.transcript(&[
        "git docket render",
        "git docket render vendor Gusto | head -1",
        "git docket config set docket.render STATUS.md",
        "DOCKET_SEED=a git docket add 'All the same'",
        "git docket list | grep -c 'All the same'",
    ]);
    template(
        &environment,
        "board",
        "{% set x = 'x' * 100000000 %}{% for i in range(100000) %}{% set y = x ~ 'y' %}{% endfor %}",
    );
    let time = environment.transcript(&["git docket render board"]);
    insta::assert_snapshot!(memory + &time);
}

#[test]
fn where_git_cannot_be_read_the_report_answers() {
    let environment = demo();
    let whole = environment.transcript(&[
        "git docket render -o .project_status.md",
        "git docket show 85ef3bcf --json | jq -c '[.id, .partial]'",
        "rm -r .git/docket && mv .git/objects .git/away && mkdir .git/objects",
        "git docket list",
        "git docket show 85ef3bcf --json | jq -c '[.id[:8], .title, .parent_id[:8], .data_source, .partial, .revision == $tip]' --arg tip $(cat .git/refs/heads/tracking)",
        "git docket status 2>/dev/null | head -3",
        "git docket vendor show gusto 2>/dev/null",
        "git docket deployment list 2>/dev/null",
        "git docket tree 2>/dev/null",
        "git docket list --limit 4 --cursor $(git docket list --limit 4 --json | jq -r .next_cursor) 2>/dev/null",
        "git docket add 'Not written'",
        "git docket list --as-of tracking~1",
        "git docket show nothing",
        "git config docket.render elsewhere.md; git docket list; mv .project_status.md elsewhere.md; git docket list 2>/dev/null | tail -1",
        "sed -i '$d' elsewhere.md && git docket list",
        "rm -r .git/objects && mv .git/away .git/objects && git docket list",
    ]);
    insta::assert_snapshot!(whole);
}

#[test]
fn whoever_writes_last_has_seen_all() {
    let environment = demo();
    environment.shell("git docket config set docket.render STATUS.md");
    environment.shell("for n in 1 2 3 4 5 6; do DOCKET_SEED=$n git docket add \"Item number $n\" & done; wait");
    assert_eq!(environment.shell("grep -c 'Item number' STATUS.md").trim(), "6");
    environment.shell("git docket render --check");
}

#[test]
fn text_stays_text() {
    let environment = Environment::new();
    environment.shell("git docket init");
    environment
        .shell("DOCKET_SEED=a git docket add '# <script>alert(1)</script> | `x` [a](b)' --assignee 'Ana, (both)'");
    environment.shell("DOCKET_SEED=b git docket vendor add 'ADP: *US*' --status broken");
    environment.shell("DOCKET_SEED=c git docket enhancement add '1. First' --priority 1");
    let report = environment.shell("git docket render | head -n -1; git docket render board | tail -3 | head -1");
    insta::assert_snapshot!(report);
}

#[test]
fn what_is_shown_is_ordered_by_what_is_shown() {
    let lines = [
        "add 'B' --parent TOP --status active",
        "add 'a' --parent TOP --priority low",
        "add 'a' --parent TOP --assignee Ana",
        "add 'a' --parent TOP",
        "vendor add 'zeta' --status operational",
        "vendor add 'Alpha' --status broken",
        "enhancement add 'Later' --priority 2 --quarter 2026-Q2",
        "enhancement add 'Sooner' --priority 2 --quarter 2026-Q1",
        "enhancement add 'Sometime' --priority 2",
    ];
    let report = |order: Vec<&str>, salt: &str| {
        let environment = Environment::new();
        let top =
            environment.shell("git docket init >/dev/null && DOCKET_SEED=p git docket add 'Top' --json | jq -r .id");
        for (at, line) in order.iter().enumerate() {
            environment.shell(&format!(
                "DOCKET_SEED={salt}{at} git docket {}",
                line.replace("TOP", top.trim())
            ));
        }
        // What is open stays below what is not.
        environment.shell(&format!("git docket done {} --force", top.trim()));
        let report = environment.shell("git docket render");
        assert_eq!(report, environment.shell("DOCKET_INDEX=off git docket render"));
        let (text, _) = report.rsplit_once("\n<!-- git-docket: ").expect("a last line");
        text.to_owned()
    };
    let one = report(lines.to_vec(), "x");
    assert_eq!(one, report(lines.iter().rev().copied().collect(), "y"));
    insta::assert_snapshot!(one);
}
