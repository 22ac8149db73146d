//! What may be at the cursor of a command line, for the completions of bash, zsh and fish.
//!
//! The shells call `alter __complete SHELL WORDS…`, the last word being the one under the cursor, and get a line a
//! candidate: the word, a tab, and what it means. A line without a word asks the shell for names of files, which are offered
//! nowhere else. The tree is the one that commands are read with.

use std::collections::HashSet;

use super::topics;
use super::tree::{self, Command, Flag, Value};
use crate::api::field::Field;
use crate::auth::{scopes, store};
use crate::output::table::Column;

/// The hidden command that the shells call.
pub(crate) const HOOK: &str = "__complete";

/// The flag whose values depend on the command before it.
const FIELDS: &str = "--fields";

/// What a line without a word means.
const FILES: &str = "files";

/// The shells there are stubs for.
pub(crate) const SHELLS: &str = "bash|zsh|fish";

/// The candidates for the last word.
pub(crate) fn candidates(root: &Command, shell: &str, words: &[String]) -> String {
    let mut words = joined(words);
    let word = words.pop().unwrap_or_default();
    let mut cursor = Cursor { at: root, pending: None, operands_only: false };
    // `alter help` is followed by the words of a command, or by a topic.
    let helped = words.first().is_some_and(|word| word == tree::HELP);
    for word in words.iter().skip(usize::from(helped)) {
        cursor.pass(word);
    }
    let mut found = Vec::new();
    if helped && words.len() == 1 {
        let topics = topics::NAMES.iter().filter(|topic| topic.starts_with(&word));
        found.extend(topics.map(|topic| ((*topic).to_owned(), "topic".to_owned())));
    }
    match (cursor.pending, word.split_once('=')) {
        (Some(flag), _) if flag.long == FIELDS => {
            list("", &word, &mut cursor.columns(), &mut found);
        }
        (Some(flag), _) => values(cursor.at, flag, "", &word, &mut found),
        (None, Some((name, part))) if name.starts_with("--") => {
            if let Some(flag) = cursor.flag(name) {
                // bash has the flag and the `=` in words of their own; the others replace the whole word.
                let lead = if shell == "bash" { String::new() } else { format!("{name}=") };
                if flag.long == FIELDS {
                    list(&lead, part, &mut cursor.columns(), &mut found);
                } else {
                    values(cursor.at, flag, &lead, part, &mut found);
                }
            }
        }
        _ => cursor.words(&word, &mut found),
    }
    if cursor.takes_file(&word) {
        found.push((String::new(), FILES.to_owned()));
    }
    // `auth` is a topic and a command.
    let mut named = HashSet::new();
    found.retain(|(word, _)| named.insert(word.clone()));
    found.iter().fold(String::new(), |lines, (word, about)| lines + word + "\t" + about + "\n")
}

/// Puts words together again that bash splits at `=`.
fn joined(words: &[String]) -> Vec<String> {
    let mut joined: Vec<String> = Vec::new();
    for word in words {
        match joined.last_mut() {
            Some(last) if last.starts_with("--") && (word == "=" || last.ends_with('=')) => {
                last.push_str(word);
            }
            _ => joined.push(word.clone()),
        }
    }
    joined
}

type Found = Vec<(String, String)>;

struct Cursor<'t> {
    at: &'t Command,
    pending: Option<&'static Flag>,
    operands_only: bool,
}

impl Cursor<'_> {
    fn pass(&mut self, word: &str) {
        if self.pending.take().is_some() || self.operands_only {
            return;
        }
        if word == "--" {
            self.operands_only = true;
        } else if word.starts_with('-') {
            self.pending =
                self.flag(word).filter(|flag| tree::value(self.at, flag) != Value::Switch);
        } else if let Some(child) = tree::child(self.at, word) {
            self.at = &child.command;
        }
    }

    fn flags(&self) -> impl Iterator<Item = &'static Flag> {
        tree::flags(self.at).chain(tree::globals())
    }

    fn flag(&self, name: &str) -> Option<&'static Flag> {
        self.flags().find(|flag| tree::is_named(flag, name))
    }

    /// Returns the keys of the rows that the command shows.
    fn columns(&self) -> impl Iterator<Item = String> {
        let table = self.at.declared.table;
        let mut keys: Vec<_> = table
            .iter()
            .flat_map(|table| table.columns.iter().filter_map(Column::key))
            .map(str::to_owned)
            .collect();
        keys.dedup();
        keys.into_iter()
    }

    /// Returns whether the last word is the name of a file: the value of a flag for a path, or `@path` where text is taken.
    fn takes_file(&self, word: &str) -> bool {
        let (flag, value) = match (self.pending, word.split_once('=')) {
            (Some(flag), _) => (Some(flag), word),
            (None, Some((name, value))) if !self.operands_only => (self.flag(name), value),
            _ => return false,
        };
        match flag.map(|flag| tree::value(self.at, flag)) {
            Some(Value::Text("path" | "url-or-dir")) => true,
            Some(Value::Text("json" | "secret")) => value.starts_with('@'),
            _ => false,
        }
    }

    fn words(&self, part: &str, found: &mut Found) {
        if self.operands_only {
            return;
        }
        let mut offer = |word: &str, about: &str| {
            if word.starts_with(part) {
                found.push((word.to_owned(), about.to_owned()));
            }
        };
        if !part.starts_with('-') {
            self.at.commands.iter().for_each(|child| offer(child.name, child.command.description));
        }
        if part.starts_with('-') || self.at.commands.is_empty() {
            self.flags().for_each(|flag| offer(flag.long, flag.description));
            offer("--help", "show help");
        }
    }
}

fn values(command: &Command, flag: &Flag, lead: &str, part: &str, found: &mut Found) {
    match tree::value(command, flag) {
        Value::Choice(words) => {
            offer(lead, part, &mut words.iter().map(|&word| word.to_owned()), found);
        }
        Value::Text("scopes") => list(lead, part, &mut scopes::all().into_iter(), found),
        Value::Text("profile") => offer(lead, part, &mut store::profiles().into_iter(), found),
        _ => {
            let words = tree::field(command, flag).map(Field::suggestions).unwrap_or_default();
            list(lead, part, &mut words.into_iter(), found);
        }
    }
}

/// Offers the words that go on from `part`.
fn offer(lead: &str, part: &str, words: &mut dyn Iterator<Item = String>, found: &mut Found) {
    let fitting = words.filter(|word| word.starts_with(part));
    found.extend(fitting.map(|word| (format!("{lead}{word}"), String::new())));
}

/// The same for the last of words that are separated by commas.
fn list(lead: &str, part: &str, words: &mut dyn Iterator<Item = String>, found: &mut Found) {
    let (done, part) = part.split_at(part.rfind(',').map_or(0, |comma| comma + 1));
    offer(&format!("{lead}{done}"), part, words, found);
}

/// What makes a shell ask; also what `alter completion print` prints.
pub(crate) fn stub(shell: &str) -> &'static str {
    match shell {
        "bash" => BASH,
        "zsh" => ZSH,
        _ => FISH,
    }
}

const BASH: &str = r#"# completion of alter for bash
_alter() {
    local line name=${COMP_WORDS[0]} words=()
    # An alias may bring words of its own; what stands before the program in it is left out.
    if ((BASH_VERSINFO[0] > 3)) && [[ -n ${BASH_ALIASES["$name"]-} ]]; then
        read -ra words <<<"${BASH_ALIASES["$name"]}"
        while ((${#words[@]})) && [[ ${words[0]##*/} != alter ]]; do words=("${words[@]:1}"); done
    fi
    local program=${words[0]:-$name}
    program=${program/#\~\//${HOME-}/}
    type -P -- "$program" >/dev/null || program=alter
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ $line == $'\tfiles' ]]; then
            compopt -o default
        else
            COMPREPLY+=("${line%%$'\t'*}")
        fi
    done < <("$program" __complete bash "${words[@]:1}" "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _alter alter
"#;

const ZSH: &str = r#"#compdef alter
# completion of alter for zsh
_alter() {
    local -a found
    local line about files= name=${words[1]}
    # An alias may bring words of its own; what stands before the program in it is left out.
    local -a lead=(${(z)aliases[$name]})
    while (( $#lead )) && [[ ${lead[1]:t} != alter ]]; do shift lead; done
    local program=${${lead[1]:-$name}/#\~\//$HOME/}
    whence -p -- $program >/dev/null || program=alter
    for line in ${(f)"$("$program" __complete zsh "${(@)lead[2,-1]}" "${(@)words[2,CURRENT]}" 2>/dev/null)"}; do
        about=${line#*$'\t'}
        if [[ -z ${line%%$'\t'*} ]]; then
            files=1
        else
            found+=("${${line%%$'\t'*}//:/\\:}${about:+:$about}")
        fi
    done
    if (( $#found )); then _describe alter found; fi
    if [[ -n $files ]]; then
        compset -P '--*='
        compset -P '@'
        _files
    fi
}
if [[ $funcstack[1] == _alter ]]; then _alter "$@"; else compdef _alter alter; fi
"#;

const FISH: &str = r#"# completion of alter for fish
function __alter_complete
    set -l words (commandline -opc)
    set -l word (commandline -ct)
    set -l program (string replace -r '^~/' "$HOME/" -- $words[1])
    # A function or an alias completes as what it wraps.
    command -q -- $program; or set program alter
    for line in ($program __complete fish $words[2..-1] $word)
        if test "$line" = \tfiles
            set -l lead (string match -r '^(?:--[^=]*=)?@?' -- $word)
            for path in (__fish_complete_path (string replace -- "$lead" '' $word))
                echo $lead$path
            end
        else
            echo $line
        end
    end
end
complete -c alter -f -a '(__alter_complete)'
"#;

#[cfg(test)]
mod tests {
    use super::*;

    fn words(shell: &str, line: &[&str]) -> Vec<String> {
        let line: Vec<String> = line.iter().map(|&word| word.to_owned()).collect();
        let found = candidates(&tree::root::<crate::cmd::Alter>(), shell, &line);
        found.lines().filter_map(|line| line.split('\t').next()).map(str::to_owned).collect()
    }

    #[test]
    fn offers_what_fits() {
        assert_eq!(words("fish", &["ap"]), ["apps", "approvals", "apply", "api"]);
        assert_eq!(words("fish", &["apps", "un"]), ["unarchive"]);
        assert_eq!(words("fish", &["keys", "list", "--sta"]), ["--status"]);
        assert_eq!(words("fish", &["keys", "list", "--status", ""]), ["active", "revoked"]);
        assert_eq!(
            words("fish", &["keys", "list", "--output=j"]),
            ["--output=json", "--output=jsonl"]
        );
        assert_eq!(words("fish", &["keys", "list", "-o", "j"]), ["json", "jsonl"]);
        assert_eq!(words("bash", &["keys", "list", "--output", "=", "j"]), ["json", "jsonl"]);
        assert_eq!(words("zsh", &["--output", "json", "keys", "ro"]), ["rotate"]);
        assert!(words("fish", &["apps", "show", "--", "--"]).is_empty());
        assert_eq!(words("fish", &["keys", "list", "--fields", "id,n"]), ["id,name"]);
        assert!(words("fish", &["keys", "show", ""]).iter().all(|word| word.starts_with("--")));
        assert_eq!(words("fish", &["keys", "mint", "--secret-file", "k"]), [""]);
        assert_eq!(words("fish", &["keys", "mint", "--input=@k"]), [""]);
        assert!(words("fish", &["keys", "mint", "--input", "k"]).is_empty());
        assert!(words("fish", &["keys", "mint", "--name", ""]).is_empty());
        assert_eq!(words("fish", &["help", "ex"]), ["exit-codes", "export"]);
        assert_eq!(words("fish", &["help", "au"]), ["auth", "audit"]);
        assert_eq!(words("fish", &["help", "apps", "un"]), ["unarchive"]);
        assert_eq!(
            words("zsh", &["auth", "login", "--scopes", "a,dashboard_keys:a"]),
            ["a,dashboard_keys:admin"]
        );
    }
}
