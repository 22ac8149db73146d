//! What the browser widget expects of the connect page: a page that opens by the fragment of its address, and a report of
//! the outcome, to the window that opened it or in the address that the browser is led back to.

use std::sync::LazyLock;

use ring::digest;
use serde_json::{Value, json};

use super::brand::{Brand, Notice, origin};
use super::html::{Look, Page, document};
use crate::base::origin::segment;
use crate::portal::catalogues::providers;
use crate::portal::http::response::Response;
use crate::portal::manage::apps::App;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::sdk::connections;
use crate::portal::sdk::sessions::{CHANGED, Session};
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;
use crate::protocol::base64;

/// The page that the widget opens.
pub(crate) const PATH: &str = "/sdk/oauth/connect";
const SCRIPT: &str = include_str!("widget.js");

/// What lets this script run, and no other.
static SCRIPT_POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = base64::standard(digest::digest(&digest::SHA256, SCRIPT.as_bytes()).as_ref());
    format!("script-src 'sha256-{hash}'")
});

/// How a person came to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Flow {
    /// By its own address: no script.
    Page,
    /// In a window that the app's page waits for.
    Popup,
    /// In the app's own window.
    Redirect,
}

impl Flow {
    /// Reads the parameter `flow` of the page's address.
    pub(super) fn of(text: Option<&str>) -> Self {
        match text {
            Some("popup") => Self::Popup,
            Some("redirect") => Self::Redirect,
            _ => Self::Page,
        }
    }

    /// The parameter, for the address of the page's form.
    pub(super) fn query(self) -> &'static str {
        match self {
            Self::Page => "",
            Self::Popup => "?flow=popup",
            Self::Redirect => "?flow=redirect",
        }
    }
}

/// The page that the widget opens: its script finds the session in the fragment, which no server is sent.
pub(super) fn launcher() -> Response {
    let content = format!(
        "<div class=\"card\" id=\"nothing\" hidden>\n<h1 class=\"bad\">Nothing to connect</h1>\n\
         <p>The address names no session. Go back to the app and begin again.</p>\n</div>\n\
         <noscript><div class=\"card\"><p>This page needs JavaScript. The app can send you to a page without it.</p></div></noscript>\n\
         <script>{SCRIPT}</script>\n"
    );
    let policy = format!("form-action 'none'; {}", *SCRIPT_POLICY);
    let page =
        Page { status: 200, title: "Connect", content: &content, policy: &policy, wide: false };
    document(&page, &Look::default())
}

/// What became of a session.
#[derive(Debug)]
pub(super) enum Outcome {
    /// Facts of what was connected.
    Connected(Vec<Value>),
    /// A code, and what it means.
    Failed(&'static str, &'static str),
}

impl Outcome {
    /// Returns the outcome of a session; none while it is open.
    pub(super) fn of(tables: &Tables, session: &Session, now: Stamp) -> Option<Self> {
        match session.status.as_str() {
            "completed" => Some(Self::Connected(facts(tables, session, now))),
            "denied" => Some(Self::Failed("connect_denied", "The user said no.")),
            "failed" => Some(Self::Failed(CHANGED.0, CHANGED.1)),
            _ if session.is_open(now) => None,
            _ => Some(Self::Failed("session_expired", "The time for this session is over.")),
        }
    }

    fn message(&self) -> Value {
        match self {
            Self::Connected(grants) => json!({ "type": "alter_connect_success", "grants": grants }),
            Self::Failed(code, why) => json!({
                "type": "alter_connect_error", "error": code, "error_description": why,
            }),
        }
    }

    /// The address that the browser is led back to.
    fn address(&self, url: &str) -> String {
        let mut pairs: Vec<(&str, String)> = Vec::new();
        match self {
            Self::Connected(grants) => {
                pairs.push(("alter_connect_success", "true".to_owned()));
                let first = grants.first().and_then(Value::as_object);
                for (name, value) in first.into_iter().flatten() {
                    match value {
                        Value::String(text) => pairs.push((name, text.clone())),
                        Value::Array(all) => {
                            let texts = all.iter().filter_map(Value::as_str).collect::<Vec<_>>();
                            pairs.push((name, texts.join(",")));
                        }
                        _ => {}
                    }
                }
            }
            Self::Failed(code, why) => {
                pairs.push(("alter_connect_error", "true".to_owned()));
                pairs.push(("error_code", (*code).to_owned()));
                pairs.push(("error_description", (*why).to_owned()));
            }
        }
        let pairs: Vec<String> =
            pairs.iter().map(|(name, value)| format!("{name}={}", segment(value))).collect();
        let (url, fragment) = match url.split_once('#') {
            Some((url, fragment)) => (url, format!("#{fragment}")),
            None => (url, String::new()),
        };
        let between = match url.split_once('?') {
            None => "?",
            Some((_, "")) => "",
            Some(_) => "&",
        };
        format!("{url}{between}{}{fragment}", pairs.join("&"))
    }

    /// Reports the outcome the way that the person came.
    pub(super) fn answer(
        &self,
        tables: &Tables,
        session: &Session,
        flow: Flow,
        brand: &Brand,
    ) -> Response {
        let back = session.terms().and_then(|terms| terms.return_url.as_deref());
        if let (Flow::Page | Flow::Redirect, Some(url)) = (flow, back) {
            return Response::html(303, String::new())
                .with("Location", self.address(url))
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-store");
        }
        let report = match flow {
            Flow::Popup => {
                let origin = waiting(tables, session);
                // In markup, a `<` could end the element.
                let data = json!({ "message": self.message(), "origin": origin }).to_string();
                let data = data.replace('<', "\\u003c");
                format!(
                    "<script type=\"application/json\" id=\"alter-connect\">{data}</script>\n<script>{SCRIPT}</script>\n"
                )
            }
            Flow::Page | Flow::Redirect => String::new(),
        };
        let policy = format!("form-action 'none'; {}", *SCRIPT_POLICY);
        let name = &brand.name;
        let (title, message) = match self {
            Self::Connected(grants) => ("Connected", connected(grants, name)),
            Self::Failed("connect_denied", _) => (
                "Nothing was connected",
                format!("You said no. {name} cannot use your accounts by this."),
            ),
            Self::Failed(..) => (
                "Too late",
                format!("The time for this has run out. Go back to {name} and begin again."),
            ),
        };
        let message = format!("{message} You can close this page.");
        brand.notice(&Notice {
            status: 200,
            title,
            message: &message,
            more: &report,
            policy: &policy,
        })
    }
}

fn connected(grants: &[Value], app: &str) -> String {
    let text = |grant: &Value, name: &str| grant[name].as_str().unwrap_or_default().to_owned();
    let all = grants.iter().map(|grant| {
        format!("{} ({})", text(grant, "provider_name"), text(grant, "account_identifier"))
    });
    format!("{app} can now use {}.", all.collect::<Vec<_>>().join(", "))
}

/// The origin of the page that waits: the one that the session names, else that of the app's website.
fn waiting(tables: &Tables, session: &Session) -> Option<String> {
    let given = session.terms().and_then(|terms| terms.allowed_origin.clone());
    given.or_else(|| {
        let app = tables.of::<App>().get(&session.app_id)?;
        app.website_url.as_deref().and_then(origin).map(str::to_owned)
    })
}

/// The grants of a session as the widget reads them.
fn facts(tables: &Tables, session: &Session, now: Stamp) -> Vec<Value> {
    let grants = session.grant_ids.iter().filter_map(|id| tables.of::<Grant>().get(id));
    grants.map(|grant| fact(tables, session, grant, now)).collect()
}

fn fact(tables: &Tables, session: &Session, grant: &Grant, now: Stamp) -> Value {
    let secret = grant.secret_id().and_then(|id| tables.of::<StoredSecret>().get(id));
    let of_secret = secret.and_then(|stored| stored.secret.account_identifier.as_deref());
    let account = grant.account().or(of_secret).map(str::to_owned);
    let account = account.unwrap_or_else(|| connections::account(tables, session));
    let name = match secret {
        Some(stored) => stored.secret.name.as_str(),
        None => provider_name(grant.provider_id()),
    };
    let user = session.user_id.as_ref().and_then(|id| tables.of::<User>().get(id));
    json!({
        "grant_id": grant.id, "provider": grant.provider_id(), "provider_name": name,
        "account_identifier": account, "timestamp": now, "operation": session.operation(&grant.id),
        "scopes": grant.scopes(), "status": "active",
        "metadata": {
            "account_display_name": account, "account_email": user.and_then(|user| user.email.as_ref()),
        },
    })
}

/// What a provider is called.
pub(super) fn provider_name(id: &str) -> &str {
    providers::find(id).map_or(id, |provider| provider.name.as_str())
}

/// What a page's policy says of its form: where the form goes, and where its answer may lead to.
pub(super) fn form_policy(session: &Session) -> String {
    let back = session.terms().and_then(|terms| terms.return_url.as_deref());
    format!("form-action 'self' {}", back.and_then(origin).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_query_and_the_fragment_of_an_address_are_kept() {
        let no = Outcome::Failed("connect_denied", "No.");
        let end = "alter_connect_error=true&error_code=connect_denied&error_description=No.";
        for (url, wanted) in [
            ("https://a.example/b", format!("https://a.example/b?{end}")),
            ("https://a.example/b?", format!("https://a.example/b?{end}")),
            ("https://a.example/b?c=1#d", format!("https://a.example/b?c=1&{end}#d")),
        ] {
            assert_eq!(no.address(url), wanted);
        }
        let grant = json!({ "grant_id": "g", "scopes": ["a b", "c"], "metadata": { "x": "y" } });
        assert_eq!(
            Outcome::Connected(vec![grant]).address("https://a.example"),
            "https://a.example?alter_connect_success=true&grant_id=g&scopes=a%20b%2Cc"
        );
    }
}
