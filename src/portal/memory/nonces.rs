//! The nonces in use: each is taken once, also by a portal that was started again on its state file.

use std::collections::{BTreeSet, HashSet};

use serde::{Deserialize, Serialize};

use crate::portal::store::{Row, Tables};
use crate::portal::timestamp::Stamp;

/// Seconds that a timestamp may be off.
pub(crate) const MAX_SKEW: i64 = 300;

/// A nonce that was used, as the state file keeps it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Nonce {
    /// The key's id and the nonce.
    name: String,
    /// The last instant at which its timestamp passes.
    end: Stamp,
}

impl Row for Nonce {
    const TABLE: &'static str = "runtime_nonces";

    fn id(&self) -> &str {
        &self.name
    }
}

/// The nonces in use, and the order in which they end: a look through all of them with every request would cost the square
/// of their number. They are here as well as in the table, for a full disk keeps them out of that.
#[derive(Debug, Default)]
pub(crate) struct Nonces {
    used: HashSet<String>,
    ends: BTreeSet<(Stamp, String)>,
}

impl Nonces {
    /// Those that a state file has.
    pub(crate) fn load(&mut self, tables: &Tables) {
        for nonce in tables.of::<Nonce>().iter() {
            self.used.insert(nonce.name.clone());
            self.ends.insert((nonce.end, nonce.name.clone()));
        }
    }

    /// Whether a key has not used this nonce before. It is remembered for as long as its timestamp passes by the machine's
    /// clock, which is never ahead of the portal's own, and forgotten after that.
    pub(crate) fn is_fresh(
        &mut self,
        tables: &mut Tables,
        key_id: &str,
        nonce: &str,
        signed_at: Stamp,
        machine: Stamp,
    ) -> bool {
        let rows = tables.of_mut::<Nonce>();
        while self.ends.first().is_some_and(|(end, _)| *end < machine)
            && let Some((_, old)) = self.ends.pop_first()
        {
            self.used.remove(&old);
            rows.remove(&old);
        }
        let name = format!("{key_id}/{nonce}");
        if !self.used.insert(name.clone()) {
            return false;
        }
        let end = signed_at.plus(MAX_SKEW);
        self.ends.insert((end, name.clone()));
        rows.add(Nonce { name, end });
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_used_once_by_each_key_and_forgotten_after_its_window() {
        let (mut nonces, mut tables) = (Nonces::default(), Tables::default());
        let mut is_fresh = |key, at, now| {
            let fresh = nonces.is_fresh(&mut tables, key, "n", Stamp(at), Stamp(now));
            (fresh, nonces.used.len(), tables.of::<Nonce>().iter().count())
        };
        assert_eq!(is_fresh("a", 0, 0), (true, 1, 1));
        assert_eq!(is_fresh("a", 300, 300), (false, 1, 1));
        assert_eq!(is_fresh("b", 0, 300), (true, 2, 2));
        assert_eq!(is_fresh("a", 301, 301), (true, 1, 1));
    }
}
