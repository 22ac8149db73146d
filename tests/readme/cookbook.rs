//! The list of the cookbook's scripts, each by the line it begins with.

use std::fmt::Write;
use std::fs;

use super::{generated_texts, tables};

const README: &str = "tests/journeys/README.md";

#[test]
fn cookbook() {
    let folder = fs::read_dir(generated_texts::path("tests/journeys")).unwrap();
    let mut names: Vec<String> =
        folder.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.retain(|name| name.starts_with(|first: char| first.is_ascii_digit()));
    names.sort();
    let mut list = String::new();
    for name in names {
        let script = generated_texts::read(&format!("tests/journeys/{name}"));
        let title = script.lines().next().unwrap().trim_start_matches("# ").trim_end_matches('.');
        writeln!(list, "- [{title}]({name})").unwrap();
    }
    let kept = generated_texts::read(README);
    generated_texts::check(README, &kept, &tables::with_block(&kept, "scripts", &list));
}
