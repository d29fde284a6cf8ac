//! Which repository is served.

use serde_json::json;

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

#[test]
fn the_roots_of_the_client_are_looked_into() {
    let docket = docket();
    docket.shell("git docket add There");
    let nowhere = Environment::without_repository();
    let mut session = Session::of(&nowhere, &[], "agent", json!({ "roots": {} }));
    let id = session.request("tools/call", json!({ "name": "list_work_items", "arguments": {} }));
    let question = session.receive();
    assert_eq!(question["method"], "roots/list");
    let roots = json!([{ "uri": "file:///no/such" }, { "uri": format!("file://{}", docket.path().display()) }]);
    session.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "result": { "roots": roots } }));
    let answer = session.receive();
    assert_eq!(answer["id"], id);
    assert_eq!(answer["result"]["structuredContent"]["total_count"], 1, "{answer}");
    assert_eq!(session.call("list_work_items", json!({}))["total_count"], 1);
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
