//! What a browser says of where a request comes from. Any page on the web can send requests to loopback, and a name
//! that is rebound to 127.0.0.1 makes such a page look like ours in everything but its `Host`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::request::Request;

/// Whether the request is addressed to this machine, at the port the portal listens on.
pub(crate) fn is_for_us(request: &Request, port: u16) -> bool {
    let Some(host) = request.header("host") else {
        return false;
    };
    let name = match host.strip_suffix(&format!(":{port}")) {
        Some(name) => name,
        None if port == 80 => host,
        None => return false,
    };
    let bracketed = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    match bracketed {
        Some(address) => address.parse::<Ipv6Addr>().is_ok_and(|address| address.is_loopback()),
        None => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<Ipv4Addr>().is_ok_and(|address| address.is_loopback())
        }
    }
}

/// Whether a form was sent by a page of ours. Our pages send no referrer, which makes a browser write `Origin: null`;
/// `Sec-Fetch-Site` then tells.
pub(crate) fn is_own_form(request: &Request) -> bool {
    let host = request.header("host").unwrap_or_default();
    let own = format!("http://{host}");
    let from_here = request.header("sec-fetch-site").map(|site| site == "same-origin");
    match request.header("origin") {
        Some("null") => from_here == Some(true),
        Some(origin) => origin.eq_ignore_ascii_case(&own) && from_here != Some(false),
        None => from_here != Some(false),
    }
}

/// Whether a person went to this address in a window of its own; a client that is no browser says nothing of it.
pub(crate) fn is_navigation(request: &Request) -> bool {
    let mode = request.header("sec-fetch-mode");
    let dest = request.header("sec-fetch-dest");
    match (mode, dest, request.header("sec-fetch-site")) {
        (None, None, None) => true,
        (mode, dest, _) => mode == Some("navigate") && dest == Some("document"),
    }
}
