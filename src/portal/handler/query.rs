//! Query parameters, read one by one, with anything unknown refused.

use crate::base::time;

use super::refusal::{Issue, Refusal};
use crate::portal::http::form::Pairs;
use crate::portal::page::{Page, Window};
use crate::portal::timestamp::Stamp;

/// The sizes of page that a route gives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Limits {
    pub(crate) max: usize,
    pub(crate) default: usize,
}

/// The parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Query(Pairs);

impl Query {
    /// Reads the parameters; `known` and, on a route that pages, `limit` and `offset` are all there are.
    pub(crate) fn parse(
        text: &str,
        known: &[&str],
        limits: Option<Limits>,
    ) -> Result<(Self, Page), Refusal> {
        let query = Self(Pairs::parse(text));
        let paging = |name: &str| limits.is_some() && ["limit", "offset"].contains(&name);
        let names = query.0.names();
        let unknown = names.filter(|name| !known.contains(name) && !paging(name));
        let issues: Vec<Issue> =
            unknown.map(extra).chain(query.0.malformed().map(no_text)).collect();
        if !issues.is_empty() {
            return Err(Refusal::Invalid(issues));
        }
        let page = match limits {
            Some(limits) => query.page(limits)?,
            None => Page::default(),
        };
        Ok((query, page))
    }

    /// A parameter as it is; an empty one counts as absent.
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).filter(|text| !text.is_empty())
    }

    /// A parameter that may be repeated.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.all(name).filter(|text| !text.is_empty())
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.text(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(_) => Err(refused(name, "bool_parsing", "Input should be true or false")),
        }
    }

    /// One of a few words.
    pub(crate) fn one_of(&self, name: &str, words: &[&str]) -> Result<Option<&str>, Refusal> {
        match self.text(name) {
            Some(word) if !words.contains(&word) => {
                let msg = format!("Input should be one of {}", words.join(", "));
                Err(refused(name, "enum", msg))
            }
            word => Ok(word),
        }
    }

    /// Any of a few words, with commas between them.
    pub(crate) fn words(&self, name: &str, known: &[&str]) -> Result<Vec<&str>, Refusal> {
        let words: Vec<&str> = self.text(name).map_or(Vec::new(), |text| text.split(',').collect());
        if words.iter().all(|word| known.contains(word)) {
            return Ok(words);
        }
        Err(refused(name, "enum", format!("Input should be any of {}", known.join(", "))))
    }

    /// Text of at most so many characters.
    pub(crate) fn short(&self, name: &str, max: usize) -> Result<Option<&str>, Refusal> {
        match self.text(name) {
            Some(text) if text.chars().count() > max => {
                let msg = format!("String should have at most {max} characters");
                Err(refused(name, "string_too_long", msg))
            }
            text => Ok(text),
        }
    }

    /// The page of one part of an answer, asked for by `{part}_limit` and `{part}_offset`.
    pub(crate) fn part(&self, part: &str, limits: Limits) -> Result<Page, Refusal> {
        self.sized(&format!("{part}_limit"), &format!("{part}_offset"), limits)
    }

    /// `start` and `end`.
    pub(crate) fn window(&self) -> Result<Window, Refusal> {
        let window = Window { start: self.instant("start")?, end: self.instant("end")? };
        if window.end.is_some() && window.end < window.start {
            return Err(refused("end", "datetime_order", "`end` is before `start`"));
        }
        Ok(window)
    }

    fn instant(&self, name: &str) -> Result<Option<Stamp>, Refusal> {
        let Some(text) = self.text(name) else {
            return Ok(None);
        };
        match time::parse(text) {
            Some(instant) => Ok(Some(Stamp(instant))),
            None => Err(refused(name, "datetime_parsing", "Input should be an RFC 3339 date-time")),
        }
    }

    fn page(&self, limits: Limits) -> Result<Page, Refusal> {
        self.sized("limit", "offset", limits)
    }

    fn sized(&self, limit: &str, offset: &str, limits: Limits) -> Result<Page, Refusal> {
        Ok(Page {
            limit: self.number(limit, 1, limits.max)?.unwrap_or(limits.default),
            offset: self.number(offset, 0, usize::MAX)?.unwrap_or(0),
        })
    }

    /// A whole number in a range.
    pub(crate) fn number(
        &self,
        name: &str,
        min: usize,
        max: usize,
    ) -> Result<Option<usize>, Refusal> {
        let Some(text) = self.0.get(name) else {
            return Ok(None);
        };
        match text.parse::<usize>() {
            Ok(number) if (min..=max).contains(&number) => Ok(Some(number)),
            Ok(number) if number < min => {
                let msg = format!("Input should be greater than or equal to {min}");
                Err(refused(name, "greater_than_equal", msg))
            }
            Ok(_) => {
                let msg = format!("Input should be less than or equal to {max}");
                Err(refused(name, "less_than_equal", msg))
            }
            Err(_) => Err(refused(name, "int_parsing", "Input should be a valid integer")),
        }
    }
}

fn extra(name: &str) -> Issue {
    Issue::new("query", name, "extra_forbidden", "Extra inputs are not permitted")
}

fn no_text(name: &str) -> Issue {
    Issue::new("query", name, "string_unicode", "Input should be valid UTF-8")
}

fn refused(name: &str, kind: &'static str, msg: impl Into<String>) -> Refusal {
    Refusal::invalid("query", name, kind, msg)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_hold_their_start_and_not_their_end() {
        let (start, end) = (Some(Stamp(10)), Some(Stamp(20)));
        let held = |window: Window| [9, 10, 19, 20].map(|at| window.holds(Stamp(at)));
        assert_eq!(held(Window { start, end }), [false, true, true, false]);
        assert_eq!(held(Window { start: None, end }), [true, true, true, false]);
        assert_eq!(held(Window { start, end: None }), [false, true, true, true]);
    }
}
