//! Whether there is a session bus to talk to. None is ever started.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;
use std::{env, thread};

use percent_encoding::percent_decode_str;

/// A bus takes a connection in microseconds, or is not there.
const CONNECT: Duration = Duration::from_millis(40);

/// The address of a session bus that takes connections.
pub(super) fn address() -> Option<String> {
    let address = match env::var("DBUS_SESSION_BUS_ADDRESS") {
        // Of the alternatives, others than `unix:` could start a bus.
        Ok(list) if !list.is_empty() => list
            .split(';')
            .find(|address| address.starts_with("unix:"))?
            .to_owned(),
        _ => {
            let bus = PathBuf::from(env::var_os("XDG_RUNTIME_DIR")?).join("bus");
            format!("unix:path={}", bus.to_str().filter(|_| bus.exists())?)
        }
    };
    path(&address)
        .is_none_or(|path| connects(&path))
        .then_some(address)
}

/// The socket's path; an abstract socket has none, and is left to the helper and its deadline.
fn path(address: &str) -> Option<PathBuf> {
    let mut keys = address.strip_prefix("unix:")?.split(',');
    let path = keys.find_map(|pair| pair.strip_prefix("path="))?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    Some(Path::new(path.as_ref()).to_owned())
}

/// Tried on a thread of its own: connecting waits without end when a dead bus has its queue full.
fn connects(path: &Path) -> bool {
    let (path, (tell, told)) = (path.to_owned(), mpsc::channel());
    thread::spawn(move || tell.send(UnixStream::connect(path).is_ok()));
    told.recv_timeout(CONNECT).unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_path_of_an_address() {
        let read = |address| path(address).map(|path| path.display().to_string());
        assert_eq!(
            read("unix:path=/run/a%20b,guid=1").as_deref(),
            Some("/run/a b")
        );
        assert_eq!(read("unix:guid=1,path=/x").as_deref(), Some("/x"));
        assert_eq!(read("unix:abstract=/x"), None);
    }
}
