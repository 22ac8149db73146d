//! A portal and a provider for one test.

use serde_json::{Value, json};

use crate::support::server::Exchange;
use crate::support::{Alter, Play, Server, alter};

pub(crate) const KEY: &str = "alter_rk_abcdefghijklmnopqrstuv_iwpykn";
pub(crate) const GRANT: &str = "11111111-2222-4333-8444-555555555555";
pub(crate) const ACTOR: &str = "99999999-8888-4777-8666-555555555555";
/// What the portal hands out, and nobody but the provider may see.
pub(crate) const TOKEN: &str = "MARKED-provider-token-0123456789";

/// Both sides.
pub(crate) struct Stage {
    pub(crate) portal: Server,
    pub(crate) provider: Server,
}

/// The answer to a token request with some fields set.
pub(crate) fn token(fields: &Value) -> Value {
    let mut answer = json!({ "access_token": TOKEN, "grant_id": GRANT, "provider_id": "fake" });
    for (name, value) in fields.as_object().into_iter().flatten() {
        answer[name] = value.clone();
    }
    answer
}

/// A portal that hands out a credential and takes every report.
pub(crate) fn portal(token: Value) -> impl Fn(&Exchange) -> Play + Send + Sync {
    move |exchange| match exchange.target.as_str() {
        "/sdk/token" => {
            Play::with(200, &format!("X-Alter-Actor-ID: {ACTOR}\r\n"), token.to_string())
        }
        "/sdk/oauth/audit/api-call" => Play::json(201, "{}"),
        _ => Play::with(204, "", ""),
    }
}

impl Stage {
    /// A portal that hands out a credential with these fields, and a provider.
    pub(crate) fn new(
        fields: &Value,
        provider: impl Fn(&Exchange) -> Play + Send + Sync + 'static,
    ) -> Self {
        Self { portal: Server::new(portal(token(fields))), provider: Server::new(provider) }
    }

    /// `alter sdk-passthrough request` for a path of the provider.
    pub(crate) fn request(&self, path: &str) -> Alter {
        alter(["sdk-passthrough", "request", GRANT, "--url"])
            .arg(format!("{}{path}", self.provider.url()))
            .to(&self.portal)
            .env("ALTER_API_KEY", KEY)
    }

    /// The one audit row that was sent.
    #[track_caller]
    pub(crate) fn row(&self) -> Value {
        let seen = self.portal.seen();
        let rows: Vec<&Exchange> =
            seen.iter().filter(|seen| seen.target == "/sdk/oauth/audit/api-call").collect();
        assert_eq!(rows.len(), 1, "audit rows among {seen:?}");
        serde_json::from_str(&rows[0].body).expect("a JSON row")
    }

    /// The targets that the portal was asked for, in order.
    pub(crate) fn targets(&self) -> Vec<String> {
        self.portal.seen().into_iter().map(|seen| seen.target).collect()
    }
}
