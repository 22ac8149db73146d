//! Whether the audit log is as it was written: every hash of a window is computed again.

use std::collections::HashMap;
use std::sync::Arc;

use crate::input::check::hex;
use serde::Serialize;

use super::chain::{START, link, seal};
use super::event::{AuditEvent, Recorded};
use super::log::Log;
use super::synthetic::SyntheticRows;
use crate::portal::deferred::Later;
use crate::portal::http::response::Response;
use crate::portal::page::Window;
use crate::portal::store::{Collection, Tables};
use crate::portal::timestamp::Stamp;

/// The parts of the log that can be checked on their own; every row is in one of them.
pub(crate) const TABLES: [&str; 3] = ["api-calls", "oauth-tokens", "managed-secrets"];

/// What a check found.
#[derive(Debug, Serialize)]
pub(crate) struct Integrity {
    start: Stamp,
    end: Stamp,
    tables: Vec<Examined>,
    ok: bool,
    #[serde(skip)]
    computed: Arc<SyntheticRows>,
}

#[derive(Debug, Serialize)]
struct Examined {
    table: &'static str,
    rows_checked: usize,
    mismatches: Vec<Mismatch>,
}

/// A row that is not what its hash says.
#[derive(Debug, Serialize)]
struct Mismatch {
    id: String,
    /// The hash it was sealed with.
    expected: String,
    /// The hash of what it is.
    actual: String,
}

impl Integrity {
    /// Checks the recorded rows from `start` on, up to but not including `end`: of one table, or of all. The computed
    /// ones, of which there may be millions, are left for later.
    pub(crate) fn of(log: Log<'_>, start: Stamp, end: Stamp, table: Option<&str>) -> Self {
        let names = TABLES.into_iter().filter(|name| table.is_none_or(|wanted| wanted == *name));
        let empty = |table| Examined { table, rows_checked: 0, mismatches: Vec::new() };
        let computed = Arc::clone(log.computed);
        let mut found = Self { start, end, tables: names.map(empty).collect(), ok: true, computed };
        found.check_recorded(log.recorded);
        found
    }

    fn window(&self) -> Window {
        Window { start: Some(self.start), end: Some(self.end) }
    }

    fn check_recorded(&mut self, rows: &Collection<Recorded>) {
        let window = self.window();
        let mut previous: HashMap<&str, &str> = HashMap::new();
        for row in rows.iter() {
            let before = previous.insert(&row.event.app_id, &row.hash).unwrap_or(START);
            if !window.holds(row.event.created_at) {
                continue;
            }
            let Some(table) = self.table(&row.event) else {
                continue;
            };
            table.rows_checked += 1;
            let actual = seal(before, &row.event);
            if actual != row.hash {
                let (id, expected) = (row.event.id.clone(), row.hash.clone());
                table.mismatches.push(Mismatch { id, expected, actual });
            }
        }
    }

    fn check_computed(&mut self) {
        let rows = Arc::clone(&self.computed);
        let indices = rows.indices(self.window());
        let mut sealed = Vec::new();
        let mut previous: Vec<u8> = Vec::new();
        for index in SyntheticRows::start_of_chain(indices.start)..indices.end {
            if SyntheticRows::start_of_chain(index) == index {
                previous.clear();
            }
            sealed.clear();
            rows.write_sealed(index, &mut sealed);
            let expected = link(&previous, &sealed);
            let content = rows.content_at(index);
            if index >= indices.start
                && !rows.is_gone(content)
                && let Some(table) = self.table(content)
            {
                table.rows_checked += 1;
                if rows.is_tampered(index) {
                    let mut row = Vec::new();
                    rows.write(index, &mut row);
                    table.mismatches.push(Mismatch {
                        id: rows.event(index).id,
                        expected: hex(expected.as_ref()),
                        actual: hex(link(&previous, &row).as_ref()),
                    });
                }
            }
            previous.clear();
            previous.extend_from_slice(expected.as_ref());
        }
    }

    /// The table that an event is in, if it is to be checked.
    fn table(&mut self, event: &AuditEvent) -> Option<&mut Examined> {
        let secret = event.grant_kind.as_deref() == Some("managed_secret");
        let name = match event.action.as_str() {
            "token.retrieved" if secret => "managed-secrets",
            "token.retrieved" => "oauth-tokens",
            _ => "api-calls",
        };
        self.tables.iter_mut().find(|table| table.table == name)
    }
}

impl Later for Integrity {
    fn run(&mut self) {
        self.check_computed();
        self.ok = self.tables.iter().all(|table| table.mismatches.is_empty());
    }

    fn finish(self: Box<Self>, _: &mut Tables, answer: Response) -> Response {
        Response::json(200, &*self).with_headers_of(answer)
    }
}
