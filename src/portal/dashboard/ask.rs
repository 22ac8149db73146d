//! What a sign-in asks for, checked before anybody is shown anything.

use crate::auth::scopes;

use crate::portal::http::form::Pairs;

const STATE_MAX: usize = 512;
const NAME_MAX: usize = 200;

/// A sign-in that may be shown to a person.
#[derive(Debug)]
pub(super) struct Ask {
    /// The listener's port: the one part of the callback that is not fixed.
    pub(super) port: u16,
    pub(super) state: String,
    pub(super) scopes: Vec<String>,
    pub(super) client: String,
    pub(super) host: String,
}

impl Ask {
    /// Reads and checks the parameters of a query or of the page's own form.
    pub(super) fn read(pairs: &Pairs) -> Result<Self, String> {
        let ask = Self {
            port: port(text(pairs, "callback", 64)?)
                .ok_or("The callback is not of the form http://127.0.0.1:PORT/callback.")?,
            state: text(pairs, "state", STATE_MAX)?.to_owned(),
            scopes: text(pairs, "scopes", 4096)?.split(',').map(str::to_owned).collect(),
            client: name(pairs, "client")?,
            host: name(pairs, "host")?,
        };
        match ask.scopes.iter().find(|scope| !scopes::is_known(scope)) {
            Some(unknown) => Err(format!("There is no scope “{unknown}”.")),
            None => Ok(ask),
        }
    }

    /// Where the answer goes: always to the machine the browser runs on.
    pub(super) fn callback(&self) -> String {
        format!("{}/callback", self.origin())
    }

    /// The callback without its path.
    pub(super) fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn text<'a>(pairs: &'a Pairs, name: &str, max: usize) -> Result<&'a str, String> {
    match pairs.get(name) {
        None | Some("") => Err(format!("The parameter “{name}” is missing.")),
        Some(text) if text.len() > max => Err(format!("The parameter “{name}” is too long.")),
        Some(text) => Ok(text),
    }
}

/// What the program says of itself: shown, and nothing more.
fn name(pairs: &Pairs, name: &str) -> Result<String, String> {
    match pairs.get(name) {
        None | Some("") => Ok("unknown".to_owned()),
        Some(_) => text(pairs, name, NAME_MAX).map(str::to_owned),
    }
}

fn port(callback: &str) -> Option<u16> {
    let port = callback.strip_prefix("http://127.0.0.1:")?.strip_suffix("/callback")?;
    let number: u16 = port.parse().ok()?;
    // `+80` and `080` parse as well.
    (number > 0 && port == number.to_string()).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_is_called_back() {
        assert_eq!(port("http://127.0.0.1:8123/callback"), Some(8123));
        for callback in [
            "https://127.0.0.1:1/callback",
            "http://localhost:1/callback",
            "http://127.0.0.1/callback",
            "http://127.0.0.1:0/callback",
            "http://127.0.0.1:+80/callback",
            "http://127.0.0.1:99999/callback",
            "http://127.0.0.1:80@evil.example/callback",
            "http://127.0.0.1:80/callback?x",
            "http://127.0.0.1:80/callback/",
            "http://127.0.0.1:80.evil.example/callback",
        ] {
            assert_eq!(port(callback), None, "{callback}");
        }
    }
}
