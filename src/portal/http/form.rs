//! Pairs of names and values, as they are written in a query, a form's body or a cookie.

use crate::base::origin;

/// The decoded pairs of `a=1&b=2`; one that is not UTF-8 underneath has no value, and its name as it was written.
#[derive(Debug, Default)]
pub(crate) struct Pairs(Vec<(String, Option<String>)>);

impl Pairs {
    /// Reads `application/x-www-form-urlencoded` text.
    pub(crate) fn parse(text: &str) -> Self {
        let pairs = text
            .split('&')
            .filter(|pair| !pair.is_empty())
            .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
            .map(|(name, value)| match decode(name) {
                Some(name) => (name, decode(value)),
                None => (name.to_owned(), None),
            });
        Self(pairs.collect())
    }

    /// The value of the last pair of this name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        let mut found = self.0.iter().rev().filter(|(key, _)| key == name);
        found.next().and_then(|(_, value)| value.as_deref())
    }

    /// The names of those that are not UTF-8.
    pub(crate) fn malformed(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter(|(_, value)| value.is_none()).map(|(name, _)| name.as_str())
    }

    /// The values of every pair of this name, in order.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(key, _)| key == name).filter_map(|(_, value)| value.as_deref())
    }

    /// Every name, in order, repeats included.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

fn decode(text: &str) -> Option<String> {
    origin::decode(&text.replace('+', " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_pairs() {
        let pairs = Pairs::parse("a=1&b=x+y%26z&c&a=2&&=%zz&e=%ff&%fe=1");
        assert_eq!(pairs.get("a"), Some("2"));
        assert_eq!(pairs.get("b"), Some("x y&z"));
        assert_eq!(pairs.get("c"), Some(""));
        assert_eq!(pairs.get("d"), None);
        assert_eq!(pairs.names().collect::<Vec<_>>(), ["a", "b", "c", "a", "", "e", "%fe"]);
        assert_eq!(pairs.get("e"), None);
        assert_eq!(pairs.malformed().collect::<Vec<_>>(), ["e", "%fe"]);
    }
}
