//! `resolve-identity`.

use serde_json::json;

use super::stage::KEY;
use crate::support::{Alter, Server, alter};

const AGENT_KEY: &str = "alter_key_0123456789abcdefghijABCDEFGHIJ_-_-012345";
const USER: &str = "05e40000-0001-4000-8000-000000000000";
const JWT: &str = "MARKED-header.MARKED-body.MARKED-sum";

fn resolve(server: &Server, key: &str) -> Alter {
    alter(["sdk-passthrough", "resolve-identity"]).to(server).env("ALTER_API_KEY", key)
}

#[test]
fn an_agents_identity_comes_with_its_memory_scope() {
    let server = Server::json(
        200,
        r#"{"app_id":"a","app_user_id":"u","user_status":"active","agent_id":"g","extra":1.50}"#,
    );
    let run = resolve(&server, AGENT_KEY)
        .arg("--app-user-id")
        .arg(USER)
        .arg("--user-token")
        .arg(JWT)
        .arg("--debug")
        .run();
    run.exits(0).shows("\"extra\": 1.50").hides("MARKED").hides(AGENT_KEY);
    assert_eq!(
        run.json()["memory_scope"],
        json!({
            "user_key": "alter:user:u", "agent_key": "alter:agent:g", "app_key": "alter:app:a",
            "namespace": ["alter", "v2", "agent-user", "YQ", "Zw", "dQ"],
            "partition_key": "alter/v2/agent-user/YQ/Zw/dQ/",
        })
    );
    assert_eq!(
        server.seen()[0].body,
        format!(r#"{{"include_profile":false,"user_token":"{JWT}","app_user_id":"{USER}"}}"#)
    );
    let narrowed = resolve(&server, AGENT_KEY).arg("--fields=memory_scope").run();
    assert_eq!(narrowed.exits(0).json().as_object().map(serde_json::Map::len), Some(1));
}

#[test]
fn an_apps_identity_has_none_and_says_why() {
    let server = Server::json(200, r#"{"app_id":"a","agent_id":null}"#);
    let run = resolve(&server, KEY).run();
    run.exits(0).stderr_has("no memory scope: memory_agent_required");
    assert_eq!(run.json(), json!({ "app_id": "a", "agent_id": null, "memory_scope": null }));
}

#[test]
fn refusals_and_malformed_answers_have_exit_codes() {
    for (status, body, exit) in [
        (200, "[]", 1),
        (200, "rubbish", 1),
        (400, r#"{"error":"invalid_request","message":"No."}"#, 2),
        (401, r#"{"error":"jwt_validation_error","message":"No."}"#, 3),
        (404, r#"{"error":"not_found","message":"No."}"#, 4),
    ] {
        let server = Server::json(status, body);
        let run = resolve(&server, AGENT_KEY).arg("--user-token").arg(JWT).run();
        run.exits(exit).prints("").hides("MARKED");
        assert_eq!(server.seen().len(), 1);
    }
}
