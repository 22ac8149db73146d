//! Linux: the Secret Service, through `secret-tool`.

use std::path::PathBuf;
use std::process::Command;

use super::{Call, KeychainError, SERVICE, bus};
use crate::auth::account::Account;
use crate::base::origin::Origin;
use crate::base::secret::Pat;
use crate::base::subprocess;

const PROGRAM: &str = "secret-tool";

/// The program, and the bus it is to talk to.
#[derive(Debug)]
pub(super) struct Helper {
    program: PathBuf,
    bus: String,
}

impl Helper {
    /// Finds program and bus.
    pub(super) fn find() -> Result<Self, KeychainError> {
        let program = subprocess::located(PROGRAM).ok_or(KeychainError::NoHelper)?;
        let bus = bus::address().ok_or(KeychainError::Absent)?;
        Ok(Self { program, bus })
    }

    /// Shows what is kept. Without `--unlock` a locked entry is shown without its secret, and nobody is asked.
    pub(super) fn search(&self, account: Option<&Account>) -> Call {
        let mut command = self.command("search");
        command.arg("--all");
        attributes(&mut command, account);
        without_input(command)
    }

    /// Keeps a PAT, which goes to standard input.
    pub(super) fn store(&self, account: &Account, pat: &Pat) -> Call {
        let mut command = self.command("store");
        command.arg(format!("--label=Alter PAT for {account}"));
        attributes(&mut command, Some(account));
        Call { command, input: pat.expose().to_owned() }
    }

    /// Forgets a PAT.
    pub(super) fn clear(&self, account: &Account) -> Call {
        let mut command = self.command("clear");
        attributes(&mut command, Some(account));
        without_input(command)
    }

    fn command(&self, verb: &str) -> Command {
        let mut command = subprocess::command(&self.program);
        command.env("DBUS_SESSION_BUS_ADDRESS", &self.bus).arg(verb);
        command
    }
}

fn attributes(command: &mut Command, account: Option<&Account>) {
    command.args(["service", SERVICE]);
    if let Some(account) = account {
        command.args(["origin", &account.origin.to_string()]);
        command.args(["profile", &account.profile]);
    }
}

fn without_input(command: Command) -> Call {
    Call { command, input: String::new() }
}

/// The secret of the first entry that a search shows.
pub(super) fn secret(shown: &str) -> Result<Option<String>, KeychainError> {
    let secret = shown.lines().find_map(|line| line.strip_prefix("secret = "));
    match secret {
        Some(secret) => Ok(Some(secret.to_owned())),
        None if shown.trim().is_empty() => Ok(None),
        None => Err(KeychainError::Locked),
    }
}

/// The accounts of the entries that a search shows: it lists their attributes, in no order, on standard error.
pub(super) fn accounts(shown: &str) -> Vec<Account> {
    let (mut found, mut entry) = (Vec::new(), Vec::<(&str, &str)>::new());
    let attributes =
        shown.lines().filter_map(|line| line.strip_prefix("attribute.")?.split_once(" = "));
    for (name, value) in attributes {
        // A name that comes again belongs to the next entry.
        if entry.iter().any(|(earlier, _)| *earlier == name) {
            found.extend(account(&entry));
            entry.clear();
        }
        entry.push((name, value));
    }
    found.extend(account(&entry));
    found
}

fn account(entry: &[(&str, &str)]) -> Option<Account> {
    let value = |wanted| entry.iter().find(|(name, _)| *name == wanted);
    let (_, origin) = value("origin")?;
    let (_, profile) = value("profile")?;
    Some(Account::new(&Origin::parse("origin", origin).ok()?, profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_kept_locked_and_nothing_apart() {
        assert_eq!(secret(""), Ok(None));
        assert_eq!(secret("[/1]\nlabel = x\nschema = y\n"), Err(KeychainError::Locked));
        assert_eq!(
            secret("[/1]\nlabel = x\nsecret = alter_pat_1\n"),
            Ok(Some("alter_pat_1".into()))
        );
    }

    #[test]
    fn reads_the_accounts_of_a_search() {
        let shown = "secret-tool: Cannot get secret of a locked object\n\
            attribute.origin = https://a\nattribute.service = alter-cli\nattribute.profile = default\n\
            attribute.profile = other\nattribute.origin = https://b:1\nattribute.service = alter-cli\n\
            attribute.service = alter-cli\n";
        let shown: Vec<String> = accounts(shown).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["https://a (profile default)", "https://b:1 (profile other)"]);
    }
}
