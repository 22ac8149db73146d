//! The computed rows of a page, written while they are sent: the client reads the first while the last are made.

use std::io::{self, Write};
use std::sync::Arc;

use super::synthetic::SyntheticRows;
use crate::portal::http::response::Rest;

/// Bytes that are sent at once.
const PIECE: usize = 64 << 10;

/// Rows of one page, in its order, and what ends it.
#[derive(Debug)]
pub(super) struct ComputedPage {
    pub(super) rows: Arc<SyntheticRows>,
    pub(super) indices: Vec<usize>,
    /// Whether other rows of the page come before these.
    pub(super) follows: bool,
    pub(super) end: String,
}

impl Rest for ComputedPage {
    fn length(&self) -> usize {
        let rows: usize = self.indices.iter().map(|index| self.rows.length(*index)).sum();
        let commas = (self.indices.len() + usize::from(self.follows)).saturating_sub(1);
        rows + commas + self.end.len()
    }

    fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut piece = Vec::with_capacity(PIECE);
        for (at, index) in self.indices.iter().enumerate() {
            if at > 0 || self.follows {
                piece.push(b',');
            }
            self.rows.write(*index, &mut piece);
            if piece.len() >= PIECE {
                out.write_all(&piece)?;
                piece.clear();
            }
        }
        piece.extend_from_slice(self.end.as_bytes());
        out.write_all(&piece)
    }
}
