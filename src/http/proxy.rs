//! Which proxy a request goes through, decided as curl decides it.
//!
//! Only `https://` requests can have one: `http://` is for loopback, which always goes direct.

use std::net::IpAddr;

use ureq::Proxy;
use ureq::http::Uri;

use crate::base::environment;
use crate::base::failure::Failure;
use crate::base::origin::Origin;

const PROXIES: [&str; 4] = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"];

/// The proxy for an origin; `None` means direct.
pub(crate) fn choose(origin: &Origin) -> Result<Option<Proxy>, Failure> {
    if origin.is_loopback() || !origin.is_https() || is_exempt(origin.host())? {
        return Ok(None);
    }
    match first_of(&PROXIES, environment::filled)? {
        Some((name, url)) => parse(name, &url).map(Some),
        None => Ok(None),
    }
}

fn first_of(
    names: &[&'static str],
    read: fn(&str) -> Result<Option<String>, Failure>,
) -> Result<Option<(&'static str, String)>, Failure> {
    for &name in names {
        if let Some(value) = read(name)? {
            return Ok(Some((name, value)));
        }
    }
    Ok(None)
}

// The address may hold a password: no message repeats it.
fn parse(name: &str, url: &str) -> Result<Proxy, Failure> {
    let with_scheme = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
    if !with_scheme.to_ascii_lowercase().starts_with("http://") {
        return Err(Failure::usage(name, "names a proxy that is not reached over http")
            .fix(format!("set {name} to an http:// proxy, or name the host in NO_PROXY")));
    }
    address(&with_scheme).and_then(|url| Proxy::new(&url).ok()).ok_or_else(|| {
        Failure::usage(name, "is not the address of a proxy")
            .fix(format!("set {name} to http://HOST:PORT"))
    })
}

/// The address with its port; `None` where the port is none.
fn address(url: &str) -> Option<String> {
    let uri: Uri = url.parse().ok()?;
    let authority = uri.authority()?;
    match authority.port_u16() {
        Some(_) => Some(url.to_owned()),
        None => authority.as_str().ends_with(authority.host()).then(|| {
            // Where curl looks for a proxy without a port.
            format!("http://{authority}:1080")
        }),
    }
}

fn is_exempt(host: &str) -> Result<bool, Failure> {
    let Some((_, list)) = first_of(&["no_proxy", "NO_PROXY"], environment::list)? else {
        return Ok(false);
    };
    Ok(list.split([',', ' ']).map(str::trim).any(|entry| matches(entry, host)))
}

/// Whether an entry of `NO_PROXY` covers a host: `*`, a domain with its subdomains, an address, a CIDR block.
fn matches(entry: &str, host: &str) -> bool {
    let entry = entry.to_ascii_lowercase();
    let host = host.trim_matches(['[', ']']);
    if entry == "*" {
        return true;
    }
    if let Ok(address) = host.parse::<IpAddr>() {
        let entry = entry.trim_matches(['[', ']']);
        return match entry.split_once('/') {
            Some((network, bits)) => in_block(address, network, bits).unwrap_or(false),
            None => entry.parse() == Ok(address),
        };
    }
    let domain = entry.trim_matches('.');
    !domain.is_empty()
        && host
            .trim_end_matches('.')
            .strip_suffix(domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

fn in_block(address: IpAddr, network: &str, bits: &str) -> Option<bool> {
    let bits: u32 = bits.parse().ok()?;
    match (address, network.parse().ok()?) {
        (IpAddr::V4(address), IpAddr::V4(network)) => {
            let mask = u32::MAX.checked_shl(32_u32.checked_sub(bits)?).unwrap_or(0);
            Some(address.to_bits() & mask == network.to_bits() & mask)
        }
        (IpAddr::V6(address), IpAddr::V6(network)) => {
            let mask = u128::MAX.checked_shl(128_u32.checked_sub(bits)?).unwrap_or(0);
            Some(address.to_bits() & mask == network.to_bits() & mask)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_proxy_is_read_as_curl_reads_it() {
        for (entry, host, covered) in [
            ("*", "a.example", true),
            ("example.com", "example.com", true),
            ("example.com", "api.example.com", true),
            (".example.com", "api.example.com", true),
            ("example.com", "badexample.com", false),
            ("", "example.com", false),
            ("10.0.0.0/8", "10.1.2.3", true),
            ("10.0.0.0/8", "11.1.2.3", false),
            ("0.0.0.0/0", "11.1.2.3", true),
            ("10.0.0.0/99", "10.1.2.3", false),
            ("192.168.1.1", "192.168.1.1", true),
            ("fd00::/8", "[fd12::1]", true),
        ] {
            assert_eq!(matches(entry, host), covered, "{entry} {host}");
        }
    }
}
