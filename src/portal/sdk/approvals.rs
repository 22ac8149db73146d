//! Calls that wait for a person's approval.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::protocol::url::ProviderUrl;

use super::audit_rows::{self, judged};
use super::decision::{Mode, Question};
use super::policies::Asker;
use super::signer::Signer;
use super::signing_key::Key;
use super::upstream::{BUDGET, Outgoing, Wanted};
use crate::portal::audit::{self, AuditEvent};
use crate::portal::deferred::Later;
use crate::portal::handler::call::{Call, Outcome};
use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::manage::approvals::RESULT_RETENTION;
use crate::portal::manage::grants::grant::Grant;
use crate::portal::policy::StoredRule;
use crate::portal::random;
use crate::portal::store::{Row, Tables};
use crate::portal::timestamp::Stamp;

/// What holds where the rule does not say.
const WINDOW: i64 = 600;
const MAX_PENDING: i64 = 10;
/// Seconds that a client may ask to wait.
pub(super) const MAX_WAIT: i64 = 25;

/// A call that waits, or waited.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Approval {
    /// Of all its gates together.
    id: String,
    pub(super) asker: Asker,
    pub(super) grant_id: String,
    pub(super) wanted: Wanted,
    pub(super) gates: Vec<Gate>,
    /// `pending`, `executing`, `denied`, `expired`, `executed` or `failed`.
    pub(crate) status: String,
    created_at: Stamp,
    pub(super) executed_at: Option<Stamp>,
    pub(super) execution_error: Option<String>,
    pub(super) result: Option<Value>,
    /// Its row of the audit log, added when it is decided.
    pub(super) event: AuditEvent,
}

/// One approval that a rule asks for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Gate {
    approval_id: String,
    pub(super) rule: String,
    /// `pending`, `approved`, `denied` or `expired`.
    status: String,
    pub(super) expires_at: Stamp,
    decided_at: Option<Stamp>,
}

impl Row for Approval {
    const TABLE: &'static str = "runtime_approvals";

    fn id(&self) -> &str {
        &self.id
    }

    fn app_id(&self) -> Option<&str> {
        Some(&self.asker.app_id)
    }
}

impl Approval {
    /// Whether this is its id, or that of one of its gates.
    fn is_named(&self, id: &str) -> bool {
        self.id == id || self.gates.iter().any(|gate| gate.approval_id == id)
    }

    /// Whether a person still has a say in it.
    pub(crate) fn is_pending(&self) -> bool {
        self.status == "pending"
    }

    /// Whether a key may read of it: one of the app, or of the agent that asked.
    fn is_seen_by(&self, app_id: &str, agent_id: Option<&str>) -> bool {
        self.asker.app_id == app_id
            && agent_id.is_none_or(|id| self.asker.agent_id.as_deref() == Some(id))
    }

    /// Whether something may still come of it that a key may read.
    pub(super) fn is_open_for(&self, key: &Key) -> bool {
        let is_open = self.is_pending() || self.status == "executing";
        is_open && self.is_seen_by(key.app_id(), key.agent_id())
    }

    /// Whether its time is over although nobody has decided.
    fn is_late(&self, now: Stamp) -> bool {
        self.is_pending() && self.open().any(|(_, end)| end <= now)
    }

    /// The gates that a person has still to decide on: their ids, and until when.
    pub(crate) fn open(&self) -> impl Iterator<Item = (&str, Stamp)> {
        let open = self.gates.iter().filter(|gate| gate.status == "pending");
        open.map(|gate| (gate.approval_id.as_str(), gate.expires_at))
    }
}

/// The approval of this id, be it the whole or a gate.
pub(crate) fn find<'a>(tables: &'a Tables, id: &str) -> Option<&'a Approval> {
    tables.of::<Approval>().iter().rev().find(|approval| approval.is_named(id))
}

/// The approval that has this gate.
pub(crate) fn of_gate<'a>(tables: &'a Tables, gate_id: &str) -> Option<&'a Approval> {
    find(tables, gate_id).filter(|approval| approval.id != gate_id)
}

/// Holds a call until its gates are open.
pub(super) fn hold(
    call: &mut Call<'_>,
    asker: Asker,
    grant: &Grant,
    wanted: Wanted,
    rules: Vec<String>,
    event: AuditEvent,
) -> Outcome {
    let setting = |rule: &str, name: &str, usual: i64| {
        let stored = call.state.tables.of::<StoredRule>().get(rule);
        let stored = stored.or(asker.rule.as_ref().filter(|own| own.rule.id == rule));
        stored.and_then(|stored| stored.rule.body["approval"][name].as_i64()).unwrap_or(usual)
    };
    let most = rules.iter().map(|rule| setting(rule, "max_pending", MAX_PENDING)).min();
    let waiting = call.state.tables.of::<Approval>().of_app(&asker.app_id);
    let waiting = waiting.filter(|approval| approval.is_pending() && approval.grant_id == grant.id);
    if i64::try_from(waiting.count()).unwrap_or(i64::MAX) >= most.unwrap_or(MAX_PENDING) {
        let message = "Too many calls with this grant wait for an approval already.";
        return Err(Refusal::new(429, "too_many_pending_approvals", message)
            .also("retry_after", 60)
            .header("Retry-After", "60"));
    }
    let gates = rules.iter().map(|rule| Gate {
        approval_id: random::uuid(),
        rule: rule.clone(),
        status: "pending".to_owned(),
        expires_at: call.now.plus(setting(rule, "expires_in_seconds", WINDOW)),
        decided_at: None,
    });
    let gates = gates.collect();
    let approval = Approval {
        id: random::uuid(),
        asker,
        grant_id: grant.id.clone(),
        wanted,
        gates,
        status: "pending".to_owned(),
        created_at: call.now,
        executed_at: None,
        execution_error: None,
        result: None,
        event,
    };
    let answer = Response::json(202, &pending(&approval, &call.origin(), call.now));
    let ids: Vec<String> = approval.gates.iter().map(|gate| gate.approval_id.clone()).collect();
    call.state.tables.of_mut().add(approval);
    if let Some(yes) = call.runtime.completion.answer() {
        for id in ids {
            let tables = &mut call.state.tables;
            call.later = decide(tables, call.runtime.port, &id, yes, call.now);
        }
    }
    Ok(answer)
}

fn pending(approval: &Approval, origin: &str, now: Stamp) -> Value {
    let gate = |gate: &Gate| {
        json!({
            "approval_id": gate.approval_id, "expires_at": gate.expires_at,
            "expires_in": (gate.expires_at.0 - now.0).max(0),
            "approval_url": format!("{origin}/approvals/{}", gate.approval_id),
        })
    };
    let gates: Vec<Value> = approval.gates.iter().map(gate).collect();
    let mut pending = gates.first().cloned().unwrap_or_default();
    pending["approval_group_id"] = json!(approval.id);
    pending["status"] = json!("pending");
    pending["gates"] = json!(gates);
    pending
}

/// Puts down what a person says of one gate. The last yes gives the call that is to be made; the first no ends it.
pub(crate) fn decide(
    tables: &mut Tables,
    port: u16,
    gate_id: &str,
    yes: bool,
    now: Stamp,
) -> Option<Box<dyn Later>> {
    let mut approval = of_gate(tables, gate_id).filter(|approval| approval.is_pending())?.clone();
    if approval.is_late(now) {
        expire(tables, &mut approval, now);
        return None;
    }
    let mut approved = None;
    for gate in approval.gates.iter_mut().filter(|gate| gate.approval_id == gate_id) {
        if gate.status == "pending" {
            gate.status = String::from(if yes { "approved" } else { "denied" });
            gate.decided_at = Some(now);
        }
    }
    let open = approval.gates.iter().all(|gate| gate.status == "approved");
    if !yes {
        refuse(tables, &mut approval, "denied", "a person said no", now);
    } else if open {
        approved = begin(tables, port, &mut approval, now);
    }
    tables.of_mut::<Approval>().change(&approval.id, |stored| stored.clone_from(&approval));
    approved
}

/// The call that was waited for, if it may still be made: much can have happened meanwhile.
fn begin(
    tables: &mut Tables,
    port: u16,
    approval: &mut Approval,
    now: Stamp,
) -> Option<Box<dyn Later>> {
    match permitted(tables, port, approval, now).cloned() {
        Ok(grant) => {
            approval.status = String::from("executing");
            approval.executed_at = Some(now);
            let (wanted, event) = (approval.wanted.clone(), approval.event.clone());
            let call = Outgoing::new(tables, &grant, wanted, event, now);
            Some(Box::new(Approved { id: approval.id.clone(), call }))
        }
        Err(refusal) => {
            let mut event = audit_rows::refused(approval.event.clone(), &refusal);
            event.created_at = now;
            audit::record(tables, judged(event));
            fail(approval, refusal.to_string());
            None
        }
    }
}

/// The grant of a call that would pass now. Rules that ask for an approval have been given it.
fn permitted<'a>(
    tables: &'a Tables,
    port: u16,
    approval: &Approval,
    now: Stamp,
) -> Result<&'a Grant, Refusal> {
    let gone = || Refusal::new(403, "grant_revoked", "The grant is gone.");
    let grant = tables.of::<Grant>().get(&approval.grant_id).ok_or_else(gone)?;
    let url = ProviderUrl::parse("url", &approval.wanted.url)
        .map_err(|failure| Refusal::new(422, "invalid_request", failure.message()))?;
    let question = Question {
        tables,
        asker: &approval.asker,
        grant,
        method: &approval.wanted.method,
        url: &url,
        mode: Mode::Proxy,
        port,
        now,
    };
    question.decide().map(|_| grant)
}

/// A call that was waited for, while it is made.
#[derive(Debug)]
struct Approved {
    id: String,
    call: Outgoing,
}

impl Later for Approved {
    fn run(&mut self) {
        self.call.run();
    }

    fn finish(self: Box<Self>, tables: &mut Tables, answer: Response) -> Response {
        let result = self.call.record(tables);
        tables.of_mut::<Approval>().change(&self.id, |approval| match result {
            Ok(mut result) => {
                result["approval_id"] = json!(approval.gates.first().map(|gate| &gate.approval_id));
                approval.status = String::from("executed");
                approval.result = Some(result);
            }
            Err(refusal) => fail(approval, refusal.to_string()),
        });
        answer
    }
}

fn fail(approval: &mut Approval, why: String) {
    approval.status = String::from("failed");
    approval.execution_error = Some(why);
}

/// Ends an approval that was not given.
fn refuse(tables: &mut Tables, approval: &mut Approval, status: &str, why: &str, now: Stamp) {
    approval.status = String::from(status);
    let mut event = approval.event.clone();
    event.created_at = now;
    event.policy_decision = Some("DENY".to_owned());
    event.policy_error = Some(format!("approval_{status}"));
    event.reason = Some(why.to_owned());
    event.response_status = Some(403);
    audit::record(tables, judged(event));
}

/// Ends an approval that nobody gave in time.
fn expire(tables: &mut Tables, approval: &mut Approval, now: Stamp) {
    for gate in approval.gates.iter_mut().filter(|gate| gate.status == "pending") {
        gate.status = String::from("expired");
    }
    refuse(tables, approval, "expired", "nobody decided in time", now);
    tables.of_mut::<Approval>().change(&approval.id, |stored| stored.clone_from(approval));
}

/// Ends the approvals that were not given in time, and those whose call was cut off by the end of the portal; drops the
/// results that are kept no longer.
pub(super) fn settle(tables: &mut Tables, now: Stamp) {
    let longest = i64::try_from(2 * BUDGET.as_secs()).unwrap_or(i64::MAX);
    let cut_off = |approval: &&Approval| {
        let begun = approval.executed_at.filter(|_| approval.status == "executing");
        begun.is_some_and(|begun| begun.plus(longest) <= now)
    };
    let ids = tables.of::<Approval>().iter().filter(cut_off).map(|approval| approval.id.clone());
    for id in ids.collect::<Vec<_>>() {
        let why = "The portal ended while the call was made.".to_owned();
        tables.of_mut::<Approval>().change(&id, |approval| fail(approval, why));
    }
    let kept = |approval: &&Approval| {
        let until = approval.executed_at.map(|at| at.plus(RESULT_RETENTION.into()));
        approval.result.is_some() && until.is_some_and(|until| until <= now)
    };
    let ids = tables.of::<Approval>().iter().filter(kept).map(|approval| approval.id.clone());
    for id in ids.collect::<Vec<_>>() {
        tables.of_mut::<Approval>().change(&id, |approval| approval.result = None);
    }
    let late = tables.of::<Approval>().iter().filter(|approval| approval.is_late(now));
    for mut approval in late.cloned().collect::<Vec<_>>() {
        expire(tables, &mut approval, now);
    }
}

/// The approval that the path names, which the same key or the same agent asked for.
fn named<'a>(call: &'a Call<'_>, signer: &Signer) -> Result<&'a Approval, Refusal> {
    let id = call.params.get("approval");
    let agent_id = signer.agent_id.as_deref().filter(|_| signer.is_agents);
    let own = |approval: &&Approval| approval.is_seen_by(&signer.app_id, agent_id);
    find(&call.state.tables, id).filter(own).ok_or_else(|| {
        Refusal::not_found("approval_not_found", format!("There is no approval {id}."))
    })
}

/// The state of an approval. Waiting was done before, while nothing was locked.
pub(super) fn status(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let approval = named(call, signer)?;
    let gate = |gate: &Gate| {
        json!({
            "approval_id": gate.approval_id, "status": gate.status, "expires_at": gate.expires_at,
            "decided_at": gate.decided_at,
        })
    };
    let decided = approval.gates.iter().filter_map(|gate| gate.decided_at).max();
    Ok(Response::json(
        200,
        &json!({
            "approval_id": call.params.get("approval"), "status": approval.status,
            "approval_group_id": approval.id, "gates": approval.gates.iter().map(gate).collect::<Vec<_>>(),
            "expires_at": approval.gates.iter().map(|gate| gate.expires_at).min(), "decided_at": decided,
            "decision_reason": null, "executed_at": approval.executed_at,
            "execution_error": approval.execution_error, "has_result": approval.result.is_some(),
        }),
    ))
}

/// The result of the call.
pub(super) fn result(call: &mut Call<'_>, signer: &Signer) -> Outcome {
    let approval = named(call, signer)?;
    if let Some(result) = &approval.result {
        return Ok(Response::json(200, result));
    }
    let refuse = |status, code, message: &str| Err(Refusal::new(status, code, message));
    match approval.status.as_str() {
        "denied" => refuse(403, "approval_denied", "The call was not approved."),
        "executed" => {
            refuse(404, "approval_not_found", "The result is kept for a day, which is over.")
        }
        "expired" => refuse(403, "approval_expired", "Nobody approved the call in time."),
        "failed" => {
            let why = approval.execution_error.clone().unwrap_or_default();
            refuse(502, "approval_execution_failed", &why)
        }
        _ => refuse(409, "approval_pending", "The call still waits for an approval."),
    }
}
