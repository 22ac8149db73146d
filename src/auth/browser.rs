//! Opens the person's browser: an argument vector, no shell, none of our credentials, and never waited for.

use std::collections::VecDeque;
use std::env;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use crate::base::environment;
use crate::base::failure::Failure;
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
    /// Finds what this system would open an address with: `BROWSER`, else its own starter.
    pub(super) fn find(url: &str) -> Result<Self, Failure> {
        let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        let own = environment::filled("BROWSER")?;
        let lines = match &own {
            Some(list) => list,
            None if cfg!(target_os = "macos") => "open",
            // Without a screen xdg-open may start a text browser on this very terminal.
            None if set("DISPLAY") || set("WAYLAND_DISPLAY") => "xdg-open",
            None => "",
        };
        Ok(Self { left: command_lines(lines, url), ..Self::default() })
    }

    /// Returns whether there is nothing to open an address with.
    pub(super) fn is_missing(&self) -> bool {
        self.left.is_empty()
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
        let (program, arguments) = program(alternative.trim())?;
        let arguments = arguments.split_whitespace();
        let mut words: Vec<String> =
            std::iter::once(program).chain(arguments).map(str::to_owned).collect();
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

/// Splits a command line behind its program: the longest beginning that is the path of one, which may have blanks in
/// it, else the first word.
fn program(line: &str) -> Option<(&str, &str)> {
    let blanks = line.match_indices(char::is_whitespace).map(|(at, _)| at);
    let ends: Vec<usize> = blanks.chain([line.len()]).collect();
    let is_path = |end: &&usize| line.starts_with('/') && Path::new(&line[..**end]).is_file();
    let end = ends.iter().rev().find(is_path).or(ends.first())?;
    Some(line.split_at(*end)).filter(|(program, _)| !program.is_empty())
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
        let with_blank = std::env::temp_dir().join(format!("a browser {}", std::process::id()));
        std::fs::write(&with_blank, "").unwrap();
        let path = with_blank.display().to_string();
        let read = command_lines(&format!("{path}:{path} -x %s"), "u");
        std::fs::remove_file(with_blank).unwrap();
        assert_eq!(read, [vec![path.as_str(), "u"], vec![path.as_str(), "-x", "u"]]);
        assert!(command_lines("", "u").is_empty() && command_lines(" : ", "u").is_empty());
    }
}
