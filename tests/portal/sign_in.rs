//! The sign-in page, without a browser: what it shows, what it refuses, and what it sends back.

use crate::support::{Portal, Reply};

const CALLBACK: &str = "http%3A%2F%2F127.0.0.1%3A5555%2Fcallback";

fn query(callback: &str, state: &str, scopes: &str) -> String {
    format!("callback={callback}&state={state}&scopes={scopes}&client=alter-cli%2F1&host=laptop")
}

fn show(portal: &Portal, query: &str) -> Reply {
    portal.exchange("GET", &format!("/cli/authorize?{query}"), "", &[]).unwrap()
}

fn decide(portal: &Portal, form: &str, headers: &[(&str, &str)]) -> Reply {
    portal.exchange("POST", "/cli/authorize", form, headers).unwrap()
}

/// The value of a hidden field.
fn field(page: &str, name: &str) -> Option<String> {
    let rest = page.split_once(&format!("name=\"{name}\" value=\""))?.1;
    Some(rest.split_once('"')?.0.to_owned())
}

/// The cookie of a page, and the form it holds with this decision.
fn filled(page: &Reply, query: &str, decision: &str) -> (String, String) {
    let cookie = page.header("set-cookie").unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let csrf = field(&page.body, "csrf").unwrap();
    (cookie, format!("{query}&csrf={csrf}&expires_in_days=7&decision={decision}"))
}

/// Goes through the page as a person would, and gives back the PAT.
pub(crate) fn sign_in(portal: &Portal, scopes: &str) -> String {
    let query = query(CALLBACK, "s", scopes);
    let (cookie, form) = filled(&show(portal, &query), &query, "authorize");
    let done = decide(portal, &form, &[("Cookie", &cookie)]);
    field(&done.body, "pat").unwrap_or_else(|| panic!("{}", done.body))
}

#[test]
fn approving_makes_a_pat() {
    let portal = Portal::empty([]);
    let query = query(CALLBACK, "a%22b", "dashboard_apps:read,dashboard_pats:read");
    let page = show(&portal, &query);
    assert_eq!(page.status, 200);
    for text in
        ["alter-cli/1", "laptop", "See apps", "dashboard_apps:read", "dana@northwind.example"]
    {
        assert!(page.body.contains(text), "{text}");
    }
    let (cookie, form) = filled(&page, &query, "authorize");
    assert!(page.header("set-cookie").unwrap().contains("HttpOnly; SameSite=Strict"));
    let done = decide(&portal, &form, &[("Cookie", &cookie), ("Sec-Fetch-Site", "same-origin")]);
    assert_eq!(done.status, 200);
    assert_eq!(field(&done.body, "state").as_deref(), Some("a&quot;b"));
    assert!(done.body.contains("action=\"http://127.0.0.1:5555/callback\""));
    let pat = field(&done.body, "pat").unwrap();
    assert_eq!(done.body.matches(&pat).count(), 1, "in one hidden field and nowhere else");

    let me = portal.api_as(&pat, "GET", "/pats/me", "", &[]).unwrap().json();
    assert_eq!(me["name"], "alter-cli on laptop");
    assert_eq!(me["scopes"], serde_json::json!(["dashboard_apps:read", "dashboard_pats:read"]));
    let life = |name: &str| ::alter::for_tests::parse_time(me[name].as_str().unwrap()).unwrap();
    assert_eq!(life("expires_at") - life("created_at"), 7 * 86_400);
    let minted = portal.get("/audit/portal-actions?action=pat.minted").json();
    assert_eq!(minted["items"][0]["principal_kind"], "portal");
    assert_eq!(minted["items"][0]["resource_id"], me["id"]);
}

#[test]
fn a_resource_has_one_row_and_its_dangers_are_marked() {
    let portal = Portal::empty([]);
    let scopes = "dashboard_apps:delete,dashboard_keys:read,dashboard_apps:read";
    let page = show(&portal, &query(CALLBACK, "s", scopes)).body;
    let rows: Vec<_> = page.split("<li>").skip(1).collect();
    assert_eq!(rows.len(), 2, "{page}");
    assert!(rows[0].contains(">read</code>") && rows[0].contains("class=\"danger\""), "{page}");
    assert!(rows[1].contains("See keys") && !rows[1].contains("danger"), "{page}");
    assert!(page.contains("One permission can remove things"), "{page}");
}

#[test]
fn every_page_names_the_account_and_a_way_back() {
    let portal = Portal::empty([]);
    let good = query(CALLBACK, "s", "dashboard_apps:read");
    let bad = query(CALLBACK, "s", "dashboard_apps:fly");
    let (cookie, form) = filled(&show(&portal, &good), &good, "deny");
    let denied = decide(&portal, &form, &[("Cookie", &cookie)]);
    let lost = portal.exchange("GET", "/nowhere", "", &[]).unwrap();
    for page in [&denied, &show(&portal, &bad), &decide(&portal, &form, &[]), &lost] {
        assert!(page.body.contains("dana@northwind.example"), "{}", page.body);
    }
    for page in [&show(&portal, &bad), &decide(&portal, &form, &[]), &lost] {
        assert!(page.body.contains("<a href=\"/\">"), "{}", page.body);
        assert!(page.body.contains("alter auth login"), "{}", page.body);
    }
}

#[test]
fn answering_no_cancels() {
    let portal = Portal::empty([]);
    let query = query(CALLBACK, "s", "dashboard_apps:read");
    let (cookie, form) = filled(&show(&portal, &query), &query, "deny");
    let done = decide(&portal, &form, &[("Cookie", &cookie)]);
    assert_eq!(field(&done.body, "error").as_deref(), Some("access_denied"));
    assert_eq!(field(&done.body, "state").as_deref(), Some("s"));
    assert_eq!(field(&done.body, "pat"), None);
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 0);
}

#[test]
fn forms_from_elsewhere_are_refused() {
    let portal = Portal::empty([]);
    let query = query(CALLBACK, "s", "dashboard_apps:read");
    let (cookie, form) = filled(&show(&portal, &query), &query, "authorize");
    let other = format!("alter_csrf={}", "x".repeat(43));
    assert_eq!(decide(&portal, &form, &[]).status, 403);
    assert_eq!(decide(&portal, &form, &[("Cookie", &other)]).status, 403);
    assert_eq!(decide(&portal, &query, &[("Cookie", &cookie)]).status, 403);
    assert_eq!(decide(&portal, &query, &[("Cookie", "alter_csrf=")]).status, 403);
    for site in ["cross-site", "same-site", "none"] {
        let headers = [("Cookie", cookie.as_str()), ("Sec-Fetch-Site", site)];
        assert_eq!(decide(&portal, &form, &headers).status, 403, "{site}");
    }
    let form = form.replace("expires_in_days=7", "expires_in_days=3650");
    assert_eq!(decide(&portal, &form, &[("Cookie", &cookie)]).status, 400);
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 0);
}

#[test]
fn query_parameters_are_checked() {
    let portal = Portal::empty(["--auto-approve"]);
    let good = "dashboard_apps:read";
    let long = "s".repeat(513);
    for (callback, state, scopes) in [
        ("https%3A%2F%2F127.0.0.1%3A5555%2Fcallback", "s", good),
        ("http%3A%2F%2Flocalhost%3A5555%2Fcallback", "s", good),
        ("http%3A%2F%2Fevil.example%2Fcallback", "s", good),
        ("http%3A%2F%2F127.0.0.1%3A5555%2Felsewhere", "s", good),
        ("", "s", good),
        (CALLBACK, "", good),
        (CALLBACK, &long, good),
        (CALLBACK, "s", ""),
        (CALLBACK, "s", "dashboard_apps:fly"),
        (CALLBACK, "s", "*"),
    ] {
        let page = show(&portal, &query(callback, state, scopes));
        assert_eq!(page.status, 400, "{callback} {state} {scopes}");
        assert_eq!(field(&page.body, "pat"), None);
    }
    assert_eq!(portal.get("/audit/portal-actions").json()["total"], 0);
}

#[test]
fn without_a_click() {
    let portal = Portal::empty(["--auto-approve"]);
    let page = show(&portal, &query(CALLBACK, "s", "dashboard_pats:read"));
    let pat = field(&page.body, "pat").unwrap();
    assert_eq!(portal.api_as(&pat, "GET", "/pats/me", "", &[]).unwrap().status, 200);
    let policy = page.header("content-security-policy").unwrap();
    let nonce = page.body.split_once("<script nonce=\"").unwrap().1.split_once('"').unwrap().0;
    assert!(policy.contains(&format!("script-src 'nonce-{nonce}'")), "{policy}");
    assert!(policy.contains("form-action http://127.0.0.1:5555"), "{policy}");
}

#[test]
fn pages_cannot_be_framed_cached_or_scripted() {
    let portal = Portal::new([]);
    let query = query(CALLBACK, "s", "dashboard_apps:delete");
    let evil = format!("{query}&host=%3Cscript%3Ealert(1)%3C%2Fscript%3E%22");
    for page in [show(&portal, &evil), portal.exchange("GET", "/", "", &[]).unwrap()] {
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"));
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert!(!page.body.contains("<script"), "{}", page.body);
    }
    assert!(show(&portal, &evil).body.contains("&lt;script&gt;alert(1)"));
    assert!(show(&portal, &query).body.contains("Careful:"));
}

#[test]
fn the_front_page_shows_the_demo() {
    let page = Portal::new([]).exchange("GET", "/", "", &[]).unwrap().body;
    for text in [
        "Hiring Pilot",
        "agent-fleet",
        "night-watch",
        "support-bot-2",
        "gmail.readonly",
        "aws_sig_v4",
        "group 00gsupport01",
        "ana@northwind.example",
        "<code>96000000-0001-4000-8000-000000000002</code>",
        "00gfinance01",
        "https://northwind.okta.example",
        "<code>1d900000-0001-4000-8000-000000000001</code>",
        "Mail is only read",
    ] {
        assert!(page.contains(text), "{text}");
    }
    assert!(!page.contains("whsec_") && !page.contains("demo-"), "{page}");
}

#[test]
fn the_front_page_shows_what_scripts_made() {
    let portal = Portal::empty(["--audit-rows=3"]);
    let app = portal.create_app("<b>Bold</b>");
    let minted =
        portal.post(&format!("/apps/{app}/keys"), "{\"name\":\"k9\",\"scopes\":[\"grants:read\"]}");
    let page = portal.exchange("GET", "/", "", &[]).unwrap().body;
    for text in
        ["&lt;b&gt;Bold", "k9", "key.minted", "provider.called", &minted.text("api_key")[..16]]
    {
        assert!(page.contains(text), "{text}");
    }
    assert!(page.contains("<span class=\"state good\">active</span>"), "{page}");
    assert!(page.contains(&format!("<code>{app}</code>")), "{page}");
    // On a phone a row is a list of names and values.
    let cells = page.matches("<td role=\"cell\" data-name=\"").count();
    assert!(cells > 0 && cells == page.matches("<td").count(), "{page}");
    assert!(page.contains(&format!("export ALTER_BASE_URL=http://{}", portal.address)), "{page}");
    assert!(!page.contains(&portal.pat) && !page.contains("alter_pat_"), "{page}");
    assert!(!page.contains("<b>") && !page.contains(&minted.text("api_key")));
    assert_eq!(portal.exchange("GET", "/favicon.ico", "", &[]).unwrap().status, 404);
    assert_eq!(portal.exchange("DELETE", "/", "", &[]).unwrap().status, 405);
}

#[test]
fn only_a_window_of_its_own_is_approved_without_a_click() {
    let portal = Portal::empty(["--auto-approve"]);
    let target = format!("/cli/authorize?{}", query(CALLBACK, "s", "dashboard_pats:read"));
    for (mode, dest, minted) in [
        ("navigate", "document", true),
        ("navigate", "iframe", false),
        ("no-cors", "image", false),
        ("cors", "empty", false),
    ] {
        let headers =
            [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", mode), ("Sec-Fetch-Dest", dest)];
        let page = portal.exchange("GET", &target, "", &headers).unwrap();
        assert_eq!(field(&page.body, "pat").is_some(), minted, "{mode} {dest}");
    }
}

#[test]
fn another_host_name_is_not_answered() {
    let portal = Portal::new([]);
    let port = portal.address.rsplit(':').next().unwrap();
    for (host, status) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("LOCALHOST:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        (format!("rebound.example:{port}"), 403),
        (format!("[[127.0.0.1:{port}"), 403),
        (format!("[127.0.0.1]:{port}"), 403),
        (format!("::1:{port}"), 403),
        ("127.0.0.1".into(), 403),
        ("127.0.0.1:1".into(), 403),
    ] {
        for path in ["/", "/api/v1/apps"] {
            let request = format!(
                "GET {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {}\r\nConnection: close\r\n\r\n",
                portal.pat
            );
            let reply = portal.send(request.as_bytes()).unwrap();
            assert_eq!(reply.status, status, "{host} {path}");
        }
    }
}
