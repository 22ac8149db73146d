//! Approvals. Deciding requests is done in the dashboard.

use super::operation::get;
use super::shape::APPROVAL_DEFAULTS;

operations! {
    /// Shows what an approval is like where its rule does not say.
    DEFAULTS = get("/approvals/defaults").needs("dashboard_approvals:read").object(&APPROVAL_DEFAULTS);
}
