//! The help topics, all offline.

use std::fmt::Write;

use crate::base::failure::Kind;

/// The topics by name.
pub(crate) const NAMES: [&str; 4] = ["exit-codes", "environment", "output", "auth"];

/// The text of a topic.
pub(crate) fn text(name: &str) -> Option<String> {
    match name {
        "exit-codes" => Some(exit_codes()),
        "environment" => Some(environment()),
        "output" => Some(OUTPUT.into()),
        "auth" => Some(AUTH.into()),
        _ => None,
    }
}

fn exit_codes() -> String {
    let mut out = String::from(
        "Exit codes are a contract: scripts may rely on them.\n\n  0  OK           it worked\n",
    );
    for (kind, when) in Kind::ALL {
        let _ = writeln!(out, "  {}  {:<12} {when}", kind.exit(), kind.name());
    }
    out + "\nCtrl-C ends with 130, SIGTERM with 143. A closed standard output (`| head`) is not a failure.\n"
}

/// Every environment variable that is read, with what it does.
pub(crate) const VARIABLES: &[(&str, &str)] = &[
    ("ALTER_PAT", "the credential; keychain and file are then not touched"),
    ("ALTER_API_KEY", "the runtime key, only for sdk-passthrough"),
    ("ALTER_BASE_URL", "the portal's API, as --base-url"),
    ("ALTER_DASHBOARD_URL", "the portal's dashboard, as --dashboard-url"),
    ("ALTER_APP_ID", "the app to act on, as --app; no filter on audit and analytics"),
    ("ALTER_PROFILE", "which stored sign-in to use, as --profile"),
    ("ALTER_MCP_URL", "the address that `alter init` registers, as its --url"),
    ("ALTER_RELEASE_URL", "where `alter self-update` looks for releases, as its --from"),
    ("ALTER_CONFIG_DIR", "the config folder, instead of $XDG_CONFIG_HOME/alter or ~/.config/alter"),
    ("ALTER_TIMEOUT", "seconds for one HTTP exchange, 30 by default"),
    ("ALTER_DEBUG", "1 shows each HTTP exchange, as --debug"),
    ("SSL_CERT_FILE, SSL_CERT_DIR", "PEM certificates trusted beside the built-in ones"),
    (
        "HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY",
        "as curl reads them; loopback always goes direct",
    ),
    ("CI", "never ask, even on a terminal"),
    ("NO_COLOR, CLICOLOR_FORCE", "no colour at all; colour even without a terminal"),
    ("BROWSER", "the browser for `alter auth login`"),
];

fn environment() -> String {
    let mut out = String::from("Flags win over the environment.\n\n");
    for (name, what) in VARIABLES {
        let _ = writeln!(out, "  {name}\n      {what}");
    }
    out
}

const OUTPUT: &str = "\
Standard output carries the result and nothing else; notes, warnings, prompts and
failures go to standard error.

  -o, --output table   columns of plain text; the default of lists
  -o, --output json    one document, keys and numbers as the portal sent them; the
                       default of single objects
  -o, --output jsonl   one compact object a line, written as pages arrive
  --fields a,b         keep only these top-level keys; means json when --output is absent

Lists come in pages: --limit is the size of a page, --offset where it begins, and
--all gets every page and streams, in the same memory however many rows there are.
jsonl gets every page too, save with --limit: it is the way to export.

With --output json or jsonl a failure is one JSON line on standard error:
  {\"error\":{\"code\",\"exit\",\"message\",\"portal_code\",\"request_id\",\"retry_after\",\"fix\"}}
";

const AUTH: &str = "\
Alter is used with a Personal Access Token (PAT), from the first of these places:

  1. ALTER_PAT in the environment
  2. the system's keychain (secret-tool on Linux, security on macOS)
  3. auth.toml in the config folder, readable by you alone

On a desktop:            alter auth login
On a server or in CI:    alter auth login --token-stdin < pat.txt
                         or set ALTER_PAT
Two organisations:       alter auth login --profile other
Who am I:                alter auth status

A PAT is kept for the portal it was checked against, and never sent to another. PATs
are minted and deleted in the dashboard; `alter auth logout` only forgets one.
";
