//! Pages on which a person decides: about a connection, a sign-in, a call that waits. One form, a button that says yes
//! and one that says no, and no script. Their addresses hold a token that nobody can guess.

use crate::base::html::escape;

use super::html::{Account, Page};
use crate::portal::http::browser;
use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::manage::apps::App;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::sdk::approvals::{self, Approval};
use crate::portal::sdk::completion::{self, Said};
use crate::portal::sdk::sessions::{Session, What};
use crate::portal::store::Tables;
use crate::portal::store::state::State;
use crate::portal::timestamp::Stamp;

/// The pages, by the first part of their path.
const PAGES: [&str; 3] = ["approvals", "connect", "sign-in"];

/// What to do where there is nothing to decide.
const NEXT: &str = "Ask the app for a new link.";

/// Answers a request for one of these pages; nothing where it is for another.
pub(super) fn answer(portal: &Portal, account: &Account, request: &Request) -> Option<Response> {
    let (name, token) = request.path.strip_prefix('/')?.split_once('/')?;
    if !PAGES.contains(&name) || token.contains('/') {
        return None;
    }
    Some(match request.method.as_str() {
        "GET" => show(portal, account, name, token),
        "POST" => decide(portal, account, request, name, token),
        _ => account
            .problem(405, "Not allowed", "This page is not used that way.", NEXT)
            .with("Allow", "GET, POST"),
    })
}

fn show(portal: &Portal, account: &Account, name: &str, token: &str) -> Response {
    let store = portal.store();
    let question = if name == "approvals" {
        let tables = &store.state.tables;
        approvals::find(tables, token).map(|found| approval(tables, found))
    } else {
        let session = store.state.tables.of::<Session>().get(token);
        session.map(|session| self::session(&store.state, session))
    };
    match question {
        None => account.problem(404, "Not found", "There is nothing to decide here.", NEXT),
        Some(Err(status)) => done(account, &format!("This has been decided already: {status}.")),
        Some(Ok(content)) => {
            let (yes, no) =
                if name == "sign-in" { ("Sign in", "Cancel") } else { ("Allow", "Deny") };
            let form = format!(
                "<form class=\"card\" method=\"post\" action=\"/{name}/{}\">\n{content}\
                 <div class=\"actions\">\n\
                 <button class=\"main\" name=\"decision\" value=\"yes\">{yes}</button>\n\
                 <button name=\"decision\" value=\"no\">{no}</button>\n</div>\n</form>\n",
                escape(token)
            );
            account.page(&Page {
                status: 200,
                title: "Your decision",
                content: &form,
                policy: "form-action 'self'",
                wide: false,
            })
        }
    }
}

fn decide(
    portal: &Portal,
    account: &Account,
    request: &Request,
    name: &str,
    token: &str,
) -> Response {
    if !browser::is_own_form(request) {
        return account.problem(
            403,
            "Not allowed",
            "This form was not sent from its own page.",
            NEXT,
        );
    }
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    let yes = match form.get("decision") {
        Some("yes") => true,
        Some("no") => false,
        _ => {
            return account.problem(
                400,
                "Nothing decided",
                "The form says neither yes nor no.",
                NEXT,
            );
        }
    };
    let now = Stamp::now();
    let mut store = portal.store();
    let mut approved = None;
    let decided = if name == "approvals" {
        let open = approvals::find(&store.state.tables, token).is_some_and(Approval::is_pending);
        approved = approvals::decide(&mut store.state.tables, token, yes, now);
        open
    } else if yes {
        completion::approve(&mut store.state, token, &said(&form), now)
    } else {
        completion::deny(&mut store.state, token, now)
    };
    if let Err(message) = store.save() {
        return account.problem(503, "The decision was not saved", &message, NEXT);
    }
    if !decided {
        let message = "What was entered does not do, or the time for it is over.";
        return account.problem(409, "Nothing was done", message, NEXT);
    }
    let word = if yes { "allowed" } else { "denied" };
    let page = done(account, &format!("It is {word}. You can close this page."));
    let Some(approved) = approved else {
        return page;
    };
    drop(store);
    let (mut store, page) = portal.finish(approved, page);
    match store.save() {
        Ok(()) => page,
        Err(message) => account.problem(503, "The result was not saved", &message, NEXT),
    }
}

fn done(account: &Account, message: &str) -> Response {
    let content = format!("<div class=\"card\"><h1>Done</h1>\n<p>{}</p></div>\n", escape(message));
    account.page(&Page {
        status: 200,
        title: "Done",
        content: &content,
        policy: "form-action 'none'",
        wide: false,
    })
}

fn said(form: &Pairs) -> Said {
    let text =
        |name: &str| form.get(name).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let picked = text("user").filter(|user| user != "new").or_else(|| text("email"));
    Said { account: text("account"), credential: text("credential"), user: picked }
}

/// What a call that waits asks, or how it was decided.
fn approval(tables: &Tables, approval: &Approval) -> Result<String, String> {
    if !approval.is_pending() {
        return Err(approval.status().to_owned());
    }
    let rows = approval.question(tables).map(|(name, value)| row(name, &value)).concat();
    Ok(format!("<h1>Let this call be made?</h1>\n<dl>\n{rows}</dl>\n"))
}

/// What a session asks, or how it was decided.
fn session(state: &State, session: &Session) -> Result<String, String> {
    if !session.is_open(Stamp::now()) {
        let status = if session.status == "pending" { "expired" } else { &session.status };
        return Err(status.to_owned());
    }
    let app = state.tables.of::<App>().get(&session.app_id).map_or("An app", |app| &app.name);
    let app = escape(app);
    Ok(match &session.what {
        What::Connect(connect) => {
            let providers = connect.providers.join(", ");
            format!(
                "<h1>Connect {} to {app}?</h1>\n<dl>\n{}</dl>\n{}",
                escape(&providers),
                row("Providers", &providers),
                field("account", "Account at the provider", "text", "demo@example.com"),
            )
        }
        What::Secret(secret) => {
            let stored = state.tables.of::<StoredSecret>().get(&secret.secret_id);
            let name = escape(stored.map_or("a service", |stored| &stored.secret.name));
            let own = match secret.grant_id {
                Some(_) => String::new(),
                None => field("credential", "Your own key", "password", ""),
            };
            format!("<h1>Let {app} use {name} for you?</h1>\n{own}")
        }
        What::SignIn => {
            let users = state.tables.of::<User>().of_app(&session.app_id);
            let users: String = users.filter(|user| user.is_active()).map(choice).collect();
            format!(
                "<h1>Sign in to {app}</h1>\n<fieldset>\n<legend>Who are you?</legend>\n{users}\
                 <label><input type=\"radio\" name=\"user\" value=\"new\"> Somebody new</label>\n</fieldset>\n{}",
                field("email", "E-mail address of somebody new", "email", ""),
            )
        }
    })
}

fn choice(user: &User) -> String {
    let name = user.display_name.as_deref().or(user.email.as_deref()).unwrap_or(&user.id);
    let (id, name) = (escape(&user.id), escape(name));
    format!("<label><input type=\"radio\" name=\"user\" value=\"{id}\"> {name}</label>\n")
}

fn row(name: &str, value: &str) -> String {
    format!("<dt>{name}</dt><dd>{}</dd>\n", escape(value))
}

fn field(name: &str, label: &str, kind: &str, value: &str) -> String {
    format!(
        "<p class=\"field\"><label>{label} <input type=\"{kind}\" name=\"{name}\" value=\"{value}\" autocomplete=\"off\"></label></p>\n"
    )
}
