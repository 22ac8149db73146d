//! Lists on a narrow and on a wide terminal.

use super::cases::words;
use crate::support::{APP, Alter, Portal, Pty, alter};

/// Every list, and its columns.
const LISTS: &[(&str, &str)] = &[
    ("apps list", "ID NAME STATUS GRANTS KEYS API CALLS CREATED"),
    ("keys list", "ID NAME TYPE PREFIX SCOPES STATUS EXPIRES LAST USED"),
    ("agents list", "ID NAME DISPLAY NAME TYPE STATUS LAST USED"),
    ("agents audit {AGENT}", "TIME ACTION ACTOR DETAILS"),
    ("agents registry-list", "ACTOR ID NAME TYPE LAST ACTIVITY 30D COUNT"),
    ("agents list-keys {AGENT}", "KEY ID NAME PREFIX STATUS CREATED LAST USED"),
    ("providers list-catalog", "ID NAME CATEGORY DEFAULT SCOPES PKCE"),
    ("providers list", "PROVIDER STATUS SOURCE SCOPES GRANTS UPDATED"),
    ("managed-secrets templates", "ID NAME CATEGORY CREDENTIAL TYPE HEADER FORMAT"),
    ("managed-secrets list", "ID SLUG NAME TYPE TEMPLATE GRANTS HOSTS UPDATED"),
    ("managed-secrets access {SECRET}", "PRINCIPAL TYPE VIA GRANT EXPIRES"),
    ("managed-secrets users", "ID EMAIL NAME IDP STATUS"),
    ("managed-secrets groups list", "ID NAME EXTERNAL ID IDP MEMBERS"),
    ("managed-secrets grants list {SECRET}", "ID PRINCIPAL TYPE LABEL STATUS EXPIRES LAST USED"),
    (
        "managed-secrets grants list-for-agent {AGENT}",
        "ID PRINCIPAL TYPE LABEL STATUS EXPIRES LAST USED",
    ),
    ("policy show-app", "ID TYPE ENABLED NAME"),
    ("policy rules list", "ID TYPE ENABLED NAME UPDATED"),
    ("audit list", "TIME ACTION APP ACTOR PROVIDER DECISION STATUS MS"),
    ("audit portal-actions", "TIME ACTION PRINCIPAL KIND RESOURCE APP"),
    ("audit grant-events", "TIME EVENT TYPE PROVIDER GRANT APP"),
    ("audit traces", "TRACE ID STARTED EVENTS STATUS ACTOR"),
    ("audit threads", "THREAD ID LAST ACTIVITY TRACES EVENTS"),
    ("audit agents", "KIND ID NAME KEYS THREADS TRACES EVENTS LAST ACTIVITY"),
    ("analytics api-calls --output table", "BUCKET TOTAL SUCCESS FAILURE"),
    ("analytics by-provider --output table", "PROVIDER ID NAME TOTAL SUCCESS FAILURE"),
    ("analytics by-app --output table", "APP ID NAME TOTAL SUCCESS FAILURE"),
    ("analytics policy --output table", "PROVIDER ID NAME COUNT"),
    ("analytics latency --output table", "PROVIDER ID NAME COUNT AVG MS P50 MS P95 MS P99 MS"),
    ("analytics errors --output table", "STATUS COUNT"),
    ("analytics dashboard --output table", "PROVIDER ID NAME COUNT"),
    ("grants list", "ID TYPE PROVIDER USER STATUS EXPIRES LAST USED"),
    ("end-users list", "ID EMAIL NAME STATUS GRANTS LAST SEEN"),
];

const NO_ROOM: &str = "no room for ";

/// A list as a terminal of this width shows it: the columns there was no room for, and the lines of the table.
fn shown(portal: &Portal, list: &str, width: u16) -> (String, Vec<String>) {
    let line = list
        .replace("{AGENT}", "a9e47000-0001-4000-8000-000000000000")
        .replace("{SECRET}", "5ec4e700-0001-4000-8000-000000000000");
    let bare = alter([]).at(portal).env("ALTER_APP_ID", APP).env("NO_COLOR", "1");
    let run = words(&line).iter().fold(bare, Alter::arg);
    let run = Pty::of(&run).columns(width).run();
    let (notes, table): (Vec<&str>, Vec<&str>) = run
        .exits(0)
        .out()
        .lines()
        .partition(|line| line.starts_with(NO_ROOM) || line.contains("; next page: "));
    let left_out = notes.iter().find_map(|line| line.strip_prefix(NO_ROOM));
    let left_out = left_out.and_then(|line| line.split_once(": ")).map_or("", |(names, _)| names);
    (left_out.replace(',', ""), table.into_iter().map(str::to_owned).collect())
}

#[test]
fn every_list_fits_a_narrow_terminal_and_is_whole_on_a_wide_one() {
    let portal = Portal::new(["--audit-rows=100"]);
    for (list, columns) in LISTS {
        let header = |table: &[String]| table[0].split_whitespace().collect::<Vec<_>>().join(" ");
        let (left_out, wide) = shown(&portal, list, 200);
        assert_eq!((left_out.as_str(), header(&wide).as_str()), ("", *columns), "{list}");
        assert!(wide.len() > 1, "{list}: no rows");
        let (left_out, narrow) = shown(&portal, list, 80);
        let named = format!("{} {left_out}", header(&narrow));
        // A column of text shrinks with what it is called.
        let named = named.replace("DISPLAY...", "DISPLAY NAME");
        assert_eq!(named.trim_end(), *columns, "{list}");
        assert_eq!(narrow.len(), wide.len(), "{list}");
        // What a row is found by is whole, however little room there is.
        let first = |line: &String| line.split("  ").next().map(str::to_owned);
        let firsts = |table: &[String]| table.iter().map(first).collect::<Vec<_>>();
        assert_eq!(firsts(&narrow), firsts(&wide), "{list}");
        for (table, width) in [(narrow, 80), (wide, 200)] {
            let widest = table.iter().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width), "{list}: {widest:?} of {width}");
        }
    }
}
