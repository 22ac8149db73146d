//! The system's keychain, reached through the helper that belongs to it.
//!
//! A helper is a child, so that one that waits for a silent bus or for a person can be ended. It gets a credential on
//! its standard input, never among its arguments.

use std::process::Command;
use std::time::{Duration, Instant};

use super::account::Account;
use crate::base::secret::Pat;
use crate::base::subprocess::{self, Outcome};

mod bus;
mod macos;
mod secret_tool;

/// What all entries are stored under.
const SERVICE: &str = "alter-cli";
/// What a command may lose to a keychain, whatever state that is in, with room to end the helper.
const BUDGET: Duration = Duration::from_millis(750);
/// How long a person may take to unlock it when signing in.
const UNLOCKING: Duration = Duration::from_secs(30);

/// The reasons why a keychain is of no use. None of them says that nothing is stored in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeychainError {
    /// No session bus leads to one.
    Absent,
    /// There may be one, but not the helper to reach it.
    NoHelper,
    /// It holds something that cannot be seen while it is locked.
    Locked,
    /// It did not answer in time.
    Silent,
    /// The helper could not read it, as where the session bus is another user's.
    Unreadable,
    /// It said no, as one does that is locked and that nobody unlocks.
    Refused,
    /// What it holds is no PAT.
    Malformed,
}

impl KeychainError {
    /// Returns what is written in a message.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            KeychainError::Absent => {
                "there is no keychain to be reached here: no session bus takes connections"
            }
            KeychainError::NoHelper => {
                "the keychain is reached through secret-tool, which is missing; the package libsecret-tools has it"
            }
            KeychainError::Locked => "the keychain is locked",
            KeychainError::Silent => "the keychain does not answer",
            KeychainError::Unreadable => {
                "the keychain cannot be read: its helper failed, as it does on the session bus of another user"
            }
            KeychainError::Refused => "the keychain is locked or refuses to store it",
            KeychainError::Malformed => "the keychain holds something that is not a PAT",
        }
    }

    /// Returns the sentence for where something is said of what is stored, without the keychain having been seen.
    pub(super) fn unseen(self) -> String {
        format!("the keychain was not looked at: {}; {}", self.reason(), self.way_on())
    }

    /// Returns what to do to have it looked at.
    pub(super) const fn way_on(self) -> &'static str {
        match self {
            KeychainError::Absent | KeychainError::Unreadable => {
                "to use the keychain, run it in the desktop session of its owner"
            }
            KeychainError::NoHelper => {
                "to use the keychain, install libsecret-tools, or put secret-tool on PATH"
            }
            KeychainError::Locked | KeychainError::Refused => "to use the keychain, unlock it",
            KeychainError::Silent => "to use the keychain, start its service anew",
            KeychainError::Malformed => "a sign-in replaces what is there",
        }
    }
}

/// The keychain of this command, and how long it may still be waited for.
#[derive(Debug)]
pub(super) struct Keychain {
    helper: Helper,
    until: Instant,
}

#[derive(Debug)]
enum Helper {
    SecretTool(secret_tool::Helper),
    Security,
}

/// A helper's command line and what goes to its standard input.
struct Call {
    command: Command,
    input: String,
}

impl Keychain {
    /// Finds the platform's helper, without running it.
    pub(super) fn open() -> Result<Self, KeychainError> {
        let helper = if cfg!(target_os = "macos") {
            Helper::Security
        } else {
            Helper::SecretTool(secret_tool::Helper::find()?)
        };
        Ok(Self { helper, until: Instant::now() + BUDGET })
    }

    /// The PAT kept for an account. On Linux this never makes the system ask for the keychain's password.
    pub(super) fn find(&self, account: &Account) -> Result<Option<Pat>, KeychainError> {
        let text = match &self.helper {
            Helper::SecretTool(tool) => {
                let outcome = run(tool.search(Some(account)), self.until)?;
                match secret_tool::secret(&outcome.stdout)? {
                    None if !outcome.success => return Err(KeychainError::Unreadable),
                    found => found,
                }
            }
            Helper::Security => {
                let outcome = run(macos::find(account), self.until)?;
                match (outcome.success, outcome.code) {
                    (true, _) => Some(outcome.stdout.trim_end().to_owned()),
                    (false, Some(macos::NOT_FOUND)) => None,
                    _ => return Err(KeychainError::Unreadable),
                }
            }
        };
        text.map(|text| Pat::parse("PAT", &text).map_err(|_| KeychainError::Malformed)).transpose()
    }

    /// Every account that something is kept for.
    pub(super) fn list(&self) -> Result<Vec<Account>, KeychainError> {
        Ok(match &self.helper {
            Helper::SecretTool(tool) => {
                secret_tool::accounts(&readable(run(tool.search(None), self.until)?)?.stderr)
            }
            Helper::Security => macos::accounts(&readable(run(macos::dump(), self.until)?)?.stdout),
        })
    }

    /// Keeps a PAT for an account. With a person there to unlock it, a keychain that is alive is waited for.
    pub(super) fn save(
        &self,
        account: &Account,
        pat: &Pat,
        person: bool,
    ) -> Result<(), KeychainError> {
        let call = match &self.helper {
            Helper::SecretTool(tool) => tool.store(account, pat),
            Helper::Security => macos::store(account, pat),
        };
        let outcome = if person {
            // One that cannot even say what it holds is not locked but dead.
            self.list()?;
            match run(call, Instant::now() + UNLOCKING) {
                Err(KeychainError::Silent) => return Err(KeychainError::Locked),
                outcome => outcome?,
            }
        } else {
            run(call, self.until)?
        };
        if outcome.success { Ok(()) } else { Err(KeychainError::Refused) }
    }

    /// Forgets the PAT of an account; says whether there was one.
    pub(super) fn forget(&self, account: &Account) -> Result<bool, KeychainError> {
        match self.find(account) {
            Ok(None) => return Ok(false),
            Ok(Some(_)) | Err(KeychainError::Malformed) => {}
            Err(error) => return Err(error),
        }
        let call = match &self.helper {
            Helper::SecretTool(tool) => tool.clear(account),
            Helper::Security => macos::delete(account),
        };
        if run(call, self.until)?.success { Ok(true) } else { Err(KeychainError::Refused) }
    }
}

/// Refuses what a helper left behind that failed: it is not the list of what there is.
fn readable(outcome: Outcome) -> Result<Outcome, KeychainError> {
    if outcome.success { Ok(outcome) } else { Err(KeychainError::Unreadable) }
}

fn run(call: Call, until: Instant) -> Result<Outcome, KeychainError> {
    subprocess::run(call.command, call.input.as_bytes(), until)
        .map_err(|_| KeychainError::Absent)?
        .ok_or(KeychainError::Silent)
}
