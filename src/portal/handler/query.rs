//! Query parameters, checked by their declarations; an unknown one is refused.

use serde_json::Value;

use super::refusal::{Issue, Refusal};
use crate::api::field::{Field, number};
use crate::api::operation::Limits;
use crate::base::time;
use crate::portal::http::form::Pairs;
use crate::portal::page::{Page, Window};
use crate::portal::timestamp::Stamp;

/// The checked parameters of a request.
#[derive(Debug, Default)]
pub(crate) struct Query(Pairs);

impl Query {
    /// Reads the parameters; `declared` and, with limits, `limit` and `offset` are all there are.
    pub(crate) fn parse(
        text: &str,
        declared: &[Field],
        limits: Option<Limits>,
        now: Stamp,
    ) -> Result<(Self, Page), Refusal> {
        let query = Self(Pairs::parse(text));
        let paging = limits.map(|limits| {
            let most = i64::try_from(limits.most).unwrap_or(i64::MAX);
            [number("limit", 1, most), number("offset", 0, i64::MAX)]
        });
        let declared = || declared.iter().chain(paging.iter().flatten());
        let unknown = |name: &&str| declared().all(|field| field.name != *name);
        let mut issues: Vec<Issue> = query.0.names().filter(unknown).map(extra).collect();
        issues.extend(query.0.malformed().map(no_text));
        for field in declared() {
            let values = query.0.all(field.name);
            let faults = values.filter_map(|text| field.read(text, now.0).err());
            issues.extend(faults.map(|wrong| issue(field.name, wrong.kind, wrong.why)));
        }
        if issues.is_empty() {
            issues.extend(query.order());
        }
        if !issues.is_empty() {
            return Err(Refusal::Invalid(issues));
        }
        let page = limits.map_or(Page::default(), |limits| query.sized("limit", "offset", limits));
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

    /// `true` or `false`, where it is given.
    pub(crate) fn flag(&self, name: &str) -> Option<bool> {
        self.text(name).map(|text| text == "true")
    }

    /// One of a few words, as the value it stands for.
    pub(crate) fn word<T: serde::de::DeserializeOwned>(&self, name: &str) -> Option<T> {
        self.text(name).and_then(|word| T::deserialize(Value::from(word)).ok())
    }

    /// Any of a few words, with commas between them.
    pub(crate) fn words(&self, name: &str) -> Vec<&str> {
        self.text(name).map_or(Vec::new(), |text| text.split(',').collect())
    }

    /// A whole number, where it is given.
    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        self.text(name)?.parse().ok()
    }

    /// The page of one part of an answer, asked for by `{part}_limit` and `{part}_offset`.
    pub(crate) fn part(&self, part: &str, default: usize) -> Page {
        Page {
            limit: self.number(&format!("{part}_limit")).unwrap_or(default),
            offset: self.number(&format!("{part}_offset")).unwrap_or(0),
        }
    }

    /// `start` and `end`.
    pub(crate) fn window(&self) -> Window {
        let instant = |name| self.text(name).and_then(time::parse).map(Stamp);
        Window { start: instant("start"), end: instant("end") }
    }

    fn order(&self) -> Option<Issue> {
        let Window { start, end } = self.window();
        (end.is_some() && end < start).then(|| issue("end", "datetime_order", "is before `start`"))
    }

    fn sized(&self, limit: &str, offset: &str, limits: Limits) -> Page {
        let default = usize::try_from(limits.default).unwrap_or(usize::MAX);
        Page {
            limit: self.number(limit).unwrap_or(default),
            offset: self.number(offset).unwrap_or(0),
        }
    }
}

fn extra(name: &str) -> Issue {
    issue(name, "extra_forbidden", "is not a known parameter")
}

fn no_text(name: &str) -> Issue {
    issue(name, "string_unicode", "must be UTF-8")
}

fn issue(name: &str, kind: &'static str, msg: impl Into<String>) -> Issue {
    Issue::new("query", name, kind, msg)
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
