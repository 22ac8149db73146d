//! A hundred thousand sets of rules and requests, decided twice.

use std::collections::BTreeMap;
use std::net::IpAddr;

use crate::input::rule_body;
use serde_json::{Map, Value, json};

use super::obvious::{self, ZONES};
use super::{APP, Request, StoredRule, Target, decide, line, rule};
use crate::portal::timestamp::Stamp;

const ROUNDS: usize = 100_000;
/// 2026-01-01T00:00:00Z.
const START: i64 = 1_767_225_600;
const YEAR: usize = 365 * 86_400;

const VALUES: &[(&str, &[&str])] = &[
    ("app_id", &[APP, "app-2"]),
    ("environment", &["production", "staging"]),
    ("agent_id", &["agent-1", "agent-2"]),
    ("api_key_id", &["key-1", "key-2"]),
    ("provider_id", &["github", "slack"]),
    ("resource_kind", &["oauth", "managed_secret"]),
    ("client_ip", &["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::1", "10.0.0.1"]),
    ("method", &["GET", "POST", "DELETE"]),
];
const RANGES: &[&str] = &[
    "192.0.2.0/24",
    "192.0.2.1",
    "10.9.9.9/8",
    "0.0.0.0/0",
    "::/0",
    "2001:db8::/32",
    "2001:db8::1/127",
    "::ffff:10.0.0.0/104",
    "::ffff:0:0/96",
    "203.0.113.0/25",
];

/// Xorshift: the same numbers on every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % end
    }

    fn one<'a, T>(&mut self, of: &'a [T]) -> &'a T {
        &of[self.below(of.len())]
    }

    fn maybe<T>(&mut self, value: T) -> Option<T> {
        (self.below(4) > 0).then_some(value)
    }

    fn when(&mut self) -> Value {
        let mut when = Map::new();
        for _ in 0..=self.below(2) {
            let (attribute, values) = self.one(VALUES);
            let value = match self.below(2) {
                0 => json!(self.one(values)),
                _ => json!([self.one(values), self.one(values)]),
            };
            when.insert((*attribute).to_owned(), value);
        }
        when.into()
    }

    fn body(&mut self, rule_type: &str) -> Value {
        match rule_type {
            "json_match" => json!({ "when": self.when(), "effect": "deny" }),
            "ip_allowlist" => json!({ "allow": [self.one(RANGES), self.one(RANGES)] }),
            "time_window" => {
                let both = self.below(3);
                let mut body =
                    json!({ "business_hours_only": both != 0, "weekdays_only": both != 1 });
                match self.below(20) {
                    0 => body["timezone"] = "Mars/Olympus".into(),
                    1..3 => {}
                    _ => body["timezone"] = self.one(&ZONES).0.into(),
                }
                body
            }
            _ => {
                let mut body = json!({ "effect": "require_approval", "approval": {} });
                if self.below(3) > 0 {
                    body["when"] = self.when();
                }
                body
            }
        }
    }

    fn rule(&mut self, id: usize) -> StoredRule {
        let rule_type = *self.one(&rule_body::TYPES);
        let (kind, ids): (_, &[&str]) = match self.below(6) {
            0 => ("agent", &["agent-1", "agent-2"]),
            1 => ("grant", &["grant-1", "grant-2"]),
            2 => ("provider", &["github", "slack"]),
            _ => ("app", &[]),
        };
        let id_of_target = (!ids.is_empty()).then(|| (*self.one(ids)).to_owned());
        let body = self.body(rule_type);
        assert_eq!(rule_body::check(rule_type, &body), Ok(()), "{body}");
        let target = Target { kind: kind.to_owned(), id: id_of_target };
        let mut stored = rule(id, rule_type, body, target);
        stored.rule.enabled = self.below(8) > 0;
        if self.below(8) == 0 {
            stored.app_id = "app-2".to_owned();
        }
        stored
    }

    fn address(&mut self) -> IpAddr {
        let addresses = ["192.0.2.1", "::ffff:192.0.2.77", "10.1.1.1", "2001:db8::1", "::1"];
        self.one(&addresses).parse().unwrap()
    }

    fn value(&mut self, attribute: usize) -> Option<&'static str> {
        let value = *self.one(VALUES[attribute].1);
        self.maybe(value)
    }

    fn request(&mut self) -> Request<'static> {
        let address = self.address();
        Request {
            app_id: APP,
            environment: self.value(1),
            agent_id: self.value(2),
            api_key_id: self.value(3),
            provider_id: self.value(4),
            grant_id: Some(*self.one(&["grant-1", "grant-2"])),
            resource_kind: self.value(5),
            client_ip: self.maybe(address),
            method: self.value(7),
            at: Stamp(START + i64::try_from(self.below(YEAR)).unwrap()),
        }
    }
}

#[test]
fn both_ways_to_decide_agree() {
    let mut dice = Dice(0x5eed_1234_abcd_0001);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for round in 0..ROUNDS {
        let rules: Vec<StoredRule> = (0..dice.below(5)).map(|id| dice.rule(id)).collect();
        let request = dice.request();
        let decided = line(&decide(&rules, &request));
        assert_eq!(decided, obvious::decide(&rules, &request), "{round}: {rules:#?} {request:#?}");
        *seen.entry(decided.split(' ').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    // A test that never denies proves nothing.
    assert!(seen.len() == 4 && seen.values().all(|count| *count > ROUNDS / 500), "{seen:?}");
}
