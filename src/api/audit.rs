//! The audit log: events, and what they add up to.

use super::field::{APP, END, Field, START, choice, text, time, uuid};
use super::operation::{get, post};
use super::shape::{
    AUDIT_EVENT, GRANT_EVENT, INTEGRITY, PORTAL_ACTION, PRINCIPAL, THREAD, THREAD_SUMMARY, TRACE,
    TRACE_SUMMARY,
};

const READ: &str = "dashboard_audit:read";

const MAX_WORD: usize = 200;
const ACTION: Field = text("action", 0, MAX_WORD);
const ACTOR: Field = text("actor", 0, MAX_WORD);
const PROVIDER: Field = text("provider", 0, MAX_WORD);

operations! {
    /// Lists events, the newest first.
    EVENTS = get("/audit/events")
        .needs(READ)
        .query(&[
            APP,
            ACTION,
            ACTOR,
            PROVIDER,
            choice("policy_decision", &["ALLOW", "DENY", "ERROR"]),
            START,
            END,
        ])
        .items(1000, 100, &AUDIT_EVENT);
    /// Lists what PATs, people and the portal did.
    PORTAL_ACTIONS = get("/audit/portal-actions")
        .needs(READ)
        .query(&[
            choice("principal_kind", &["portal", "sdk", "system", "pat"]),
            text("resource_type", 0, MAX_WORD),
            ACTION,
            APP,
            START,
            END,
        ])
        .items(1000, 100, &PORTAL_ACTION);
    /// Lists what happened to grants.
    GRANT_EVENTS = get("/audit/grant-events")
        .needs(READ)
        .query(&[choice("grant_type", &["oauth", "managed_secret"]), PROVIDER, APP, START, END])
        .items(1000, 100, &GRANT_EVENT);
    /// Lists traces.
    TRACES = get("/audit/traces").needs(READ).query(&[ACTOR, APP, START, END]).items(1000, 50, &TRACE_SUMMARY);
    /// Shows a trace with its events.
    SHOW_TRACE = get("/audit/traces/{trace}").needs(READ).object(&TRACE);
    /// Lists threads.
    THREADS = get("/audit/threads").needs(READ).query(&[ACTOR, APP, START, END]).items(200, 50, &THREAD_SUMMARY);
    /// Shows a thread with its traces and their events.
    SHOW_THREAD = get("/audit/threads/{thread}").needs(READ).object(&THREAD);
    /// Lists who acted.
    PRINCIPALS = get("/audit/agents").needs(READ).query(&[APP, START, END]).items(200, 50, &PRINCIPAL);
    /// Shows one of those who acted.
    SHOW_PRINCIPAL = get("/audit/agents/{principal}")
        .needs(READ)
        .query(&[
            choice("principal_kind", &["actor", "agent", "key"]),
            uuid("additional_key_id").repeats().given_by("--additional-key-ids"),
            APP,
        ])
        .object(&PRINCIPAL);
    /// Computes the hashes of a window again.
    CHECK_INTEGRITY = post("/audit/integrity-check")
        .needs(READ)
        .body(&[
            time("start").required(),
            time("end").required(),
            choice("table", &["api-calls", "oauth-tokens", "managed-secrets"]),
        ])
        .object(&INTEGRITY)
        .only_reads();
}
