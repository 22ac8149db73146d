//! Deletions that want the thing's name typed.

use super::Session;
use crate::base::failure::Failure;
use crate::base::id::Id;
use crate::http::request::{Body, Request};
use crate::output::prompt;

/// A deletion that the portal compares a name for.
#[derive(Debug)]
pub(crate) struct TypedDeletion<'a> {
    /// The thing.
    pub(crate) id: &'a Id,
    /// The request that deletes it, without its body.
    pub(crate) deletion: Request,
    /// What is typed: `the app's name`.
    pub(crate) what: &'static str,
    /// The name as `--confirm` gave it.
    pub(crate) confirm: Option<String>,
}

impl TypedDeletion<'_> {
    /// Deletes once the name is known to be meant. `look_up` gives the name that the thing has, or `None` where the
    /// portal alone shall compare.
    pub(crate) fn run(
        self,
        session: &Session,
        look_up: impl FnOnce() -> Result<Option<String>, Failure>,
    ) -> Result<(), Failure> {
        const FLAG: &str = "--confirm NAME";
        let request = |name: &str| self.deletion.clone().body(Body::object().with("confirm", name));
        if self.confirm.as_deref() == Some("") {
            return Err(Failure::usage("--confirm", "is empty"));
        }
        if session.dry_run {
            let unknown = format!("<{}>", self.what);
            return session.object(&request(self.confirm.as_deref().unwrap_or(&unknown)));
        }
        if self.confirm.is_none() {
            prompt::require_person(&session.streams, FLAG)?;
        }
        let found = look_up()?.filter(|name| !name.is_empty());
        let name = match (found, &self.confirm) {
            (Some(found), Some(given)) if found != *given => {
                let why = format!("is not {}; nothing was deleted", self.what);
                return Err(Failure::usage("--confirm", why));
            }
            (_, Some(given)) => given.clone(),
            (Some(found), None) => {
                let question = format!("Type {} ({found}) to delete it:", self.what);
                prompt::type_name(&session.streams, &question, &found, FLAG)?;
                found
            }
            (None, None) => {
                let why = format!("does not have {}; nothing was deleted", self.what);
                return Err(Failure::error("the portal's answer", why));
            }
        };
        let gone = Body::object().with("id", self.id.text()).with("deleted", true);
        session.delete(&request(&name), || session.print_object(gone.text()))
    }
}
