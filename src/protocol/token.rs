//! The answer of `POST /sdk/token`: a credential, and how it is put into a request.

use serde_json::{Map, Value};

use crate::base::secret::Secret;
use crate::base::time;

/// What a format begins with that asks for an AWS signature instead of a header.
pub(crate) const SIGV4: &str = "AWS4-HMAC-SHA256";
/// Where the token goes in a format.
pub(crate) const PLACE: &str = "{token}";

const MAX_CREDENTIALS: usize = 10;
const MAX_CREDENTIAL: usize = 8192;
const MAX_CREDENTIAL_NAME: usize = 50;
const MAX_HEADER: usize = 60;
const MAX_FORMAT: usize = 200;
const MAX_RULES: usize = 10;
const MAX_RULE_TEXT: usize = 100;
const MAX_WORD: usize = 255;

/// Headers that no credential may be put into.
pub(crate) const FORBIDDEN_HEADERS: &[&str] = &[
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "keep-alive",
    "upgrade",
    "proxy-authenticate",
    "proxy-authorization",
    "te",
    "trailer",
    "cookie",
    "set-cookie",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-real-ip",
    "x-http-method-override",
    "x-method-override",
    "www-authenticate",
    "strict-transport-security",
    "content-security-policy",
];

/// A credential for provider calls.
#[derive(Clone, Debug)]
pub(crate) struct RetrievedToken {
    /// The credential itself.
    pub(crate) access_token: Secret,
    /// The grant it came from.
    pub(crate) grant_id: String,
    /// The provider; empty where there is none.
    pub(crate) provider_id: String,
    /// Whether the grant is known to lack scopes.
    pub(crate) scope_mismatch: bool,
    /// The header it goes in.
    pub(crate) injection_header: String,
    /// What that header says, `{token}` being the credential.
    pub(crate) injection_format: String,
    /// More parts of the credential, by name.
    pub(crate) additional_credentials: Option<Vec<(String, Secret)>>,
    /// Where those parts go.
    pub(crate) additional_injections: Vec<Rule>,
    /// Which issue of the credential it is.
    pub(crate) token_generation: Option<String>,
}

/// One more place that a credential goes to.
#[derive(Clone, Debug)]
pub(crate) struct Rule {
    /// In a header, or else in the query.
    pub(crate) in_header: bool,
    /// The header's or the parameter's name.
    pub(crate) key: String,
    /// The part of `additional_credentials` that goes there; `None` is the token.
    pub(crate) part: Option<String>,
}

impl RetrievedToken {
    /// Reads an answer; an error names the field that breaks the contract, never its value.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, String> {
        let object: Map<String, Value> =
            serde_json::from_slice(body).map_err(|_| "it is no JSON object".to_owned())?;
        let answer = Answer(&object);
        answer.nullable("expires_in", Value::as_u64)?;
        answer.nullable("expires_at", |value| text(value).filter(|at| is_instant(at)))?;
        answer.or("token_type", String::new(), |value| text(value).filter(|text| is_word(text)))?;
        answer.or("scopes", true, |value| {
            let scope = |scope: &Value| {
                scope.as_str().is_some_and(|text| !text.is_empty() && is_trim(text))
            };
            value.as_array()?.iter().all(scope).then_some(true)
        })?;
        Ok(Self {
            access_token: answer
                .required("access_token", |value| {
                    text(value).filter(|text| !text.is_empty() && is_line(text))
                })
                .map(Secret::new)?,
            grant_id: answer.required("grant_id", |value| text(value).filter(|id| is_uuid(id)))?,
            provider_id: answer.or("provider_id", String::new(), |value| {
                text(value).filter(|id| id.is_empty() || is_word(id))
            })?,
            scope_mismatch: answer.or("scope_mismatch", false, Value::as_bool)?,
            injection_header: answer.or("injection_header", "Authorization".into(), |value| {
                text(value).filter(|name| is_name(name, "-", MAX_HEADER) && !is_forbidden(name))
            })?,
            injection_format: answer.or("injection_format", "Bearer {token}".into(), |value| {
                text(value).filter(|format| is_format(format))
            })?,
            additional_credentials: answer.nullable("additional_credentials", parts)?,
            additional_injections: answer
                .nullable("additional_injections", rules)?
                .unwrap_or_default(),
            token_generation: answer
                .nullable("token_generation", |value| text(value).filter(|id| is_uuid(id)))?,
        })
    }

    /// A part of the credential, where it has that part and it is not empty.
    pub(crate) fn part(&self, name: &str) -> Option<&str> {
        let mut parts = self.additional_credentials.iter().flatten();
        parts.find(|(found, _)| found == name).map(|(_, value)| value.expose())
    }

    /// Every text of it that must not be seen.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let parts = self.additional_credentials.iter().flatten();
        let parts = parts.filter(|(name, _)| !matches!(name.as_str(), "region" | "service"));
        std::iter::once(self.access_token.expose()).chain(parts.map(|(_, value)| value.expose()))
    }
}

/// The fields of an answer. Absent is not the same as null, which few may be.
struct Answer<'a>(&'a Map<String, Value>);

impl Answer<'_> {
    fn required<T>(&self, name: &str, read: impl Fn(&Value) -> Option<T>) -> Result<T, String> {
        let value = self.0.get(name).ok_or_else(|| format!("it has no {name}"))?;
        read(value).ok_or_else(|| format!("its {name} is not what it may be"))
    }

    fn or<T>(
        &self,
        name: &str,
        default: T,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<T, String> {
        if self.0.contains_key(name) { self.required(name, read) } else { Ok(default) }
    }

    fn nullable<T>(
        &self,
        name: &str,
        read: impl Fn(&Value) -> Option<T>,
    ) -> Result<Option<T>, String> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(_) => self.required(name, read).map(Some),
        }
    }
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

fn parts(value: &Value) -> Option<Vec<(String, Secret)>> {
    let parts = value.as_object().filter(|parts| parts.len() <= MAX_CREDENTIALS)?;
    parts
        .iter()
        .map(|(name, value)| {
            let value = value.as_str().filter(|value| {
                !value.trim().is_empty()
                    && value.chars().count() <= MAX_CREDENTIAL
                    && is_line(value)
            })?;
            let name = (name.chars().count() <= MAX_CREDENTIAL_NAME).then(|| name.clone())?;
            Some((name, Secret::new(value.to_owned())))
        })
        .collect()
}

fn rules(value: &Value) -> Option<Vec<Rule>> {
    value.as_array().filter(|rules| rules.len() <= MAX_RULES)?.iter().map(rule).collect()
}

fn rule(value: &Value) -> Option<Rule> {
    let rule = value.as_object().filter(|rule| rule.len() == 3)?;
    let field = |name| rule.get(name).and_then(Value::as_str);
    let in_header = match field("target")? {
        "header" => true,
        "query_param" => false,
        _ => return None,
    };
    let key = field("key").filter(|key| is_name(key, "-_", MAX_RULE_TEXT))?;
    let source = field("value_source").filter(|source| source.chars().count() <= MAX_RULE_TEXT)?;
    let part = match source.strip_prefix("additional_credentials.") {
        Some(part) => Some(part).filter(|part| is_identifier(part)).map(str::to_owned).map(Some)?,
        None => (source == "token").then_some(None)?,
    };
    (!in_header || !is_forbidden(key)).then(|| Rule { in_header, key: key.to_owned(), part })
}

fn is_forbidden(header: &str) -> bool {
    FORBIDDEN_HEADERS.iter().any(|name| name.eq_ignore_ascii_case(header))
}

fn is_format(format: &str) -> bool {
    let says_where = format.contains(PLACE) || format.starts_with(SIGV4);
    format.chars().count() <= MAX_FORMAT && is_line(format) && says_where
}

/// A letter, then letters, digits and these.
fn is_name(name: &str, more: &str, most: usize) -> bool {
    name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.len() <= most
        && name.chars().all(|c| c.is_ascii_alphanumeric() || more.contains(c))
}

fn is_identifier(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    name.starts_with(|c: char| c.is_ascii_lowercase() || c == '_') && name.chars().all(plain)
}

fn is_line(text: &str) -> bool {
    !text.contains(['\r', '\n', '\0'])
}

/// No blanks at its edges, nothing unprintable.
fn is_trim(text: &str) -> bool {
    text.trim() == text && !text.chars().any(char::is_control)
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && is_trim(text) && text.chars().count() <= MAX_WORD
}

/// Whether a text is a UUID, lower-case and with its hyphens.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
        })
}

/// RFC 3339 with an offset and at most nine digits of a fraction.
fn is_instant(text: &str) -> bool {
    let fraction = text
        .split_once('.')
        .map_or(0, |(_, rest)| rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()));
    text.len() >= 20 && fraction <= 9 && time::parse(text).is_some()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const GRANT: &str = "11111111-2222-4333-8444-555555555555";

    /// A good answer with some fields set.
    fn answer(fields: &Value) -> Result<RetrievedToken, String> {
        let mut answer = json!({ "access_token": "tok", "grant_id": GRANT });
        for (name, value) in fields.as_object().into_iter().flatten() {
            answer[name] = value.clone();
        }
        RetrievedToken::parse(answer.to_string().as_bytes())
    }

    #[test]
    fn absent_fields_have_their_defaults() {
        let token =
            answer(&json!({ "unknown": 1, "expires_in": null, "additional_injections": null }))
                .unwrap();
        assert_eq!(token.injection_header, "Authorization");
        assert_eq!(token.injection_format, "Bearer {token}");
        assert!(token.provider_id.is_empty() && !token.scope_mismatch);
        assert!(!format!("{token:?}").contains("tok\""));
    }

    #[test]
    fn good_answers_are_read() {
        let rule = json!({ "target": "query_param", "key": "k_1", "value_source": "additional_credentials.b" });
        for fields in [
            json!({ "expires_at": "2026-01-01T00:00:00.123456789+02:30", "expires_in": 0 }),
            json!({ "provider_id": "", "scopes": ["a b", "c"], "token_type": "Bearer" }),
            json!({ "injection_format": "AWS4-HMAC-SHA256", "additional_credentials": { "secret_key": "s" } }),
            json!({ "injection_header": "X-Api-Key", "injection_format": "{token}" }),
            json!({ "additional_injections": [rule], "additional_credentials": { "b": "c" } }),
            json!({ "token_generation": GRANT }),
        ] {
            assert!(answer(&fields).is_ok(), "{fields}: {:?}", answer(&fields));
        }
    }

    #[test]
    fn bad_answers_are_refused_by_the_name_of_their_field() {
        let rule = |target, key, source| json!({ "additional_injections": [{ "target": target, "key": key, "value_source": source }] });
        for fields in [
            json!({ "access_token": "" }),
            json!({ "access_token": "sek\nret" }),
            json!({ "access_token": null }),
            json!({ "grant_id": "11111111-2222-4333-8444-55555555555A" }),
            json!({ "grant_id": null }),
            json!({ "token_type": null }),
            json!({ "token_type": " " }),
            json!({ "scopes": null }),
            json!({ "scopes": [" a"] }),
            json!({ "provider_id": null }),
            json!({ "scope_mismatch": "true" }),
            json!({ "scope_mismatch": null }),
            json!({ "expires_in": -1 }),
            json!({ "expires_in": 1.5 }),
            json!({ "expires_in": true }),
            json!({ "expires_at": "2026-01-01" }),
            json!({ "expires_at": "2026-01-01T00:00:00" }),
            json!({ "expires_at": "2026-01-01T00:00:00.1234567890Z" }),
            json!({ "injection_header": "Host" }),
            json!({ "injection_header": "content-TYPE" }),
            json!({ "injection_header": "X_Key" }),
            json!({ "injection_header": null }),
            json!({ "injection_format": "no place" }),
            json!({ "injection_format": "{token}\r\nX: y" }),
            json!({ "injection_format": null }),
            json!({ "additional_credentials": { "a": " " } }),
            json!({ "additional_credentials": { "a": "b\nc" } }),
            json!({ "additional_credentials": [] }),
            json!({ "token_generation": "x" }),
            rule("header", "Cookie", "token"),
            rule("cookie", "a", "token"),
            rule("header", "1a", "token"),
            rule("header", "a", "tokens"),
            rule("header", "a", "additional_credentials.A"),
            json!({ "additional_injections": [{ "target": "header", "key": "a", "value_source": "token", "x": 1 }] }),
        ] {
            let why = answer(&fields).expect_err(&fields.to_string());
            let name = fields.as_object().and_then(|fields| fields.keys().next()).unwrap();
            assert!(why.contains(name.as_str()) && !why.contains("sek"), "{why}");
        }
        for body in ["", "[]", "null", "{}", "<html>"] {
            assert!(RetrievedToken::parse(body.as_bytes()).is_err());
        }
    }
}
