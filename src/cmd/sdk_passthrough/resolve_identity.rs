//! `alter sdk-passthrough resolve-identity`: the identity of a key and of a user's token.

use argh::{ArgsInfo, FromArgs};
use serde_json::{Map, Value};

use super::{backend, key};
use crate::api::format::UUID;
use crate::api::method::Method;
use crate::base::failure::Failure;
use crate::base::redact;
use crate::base::secret::Secret;
use crate::cli::context::Context;
use crate::cli::tree::Declared;
use crate::http::request::{Body, Request};
use crate::input::check;
use crate::output::json::Object;
use crate::output::results;
use crate::protocol::key::{KeyKind, RuntimeKey};
use crate::protocol::memory;

const MAX_USER_TOKEN: usize = 8192;

/// show the identity that a key, and a user's token, stand for, and its memory scope
#[derive(ArgsInfo, Debug, FromArgs)]
#[argh(
    subcommand,
    name = "resolve-identity",
    example = "alter sdk-passthrough resolve-identity",
    example = "alter sdk-passthrough resolve-identity --user-token \"$JWT\" --include-profile"
)]
pub(super) struct ResolveIdentity {
    /// the user's signed token (JWT)
    #[argh(option, arg_name = "jwt")]
    user_token: Option<Secret>,
    /// the user who delegated to the agent; for an agent's key
    #[argh(option, arg_name = "uuid")]
    app_user_id: Option<String>,
    /// with the user's e-mail address and name
    #[argh(switch)]
    include_profile: bool,
    /// the runtime key, which needs identity:resolve; better in the environment [env: ALTER_API_KEY]
    #[argh(option, arg_name = "key")]
    api_key: Option<Secret>,
}

impl Declared for ResolveIdentity {}

impl ResolveIdentity {
    /// Resolves the identity.
    pub(super) fn run(self, context: &Context) -> Result<(), Failure> {
        let key = key(context, self.api_key.as_ref())?;
        let request = self.request(key.as_ref())?;
        context.unless_dry(&request, || {
            let response = backend(context, key)?.send(&request)?;
            let identity: Map<String, Value> = serde_json::from_str(response.text()?)
                .map_err(|_| response.broken("is not a JSON object"))?;
            check_identity(&identity)
                .map_err(|why| response.broken(&format!("is not an identity: {why}")))?;
            let scope = match memory::scope(&identity) {
                Ok(scope) => serde_json::to_string(&scope).unwrap_or_default(),
                Err(why) => {
                    context.streams.note(&format!("no memory scope: {why}"));
                    "null".into()
                }
            };
            let document = with_member(response.json()?, "memory_scope", &scope);
            results::object(&context.streams, &context.shape, &document)
        })
    }

    fn request(&self, key: Option<&RuntimeKey>) -> Result<Request, Failure> {
        let token = self.user_token.as_ref().map(|token| user_token(token.expose())).transpose()?;
        let user = self.app_user_id.as_deref();
        let user = user.map(|user| check::formed("--app-user-id", user, &UUID)).transpose()?;
        if let (Some(_), Some(key)) = (&user, key)
            && matches!(key.kind(), KeyKind::App | KeyKind::Derived | KeyKind::Platform)
        {
            let why = "is for an agent's key (alter_ak_ or alter_key_); this key is an app's";
            return Err(Failure::usage("--app-user-id", why)
                .fix("use the agent's key, or name the user with --user-token"));
        }
        let body = Body::object()
            .with("include_profile", self.include_profile)
            .maybe("user_token", token)
            .maybe("app_user_id", user);
        Ok(Request::to(Method::Post, "/sdk/identity/resolve".into()).body(body))
    }
}

/// Checks the fields that an identity must have, and those that may be null. Others are passed on.
fn check_identity(identity: &Map<String, Value>) -> Result<(), String> {
    const TEXTS: [&str; 8] = [
        "app_user_id",
        "external_subject_id",
        "idp_id",
        "user_status",
        "agent_id",
        "actor_id",
        "email",
        "display_name",
    ];
    if identity.get("app_id").and_then(Value::as_str).is_none_or(str::is_empty) {
        return Err("its `app_id` is not a text".into());
    }
    let text_or_null =
        |name: &&str| identity.get(*name).is_none_or(|value| value.is_string() || value.is_null());
    if let Some(name) = TEXTS.iter().find(|name| !text_or_null(name)) {
        return Err(format!("its `{name}` is neither a text nor null"));
    }
    let texts =
        |list: &Value| list.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    if !identity.get("group_ids").is_none_or(texts) {
        return Err("its `group_ids` is not a list of texts".into());
    }
    Ok(())
}

fn user_token(token: &str) -> Result<&str, Failure> {
    redact::remember(token);
    match token.chars().count() {
        0 => Err(Failure::usage("--user-token", "is empty")),
        1..=MAX_USER_TOKEN => Ok(token),
        _ => Err(Failure::usage("--user-token", "is longer than the 8192 characters of a token")),
    }
}

/// A JSON object with one more member behind those it has.
fn with_member(document: &str, name: &str, value: &str) -> String {
    let Some(object) = Object::parse(document).filter(|object| !object.has(name)) else {
        return document.to_owned();
    };
    let inside = object.entries().next().map_or("", |_| ",");
    let open = document.trim_end().strip_suffix('}').unwrap_or(document);
    format!("{open}{inside}\"{name}\":{value}}}")
}
