//! Which repository is served.

use serde_json::{Value, json};

use crate::environment::Environment;
use crate::session::{Session, docket};

#[test]
fn the_repository_is_named_or_found() {
    let docket = docket();
    docket.shell("git docket add Here && mkdir -p deep/er ../elsewhere");
    let path = docket.path().to_str().expect("a path").to_owned();
    for arguments in [
        vec![],
        vec!["--repo", "."],
        vec!["-C", "deep/er"],
        vec!["--repo", path.as_str()],
    ] {
        let mut session = Session::begin(&docket, &arguments);
        assert_eq!(
            session.call("list_work_items", json!({}))["total_count"],
            1,
            "{arguments:?}"
        );
    }
}

#[test]
fn a_running_server_follows_the_worktree_to_a_proposal() {
    let docket = docket();
    let count = |session: &mut Session| session.call("list_work_items", json!({}))["total_count"].clone();
    let (mut session, mut fixed) = (
        Session::begin(&docket, &[]),
        Session::begin(&docket, &["--ref", "tracking"]),
    );
    assert_eq!((count(&mut session), count(&mut fixed)), (0.into(), 0.into()));
    docket.shell("git docket propose q3 && git docket add 'On the proposal'");
    assert_eq!((count(&mut session), count(&mut fixed)), (1.into(), 0.into()));
    docket.shell("git docket propose leave");
    assert_eq!((count(&mut session), count(&mut fixed)), (0.into(), 0.into()));
}

#[test]
fn a_wrong_one_says_what_to_do() {
    let nowhere = Environment::without_repository();
    let mut session = Session::begin(&nowhere, &[]);
    let error = session.refused("list_work_items", json!({}));
    assert!(error["hint"].as_str().expect("a hint").contains("--repo"), "{error}");
    let mut session = Session::begin(&nowhere, &["--repo", "/no/such/directory"]);
    let error = session.refused("list_work_items", json!({}));
    assert!(
        error["message"]
            .as_str()
            .expect("a text")
            .contains("/no/such/directory"),
        "{error}"
    );
    nowhere.shell("git init -q");
    let mut session = Session::begin(&nowhere, &[]);
    let error = session.refused("list_work_items", json!({}));
    assert!(
        error["hint"].as_str().expect("a hint").contains("git docket init"),
        "{error}"
    );
}

/// Asks for something and answers the question for the roots that comes first, where one comes.
fn ask_with_roots(session: &mut Session, method: &str, params: Value, roots: &[String]) -> (Value, bool) {
    let id = session.request(method, params);
    let mut was_asked = false;
    loop {
        let message = session.receive();
        if message["id"] == id && message.get("method").is_none() {
            return (message, was_asked);
        }
        assert_eq!(message["method"], "roots/list", "{message}");
        was_asked = true;
        let roots: Vec<_> = roots.iter().map(|uri| json!({ "uri": uri })).collect();
        session.send(&json!({ "jsonrpc": "2.0", "id": message["id"], "result": { "roots": roots } }));
    }
}

fn uri(docket: &Environment) -> String {
    format!("file://{}", docket.path().display())
}

#[test]
fn the_roots_of_the_client_are_looked_into() {
    let docket = docket();
    docket.shell("git docket add There");
    let nowhere = Environment::without_repository();
    let list = json!({ "name": "list_work_items", "arguments": {} });
    let status = json!({ "uri": "docket://status" });
    let roots = ["file:///no/such".to_owned(), uri(&docket)];
    let mut session = Session::of(&nowhere, &[], "agent", json!({ "roots": {} }));
    let (answer, _) = ask_with_roots(&mut session, "tools/call", list.clone(), &roots[..1]);
    assert_eq!(answer["result"]["isError"], true, "{answer}");
    // The folder may have been opened meanwhile.
    let (answer, was_asked) = ask_with_roots(&mut session, "tools/call", list, &roots);
    assert!(was_asked);
    assert_eq!(answer["result"]["structuredContent"]["total_count"], 1, "{answer}");
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 1);
    session.end();

    for (method, params) in [
        ("resources/read", status),
        ("prompts/get", json!({ "name": "next_item", "arguments": {} })),
    ] {
        let mut session = Session::of(&nowhere, &[], "agent", json!({ "roots": {} }));
        let (answer, was_asked) = ask_with_roots(&mut session, method, params, &roots);
        assert!(was_asked && answer.get("result").is_some(), "{answer}");
    }
}

#[test]
fn other_roots_are_another_repository() {
    let (one, other) = (docket(), docket());
    one.shell("git docket add One");
    other.shell("git docket add One && DOCKET_SEED=2 git docket add Two");
    let nowhere = Environment::without_repository();
    let list = json!({ "name": "list_work_items", "arguments": {} });
    let mut session = Session::of(&nowhere, &[], "agent", json!({ "roots": { "listChanged": true } }));
    let count = |session: &mut Session, roots: &[String]| {
        let (answer, was_asked) = ask_with_roots(session, "tools/call", list.clone(), roots);
        (answer["result"]["structuredContent"]["total_count"].clone(), was_asked)
    };
    let changed = json!({ "jsonrpc": "2.0", "method": "notifications/roots/list_changed" });
    assert_eq!(count(&mut session, &[uri(&one)]), (json!(1), true));
    assert_eq!(count(&mut session, &[]), (json!(1), false));
    session.send(&changed);
    assert_eq!(count(&mut session, &[uri(&other), uri(&one)]), (json!(2), true));
    session.send(&changed);
    assert_eq!(count(&mut session, &[]), (Value::Null, true));
    assert_eq!(count(&mut session, &[uri(&one)]), (json!(1), true));
    session.end();
    // Whoever named a repository has that one, whatever the roots are.
    let path = one.path().to_str().expect("a path");
    let mut session = Session::of(&nowhere, &["--repo", path], "agent", json!({ "roots": {} }));
    session.send(&changed);
    assert_eq!(count(&mut session, &[uri(&other)]), (json!(1), false));
}

/// In the stateless protocol the question for the roots is an answer, and the call is repeated.
#[test]
fn the_roots_of_a_stateless_client_come_with_the_second_try() {
    let docket = docket();
    let nowhere = Environment::without_repository();
    let mut session = Session::silent(&nowhere, &[]);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": "2026-07-28",
        "io.modelcontextprotocol/clientCapabilities": { "roots": {} },
    });
    let mut params = json!({ "name": "list_work_items", "arguments": {}, "_meta": meta });
    let question = session.ask("tools/call", params.clone());
    assert_eq!(
        question["result"]["inputRequests"]["roots"]["method"], "roots/list",
        "{question}"
    );
    let roots = json!([{ "uri": format!("file://{}", docket.path().display()) }]);
    params["inputResponses"] = json!({ "roots": { "roots": roots } });
    let answer = session.ask("tools/call", params);
    assert_eq!(answer["result"]["structuredContent"]["total_count"], 0, "{answer}");
}
