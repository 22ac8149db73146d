//! Whether there is a session bus to talk to. None is ever started.

use std::env;
use std::path::{Path, PathBuf};

use rustix::fs::{OFlags, fcntl_setfl};
use rustix::net::{AddressFamily, SocketAddrUnix, SocketType, connect, socket};

use crate::base::origin;

/// The address of a session bus that takes connections.
pub(super) fn address() -> Option<String> {
    let address = match env::var("DBUS_SESSION_BUS_ADDRESS") {
        // Of the alternatives, others than `unix:` could start a bus.
        Ok(list) if !list.is_empty() => {
            list.split(';').find(|address| address.starts_with("unix:"))?.to_owned()
        }
        _ => {
            let bus = PathBuf::from(env::var_os("XDG_RUNTIME_DIR")?).join("bus");
            format!("unix:path={}", bus.to_str().filter(|_| bus.exists())?)
        }
    };
    path(&address).is_none_or(|path| connects(&path)).then_some(address)
}

/// The socket's path; an abstract socket has none, and is left to the helper and its deadline.
fn path(address: &str) -> Option<PathBuf> {
    let mut keys = address.strip_prefix("unix:")?.split(',');
    let path = keys.find_map(|pair| pair.strip_prefix("path="))?;
    origin::decode(path).map(PathBuf::from)
}

/// Connects without waiting: a dead bus may have its queue full, and would never answer.
fn connects(path: &Path) -> bool {
    let connected = SocketAddrUnix::new(path).and_then(|address| {
        let socket = socket(AddressFamily::UNIX, SocketType::STREAM, None)?;
        fcntl_setfl(&socket, OFlags::NONBLOCK)?;
        connect(&socket, &address)
    });
    connected.is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_path_of_an_address() {
        let read = |address| path(address).map(|path| path.display().to_string());
        assert_eq!(read("unix:path=/run/a%20b,guid=1").as_deref(), Some("/run/a b"));
        assert_eq!(read("unix:guid=1,path=/x").as_deref(), Some("/x"));
        assert_eq!(read("unix:abstract=/x"), None);
    }
}
