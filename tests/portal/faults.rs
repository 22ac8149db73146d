//! Each fault as a client meets it, and the limits on how often one may ask.

use std::time::{Duration, Instant};

use crate::support::Portal;

const NEW_APP: &str = "{\"name\":\"A\"}";

fn with(fault: &str) -> Portal {
    Portal::empty(["--fault", fault])
}

fn app_count(portal: &Portal) -> usize {
    // A path of its own, so that a fault on /apps does not strike here.
    let actions = portal.get("/audit/portal-actions?action=app.created").json();
    usize::try_from(actions["total"].as_u64().unwrap()).unwrap()
}

#[test]
fn statuses() {
    let portal = with("status=503,every=3,path=/apps,method=POST");
    let statuses: Vec<u16> = (0..6).map(|_| portal.post("/apps", NEW_APP).status).collect();
    assert_eq!(statuses, [201, 201, 503, 201, 201, 503]);
    assert_eq!(app_count(&portal), 4);
    for (status, code) in
        [(500, "internal"), (502, "bad_gateway"), (504, "timeout"), (429, "rate_limited")]
    {
        with(&format!("status={status}")).get("/apps").is_error(status, code);
    }
}

#[test]
fn the_runtime_has_its_own_codes() {
    for (fault, status, code) in [
        ("status=429,path=/sdk/token", 429, "rate_limit_exceeded"),
        ("status=504,path=/sdk", 504, "timeout"),
        ("retry-after=7,path=/sdk/token,method=POST", 429, "rate_limit_exceeded"),
        ("status=503,path=/token", 503, "service_unavailable"),
    ] {
        let portal = with(fault);
        let asked = portal.exchange("POST", "/sdk/token", "{}", &[]).unwrap();
        asked.is_error(status, code);
        let wait = fault.contains("retry-after").then_some("7");
        assert!(wait.is_none() || asked.header("retry-after") == wait, "{fault}");
        portal.exchange("GET", "/sdk/scopes", "", &[]).unwrap().is_error(
            if fault == "status=504,path=/sdk" { 504 } else { 401 },
            if fault == "status=504,path=/sdk" { "timeout" } else { "invalid_key" },
        );
        assert_eq!(portal.get("/apps").status, 200);
    }
}

#[test]
fn drops() {
    let portal = with("drop,every=2,path=/apps");
    let create = || portal.api_with("POST", "/apps", NEW_APP, &[]).is_ok();
    assert_eq!([create(), create(), create(), create()], [true, false, true, false]);
    assert_eq!(app_count(&portal), 2);

    let portal = with("drop-after,every=2,path=/apps");
    let create = || portal.api_with("POST", "/apps", NEW_APP, &[]).is_ok();
    assert_eq!([create(), create(), create(), create()], [true, false, true, false]);
    assert_eq!(app_count(&portal), 4);
}

#[test]
fn a_replay_has_no_secret() {
    let portal = with("replay-null");
    let keys = format!("/apps/{}/keys", portal.create_app("A"));
    let body = "{\"name\":\"k\",\"scopes\":[\"grants:read\"]}";
    let mint = || portal.api_with("POST", &keys, body, &[("Idempotency-Key", "k")]).unwrap();
    let (first, replayed) = (mint(), mint());
    assert!(first.json()["api_key"].is_string());
    assert!(replayed.json()["api_key"].is_null());
    assert_eq!(first.json()["id"], replayed.json()["id"]);
    let rotate = format!("{keys}/{}/rotate", first.text("id"));
    let rotate = || portal.api_with("POST", &rotate, "", &[("Idempotency-Key", "r")]).unwrap();
    assert!(rotate().json()["api_key"].is_string());
    assert!(rotate().json()["api_key"].is_null());
}

#[test]
fn answers_cut_short() {
    let reply = with("truncate").get("/pats/me");
    let promised: usize = reply.header("content-length").unwrap().parse().unwrap();
    assert!(!reply.body.is_empty() && reply.body.len() < promised);
}

#[test]
fn answers_that_drip() {
    let portal = with("slow=1ms,path=/apps");
    let start = Instant::now();
    let reply = portal.get("/apps");
    assert_eq!(reply.body, "[]");
    // The head alone is longer than a hundred bytes.
    assert!(start.elapsed() > Duration::from_millis(100));
}

#[test]
fn the_faults_garbage_and_redirect() {
    let reply = with("garbage").get("/apps");
    assert_eq!(reply.status, 200);
    assert!(reply.body.contains("<html>"));
    let reply = with("redirect=HTTPS://elsewhere.example/x").get("/apps");
    assert_eq!(reply.status, 302);
    assert_eq!(reply.header("location"), Some("HTTPS://elsewhere.example/x"));
    for (fault, wait) in [("retry-after=2", 2), ("status=429", 1)] {
        let before = ::alter::for_tests::now();
        let reply = with(fault).get("/apps");
        reply.is_error(429, "rate_limited");
        let number = |name: &str| reply.header(name).unwrap().parse::<i64>().unwrap();
        assert_eq!((number("retry-after"), number("x-ratelimit-remaining")), (wait, 0));
        assert!(number("x-ratelimit-limit") > 0);
        assert!(
            (before + wait..=::alter::for_tests::now() + wait)
                .contains(&number("x-ratelimit-reset"))
        );
    }
}

#[test]
fn pages_have_no_faults() {
    let portal = with("drop");
    assert_eq!(portal.exchange("GET", "/", "", &[]).unwrap().status, 200);
}

#[test]
fn latency() {
    let portal = Portal::empty(["--latency", "150"]);
    let start = Instant::now();
    portal.get("/apps");
    assert!(start.elapsed() >= Duration::from_millis(150));
}

#[test]
fn rate_limit() {
    let portal = Portal::empty(["--rate-limit=3"]);
    let replies: Vec<_> = (0..4).map(|_| portal.get("/apps")).collect();
    let remaining: Vec<_> =
        replies.iter().map(|reply| reply.header("x-ratelimit-remaining")).collect();
    assert_eq!(remaining, [Some("2"), Some("1"), Some("0"), Some("0")]);
    assert_eq!(replies[0].header("x-ratelimit-limit"), Some("3"));
    assert!(replies[..3].iter().all(|reply| reply.status == 200));
    replies[3].is_error(429, "rate_limited");
    let wait: i64 = replies[3].header("retry-after").unwrap().parse().unwrap();
    assert!((1..=60).contains(&wait));
    let reset: i64 = replies[3].header("x-ratelimit-reset").unwrap().parse().unwrap();
    assert!(reset > ::alter::for_tests::now() - 1);
    assert_eq!(with("drop,every=9").get("/apps").header("x-ratelimit-limit"), None);
}
