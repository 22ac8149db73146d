//! Clocks that change, the date line, and addresses in their other clothes.

use crate::base::time;
use serde_json::{Value, json};

use super::{APP, Request, Target, decide, line, rule};
use crate::portal::timestamp::Stamp;

fn passes(rule_type: &str, body: Value, request: &Request<'_>) -> bool {
    let rules = [rule(1, rule_type, body, Target::app())];
    let request = Request { app_id: APP, ..*request };
    match line(&decide(&rules, &request)).as_str() {
        "allow" => true,
        "deny rule-1" => false,
        other => panic!("{other}"),
    }
}

#[test]
fn what_cannot_be_understood_lets_nothing_pass() {
    for (rule_type, body) in [
        ("json_match", json!({ "effect": "deny" })),
        ("json_match", json!({ "when": { "colour": "red" }, "effect": "deny" })),
        ("ip_allowlist", json!({ "allow": ["10.0.0.0/8", "x"] })),
        ("time_window", json!({ "weekdays_only": true, "timezone": "Mars/Olympus" })),
        ("require_approval", json!({ "effect": "require_approval" })),
        ("content_match", json!({})),
        ("", Value::Null),
    ] {
        let rules = [rule(1, rule_type, body, Target::app())];
        let request = Request { app_id: APP, ..Request::default() };
        assert_eq!(line(&decide(&rules, &request)), "error rule-1", "{rule_type}");
        // Unless another one forbids it anyway.
        let deny = json!({ "when": { "app_id": APP }, "effect": "deny" });
        let rules = [rules[0].clone(), rule(2, "json_match", deny, Target::app())];
        assert_eq!(line(&decide(&rules, &request)), "deny rule-2", "{rule_type}");
    }
}

fn at(instant: &str) -> Request<'_> {
    Request { at: Stamp(time::parse(instant).unwrap()), ..Request::default() }
}

#[test]
fn windows_follow_the_clocks_of_their_zone() {
    // Zone, opens and closes in UTC on a day.
    for (zone, day, opens, closes) in [
        ("UTC", "2026-07-01", "09:00:00", "17:00:00"),
        // The last day before the clocks go forward, and the first one after.
        ("Europe/Berlin", "2026-03-28", "08:00:00", "16:00:00"),
        ("Europe/Berlin", "2026-03-29", "07:00:00", "15:00:00"),
        // And back.
        ("Europe/Berlin", "2026-10-24", "07:00:00", "15:00:00"),
        ("Europe/Berlin", "2026-10-25", "08:00:00", "16:00:00"),
        ("America/New_York", "2026-03-07", "14:00:00", "22:00:00"),
        ("America/New_York", "2026-03-08", "13:00:00", "21:00:00"),
        ("America/New_York", "2026-10-31", "13:00:00", "21:00:00"),
        ("America/New_York", "2026-11-01", "14:00:00", "22:00:00"),
        ("Asia/Kolkata", "2026-01-01", "03:30:00", "11:30:00"),
        ("Asia/Kathmandu", "2026-01-01", "03:15:00", "11:15:00"),
        ("Australia/Lord_Howe", "2026-07-01", "22:30:00", "06:30:00"),
        ("Pacific/Kiritimati", "2026-01-01", "19:00:00", "03:00:00"),
        ("Pacific/Pago_Pago", "2026-01-01", "20:00:00", "04:00:00"),
    ] {
        let body = json!({ "business_hours_only": true, "timezone": zone });
        let open = |clock: &str, earlier: i64| {
            let instant = time::parse(&format!("{day}T{clock}Z")).unwrap() - earlier;
            let request = Request { at: Stamp(instant), ..Request::default() };
            passes("time_window", body.clone(), &request)
        };
        let seen = [open(opens, 1), open(opens, 0), open(closes, 1), open(closes, 0)];
        assert_eq!(seen, [false, true, true, false], "{zone} {day}");
    }
}

#[test]
fn weekdays_are_those_of_the_zone() {
    // 2026-01-03 and 04 are a Saturday and a Sunday.
    for (zone, last_friday, first_monday) in [
        ("UTC", "2026-01-02T23:59:59Z", "2026-01-05T00:00:00Z"),
        // West of the date line it is Saturday half a day before Greenwich, east of it half a day after.
        ("Pacific/Kiritimati", "2026-01-02T09:59:59Z", "2026-01-04T10:00:00Z"),
        ("Pacific/Auckland", "2026-01-02T10:59:59Z", "2026-01-04T11:00:00Z"),
        ("Pacific/Pago_Pago", "2026-01-03T10:59:59Z", "2026-01-05T11:00:00Z"),
        ("Etc/GMT+12", "2026-01-03T11:59:59Z", "2026-01-05T12:00:00Z"),
        ("America/New_York", "2026-01-03T04:59:59Z", "2026-01-05T05:00:00Z"),
    ] {
        let body = json!({ "weekdays_only": true, "timezone": zone });
        let open = |text: &str, later: i64| {
            let instant = time::parse(text).unwrap() + later;
            let request = Request { at: Stamp(instant), ..Request::default() };
            passes("time_window", body.clone(), &request)
        };
        let seen = [
            open(last_friday, 0),
            open(last_friday, 1),
            open(first_monday, -1),
            open(first_monday, 0),
        ];
        assert_eq!(seen, [true, false, false, true], "{zone}");
    }
}

#[test]
fn both_flags_mean_both_and_no_zone_means_utc() {
    let both = json!({ "business_hours_only": true, "weekdays_only": true });
    for (instant, open) in [
        ("2026-01-02T12:00:00Z", true),
        ("2026-01-02T08:59:59Z", false),
        ("2026-01-03T12:00:00Z", false),
        ("1969-12-31T12:00:00Z", true),
    ] {
        assert_eq!(passes("time_window", both.clone(), &at(instant)), open, "{instant}");
    }
    let weekend = json!({ "business_hours_only": true, "weekdays_only": false });
    assert!(passes("time_window", weekend, &at("2026-01-03T12:00:00Z")));
}

#[test]
fn addresses_are_compared_as_what_they_stand_for() {
    let from = |ip: &str| Request { client_ip: Some(ip.parse().unwrap()), ..Request::default() };
    for (allow, address, passed) in [
        ("10.1.2.3/8", "10.255.0.1", true),
        ("10.1.2.3/8", "11.0.0.0", false),
        ("10.0.0.0/8", "::ffff:10.9.9.9", true),
        ("::ffff:10.0.0.0/104", "10.9.9.9", true),
        ("::ffff:10.0.0.0/104", "11.9.9.9", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true),
        ("::/0", "203.0.113.9", false),
        ("2001:db8::ffff/32", "2001:db8:1::", true),
    ] {
        let body = json!({ "allow": [allow] });
        assert_eq!(passes("ip_allowlist", body, &from(address)), passed, "{allow} {address}");
    }
    let unknown = Request::default();
    assert!(!passes("ip_allowlist", json!({ "allow": ["0.0.0.0/0", "::/0"] }), &unknown));
    let exact = |ip: &str| json!({ "when": { "client_ip": ip }, "effect": "deny" });
    assert!(!passes("json_match", exact("::ffff:192.0.2.1"), &from("192.0.2.1")));
    assert!(!passes("json_match", exact("2001:DB8:0::1"), &from("2001:db8::1")));
    assert!(passes("json_match", exact("192.0.2.1"), &unknown));
}
