//! What a value may be: each kind with its check, which decides for both the command line and the emulator.

use serde_json::{Map, Value};

use super::field::Field;
use super::format::{Format, one_line};
use super::path::{Place, Wrong};
use crate::base::time;

/// The most characters of a credential.
pub const MAX_SECRET: usize = 8192;

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
                check_time(at, matches!(self, Self::Future).then_some(now), faults);
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

    /// Returns whether a value of it is made of what flags give, not of a person's own document or credential.
    pub fn is_plain(&self) -> bool {
        match self {
            Self::Secret
            | Self::Object(_)
            | Self::Map { .. }
            | Self::Tagged(_)
            | Self::AnyObject { .. }
            | Self::Any => false,
            Self::List { of, .. } => of.is_plain(),
            _ => true,
        }
    }

    /// Returns a value of this kind as a query or a flag writes it.
    pub(super) fn value(&self, text: &str) -> Result<Value, Wrong> {
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
        let why = if known.is_empty() {
            "is not a known key; there are none".to_owned()
        } else {
            format!("is not a known key; there are {}", known.join(", "))
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
    if let Some((_, keys)) = types.iter().find(|(name, _)| tag == name) {
        return check_keys(at, map, keys, &[TAG], now, faults);
    }
    let names: Vec<&str> = types.iter().map(|(name, _)| *name).collect();
    let why = format!("must be one of {}", names.join(", "));
    faults.push(at.key(TAG, tag).wrong("enum", why));
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
