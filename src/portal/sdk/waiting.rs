//! Requests that ask to be held until somebody has decided. They wait once their signature is verified, and while
//! nothing is locked.

use std::time::{Duration, Instant};

use serde::Deserialize;

use super::signing_key::Key;
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

/// A request that asks to be held.
pub(crate) struct Wait {
    event: Event,
    time: Duration,
}

impl Wait {
    /// What a request asks to wait for, if it does.
    pub(crate) fn asked(request: &Request) -> Option<Self> {
        if request.path == "/sdk/auth/poll" {
            let poll: Poll = serde_json::from_slice(&request.body).ok()?;
            let time = u64::try_from(poll.wait_ms?.min(sign_in::MAX_WAIT)).ok()?;
            let event = Event::SignIn(poll.session_token);
            return Some(Self { event, time: Duration::from_millis(time) });
        }
        let id = request.path.strip_prefix("/sdk/approvals/")?;
        let seconds: i64 = Pairs::parse(&request.query).get("wait")?.parse().ok()?;
        let time = Duration::from_secs(u64::try_from(seconds.min(approvals::MAX_WAIT)).ok()?);
        Some(Self { event: Event::Approval(id.to_owned()), time })
    }

    /// Waits until there is a result that the key may read, or for as long as was asked.
    pub(crate) fn wait(&self, portal: &Portal, request: &Request, key_id: &str) {
        let end = Instant::now() + self.time;
        let waits = || Instant::now() < end && self.is_open(portal, key_id);
        while waits() && request.pause(PAUSE) {}
    }

    /// Whether there is still something to wait for. Another app's is told from none by nothing, and not by time either.
    fn is_open(&self, portal: &Portal, key_id: &str) -> bool {
        let store = portal.store();
        let tables = &store.state.tables;
        let Some(key) = Key::of_id(tables, key_id) else {
            return false;
        };
        match &self.event {
            Event::Approval(id) => {
                approvals::find(tables, id).is_some_and(|approval| approval.is_open_for(&key))
            }
            Event::SignIn(token) => sessions::waits(tables, token, key.app_id(), Stamp::now()),
        }
    }
}
