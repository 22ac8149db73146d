//! `alter sdk-passthrough`: what is sent, and what is refused before anything is.

use super::cases::{refusals, requests};

const REQUEST: &str = "sdk-passthrough request g-1";
const RESOLVE: &str = "sdk-passthrough resolve-identity";
const APP_KEY: &str = "alter_rk_abcdefghijklmnopqrstuv_iwpykn";
const USER: &str = "05e40000-0001-4000-8000-000000000000";

#[test]
fn both_verbs_say_what_they_would_send() {
    let token = |rest: &str, method: &str, url: &str| {
        (
            format!("{REQUEST} {rest}"),
            format!(
                r#"POST /sdk/token {{"grant_id":"g-1","reason":null,"request":{{"method":"{method}","url":"{url}"}}}}"#
            ),
        )
    };
    let identity = |rest: &str, body: &str| {
        (format!("{RESOLVE} {rest}"), format!("POST /sdk/identity/resolve {body}"))
    };
    let rows = [
        token("--url https://API.example.com", "GET", "https://api.example.com/"),
        token(
            "--url http://localhost:9/a?b=c#d --method DELETE",
            "DELETE",
            "http://localhost:9/a?b=c",
        ),
        token("--url https://h/x --method POST --body '{\"a\": 1}'", "POST", "https://h/x"),
        identity("--include-profile", r#"{"include_profile":true}"#),
        identity(
            "--user-token header.body.sum",
            r#"{"include_profile":false,"user_token":"[redacted]"}"#,
        ),
        identity(
            &format!("--app-user-id {USER}"),
            &format!(r#"{{"app_user_id":"{USER}","include_profile":false}}"#),
        ),
    ];
    let rows: Vec<(&str, &str)> =
        rows.iter().map(|(line, wanted)| (line.as_str(), wanted.as_str())).collect();
    requests(&rows);
}

#[test]
fn bad_command_lines_are_refused_before_any_request() {
    let with_key =
        |rest: &str, exit, part| (format!("{REQUEST} --api-key {APP_KEY} {rest}"), exit, part);
    let header =
        |header: &str, part| with_key(&format!("--url https://h/ --header '{header}'"), 2, part);
    let of_app = |key: &str| {
        let line = format!("{RESOLVE} --api-key {key} --app-user-id {USER}");
        (line, 2, "is for an agent's key")
    };
    let rows = [
        (format!("{REQUEST} --url https://h/"), 3, "no runtime key"),
        (RESOLVE.to_owned(), 3, "ALTER_API_KEY"),
        (format!("{REQUEST} --url https://h/ --api-key alter_pat_x"), 2, "Personal Access Token"),
        (
            format!("{REQUEST} --url https://h/ --api-key alter_rk_x"),
            2,
            "--api-key: is no runtime API key",
        ),
        with_key("", 2, "--url"),
        with_key("--url http://h/", 2, "https://"),
        with_key("--url http://127.0.0.2/", 2, "localhost, 127.0.0.1 and [::1] only"),
        with_key("--url https://user:pass@h/", 2, "user name or password"),
        with_key("--url https://h/{id}", 2, "brace"),
        with_key(&format!("--url https://h/?k={APP_KEY}"), 2, "credential"),
        with_key("--url https://h/ --method CONNECT", 2, "--method"),
        with_key("--url https://h/ --body {", 2, "--body: is not JSON at line 1, column 1"),
        with_key("--url https://h/ --body @none", 4, "none"),
        with_key("--url https://h/ --output table", 2, "body is printed as it comes"),
        with_key("--url https://h/ --fields a", 2, "body is printed as it comes"),
        with_key("--url https://h/ --base-url http://127.0.0.9:1", 2, "--base-url"),
        header("Authorization: Bearer x", "alter sets itself"),
        header("proxy-authorization: x", "alter sets itself"),
        header("x-api-key: x", "alter sets itself"),
        header("X-Alter-Anything: x", "alter sets itself"),
        header("HOST: elsewhere", "alter sets itself"),
        header("Content-Length: 1", "alter sets itself"),
        header("Connection: close", "alter sets itself"),
        header("Transfer-Encoding: chunked", "alter sets itself"),
        header("no colon", "Name: value"),
        header("a b: c", "HTTP does not allow"),
        of_app(APP_KEY),
        of_app("alter_dk_abcdefghijklmnopqrstuv_ai5awu"),
        of_app("alter_pk_abcdefghijklmnopqrstuv_vegumf"),
        (format!("{RESOLVE} --app-user-id ana"), 2, "--app-user-id: must be a UUID"),
        (format!("{RESOLVE} --app-user-id ''"), 2, "--app-user-id: must be a UUID"),
        (format!("{RESOLVE} --api-key {APP_KEY} --user-token ''"), 2, "--user-token"),
    ];
    let rows: Vec<(&str, i32, &str)> =
        rows.iter().map(|(line, exit, part)| (line.as_str(), *exit, *part)).collect();
    refusals(&rows);
}
