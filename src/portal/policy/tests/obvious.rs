//! The decision once more, as one would explain it to a person: with texts instead of numbers, and no haste.

use std::net::IpAddr;

use crate::base::time;
use serde_json::Value;

use super::{Request, StoredRule};

/// Minutes ahead of UTC in 2026: outside of, and within, the part of the year in which clocks are changed.
pub(super) const ZONES: [(&str, i64, i64, [&str; 2]); 7] = [
    ("UTC", 0, 0, ["", ""]),
    ("Europe/Berlin", 60, 120, ["2026-03-29T01:00:00Z", "2026-10-25T01:00:00Z"]),
    ("America/New_York", -300, -240, ["2026-03-08T07:00:00Z", "2026-11-01T06:00:00Z"]),
    ("Australia/Sydney", 660, 600, ["2026-04-04T16:00:00Z", "2026-10-03T16:00:00Z"]),
    ("Asia/Kolkata", 330, 330, ["", ""]),
    ("Pacific/Kiritimati", 840, 840, ["", ""]),
    ("Pacific/Pago_Pago", -660, -660, ["", ""]),
];

pub(super) fn decide(rules: &[StoredRule], request: &Request<'_>) -> String {
    let mut asked = Vec::new();
    for rule in rules {
        let target = rule.rule.target.id.as_deref();
        let meant = match rule.rule.target.kind.as_str() {
            "app" => true,
            "agent" => request.agent_id.is_some() && request.agent_id == target,
            "grant" => request.grant_id.is_some() && request.grant_id == target,
            _ => request.resource_kind == Some("oauth") && request.provider_id == target,
        };
        if rule.rule.enabled && rule.app_id == request.app_id && meant {
            asked.push((rule.rule.id.as_str(), judge(&rule.rule.kind, &rule.rule.body, request)));
        }
    }
    let of = |wanted: &str| -> Vec<&str> {
        asked.iter().filter(|(_, said)| *said == wanted).map(|(id, _)| *id).collect()
    };
    if let Some(id) = of("deny").first() {
        return format!("deny {id}");
    }
    if let Some(id) = of("error").first() {
        return format!("error {id}");
    }
    let held = of("hold");
    if held.is_empty() { "allow".to_owned() } else { format!("hold {}", held.join(" ")) }
}

fn judge(rule_type: &str, body: &Value, request: &Request<'_>) -> &'static str {
    match rule_type {
        "json_match" => {
            if all(&body["when"], request) {
                "deny"
            } else {
                ""
            }
        }
        "require_approval" => {
            if body["when"].is_null() || all(&body["when"], request) {
                "hold"
            } else {
                ""
            }
        }
        "ip_allowlist" => {
            let listed = body["allow"].as_array().unwrap().iter();
            let Some(address) = request.client_ip.map(bits) else {
                return "deny";
            };
            let mut ranges = listed.map(|range| prefix(range.as_str().unwrap()));
            if ranges.any(|prefix| address.starts_with(&prefix)) { "" } else { "deny" }
        }
        _ => window(body, request.at.0),
    }
}

fn all(when: &Value, request: &Request<'_>) -> bool {
    for (attribute, wanted) in when.as_object().unwrap() {
        let actual = match attribute.as_str() {
            "app_id" => Some(request.app_id.to_owned()),
            "environment" => request.environment.map(str::to_owned),
            "agent_id" => request.agent_id.map(str::to_owned),
            "api_key_id" => request.api_key_id.map(str::to_owned),
            "provider_id" => request.provider_id.map(str::to_owned),
            "resource_kind" => request.resource_kind.map(str::to_owned),
            "method" => request.method.map(str::to_owned),
            _ => request.client_ip.map(bits),
        };
        let wanted = match wanted {
            Value::Array(list) => list.clone(),
            one => vec![one.clone()],
        };
        let wanted = wanted.iter().map(|value| match attribute.as_str() {
            "client_ip" => bits(value.as_str().unwrap().parse().unwrap()),
            _ => value.as_str().unwrap().to_owned(),
        });
        if !wanted.into_iter().any(|wanted| Some(wanted) == actual) {
            return false;
        }
    }
    true
}

fn window(body: &Value, instant: i64) -> &'static str {
    let name = body["timezone"].as_str().unwrap_or("UTC");
    let Some((_, usual, changed, [from, to])) = ZONES.iter().find(|zone| zone.0 == name) else {
        return "error";
    };
    let utc = time::format(instant);
    let minutes = if (*from..*to).contains(&utc.as_str()) { changed } else { usual };
    let local = time::format(instant + minutes * 60);
    let number = |range: std::ops::Range<usize>| local[range].parse::<usize>().unwrap();
    let hour = number(11..13);
    if body["business_hours_only"] == true && !(9..17).contains(&hour) {
        return "deny";
    }
    // Tomohiko Sakamoto's day of the week; 0 is Sunday.
    let (mut year, month, day) = (number(0..4), number(5..7), number(8..10));
    year -= usize::from(month < 3);
    let weekday = (year + year / 4 - year / 100
        + year / 400
        + [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4][month - 1]
        + day)
        % 7;
    if body["weekdays_only"] == true && [0, 6].contains(&weekday) { "deny" } else { "" }
}

/// An address as text: its kind, then bit by bit. What stands for an IPv4 address is one.
fn bits(address: IpAddr) -> String {
    let octets: Vec<u8> = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    let text: String =
        octets.iter().fold(String::new(), |text, octet| text + &format!("{octet:08b}"));
    let mapped = format!("{}{}", "0".repeat(80), "1".repeat(16));
    match text.strip_prefix(&mapped) {
        Some(short) => format!("v4 {short}"),
        None if text.len() == 32 => format!("v4 {text}"),
        None => format!("v6 {text}"),
    }
}

/// What the bits of all addresses of a range begin with.
fn prefix(range: &str) -> String {
    let (address, length) = range.split_once('/').unwrap_or((range, "128"));
    let address: IpAddr = address.parse().unwrap();
    let mut length: usize = length.parse().unwrap();
    let bits = bits(address);
    if address.is_ipv6() && bits.starts_with("v4") {
        length -= 96;
    }
    bits[..bits.len().min(3 + length)].to_owned()
}
