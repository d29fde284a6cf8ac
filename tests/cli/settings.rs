//! Settings, the one screen, and what the doctor finds.

use crate::environment::Environment;

fn docket() -> Environment {
    let environment = Environment::new();
    environment.shell("git docket init");
    environment
}

#[test]
fn settings_say_where_they_come_from() {
    let environment = docket();
    environment.shell("DOCKET_SEED=session git docket add 'A session' --type session --set token_budget=5000 --set prompts_count=0 --set-json 'yaml_frontmatter={\"schema_version\":\"1.0\"}'");
    environment.shell("DOCKET_SEED=task git docket add 'A task'");
    let id = |title: &str| {
        let items = environment.json(&format!("list {title}"));
        items["items"][0]["id"].as_str().expect("an id")[..8].to_owned()
    };
    let (session, task) = (id("session"), id("task"));
    insta::assert_snapshot!(environment.transcript(&[
        "git docket config list",
        "git docket config set active_context_type fun",
        "git docket config set active_context_type research",
        "git docket config set active_context_type research",
        "git docket config explain active_context_type",
        "git docket config set default_token_budget 999",
        "git docket config set default_token_budget many",
        "git docket config set default_token_budget 150000 --expect-revision tracking~1",
        "git docket config set default_token_budget 150000 --expect-revision tracking",
        "git show tracking:.tracking/config.toml",
        "git docket config unset default_token_budget",
        "git docket config unset default_token_budget",
        "git docket config set repository 3f9a2c1b-52a1-4b53-9b0e-0c8f5e1f7a60",
        &format!("git docket config set current_session_id {task}"),
        &format!("git docket config set current_session_id {session}"),
        "git docket config get current_session_id",
        "git docket config set hooks.strict perhaps",
        "git docket config set hooks.strict on",
        "git config --global docket.hooks.strict false",
        "git docket config explain hooks.strict",
        "git docket config unset hooks.strict",
        "git docket config explain hooks.strict",
        "git docket config unset hooks.strict",
        "git docket config set docket.ref 'a b'",
        "DOCKET_REF=tracking git docket config explain docket.ref",
        "git docket --ref refs/heads/tracking config get ref",
        "git docket config get nothing",
        "git docket config list --json",
        "git log --format=%s%n%b -2 tracking",
    ]));
}

#[test]
fn one_screen_tells_all() {
    let environment = Environment::without_repository();
    environment.shell("git docket demo ../demo");
    environment.shell("git docket -C ../demo config set current_session_id cff01dc4");
    environment.shell("mkdir -p fresh && cd fresh && git init -q . && git docket init");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket -C ../demo status",
        "DOCKET_NOW=2025-10-12T15:00:00Z git docket -C ../demo status | sed -n '/run out/,/^$/p'",
        "DOCKET_INDEX=off git docket -C ../demo status | tail -1",
        "git docket -C ../demo status --json | grep -v '\"size\"'",
        "git docket -C fresh status",
    ]));
    let with = environment.json("-C ../demo status");
    let without = environment.shell("DOCKET_INDEX=off git docket -C ../demo status --json");
    let mut without: serde_json::Value = serde_json::from_str(&without).expect("JSON");
    for differs in ["index", "data_source"] {
        without[differs] = with[differs].clone();
    }
    assert_eq!(with, without, "the screen is another without an index");
}

#[test]
fn the_doctor_mends_what_is_safe() {
    let environment = docket();
    environment.shell("git docket add 'A task' && git docket list");
    // A file that is not an index, a dead writer's objects, and a lock nobody can tell the owner of.
    environment
        .shell("printf 'not a database, not at all' > .git/docket/index.sqlite && rm -f .git/docket/index.sqlite-*");
    environment
        .shell("mkdir -p .git/objects/tmp_objdir-docket-dead && touch -d '2 hours ago' .git/refs/heads/tracking.lock");
    let before = environment.shell("git rev-parse tracking");
    let minutes = |text: String| text.replace("120 minutes", "[N] minutes");
    insta::assert_snapshot!(minutes(environment.transcript(&[
        "git docket doctor",
        "git docket doctor --fix",
        "git docket doctor --json | grep -v revision",
        "rm .git/refs/heads/tracking.lock && git docket doctor",
        "git docket hook install >/dev/null && rm .git/hooks/post-merge && git docket doctor",
        "git docket hook install >/dev/null && git docket init --agents >/dev/null && sed -i 's/Take one/Take two/' AGENTS.md && git docket doctor",
        "git worktree add -q ../on-the-branch tracking && git docket doctor",
    ])));
    assert_eq!(environment.shell("git rev-parse tracking"), before);
    assert_eq!(environment.json("list")["data_source"], "sqlite");
}

#[test]
fn settings_can_be_mended_whatever_they_are() {
    let environment = docket();
    environment.shell("git commit -q --allow-empty -m one");
    let id = environment.shell("git show tracking:.tracking/config.toml | grep repository");
    let wrong = format!(
        "# ours\r\n{}\r\ndefault_token_budget = 5\r\nactive_context_type = 'zzz'\r\n",
        id.trim()
    );
    environment.commit_foreign(".tracking/config.toml", wrong);
    insta::assert_snapshot!(environment.transcript(&[
        "git docket config list",
        "git docket config set default_token_budget 5000",
        "git docket config unset active_context_type",
        "git show tracking:.tracking/config.toml | od -c | grep -c '\\\\r'",
        "git docket config set docket.ref main",
        "git docket config set docket.ref nothing",
        "git config docket.ref nothing && git docket config explain docket.ref",
        "git docket config list | head -3",
        "git docket config unset docket.ref && git docket list",
        "printf '[docket \"hooks\"]\\n\\tstrict\\n' >> .git/config && git docket config get hooks.strict",
        "git config docket.durability bogus && git docket config get docket.durability",
        "git config extensions.worktreeConfig true && git config --worktree docket.hooks.strict true",
        "git docket config set hooks.strict false",
        "git docket config unset hooks.strict",
    ]));
}

#[test]
fn the_doctor_tells_all_it_finds() {
    let environment = docket();
    environment.shell("git docket list && git docket hook install");
    environment.shell("rm .git/hooks/post-merge && mkdir .git/hooks/post-merge");
    environment.shell("rm -f .git/docket/index.sqlite* && mkdir -p .git/docket/index.sqlite/x");
    environment.shell("git update-ref refs/heads/tracking tracking~1");
    let told = environment.run_shell("git docket doctor --fix");
    let told = String::from_utf8_lossy(&told.stdout).into_owned();
    assert!(
        told.contains("was on tracking once") && told.contains("index.sqlite"),
        "{told}"
    );
    environment.shell("git docket hook uninstall && test ! -e .git/hooks/post-commit && test -d .git/hooks/post-merge");
}

#[test]
fn settings_that_git_is_given_count() {
    let environment = docket();
    environment.shell("git -c docket.ref=plan docket init");
    environment.shell("git -c docket.ref=plan -c \"user.name=Ana's own\" docket add Planned");
    assert_eq!(environment.shell("git log -1 --format=%an plan").trim(), "Ana's own");
    assert_eq!(
        environment
            .shell("git docket list --json | grep -c Planned || true")
            .trim(),
        "0"
    );
    let told = environment.shell("git -c docket.ref=plan docket config explain docket.ref");
    assert!(told.contains("plan"), "{told}");
}
