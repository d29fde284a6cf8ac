//! Whatever happens to the database, there is an answer, and a warning; and it is as before when it returns.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use git_docket::ops::{self, BatchLine, CreateRequest, ListRequest, ListResponse, SyncedIndexResponse, UpdateRequest};
use git_docket::record::work_item::ItemType;

use crate::docket::Docket;
use crate::postgres::{PASSWORD, Server};

/// A docket of two items, in the database.
fn docket(url: &str) -> Docket {
    let docket = Docket::new().in_database(url);
    docket.add("One item");
    docket.add("Another item");
    docket
}

fn sync(docket: &Docket) -> SyncedIndexResponse {
    ops::sync_index(&docket.open_database(0)).expect("a database")
}

fn list(docket: &Docket, seconds: i64) -> ListResponse {
    let answer = ops::list(&docket.open_database(seconds), &ListRequest::default()).expect("an answer");
    let all = serde_json::to_string(&answer).expect("JSON");
    assert!(!all.contains(PASSWORD), "{all}");
    answer
}

/// What answered, and why it was not the database.
fn answered(docket: &Docket) -> (&'static str, String) {
    let answer = list(docket, 0);
    (answer.meta.data_source, answer.meta.warnings.join("\n"))
}

#[track_caller]
fn assert_steps_down(docket: &Docket, reason: &str) {
    let (source, warning) = answered(docket);
    assert_eq!(source, "sqlite");
    assert!(warning.contains(reason), "{warning}");
}

#[test]
fn it_is_asked_where_it_follows_the_commit() {
    let server = Server::start();
    let docket = docket(&server.url());
    assert_steps_down(&docket, "`git docket index sync` fills it");
    let synced = sync(&docket);
    assert_eq!((synced.synced, synced.standing.state), ("built", "current"));
    assert_eq!(sync(&docket).synced, "nothing");
    assert_eq!(answered(&docket), ("postgres", String::new()));
    // Who reads brings it forward.
    docket.add("A third");
    let answer = list(&docket, 0);
    assert_eq!((answer.meta.data_source, answer.total_count), ("postgres", 3));
    assert_eq!(answer.meta.revision, docket.git("rev-parse tracking"));
    // Back it goes where somebody says so.
    docket.git("update-ref refs/heads/tracking tracking~1");
    let (source, warning) = answered(&docket);
    assert_eq!((source, warning.as_str()), ("sqlite", ""));
    assert_eq!(sync(&docket).synced, "rebuilt");
    assert_eq!(answered(&docket), ("postgres", String::new()));
}

#[test]
fn a_connection_that_is_kept_goes_forward_and_comes_back() {
    let mut server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    let context = docket.open_database(0);
    let answered = |context: &ops::Context| {
        let answer = ops::list(context, &ListRequest::default()).expect("an answer");
        (answer.meta.data_source, answer.total_count, answer.meta.warnings)
    };
    assert_eq!(answered(&context), ("postgres", 2, Vec::new()));
    docket.add("A third");
    assert_eq!(answered(&context), ("postgres", 3, Vec::new()));
    // Also where the same one writes.
    let item = ops::list(&context, &ListRequest::default()).expect("a list").items[0]
        .fields
        .id;
    for number in 0..12 {
        let request = UpdateRequest {
            id: item.to_string(),
            title: Some(format!("Changed for the {number}th time")),
            ..UpdateRequest::default()
        };
        ops::update(&context, &request).expect("an update");
        assert_eq!(answered(&context), ("postgres", 3, Vec::new()));
    }
    // A server ends what nobody used for long.
    server.run("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'git-docket'");
    assert_eq!(answered(&context), ("postgres", 3, Vec::new()));
    server.crash();
    assert_eq!(answered(&context).0, "sqlite");
    server.start_again();
    assert_eq!(answered(&context), ("postgres", 3, Vec::new()));
}

#[test]
fn a_server_that_is_gone_crashes_or_refuses_is_done_without() {
    let mut server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    let digest = docket.database_digest();
    server.crash();
    assert_steps_down(&docket, "cannot be reached");
    assert!(ops::sync_index(&docket.open_database(0)).is_err());
    server.start_again();
    assert_eq!(answered(&docket), ("postgres", String::new()));
    assert_eq!(docket.database_digest(), digest);
    // A password that is wrong.
    let wrong = Docket::at(&docket, &server.url().replace(PASSWORD, "wrong-s3cret"));
    let (source, warning) = answered(&wrong);
    assert_eq!(source, "sqlite");
    assert!(
        warning.contains("password authentication failed") && !warning.contains("wrong-s3cret"),
        "{warning}"
    );
    // A database that is not there, and a URL that is none.
    let other = server
        .url()
        .rsplit_once('/')
        .map(|(before, _)| format!("{before}/nobody"))
        .expect("a URL");
    assert_steps_down(&Docket::at(&docket, &other), "does not exist");
    assert_steps_down(
        &Docket::at(&docket, "mysql://root@localhost/x"),
        "does not begin with postgres://",
    );
}

#[test]
fn a_server_killed_in_the_middle_of_a_question_or_a_sync_is_done_without() {
    let mut server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    for (lock, question) in [("record", true), ("label", false)] {
        docket.add("One more");
        let digest = docket.digest();
        if question {
            sync(&docket);
        }
        // Whoever reads or writes this table waits.
        let mut holder = hold(&server, lock);
        let context = docket.open_database(0);
        let answer = std::thread::scope(|scope| {
            let asking = scope.spawn(move || match question {
                true => Some(ops::list(&context, &ListRequest::default()).expect("an answer").meta),
                false => {
                    assert!(ops::sync_index(&context).is_err());
                    None
                }
            });
            // A question gives the lock up after a while, and goes elsewhere.
            let waits = "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            while !asking.is_finished() && server.run(waits) != "t" {
                std::thread::sleep(Duration::from_millis(20));
            }
            server.crash();
            asking.join().expect("it ends")
        });
        holder.kill().ok();
        holder.wait().expect("it ends");
        if let Some(meta) = answer {
            assert_eq!(meta.data_source, "sqlite");
            assert!(meta.warnings[0].contains("answered without it"), "{:?}", meta.warnings);
        }
        server.start_again();
        assert_eq!(answered(&docket).0, "postgres");
        assert_eq!(docket.database_digest(), digest);
    }
}

/// Holds a lock on a table until it is killed.
fn hold(server: &Server, table: &str) -> std::process::Child {
    let sql = format!("BEGIN; LOCK TABLE git_docket.{table}; SELECT pg_sleep(600)");
    let child = std::process::Command::new("psql")
        .args(["-X", "-q", "-c", &sql, &server.url()])
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("psql runs");
    wait_until(
        server,
        "SELECT count(*) > 0 FROM pg_stat_activity WHERE wait_event = 'PgSleep'",
    );
    child
}

fn wait_until(server: &Server, sql: &str) {
    for _ in 0..600 {
        if server.run(sql) == "t" {
            return;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("never: {sql}");
}

#[test]
fn a_port_that_never_answers_is_waited_for_once_by_all_processes() {
    let silent = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = silent.local_addr().expect("an address");
    let docket = docket(&format!("postgres://ana:{PASSWORD}@{address}/docket"));
    let warning = |seconds| list(&docket, seconds).meta.warnings.join("\n");
    assert!(warning(0).contains("did not answer within 0.5 seconds"));
    // Each of these is another context, as another process would have it.
    assert!(warning(1).contains("is asked again after 2025-10-09T08:53:50Z"));
    assert!(warning(29).contains("is asked again after"));
    assert!(warning(31).contains("did not answer within 0.5 seconds"));
    // Another database is another matter, and who asks for it waits again.
    let status = ops::index_status(&docket.open_database(32)).expect("a status");
    assert_eq!(status.database.expect("a database").state, "unreachable");
    let server = Server::start();
    let other = Docket::at(&docket, &server.url());
    sync(&other);
    assert_eq!(answered(&other), ("postgres", String::new()));
}

#[test]
fn without_database_and_file_git_answers() {
    let docket = docket("postgres://ana@127.0.0.1:1/docket");
    assert_steps_down(&docket, "cannot be reached");
    docket.without_index_file();
    std::fs::create_dir(docket.index_file()).expect("a directory in its place");
    let answer = list(&docket, 0);
    assert_eq!((answer.meta.data_source, answer.meta.warnings.len()), ("git", 2));
    assert_eq!(answer.total_count, 2);
}

#[test]
fn a_commit_whose_reply_is_lost_does_no_harm_when_it_comes_again() {
    let server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    docket.add("One more");
    let proxied = server
        .url()
        .replace(&format!(":{}", server.port()), &format!(":{}", lossy(server.port())));
    assert!(ops::sync_index(&Docket::at(&docket, &proxied).open_database(0)).is_err());
    // It was done; nobody was told.
    let stands = server.run("SELECT tip FROM git_docket.repository");
    assert_eq!(stands, docket.git("rev-parse tracking"));
    assert_eq!(sync(&docket).synced, "nothing");
    assert_eq!(docket.database_digest(), docket.digest());
}

/// A port that passes everything on to another, but loses what comes after a commit.
fn lossy(port: u16) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let own = listener.local_addr().expect("an address").port();
    std::thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let server = Arc::new(TcpStream::connect(("127.0.0.1", port)).expect("a server"));
            let (client, back) = (Arc::new(client), Arc::clone(&server));
            let to_client = Arc::clone(&client);
            std::thread::spawn(move || std::io::copy(&mut &*back, &mut &*to_client));
            std::thread::spawn(move || {
                let mut bytes = [0; 65536];
                while let Ok(count @ 1..) = (&*client).read(&mut bytes) {
                    let commits = bytes[..count].windows(6).any(|word| word == b"COMMIT");
                    if commits {
                        client.shutdown(std::net::Shutdown::Both).ok();
                    }
                    if (&*server).write_all(&bytes[..count]).is_err() || commits {
                        break;
                    }
                }
                // What the server was told it does, whoever listens.
                std::thread::sleep(Duration::from_millis(500));
            });
        }
    });
    own
}

#[test]
fn several_sync_at_once() {
    let server = Server::start();
    let docket = docket(&server.url());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            let context = docket.open_database(0);
            scope.spawn(move || ops::sync_index(&context).expect("a database"));
        }
    });
    assert_eq!(docket.database_digest(), docket.digest());
}

#[test]
fn whoever_reads_while_all_is_made_anew_sees_what_was_there() {
    let server = Server::start();
    let docket = docket(&server.url());
    let item = |number: usize| {
        let request = CreateRequest::new(ItemType::Task, &format!("Item {number}"));
        (number, BatchLine::CreateWorkItem(Box::new(request)))
    };
    let lines: Vec<_> = (0..500).map(item).collect();
    ops::batch(&docket.open(0, true), &lines).expect("items");
    sync(&docket);
    let context = docket.open_database(0);
    std::thread::scope(|scope| {
        let rebuild = scope.spawn(move || ops::rebuild_database(&context).expect("a database"));
        while !rebuild.is_finished() {
            let answer = list(&docket, 0);
            let warnings = answer.meta.warnings.join("\n");
            assert_eq!(
                (answer.meta.data_source, answer.total_count, warnings),
                ("postgres", 502, String::new())
            );
        }
    });
    assert_eq!(docket.database_digest(), docket.digest());
}

#[test]
fn a_clone_reads_what_is_published_and_takes_nothing_back() {
    let server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    let clone = docket.clone_of();
    assert_eq!(answered(&clone), ("postgres", String::new()));
    // What this clone has not published is nobody's business.
    clone.add("Unpublished");
    let answer = list(&clone, 0);
    assert_eq!((answer.meta.data_source, answer.total_count), ("sqlite", 3));
    assert!(answer.meta.warnings.is_empty(), "{:?}", answer.meta.warnings);
    clone.git("update-ref refs/heads/tracking origin/tracking");
    // What it has not fetched is newer than what it knows.
    docket.add("Published meanwhile");
    sync(&docket);
    assert_eq!(answered(&clone), ("sqlite", String::new()));
    let error = ops::sync_index(&clone.open_database(0)).expect_err("it knows less");
    assert!(error.to_string().contains("does not have"), "{error}");
    assert_eq!(error.hints(), ["git docket fetch"]);
    assert_eq!(answered(&docket), ("postgres", String::new()));
    clone.git("fetch -q origin && git update-ref refs/heads/tracking origin/tracking");
    assert_eq!(answered(&clone), ("postgres", String::new()));
}

#[test]
fn many_repositories_are_asked_at_once() {
    let server = Server::start();
    let one = docket(&server.url());
    let other = docket(&server.url());
    // Both were made with the same ids, as a fork is.
    other.git("config docket.repository 5f0c1f6e-0f43-4b7e-9d2b-1f6b7a0a9c55");
    sync(&one);
    let id = other.add("Only here, with words");
    let request = UpdateRequest {
        id,
        add_labels: vec!["rare".to_owned()],
        ..UpdateRequest::default()
    };
    ops::update(&other.open(5, true), &request).expect("an update");
    sync(&other);
    let repositories = ops::repositories(&one.open_database(0)).expect("repositories");
    let mut counts: Vec<_> = repositories
        .items
        .iter()
        .map(|row| (row.work_items, row.open))
        .collect();
    counts.sort_unstable();
    assert_eq!(counts, [(2, 2), (3, 3)]);
    let everywhere = |filter| {
        let request = ListRequest {
            filter,
            limit: Some(4),
            ..ListRequest::default()
        };
        ops::list_everywhere(&one.open_database(0), &request).expect("a list")
    };
    let all = everywhere(git_docket::filter::WorkItemFilter::default());
    assert_eq!((all.items.len(), all.total_count, all.has_more), (4, 5, true));
    assert_eq!(all.items[0].fields.title.as_str(), "Only here, with words");
    for filter in [
        git_docket::filter::WorkItemFilter {
            labels: vec!["rare".to_owned()],
            ..Default::default()
        },
        git_docket::filter::WorkItemFilter {
            text: git_docket::filter::words::Terms::of("word here"),
            ..Default::default()
        },
    ] {
        let found = everywhere(filter);
        assert_eq!((found.total_count, found.items.len()), (1, 1));
        assert_eq!(
            found.items[0].revision.as_deref(),
            Some(other.git("rev-parse tracking").as_str())
        );
    }
    // Each sees its own only.
    assert_eq!(list(&one, 0).total_count, 2);
}

#[test]
fn what_somebody_dropped_is_made_anew_for_all() {
    let server = Server::start();
    let one = docket(&server.url());
    let other = docket(&server.url());
    other.git("config docket.repository 5f0c1f6e-0f43-4b7e-9d2b-1f6b7a0a9c55");
    sync(&one);
    sync(&other);
    for lost in [
        "DROP TABLE git_docket.label, git_docket.words",
        "DELETE FROM git_docket.meta",
        // It numbers them, and would begin anew.
        "DROP TABLE git_docket.repository",
        "UPDATE git_docket.meta SET value = '1'; ALTER TABLE git_docket.record DROP COLUMN live",
    ] {
        server.run(lost);
        assert_eq!(list(&one, 0).total_count, 2, "{lost}");
        let status = ops::index_status(&one.open_database(0)).expect("an answer");
        let standing = status.database.expect("a database");
        let reason = standing.reason.unwrap_or_default();
        assert_eq!(standing.state, "unusable", "{lost}: {reason}");
        let refused = ops::sync_index(&one.open_database(0)).expect_err("tables are not right");
        for told in [&reason, &refused.to_string()] {
            assert!(
                told.ends_with("git docket index rebuild --database makes it anew"),
                "{lost}: {told}"
            );
        }
        let rebuilt = ops::rebuild_database(&other.open_database(0)).expect("a database");
        assert!(
            rebuilt.database.is_some_and(|standing| standing.state == "current"),
            "{lost}"
        );
        assert_eq!(answered(&other), ("postgres", String::new()), "{lost}");
        let found = |docket: &Docket| {
            let text = git_docket::filter::words::Terms::of("another");
            let filter = git_docket::filter::WorkItemFilter {
                text,
                ..Default::default()
            };
            let page = ListRequest {
                filter,
                limit: Some(20),
                ..ListRequest::default()
            };
            let found = ops::search(&docket.open_database(0), &page).expect("an answer");
            (found.meta.data_source, found.total_count)
        };
        assert_eq!(found(&other), ("postgres", 1), "{lost}");
        // Those of the other are gone from what was made anew, and nobody is told that they are there.
        assert_eq!(sync(&one).synced, "built", "{lost}");
        assert_eq!(found(&one), ("postgres", 1), "{lost}");
    }
}

#[test]
fn a_database_that_does_not_hold_every_text_is_refused() {
    let server = Server::start();
    server.run("CREATE DATABASE bytes ENCODING 'SQL_ASCII' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0");
    let docket = docket(&server.url().replace("/postgres?", "/bytes?"));
    let refused = ops::sync_index(&docket.open_database(0)).expect_err("no UTF-8");
    let said = "the database is in SQL_ASCII; records are UTF-8: CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0";
    assert!(refused.to_string().contains(said), "{refused}");
}

#[test]
fn tables_of_a_newer_version_are_left_alone() {
    let server = Server::start();
    let docket = docket(&server.url());
    sync(&docket);
    server.run("UPDATE git_docket.meta SET value = '1000'");
    assert_steps_down(&docket, "of format 1000, this version reads 5: use a newer version");
    let refused = ops::rebuild_database(&docket.open_database(0)).map(|rebuilt| rebuilt.database);
    let refused = refused.expect_err("a newer format");
    assert!(refused.to_string().contains("use a newer version"), "{refused}");
    assert_eq!(server.run("SELECT count(*) FROM git_docket.record").trim(), "2");
}

#[test]
fn every_column_is_documented() {
    let server = Server::start();
    sync(&docket(&server.url()));
    let columns = server.run(
        "SELECT table_name || '.' || column_name FROM information_schema.columns
         WHERE table_schema = 'git_docket' ORDER BY 1",
    );
    let text = include_str!("../../docs/database.md");
    // A row of the table below the heading of its table.
    let mut documented = Vec::new();
    let mut table = "";
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("### ") {
            table = name;
        } else if let Some((name, _)) = line.strip_prefix("| `").and_then(|line| line.split_once('`')) {
            documented.push(format!("{table}.{name}"));
        }
    }
    documented.sort();
    assert_eq!(columns.lines().collect::<Vec<_>>(), documented);
}
