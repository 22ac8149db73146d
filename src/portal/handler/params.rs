//! What a path says where its route has placeholders.

use crate::base::origin;

/// The values of a pattern's placeholders.
#[derive(Debug, Default)]
pub(crate) struct Params(Vec<(&'static str, String)>);

impl Params {
    /// The values of a pattern's placeholders, where a path fits it.
    pub(super) fn of(pattern: &'static str, path: &str) -> Option<Self> {
        let mut params = Self::default();
        let (mut wanted, mut given) = (pattern.split('/'), path.split('/'));
        loop {
            match (wanted.next(), given.next()) {
                (None, None) => return Some(params),
                (Some(wanted), Some(given)) => match wanted.strip_prefix('{') {
                    Some(name) => params.0.push((name.trim_end_matches('}'), decode(given)?)),
                    None if wanted == given => {}
                    None => return None,
                },
                _ => return None,
            }
        }
    }

    /// The path with these in their places, written the one way in which equal ones are equal.
    pub(crate) fn path(&self, pattern: &str) -> String {
        let filled = |part: &str| match part.strip_prefix('{') {
            Some(name) => origin::segment(self.get(name.trim_end_matches('}'))),
            None => part.to_owned(),
        };
        pattern.split('/').map(filled).collect::<Vec<_>>().join("/")
    }

    /// Puts a value where the pattern has no place for it: the app that a key belongs to.
    pub(crate) fn put(&mut self, name: &'static str, value: String) {
        self.0.push((name, value));
    }

    /// The decoded segment; empty where the pattern has no such place.
    pub(crate) fn get(&self, name: &str) -> &str {
        let mut found = self.0.iter().filter(|(key, _)| *key == name);
        found.next().map_or("", |(_, value)| value.as_str())
    }
}

fn decode(segment: &str) -> Option<String> {
    origin::decode(segment).filter(|text| !text.is_empty())
}
