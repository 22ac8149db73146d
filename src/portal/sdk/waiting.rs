//! Requests that ask to be held until somebody has decided. They wait before anything is locked.

use std::thread;
use std::time::{Duration, Instant};

use serde::Deserialize;

use super::{approvals, sessions, sign_in};
use crate::portal::http::form::Pairs;
use crate::portal::http::request::Request;
use crate::portal::instance::Portal;
use crate::portal::timestamp::Stamp;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(50);

#[derive(Deserialize)]
struct Poll {
    session_token: String,
    wait_ms: Option<i64>,
}

/// What a request waits for.
enum Event {
    Approval(String),
    SignIn(String),
}

/// Waits for as long as a request asks to, or until there is a result.
pub(crate) fn wait(portal: &Portal, request: &Request) {
    let Some((event, time)) = asked(request) else {
        return;
    };
    let end = Instant::now() + time;
    while Instant::now() < end && is_open(portal, &event) {
        thread::sleep(PAUSE);
    }
}

fn asked(request: &Request) -> Option<(Event, Duration)> {
    if request.path == "/sdk/auth/poll" {
        let poll: Poll = serde_json::from_slice(&request.body).ok()?;
        let time = u64::try_from(poll.wait_ms?.min(sign_in::MAX_WAIT)).ok()?;
        return Some((Event::SignIn(poll.session_token), Duration::from_millis(time)));
    }
    let id = request.path.strip_prefix("/sdk/approvals/")?;
    let seconds: i64 = Pairs::parse(&request.query).get("wait")?.parse().ok()?;
    let seconds = u64::try_from(seconds.min(approvals::MAX_WAIT)).ok()?;
    Some((Event::Approval(id.to_owned()), Duration::from_secs(seconds)))
}

fn is_open(portal: &Portal, event: &Event) -> bool {
    let store = portal.store();
    let tables = &store.state.tables;
    match event {
        Event::Approval(id) => {
            approvals::find(tables, id).is_some_and(approvals::Approval::is_open)
        }
        Event::SignIn(token) => sessions::waits(tables, token, Stamp::now()),
    }
}
