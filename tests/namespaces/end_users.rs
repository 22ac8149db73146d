//! `alter end-users`: what is sent, refused and shown.

use super::cases::{Answer, answers, refusals, requests};

#[test]
fn requests_are_made_of_the_flags() {
    requests(&[
        ("end-users list", "GET /apps/{app}/end-users?limit=100"),
        (
            "end-users list --search alice@example.com --limit 7 --offset 3",
            "GET /apps/{app}/end-users?search=alice%40example.com&limit=7&offset=3",
        ),
        ("end-users show U", "GET /apps/{app}/end-users/U"),
        ("end-users show --user a/b --app c", "GET /apps/c/end-users/a%2Fb"),
    ]);
}

#[test]
fn bad_input_makes_no_request() {
    let long = format!("end-users list --search {}", "é".repeat(101));
    refusals(&[
        (&long, 2, "--search: is longer than 100 characters\n"),
        ("end-users list --search ''", 2, "--search: is empty\n"),
        ("end-users list --limit 0", 2, "--limit: must be a whole number from 1 to 1000\n"),
        ("end-users show", 2, "--user: is needed\n"),
        ("end-users delete", 2, "there is no such command"),
        ("end-users show U --app ''", 2, "--app: is empty\n"),
    ]);
}

#[test]
fn answers_are_shown() {
    answers(&[
        Answer {
            line: "end-users list",
            status: 200,
            body: r#"{"items":[{"id":"1","email":"a@b.example","display_name":"Alice","status":"active","grant_count":2,
                "last_seen_at":"2026-11-23T10:04:05Z"}],"total":1,"limit":100,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "\
ID  EMAIL        NAME   STATUS  GRANTS  LAST SEEN
1   a@b.example  Alice  active  2       2026-11-23 10:04Z
",
            err: "",
        },
        Answer {
            line: "end-users list --output json --fields id",
            status: 200,
            body: r#"{"items":[{"id":"1","email":null}],"total":1,"limit":100,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "[\n  {\n    \"id\": \"1\"\n  }\n]\n",
            err: "",
        },
        Answer {
            line: "end-users list",
            status: 200,
            body: r#"{"items":[],"total":0,"limit":100,"offset":0,"has_more":false}"#,
            exit: 0,
            out: "ID  EMAIL  NAME  STATUS  GRANTS  LAST SEEN\n",
            err: "No end users.\n",
        },
        Answer {
            line: "end-users show U",
            status: 404,
            body: r#"{"error":"user_not_found","message":"There is no such user."}"#,
            exit: 4,
            out: "",
            err: "alter: not found: There is no such user.\n",
        },
    ]);
}
