//! What an approval is like where its rule does not say.

use serde::Serialize;

use crate::contract::call::{Call, Outcome};
use crate::contract::route::Route;
use crate::http::response::Response;

pub(crate) const ROUTES: &[Route] =
    &[Route::new("GET", "/approvals/defaults", "dashboard_approvals:read", defaults)];

#[derive(Serialize)]
struct ApprovalDefaults {
    defaults: Defaults,
    bounds: Bounds,
}

#[derive(Serialize)]
struct Defaults {
    expires_in_seconds: u32,
    max_pending: u32,
    result_retention_seconds: u32,
    channels: &'static [&'static str],
}

#[derive(Serialize)]
struct Bounds {
    expires_in_seconds: Range,
    max_pending: Range,
}

#[derive(Serialize)]
struct Range {
    min: u32,
    max: u32,
}

const DEFAULTS: ApprovalDefaults = ApprovalDefaults {
    defaults: Defaults {
        expires_in_seconds: 600,
        max_pending: 10,
        result_retention_seconds: 86_400,
        channels: &["email"],
    },
    bounds: Bounds {
        expires_in_seconds: Range { min: 60, max: 86_400 },
        max_pending: Range { min: 1, max: 100 },
    },
};

fn defaults(_: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, &DEFAULTS))
}
