//! Signing in: a program asks, a person decides, and the program's listener gets a PAT.

use crate::base::html::{escape, facts};
use serde_json::json;
use subtle::ConstantTimeEq;

use super::ask::Ask;
use super::html::{Account, Page, hidden};
use super::scope_texts::{Group, grouped};
use crate::portal::http::browser;
use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::manage::pats::{self, NewPat};
use crate::portal::portal_actions::{self, Principal, Subject};
use crate::portal::random;
use crate::portal::timestamp::Stamp;

const COOKIE: &str = "alter_csrf";
const TOKEN_LENGTH: usize = 43;
const EXPIRIES: [i64; 3] = [7, 30, 90];
const EXPIRY_DEFAULT: i64 = 30;
const START_OVER: &str =
    "Nothing was granted. Start over in your terminal: <code>alter auth login</code>.";

/// Shows what is asked for.
pub(super) fn show(portal: &Portal, account: &Account, request: &Request) -> Response {
    let ask = match Ask::read(&Pairs::parse(&request.query)) {
        Ok(ask) => ask,
        Err(message) => return refused(account, &message),
    };
    // A page elsewhere could have this one fetched or framed, and the PAT sent to a port of its choice.
    let decided = portal.settings.completion.answer().filter(|_| browser::is_navigation(request));
    match decided {
        Some(true) => return approve(portal, account, &ask, EXPIRY_DEFAULT),
        Some(false) => return deny(account, &ask),
        None => {}
    }
    // A second tab goes on with the token of the first, or else the first could not be submitted any more.
    let token = cookie(request).map_or_else(|| random::alphanumeric(TOKEN_LENGTH), str::to_owned);
    let cookie = format!("{COOKIE}={token}; Path=/cli; HttpOnly; SameSite=Strict");
    let content = question(&ask, account, &token);
    let policy = "form-action 'self'";
    account
        .page(&Page { status: 200, title: "Sign in", content: &content, policy, wide: false })
        .with("Set-Cookie", cookie)
}

/// Carries out what the person decided.
pub(super) fn decide(portal: &Portal, account: &Account, request: &Request) -> Response {
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    if !is_own_form(request, form.get("csrf").unwrap_or_default()) {
        let message = "This form was not sent from the sign-in page.";
        return account.problem(403, "Not allowed", message, START_OVER);
    }
    let ask = match Ask::read(&form) {
        Ok(ask) => ask,
        Err(message) => return refused(account, &message),
    };
    match form.get("decision") {
        Some("deny") => deny(account, &ask),
        Some("authorize") => match form.get("expires_in_days").map(str::parse) {
            Some(Ok(days)) if EXPIRIES.contains(&days) => approve(portal, account, &ask, days),
            _ => refused(account, "The expiry is not one of those on the page."),
        },
        _ => refused(account, "The form says neither authorize nor deny."),
    }
}

fn deny(account: &Account, ask: &Ask) -> Response {
    let fields = hidden("state", &ask.state) + &hidden("error", "access_denied");
    let message = "Nothing was granted.";
    post_back(account, ask, &Outcome { good: false, title: "Denied", message, fields })
}

fn refused(account: &Account, message: &str) -> Response {
    account.problem(400, "This sign-in link cannot be used", message, START_OVER)
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

fn question(ask: &Ask, account: &Account, token: &str) -> String {
    let days = EXPIRIES.map(|days| {
        let checked = if days == EXPIRY_DEFAULT { " checked" } else { "" };
        format!("<label><input type=\"radio\" name=\"expires_in_days\" value=\"{days}\"{checked}>{days} days</label>\n")
    });
    let groups = grouped(&ask.scopes);
    let facts = facts(&[
        ("Program", ask.client.as_str()),
        ("Computer", &ask.host),
        ("Account", &account.email),
        ("Organisation", &account.organization),
        ("Token goes to", &ask.origin()),
    ]);
    format!(
        "<form class=\"card\" method=\"post\" action=\"/cli/authorize\" aria-labelledby=\"question\">\n\
         <h1 id=\"question\">Let {} use your account?</h1>\n\
         <p>It asks for an access token. Go on only if you have just started this sign-in yourself.</p>\n\
         {facts}<h2>What the token may do</h2>\n{}<ul class=\"scopes\" role=\"list\">\n{}</ul>\n{}\
         <div class=\"decide\">\n<fieldset>\n<legend>Expires after</legend>\n{}</fieldset>\n\
         <div class=\"actions\">\n\
         <button class=\"main\" name=\"decision\" value=\"authorize\">Authorize</button>\n\
         <button name=\"decision\" value=\"deny\">Deny</button>\n</div>\n</div>\n</form>\n",
        escape(&ask.client),
        warning(&groups),
        groups.iter().map(permissions).collect::<String>(),
        [
            hidden("csrf", token),
            hidden("callback", &ask.callback()),
            hidden("state", &ask.state),
            hidden("scopes", &ask.scopes.join(",")),
            hidden("client", &ask.client),
            hidden("host", &ask.host),
        ]
        .concat(),
        days.concat(),
    )
}

/// Says beforehand what a long list could hide.
fn warning(groups: &[Group]) -> String {
    let verbs = groups.iter().flat_map(|group| &group.verbs);
    let count = match verbs.filter(|verb| verb.dangerous).count() {
        0 => return String::new(),
        1 => "One permission".to_owned(),
        count => format!("{count} permissions"),
    };
    format!(
        "<p class=\"careful\"><strong>Careful:</strong> {count} can remove things or change who has access, marked below.</p>\n"
    )
}

/// The row of a resource: its verbs, and what they mean.
fn permissions(group: &Group) -> String {
    let verbs = group.verbs.iter().map(|verb| {
        let (class, spoken) = if verb.dangerous {
            (" class=\"danger\"", "<span class=\"unseen\">careful, </span>")
        } else {
            ("", "")
        };
        let (resource, name) = (group.resource, verb.name);
        format!("<code{class} title=\"{resource}:{name}\">{spoken}{name}</code>")
    });
    let words = group.verbs.iter().map(|verb| {
        let words = escape(&verb.words);
        if verb.dangerous { format!("<span class=\"danger\">{words}</span>") } else { words }
    });
    format!(
        "<li><b>{}</b><span class=\"verbs\">{}</span><span class=\"words\">{}</span></li>\n",
        group.title,
        verbs.collect::<Vec<_>>().join(" "),
        words.collect::<Vec<_>>().join(" · "),
    )
}

fn approve(portal: &Portal, account: &Account, ask: &Ask, days: i64) -> Response {
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
    portal_actions::note(&mut store.state, now, "pat.minted", person, subject, details);
    if let Err(message) = store.save() {
        return account.problem(503, "The token was not saved", &message, START_OVER);
    }
    let fields = hidden("state", &ask.state) + &hidden("pat", &plaintext);
    let message = "The token is on its way to the command line.";
    post_back(account, ask, &Outcome { good: true, title: "Authorized", message, fields })
}

/// What the command line gets, and what the person sees.
struct Outcome {
    good: bool,
    title: &'static str,
    message: &'static str,
    fields: String,
}

/// A form that sends itself to the listener. In a body, because a URL ends up in histories and logs.
fn post_back(account: &Account, ask: &Ask, outcome: &Outcome) -> Response {
    let Outcome { good, title, message, fields } = outcome;
    let nonce = random::alphanumeric(24);
    let content = format!(
        "<form class=\"card\" id=\"back\" method=\"post\" action=\"{}\">\n<h1 class=\"{}\">{title}</h1>\n\
         <p>{message} If this page stays, press Continue.</p>\n{}{fields}\
         <div class=\"decide\"><div class=\"actions\"><button class=\"main\">Continue</button></div></div>\n</form>\n\
         <script nonce=\"{nonce}\">document.getElementById(\"back\").submit()</script>\n",
        ask.callback(),
        if *good { "good" } else { "bad" },
        facts(&[
            ("Program", ask.client.as_str()),
            ("Account", &account.email),
            ("Organisation", &account.organization),
        ]),
    );
    let policy = format!("script-src 'nonce-{nonce}'; form-action {}", ask.origin());
    account.page(&Page { status: 200, title, content: &content, policy: &policy, wide: false })
}
