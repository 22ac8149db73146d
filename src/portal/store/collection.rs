//! The one kind of table there is.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt::Debug;
use std::hash::BuildHasherDefault;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A row of a table.
pub(crate) trait Row: Clone + Debug + Serialize + DeserializeOwned + Send + 'static {
    /// What its table is called in the state file.
    const TABLE: &'static str;

    /// What it is found by; it never changes.
    fn id(&self) -> &str;

    /// The app it goes away with, if any; it never changes either.
    fn app_id(&self) -> Option<&str> {
        None
    }
}

type Index<V> = HashMap<String, V, BuildHasherDefault<DefaultHasher>>;

/// Rows in the order they were made, which is the order that instants of whole seconds could not give back. What
/// happens to them is recorded, so that it can be saved row by row, or taken back.
#[derive(Debug)]
pub(crate) struct Collection<R> {
    rows: BTreeMap<u64, R>,
    next: u64,
    by_id: Index<u64>,
    by_app: Index<BTreeSet<u64>>,
    /// What each row touched since the last commit was before, oldest first.
    before: Vec<(u64, Option<R>)>,
}

impl<R> Collection<R> {
    /// None yet.
    pub(super) const EMPTY: Self = Self {
        rows: BTreeMap::new(),
        next: 0,
        by_id: Index::with_hasher(BuildHasherDefault::new()),
        by_app: Index::with_hasher(BuildHasherDefault::new()),
        before: Vec::new(),
    };

    /// Oldest first, and newest first when reversed.
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &R> {
        self.rows.values()
    }
}

impl<R> Default for Collection<R> {
    fn default() -> Self {
        Self::EMPTY
    }
}

impl<R: Row> Collection<R> {
    /// The row of this id.
    pub(crate) fn get(&self, id: &str) -> Option<&R> {
        self.rows.get(self.by_id.get(id)?)
    }

    /// The rows of this app, oldest first.
    pub(crate) fn of_app(&self, app_id: &str) -> impl DoubleEndedIterator<Item = &R> {
        let places = self.by_app.get(app_id).into_iter().flatten();
        places.filter_map(|at| self.rows.get(at))
    }

    /// Adds a row after all others.
    pub(crate) fn add(&mut self, row: R) {
        let at = self.next;
        self.before.push((at, None));
        self.put(at, row);
    }

    /// Changes the row of this id, if there is one, and gives back the changed row.
    pub(crate) fn change(&mut self, id: &str, edit: impl FnOnce(&mut R)) -> Option<&R> {
        let at = *self.by_id.get(id)?;
        let row = self.rows.get_mut(&at)?;
        self.before.push((at, Some(row.clone())));
        edit(row);
        Some(row)
    }

    /// Changes a row in a way that is not worth saving, such as when it was last used. It is saved with the row's next
    /// change.
    pub(crate) fn touch(&mut self, id: &str, edit: impl FnOnce(&mut R)) {
        if let Some(row) = self.by_id.get(id).and_then(|at| self.rows.get_mut(at)) {
            edit(row);
        }
    }

    /// Takes the row of this id away.
    pub(crate) fn remove(&mut self, id: &str) -> Option<R> {
        let at = *self.by_id.get(id)?;
        let row = self.take(at)?;
        self.before.push((at, Some(row.clone())));
        Some(row)
    }

    /// Takes all rows of an app away.
    pub(super) fn remove_app(&mut self, app_id: &str) {
        for at in self.by_app.get(app_id).cloned().unwrap_or_default() {
            let row = self.take(at);
            self.before.push((at, row));
        }
    }

    /// Whether anything happened since the last commit.
    pub(super) fn is_changed(&self) -> bool {
        !self.before.is_empty()
    }

    /// Every row touched since the last commit: its id, and the row unless it is gone.
    pub(super) fn changes(&self) -> impl Iterator<Item = (&str, Option<&R>)> {
        let mut seen = BTreeSet::new();
        let first = self.before.iter().filter(move |(at, _)| seen.insert(*at));
        first.filter_map(|(at, before)| {
            let now = self.rows.get(at);
            now.or(before.as_ref()).map(|row| (row.id(), now))
        })
    }

    /// Keeps every change.
    pub(super) fn commit(&mut self) {
        self.before.clear();
    }

    /// Takes everything back that happened since the last commit.
    pub(super) fn roll_back(&mut self) {
        while let Some((at, before)) = self.before.pop() {
            self.take(at);
            if let Some(row) = before {
                self.put(at, row);
            }
        }
    }

    /// Makes a saved change again: the row of this id becomes this one, or goes.
    pub(super) fn replay(&mut self, id: &str, row: Option<R>) {
        let at = self.by_id.get(id).copied();
        if let Some(at) = at {
            self.take(at);
        }
        if let Some(row) = row {
            self.put(at.unwrap_or(self.next), row);
        }
    }

    fn put(&mut self, at: u64, row: R) {
        self.next = self.next.max(at + 1);
        self.by_id.insert(row.id().to_owned(), at);
        if let Some(app) = row.app_id() {
            self.by_app.entry(app.to_owned()).or_default().insert(at);
        }
        self.rows.insert(at, row);
    }

    fn take(&mut self, at: u64) -> Option<R> {
        let row = self.rows.remove(&at)?;
        self.by_id.remove(row.id());
        if let Some(places) = row.app_id().and_then(|app| self.by_app.get_mut(app)) {
            places.remove(&at);
            if places.is_empty() {
                self.by_app.remove(row.app_id().unwrap_or_default());
            }
        }
        Some(row)
    }
}

impl<R: Row> Serialize for Collection<R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.iter())
    }
}

impl<'de, R: Row> Deserialize<'de> for Collection<R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut rows = Self::default();
        Vec::deserialize(deserializer)?.into_iter().for_each(|row| rows.add(row));
        rows.commit();
        Ok(rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    struct Pet(String, String, u8);

    impl Row for Pet {
        const TABLE: &'static str = "pets";

        fn id(&self) -> &str {
            &self.0
        }

        fn app_id(&self) -> Option<&str> {
            Some(&self.1)
        }
    }

    fn pets() -> Collection<Pet> {
        let mut pets = Collection::default();
        for (id, app) in [("a", "x"), ("b", "y"), ("c", "x")] {
            pets.add(Pet(id.into(), app.into(), 0));
        }
        pets.commit();
        pets
    }

    fn shown(pets: &Collection<Pet>) -> String {
        let all = pets.iter().map(|pet| format!("{}{}", pet.0, pet.2)).collect::<Vec<_>>();
        let of_x = pets.of_app("x").map(|pet| pet.0.as_str()).collect::<String>();
        format!("{} x={of_x}", all.join(" "))
    }

    fn happen(pets: &mut Collection<Pet>) {
        pets.change("a", |pet| pet.2 = 1);
        pets.change("a", |pet| pet.2 = 2);
        pets.remove("b");
        pets.add(Pet("d".into(), "x".into(), 0));
        pets.add(Pet("e".into(), "y".into(), 0));
        pets.remove("e");
        pets.remove_app("y");
    }

    #[test]
    fn changes_are_known_by_row() {
        let mut pets = pets();
        happen(&mut pets);
        assert_eq!(shown(&pets), "a2 c0 d0 x=acd");
        let changes = pets.changes().map(|(id, row)| (id, row.map(|row| row.2)));
        assert_eq!(changes.collect::<Vec<_>>(), [("a", Some(2)), ("b", None), ("d", Some(0))]);
        assert!(pets.get("b").is_none() && pets.get("d").is_some());
    }

    #[test]
    fn what_happened_can_be_taken_back() {
        let mut pets = pets();
        happen(&mut pets);
        pets.roll_back();
        assert_eq!(shown(&pets), "a0 b0 c0 x=ac");
        assert!(!pets.is_changed() && pets.get("b").is_some() && pets.get("d").is_none());
    }

    #[test]
    fn what_was_saved_can_be_made_again() {
        let (mut pets, mut copy) = (pets(), pets());
        happen(&mut pets);
        for (id, row) in pets.changes() {
            copy.replay(id, row.cloned());
        }
        assert_eq!(shown(&copy), shown(&pets));
        assert!(!copy.is_changed());
    }
}
