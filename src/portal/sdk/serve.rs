//! The way of every runtime request: who signed it, what the key may do, the work, and what every answer says.

use super::authenticate::{self, authenticate};
use super::scopes;
use super::signer::Signer;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::request::Request;
use crate::portal::http::response::Response;
use crate::portal::memory::Runtime;
use crate::portal::random;
use crate::portal::store::Tables;
use crate::portal::timestamp::Stamp;

const CORRELATION: &str = "X-Correlation-ID";

/// What does the work of a route.
pub(super) type Handler = fn(&mut Call<'_>, &Signer) -> Outcome;

/// Finds the key that signed a request, before anything is done for it; gives the key's id.
pub(crate) fn verify(
    tables: &mut Tables,
    runtime: &Runtime,
    request: &Request,
    now: Stamp,
) -> Result<String, Refusal> {
    let verified = authenticate::verify(tables, runtime, request, now);
    verified.map_err(|refusal| refusal.header(CORRELATION, random::uuid()))
}

/// Answers a request whose key has one of these scopes; without any, every key will do.
pub(super) fn serve(call: &mut Call<'_>, any_of: &[&str], handler: Handler) -> Outcome {
    run(call, any_of, false, handler)
}

/// The same, also for the key of an agent that is suspended.
pub(super) fn serve_paused(call: &mut Call<'_>, any_of: &[&str], handler: Handler) -> Outcome {
    run(call, any_of, true, handler)
}

/// Answers nobody with `Err`: what a refused call leaves behind, such as its row in the audit log, is kept.
fn run(call: &mut Call<'_>, any_of: &[&str], paused_too: bool, handler: Handler) -> Outcome {
    let signer = match authenticate(call, paused_too) {
        Ok(signer) => signer,
        Err(refusal) => return Ok(correlated(refusal.into_answer())),
    };
    let outcome = scopes::require(&signer.scopes, any_of).and_then(|()| handler(call, &signer));
    Ok(labelled(outcome.unwrap_or_else(Refusal::into_answer), &signer))
}

fn correlated(answer: Response) -> Response {
    answer.with(CORRELATION, random::uuid())
}

fn labelled(answer: Response, signer: &Signer) -> Response {
    let budget = signer.budget;
    let mut answer = correlated(answer)
        .with("X-RateLimit-Limit", budget.limit.to_string())
        .with("X-RateLimit-Remaining", budget.remaining.to_string())
        .with("X-RateLimit-Reset", budget.reset.0.to_string());
    if signer.is_deprecated {
        answer = answer.with("X-Alter-Key-Deprecated", "true");
    }
    if let Some((id, _)) = &signer.actor {
        answer = answer.with("X-Alter-Actor-ID", id.as_str());
    }
    answer
}

/// An answer without a body.
pub(super) fn nothing() -> Response {
    Response::new(204, "application/json", Vec::new())
}
