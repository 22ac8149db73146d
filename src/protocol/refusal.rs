//! What a refusal of the runtime side means.

use serde_json::{Map, Value};

use crate::base::failure::{Failure, Kind};
use crate::http::response::Response;

/// What a refusal says, as far as it can be read.
struct Said(Map<String, Value>);

impl Said {
    fn read(body: &[u8]) -> Self {
        let mut body: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
        if let Some(Value::Object(inner)) = body.remove("detail") {
            body = inner;
        }
        Self(body)
    }

    fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.as_str().filter(|text| !text.trim().is_empty())
    }

    fn words(&self, name: &str) -> Vec<&str> {
        self.0
            .get(name)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }
}

/// The failure that an answer other than 2xx is.
pub(crate) fn failure(response: &Response) -> Failure {
    if (300..400).contains(&response.status) {
        return response.accepted().err().unwrap_or_else(|| response.broken("is a redirect"));
    }
    let said = Said::read(&response.body);
    let (kind, what) = meaning(response.status);
    let (code, missing) = (said.text("error"), said.words("missing"));
    let what = match (what, code) {
        (_, Some("jwt_validation_error")) => "the portal does not accept the user's token".into(),
        ("", _) => format!("the portal answered {}", response.status),
        (what, _) => what.into(),
    };
    let why = said.text("message").or(code).map(str::to_owned).or_else(|| response.error().message);
    let why = why.unwrap_or_else(|| response.broken("does not say why").message());
    let why = if missing.is_empty() {
        why
    } else {
        format!("{why} (missing scope: {})", missing.join(", "))
    };
    let failure = Failure::new(kind, what, why)
        .portal(code.map(str::to_owned), response.request_id())
        .retry_after(retry_after(response, &said));
    match fix(code.unwrap_or_default(), &missing).or_else(|| said.text("hint").map(str::to_owned)) {
        Some(fix) => failure.fix(fix),
        None => failure,
    }
}

fn meaning(status: u16) -> (Kind, &'static str) {
    match status {
        400 | 422 => (Kind::Usage, "the portal refused the input"),
        401 => (Kind::Auth, "the portal does not accept the key"),
        403 => (Kind::Forbidden, "not allowed"),
        404 => (Kind::NotFound, "not found"),
        409 => (Kind::Conflict, "conflict"),
        429 => (Kind::RateLimit, "too many requests"),
        _ => (Kind::Error, ""),
    }
}

fn retry_after(response: &Response, said: &Said) -> Option<u64> {
    let header = response.header("retry-after").and_then(|text| text.trim().parse().ok());
    header.or_else(|| said.0.get("retry_after").and_then(Value::as_u64))
}

fn fix(code: &str, missing: &[&str]) -> Option<String> {
    let advice = match code {
        "insufficient_scope" if !missing.is_empty() => {
            return Some(format!(
                "use a key that has it: alter keys mint --name NAME --scopes {}",
                missing.join(",")
            ));
        }
        "restricted_grant_requires_proxy"
        | "delegated_grant_requires_proxy"
        | "hitl_grant_requires_proxy"
        | "user_limits_require_proxy" => {
            "the portal makes calls with this grant itself: use proxy mode of the SDK"
        }
        "invalid_key"
        | "key_revoked"
        | "key_expired"
        | "key_rotated_grace_expired"
        | "key_not_active" => "use another key: alter keys list, alter keys mint",
        "agent_inactive" => {
            "switch the agent on in the dashboard; alter agents list shows its status"
        }
        "jwt_validation_error" => "sign the user in again: the token is not valid any more",
        "grant_revoked" | "credential_revoked" | "grant_expired" | "scope_mismatch" => {
            "connect the account again"
        }
        "grant_not_found" | "no_delegated_grant" => "alter grants list",
        "policy_denied" | "policy_error" => {
            "find its trace with alter audit list --policy-decision DENY, then alter audit explain TRACE"
        }
        "timestamp_out_of_window" => "set this machine's clock right",
        "token_refresh_in_progress" => "try again in a second",
        _ => return None,
    };
    Some(advice.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(status: u16, body: &str) -> Failure {
        failure(&Response::new(
            status,
            vec![("retry-after".into(), "7".into())],
            body.as_bytes().to_vec(),
        ))
    }

    #[test]
    fn every_shape_of_a_refusal_is_read() {
        for (status, body, message) in [
            (
                403,
                r#"{"error":"insufficient_scope","message":"No.","missing":["audit:emit"]}"#,
                "not allowed: No. (missing scope: audit:emit)",
            ),
            (404, r#"{"detail":{"error":"grant_not_found"}}"#, "not found: grant_not_found"),
            (
                401,
                r#"{"error":"jwt_validation_error","message":"Expired."}"#,
                "the portal does not accept the user's token: Expired.",
            ),
            (500, r#"{"message":"Down."}"#, "the portal answered 500: Down."),
            (
                401,
                "<html>",
                "the portal does not accept the key: the portal's answer: does not say why (status 401): <html>",
            ),
            (
                422,
                r#"{"detail":[{"loc":["body","x"],"msg":"bad"}]}"#,
                "the portal refused the input: x: bad",
            ),
        ] {
            assert_eq!(refused(status, body).message(), message);
        }
        for (status, exit) in [
            (400, 2),
            (422, 2),
            (401, 3),
            (404, 4),
            (409, 5),
            (429, 6),
            (403, 7),
            (504, 1),
            (302, 1),
        ] {
            assert_eq!(refused(status, "{}").kind().exit(), exit);
        }
    }
}
