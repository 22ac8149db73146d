//! What the portal answered, and the failure that an answer may mean.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use serde_json::value::RawValue;

use super::retry;
use crate::base::failure::{Failure, Kind};
use crate::base::redact;
use crate::base::time;
use crate::input::text;
use crate::output::shell;

/// The command that gets a PAT with more scopes, up to their names.
pub(crate) const ADD_SCOPES: &str = "alter auth login --add-scopes";

/// Characters of an unexpected body that a message shows.
const MAX_SHOWN: usize = 200;

/// An answer, read to its end.
#[derive(Debug)]
pub(crate) struct Response {
    /// The status code.
    pub(crate) status: u16,
    /// The body as it came.
    pub(crate) body: Vec<u8>,
    /// The command that shows whether the change was made, where the request was to change something.
    pub(crate) look: Option<String>,
    /// The app that the request acted on.
    pub(crate) app: Option<String>,
    /// Whether an earlier try of the same request may have done its work without an answer.
    pub(crate) unanswered_before: bool,
    headers: Vec<(String, String)>,
}

/// What the body of a refusal says.
#[derive(Debug, Default)]
pub(crate) struct PortalError {
    /// Such as `app_not_found`.
    pub(crate) code: Option<String>,
    /// A sentence for people.
    pub(crate) message: Option<String>,
    /// The scopes that the PAT has, where it lacks one.
    pub(crate) granted: Vec<String>,
    missing: Vec<String>,
}

#[derive(Deserialize)]
struct Envelope {
    error: Option<String>,
    message: Option<String>,
    #[serde(default, deserialize_with = "if_an_object")]
    details: Option<Details>,
    detail: Option<Value>,
}

#[derive(Deserialize)]
struct Details {
    missing: Option<Value>,
    required: Option<Value>,
    granted: Option<Value>,
}

/// Details of another shape say nothing here, and must not cost the code and the message beside them.
fn if_an_object<'de, D: Deserializer<'de>>(details: D) -> Result<Option<Details>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(details)?).ok())
}

impl PortalError {
    /// Whether the portal refused because the thing had been revoked before.
    pub(crate) fn says_revoked(&self) -> bool {
        matches!(
            self.code.as_deref(),
            Some(
                "key_already_revoked"
                    | "grant_already_revoked"
                    | "agent_revoked"
                    | "webhook_not_enabled"
            )
        )
    }
}

impl Response {
    /// An answer from its parts.
    pub(crate) fn new(status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Self {
        Self { status, body, look: None, app: None, unanswered_before: false, headers }
    }

    /// The value of a header; names are lower-case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// All headers.
    pub(crate) fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The portal's name for this exchange.
    pub(crate) fn request_id(&self) -> Option<String> {
        self.header("x-request-id").map(str::to_owned)
    }

    /// The body as text, without a byte order mark.
    pub(crate) fn text(&self) -> Result<&str, Failure> {
        str::from_utf8(text::without_mark(&self.body)).map_err(|_| self.broken("is not JSON"))
    }

    /// Seconds until another try makes sense, where the portal says so.
    pub(crate) fn retry_after(&self) -> Option<u64> {
        self.header("retry-after").and_then(|text| retry::seconds(text, time::now()))
    }

    /// Returns the id of the app that the path of the request named.
    pub(crate) fn app(&self) -> Option<&str> {
        self.app.as_deref()
    }

    /// The JSON of a good answer; anything else is the failure it means.
    pub(crate) fn json(&self) -> Result<&str, Failure> {
        self.accepted()?;
        let document = serde_json::from_slice::<&RawValue>(&self.body);
        document.map(RawValue::get).map_err(|_| self.broken("is not JSON"))
    }

    /// Refuses every status but 2xx.
    pub(crate) fn accepted(&self) -> Result<(), Failure> {
        match self.status {
            200..=299 => Ok(()),
            300..=399 => Err(self.with_doubt(self.redirected())),
            _ => Err(self.with_doubt(self.refused())),
        }
    }

    /// A failure that says so where the change may have been made although this answer does not say so.
    pub(crate) fn with_doubt(&self, failure: Failure) -> Failure {
        // Only a refusal says that nothing was done.
        let unclear = !matches!(self.status, 400..=499 | 501 | 503);
        match &self.look {
            Some(look) if unclear || self.unanswered_before => failure.in_doubt(look),
            _ => failure,
        }
    }

    /// How the body is compressed, which nobody asked for.
    pub(crate) fn coding(&self) -> Option<&str> {
        self.header("content-encoding").filter(|coding| !coding.eq_ignore_ascii_case("identity"))
    }

    /// An answer that breaks the contract, with its first characters.
    pub(crate) fn broken(&self, why: &str) -> Failure {
        if let Some(coding) = self.coding() {
            let why = format!(
                "is compressed ({coding}), which was not asked for (status {})",
                self.status
            );
            let failure = Failure::error("the portal's answer", why)
                .fix("have the portal, or the proxy before it, send it as it is");
            return self.with_doubt(failure.portal(None, self.request_id()));
        }
        // A body may have megabytes; what is shown lies well within this much of it.
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(MAX_SHOWN * 32)]);
        let text = redact::loose(&text);
        let shown: String = text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect();
        let shown = if shown.is_empty() { String::new() } else { format!(": {shown}") };
        let why = format!("{why} (status {}){shown}", self.status);
        let failure = Failure::error("the portal's answer", why).portal(None, self.request_id());
        self.with_doubt(failure)
    }

    /// What the body of a refusal says, as far as it can be read.
    pub(crate) fn error(&self) -> PortalError {
        let Ok(envelope) = serde_json::from_slice::<Envelope>(text::without_mark(&self.body))
        else {
            return PortalError::default();
        };
        let (missing, granted) = envelope.details.map_or((None, None), |details| {
            (details.missing.or(details.required), details.granted)
        });
        PortalError {
            code: envelope.error,
            message: envelope.message.or_else(|| envelope.detail.as_ref().and_then(validation)),
            granted: granted.map(words).unwrap_or_default(),
            missing: missing.map(words).unwrap_or_default(),
        }
    }

    fn redirected(&self) -> Failure {
        let to = self.header("location").unwrap_or("nowhere");
        Failure::error(
            "the portal",
            format!("answered with a redirect to {to}, which is not followed"),
        )
        .fix("check --base-url (ALTER_BASE_URL)")
        .portal(None, self.request_id())
    }

    fn refused(&self) -> Failure {
        let error = self.error();
        let (kind, what) = meaning(self.status);
        let what = if what.is_empty() {
            format!("the portal answered {}", self.status)
        } else {
            what.into()
        };
        let why = match (&error.message, &error.code) {
            (Some(message), _) => message.clone(),
            (None, Some(code)) => code.clone(),
            (None, None) => self.broken("is not what the contract says").message(),
        };
        let why = match error.missing.as_slice() {
            [] => why,
            missing => format!("{why} (missing scope: {})", missing.join(", ")),
        };
        let failure = Failure::new(kind, what, why).retry_after(self.retry_after());
        let failure = match fix(self.status, &error, self.app.as_deref()) {
            Some(fix) => failure.fix(fix),
            None => failure,
        };
        failure.portal(error.code, self.request_id())
    }
}

fn meaning(status: u16) -> (Kind, &'static str) {
    match status {
        400 | 422 => (Kind::Usage, "the portal refused the input"),
        401 => (Kind::Auth, "not signed in"),
        403 => (Kind::Forbidden, "not allowed"),
        404 => (Kind::NotFound, "not found"),
        409 => (Kind::Conflict, "conflict"),
        429 => (Kind::RateLimit, "too many requests"),
        _ => (Kind::Error, ""),
    }
}

fn fix(status: u16, error: &PortalError, app: Option<&str>) -> Option<String> {
    if status == 401 {
        return Some(
            "sign in with alter auth login, or set ALTER_PAT to a PAT that is valid".into(),
        );
    }
    let advice = match error.code.as_deref()? {
        "insufficient_scope" if !error.missing.is_empty() => {
            return Some(format!("{ADD_SCOPES} {}", error.missing.join(",")));
        }
        "app_archived" => {
            return app.map(|app| format!("alter apps unarchive {}", shell::word(app)));
        }
        "app_not_found" => "alter apps list",
        "key_not_found" => return Some(listing("keys list", app)),
        "agent_not_found" => return Some(listing("agents list", app)),
        "provider_not_found" => return Some(listing("providers list", app)),
        "secret_not_found" => return Some(listing("managed-secrets list", app)),
        "user_not_found" => return Some(listing("end-users list", app)),
        "group_not_found" => return Some(listing("managed-secrets groups list", app)),
        "trace_not_found" => "alter audit traces",
        "thread_not_found" => "alter audit threads",
        "last_active_key" | "active_grants" => "repeat with --force if that is what you want",
        "key_limit_reached" => "revoke a key that is no longer used: alter keys list",
        _ => return None,
    };
    Some(advice.into())
}

/// Returns the command that lists what there is in the app of the request.
fn listing(verb: &str, app: Option<&str>) -> String {
    let app = app.map_or_else(String::new, |app| format!(" --app {}", shell::word(app)));
    format!("alter {verb}{app}")
}

/// `{"detail": [{"loc": ["body", "name"], "msg": "…"}]}` as one sentence; a plain text as it is.
fn validation(detail: &Value) -> Option<String> {
    let Value::Array(problems) = detail else {
        return detail.as_str().map(str::to_owned);
    };
    let sentences: Vec<String> = problems
        .iter()
        .map(|problem| {
            let place = words(problem["loc"].clone());
            let place = place
                .iter()
                .skip(usize::from(place.len() > 1))
                .cloned()
                .collect::<Vec<_>>()
                .join(".");
            format!("{place}: {}", problem["msg"].as_str().unwrap_or("is not accepted"))
        })
        .collect();
    Some(sentences.join("; ")).filter(|text| !text.is_empty())
}

fn words(value: Value) -> Vec<String> {
    match value {
        Value::String(word) => vec![word],
        Value::Array(list) => list.into_iter().flat_map(words).collect(),
        Value::Number(number) => vec![number.to_string()],
        _ => Vec::new(),
    }
}
