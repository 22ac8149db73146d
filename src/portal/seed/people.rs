//! Identity providers, groups, and the users who sign in through them.

use super::timeline::Timeline;
use crate::portal::demo_ids::{APP_IDS, ARCHIVED_APP_ID, numbered};
use crate::portal::manage::end_users::group::Group;
use crate::portal::manage::end_users::user::User;
use crate::portal::manage::identity_providers::provider::{Claims, IdentityProvider, Webhook};

use crate::portal::secret::Sealed;

/// The apps, each with an identity provider of another kind.
const APPS: [&str; 3] = [APP_IDS[0], APP_IDS[1], ARCHIVED_APP_ID];

/// App, issuer, kind, path of its keys, claim that has the groups, age in days.
type IssuerRow = (usize, &'static str, &'static str, &'static str, Option<&'static str>, i64);

/// App, name, groups, age in days, hours since last seen; somebody suspended is not seen.
type UserRow = (usize, &'static str, &'static [usize], i64, Option<i64>);

const ISSUERS: [IssuerRow; 3] = [
    (0, "https://northwind.okta.example", "okta", "/v1/keys", Some("groups"), 60),
    (1, "https://northwind.eu.auth0.example", "auth0", "/.well-known/jwks.json", None, 24),
    (2, "https://northwind.clerk.example", "clerk", "/.well-known/jwks.json", Some("org_id"), 89),
];

/// Name and id at the identity provider, all of the first app.
const GROUPS: [(&str, &str); 3] =
    [("Support", "00gsupport01"), ("Engineering", "00gengineer1"), ("Finance", "00gfinance01")];

const USERS: [UserRow; 9] = [
    (0, "Ana Ruiz", &[0], 58, Some(1)),
    (0, "Ben Okafor", &[0], 58, Some(3)),
    (0, "Chloé Martin", &[0, 2], 55, Some(20)),
    (0, "Deniz Kaya", &[1], 40, Some(2)),
    (0, "Emeka Obi", &[1], 38, Some(30)),
    (0, "Farah Haddad", &[2], 50, None),
    (1, "Goran Petrović", &[], 22, Some(5)),
    (1, "Hana Sato", &[], 15, Some(9)),
    (2, "Inês Costa", &[], 80, Some(900)),
];

/// The id of a demo user.
pub(super) fn user_id(number: usize) -> String {
    numbered("05e40000", number)
}

/// The id of a demo identity provider.
pub(super) fn idp_id(number: usize) -> String {
    numbered("1d900000", number)
}

/// What the identity provider calls a demo group.
pub(super) fn external_group_id(number: usize) -> &'static str {
    GROUPS[number].1
}

/// The address of a demo user.
pub(super) fn email(number: usize) -> String {
    let first = USERS[number].1.split(' ').next().unwrap_or_default().to_lowercase();
    format!("{}@northwind.example", first.replace(['é', 'ê'], "e"))
}

/// Who signs in, and through whom.
pub(super) fn add(timeline: &mut Timeline) {
    for (app, issuer, kind, keys, group_claim, age) in ISSUERS {
        let at = timeline.ago(age);
        let webhook = Webhook {
            secret: Sealed::new("whsec_demo0000000000000000000000000000"),
            created_at: at,
            rotated_at: None,
            last_event_at: Some(timeline.now.plus(-5400)),
        };
        let provider = IdentityProvider {
            id: idp_id(app),
            app_id: APPS[app].to_owned(),
            issuer: issuer.to_owned(),
            provider_type: kind.to_owned(),
            jwks_uri: format!("{issuer}{keys}"),
            audience: Some("https://api.northwind.example".to_owned()),
            claims: Claims {
                user_id: "sub".to_owned(),
                group: group_claim.map(str::to_owned),
                role: None,
            },
            wallet: None,
            webhook: (kind == "okta").then_some(webhook),
            created_at: at,
        };
        timeline.add(at, "created", provider.clone());
        if provider.webhook.is_some() {
            timeline.note(at, "webhook_enabled", &provider);
        }
    }
    for (number, (name, external_group_id)) in GROUPS.into_iter().enumerate() {
        let group = Group {
            id: numbered("96000000", number),
            app_id: APP_IDS[0].to_owned(),
            name: name.to_owned(),
            external_group_id: external_group_id.to_owned(),
            idp_id: idp_id(0),
        };
        timeline.appear(timeline.ago(59), group);
    }
    for (number, (app, name, groups, age, hours)) in USERS.into_iter().enumerate() {
        let user = User {
            id: user_id(number),
            app_id: APPS[app].to_owned(),
            email: Some(email(number)),
            display_name: Some(name.to_owned()),
            idp_id: Some(idp_id(app)),
            subject: None,
            status: if hours.is_some() { "active" } else { "suspended" }.to_owned(),
            created_at: timeline.ago(age),
            last_seen_at: hours
                .map(|hours| timeline.now.plus(-3600 * hours))
                .or(Some(timeline.ago(9))),
            group_ids: groups.iter().map(|group| numbered("96000000", *group)).collect(),
        };
        timeline.appear(timeline.ago(age), user);
    }
}
