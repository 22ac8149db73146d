//! OAuth providers, and the accounts that users have connected.

use super::people::user_id;
use super::timeline::Timeline;
use crate::portal::demo_ids::{APP_IDS, numbered};
use crate::portal::manage::grants::grant::{Connection, Grant, Policy, Target};
use crate::portal::manage::grants::principal::Principal;
use crate::portal::manage::providers::StoredProvider;
use crate::portal::secret::Sealed;

/// App, provider, scopes, age in days.
const PROVIDERS: [(usize, &str, &[&str], i64); 5] = [
    (0, "slack", &["chat:write", "channels:read"], 57),
    (0, "google", &["openid", "email", "https://www.googleapis.com/auth/gmail.readonly"], 55),
    (0, "github", &["repo", "read:user"], 31),
    (0, "notion", &[], 20),
    (1, "google", &["openid", "email"], 23),
];

/// App, provider, user, age in days, days until it expires, whether it was revoked.
type GrantRow = (usize, &'static str, usize, i64, Option<i64>, bool);

const GRANTS: [GrantRow; 9] = [
    (0, "google", 0, 52, None, false),
    (0, "google", 1, 51, None, false),
    (0, "slack", 0, 50, None, false),
    (0, "google", 5, 44, None, true),
    (0, "slack", 2, 41, Some(-2), false),
    (0, "github", 3, 29, Some(30), false),
    (0, "github", 4, 27, None, false),
    (1, "google", 6, 20, None, false),
    (1, "google", 7, 12, None, false),
];

/// What happened to providers and connections.
pub(super) fn add(timeline: &mut Timeline) {
    for (app, provider, scopes, age) in PROVIDERS {
        let at = timeline.ago(age);
        let client = format!("northwind-{provider}");
        let callback = format!("https://{provider}-callback.northwind.example/oauth");
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        if let Some(row) =
            StoredProvider::configured(APP_IDS[app], provider, scopes, client, callback, at)
        {
            timeline.add(at, "created", row);
        }
    }
    for (number, (app, provider, user, age, days, revoked)) in GRANTS.into_iter().enumerate() {
        let scopes = PROVIDERS.iter().find(|row| row.0 == app && row.1 == provider);
        let connection = Connection {
            provider_id: provider.to_owned(),
            scopes: scopes
                .map_or(Vec::new(), |row| row.2.iter().map(|one| (*one).to_owned()).collect()),
            account_identifier: Some(super::people::email(user)),
            access_token: Sealed::new(format!("demo-{provider}-token-{number}")),
        };
        let principal = Principal::User { app_user_id: user_id(user) };
        let at = timeline.ago(age);
        let grant = Grant::new(APP_IDS[app], Target::Oauth(connection), principal, at);
        timeline.grant(Grant {
            id: numbered("9a470000", number),
            policy: Policy {
                expires_at: days.map(|days| timeline.now.plus_days(days)),
                ..Policy::default()
            },
            revoked_at: revoked.then(|| timeline.ago(9)),
            last_used_at: (!revoked && days != Some(-2)).then(|| timeline.now.plus(-7200)),
            ..grant
        });
    }
}
