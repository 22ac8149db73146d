//! AWS Signature Version 4.

mod endpoint;
mod names;

use super::digest;
use super::target;
use super::url::ProviderUrl;
use crate::base::failure::Failure;
use crate::base::origin::encode;
use crate::base::time;
use crate::input::check::hex;

/// What AWS signs with.
#[derive(Clone, Copy)]
pub(crate) struct AwsCredentials<'a> {
    /// The access key id.
    pub(crate) access_key: &'a str,
    /// The secret that signs.
    pub(crate) secret_key: &'a str,
    /// Of temporary credentials.
    pub(crate) session_token: Option<&'a str>,
    /// For hosts that do not say it.
    pub(crate) region: Option<&'a str>,
    /// For hosts that do not say it.
    pub(crate) service: Option<&'a str>,
}

/// The headers that sign a request whose body has this SHA-256.
pub(crate) fn headers(
    credentials: &AwsCredentials,
    method: &str,
    url: &ProviderUrl,
    body_hash: &str,
    now: i64,
) -> Result<Vec<(&'static str, String)>, Failure> {
    let (service, region) = scope(credentials, url.origin().host())?;
    let at = time::format(now).replace(['-', ':'], "");
    let day = &at[..8];
    let mut signed = vec![
        ("host", url.authority()),
        ("x-amz-content-sha256", body_hash.to_owned()),
        ("x-amz-date", at.clone()),
    ];
    if let Some(session) = credentials.session_token {
        signed.push(("x-amz-security-token", session.to_owned()));
    }
    let names = signed.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
    let lines: Vec<String> = signed.iter().map(|(name, value)| format!("{name}:{value}")).collect();
    let request = [
        method,
        &path(url.path(), &service),
        &query(url.query()),
        &lines.join("\n"),
        "",
        &names,
        body_hash,
    ]
    .join("\n");
    let scope = format!("{day}/{region}/{service}/aws4_request");
    let text =
        format!("AWS4-HMAC-SHA256\n{at}\n{scope}\n{}", digest::sha256_hex(request.as_bytes()));
    let key = [day, &region, &service, "aws4_request"]
        .iter()
        .fold(format!("AWS4{}", credentials.secret_key).into_bytes(), |key, part| {
            digest::hmac(&key, part.as_bytes())
        });
    let signature = hex(&digest::hmac(&key, text.as_bytes()));
    let authorization = format!(
        "AWS4-HMAC-SHA256 Credential={}/{scope}, SignedHeaders={names}, Signature={signature}",
        credentials.access_key
    );
    let mut headers = vec![
        ("Authorization", authorization),
        ("x-amz-date", at),
        ("x-amz-content-sha256", body_hash.to_owned()),
    ];
    headers.extend(signed.into_iter().skip(3));
    Ok(headers)
}

/// Service and region: those that the host says, else those kept with the credential.
fn scope(credentials: &AwsCredentials, host: &str) -> Result<(String, String), Failure> {
    if let Some(found) = endpoint::detect(host) {
        return Ok(found);
    }
    match (credentials.service, credentials.region) {
        (Some(service), Some(region)) => Ok((service.to_owned(), region.to_owned())),
        _ => Err(Failure::error(
            "the AWS signature",
            format!("neither the host {host} nor the credential says the service and the region"),
        )
        .fix("store region and service with the credential")),
    }
}

/// S3 signs the path as it goes over the wire; every other service has it encoded once more.
fn path(path: &str, service: &str) -> String {
    if service == "s3" {
        return path.to_owned();
    }
    path.split('/').map(encode).collect::<Vec<_>>().join("/")
}

/// A `+` is itself here, not a space.
fn query(query: &str) -> String {
    if query.is_empty() {
        return String::new();
    }
    let mut pairs: Vec<(String, String)> = query
        .split('&')
        .map(|piece| {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            (encode(&target::decode(name)), encode(&target::decode(value)))
        })
        .collect();
    pairs.sort();
    pairs.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 2026-01-01T00:00:00Z
    const NOW: i64 = 1_767_225_600;
    const CREDENTIALS: AwsCredentials = AwsCredentials {
        access_key: "AKIDEXAMPLE",
        secret_key: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
        session_token: None,
        region: None,
        service: None,
    };

    #[test]
    fn requests_are_signed_to_the_letter() {
        for (method, url, body, session, scope, signature) in [
            (
                "GET",
                "https://s3.us-east-1.amazonaws.com/my-bucket/key%20name",
                "",
                None,
                "us-east-1/s3",
                "6a02893aa327876e236fe727d832561f8d9bd723a5fe4a9926d9d3316820f7dd",
            ),
            (
                "POST",
                "https://bedrock-runtime.us-west-2.amazonaws.com/model/anthropic.claude%3A1/invoke?b=2&a=1+x",
                r#"{"prompt": "Hello"}"#,
                None,
                "us-west-2/bedrock",
                "8af8970337c216a4792d01281b0c5d69e5a10b0dfdc84e0d6ed1be08d6189cdb",
            ),
            (
                "GET",
                "https://sts.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15",
                "",
                Some("SESSION"),
                "us-east-1/sts",
                "86fdc54b4d4873ecefaadf0cc72e1ab60ee871993c6ae437b4a7216da0e9113a",
            ),
        ] {
            let url = ProviderUrl::parse("--url", url).unwrap();
            let credentials = AwsCredentials { session_token: session, ..CREDENTIALS };
            let hash = digest::sha256_hex(body.as_bytes());
            let headers = headers(&credentials, method, &url, &hash, NOW).unwrap();
            let token = if session.is_some() { ";x-amz-security-token" } else { "" };
            assert_eq!(
                headers[0].1,
                format!(
                    "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260101/{scope}/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date{token}, Signature={signature}"
                )
            );
            assert_eq!(headers[1], ("x-amz-date", "20260101T000000Z".to_owned()));
        }
    }

    #[test]
    fn a_plus_in_a_query_is_a_plus() {
        assert_eq!(query("b=2&a=1+x&c&a=%2f"), "a=%2F&a=1%2Bx&b=2&c=");
        assert_eq!(path("/a%3Ab/~c", "bedrock"), "/a%253Ab/~c");
    }
}
