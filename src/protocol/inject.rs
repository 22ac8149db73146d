//! A provider call with the credential put into it.

use super::digest;
use super::sigv4::{self, AwsCredentials};
use super::token::{PLACE, RetrievedToken, SIGV4};
use super::url::ProviderUrl;
use crate::base::failure::Failure;
use crate::http::agent::user_agent;

/// Headers that say how a message is framed, or where it goes: whoever sends it sets them.
const FRAMING: &[&str] = &[
    "connection",
    "content-length",
    "expect",
    "host",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
];

/// Headers that hold a credential.
const CREDENTIALS: &[&str] = &["authorization", "proxy-authorization", "x-api-key"];

/// Returns true for the name of a header that frames a message, in lower case.
pub(crate) fn is_framing(name: &str) -> bool {
    FRAMING.contains(&name)
}

/// Returns true for the name of a header, in lower case, that the maker of a provider call may not set: it frames the
/// message, holds a credential, or is Alter's own.
pub(crate) fn is_reserved(name: &str) -> bool {
    is_framing(name) || CREDENTIALS.contains(&name) || name.starts_with("x-alter-")
}

/// A call as its maker describes it, without any credential.
#[derive(Clone, Debug)]
pub(crate) struct ProviderCall {
    /// In capitals.
    pub(crate) method: String,
    /// Where to.
    pub(crate) url: ProviderUrl,
    /// More headers.
    pub(crate) headers: Vec<(String, String)>,
    /// A JSON text.
    pub(crate) body: Option<String>,
}

/// A call as it is sent. It holds the credential: not to be shown.
#[derive(Clone)]
pub(crate) struct ProviderRequest {
    /// Where to, with the parameters that were put in.
    pub(crate) url: ProviderUrl,
    /// Every header.
    pub(crate) headers: Vec<(String, String)>,
    /// The names of those that were put in.
    pub(crate) injected: Vec<String>,
}

impl ProviderRequest {
    /// Puts a credential into a call made at `now`.
    pub(crate) fn new(
        call: &ProviderCall,
        token: &RetrievedToken,
        now: i64,
    ) -> Result<Self, Failure> {
        let mut request =
            Self { url: call.url.clone(), headers: call.headers.clone(), injected: Vec::new() };
        if token.injection_format.starts_with(SIGV4) {
            request.sign(call, token, now)?;
            return Ok(request.introduced());
        }
        let value = token.injection_format.replacen(PLACE, token.access_token.expose(), 1);
        request.put(&token.injection_header, value)?;
        for rule in &token.additional_injections {
            let value = match &rule.part {
                None => Some(token.access_token.expose()),
                Some(part) => token.part(part),
            };
            match value {
                None => {}
                Some(value) if rule.in_header => request.put(&rule.key, value.to_owned())?,
                Some(value) => request.url = request.url.with_query(&rule.key, value),
            }
        }
        request.url = ProviderUrl::parse("--url", &request.url.to_string())?;
        Ok(request.introduced())
    }

    /// Says what program calls, where the caller did not.
    fn introduced(mut self) -> Self {
        if !self.has("user-agent") {
            self.headers.push(("User-Agent".into(), user_agent()));
        }
        self
    }

    fn sign(
        &mut self,
        call: &ProviderCall,
        token: &RetrievedToken,
        now: i64,
    ) -> Result<(), Failure> {
        let part = |name| token.part(name).filter(|text| !text.is_empty());
        let secret_key = part("secret_key").ok_or_else(|| {
            Failure::error("the credential", "is to sign for AWS, but its secret key is missing")
        })?;
        let credentials = AwsCredentials {
            access_key: token.access_token.expose(),
            secret_key,
            session_token: part("session_token"),
            region: part("region"),
            service: part("service"),
        };
        let body = call.body.as_deref().unwrap_or_default();
        let hash = digest::sha256_hex(body.as_bytes());
        for (name, value) in sigv4::headers(&credentials, &call.method, &self.url, &hash, now)? {
            self.put(name, value)?;
        }
        Ok(())
    }

    /// Whether it has a header.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.headers.iter().any(|(found, _)| found.eq_ignore_ascii_case(name))
    }

    /// Sets a header that holds the credential. The caller's own one of that name is no good beside it.
    fn put(&mut self, name: &str, value: String) -> Result<(), Failure> {
        let ours = |found: &String| found.eq_ignore_ascii_case(name);
        if self.injected.iter().any(ours) {
            self.headers.retain(|(found, _)| !ours(found));
        } else if self.has(name) {
            let why = format!("names {name}, which the credential goes in");
            return Err(Failure::usage("--header", why).fix("leave that header out"));
        }
        self.injected.push(name.to_owned());
        self.headers.push((name.to_owned(), value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn call(url: &str, headers: &[(&str, &str)], body: Option<&str>) -> ProviderCall {
        ProviderCall {
            method: "POST".into(),
            url: ProviderUrl::parse("--url", url).unwrap(),
            headers: headers.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect(),
            body: body.map(str::to_owned),
        }
    }

    fn token(mut fields: Value) -> RetrievedToken {
        fields["grant_id"] = "11111111-2222-4333-8444-555555555555".into();
        RetrievedToken::parse(fields.to_string().as_bytes()).unwrap()
    }

    fn sent(request: &ProviderRequest) -> String {
        let lines = request
            .headers
            .iter()
            .filter(|(name, _)| name != "User-Agent")
            .map(|(name, value)| format!("{name}: {value}"));
        lines.collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_first_place_takes_the_token() {
        let plain = call("https://h/x?keep=1", &[("X-A", "b")], Some("{}"));
        for (fields, headers, url) in [
            (
                json!({ "access_token": "t" }),
                "X-A: b\nAuthorization: Bearer t",
                "https://h/x?keep=1",
            ),
            (
                json!({ "access_token": "dTpw", "injection_format": "Basic {token}" }),
                "X-A: b\nAuthorization: Basic dTpw",
                "https://h/x?keep=1",
            ),
            (
                json!({ "access_token": "t", "injection_header": "X-Key", "injection_format": "{token}.{token}" }),
                "X-A: b\nX-Key: t.{token}",
                "https://h/x?keep=1",
            ),
            (
                json!({
                    "access_token": "t",
                    "additional_credentials": { "app": "a b" },
                    "additional_injections": [
                        { "target": "header", "key": "X-App", "value_source": "additional_credentials.app" },
                        { "target": "header", "key": "X-None", "value_source": "additional_credentials.none" },
                        { "target": "header", "key": "authorization", "value_source": "token" },
                        { "target": "query_param", "key": "key", "value_source": "additional_credentials.app" },
                    ],
                }),
                "X-A: b\nX-App: a b\nauthorization: t",
                "https://h/x?keep=1&key=a%20b",
            ),
        ] {
            let request = ProviderRequest::new(&plain, &token(fields), 0).unwrap();
            assert_eq!(sent(&request), headers);
            assert_eq!(request.url.to_string(), url);
        }
    }

    #[test]
    fn a_header_of_the_callers_never_stands_beside_the_credential() {
        let plain = call("https://h/", &[("x-key", "mine")], None);
        let fields = json!({ "access_token": "t", "injection_header": "X-Key" });
        let failure = ProviderRequest::new(&plain, &token(fields), 0).err().unwrap();
        assert_eq!(failure.message(), "--header: names X-Key, which the credential goes in");
    }

    #[test]
    fn aws_needs_its_parts() {
        let plain = call("https://s3.us-east-1.amazonaws.com/b", &[], None);
        let alone =
            json!({ "access_token": "AKIDEXAMPLE", "injection_format": "AWS4-HMAC-SHA256" });
        assert!(ProviderRequest::new(&plain, &token(alone.clone()), 0).is_err());
        let mut whole = alone;
        whole["additional_credentials"] = json!({ "secret_key": "s", "session_token": "SESSION" });
        let request = ProviderRequest::new(&plain, &token(whole.clone()), 0).unwrap();
        assert_eq!(
            request.injected,
            ["Authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"]
        );
        let elsewhere = call("https://minio.example/b", &[], None);
        assert!(ProviderRequest::new(&elsewhere, &token(whole.clone()), 0).is_err());
        whole["additional_credentials"]["region"] = "eu-west-1".into();
        whole["additional_credentials"]["service"] = "s3".into();
        let request = ProviderRequest::new(&elsewhere, &token(whole), 0).unwrap();
        assert!(sent(&request).contains("/19700101/eu-west-1/s3/aws4_request"));
    }
}
