//! `alter approvals`: what is sent and shown.

use super::cases::{Answer, answers, refusals, requests};

#[test]
fn defaults_are_those_of_the_deployment() {
    requests(&[("approvals defaults", "GET /approvals/defaults")]);
    refusals(&[
        ("approvals defaults x", 2, "operand 1: `alter approvals defaults` takes 0\n"),
        ("approvals approve", 2, "there is no such command"),
    ]);
    answers(&[Answer {
        line: "approvals defaults",
        status: 200,
        body: r#"{"defaults":{"expires_in_seconds":600},"bounds":{"max_pending":{"min":1,"max":100}}}"#,
        exit: 0,
        out: "    \"expires_in_seconds\": 600\n",
        err: "",
    }]);
}
