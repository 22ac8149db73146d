//! The same POST twice, and at once.

use std::thread;

use crate::support::{Portal, Reply};

fn post(portal: &Portal, path: &str, body: &str, key: &str) -> Reply {
    portal.api_with("POST", path, body, &[("Idempotency-Key", key)]).unwrap()
}

fn app_count(portal: &Portal) -> usize {
    portal.get("/apps").json().as_array().unwrap().len()
}

#[test]
fn repeats_do_nothing() {
    let portal = Portal::empty([]);
    let first = post(&portal, "/apps", "{\"name\":\"A\"}", "k");
    let again = post(&portal, "/apps", "{\"name\":\"A\"}", "k");
    assert_eq!((first.status, &first.body), (again.status, &again.body));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    assert_ne!(first.header("x-request-id"), again.header("x-request-id"));
    post(&portal, "/apps", "{\"name\":\"B\"}", "k").is_error(409, "idempotency_key_body_mismatch");
    assert_eq!(app_count(&portal), 1);
    // Another route under the same key is another request.
    let path = format!("/apps/{}", first.text("id"));
    assert_eq!(post(&portal, &format!("{path}/archive"), "", "k").status, 200);
    assert_eq!(post(&portal, &format!("{path}/archive"), "", "k").status, 200);
    // A refusal is an answer too.
    post(&portal, &format!("{path}/archive"), "", "l").is_error(409, "app_already_archived");
    let refused = post(&portal, &format!("{path}/archive"), "", "l");
    refused.is_error(409, "app_already_archived");
    assert_eq!(refused.header("idempotency-replayed"), Some("true"));
}

#[test]
fn a_route_is_one_however_it_is_written() {
    let portal = Portal::empty([]);
    let id = portal.create_app("A");
    let (first, rest) = id.split_at(1);
    let written = format!("%{:02x}{rest}", first.as_bytes()[0]);
    let done = post(&portal, &format!("/apps/{id}/archive"), "", "k");
    let again = post(&portal, &format!("/apps/{written}/archive"), "", "k");
    assert_eq!((done.status, again.status), (200, 200), "{}", again.body);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
}

#[test]
fn keys_have_a_form() {
    let portal = Portal::empty([]);
    for key in ["", "é", &"k".repeat(256)] {
        post(&portal, "/apps", "{\"name\":\"A\"}", key).is_error(400, "invalid_request");
    }
    assert_eq!(post(&portal, "/apps", "{\"name\":\"A\"}", &"k".repeat(255)).status, 201);
}

#[test]
fn of_concurrent_requests_one_takes_effect() {
    let portal = Portal::empty([]);
    let replies: Vec<Reply> = thread::scope(|scope| {
        let spawned: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| post(&portal, "/apps", "{\"name\":\"A\"}", "k")))
            .collect();
        spawned.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(replies.iter().all(|reply| reply.body == replies[0].body));
    let first = replies.iter().filter(|reply| reply.header("idempotency-replayed").is_none());
    assert_eq!(first.count(), 1);
    assert_eq!(app_count(&portal), 1);
}
