//! Opens the person's browser: an argument vector, no shell, none of our credentials, and never waited for.

use std::collections::VecDeque;
use std::env;
use std::os::unix::process::CommandExt;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::base::subprocess;

/// A starter that fails does so at once.
const TRIAL: Duration = Duration::from_secs(1);

/// Command lines to try, and the one that is being tried.
#[derive(Debug, Default)]
pub(super) struct Browser {
    left: VecDeque<Vec<String>>,
    trying: Option<(Child, Instant)>,
    opened: bool,
}

/// How opening is going.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// One was started and may still fail.
    Trying,
    /// One is open, as far as can be known.
    Open,
    /// None could be started.
    Nowhere,
}

impl Browser {
    /// What this system would open an address with: `BROWSER`, else its own starter.
    pub(super) fn find(url: &str) -> Self {
        let set = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let own = set("BROWSER");
        let lines = match &own {
            Some(list) => list,
            None if cfg!(target_os = "macos") => "open",
            // Without a screen xdg-open may start a text browser on this very terminal.
            None if set("DISPLAY").is_some() || set("WAYLAND_DISPLAY").is_some() => "xdg-open",
            None => "",
        };
        Self { left: command_lines(lines, url), ..Self::default() }
    }

    /// Starts the next one when the last has failed.
    pub(super) fn poll(&mut self) -> State {
        if let Some((child, until)) = &mut self.trying {
            match child.try_wait() {
                Ok(None) if Instant::now() < *until => return State::Trying,
                Ok(Some(status)) if !status.success() => {}
                _ => self.opened = true,
            }
            self.trying = None;
        }
        while !self.opened {
            let Some(words) = self.left.pop_front() else {
                return State::Nowhere;
            };
            let mut command = subprocess::command(&words[0]);
            command
                .args(&words[1..])
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                // Ctrl-C here is not meant for the browser.
                .process_group(0);
            if let Ok(child) = command.spawn() {
                self.trying = Some((child, Instant::now() + TRIAL));
                return State::Trying;
            }
        }
        State::Open
    }
}

/// Splits `BROWSER`: alternatives at colons, words at blanks; the address replaces `%s`, or comes last.
fn command_lines(list: &str, url: &str) -> VecDeque<Vec<String>> {
    let line = |alternative: &str| {
        let mut words: Vec<String> = alternative.split_whitespace().map(str::to_owned).collect();
        if words.is_empty() {
            return None;
        }
        if words.iter().any(|word| word.contains("%s")) {
            for word in &mut words {
                *word = word.replace("%s", url);
            }
        } else {
            words.push(url.to_owned());
        }
        Some(words)
    };
    list.split(':').filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_variable() {
        assert_eq!(
            command_lines("a -x::b --u=%s 'c", "http://h:1/?a=b"),
            [vec!["a", "-x", "http://h:1/?a=b"], vec!["b", "--u=http://h:1/?a=b", "'c"]]
        );
        assert!(command_lines("", "u").is_empty() && command_lines(" : ", "u").is_empty());
    }
}
