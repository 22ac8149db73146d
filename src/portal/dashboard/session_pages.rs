//! Pages on which an app's user connects accounts, or signs in: one form, a button that says yes and one that says no.
//! Only the widget's page has a script. Their addresses hold a token that nobody can guess.

use super::brand::{Brand, Notice};
use super::html::Page;
use super::terms_texts::{duration, restrictions};
use super::widget::{self, Flow, Outcome, provider_name};
use crate::base::html::{escape, facts};
use crate::portal::http::browser;
use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::instance::Portal;
use crate::portal::manage::agents::agent::StoredAgent;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::manage::managed_secrets::secret::StoredSecret;
use crate::portal::sdk::completion::{self, Said};
use crate::portal::sdk::connections;
use crate::portal::sdk::sessions::{Connect, OwnKey, Session, Terms, What};
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

const CLOSED: &str = "form-action 'none'";

/// Answers a request for one of these pages; nothing where it is for another, or for a session that is not there.
pub(super) fn answer(portal: &Portal, request: &Request) -> Option<Response> {
    if request.path == widget::PATH && request.method == "GET" {
        return Some(widget::launcher());
    }
    let (name, token) = request.path.strip_prefix('/')?.split_once('/')?;
    let signs_in = match name {
        "connect" => false,
        "sign-in" => true,
        _ => return None,
    };
    let session = portal.store().state.tables.of::<Session>().get(token).cloned();
    let session = session.filter(|session| matches!(session.what, What::SignIn) == signs_in);
    let Some(session) = session else {
        let message = "There is nothing to decide here. Ask the app for a new link.";
        return Some(Brand::none().notice(&Notice {
            status: 404,
            title: "Not found",
            message,
            more: "",
            policy: CLOSED,
        }));
    };
    let flow = Flow::of(Pairs::parse(&request.query).get("flow"));
    Some(match request.method.as_str() {
        "GET" => show(portal, &session, flow),
        "POST" => decide(portal, &session, flow, request),
        _ => {
            let message = "This page is not used that way.";
            let brand = Brand::of(&portal.store().state.tables, &session.app_id);
            let notice =
                Notice { status: 405, title: "Not allowed", message, more: "", policy: CLOSED };
            brand.notice(&notice).with("Allow", "GET, POST")
        }
    })
}

fn show(portal: &Portal, session: &Session, flow: Flow) -> Response {
    let store = portal.store();
    let (tables, now) = (&store.state.tables, Stamp::now());
    let brand = Brand::of(tables, &session.app_id);
    if let Some(outcome) = Outcome::of(tables, session, now) {
        return match (&session.what, flow) {
            // Nobody who looks at the address again is led away by it.
            (What::SignIn, _) | (_, Flow::Page) => over(session, &brand, now),
            _ => outcome.answer(tables, session, flow, &brand),
        };
    }
    let (name, yes, no, content) = match &session.what {
        What::Connect(connect) => {
            ("connect", "Allow", "Deny", accounts(tables, session, connect, &brand))
        }
        What::Secret(secret) => {
            ("connect", "Allow", "Deny", own_key(tables, session, secret, &brand))
        }
        What::SignIn => ("sign-in", "Sign in", "Cancel", users(tables, session, &brand)),
    };
    let form = format!(
        "<form class=\"card\" method=\"post\" action=\"/{name}/{}{}\">\n{content}\
         <div class=\"actions\">\n\
         <button class=\"main\" name=\"decision\" value=\"yes\">{yes}</button>\n\
         <button name=\"decision\" value=\"no\">{no}</button>\n</div>\n</form>\n",
        escape(session.token()),
        flow.query(),
    );
    let policy = widget::form_policy(session);
    let title = if name == "sign-in" { "Sign in" } else { "Connect" };
    brand.page(&Page { status: 200, title, content: &form, policy: &policy, wide: false })
}

fn over(session: &Session, brand: &Brand, now: Stamp) -> Response {
    let status = match session.status.as_str() {
        "pending" if !session.is_open(now) => "expired",
        status => status,
    };
    let message = format!("This has been decided already: {status}. You can close this page.");
    brand.notice(&Notice {
        status: 200,
        title: "Nothing to decide",
        message: &message,
        more: "",
        policy: CLOSED,
    })
}

fn decide(portal: &Portal, session: &Session, flow: Flow, request: &Request) -> Response {
    let mut store = portal.store();
    let brand = Brand::of(&store.state.tables, &session.app_id);
    let back = format!("<p><a href=\"{}\">Back to the question</a></p>\n", escape(&request.path));
    let problem = |status, title, message: &str| {
        let policy = CLOSED;
        brand.notice(&Notice { status, title, message, more: &back, policy })
    };
    if !browser::is_own_form(request) {
        return problem(403, "Not allowed", "This form was not sent from its own page.");
    }
    let form = Pairs::parse(&String::from_utf8_lossy(&request.body));
    let now = Stamp::now();
    let done = match form.get("decision") {
        Some("yes") => completion::approve(&mut store.state, session.token(), &said(&form), now),
        Some("no") => completion::deny(&mut store.state, session.token(), now),
        _ => return problem(400, "Nothing decided", "The form says neither yes nor no."),
    };
    if let Err(message) = store.save() {
        return problem(503, "The decision was not saved", &message);
    }
    let tables = &store.state.tables;
    let Some(session) = tables.of::<Session>().get(session.token()) else {
        return problem(409, "Nothing was done", "The app of this session is gone.");
    };
    match (done, &session.what) {
        (false, _) if !session.is_open(now) => match (flow, Outcome::of(tables, session, now)) {
            (Flow::Popup | Flow::Redirect, Some(outcome)) => {
                outcome.answer(tables, session, flow, &brand)
            }
            _ => problem(
                409,
                "Nothing was done",
                "It was decided before, or the time for it is over.",
            ),
        },
        (false, What::SignIn) => {
            let message = "Choose who you are, or enter the address of somebody new.";
            problem(409, "Nobody was chosen", message)
        }
        (false, _) => {
            let message = "Choose at least one account that is still offered.";
            problem(409, "Nothing was connected", message)
        }
        (true, What::SignIn) => signed_in(session, &brand),
        (true, _) => match Outcome::of(tables, session, now) {
            Some(outcome) => outcome.answer(tables, session, flow, &brand),
            None => over(session, &brand, now),
        },
    }
}

fn signed_in(session: &Session, brand: &Brand) -> Response {
    let (title, message) = match session.status.as_str() {
        "completed" => ("Signed in", format!("You are signed in to {}.", brand.name)),
        _ => ("Not signed in", format!("You are not signed in to {}.", brand.name)),
    };
    let message = format!("{message} You can close this page.");
    brand.notice(&Notice { status: 200, title, message: &message, more: "", policy: CLOSED })
}

fn said(form: &Pairs) -> Said {
    let text =
        |name: &str| form.get(name).filter(|text| !text.trim().is_empty()).map(str::to_owned);
    let picked = text("user").filter(|user| user != "new").or_else(|| text("email"));
    let chosen = || form.all("provider").map(str::to_owned).collect();
    Said {
        account: text("account"),
        credential: text("credential"),
        user: picked,
        // Boxes that are not ticked are not sent.
        providers: form.get("choice").map(|_| chosen()),
    }
}

/// The user that a session is for, by name and address.
fn holder(tables: &Tables, session: &Session) -> Option<String> {
    let user = session.user_id.as_ref().and_then(|id| tables.of::<User>().get(id))?;
    Some(match (&user.display_name, &user.email) {
        (Some(name), Some(email)) => format!("{name}, {email}"),
        (name, email) => name.as_ref().or(email.as_ref()).unwrap_or(&user.id).clone(),
    })
}

/// What is asked of whom, for how long, and for which agent.
fn asked(tables: &Tables, session: &Session, terms: &Terms) -> String {
    let mut rows: Vec<(&str, String)> = Vec::new();
    rows.extend(holder(tables, session).map(|holder| ("For", holder)));
    let agent = terms.agent_id.as_ref().and_then(|id| tables.of::<StoredAgent>().get(id));
    if let Some(stored) = agent {
        let name = stored.agent.display_name.as_ref().unwrap_or(&stored.agent.name);
        let more = if terms.delegable == Some(true) { ", which may pass it on" } else { "" };
        rows.push(("Agent", format!("{name}{more}")));
    }
    rows.extend(terms.label.as_ref().map(|label| ("Label", label.clone())));
    rows.extend(restrictions(&terms.policy.restrictions).map(|calls| ("Calls", calls)));
    rows.push(("Lasts", duration(&terms.policy)));
    facts(&rows)
}

fn accounts(tables: &Tables, session: &Session, connect: &Connect, brand: &Brand) -> String {
    let app = escape(&brand.name);
    let several = connect.providers.len() > 1;
    let what = match connect.providers.as_slice() {
        [one] => format!("your {} account", escape(provider_name(one))),
        _ => "your accounts".to_owned(),
    };
    let offered = connect.providers.iter().map(|id| {
        let scopes = connections::scopes(tables, session, connect, id);
        let scopes = scopes.iter().fold(String::new(), |text, scope| {
            text + "<li><code>" + &escape(scope) + "</code></li>\n"
        });
        let scopes = match scopes.as_str() {
            "" => "<p class=\"soft\">Everything that the account may do there</p>\n".to_owned(),
            _ => format!("<ul>\n{scopes}</ul>\n"),
        };
        let name = escape(provider_name(id));
        let title = if several {
            let id = escape(id);
            format!("<label><input type=\"checkbox\" name=\"provider\" value=\"{id}\" checked> {name}</label>")
        } else {
            format!("<b>{name}</b>")
        };
        format!("<li>{title}\n{scopes}</li>\n")
    });
    let offered: String = offered.collect();
    let choice = if several { "<input type=\"hidden\" name=\"choice\" value=\"1\">\n" } else { "" };
    let account = escape(&connections::account(tables, session));
    let label = match connect.providers.as_slice() {
        [one] => format!("Your account at {}", escape(provider_name(one))),
        _ => "Your account there".to_owned(),
    };
    format!(
        "<h1>Let {app} use {what}?</h1>\n<p class=\"soft\">{app} asks for this:</p>\n{choice}\
         <ul class=\"asked\">\n{offered}</ul>\n{}{}",
        asked(tables, session, &connect.terms),
        field("account", &label, "text", &account),
    )
}

fn own_key(tables: &Tables, session: &Session, secret: &OwnKey, brand: &Brand) -> String {
    let stored = tables.of::<StoredSecret>().get(&secret.secret_id);
    let name = escape(stored.map_or("a service", |stored| &stored.secret.name));
    let held = secret.grant_id.as_ref().and_then(|id| tables.of::<Grant>().get(id));
    let own = match held {
        Some(_) => {
            format!("<p class=\"soft\">With the access that you have to {name} already.</p>\n")
        }
        None => String::new(),
    };
    let key = match held {
        Some(_) => String::new(),
        None => field("credential", &format!("Your own key for {name}"), "password", ""),
    };
    format!(
        "<h1>Let {} use {name} for you?</h1>\n{own}{}{key}",
        escape(&brand.name),
        asked(tables, session, &secret.terms),
    )
}

fn users(tables: &Tables, session: &Session, brand: &Brand) -> String {
    let users = tables.of::<User>().of_app(&session.app_id);
    let users: String = users.filter(|user| user.is_active()).map(choice).collect();
    format!(
        "<h1>Sign in to {}</h1>\n<fieldset>\n<legend>Who are you?</legend>\n{users}\
         <label><input type=\"radio\" name=\"user\" value=\"new\"> Somebody new</label>\n</fieldset>\n{}",
        escape(&brand.name),
        field("email", "E-mail address of somebody new", "email", ""),
    )
}

fn choice(user: &User) -> String {
    let name = user.display_name.as_deref().or(user.email.as_deref()).unwrap_or(&user.id);
    let (id, name) = (escape(&user.id), escape(name));
    format!("<label><input type=\"radio\" name=\"user\" value=\"{id}\"> {name}</label>\n")
}

fn field(name: &str, label: &str, kind: &str, value: &str) -> String {
    format!(
        "<p class=\"field\"><label>{label} <input type=\"{kind}\" name=\"{name}\" value=\"{value}\" autocomplete=\"off\"></label></p>\n"
    )
}
