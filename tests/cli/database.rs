//! The index in a database, as a user meets it: a real server, real pushes.

use crate::environment::Environment;
use crate::postgres::{PASSWORD, Server};

/// What is printed, without what is different each time; and never the password.
fn transcript(environment: &Environment, server: &Server, lines: &[&str]) -> String {
    let text = environment.transcript(lines);
    let printed = |line: &&str| !line.starts_with("$ ");
    assert!(
        !text.lines().filter(printed).any(|line| line.contains(PASSWORD)),
        "{text}"
    );
    let text = text.replace(&server.port().to_string(), "[PORT]");
    // Sizes are the server's, and so is its clock.
    let same = |line: &&str| {
        !["size  ", "\"size\"", "\"synced_at\""]
            .iter()
            .any(|name| line.contains(name))
    };
    text.lines().filter(same).collect::<Vec<_>>().join("\n")
}

/// A docket of two items whose clone is told of the database.
fn docket(server: &Server) -> Environment {
    let environment = Environment::new();
    let url = server.url();
    environment.shell(&format!(
        "git config docket.databaseUrl '{url}' && git docket init && git docket add First --label one &&
         DOCKET_SEED=2 git docket add Second"
    ));
    environment
}

#[test]
fn without_a_docket_there_is_nothing_to_follow() {
    let server = Server::start();
    let environment = Environment::new();
    environment.shell(&format!("git config docket.databaseUrl '{}'", server.url()));
    insta::assert_snapshot!(transcript(
        &environment,
        &server,
        &["git docket index sync", "git docket index rebuild --database"]
    ));
}

#[test]
fn a_database_is_set_up_followed_and_read() {
    let server = Server::start();
    let environment = docket(&server);
    let url = server.url();
    insta::assert_snapshot!(transcript(
        &environment,
        &server,
        &[
            "git docket list",
            "git docket index status",
            "git docket index sync",
            "git docket index sync",
            "git docket list",
            "git docket list --json | jq -c '[.data_source, .warnings, .total_count]'",
            "git docket index status --json",
            "git docket repositories | awk '{ print $1, $2, $3, $4, $5, $7 }'",
            "git docket repositories --json",
            "git docket list --all-repositories",
            "git docket list --all-repositories --label one --json",
            "git docket list --all-repositories --parent 12345678",
            "DOCKET_SEED=3 git docket add Third",
            "git docket search thi --json | jq -c '[.data_source, .total_count]'",
            "git update-ref refs/heads/tracking tracking~1",
            "git docket index sync",
            "git docket index rebuild --database | grep state",
            "git docket index sync --database postgres://ana:s3cret-of-the-test@127.0.0.1:1/nothing",
            "git docket index sync --database 'no URL with s3cret-of-the-test'",
            "git docket config get docket.databaseUrl",
            "DOCKET_DATABASE_URL=postgres://elsewhere/docket git docket config explain docket.databaseUrl",
            "git docket config list --json | grep -A1 databaseUrl",
            "git docket config set docket.databaseUrl nonsense:s3cret-of-the-test",
            "git docket config set docket.databaseUrl 'postgres://bob:s3cret-of-the-test@db.example.com/x' --json",
            "git docket config set docket.repository nobody",
            "git docket config unset docket.databaseUrl",
            "git docket index sync",
            "git docket repositories",
        ]
    ));
    // A password that a server refuses is in no message either.
    let wrong = url.replace(PASSWORD, "another-s3cret");
    let output = environment.run_shell(&format!(
        "export DOCKET_DATABASE_URL='{wrong}'; git docket list --json 2>&1; git docket index sync 2>&1; git docket index status 2>&1"
    ));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(!said.contains("another-s3cret"), "{said}");
}

#[test]
fn a_push_brings_the_database_of_the_server_forward() {
    let server = Server::start();
    let environment = Environment::new();
    let url = server.url();
    environment.shell(&format!(
        "git init -q --bare ../hub.git && git docket -C ../hub.git hook install --server &&
         git -C ../hub.git config docket.databaseUrl '{url}' &&
         git commit -q --allow-empty -m one && git remote add origin ../hub.git && git push -q origin main &&
         git docket init && git docket add First && git docket sync"
    ));
    let stands = || server.run("SELECT tip FROM git_docket.repository");
    assert_eq!(stands(), environment.shell("git rev-parse tracking").trim());
    assert_eq!(server.run("SELECT name FROM git_docket.repository"), "hub");
    environment.shell("DOCKET_SEED=2 git docket add Second && git docket sync");
    assert_eq!(stands(), environment.shell("git rev-parse tracking").trim());
    assert_eq!(server.run("SELECT count(*) FROM git_docket.record WHERE live"), "2");
    // A push is taken whatever becomes of the database, and whoever pushes is told.
    environment.shell("git -C ../hub.git config docket.databaseUrl postgres://127.0.0.1:1/nothing");
    let output = environment.run_shell("DOCKET_SEED=3 git docket add Third && git push origin tracking 2>&1");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success() && said.contains("the database cannot be reached"),
        "{said}"
    );
    assert_ne!(stands(), environment.shell("git rev-parse tracking").trim());
}

#[test]
fn a_database_that_is_away_delays_no_screen_and_no_write() {
    let environment = Environment::new();
    environment.shell("git config docket.databaseUrl postgres://127.0.0.1:1/nothing && git docket init");
    insta::assert_snapshot!(environment.transcript(&[
        "git docket add First",
        "git docket list",
        "git docket status | tail -1",
        "git docket claim --local",
        "git docket doctor",
        "DOCKET_INDEX=off git docket list",
        "DOCKET_INDEX=off git docket index sync",
        "git docket list --all-repositories",
    ]));
}

#[test]
fn a_disk_that_takes_no_more_leaves_git_to_answer() {
    let environment = Environment::new();
    environment
        .shell("git docket init && git docket add First && git config docket.databaseUrl postgres://127.0.0.1:1/x");
    // No file may grow beyond a few kilobytes, which is what a full disk looks like to who writes.
    let full = "rm -f .git/docket/index.sqlite* && sh -c 'trap \"\" XFSZ; ulimit -f 8; git docket list --json'";
    let answer: serde_json::Value = serde_json::from_str(&environment.shell(full)).expect("JSON");
    assert_eq!(
        (&answer["data_source"], &answer["total_count"]),
        (&"git".into(), &1.into())
    );
    let warnings = answer["warnings"].as_array().expect("a list");
    assert_eq!(warnings.len(), 2, "{warnings:?}");
    assert!(
        warnings[1]
            .as_str()
            .is_some_and(|text| text.contains("the index cannot be written")),
        "{warnings:?}"
    );
    // What was left half made is in nobody's way.
    assert_eq!(environment.json("list")["data_source"], "sqlite");
}

#[test]
fn a_proposal_that_is_only_named_moves_no_database() {
    let server = Server::start();
    let environment = docket(&server);
    environment.shell("git docket index sync && git branch tracking-proposals/more tracking");
    let stands = || server.run("SELECT reference || ' ' || tip FROM git_docket.repository");
    let before = stands();
    let asked = "--ref tracking-proposals/more";
    environment.shell(&format!("DOCKET_SEED=9 git docket {asked} add 'Not landed'"));
    let list = format!("git docket {asked} list --json | jq -c '[.data_source, .total_count, .warnings]'");
    assert_eq!(environment.shell(&list).trim(), "[\"sqlite\",3,[]]");
    environment.run_shell(&format!("git docket {asked} index sync"));
    assert_eq!(stands(), before);
    assert_eq!(
        environment.shell("git docket list --json | jq -r .data_source").trim(),
        "postgres"
    );
}
