//! The parameters of a query and the keys of a body: their names, and which may be left out or cleared.

use std::borrow::Cow;

use serde_json::Value;

use super::format::{self, Format, RUNTIME_SCOPE};
use super::kind::Kind;
use super::path::{Place, Wrong};
use super::runtime_scopes;

/// A query parameter, or a key of an object.
#[derive(Debug)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What its value may be.
    pub kind: Kind,
    /// Whether it must be there.
    pub required: bool,
    /// What takes its value away again.
    pub clearing: Clearing,
    /// Whether it may be given several times, which only query parameters may.
    pub repeats: bool,
    /// The flag of the command line that gives it, where it is not the name with `-` for `_`.
    pub flag: Option<&'static str>,
}

/// What clears a value that may be cleared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Clearing {
    /// Nothing does.
    Never,
    /// `null`.
    Null,
    /// `null`, and the empty text.
    NullOrEmpty,
}

/// The parameters of every paged operation, whose bounds the operation itself has.
pub const PAGING: &[Field] = &[number("limit", 1, i64::MAX), number("offset", 0, i64::MAX)];

/// The window of feeds and analyses: the start is included, the end is not.
pub const START: Field = time("start");
/// See [`START`].
pub const END: Field = time("end");
/// The app that a feed or an analysis is narrowed to.
pub const APP: Field = uuid("app_id").given_by("--app");

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, clearing: Clearing::Never, repeats: false, flag: None }
}

/// Declares text of `least` to `most` characters.
pub const fn text(name: &'static str, least: usize, most: usize) -> Field {
    field(name, Kind::Text { least, most })
}

/// Declares text of a form.
pub const fn format(name: &'static str, format: &'static Format) -> Field {
    field(name, Kind::Format(format))
}

/// Declares a UUID.
pub const fn uuid(name: &'static str) -> Field {
    format(name, &format::UUID)
}

/// Declares a credential.
pub const fn secret(name: &'static str) -> Field {
    field(name, Kind::Secret)
}

/// Declares a whole number from `least` to `most`.
pub const fn number(name: &'static str, least: i64, most: i64) -> Field {
    field(name, Kind::Number { least, most })
}

/// Declares a flag.
pub const fn flag(name: &'static str) -> Field {
    field(name, Kind::Flag)
}

/// Declares one of a few words.
pub const fn choice(name: &'static str, words: &'static [&'static str]) -> Field {
    field(name, Kind::Choice(words))
}

/// Declares any of a few words, with commas between them.
pub const fn choices(name: &'static str, words: &'static [&'static str]) -> Field {
    field(name, Kind::Choices(words))
}

/// Declares an instant.
pub const fn time(name: &'static str) -> Field {
    field(name, Kind::Time)
}

/// Declares an instant to come.
pub const fn future(name: &'static str) -> Field {
    field(name, Kind::Future)
}

/// Declares a list of at least one item.
pub const fn list(name: &'static str, of: &'static Kind) -> Field {
    field(name, Kind::List { of, least: 1, most: usize::MAX })
}

/// Declares a list of `least` to `most` items.
pub const fn bounded_list(
    name: &'static str,
    of: &'static Kind,
    least: usize,
    most: usize,
) -> Field {
    field(name, Kind::List { of, least, most })
}

/// Declares an object of these keys.
pub const fn object(name: &'static str, keys: &'static [Field]) -> Field {
    field(name, Kind::Object(keys))
}

/// Declares a value of a kind that has no declaration of its own here.
pub const fn of_kind(name: &'static str, kind: Kind) -> Field {
    field(name, kind)
}

impl Field {
    /// Must be there.
    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// May be `null`, which clears it or is as good as leaving it out.
    #[must_use]
    pub const fn nullable(mut self) -> Self {
        self.clearing = Clearing::Null;
        self
    }

    /// May be `null` or empty, which both clear it.
    #[must_use]
    pub const fn clearable(mut self) -> Self {
        self.clearing = Clearing::NullOrEmpty;
        self
    }

    /// Is given by this flag of the command line.
    #[must_use]
    pub const fn given_by(mut self, flag: &'static str) -> Self {
        self.flag = Some(flag);
        self
    }

    /// May be given several times.
    #[must_use]
    pub const fn repeats(mut self) -> Self {
        self.repeats = true;
        self
    }

    /// Returns the words that its value, or each of its items, is one of.
    pub fn words(&self) -> &'static [&'static str] {
        match &self.kind {
            Kind::Choice(words) | Kind::Choices(words) => words,
            _ => &[],
        }
    }

    /// Returns the flag of the command line that gives it.
    pub fn flag(&self) -> Cow<'static, str> {
        match self.flag {
            Some(flag) => flag.into(),
            None => format!("--{}", self.name.replace('_', "-")).into(),
        }
    }

    /// Returns the words that its value can be made of, for completion: those of a list have commas between them.
    pub fn suggestions(&self) -> Vec<String> {
        match &self.kind {
            Kind::List { of: Kind::Format(of), .. } if of.name == RUNTIME_SCOPE.name => {
                runtime_scopes::all()
            }
            _ => self.words().iter().map(|&word| word.to_owned()).collect(),
        }
    }

    /// Returns the bounds of a whole number.
    pub const fn bounds(&self) -> Option<(i64, i64)> {
        match self.kind {
            Kind::Number { least, most } => Some((least, most)),
            _ => None,
        }
    }

    /// Returns whether its value is a credential.
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, Kind::Secret | Kind::Map { of: Kind::Secret, .. })
    }

    /// Checks the value of a key.
    pub fn check(&self, at: &Place<'_>, now: i64, faults: &mut Vec<Wrong>) {
        let empty = at.value.as_str() == Some("");
        match self.clearing {
            Clearing::Null | Clearing::NullOrEmpty if at.value.is_null() => {}
            Clearing::NullOrEmpty if empty => {}
            _ => self.kind.check(at, now, faults),
        }
    }

    /// Checks a value alone.
    pub fn check_value(&self, value: &Value, now: i64) -> Result<(), Vec<Wrong>> {
        let mut faults = Vec::new();
        self.check(&Place::root(value), now, &mut faults);
        if faults.is_empty() { Ok(()) } else { Err(faults) }
    }

    /// Checks a value as a query or a flag writes it, and returns it as JSON.
    pub fn read(&self, text: &str, now: i64) -> Result<Value, Wrong> {
        let value = self.kind.value(text);
        let checked = value.and_then(|value| match self.check_value(&value, now) {
            Ok(()) => Ok(value),
            Err(mut faults) => Err(faults.swap_remove(0)),
        });
        checked.map_err(|wrong| Wrong { path: wrong.path, ..wrong })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_428_245;
    const TYPES: Kind = Kind::Tagged(&[("none", &[]), ("one", &[uuid("id").required()])]);

    fn faults(field: &Field, value: &Value) -> Vec<(String, &'static str)> {
        let faults = field.check_value(value, NOW).err().unwrap_or_default();
        faults.iter().map(|wrong| (wrong.path.to_string(), wrong.kind)).collect()
    }

    fn judged(field: &Field, good: &[Value], bad: &[(Value, &str, &str)]) {
        for value in good {
            assert_eq!(faults(field, value), [], "{field:?} {value}");
        }
        for (value, path, kind) in bad {
            assert_eq!(faults(field, value), [((*path).to_owned(), *kind)], "{field:?} {value}");
        }
    }

    #[test]
    fn kinds_decide() {
        judged(
            &text("name", 1, 3),
            &[json!("é23")],
            &[
                (json!(""), "$", "string_too_short"),
                (json!("1234"), "$", "string_too_long"),
                (json!(null), "$", "string_type"),
            ],
        );
        judged(&text("name", 1, 3).clearable(), &[json!(""), json!(null)], &[]);
        judged(
            &text("name", 1, 3).nullable(),
            &[json!(null)],
            &[(json!(""), "$", "string_too_short")],
        );
        judged(
            &number("limit", 1, 30),
            &[json!(1), json!(30), json!(30.0)],
            &[
                (json!(0), "$", "greater_than_equal"),
                (json!(31), "$", "less_than_equal"),
                (json!(1.5), "$", "int_type"),
                (json!("1"), "$", "int_type"),
            ],
        );
        judged(&flag("force"), &[json!(true)], &[(json!("true"), "$", "bool_type")]);
        judged(&choice("status", &["a", "b"]), &[json!("a")], &[(json!("c"), "$", "enum")]);
        judged(&choices("status", &["a", "b"]), &[json!("a,b")], &[(json!("a, b"), "$", "enum")]);
        judged(
            &secret("secret"),
            &[json!("a b")],
            &[
                (json!(" "), "$", "secret"),
                (json!("a\nb"), "$", "secret"),
                (json!(""), "$", "string_too_short"),
            ],
        );
        judged(
            &future("expires_at"),
            &[json!("2026-11-23T10:04:06Z")],
            &[
                (json!("2026-11-23T10:04:05Z"), "$", "datetime_future"),
                (json!("tomorrow"), "$", "datetime_parsing"),
            ],
        );
        judged(
            &list("scopes", &Kind::Format(&format::UUID)),
            &[],
            &[
                (json!([]), "$", "too_short"),
                (json!(["x"]), "$[0]", "uuid"),
                (json!("x"), "$", "list_type"),
            ],
        );
        judged(
            &of_kind("parts", Kind::Map { of: &Kind::Secret, keys: 1, name: 2, bytes: 100 }),
            &[json!({}), json!({"ab": "c"})],
            &[
                (json!({"a": "b", "c": "d"}), "$", "too_long"),
                (json!({"abc": "d"}), "$.abc", "string_too_long"),
                (json!({"a": 1}), "$.a", "string_type"),
            ],
        );
        judged(
            &of_kind("principal", TYPES),
            &[json!({"type": "none"})],
            &[
                (json!({"type": "one"}), "$.id", "missing"),
                (json!({"type": "none", "id": "x"}), "$.id", "extra_forbidden"),
                (json!({}), "$.type", "enum"),
            ],
        );
    }

    #[test]
    fn values_are_read_as_a_query_writes_them() {
        let read = |field: Field, text: &str| field.read(text, NOW).map_err(|wrong| wrong.kind);
        assert_eq!(read(number("limit", 1, 30), "030"), Ok(json!(30)));
        assert_eq!(read(number("limit", 1, 30), "+3"), Err("int_parsing"));
        assert_eq!(read(number("limit", 1, 30), "31"), Err("less_than_equal"));
        assert_eq!(read(flag("force"), "true"), Ok(json!(true)));
        assert_eq!(read(flag("force"), "1"), Err("bool_parsing"));
        assert_eq!(read(text("search", 0, 3), "abcd"), Err("string_too_long"));
    }
}
