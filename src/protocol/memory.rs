//! The memory scope of an identity: under which keys an agent may remember things about a user.

use serde::Serialize;
use serde_json::{Map, Value};

use super::base64;

/// Keys that no other app, agent or user shares.
#[derive(Debug, Serialize)]
pub(crate) struct MemoryScope {
    user_key: String,
    agent_key: String,
    app_key: String,
    namespace: Vec<String>,
    partition_key: String,
}

/// The scope of an identity, or why it has none.
pub(crate) fn scope(identity: &Map<String, Value>) -> Result<MemoryScope, &'static str> {
    let field = |name: &str| {
        let text = identity.get(name).and_then(Value::as_str);
        text.filter(|text| !text.is_empty())
    };
    let app = field("app_id").ok_or("memory_identity_unverified: the identity names no app")?;
    let agent = field("agent_id")
        .ok_or("memory_agent_required: only a managed agent has one, and this key is no agent's")?;
    let user = field("app_user_id").ok_or(
        "memory_user_required: the identity names no user; give --user-token or --app-user-id",
    )?;
    if field("user_status") != Some("active") {
        return Err("memory_user_not_active: the user is not active");
    }
    let mut namespace: Vec<String> = ["alter", "v2", "agent-user"].map(str::to_owned).into();
    namespace.extend([app, agent, user].map(|part| base64::url(part.as_bytes())));
    Ok(MemoryScope {
        user_key: format!("alter:user:{user}"),
        agent_key: format!("alter:agent:{agent}"),
        app_key: format!("alter:app:{app}"),
        partition_key: format!("{}/", namespace.join("/")),
        namespace,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(identity: &Value) -> Result<MemoryScope, &'static str> {
        scope(identity.as_object().unwrap())
    }

    #[test]
    fn an_agent_and_an_active_user_have_one() {
        let found = of(&json!({
            "app_id": "0f0f0f0f-1111-4222-8333-444444444444",
            "agent_id": "33333333-3333-4333-8333-333333333333",
            "app_user_id": "22222222-2222-4222-8222-222222222222",
            "user_status": "active",
        }))
        .unwrap();
        assert_eq!(
            found.partition_key,
            "alter/v2/agent-user/MGYwZjBmMGYtMTExMS00MjIyLTgzMzMtNDQ0NDQ0NDQ0NDQ0/MzMzMzMzMzMtMzMzMy00MzMzLTgzMzMtMzMzMzMzMzMzMzMz/MjIyMjIyMjItMjIyMi00MjIyLTgyMjItMjIyMjIyMjIyMjIy/"
        );
        assert_eq!(found.user_key, "alter:user:22222222-2222-4222-8222-222222222222");
    }

    #[test]
    fn nobody_else_has_one() {
        for (identity, code) in [
            (
                json!({ "app_id": "a", "app_user_id": "u", "user_status": "active" }),
                "memory_agent_required",
            ),
            (
                json!({ "app_id": "a", "agent_id": "g", "app_user_id": null }),
                "memory_user_required",
            ),
            (
                json!({ "app_id": "a", "agent_id": "g", "app_user_id": "u", "user_status": "suspended" }),
                "memory_user_not_active",
            ),
            (json!({ "agent_id": "g" }), "memory_identity_unverified"),
        ] {
            assert!(of(&identity).unwrap_err().starts_with(code));
        }
    }
}
