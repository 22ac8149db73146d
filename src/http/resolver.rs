//! Host names to addresses, looked up when a connection is made and not before: ureq asks its resolver for every
//! request, also where a connection stands.
//!
//! `localhost` is this machine whatever a hosts file or a name server says (RFC 6761): a PAT may go there without TLS.
//! It also works where there is neither, as in an empty container.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, ToSocketAddrs};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

/// Leaves the look-up to the connector, which calls `look_up`.
#[derive(Debug)]
pub(super) struct AtConnecting;

impl Resolver for AtConnecting {
    fn resolve(&self, _: &Uri, _: &Config, _: NextTimeout) -> Result<ResolvedSocketAddrs, Error> {
        Ok(self.empty())
    }
}

/// Returns the addresses of a URL's host, IPv6 and IPv4 in turns; `None` where they were not found until then.
pub(super) fn look_up(uri: &Uri, until: Option<Instant>) -> Option<io::Result<Vec<SocketAddr>>> {
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let usual = if uri.scheme_str() == Some("https") { 443 } else { 80 };
    let port = uri.port_u16().unwrap_or(usual);
    let at = |address: IpAddr| SocketAddr::new(address, port);
    if let Ok(address) = host.parse() {
        return Some(Ok(vec![at(address)]));
    }
    if host == "localhost" {
        return Some(Ok(vec![at(Ipv4Addr::LOCALHOST.into()), at(Ipv6Addr::LOCALHOST.into())]));
    }
    // The C library has no look-up with a deadline: it goes on without us.
    let (found, wait) = mpsc::sync_channel(1);
    let name = host.to_owned();
    let look = move || drop(found.send((name.as_str(), port).to_socket_addrs()));
    if let Err(error) = thread::Builder::new().spawn(look) {
        return Some(Err(error));
    }
    let left = until.map(|until| until.saturating_duration_since(Instant::now()));
    let found = wait.recv_timeout(left.unwrap_or(Duration::MAX)).ok()?;
    Some(found.map(|addresses| in_turns(addresses.collect())))
}

/// Orders addresses so that the families alternate, each in its own order, beginning with the first one's (RFC 8305,
/// section 4).
fn in_turns(addresses: Vec<SocketAddr>) -> Vec<SocketAddr> {
    let first = addresses.first().is_some_and(SocketAddr::is_ipv6);
    let (mut one, mut other): (Vec<_>, Vec<_>) =
        addresses.into_iter().partition(|address| address.is_ipv6() == first);
    one.reverse();
    other.reverse();
    let mut ordered = Vec::with_capacity(one.len() + other.len());
    while !one.is_empty() || !other.is_empty() {
        ordered.extend(one.pop());
        ordered.extend(other.pop());
    }
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_alternate() {
        let given: Vec<SocketAddr> = ["[::1]:1", "[::2]:1", "[::3]:1", "10.0.0.1:1", "10.0.0.2:1"]
            .iter()
            .map(|text| text.parse().unwrap())
            .collect();
        let ordered: Vec<String> = in_turns(given).iter().map(ToString::to_string).collect();
        assert_eq!(ordered, ["[::1]:1", "10.0.0.1:1", "[::2]:1", "10.0.0.2:1", "[::3]:1"]);
        assert_eq!(in_turns(Vec::new()), Vec::new());
    }
}
