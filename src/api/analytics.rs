//! The audit log in numbers.

use super::field::{APP, END, Field, START, choice, text};
use super::operation::get;
use super::shape::{
    ANALYTICS_SUMMARY, API_CALLS as API_CALLS_SHAPE, BY_APP as BY_APP_SHAPE,
    BY_PROVIDER as BY_PROVIDER_SHAPE, DASHBOARD_COUNTS, ERROR_COUNTS, LATENCY as LATENCY_SHAPE,
    POLICY_COUNTS,
};

const READ: &str = "dashboard_analytics:read";
const OF_AN_APP: &[Field] = &[APP, START, END];

operations! {
    /// Counts calls over time.
    API_CALLS = get("/analytics/api-calls")
        .needs(READ)
        .query(&[APP, text("provider", 0, 200), START, END, choice("granularity", &["hour", "day", "week", "month"])])
        .object(&API_CALLS_SHAPE);
    /// Counts calls by provider.
    BY_PROVIDER = get("/analytics/by-provider").needs(READ).query(OF_AN_APP).object(&BY_PROVIDER_SHAPE);
    /// Counts calls by app.
    BY_APP = get("/analytics/by-app").needs(READ).query(&[START, END]).object(&BY_APP_SHAPE);
    /// Shows the few numbers that matter most.
    SUMMARY = get("/analytics/summary").needs(READ).object(&ANALYTICS_SUMMARY);
    /// Counts what the policy allowed and denied.
    POLICY = get("/analytics/policy").needs(READ).query(OF_AN_APP).object(&POLICY_COUNTS);
    /// Shows how long calls take.
    LATENCY = get("/analytics/latency").needs(READ).query(OF_AN_APP).object(&LATENCY_SHAPE);
    /// Counts failed calls by status and by provider.
    ERRORS = get("/analytics/errors").needs(READ).query(OF_AN_APP).object(&ERROR_COUNTS);
    /// Shows what the first page of the dashboard counts.
    DASHBOARD = get("/analytics/dashboard").needs(READ).object(&DASHBOARD_COUNTS);
}
