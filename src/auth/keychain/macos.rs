//! macOS: the login keychain, through `/usr/bin/security`.

use std::fmt::Write;

use super::{Call, SERVICE};
use crate::auth::account::Account;
use crate::base::origin::Origin;
use crate::base::secret::Pat;
use crate::base::subprocess;

const PROGRAM: &str = "/usr/bin/security";
/// The exit code for an entry that is not there: the last byte of `errSecItemNotFound`.
pub(super) const NOT_FOUND: i32 = 44;

/// Prints a PAT.
pub(super) fn find(account: &Account) -> Call {
    on_entry("find-generic-password", account, &["-w"])
}

/// Prints the attributes of everything in the keychain, secrets left out.
pub(super) fn dump() -> Call {
    call(&["dump-keychain"], String::new())
}

/// Keeps a PAT. The whole command goes to standard input, where other users cannot see it; as hex it needs no quoting.
pub(super) fn store(account: &Account, pat: &Pat) -> Call {
    let mut hex = String::new();
    for byte in pat.expose().bytes() {
        let _ = write!(hex, "{byte:02x}");
    }
    let name = name(account);
    let line = format!("add-generic-password -U -s {SERVICE} -a \"{name}\" -X {hex}\n");
    call(&["-i"], line)
}

/// Forgets a PAT.
pub(super) fn delete(account: &Account) -> Call {
    on_entry("delete-generic-password", account, &[])
}

fn on_entry(verb: &str, account: &Account, more: &[&str]) -> Call {
    let name = name(account);
    let arguments = [&[verb, "-s", SERVICE, "-a", &name], more].concat();
    call(&arguments, String::new())
}

fn call(arguments: &[&str], input: String) -> Call {
    let mut command = subprocess::command(PROGRAM);
    command.args(arguments);
    Call { command, input }
}

/// An account as the keychain's one field for it: neither part can hold a blank or a quote.
fn name(account: &Account) -> String {
    format!("{} {}", account.origin, account.profile)
}

/// The accounts in a dump: its entries have the lines `"acct"<blob>="…"` and, later, `"svce"<blob>="…"`.
pub(super) fn accounts(dump: &str) -> Vec<Account> {
    let field = |line: &'_ str, name: &str| {
        let value = line.trim_start().strip_prefix(name)?.strip_prefix("<blob>=\"")?;
        value.strip_suffix('"').map(str::to_owned)
    };
    let (mut found, mut last) = (Vec::new(), None);
    for line in dump.lines() {
        if let Some(name) = field(line, "\"acct\"") {
            last = account(&name);
        } else if field(line, "\"svce\"").as_deref() == Some(SERVICE) {
            found.extend(last.take());
        }
    }
    found
}

fn account(name: &str) -> Option<Account> {
    let (origin, profile) = name.split_once(' ')?;
    Some(Account::new(&Origin::parse("origin", origin).ok()?, profile))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pat_is_stored_through_standard_input_alone() {
        let account = Account::new(&Origin::parse("origin", "https://a").unwrap(), "p");
        let call = store(&account, &Pat::parse("pat", "alter_pat_1\"2").unwrap());
        let arguments: Vec<_> = call.command.get_args().collect();
        assert_eq!(arguments, ["-i"]);
        assert_eq!(
            call.input,
            "add-generic-password -U -s alter-cli -a \"https://a p\" -X 616c7465725f7061745f312232\n"
        );
    }

    #[test]
    fn reads_the_accounts_of_a_dump() {
        let dump = "class: \"genp\"\n    \"acct\"<blob>=\"https://a default\"\n    \"svce\"<blob>=\"alter-cli\"\n\
            class: \"genp\"\n    \"acct\"<blob>=\"me\"\n    \"svce\"<blob>=\"alter-cli\"\n\
            class: \"genp\"\n    \"acct\"<blob>=\"https://b default\"\n    \"svce\"<blob>=\"other\"\n";
        let shown: Vec<String> = accounts(dump).iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["https://a (profile default)"]);
    }
}
