//! What policy decided.

use serde::Serialize;

use super::{ProviderCount, Span, tally};
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::http::response::Response;

const MAX_PROVIDERS: usize = 10;

#[derive(Default, Serialize)]
struct Policy {
    allow: usize,
    deny: usize,
    error: usize,
    top_denied_providers: Vec<ProviderCount>,
}

/// `policy`.
pub(super) fn show(call: &mut Call<'_>) -> Outcome {
    let window = Span::of(call).window();
    let mut policy = Policy::default();
    let decisions = tally(call, |event| event.policy_decision.clone());
    for (decision, count) in decisions.counts(window) {
        match decision.as_str() {
            "ALLOW" => policy.allow = count,
            "DENY" => policy.deny = count,
            _ => policy.error += count,
        }
    }
    let denied = tally(call, |event| {
        let denied = event.policy_decision.as_deref() == Some("DENY");
        denied.then(|| event.provider_id.clone())
    });
    let providers = denied.counts(window).map(|(provider, count)| (provider.clone(), count));
    policy.top_denied_providers = ProviderCount::sorted(providers);
    policy.top_denied_providers.truncate(MAX_PROVIDERS);
    Ok(Response::json(200, &policy))
}
