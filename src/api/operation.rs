//! One operation of the portal's API.

use serde_json::Value;

use super::field::{self, Field};
use super::kind::check_object;
use super::method::Method;
use super::path::{Place, Wrong};
use super::shape::Shape;
use super::{PREFIX, all};
use crate::base::origin;

/// The credential that a request must carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Credential {
    /// A PAT with this scope.
    Pat(&'static str),
    /// None.
    Public,
}

/// The sizes of page that a list is given in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The greatest `limit`.
    pub most: u64,
    /// The `limit` where none is given.
    pub default: u64,
}

/// What an accepted request is answered with.
#[derive(Clone, Copy, Debug)]
pub enum Answer {
    /// One object.
    Object(&'static Shape),
    /// A bare array of objects: all there are, or those of a page.
    Array(&'static Shape),
    /// A page object, `{"items": […], "total", "limit", "offset", "has_more"}`.
    Page(&'static Shape),
}

/// One operation of the portal's API.
#[derive(Debug)]
pub struct Operation {
    /// Its method.
    pub method: Method,
    /// Its path below [`PREFIX`]: `/apps/{app}/keys`, where a part in braces stands for any one segment.
    pub path: &'static str,
    /// The credential that it needs.
    pub credential: Credential,
    /// The sizes of its pages, where it is paged by `limit` and `offset`.
    pub limits: Option<Limits>,
    /// Its query parameters, those of paging left out.
    pub query: &'static [Field],
    /// The keys that its body may have; without any it takes none.
    pub body: &'static [Field],
    /// Whether the body must have at least one key.
    pub filled: bool,
    /// The status of an answer that accepts it.
    pub status: u16,
    /// What that answer is.
    pub answer: Answer,
    /// The key of the answer that holds a secret, which is shown this once.
    pub secret: Option<&'static str>,
    /// Whether it changes nothing, although its method is not GET.
    pub only_reads: bool,
    /// Whether it changes an archived app too.
    pub allows_archived: bool,
    /// The path that shows its effect, where that is not the nearest one above that can be read.
    pub effect: Option<Effect>,
}

/// Where the effect of an operation shows.
#[derive(Clone, Copy, Debug)]
pub enum Effect {
    /// At another path, of the same placeholders.
    At(&'static str),
    /// Only in the journal of portal actions.
    Journal,
}

/// Begins the declaration of a reading operation.
pub const fn get(path: &'static str) -> Operation {
    Operation::new(Method::Get, path)
}

/// Begins the declaration of an operation that makes or does something.
pub const fn post(path: &'static str) -> Operation {
    Operation::new(Method::Post, path)
}

/// Begins the declaration of an operation that replaces something.
pub const fn put(path: &'static str) -> Operation {
    Operation::new(Method::Put, path)
}

/// Begins the declaration of an operation that changes something: its body has at least one key.
pub const fn patch(path: &'static str) -> Operation {
    let mut operation = Operation::new(Method::Patch, path);
    operation.filled = true;
    operation
}

/// Begins the declaration of an operation that removes something.
pub const fn delete(path: &'static str) -> Operation {
    Operation::new(Method::Delete, path)
}

impl Operation {
    const fn new(method: Method, path: &'static str) -> Self {
        Self {
            method,
            path,
            credential: Credential::Public,
            limits: None,
            query: &[],
            body: &[],
            filled: false,
            status: 200,
            answer: Answer::Object(&super::shape::ANY),
            secret: None,
            only_reads: false,
            allows_archived: false,
            effect: None,
        }
    }

    /// Needs a PAT with this scope.
    #[must_use]
    pub const fn needs(mut self, scope: &'static str) -> Self {
        self.credential = Credential::Pat(scope);
        self
    }

    /// Takes these query parameters.
    #[must_use]
    pub const fn query(mut self, parameters: &'static [Field]) -> Self {
        self.query = parameters;
        self
    }

    /// Takes a body with these keys.
    #[must_use]
    pub const fn body(mut self, keys: &'static [Field]) -> Self {
        self.body = keys;
        self
    }

    /// Answers with one object.
    #[must_use]
    pub const fn object(mut self, shape: &'static Shape) -> Self {
        self.answer = Answer::Object(shape);
        self
    }

    /// Answers with one new object, and status 201.
    #[must_use]
    pub const fn created(mut self, shape: &'static Shape) -> Self {
        self.answer = Answer::Object(shape);
        self.status = 201;
        self
    }

    /// Answers with a bare array of all there are.
    #[must_use]
    pub const fn array(mut self, shape: &'static Shape) -> Self {
        self.answer = Answer::Array(shape);
        self
    }

    /// Answers with bare arrays, paged.
    #[must_use]
    pub const fn arrays(mut self, most: u64, default: u64, shape: &'static Shape) -> Self {
        self.answer = Answer::Array(shape);
        self.limits = Some(Limits { most, default });
        self
    }

    /// Answers with page objects.
    #[must_use]
    pub const fn items(mut self, most: u64, default: u64, shape: &'static Shape) -> Self {
        self.answer = Answer::Page(shape);
        self.limits = Some(Limits { most, default });
        self
    }

    /// Has a secret under this key of its answer.
    #[must_use]
    pub const fn secret(mut self, key: &'static str) -> Self {
        self.secret = Some(key);
        self
    }

    /// Changes nothing, although it is posted.
    #[must_use]
    pub const fn only_reads(mut self) -> Self {
        self.only_reads = true;
        self
    }

    /// Changes an archived app too.
    #[must_use]
    pub const fn allows_archived(mut self) -> Self {
        self.allows_archived = true;
        self
    }

    /// Shows its effect there.
    #[must_use]
    pub const fn effect(mut self, effect: Effect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// Returns whether it changes something.
    pub const fn changes(&self) -> bool {
        !matches!(self.method, Method::Get) && !self.only_reads
    }

    /// Returns the scope that a PAT needs for it.
    pub const fn scope(&self) -> Option<&'static str> {
        match self.credential {
            Credential::Pat(scope) => Some(scope),
            Credential::Public => None,
        }
    }

    /// Returns whether it acts on one app.
    pub fn is_of_app(&self) -> bool {
        self.placeholders().next() == Some("app")
    }

    /// Returns the names in braces of its path, in order.
    pub fn placeholders(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(placeholder)
    }

    /// Returns the path of a request, from [`PREFIX`] on: an id for each placeholder, in order, as one segment each.
    pub fn fill(&self, ids: &[&str]) -> String {
        debug_assert_eq!(self.placeholders().count(), ids.len(), "{}", self.path);
        fill(self.path, ids)
    }

    /// Returns the values of the placeholders in a path below [`PREFIX`], each by its name; `None` where it does not fit.
    pub fn params(&self, path: &str) -> Option<Vec<(&'static str, String)>> {
        let (mut wanted, mut given) = (self.path.split('/'), path.split('/'));
        let mut params = Vec::new();
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(params),
                (Some(wanted), Some(given)) => match placeholder(wanted) {
                    Some(name) => {
                        let value = origin::decode(given).filter(|text| !text.is_empty())?;
                        params.push((name, value));
                    }
                    None if wanted == given => {}
                    None => return None,
                },
                _ => return None,
            }
        }
    }

    /// Returns whether a path below [`PREFIX`] fits its own.
    pub fn fits(&self, path: &str) -> bool {
        self.params(path).is_some()
    }

    /// Returns, for each part of its path, whether it is to be taken literally.
    pub fn literals(&self) -> impl Iterator<Item = bool> {
        self.path.split('/').map(|part| placeholder(part).is_none())
    }

    /// Returns the path at which the effect of a request of this operation shows; `None` where only the journal has it.
    pub fn shown_at(&self, ids: &[&str]) -> Option<String> {
        let template = match self.effect {
            Some(Effect::Journal) => return None,
            Some(Effect::At(path)) => path,
            None => nearest_readable(self.path)?,
        };
        let count = template.split('/').filter_map(placeholder).count();
        Some(fill(template, ids.get(..count)?).split_off(PREFIX.len()))
    }

    /// Checks a body; gives all that is wrong with it. `now` is the present, in seconds since 1970.
    pub fn check_body(&self, body: &Value, now: i64) -> Vec<Wrong> {
        let mut faults = Vec::new();
        let root = Place::root(body);
        check_object(&root, self.body, now, &mut faults);
        let given = body.as_object().is_some_and(|keys| !keys.is_empty());
        if self.filled && body.is_object() && !given {
            let known: Vec<&str> = self.body.iter().map(|key| key.name).collect();
            let why = format!("must have at least one of {}", known.join(", "));
            faults.push(root.wrong("missing", why));
        }
        faults
    }

    /// Returns the query parameter of this name, those of paging included.
    pub fn parameter(&self, name: &str) -> Option<&'static Field> {
        let paging = if self.limits.is_some() { field::PAGING } else { &[] };
        self.query.iter().chain(paging).find(|field| field.name == name)
    }

    /// Returns the parameter or the key that a flag of the command line gives.
    pub fn given_by(&self, flag: &str) -> Option<&'static Field> {
        self.query.iter().chain(self.body).find(|field| field.flag() == flag)
    }

    /// Returns the body's key of this name.
    pub fn key(&self, name: &str) -> Option<&'static Field> {
        self.body.iter().find(|field| field.name == name)
    }
}

/// Returns the nearest path above that something can be read at, or the path itself.
fn nearest_readable(path: &'static str) -> Option<&'static str> {
    let mut at = path;
    loop {
        if all().any(|(.., other)| other.method == Method::Get && other.path == at) {
            return Some(at);
        }
        at = at.rsplit_once('/')?.0;
    }
}

fn placeholder(part: &'static str) -> Option<&'static str> {
    part.strip_prefix('{')?.strip_suffix('}')
}

fn fill(template: &'static str, ids: &[&str]) -> String {
    let mut ids = ids.iter();
    let mut path = PREFIX.to_owned();
    for part in template.split('/').skip(1) {
        path.push('/');
        match placeholder(part) {
            Some(_) => path.push_str(&origin::segment(ids.next().unwrap_or(&""))),
            None => path.push_str(part),
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use crate::api::method::Method;
    use crate::api::{
        agents, apps, find, identity_providers, keys, managed_secrets, secret_grants,
    };

    #[test]
    fn paths_are_filled_and_found_again() {
        let path = keys::ROTATE.fill(&["a/b", ".."]);
        assert_eq!(path, "/api/v1/apps/a%2Fb/keys/%2E%2E/rotate");
        let found = find(Method::Post, &path).unwrap();
        assert!(std::ptr::eq(found.path, keys::ROTATE.path));
        let params = found.params("/apps/a%2Fb/keys/%2E%2E/rotate").unwrap();
        assert_eq!(params, [("app", "a/b".to_owned()), ("key", "..".to_owned())]);
        assert_eq!(
            find(Method::Get, "/api/v1/apps/a/keys/statistics").unwrap().path,
            keys::STATISTICS.path
        );
        for path in ["/api/v1/apps//keys", "/api/v1/Apps", "/apps", "/api/v1/apps/%ff"] {
            assert!(find(Method::Get, path).is_none(), "{path}");
        }
    }

    #[test]
    fn effects_show_where_something_can_be_read() {
        for (operation, shown) in [
            (&apps::CREATE, Some("/apps")),
            (&apps::ARCHIVE, Some("/apps/1")),
            (&keys::ROTATE, Some("/apps/1/keys/2")),
            (&agents::REVOKE_KEY, Some("/apps/1/agents/2/keys")),
            (&managed_secrets::SET_ALLOWED_HOSTS, Some("/apps/1/managed-secrets/2")),
            (&secret_grants::UPDATE, Some("/apps/1/grants")),
            (&identity_providers::CREATE, None),
        ] {
            let ids: Vec<&str> = ["1", "2", "3"][..operation.placeholders().count()].to_vec();
            assert_eq!(operation.shown_at(&ids).as_deref(), shown, "{}", operation.path);
        }
    }
}
