//! Hosts that a credential may be sent to.

use serde_json::Value;

use crate::portal::handler::checks::{Checked, list_or_empty, string, wrong};

const MAX_HOST: usize = 253;
const MAX_LABEL: usize = 63;
const MAX_HOSTS: usize = 100;

/// A list of hosts, in lower case and each once; an empty one lets the credential go nowhere.
pub(crate) fn list(value: &Value) -> Checked<Vec<String>> {
    let mut hosts: Vec<String> = Vec::new();
    for host in list_or_empty(host)(value)? {
        if !hosts.contains(&host) {
            hosts.push(host);
        }
    }
    if hosts.len() > MAX_HOSTS {
        return wrong("too_long", format!("List should have at most {MAX_HOSTS} items"));
    }
    Ok(hosts)
}

/// An exact host, or `*.` and a domain of at least two labels.
fn host(value: &Value) -> Checked<String> {
    let host = string(value)?.to_ascii_lowercase();
    let (domain, least) = match host.strip_prefix("*.") {
        Some(domain) => (domain, 2),
        None => (host.as_str(), 1),
    };
    let labels: Vec<&str> = domain.split('.').collect();
    if host.len() <= MAX_HOST && labels.len() >= least && labels.iter().all(|label| is_label(label))
    {
        return Ok(host);
    }
    wrong(
        "host",
        format!(
            "`{host}` should be a host, or `*.` and a domain of at least two labels, without scheme, port and path"
        ),
    )
}

fn is_label(label: &str) -> bool {
    let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    (1..=MAX_LABEL).contains(&label.len())
        && label.bytes().all(known)
        && !label.starts_with('-')
        && !label.ends_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn hosts() {
        let given =
            json!(["API.stripe.com", "*.stripe.com", "api.stripe.com", "localhost", "127.0.0.1"]);
        let expected = ["api.stripe.com", "*.stripe.com", "localhost", "127.0.0.1"];
        assert_eq!(list(&given).unwrap_or_default(), expected);
        assert!(list(&json!([])).is_ok());
        for bad in [
            "",
            "*",
            "*.com",
            "**.a.b",
            "a.*.b",
            "https://a.b",
            "a.b:443",
            "a.b/c",
            "a..b",
            "-a.b",
            "a b",
            "a@b",
            "é.com",
        ] {
            assert!(list(&json!([bad])).is_err(), "{bad}");
        }
    }
}
