//! Signing in: a program asks, a person decides, and the program's listener gets a PAT.

use serde_json::json;
use subtle::ConstantTimeEq;

use super::ask::Ask;
use super::html::{escape, hidden, page, problem};
use super::scope_texts::explain;
use crate::http::browser;
use crate::http::form::Pairs;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::journal::{self, Principal, Subject};
use crate::portal::Portal;
use crate::random;
use crate::resources::pats::{self, NewPat};
use crate::stamp::Stamp;

const COOKIE: &str = "alter_csrf";
const TOKEN_LENGTH: usize = 43;
const EXPIRIES: [i64; 3] = [7, 30, 90];
const EXPIRY_DEFAULT: i64 = 30;

/// Shows what is asked for.
pub(super) fn show(portal: &Portal, request: &Request) -> Response {
    let ask = match Ask::read(&Pairs::parse(&request.query)) {
        Ok(ask) => ask,
        Err(message) => return refused(&message),
    };
    // A page elsewhere could have this one fetched or framed, and the PAT sent to a port of its choice.
    if portal.settings.auto_approve && browser::is_navigation(request) {
        return approve(portal, &ask, EXPIRY_DEFAULT);
    }
    // A second tab goes on with the token of the first, or else the first could not be submitted any more.
    let token = cookie(request).map_or_else(|| random::alphanumeric(TOKEN_LENGTH), str::to_owned);
    let cookie = format!("{COOKIE}={token}; Path=/cli; HttpOnly; SameSite=Strict");
    page(200, "Sign in", &question(&ask, &account(portal), &token), "form-action 'self'")
        .with("Set-Cookie", cookie)
}

/// Carries out what the person decided.
pub(super) fn decide(portal: &Portal, request: &Request) -> Response {
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    if !is_own_form(request, form.get("csrf").unwrap_or_default()) {
        let message =
            "This form was not sent from the sign-in page. Start over from the command line.";
        return problem(403, "Not allowed", message);
    }
    let ask = match Ask::read(&form) {
        Ok(ask) => ask,
        Err(message) => return refused(&message),
    };
    match form.get("decision") {
        Some("deny") => {
            let fields = hidden("state", &ask.state) + &hidden("error", "access_denied");
            post_back(&ask, "Denied", "Nothing was granted.", &fields)
        }
        Some("authorize") => match form.get("expires_in_days").map(str::parse) {
            Some(Ok(days)) if EXPIRIES.contains(&days) => approve(portal, &ask, days),
            _ => refused("The expiry is not one of those on the page."),
        },
        _ => refused("The form says neither authorize nor deny."),
    }
}

fn refused(message: &str) -> Response {
    problem(400, "This sign-in link cannot be used", message)
}

/// Double submit, and no form from elsewhere: other ports of this machine share its cookies.
fn is_own_form(request: &Request, token: &str) -> bool {
    browser::is_own_form(request)
        && cookie(request)
            .is_some_and(|cookie| bool::from(cookie.as_bytes().ct_eq(token.as_bytes())))
}

fn cookie(request: &Request) -> Option<&str> {
    let cookies = request.header("cookie")?.split(';');
    let mut pairs = cookies.filter_map(|pair| pair.trim().split_once('='));
    let (_, token) = pairs.find(|(name, _)| *name == COOKIE)?;
    let well_formed =
        token.len() == TOKEN_LENGTH && token.bytes().all(|byte| byte.is_ascii_alphanumeric());
    well_formed.then_some(token)
}

fn account(portal: &Portal) -> String {
    let store = portal.store();
    let (user, organization) = (&store.state.user, &store.state.organization);
    format!("{} ({})", user.email, organization.name)
}

fn question(ask: &Ask, account: &str, token: &str) -> String {
    let days = EXPIRIES.map(|days| {
        let checked = if days == EXPIRY_DEFAULT { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"expires_in_days\" value=\"{days}\"{checked}> {days} days</label>\n")
    });
    let scopes: String = ask.scopes.iter().map(|scope| permission(scope)).collect();
    let (client, host) = (escape(&ask.client), escape(&ask.host));
    format!(
        "<form class=\"card\" method=\"post\" action=\"/cli/authorize\">\n\
         <h1>Let {client} use your account?</h1>\n\
         <p>It asks for an access token. Go on only if you have just started this sign-in yourself.</p>\n\
         <dl>\n<dt>Program</dt><dd>{client}</dd>\n<dt>Computer</dt><dd>{host}</dd>\n\
         <dt>Account</dt><dd>{}</dd>\n<dt>Token goes to</dt><dd><code>{}</code></dd>\n</dl>\n\
         <h2>It will be able to</h2>\n<ul class=\"scopes\">\n{scopes}</ul>\n\
         <fieldset>\n<legend>The token expires after</legend>\n{}</fieldset>\n{}\
         <div class=\"actions\">\n\
         <button class=\"main\" name=\"decision\" value=\"authorize\">Authorize</button>\n\
         <button name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</form>\n",
        escape(account),
        escape(&ask.callback()),
        days.concat(),
        [
            hidden("csrf", token),
            hidden("callback", &ask.callback()),
            hidden("state", &ask.state),
            hidden("scopes", &ask.scopes.join(",")),
            hidden("client", &ask.client),
            hidden("host", &ask.host),
        ]
        .concat(),
    )
}

fn permission(scope: &str) -> String {
    let meaning = explain(scope);
    let (words, scope) = (escape(&meaning.words), escape(scope));
    if meaning.dangerous {
        return format!(
            "<li class=\"danger\"><strong>Careful:</strong> {words}<code>{scope}</code></li>\n"
        );
    }
    format!("<li>{words}<code>{scope}</code></li>\n")
}

fn approve(portal: &Portal, ask: &Ask, days: i64) -> Response {
    let now = Stamp::now();
    let mut store = portal.store();
    let new = NewPat {
        name: format!("alter-cli on {}", ask.host),
        plaintext: pats::fresh_plaintext(),
        scopes: ask.scopes.clone(),
        created_at: now,
        expires_at: Some(now.plus_days(days)),
        revoked_at: None,
    };
    let stored = pats::add(&mut store.state, new);
    let (pat, plaintext) = (stored.pat, stored.plaintext);
    let person = Principal::person(&store.state.user.id, &store.state.user.email);
    let subject = Subject { kind: "pat", id: &pat.id, app_id: None };
    let details = json!({ "name": pat.name, "client": ask.client, "scopes": pat.scopes });
    journal::note(&mut store.state, now, "pat.minted", person, subject, details);
    if let Err(message) = store.save() {
        return problem(503, "The token was not kept", &message);
    }
    let fields = hidden("state", &ask.state) + &hidden("pat", &plaintext);
    post_back(ask, "Authorized", "The token is on its way to the command line.", &fields)
}

/// A form that sends itself to the listener. In a body, because a URL ends up in histories and logs.
fn post_back(ask: &Ask, title: &str, message: &str, fields: &str) -> Response {
    let nonce = random::alphanumeric(24);
    let content = format!(
        "<form class=\"card\" id=\"back\" method=\"post\" action=\"{}\">\n<h1>{title}</h1>\n\
         <p>{message} If this page stays, press the button.</p>\n{fields}\
         <div class=\"actions\"><button class=\"main\">Continue</button></div>\n</form>\n\
         <script nonce=\"{nonce}\">document.getElementById(\"back\").submit()</script>\n",
        ask.callback()
    );
    let policy = format!("script-src 'nonce-{nonce}'; form-action {}", ask.origin());
    page(200, title, &content, &policy)
}
