//! What a list of events is narrowed to.

use super::event::AuditEvent;
use crate::portal::page::Window;

/// The filters of the log; one that is not set lets everything pass.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Filter<'a> {
    pub(crate) window: Window,
    pub(crate) app_id: Option<&'a str>,
    pub(crate) action: Option<&'a str>,
    pub(crate) actor: Option<&'a str>,
    pub(crate) provider: Option<&'a str>,
    pub(crate) policy_decision: Option<&'a str>,
}

impl<'a> Filter<'a> {
    /// Everything of one app.
    pub(crate) fn of_app(id: &'a str) -> Self {
        Self { app_id: Some(id), ..Self::default() }
    }

    /// Whether an event passes, whenever it was.
    pub(crate) fn passes(&self, event: &AuditEvent) -> bool {
        let actor =
            |wanted| [event.actor_id.as_deref(), event.actor_name.as_deref()].contains(&wanted);
        self.app_id.is_none_or(|wanted| wanted == event.app_id)
            && self.action.is_none_or(|wanted| wanted == event.action)
            && self.actor.is_none_or(|wanted| actor(Some(wanted)))
            && (self.provider.is_none() || self.provider == event.provider_id.as_deref())
            && (self.policy_decision.is_none()
                || self.policy_decision == event.policy_decision.as_deref())
    }
}
