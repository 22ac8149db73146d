//! Lists on a narrow and on a wide terminal.

use std::fmt::Write;

use super::cases::words;
use crate::readme::generated_texts;
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
    ("audit list", "TIME ACTION ACTOR PROVIDER DECISION STATUS MS TRACE APP"),
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
const CHOOSE: &str = "; --output table --fields a,b chooses";
const PICTURES: &str = "tests/golden/tables.txt";
/// Rows of a picture.
const ROWS: usize = 3;

/// A list as a terminal of this width shows it: the columns there was no room for, and the lines of the table.
fn shown(portal: &Portal, list: &str, width: u16) -> (String, Vec<String>) {
    let line = list
        .replace("{AGENT}", "a9e47000-0001-4000-8000-000000000000")
        .replace("{SECRET}", "5ec4e700-0001-4000-8000-000000000000");
    let bare =
        alter([]).at(portal).env("ALTER_APP_ID", APP).env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8");
    let run = words(&line).iter().fold(bare, Alter::arg);
    let run = Pty::of(&run).columns(width).run();
    let (notes, table): (Vec<&str>, Vec<&str>) = run
        .exits(0)
        .out()
        .lines()
        .partition(|line| line.starts_with(NO_ROOM) || line.contains("; next page: "));
    let left_out = notes.iter().find_map(|line| line.strip_prefix(NO_ROOM));
    let left_out = left_out.map_or("", |line| line.strip_suffix(CHOOSE).expect("the way on"));
    (left_out.to_owned(), table.into_iter().map(|line| line.trim_end().to_owned()).collect())
}

/// The names that a line of headings begins with each, a cut one told by what is left of it.
fn headings<'a>(columns: &'a [&str], line: &str) -> Vec<&'a str> {
    let shown = line.split("  ").map(str::trim).filter(|heading| !heading.is_empty());
    let named = shown.map(|heading| {
        let column = |column: &&&str| match heading.strip_suffix('\u{2026}') {
            Some(cut) => column.starts_with(cut),
            None => **column == heading,
        };
        *columns.iter().find(column).unwrap_or_else(|| panic!("no column {heading}"))
    });
    named.collect()
}

#[test]
fn every_list_answers_on_a_narrow_terminal_and_is_whole_on_a_wide_one() {
    let portal = Portal::new(["--audit-rows=100"]);
    let mut pictures = String::new();
    for (list, names) in LISTS {
        let (left_out, wide) = shown(&portal, list, 240);
        assert_eq!(left_out, "", "{list}");
        let columns: Vec<&str> = wide[0].split("  ").map(str::trim).collect();
        let columns: Vec<&str> = columns.into_iter().filter(|name| !name.is_empty()).collect();
        assert_eq!(columns.join(" "), *names, "{list}");
        assert!(wide.len() > 1, "{list}: no rows");
        for width in [80, 100, 120] {
            let (left_out, table) = shown(&portal, list, width);
            let visible = headings(&columns, &table[0]);
            let hidden: Vec<&str> = left_out.split(", ").filter(|name| !name.is_empty()).collect();
            let kept = |name: &&&str| !hidden.contains(*name);
            let kept: Vec<&str> = columns.iter().filter(kept).copied().collect();
            assert_eq!(visible, kept, "{list} at {width}");
            assert_eq!(hidden.len() + visible.len(), columns.len(), "{list} at {width}");
            assert_eq!(table.len(), wide.len(), "{list} at {width}");
            let widest = table.iter().map(|line| line.chars().count()).max();
            assert!(widest <= Some(width.into()), "{list}: {widest:?} of {width}");
            for name in ["NAME", "STATUS"].into_iter().filter(|name| columns.contains(name)) {
                // A user of the directory is known by the address; the number of calls says more than a provider's name.
                let named = visible.contains(&name) || visible.contains(&"EMAIL");
                assert!(named, "{list} at {width} has no {name}");
            }
            writeln!(pictures, "$ alter {list}  # {width} columns").expect("a text");
            for line in table.iter().take(ROWS + 1) {
                writeln!(pictures, "{}", masked(line)).expect("a text");
            }
            pictures.push('\n');
        }
    }
    generated_texts::check(PICTURES, &generated_texts::read(PICTURES), &pictures);
}

/// A line without what differs from run to run: times, ids, parts of keys and how long calls took.
fn masked(line: &str) -> String {
    const UUID: &str = "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh";
    let mask = |word: &str| {
        let is = |form: &str| {
            let same = |(c, form): (char, char)| match form {
                'd' => c.is_ascii_digit(),
                'h' => c.is_ascii_hexdigit(),
                form => c == form,
            };
            word.len() == form.len() && word.chars().zip(form.chars()).all(same)
        };
        for form in [UUID, "dddd-dd-dd", "dd:ddZ", "dd:dd:ddZ", "dddd-dd-ddTdd:dd:ddZ"] {
            if is(form) {
                return form.replace(['d', 'h'], "0");
            }
        }
        match word.strip_prefix("alter_") {
            Some(rest) => format!("alter_{}", "x".repeat(rest.len())),
            None => word.to_owned(),
        }
    };
    line.split(' ').map(mask).collect::<Vec<_>>().join(" ")
}

#[test]
fn the_trace_of_a_refused_call_is_there_at_every_width() {
    let portal = Portal::new(["--audit-rows=100"]);
    for width in [80, 100, 120] {
        let (_, table) = shown(&portal, "audit list --policy-decision DENY", width);
        assert!(table[0].contains("DECISION") && table[0].contains("TRACE"), "{width}: {table:?}");
        let trace = table[1].split_whitespace().any(|word| word.len() == 36);
        assert!(trace, "{width}: {table:?}");
    }
}

#[test]
fn text_is_cut_with_what_the_locale_can_show() {
    let portal = Portal::new([]);
    let run = |locale: &[(&str, &str)]| {
        let run = alter(["providers", "list"]).at(&portal).env("ALTER_APP_ID", APP);
        let run = locale.iter().fold(run, |run, (name, value)| run.env(name, value));
        Pty::of(&run).columns(80).run().exits(0).out().to_owned()
    };
    assert!(run(&[("LANG", "en_GB.UTF-8")]).contains('\u{2026}'));
    assert!(run(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8"), ("LANG", "C")]).contains('\u{2026}'));
    for ascii in [&[("LC_ALL", "C"), ("LANG", "en_GB.UTF-8")][..], &[]] {
        let shown = run(ascii);
        assert!(shown.contains("...") && shown.is_ascii(), "{shown}");
    }
}
