//! The parameters of a query and the keys of a body: what each may be, checked in one place.

use serde_json::{Map, Value};

use super::format::{self, Format, one_line};
use super::path::{Place, Wrong};
use crate::base::time;

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

/// What a value may be.
#[derive(Debug)]
pub enum Kind {
    /// Text of so many characters.
    Text {
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// Text of a form.
    Format(&'static Format),
    /// A credential, which no message repeats.
    Secret,
    /// A whole number between two bounds, both allowed.
    Number {
        /// The least.
        least: i64,
        /// The greatest.
        most: i64,
    },
    /// `true` or `false`.
    Flag,
    /// One of a few words.
    Choice(&'static [&'static str]),
    /// Any of a few words, with commas between them, in a query.
    Choices(&'static [&'static str]),
    /// An instant, as RFC 3339 has it.
    Time,
    /// An instant that has not come yet.
    Future,
    /// A list of so many items.
    List {
        /// What each item may be.
        of: &'static Kind,
        /// The fewest.
        least: usize,
        /// The most.
        most: usize,
    },
    /// An object of these keys and no others.
    Object(&'static [Field]),
    /// An object of any keys whose values are all of one kind.
    Map {
        /// What each value may be.
        of: &'static Kind,
        /// The most keys.
        keys: usize,
        /// The most characters of a key.
        name: usize,
        /// The most bytes when it is written without blanks.
        bytes: usize,
    },
    /// An object that names its type under `type`, with the keys of that type.
    Tagged(&'static [(&'static str, &'static [Field])]),
    /// An object of anything.
    AnyObject {
        /// The most bytes when it is written without blanks.
        bytes: usize,
    },
    /// Anything: it is looked at elsewhere, or nowhere.
    Any,
}

/// The parameters of every paged operation, whose bounds the operation itself has.
pub const PAGING: &[Field] = &[number("limit", 1, i64::MAX), number("offset", 0, i64::MAX)];

/// The window of feeds and analyses: the start is included, the end is not.
pub const START: Field = time("start");
/// See [`START`].
pub const END: Field = time("end");
/// The app that a feed or an analysis is narrowed to.
pub const APP: Field = uuid("app_id");

/// The most characters of a credential.
const MAX_SECRET: usize = 8192;

const fn field(name: &'static str, kind: Kind) -> Field {
    Field { name, kind, required: false, clearing: Clearing::Never, repeats: false }
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

impl Kind {
    /// Checks a value; what is wrong with it is added to the faults.
    pub fn check(&self, at: &Place<'_>, now: i64, faults: &mut Vec<Wrong>) {
        match self {
            Self::Text { .. }
            | Self::Format(_)
            | Self::Secret
            | Self::Choice(_)
            | Self::Choices(_) => {
                let Some(text) = at.value.as_str() else {
                    return faults.push(at.wrong("string_type", "must be a string"));
                };
                faults.extend(self.refuse_text(text).map(|(kind, why)| at.wrong(kind, why)));
            }
            Self::Number { least, most } => {
                faults.extend(
                    refuse_number(at.value, *least, *most).map(|(kind, why)| at.wrong(kind, why)),
                );
            }
            Self::Flag if !at.value.is_boolean() => {
                faults.push(at.wrong("bool_type", "must be true or false"));
            }
            Self::Time | Self::Future => {
                check_time(at, matches!(self, Self::Future).then_some(now), faults)
            }
            Self::List { of, least, most } => check_list(at, of, (*least, *most), now, faults),
            Self::Object(keys) => check_object(at, keys, now, faults),
            Self::Map { of, keys, name, bytes } => {
                let Some(map) = sized_object(at, *bytes, faults) else { return };
                if map.len() > *keys {
                    faults.push(at.wrong("too_long", format!("must have at most {keys} keys")));
                }
                for (key, value) in map {
                    let place = at.key(key, value);
                    if key.trim().is_empty() || key.chars().count() > *name {
                        let why =
                            format!("has a name that is blank or longer than {name} characters");
                        faults.push(place.wrong("string_too_long", why));
                    }
                    of.check(&place, now, faults);
                }
            }
            Self::Tagged(types) => check_tagged(at, types, now, faults),
            Self::AnyObject { bytes } => drop(sized_object(at, *bytes, faults)),
            Self::Flag | Self::Any => {}
        }
    }

    /// Returns a value of this kind as a query or a flag writes it.
    fn value(&self, text: &str) -> Result<Value, Wrong> {
        let wrong = |kind, why: String| Place::root(&Value::Null).wrong(kind, why);
        match self {
            Self::Number { least, most } => {
                let plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
                let number = text.parse::<i64>().ok().filter(|_| plain).map(Value::from);
                number.ok_or_else(|| wrong("int_parsing", whole_number(*least, *most)))
            }
            Self::Flag => match text {
                "true" => Ok(true.into()),
                "false" => Ok(false.into()),
                _ => Err(wrong("bool_parsing", "must be true or false".into())),
            },
            Self::List { .. } => Ok(text.split(',').map(str::trim).collect()),
            _ => Ok(text.into()),
        }
    }

    fn refuse_text(&self, text: &str) -> Option<(&'static str, String)> {
        let of_length = |least: usize, most: usize| match text.chars().count() {
            0 if least > 0 => Some(("string_too_short", "is empty".to_owned())),
            count if count < least => {
                Some(("string_too_short", format!("is shorter than {least} characters")))
            }
            count if count > most => {
                Some(("string_too_long", format!("is longer than {most} characters")))
            }
            _ => None,
        };
        match self {
            Self::Text { least, most } => of_length(*least, *most),
            Self::Format(format) => of_length(1, format.most)
                .or_else(|| (format.check)(text).err().map(|why| (format.name, why))),
            Self::Secret => of_length(1, MAX_SECRET).or_else(|| {
                let why = "must not be blank".to_owned();
                let blank = text.trim().is_empty().then_some(why);
                blank.or_else(|| one_line(text).err()).map(|why| ("secret", why))
            }),
            Self::Choice(words) if !words.contains(&text) => {
                Some(("enum", format!("must be one of {}", words.join(", "))))
            }
            Self::Choices(words) if !text.split(',').all(|word| words.contains(&word)) => {
                Some(("enum", format!("must be any of {}", words.join(", "))))
            }
            _ => None,
        }
    }
}

fn whole_number(least: i64, most: i64) -> String {
    if most == i64::MAX {
        format!("must be a whole number from {least}")
    } else {
        format!("must be a whole number from {least} to {most}")
    }
}

fn refuse_number(value: &Value, least: i64, most: i64) -> Option<(&'static str, String)> {
    let kind = match whole(value) {
        None => "int_type",
        Some(number) if number < least => "greater_than_equal",
        Some(number) if number > most => "less_than_equal",
        Some(_) => return None,
    };
    Some((kind, whole_number(least, most)))
}

/// Returns a whole number, also where it is written as `30.0`.
pub fn whole(value: &Value) -> Option<i64> {
    /// Above it not every whole number has a float of its own.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    value.as_i64().or_else(|| {
        let number =
            value.as_f64().filter(|number| number.fract() == 0.0 && number.abs() <= EXACT)?;
        format!("{number:.0}").parse().ok()
    })
}

fn check_time(at: &Place<'_>, after: Option<i64>, faults: &mut Vec<Wrong>) {
    let Some(text) = at.value.as_str() else {
        return faults.push(at.wrong("string_type", "must be a string"));
    };
    match time::parse(text) {
        None => faults.push(at.wrong("datetime_parsing", "must be an RFC 3339 date-time")),
        Some(instant) if after.is_some_and(|after| instant <= after) => {
            faults.push(at.wrong("datetime_future", "is in the past"));
        }
        Some(_) => {}
    }
}

fn check_list(
    at: &Place<'_>,
    of: &Kind,
    (least, most): (usize, usize),
    now: i64,
    faults: &mut Vec<Wrong>,
) {
    match at.value.as_array().map(Vec::len) {
        None => return faults.push(at.wrong("list_type", "must be a list")),
        Some(0) if least > 0 => faults.push(at.wrong("too_short", "must not be empty")),
        Some(count) if count < least => {
            faults.push(at.wrong("too_short", format!("must have at least {least} entries")));
        }
        Some(count) if count > most => {
            faults.push(at.wrong("too_long", format!("must have at most {most} entries")));
        }
        Some(_) => {}
    }
    at.items().for_each(|item| of.check(&item, now, faults));
}

/// Checks an object of these keys and no others.
pub fn check_object(at: &Place<'_>, keys: &[Field], now: i64, faults: &mut Vec<Wrong>) {
    let Some(map) = at.value.as_object() else {
        return faults.push(at.wrong("dict_type", "must be an object"));
    };
    check_keys(at, map, keys, &[], now, faults);
}

fn check_keys(
    at: &Place<'_>,
    map: &Map<String, Value>,
    keys: &[Field],
    beside: &[&str],
    now: i64,
    faults: &mut Vec<Wrong>,
) {
    for key in keys {
        match map.get(key.name) {
            Some(value) => key.check(&at.key(key.name, value), now, faults),
            None if key.required => {
                faults.push(at.key(key.name, &Value::Null).wrong("missing", "is required"));
            }
            None => {}
        }
    }
    let known: Vec<&str> = beside.iter().copied().chain(keys.iter().map(|key| key.name)).collect();
    for (name, value) in map.iter().filter(|(name, _)| !known.contains(&name.as_str())) {
        let why = match known.is_empty() {
            true => "is not a known key; there are none".to_owned(),
            false => format!("is not a known key; there are {}", known.join(", ")),
        };
        faults.push(at.key(name, value).wrong("extra_forbidden", why));
    }
}

fn check_tagged(at: &Place<'_>, types: &[(&str, &[Field])], now: i64, faults: &mut Vec<Wrong>) {
    const TAG: &str = "type";
    let Some(map) = at.value.as_object() else {
        return faults.push(at.wrong("dict_type", "must be an object"));
    };
    let tag = map.get(TAG).unwrap_or(&Value::Null);
    match types.iter().find(|(name, _)| tag == name) {
        Some((_, keys)) => check_keys(at, map, keys, &[TAG], now, faults),
        None => {
            let names: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
            let why = format!("must be one of {}", names.join(", "));
            faults.push(at.key(TAG, tag).wrong("enum", why));
        }
    }
}

fn sized_object<'a>(
    at: &Place<'a>,
    most: usize,
    faults: &mut Vec<Wrong>,
) -> Option<&'a Map<String, Value>> {
    let Some(map) = at.value.as_object() else {
        faults.push(at.wrong("dict_type", "must be an object"));
        return None;
    };
    if at.value.to_string().len() > most {
        faults.push(at.wrong("too_long", format!("must be at most {most} bytes")));
    }
    Some(map)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const NOW: i64 = 1_795_428_245;

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
        const TYPES: Kind = Kind::Tagged(&[("none", &[]), ("one", &[uuid("id").required()])]);
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
