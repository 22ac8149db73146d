//! Personal Access Tokens. Minting and revoking them is done in the dashboard.

use super::operation::get;
use super::shape::PAT;

operations! {
    /// Shows the PAT in use.
    SHOW_THIS = get("/pats/me").needs("dashboard_pats:read").object(&PAT);
}
