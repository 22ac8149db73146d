//! Secrets that the portal shows once: printed once, or written to a file, and never lost silently.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use super::Session;
use super::question::pinned_app;
use crate::base::failure::{Failure, Kind, reason};
use crate::base::id::Id;
use crate::base::interrupt::on_interrupt;
use crate::base::nofollow;
use crate::http::request::Request;
use crate::http::response::Response;
use crate::output::json::{self, Object};
use crate::output::results;
use crate::output::shell;

/// A change that answers with a secret.
#[derive(Debug)]
pub(crate) struct OneTimeSecret {
    /// What is made, such as `key`.
    pub(crate) thing: &'static str,
    /// The key of the answer that holds the secret.
    pub(crate) secret: &'static str,
    /// Which one it is.
    pub(crate) id: Made,
    /// Where the secret goes instead of standard output.
    pub(crate) file: Option<String>,
    /// Whether the caller gave the secret: then it cannot be lost.
    pub(crate) given: bool,
    /// The command that takes back or replaces what was made, up to the id.
    pub(crate) undo: String,
    /// Says what else the answer means, given the command that takes back up to an id.
    pub(crate) also: Option<fn(&Object, &str) -> Option<String>>,
}

/// The id of what was made.
#[derive(Debug)]
pub(crate) enum Made {
    /// The answer holds it under this key.
    Under(&'static str),
    /// It was known before.
    Known(Id),
}

impl OneTimeSecret {
    /// Refuses, before anything is asked or made, what would lose the secret.
    pub(crate) fn check(&self, session: &Session) -> Result<(), Failure> {
        self.check_fields(session)?;
        if matches!(self.file.as_deref(), Some("" | "-")) {
            let why = "wants the name of a new file; without it the secret is on standard output";
            return Err(Failure::usage("--secret-file", why));
        }
        let nowhere = self.file.is_none() && session.streams.stdout_is_discarded();
        if nowhere && !self.given && !session.dry_run {
            return Err(Failure::usage(
                "standard output",
                format!(
                    "cannot be written to, or is /dev/null: the {}'s secret would be lost",
                    self.thing
                ),
            )
            .fix("give --secret-file PATH"));
        }
        Ok(())
    }

    /// Sends the request and shows the secret, or says how to revoke what can no longer be used.
    pub(crate) fn send(&self, session: &Session, request: &Request) -> Result<(), Failure> {
        session.unless_dry(request, || {
            // The file is made first: a secret that has no place to go must not come into being.
            let file = self.file.as_deref().map(SecretFile::create).transpose()?;
            let _pending = on_interrupt(self.interrupted(session, request, file.as_ref()));
            self.show(session, &session.send(request)?, file)
        })
    }

    /// What is done when the person ends it while the secret is being made.
    fn interrupted(
        &self,
        session: &Session,
        request: &Request,
        file: Option<&SecretFile>,
    ) -> impl FnOnce() + Send + use<> {
        let (streams, as_json) = (session.streams.clone(), session.shape.is_json());
        let interrupted = format!("the {} may or may not have been made", self.thing);
        let failure = Failure::error("interrupted", interrupted).in_doubt(&request.look());
        // What cannot be removed is an empty file.
        let file = file.and_then(|file| Some((file.path.to_owned(), file.file.try_clone().ok()?)));
        move || {
            if let Some((path, file)) = file
                && file.metadata().is_ok_and(|found| found.len() == 0)
            {
                take_back(&path, &file);
            }
            streams.failure(&failure, as_json);
        }
    }

    fn show(
        &self,
        session: &Session,
        response: &Response,
        file: Option<SecretFile>,
    ) -> Result<(), Failure> {
        let shown = response.json()?;
        let object = Object::parse(shown).ok_or_else(|| response.broken("is not an object"))?;
        let id = match &self.id {
            Made::Under(key) => object.string(key).ok_or_else(|| response.broken("has no id"))?,
            Made::Known(id) => id.text().to_owned(),
        };
        // An agent comes with a key, which is what the secret is of.
        let key = object.string("key_id").filter(|key| *key != id);
        let key = key.map_or(String::new(), |key| format!(" with key {key}"));
        let made = format!("{} {id}{key} was made", self.thing);
        let lost = |why: &str| {
            Failure::error(format!("{made}, but its secret is lost"), why)
                .fix(self.undo(session, &id))
        };
        if self.given && file.is_none() {
            return results::object(&session.streams, &session.shape, shown);
        }
        let Some(secret) = object.string(self.secret) else {
            let repeated =
                response.unanswered_before || response.header("idempotency-replayed").is_some();
            return Err(lost(if repeated {
                "the first answer was lost and the portal does not repeat its secret"
            } else {
                "the portal's answer does not hold it"
            }));
        };
        let Some(mut file) = file else {
            // A mistyped field must not cost the secret: what there is gets printed before the error.
            let printed =
                results::object(&session.streams, &session.shape.known_to(&object), shown);
            printed.map_err(|failure| lost(&cause(&failure)))?;
            session.streams.note("Store the secret now: it is not shown again.");
            self.say_more(session, &object);
            return session.shape.check_fields(std::iter::once(shown));
        };
        file.keep(&secret).map_err(|error| lost(&format!("{}: {}", file.path, reason(&error))))?;
        let named = object.with(self.secret, &json::quote(file.path));
        results::object(&session.streams, &session.shape, &named).map_err(|failure| {
            let kept = format!("{made} and its secret is in {}", file.path);
            Failure::error(kept, cause(&failure))
                .fix(format!("to undo it: {}", self.undo(session, &id)))
        })?;
        session.streams.note(&format!("The secret is in {}: it is not shown again.", file.path));
        self.say_more(session, &object);
        Ok(())
    }

    fn say_more(&self, session: &Session, answer: &Object) {
        if let Some(more) = self.also.and_then(|also| also(answer, &self.undo)) {
            session.streams.note(&more);
        }
        if let Some(app) = pinned_app(session) {
            session.streams.note(&format!("This {} belongs to the app {app}.", self.thing));
        }
    }

    fn undo(&self, session: &Session, id: &str) -> String {
        session.again(&format!("{} {}", self.undo, shell::word(id)))
    }

    /// Refuses `--fields` that would drop the secret.
    fn check_fields(&self, session: &Session) -> Result<(), Failure> {
        let left_out = |fields: &Vec<String>| !fields.iter().any(|field| field == self.secret);
        let printed = self.file.is_none() && !self.given;
        if printed && session.shape.fields.as_ref().is_some_and(left_out) {
            return Err(Failure::usage(
                "--fields",
                format!("leaves out {}, which is shown only once", self.secret),
            )
            .fix(format!("add {} to --fields, or give --secret-file", self.secret)));
        }
        Ok(())
    }
}

/// Why printing failed; a reader that went away is a reason here, not a quiet end.
fn cause(failure: &Failure) -> String {
    match failure.kind() {
        Kind::Closed => "standard output was closed before it was printed".into(),
        _ => failure.message(),
    }
}

/// A new file that only its owner can read; without the secret in it, it is taken back.
struct SecretFile<'a> {
    path: &'a str,
    file: File,
    kept: bool,
}

impl<'a> SecretFile<'a> {
    fn create(path: &'a str) -> Result<Self, Failure> {
        let created = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
        let file = created.map_err(|error| {
            let what = format!("--secret-file: {path}");
            match error.kind() {
                io::ErrorKind::AlreadyExists => {
                    Failure::new(Kind::Conflict, what, "exists already; nothing was created")
                }
                io::ErrorKind::NotFound => {
                    Failure::new(Kind::NotFound, what, "there is no such folder")
                }
                _ => Failure::usage(what, reason(&error)),
            }
        })?;
        Ok(Self { path, file, kept: false })
    }

    fn keep(&mut self, secret: &str) -> io::Result<()> {
        self.file.write_all(secret.as_bytes())?;
        nofollow::sync(&self.file)?;
        if !nofollow::still_names(Path::new(self.path), &self.file) {
            return Err(io::Error::other("was replaced or removed meanwhile"));
        }
        self.kept = true;
        Ok(())
    }
}

impl Drop for SecretFile<'_> {
    fn drop(&mut self) {
        if !self.kept {
            take_back(self.path, &self.file);
        }
    }
}

/// Removes a file that was made here. By now its name may be that of another one, which stays.
fn take_back(path: &str, file: &File) {
    if nofollow::still_names(Path::new(path), file) {
        let _ = fs::remove_file(path);
    }
}
