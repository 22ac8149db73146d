//! The text of `auth.toml`: `[[signin]]` tables with three strings each. A message names a line, never what is on it.

use std::fmt::Write;

use super::account::Account;
use crate::base::origin::Origin;
use crate::base::secret::Pat;

const HEADING: &str = "# Sign-ins of the alter command line: credentials in plain text.\n";
const TABLE: &str = "[[signin]]";
const KEYS: [&str; 3] = ["origin", "profile", "pat"];

/// A stored PAT with what it belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct SignIn {
    pub(super) account: Account,
    pub(super) pat: Pat,
}

/// What is wrong with the text, and on which line, counted from one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Malformed {
    pub(super) line: usize,
    pub(super) why: &'static str,
}

/// One table while it is read.
struct Open {
    line: usize,
    values: [Option<(usize, String)>; 3],
}

/// Reads the text.
pub(super) fn read(text: &str) -> Result<Vec<SignIn>, Malformed> {
    let (mut found, mut open) = (Vec::new(), None::<Open>);
    for (at, line) in text.lines().enumerate() {
        let number = at + 1;
        let malformed = |why| Malformed { line: number, why };
        let line = line.trim_matches([' ', '\t']);
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(rest) = line.strip_prefix(TABLE) {
            end_of_line(rest).ok_or_else(|| malformed("has more than a table's name"))?;
            close(open.take(), &mut found)?;
            open = Some(Open { line: number, values: Default::default() });
            continue;
        }
        let (key, value) = line
            .split_once('=')
            .ok_or_else(|| malformed("is neither a [[signin]] table nor a key and its value"))?;
        let which = KEYS
            .iter()
            .position(|known| *known == key.trim_end())
            .ok_or_else(|| malformed("has a key that is not origin, profile or pat"))?;
        let table = open.as_mut().ok_or_else(|| malformed("comes before the first [[signin]]"))?;
        let value = string(value.trim_start())
            .ok_or_else(|| malformed("has a value that is not one quoted string"))?;
        if table.values[which].replace((number, value)).is_some() {
            return Err(malformed("repeats a key"));
        }
    }
    close(open, &mut found)?;
    Ok(found)
}

fn close(open: Option<Open>, found: &mut Vec<SignIn>) -> Result<(), Malformed> {
    let Some(Open { line, values }) = open else {
        return Ok(());
    };
    let [Some((at, origin)), Some((_, profile)), Some((pat_at, pat))] = values else {
        return Err(Malformed { line, why: "begins a table without origin, profile or pat" });
    };
    let origin = Origin::parse("origin", &origin)
        .map_err(|_| Malformed { line: at, why: "has an invalid origin" })?;
    let pat = Pat::parse("pat", &pat)
        .map_err(|_| Malformed { line: pat_at, why: "has an invalid PAT" })?;
    let account = Account { origin, profile };
    if found.iter().any(|earlier| earlier.account == account) {
        return Err(Malformed {
            line,
            why: "begins a second table for the same origin and profile",
        });
    }
    found.push(SignIn { account, pat });
    Ok(())
}

/// A quoted string with nothing but a comment behind it.
fn string(text: &str) -> Option<String> {
    if let Some(literal) = text.strip_prefix('\'') {
        let (inside, rest) = literal.split_once('\'')?;
        return end_of_line(rest).map(|()| inside.to_owned());
    }
    let mut letters = text.strip_prefix('"')?.chars();
    let mut value = String::new();
    loop {
        match letters.next()? {
            '"' => return end_of_line(letters.as_str()).map(|()| value),
            '\\' => value.push(letters.next().filter(|c| matches!(c, '"' | '\\'))?),
            c if c.is_control() => return None,
            c => value.push(c),
        }
    }
}

fn end_of_line(rest: &str) -> Option<()> {
    let rest = rest.trim_start_matches([' ', '\t']);
    (rest.is_empty() || rest.starts_with('#')).then_some(())
}

/// Writes the text.
pub(super) fn write(sign_ins: &[SignIn]) -> String {
    let mut text = String::from(HEADING);
    for SignIn { account, pat } in sign_ins {
        let _ = write!(
            text,
            "\n{TABLE}\norigin = {}\nprofile = {}\npat = {}\n",
            quoted(&account.origin.to_string()),
            quoted(&account.profile),
            quoted(pat.expose()),
        );
    }
    text
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', r"\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sign_in(origin: &str, pat: &str) -> SignIn {
        SignIn {
            account: Account::new(&Origin::parse("origin", origin).unwrap(), "default"),
            pat: Pat::parse("pat", pat).unwrap(),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let sign_ins = [
            sign_in("https://a", r#"alter_pat_x"y\z'#="#),
            sign_in("http://127.0.0.1:4400", "alter_pat_2"),
        ];
        assert_eq!(read(&write(&sign_ins)).unwrap(), sign_ins);
        assert_eq!(read(&write(&[])).unwrap(), []);
    }

    #[test]
    fn takes_what_a_person_may_write() {
        let text = "# c\n\t[[signin]] # c\r\n pat='alter_pat_1' # c\norigin =\"https://A:443/\"\nprofile= \"default\"\n";
        assert_eq!(read(text).unwrap(), [sign_in("https://a", "alter_pat_1")]);
    }

    #[test]
    fn names_the_line_and_nothing_of_it() {
        let table = "[[signin]]\norigin = \"https://a\"\nprofile = \"p\"\npat = \"alter_pat_1\"\n";
        for (text, line) in [
            ("rubbish".to_owned(), 1),
            ("pat = \"alter_pat_1\"".into(), 1),
            ("[[signin]]\n[signin]\n".into(), 2),
            ("[[signin]]\n\n".into(), 1),
            ("[[signin]] x\n".into(), 1),
            (table.replace("\"alter_pat_1\"", "alter_pat_1"), 4),
            (table.replace("\"alter_pat_1\"", "\"alter_pat_1"), 4),
            (table.replace("alter_pat_1", "alter_rk_1"), 4),
            (table.replace("alter_pat_1", r"alter_pat_\u0041"), 4),
            (table.replace("https://a", "http://a"), 2),
            (format!("{table}pat = 'alter_pat_2'\n"), 5),
            (format!("{table}colour = 'red'\n"), 5),
            (format!("{table}{table}"), 5),
        ] {
            let malformed = read(&text).unwrap_err();
            assert_eq!(malformed.line, line, "{text}: {}", malformed.why);
        }
    }
}
