//! First answers, kept for a day so that a repeated POST does nothing twice.

use serde::{Deserialize, Serialize};

use crate::portal::handler::refusal::Refusal;
use crate::portal::http::response::Response;
use crate::portal::store::{Collection, Row};
use crate::portal::timestamp::Stamp;

/// Which request this is: whose, for what, and under which key, in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Claim(String);

/// An answer given, and the body it was given for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    claim: Claim,
    body: String,
    at: Stamp,
    status: u16,
    answer: String,
    secret: Option<String>,
}

/// The records of the last day.
pub(crate) type Records = Collection<Record>;

impl Row for Record {
    const TABLE: &'static str = "idempotency";

    fn id(&self) -> &str {
        &self.claim.0
    }
}

impl Claim {
    /// Checks the key's form.
    pub(crate) fn new(pat_id: &str, key: &str, route: &str) -> Result<Self, Refusal> {
        let printable = key.bytes().all(|byte| (b' '..=b'~').contains(&byte));
        if key.is_empty() || key.len() > 255 || !printable {
            let message = "Idempotency-Key must be 1 to 255 printable ASCII characters.";
            return Err(Refusal::new(400, "invalid_request", message));
        }
        // Neither the id nor the route has a blank of its own but the one after POST.
        Ok(Self(format!("{pat_id} {route} {key}")))
    }
}

/// The answer given before under this claim, if any; `forget_secret` nulls what is shown once.
pub(crate) fn replay(
    records: &Records,
    claim: &Claim,
    body: &[u8],
    now: Stamp,
    forget_secret: bool,
) -> Result<Option<Response>, Refusal> {
    let Some(record) = records.get(&claim.0).filter(|record| record.is_fresh(now)) else {
        return Ok(None);
    };
    if record.body != String::from_utf8_lossy(body) {
        let message = "This Idempotency-Key was used with another body.";
        return Err(Refusal::conflict("idempotency_key_body_mismatch", message));
    }
    Ok(Some(record.answer(forget_secret)))
}

/// Keeps an answer.
pub(crate) fn keep(
    records: &mut Records,
    claim: Claim,
    body: &[u8],
    now: Stamp,
    answer: &Response,
) {
    // They stand in the order of their time, so this looks at one more than it drops.
    let stale = records.iter().take_while(|record| !record.is_fresh(now));
    for id in stale.map(|record| record.claim.0.clone()).collect::<Vec<_>>() {
        records.remove(&id);
    }
    // A clock that was set back may have left one out of order.
    records.remove(&claim.0);
    records.add(Record {
        claim,
        body: String::from_utf8_lossy(body).into_owned(),
        at: now,
        status: answer.status,
        answer: String::from_utf8_lossy(&answer.body).into_owned(),
        secret: answer.secret.clone(),
    });
}

impl Record {
    fn is_fresh(&self, now: Stamp) -> bool {
        now < self.at.plus_days(1)
    }

    fn answer(&self, forget_secret: bool) -> Response {
        let body = match &self.secret {
            Some(secret) if forget_secret => {
                self.answer.replacen(&format!("\"{secret}\""), "null", 1)
            }
            _ => self.answer.clone(),
        };
        Response::new(self.status, "application/json", body.into_bytes())
            .with("Idempotency-Replayed", "true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(key: &str) -> Claim {
        Claim::new("pat", key, "POST /apps").unwrap()
    }

    #[test]
    fn replays_for_a_day() {
        let mut records = Records::default();
        let answer =
            Response::new(201, "application/json", br#"{"api_key":"s","name":"s"}"#.to_vec())
                .with_secret("s");
        keep(&mut records, claim("k"), b"{}", Stamp(0), &answer);
        let replay =
            |now, key, forget| super::replay(&records, &claim(key), b"{}", Stamp(now), forget);
        assert_eq!(replay(86_399, "k", false).unwrap().unwrap().body, answer.body);
        assert!(replay(86_400, "k", false).unwrap().is_none());
        assert!(replay(0, "other", false).unwrap().is_none());
        let nulled = replay(0, "k", true).unwrap().unwrap();
        assert_eq!(nulled.body, br#"{"api_key":null,"name":"s"}"#);
        assert!(super::replay(&records, &claim("k"), b"{ }", Stamp(0), false).is_err());
    }

    #[test]
    fn keys_have_a_form() {
        let long = "k".repeat(256);
        for key in ["", "a\u{7f}", "é", "a\tb", &long] {
            assert!(Claim::new("pat", key, "POST /apps").is_err(), "{key:?}");
        }
        assert!(Claim::new("pat", &long[1..], "POST /apps").is_ok());
    }
}
