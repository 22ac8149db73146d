//! A managed secret: how its credential is put into requests, and where it may go.

use crate::protocol::token::SIGV4;
use serde::{Deserialize, Serialize};

use super::credential::Credential;
use crate::portal::handler::call::Call;
use crate::portal::handler::resource::Resource;
use crate::portal::manage::grants::grant::{Grant, Target};
use crate::portal::random;
use crate::portal::store::Row;
use crate::portal::timestamp::Stamp;

const TTL_DAYS: i64 = 90;

/// A secret as it is shown, but for the number of its grants.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Secret {
    pub(crate) id: String,
    pub(crate) slug: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) template_id: Option<String>,
    /// `bearer_token`, `header_key`, `basic_auth` or `aws_sig_v4`.
    pub(crate) credential_type: String,
    pub(crate) injection_header: String,
    pub(crate) injection_format: String,
    pub(crate) injection_rules: Vec<Rule>,
    pub(crate) account_identifier: Option<String>,
    pub(crate) account_display_name: Option<String>,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) delegation_policy: DelegationPolicy,
    pub(crate) created_at: Stamp,
    pub(crate) updated_at: Stamp,
    pub(crate) rotated_at: Option<Stamp>,
}

/// Where another part of the credential goes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Rule {
    /// `header` or `query_param`.
    pub(crate) target: String,
    pub(crate) key: String,
    /// `token`, or `additional_credentials.` and the name of a field.
    pub(crate) value_source: String,
}

/// Whether members of a group may pass access on to agents, and for how long.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub(crate) struct DelegationPolicy {
    pub(crate) allow_group_delegation: bool,
    pub(crate) max_delegation_ttl_days: i64,
}

/// A secret as it is kept.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct StoredSecret {
    pub(crate) app_id: String,
    pub(crate) secret: Secret,
    pub(crate) credential: Credential,
}

/// A secret as it is shown.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    #[serde(flatten)]
    secret: &'a Secret,
    grant_count: usize,
}

impl Default for DelegationPolicy {
    fn default() -> Self {
        Self { allow_group_delegation: false, max_delegation_ttl_days: TTL_DAYS }
    }
}

impl Row for StoredSecret {
    const TABLE: &'static str = "managed_secrets";

    fn id(&self) -> &str {
        &self.secret.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.app_id)
    }
}

impl Resource for StoredSecret {
    const KIND: &'static str = "managed_secret";
    const NOT_FOUND: &'static str = "secret_not_found";

    fn shown<'a>(&'a self, call: &'a Call<'_>) -> impl Serialize {
        let active = self.grants(call).filter(|grant| grant.is_active(call.now));
        self.secret.shown_with(active.count())
    }

    fn name(&self) -> &str {
        &self.secret.name
    }

    fn touch(&mut self, now: Stamp) {
        self.secret.updated_at = now;
    }
}

impl StoredSecret {
    /// What its grants give access to.
    pub(crate) fn target(&self) -> Target {
        Target::ManagedSecret { secret_id: self.secret.id.clone(), slug: self.secret.slug.clone() }
    }

    /// Its grants, oldest first.
    pub(crate) fn grants<'a>(
        &'a self,
        call: &'a Call<'_>,
    ) -> impl DoubleEndedIterator<Item = &'a Grant> {
        let all = call.state.tables.of::<Grant>().of_app(&self.app_id);
        all.filter(|grant| grant.secret_id() == Some(&self.secret.id))
    }
}

impl Secret {
    /// A secret of this type, put into requests as is usual for it.
    pub(crate) fn blank(credential_type: &str, now: Stamp) -> Self {
        let format = match credential_type {
            "basic_auth" => "Basic {token}",
            "aws_sig_v4" => SIGV4,
            _ => "Bearer {token}",
        };
        Self {
            id: random::uuid(),
            slug: String::new(),
            name: String::new(),
            description: None,
            template_id: None,
            credential_type: credential_type.to_owned(),
            injection_header: "Authorization".to_owned(),
            injection_format: format.to_owned(),
            injection_rules: Vec::new(),
            account_identifier: None,
            account_display_name: None,
            allowed_hosts: Vec::new(),
            delegation_policy: DelegationPolicy::default(),
            created_at: now,
            updated_at: now,
            rotated_at: None,
        }
    }

    /// As it is shown, with so many grants.
    pub(super) fn shown_with(&self, grant_count: usize) -> Shown<'_> {
        Shown { secret: self, grant_count }
    }
}
