//! `alter managed-secrets grants`, `groups` and `users`: the requests, the refusals and the tables.

use super::cases::{Answer, answers, refusals, requests};

#[test]
fn flags_become_requests() {
    const USER: &str = "0f8fad5b-d9cb-469f-a165-70867728950E";
    let create = "managed-secrets grants create s --principal-type";
    requests(&[
        ("managed-secrets users", "GET /apps/{app}/managed-secrets/users?limit=100"),
        (
            &format!("managed-secrets users --idp {USER} --search al --limit 1000"),
            &format!("GET /apps/{{app}}/managed-secrets/users?idp_id={USER}&search=al&limit=1000"),
        ),
        (
            &format!("managed-secrets groups list --idp {USER} --search al"),
            &format!("GET /apps/{{app}}/managed-secrets/groups?idp_id={USER}&search=al&limit=100"),
        ),
        ("managed-secrets groups show g", "GET /apps/{app}/managed-secrets/groups/g"),
        (
            "managed-secrets groups show g --member-limit 1 --member-offset 2 --grant-limit 3 --grant-offset 4",
            "GET /apps/{app}/managed-secrets/groups/g?member_limit=1&member_offset=2&grant_limit=3&grant_offset=4",
        ),
        ("managed-secrets grants list s", "GET /apps/{app}/managed-secrets/s/grants"),
        (
            "managed-secrets grants list-for-agent a",
            "GET /apps/{app}/agents/a/managed-secret-grants",
        ),
        (
            &format!("{create} user --app-user-id {USER} --label l --description d"),
            &format!(
                r#"POST /apps/{{app}}/managed-secrets/s/grants {{"description":"d","label":"l","principal":{{"app_user_id":"{USER}","type":"user"}}}}"#
            ),
        ),
        (
            &format!("{create} group --idp-id {USER} --external-group-id 'g 1' --label l"),
            &format!(
                r#"POST /apps/{{app}}/managed-secrets/s/grants {{"label":"l","principal":{{"external_group_id":"g 1","idp_id":"{USER}","type":"group"}}}}"#
            ),
        ),
        (
            &format!("{create} agent --agent-id {USER} --expires-at 2099-01-01"),
            &format!(
                r#"POST /apps/{{app}}/managed-secrets/s/grants {{"grant_policy":{{"expires_at":"2099-01-01T00:00:00Z"}},"principal":{{"agent_id":"{USER}","type":"agent"}}}}"#
            ),
        ),
        (
            &format!("{create} system --label l --grant-policy {{\"a\":1.0}}"),
            r#"POST /apps/{app}/managed-secrets/s/grants {"grant_policy":{"a":1.0},"label":"l","principal":{"type":"system"}}"#,
        ),
        (
            &format!(
                "{create} system --expires-at 2099-01-01 --grant-policy {{\"expires_at\":\"2099-01-01T01:00:00+01:00\",\"a\":[]}}"
            ),
            r#"POST /apps/{app}/managed-secrets/s/grants {"grant_policy":{"a":[],"expires_at":"2099-01-01T00:00:00Z"},"principal":{"type":"system"}}"#,
        ),
        (
            "managed-secrets grants create s --input {\"principal\":{\"type\":\"system\"}}",
            r#"POST /apps/{app}/managed-secrets/s/grants {"principal":{"type":"system"}}"#,
        ),
        (
            "managed-secrets grants update g --label l --description '' --expires-at 2099-01-01",
            r#"PATCH /apps/{app}/managed-secret-grants/g {"description":"","grant_policy":{"expires_at":"2099-01-01T00:00:00Z"},"label":"l"}"#,
        ),
        (
            "managed-secrets grants update g --input {\"label\":null}",
            r#"PATCH /apps/{app}/managed-secret-grants/g {"label":null}"#,
        ),
        ("managed-secrets grants revoke g", "DELETE /apps/{app}/managed-secret-grants/g"),
    ]);
}

#[test]
fn unusable_flags_are_refused() {
    const ID: &str = "0f8fad5b-d9cb-469f-a165-70867728950e";
    let create = |more: &str| format!("managed-secrets grants create s --principal-type {more}");
    refusals(&[
        ("managed-secrets users --idp okta", 2, "--idp: must be a UUID"),
        ("managed-secrets users --limit 1001", 2, "--limit: must be a whole number from 1 to 1000"),
        ("managed-secrets groups list --idp ''", 2, "--idp: is empty"),
        (
            "managed-secrets groups show g --member-limit 0",
            2,
            "--member-limit: must be a whole number from 1 to 1000",
        ),
        ("managed-secrets grants create s", 2, "--principal-type: is needed, or --input"),
        (&create("robot"), 2, "--principal-type: must be one of user, group, agent, system"),
        (&create("user"), 2, "--app-user-id, --label: are needed"),
        (&create(&format!("user --app-user-id {ID}")), 2, "--label: is needed"),
        (&create("user --app-user-id alice --label l"), 2, "--app-user-id: must be a UUID"),
        (&create(&format!("user --app-user-id {ID} --label ''")), 2, "--label: is empty"),
        (&create("group --label l"), 2, "--idp-id, --external-group-id: are needed"),
        (
            &create("group --idp-id x --external-group-id g --label l"),
            2,
            "--idp-id: must be a UUID",
        ),
        (&create("agent"), 2, "--agent-id: is needed"),
        (
            &create("agent --agent-id 0f8fad5bd9cb469fa16570867728950e"),
            2,
            "--agent-id: must be a UUID",
        ),
        (
            &create(&format!("agent --agent-id {ID} --app-user-id {ID}")),
            2,
            "--app-user-id: does not go with --principal-type agent",
        ),
        (
            &create(&format!("system --agent-id {ID}")),
            2,
            "--agent-id: does not go with --principal-type system",
        ),
        (&create("system --input {}"), 2, "--input: replaces --principal-type"),
        (&create("system --expires-at 2020-01-01"), 2, "--expires-at: is in the past"),
        (&create("system --grant-policy []"), 2, "--grant-policy: must be an object"),
        (
            &create(
                "system --expires-at 2099-01-01 --grant-policy {\"expires_at\":\"2099-01-02\"}",
            ),
            2,
            "--expires-at: differs from the expires_at in --grant-policy",
        ),
        (
            &create("system --expires-at 2099-01-01 --grant-policy {\"expires_at\":1}"),
            2,
            "--expires-at: differs from the expires_at in --grant-policy",
        ),
        (
            "managed-secrets grants update g",
            2,
            "nothing to change: give at least one of --label, --description, --expires-at, --grant-policy, --input",
        ),
        ("managed-secrets grants update g --input {} --label l", 2, "--input: replaces --label"),
        ("managed-secrets grants revoke g", 2, "fix: give --yes"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "managed-secrets users",
            status: 200,
            body: r#"{"items":[{"id":"u","email":"a@b.c","display_name":"Alice","idp_id":"i","status":"active"}],"has_more":false}"#,
            exit: 0,
            out: "ID  EMAIL  NAME   IDP  STATUS\nu   a@b.c  Alice  i    active\n",
            err: "",
        },
        Answer {
            line: "managed-secrets groups list",
            status: 200,
            body: r#"{"items":[{"id":"g","name":"Eng","external_group_id":"x","idp_id":"i","member_count":12}],"has_more":false}"#,
            exit: 0,
            out: "ID  NAME  EXTERNAL ID  IDP  MEMBERS\ng   Eng   x            i    12\n",
            err: "",
        },
        Answer {
            line: "managed-secrets grants list s",
            status: 200,
            body: r#"[{"id":"1","principal":{"type":"group","idp_id":"i","external_group_id":"x"},"label":"l","status":"active","grant_policy":{"expires_at":"2026-11-23T10:04:05Z"}},{"id":"2","principal":{"type":"system"},"status":"revoked","last_used_at":"2026-11-23T10:04:05Z"}]"#,
            exit: 0,
            out: "ID  PRINCIPAL  TYPE    LABEL  STATUS   EXPIRES            LAST USED\n1   x          group   l      active   2026-11-23 10:04Z  -\n2   the app    system  -      revoked  -                  2026-11-23 10:04Z\n",
            err: "",
        },
    ]);
}
