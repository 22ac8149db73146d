//! The `console` blocks of the README, run again from top to bottom in one shell, on a terminal, against one portal.

use std::path::Path;

use crate::support::alter::PROGRAM;
use crate::support::{Home, Portal, Pty};

const OPEN: &str = "```console\n";
const CLOSE: &str = "```\n";
/// What a person is asked, and says.
const QUESTION: &str = "[y/N] ";
const ANSWER: &str = "y\n";
/// Wide enough for every table.
const COLUMNS: u16 = 160;
/// Stands before what each command prints.
const MARK: char = '\u{1e}';

/// The text with every block that no longer shows what comes out replaced by what does. Ids, times and the like differ
/// from run to run: they may, as long as they have their form.
pub(crate) fn replayed(text: &str) -> String {
    let blocks: Vec<_> = text
        .split(OPEN)
        .skip(1)
        .map(|rest| rest.split_once(CLOSE).expect("a block that ends").0)
        .collect();
    let commands: Vec<_> = blocks.iter().flat_map(|block| given(block)).collect();
    let answers = blocks.concat().matches(QUESTION).count();
    let mut outputs = run(&commands, answers).into_iter();
    let mut text = text.to_owned();
    for block in blocks {
        let shown: Vec<_> = given(block)
            .map(|command| format!("$ {command}\n{}", outputs.next().expect("an output")))
            .collect();
        let shown = shown.concat();
        if form(&shown) != form(block) {
            text = text.replace(block, &shown);
        }
    }
    text
}

fn given(block: &str) -> impl Iterator<Item = &str> {
    block.lines().filter_map(|line| line.strip_prefix("$ "))
}

/// What each command shows on a terminal where the first questions are answered with yes.
fn run(commands: &[&str], answers: usize) -> Vec<String> {
    let portal = Portal::new([]);
    let home = Home::new();
    let shop = home.folder("shop");
    let lines: Vec<_> =
        std::iter::once("mark() { local status=$?; printf '\\036'; return $status; }")
            .chain(commands.iter().flat_map(|command| ["mark", command]))
            .collect();
    let script = lines.join("\n");
    let programs = Path::new(PROGRAM).parent().unwrap();
    let terminal = Pty::program(
        &["bash", "-c", &script],
        &[
            ("PATH", &format!("{}:/usr/local/bin:/usr/bin:/bin", programs.display())),
            ("HOME", &home.path().display().to_string()),
            ("NO_COLOR", "1"),
            ("ALTER_BASE_URL", &portal.base_url),
            ("ALTER_DASHBOARD_URL", &portal.base_url),
            ("ALTER_PAT", &portal.pat),
            ("ALTER_APP_ID", portal.app_id.as_deref().expect("the demo app")),
        ],
        &shop,
    );
    let output = (0..answers)
        .fold(terminal.columns(COLUMNS), |terminal, _| terminal.answer(QUESTION, ANSWER))
        .run();
    output
        .out()
        .replace("\r\n", "\n")
        .replace(&portal.base_url, "http://127.0.0.1:4400")
        .replace(home.path().to_str().unwrap(), "/home/dana")
        .split(MARK)
        .skip(1)
        .map(str::to_owned)
        .collect()
}

/// The text with what differs from run to run replaced by its form.
fn form(text: &str) -> String {
    // h is a hexadecimal digit, d a digit, w a letter or digit; the rest stands for itself.
    const FORMS: [&str; 6] = [
        "hhhhhhhh-hhhh-hhhh-hhhh-hhhhhhhhhhhh",
        "dddd-dd-dd dd:ddZ",
        "dddd-dd-dd dd:dd:ddZ",
        "dddd-dd-ddTdd:dd:ddZ",
        "req_wwwwwwwwwwwwwwwwwwww",
        "alter_rk_wwwwwww",
    ];
    let has = |rest: &str, form: &str| {
        rest.len() >= form.len()
            && rest.bytes().zip(form.bytes()).all(|(byte, form)| match form {
                b'h' => byte.is_ascii_hexdigit(),
                b'd' => byte.is_ascii_digit(),
                b'w' => byte.is_ascii_alphanumeric(),
                _ => byte == form,
            })
    };
    let (mut out, mut rest) = (String::new(), text);
    while let Some(letter) = rest.chars().next() {
        let length = if let Some(form) = FORMS.iter().find(|form| has(rest, form)) {
            out.push_str(form);
            form.len()
        } else {
            out.push(letter);
            letter.len_utf8()
        };
        rest = &rest[length..];
    }
    out
}
