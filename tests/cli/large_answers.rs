//! What a portal sends too much of: memory, messages and names stay bounded.

use crate::support::{APP, Play, Server, alter, peak};

#[test]
fn messages_are_of_bounded_length() {
    let endless = format!(r#"{{"error":"invalid_request","message":"{}"}}"#, "x".repeat(3 << 20));
    let to = format!("Location: https://x.example/{}\r\n", "y".repeat(20_000));
    for play in [(400, "", endless.as_str()), (302, to.as_str(), "")] {
        let (status, headers, body) = (play.0, play.1.to_owned(), play.2.to_owned());
        let server = Server::new(move |_| Play::with(status, &headers, &body));
        for output in ["json", "table"] {
            let run = alter(["apps", "list", "--output", output]).to(&server).run();
            assert!(run.stderr.len() < 2_500, "{} bytes for {status}", run.stderr.len());
            run.stderr_has("...");
        }
    }
}

#[test]
fn a_credential_across_the_cut_is_redacted() {
    for before in 1_950..2_000 {
        let message = format!("{} alter_pat_secretsecretsecret", "x".repeat(before));
        let body = format!(r#"{{"error":"invalid_request","message":"{message}"}}"#);
        let server = Server::new(move |_| Play::json(400, &body));
        alter(["apps", "list"]).to(&server).run().exits(2).hides("alter_pat_s");
        if before % 10 > 0 {
            continue;
        }
        alter(["apps", "list", "--output=json"]).to(&server).run().hides("alter_pat_s");
    }
}

/// Three times the answer, and what a program with its symbols needs anyway.
fn assert_flat(command: &[&str], body: String) {
    let size = body.len() as u64 >> 10;
    let server = Server::new(move |_| Play::json(200, &body));
    let run = command.iter().fold(alter([]).env("ALTER_APP_ID", APP), crate::support::Alter::arg);
    let (code, peak, errors) = peak(&run.to(&server));
    assert_eq!(code, Some(0), "{command:?}: {errors}");
    assert!(peak < 3 * size + (12 << 10), "{command:?}: {peak} KiB for an answer of {size} KiB");
}

#[test]
fn memory_is_bounded_by_the_answer() {
    let rows = vec![r#"{"id":"1"}"#; 150_000].join(",");
    let page = format!(r#"{{"items":[{rows}],"total":150000,"has_more":false}}"#);
    for output in ["json", "jsonl", "table", "csv"] {
        assert_flat(&["keys", "list", "--output", output], page.clone());
        assert_flat(&["apps", "list", "--output", output], format!("[{rows}]"));
    }
    assert_flat(&["audit", "list", "--output=json", "--fields=id"], page);
    let nested = format!(r#"{{"items":[{}1{}]}}"#, "[".repeat(100), "]".repeat(100));
    assert_flat(&["audit", "list", "--output=json"], nested);
    let keys: Vec<_> = (0..200_000).map(|at| format!(r#""key{at}":{at}"#)).collect();
    let object = format!("{{{}}}", keys.join(","));
    for output in ["--output=json", "--output=table", "--fields=key199999"] {
        assert_flat(&["apps", "show", APP, output], object.clone());
    }
}

#[test]
fn an_unknown_field_of_a_page_prints_nothing() {
    let server = Server::json(200, r#"{"total":1,"items":[{"id":"1"}],"has_more":false}"#);
    for line in [["audit", "list"], ["grants", "list"], ["keys", "list"]] {
        for output in ["json", "jsonl"] {
            let run = alter(line).arg("--fields=none").arg(format!("--output={output}"));
            let run = run.to(&server).env("ALTER_APP_ID", APP).run();
            run.exits(2).prints("").stderr_has("there is no `none`");
            assert_eq!(run.error()["fix"], "choose from id");
        }
    }
}

#[test]
fn an_unknown_field_lists_no_more_names_than_a_person_reads() {
    let keys: Vec<_> = (0..200_000).map(|at| format!(r#""key{at}":{at}"#)).collect();
    let body = format!("{{{}}}", keys.join(","));
    let server = Server::new(move |_| Play::json(200, &body));
    let run = alter(["apps", "show", APP, "--fields=none"]).to(&server).run();
    run.exits(2).stderr_has("there is no `none`").stderr_has("key49").hides("key50");
}
