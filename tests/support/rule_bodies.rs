//! Bodies of policy rules, good and bad, each with the paths of what is wrong in it. Whoever checks bodies is held
//! against this one table.

const MATCH: &str = "json_match";
const IPS: &str = "ip_allowlist";
const WINDOW: &str = "time_window";
const APPROVAL: &str = "require_approval";

/// A type of rule, a body, and the paths of what is wrong in it.
type Case = (&'static str, &'static str, &'static [&'static str]);

const CASES: &[Case] = &[
    // What is no object, and types there are not.
    (MATCH, "[]", &["$"]),
    (MATCH, "null", &["$"]),
    (IPS, "\"10.0.0.0/8\"", &["$"]),
    (WINDOW, "true", &["$"]),
    (APPROVAL, "1", &["$"]),
    ("content_match", r#"{"when":{"method":"GET"},"effect":"deny"}"#, &["$"]),
    ("", r#"{"allow":["::1"]}"#, &["$"]),
    ("JSON_MATCH", r#"{"when":{"method":"GET"},"effect":"deny"}"#, &["$"]),
    // json_match: its keys.
    (MATCH, "{}", &["$.when", "$.effect"]),
    (MATCH, r#"{"effect":"deny"}"#, &["$.when"]),
    (MATCH, r#"{"when":{"method":"GET"}}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"allow"}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"DENY"}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"require_approval"}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":null}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":["deny"]}"#, &["$.effect"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"deny","then":1}"#, &["$.then"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"deny","a b":1}"#, &["$[\"a b\"]"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"deny","":1}"#, &["$[\"\"]"]),
    (MATCH, r#"{"when":{"method":"GET"},"effect":"deny","When":{}}"#, &["$.When"]),
    (
        MATCH,
        r#"{"WHEN":{"method":"GET"},"Effect":"deny"}"#,
        &["$.when", "$.effect", "$.Effect", "$.WHEN"],
    ),
    (MATCH, r#"{"when":{},"effect":"deny"}"#, &["$.when"]),
    (MATCH, r#"{"when":[],"effect":"deny"}"#, &["$.when"]),
    (MATCH, r#"{"when":null,"effect":"deny"}"#, &["$.when"]),
    (MATCH, r#"{"when":"method","effect":"deny"}"#, &["$.when"]),
    // json_match: attributes.
    (MATCH, r#"{"when":{"app_id":"a"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"environment":"production"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"agent_id":["a","b"]},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"api_key_id":"k"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"provider_id":["github","slack"]},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"resource_kind":"managed_secret"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"client_ip":"192.0.2.1"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"method":"DELETE"},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"effect":"deny","when":{"provider_id":"github","method":["PUT","POST"]}}"#, &[]),
    (MATCH, r#"{"when":{"environment":""},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"url":"x"},"effect":"deny"}"#, &["$.when.url"]),
    (MATCH, r#"{"when":{"Method":"GET"},"effect":"deny"}"#, &["$.when.Method"]),
    (MATCH, r#"{"when":{"provider":"github"},"effect":"deny"}"#, &["$.when.provider"]),
    (MATCH, r#"{"when":{"tool.name":"x"},"effect":"deny"}"#, &["$.when[\"tool.name\"]"]),
    (MATCH, r#"{"when":{"sc\"ope":"x"},"effect":"deny"}"#, &[r#"$.when["sc\"ope"]"#]),
    (
        MATCH,
        r#"{"when":{"a":"x","method":"GET","z":1},"effect":"deny"}"#,
        &["$.when.a", "$.when.z"],
    ),
    // json_match: values.
    (MATCH, r#"{"when":{"agent_id":1},"effect":"deny"}"#, &["$.when.agent_id"]),
    (MATCH, r#"{"when":{"agent_id":null},"effect":"deny"}"#, &["$.when.agent_id"]),
    (MATCH, r#"{"when":{"agent_id":true},"effect":"deny"}"#, &["$.when.agent_id"]),
    (MATCH, r#"{"when":{"agent_id":{}},"effect":"deny"}"#, &["$.when.agent_id"]),
    (MATCH, r#"{"when":{"agent_id":[]},"effect":"deny"}"#, &["$.when.agent_id"]),
    (MATCH, r#"{"when":{"agent_id":["a",2]},"effect":"deny"}"#, &["$.when.agent_id[1]"]),
    (MATCH, r#"{"when":{"agent_id":[["a"]]},"effect":"deny"}"#, &["$.when.agent_id[0]"]),
    (
        MATCH,
        r#"{"when":{"agent_id":[null,"a",false]},"effect":"deny"}"#,
        &["$.when.agent_id[0]", "$.when.agent_id[2]"],
    ),
    (MATCH, r#"{"when":{"method":"get"},"effect":"deny"}"#, &["$.when.method"]),
    (MATCH, r#"{"when":{"method":"TRACE"},"effect":"deny"}"#, &["$.when.method"]),
    (MATCH, r#"{"when":{"method":""},"effect":"deny"}"#, &["$.when.method"]),
    (MATCH, r#"{"when":{"method":"*"},"effect":"deny"}"#, &["$.when.method"]),
    (MATCH, r#"{"when":{"method":["GET","Post","HEAD"]},"effect":"deny"}"#, &["$.when.method[1]"]),
    (
        MATCH,
        r#"{"when":{"method":["GET","POST","PUT","PATCH","DELETE","HEAD","OPTIONS"]},"effect":"deny"}"#,
        &[],
    ),
    (MATCH, r#"{"when":{"method":["GET","GET"]},"effect":"deny"}"#, &[]),
    (MATCH, r#"{"when":{"method":["CONNECT"]},"effect":"deny"}"#, &["$.when.method[0]"]),
    (MATCH, r#"{"when":{"client_ip":"10.0.0.0/8"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":"192.0.2.1/32"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":"localhost"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":"1.2.3"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":"1.2.3.04"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":" 1.2.3.4"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (MATCH, r#"{"when":{"client_ip":"fe80::1%eth0"},"effect":"deny"}"#, &["$.when.client_ip"]),
    (
        MATCH,
        r#"{"when":{"client_ip":["::1","::ffff:192.0.2.1","2001:DB8::1"]},"effect":"deny"}"#,
        &[],
    ),
    (MATCH, r#"{"when":{"client_ip":["::1","nope"]},"effect":"deny"}"#, &["$.when.client_ip[1]"]),
    (MATCH, r#"{"when":{"client_ip":"[::1]"},"effect":"deny"}"#, &["$.when.client_ip"]),
    // ip_allowlist.
    (IPS, "{}", &["$.allow"]),
    (IPS, r#"{"allow":[]}"#, &["$.allow"]),
    (IPS, r#"{"allow":null}"#, &["$.allow"]),
    (IPS, r#"{"allow":"10.0.0.0/8"}"#, &["$.allow"]),
    (IPS, r#"{"allow":{"0":"::1"}}"#, &["$.allow"]),
    (IPS, r#"{"allow":["10.0.0.0/8"],"deny":[]}"#, &["$.deny"]),
    (IPS, r#"{"allow":["10.0.0.0/8"],"effect":"deny"}"#, &["$.effect"]),
    (IPS, r#"{"ranges":["10.0.0.0/8"]}"#, &["$.allow", "$.ranges"]),
    (IPS, r#"{"allow":["10.0.0.0/8"]}"#, &[]),
    (IPS, r#"{"allow":["10.1.2.3/8"]}"#, &[]),
    (IPS, r#"{"allow":["192.0.2.7"]}"#, &[]),
    (IPS, r#"{"allow":["192.0.2.7/32","192.0.2.7/32"]}"#, &[]),
    (IPS, r#"{"allow":["0.0.0.0/0"]}"#, &[]),
    (IPS, r#"{"allow":["::/0"]}"#, &[]),
    (IPS, r#"{"allow":["2001:db8::1/64","::1"]}"#, &[]),
    (IPS, r#"{"allow":["::ffff:10.0.0.0/104"]}"#, &[]),
    (IPS, r#"{"allow":["::ffff:192.0.2.1"]}"#, &[]),
    (IPS, r#"{"allow":["ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128"]}"#, &[]),
    (IPS, r#"{"allow":["ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255"]}"#, &[]),
    (IPS, r#"{"allow":["10.0.0.0/33"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["::/129"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/-1"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/+8"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/08"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/00"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/8/8"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0/255.0.0.0"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0/24"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.256"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.0 /8"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["example.com"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["/8"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":[""]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["*"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["::1%lo"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["::1::"]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":["10.0.0.1",7,"::1","x"]}"#, &["$.allow[1]", "$.allow[3]"]),
    (IPS, r#"{"allow":[["10.0.0.1"]]}"#, &["$.allow[0]"]),
    (IPS, r#"{"allow":[null]}"#, &["$.allow[0]"]),
    // time_window.
    (WINDOW, "{}", &["$"]),
    (WINDOW, r#"{"business_hours_only":true}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true}"#, &[]),
    (WINDOW, r#"{"business_hours_only":true,"weekdays_only":true}"#, &[]),
    (WINDOW, r#"{"business_hours_only":false,"weekdays_only":true}"#, &[]),
    (WINDOW, r#"{"business_hours_only":true,"weekdays_only":false}"#, &[]),
    (WINDOW, r#"{"business_hours_only":false,"weekdays_only":false}"#, &["$"]),
    (WINDOW, r#"{"business_hours_only":false}"#, &["$"]),
    (WINDOW, r#"{"weekdays_only":false}"#, &["$"]),
    (WINDOW, r#"{"timezone":"UTC"}"#, &["$"]),
    (WINDOW, r#"{"business_hours_only":"true"}"#, &["$.business_hours_only"]),
    (WINDOW, r#"{"business_hours_only":1,"weekdays_only":true}"#, &["$.business_hours_only"]),
    (WINDOW, r#"{"business_hours_only":true,"weekdays_only":null}"#, &["$.weekdays_only"]),
    (WINDOW, r#"{"weekdays_only":[true]}"#, &["$.weekdays_only"]),
    (WINDOW, r#"{"weekdays_only":true,"hours":"9-17"}"#, &["$.hours"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"UTC"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Europe/Berlin"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"America/Argentina/Buenos_Aires"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Etc/GMT+12"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"America/Port-au-Prince"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Pacific/Kiritimati"}"#, &[]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"utc"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"EST"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"+02:00"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":""}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":null}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":2}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Europe/"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"/Berlin"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Europe//Berlin"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Europe/Ber lin"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"../etc/passwd"}"#, &["$.timezone"]),
    (WINDOW, r#"{"weekdays_only":true,"timezone":"Europe/Zürich"}"#, &["$.timezone"]),
    (
        WINDOW,
        r#"{"weekdays_only":1,"timezone":"x","a":0}"#,
        &["$.weekdays_only", "$.timezone", "$.a"],
    ),
    // require_approval: its keys.
    (APPROVAL, "{}", &["$.effect", "$.approval"]),
    (APPROVAL, r#"{"effect":"require_approval"}"#, &["$.approval"]),
    (APPROVAL, r#"{"approval":{}}"#, &["$.effect"]),
    (APPROVAL, r#"{"effect":"deny","approval":{}}"#, &["$.effect"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":null}"#, &["$.approval"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":[]}"#, &["$.approval"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{}}"#, &[]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{},"if":{}}"#, &["$.if"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{},"when":{}}"#, &["$.when"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{},"when":null}"#, &["$.when"]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{},"when":{"method":"POST"}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{},"when":{"method":"post"}}"#,
        &["$.when.method"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{},"when":{"client_ip":["::1","::/0"]}}"#,
        &["$.when.client_ip[1]"],
    ),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"ttl":1}}"#, &["$.approval.ttl"]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@b.example"],"expires_in_seconds":600,"channels":["email"],"step_up_max_session_age_seconds":300,"max_pending":5,"result_retention_seconds":3600}}"#,
        &[],
    ),
    // require_approval: approvers.
    (APPROVAL, r#"{"effect":"require_approval","approval":{"approvers":[]}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["o'b+x@mail.example","ü@bücher.example"]}}"#,
        &[],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":"a@b.example"}}"#,
        &["$.approval.approvers"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":null}}"#,
        &["$.approval.approvers"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@b.example","@b.example"]}}"#,
        &["$.approval.approvers[1]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@localhost"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@b..example"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@b@c.example"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a b@c.example"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":["a@b.example\n"]}}"#,
        &["$.approval.approvers[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"approvers":[5]}}"#,
        &["$.approval.approvers[0]"],
    ),
    // require_approval: numbers and channels.
    (APPROVAL, r#"{"effect":"require_approval","approval":{"expires_in_seconds":60}}"#, &[]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"expires_in_seconds":86400}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":59}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":86401}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":600.0}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":"600"}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":null}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"expires_in_seconds":true}}"#,
        &["$.approval.expires_in_seconds"],
    ),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"channels":[]}}"#, &[]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"channels":["email"]}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"channels":["email","email"]}}"#,
        &["$.approval.channels"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"channels":["slack"]}}"#,
        &["$.approval.channels[0]"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"channels":"email"}}"#,
        &["$.approval.channels"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"channels":null}}"#,
        &["$.approval.channels"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"channels":["email","sms"]}}"#,
        &["$.approval.channels[1]", "$.approval.channels"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"step_up_max_session_age_seconds":-1}}"#,
        &[],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"step_up_max_session_age_seconds":1}}"#,
        &[],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"step_up_max_session_age_seconds":0}}"#,
        &["$.approval.step_up_max_session_age_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"step_up_max_session_age_seconds":-2}}"#,
        &["$.approval.step_up_max_session_age_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"step_up_max_session_age_seconds":"1"}}"#,
        &["$.approval.step_up_max_session_age_seconds"],
    ),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"max_pending":1}}"#, &[]),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"max_pending":100}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"max_pending":0}}"#,
        &["$.approval.max_pending"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"max_pending":101}}"#,
        &["$.approval.max_pending"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"max_pending":[]}}"#,
        &["$.approval.max_pending"],
    ),
    (APPROVAL, r#"{"effect":"require_approval","approval":{"result_retention_seconds":1}}"#, &[]),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"result_retention_seconds":9223372036854775807}}"#,
        &[],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"result_retention_seconds":0}}"#,
        &["$.approval.result_retention_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"result_retention_seconds":9223372036854775808}}"#,
        &["$.approval.result_retention_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"require_approval","approval":{"result_retention_seconds":1e3}}"#,
        &["$.approval.result_retention_seconds"],
    ),
    (
        APPROVAL,
        r#"{"effect":"x","approval":{"max_pending":0,"b":1,"channels":[1]},"c":1}"#,
        &["$.effect", "$.approval.channels[0]", "$.approval.max_pending", "$.approval.b", "$.c"],
    ),
];

/// Every body: those above, and those at the bounds of length.
pub(crate) fn bodies() -> Vec<(&'static str, String, Vec<String>)> {
    let owned = |paths: &[&str]| paths.iter().map(|path| (*path).to_owned()).collect();
    let listed = CASES.iter().map(|(kind, body, paths)| (*kind, (*body).to_owned(), owned(paths)));
    let bounds = [
        (MATCH, agents(&"x".repeat(512), 1), &[][..]),
        (MATCH, agents(&"ü".repeat(512), 1), &[]),
        (MATCH, agents(&"x".repeat(513), 1), &["$.when.agent_id[0]"]),
        (MATCH, agents("a", 100), &[]),
        (MATCH, agents("a", 101), &["$.when.agent_id"]),
        (MATCH, agents(&"x".repeat(160), 100), &[]),
        (MATCH, agents(&"x".repeat(161), 100), &["$"]),
        (IPS, ranges("10.0.0.1", 100), &[]),
        (IPS, ranges("10.0.0.1", 101), &["$.allow"]),
        (IPS, ranges(&" ".repeat(50), 1), &["$.allow[0]"]),
        (APPROVAL, approver(241), &[]),
        (APPROVAL, approver(242), &["$.approval.approvers[0]"]),
    ];
    listed.chain(bounds.map(|(kind, body, paths)| (kind, body, owned(paths)))).collect()
}

fn agents(value: &str, count: usize) -> String {
    let values = vec![format!("\"{value}\""); count].join(",");
    // The blanks are no part of the body's size.
    format!("{{\"when\": {{\"agent_id\": [{values}]}}, \"effect\":   \"deny\"}}")
}

fn ranges(range: &str, count: usize) -> String {
    format!("{{\"allow\":[{}]}}", vec![format!("\"{range}\""); count].join(","))
}

fn approver(name: usize) -> String {
    let email = format!("{}@mail.example", "a".repeat(name));
    format!(r#"{{"effect":"require_approval","approval":{{"approvers":["{email}"]}}}}"#)
}
