//! Sessions that a person completes on a page: connecting accounts and secrets, and signing in.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::portal::handler::call::Call;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Policy;
use crate::portal::random;
use crate::portal::store::{Row, Tables};
use crate::portal::timestamp::Stamp;

const LIFE: i64 = 600;
const TOKEN_LENGTH: usize = 40;

/// The code and the message of a session that could not be completed because of what happened since it was made.
pub(crate) const CHANGED: (&str, &str) = (
    "connect_config_error",
    "The app, a provider, an agent or the user has changed since this was asked for.",
);

/// A session, found by its token.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Session {
    token: String,
    pub(crate) app_id: String,
    pub(crate) what: What,
    /// `pending`, `completed`, `denied` or `failed`.
    pub(crate) status: String,
    pub(crate) expires_at: Stamp,
    /// The user it is for, or who signed in.
    pub(crate) user_id: Option<String>,
    /// The grants of what was connected.
    pub(crate) grant_ids: Vec<String>,
    /// Those among them that were there before.
    #[serde(default)]
    pub(crate) again: Vec<String>,
}

/// What a session is for.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum What {
    Connect(Connect),
    Secret(OwnKey),
    SignIn,
}

/// Accounts at OAuth providers are to be connected.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Connect {
    pub(crate) providers: Vec<String>,
    /// The scopes to ask for, by provider; of the others, all that the app asks for.
    #[serde(default)]
    pub(crate) required: BTreeMap<String, Vec<String>>,
    /// The grant that a new sign-in repairs.
    pub(crate) repairs: Option<String>,
    pub(crate) terms: Terms,
}

/// A managed secret is to be used, or a user's own key for its service.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OwnKey {
    pub(crate) secret_id: String,
    /// The grant that the user has of it already.
    pub(crate) grant_id: Option<String>,
    pub(crate) terms: Terms,
}

/// What comes with a connection: how long it lasts, to which agent it is passed on, and where its page reports to.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) agent_id: Option<String>,
    /// Without it, a delegation that is there already keeps what it has.
    pub(crate) delegable: Option<bool>,
    pub(crate) constraint: Option<Vec<String>>,
    pub(crate) label: Option<String>,
    pub(crate) policy: Policy,
    pub(crate) return_url: Option<String>,
    /// The origin of the page that opens the widget.
    #[serde(default)]
    pub(crate) allowed_origin: Option<String>,
}

impl Row for Session {
    const TABLE: &'static str = "runtime_sessions";

    fn id(&self) -> &str {
        &self.token
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Session {
    /// A session that was not opened yet.
    pub(super) fn new(
        prefix: &str,
        app_id: &str,
        what: What,
        user: Option<&User>,
        now: Stamp,
    ) -> Self {
        Self {
            token: format!("{prefix}{}", random::alphanumeric(TOKEN_LENGTH)),
            app_id: app_id.to_owned(),
            what,
            status: "pending".to_owned(),
            expires_at: now.plus(LIFE),
            user_id: user.map(|user| user.id.clone()),
            grant_ids: Vec::new(),
            again: Vec::new(),
        }
    }

    /// What it is found by.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// What comes with its connections; a sign-in has nothing of the kind.
    pub(crate) fn terms(&self) -> Option<&Terms> {
        match &self.what {
            What::Connect(connect) => Some(&connect.terms),
            What::Secret(secret) => Some(&secret.terms),
            What::SignIn => None,
        }
    }

    /// Returns `reauth` for a grant that was there before, else `creation`.
    pub(crate) fn operation(&self, grant_id: &str) -> &'static str {
        let again = self.again.iter().any(|id| id == grant_id);
        if again { "reauth" } else { "creation" }
    }

    /// Whether a person may still decide.
    pub(crate) fn is_open(&self, now: Stamp) -> bool {
        self.status == "pending" && now < self.expires_at
    }

    /// Whether what came of it may still be fetched: a token that signs in is not good for ever.
    pub(super) fn is_fresh(&self, now: Stamp) -> bool {
        now < self.expires_at.plus(LIFE)
    }

    /// The answer that gives it out, the page under this name.
    pub(super) fn given(&self, call: &Call<'_>, name: &str, page: &str) -> Value {
        json!({
            "session_token": self.token, name: format!("{}/{page}/{}", call.origin(), self.token),
            "expires_in": self.expires_at.0 - call.now.0, "expires_at": self.expires_at,
        })
    }
}

/// The session of a token, of this app.
pub(super) fn find<'a>(call: &'a Call<'_>, token: &str) -> Option<&'a Session> {
    let session = call.state.tables.of::<Session>().get(token)?;
    (session.app_id == call.params.get("app")).then_some(session)
}

/// Whether a session of an app still waits for a person.
pub(super) fn waits(tables: &Tables, token: &str, app_id: &str, now: Stamp) -> bool {
    let session = tables.of::<Session>().get(token);
    session.is_some_and(|session| session.app_id == app_id && session.is_open(now))
}
