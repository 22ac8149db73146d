//! What an approval is like where its rule does not say.

use std::ops::RangeInclusive;

use crate::input::rule_body::{EXPIRES_IN_SECONDS, MAX_PENDING};
use serde::Serialize;

use crate::api::approvals;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::route::Route;
use crate::portal::http::response::Response;

pub(crate) const ROUTES: &[Route] = &[Route::new(&approvals::DEFAULTS, defaults)];

/// Seconds that the result of an approved call is kept.
pub(crate) const RESULT_RETENTION: u32 = 86_400;

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
    expires_in_seconds: Bound,
    max_pending: Bound,
}

#[derive(Serialize)]
struct Bound {
    min: i64,
    max: i64,
}

impl Bound {
    const fn of(range: &RangeInclusive<i64>) -> Self {
        Self { min: *range.start(), max: *range.end() }
    }
}

const DEFAULTS: ApprovalDefaults = ApprovalDefaults {
    defaults: Defaults {
        expires_in_seconds: 600,
        max_pending: 10,
        result_retention_seconds: RESULT_RETENTION,
        channels: &["email"],
    },
    bounds: Bounds {
        expires_in_seconds: Bound::of(&EXPIRES_IN_SECONDS),
        max_pending: Bound::of(&MAX_PENDING),
    },
};

fn defaults(_: &mut Call<'_>) -> Outcome {
    Ok(Response::json(200, &DEFAULTS))
}
