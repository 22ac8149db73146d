//! Active grants, counted for lists.

use std::collections::HashMap;

use super::grant::Grant;
use crate::portal::handler::call::Call;

/// How many active grants the app has, by what `key` gives of each: one pass for a list of any length.
pub(crate) fn counts<'a>(
    call: &'a Call<'_>,
    key: fn(&Grant) -> Option<&str>,
) -> HashMap<&'a str, usize> {
    let mut counts = HashMap::new();
    let grants = call.state.tables.of::<Grant>().of_app(call.params.get("app"));
    for grant in grants.filter(|grant| grant.is_active(call.now)) {
        if let Some(key) = key(grant) {
            *counts.entry(key).or_default() += 1;
        }
    }
    counts
}
