//! Slow work in the middle of a request: others are served while it is done.

use std::fmt::Debug;

use crate::portal::http::response::Response;
use crate::portal::store::Tables;

/// What a handler leaves to be done once its changes are saved.
pub(crate) trait Later: Debug {
    /// Does it, while nothing is locked.
    fn run(&mut self);

    /// Records the result, and completes the answer of the handler.
    fn finish(self: Box<Self>, tables: &mut Tables, answer: Response) -> Response;
}
