//! The help of every command, a file a namespace, and the command tree, a line a command.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;

use super::generated_texts;
use super::tables::commands;

const TOPICS: [&str; 4] = ["exit-codes", "environment", "output", "auth"];

#[test]
fn help() {
    let mut files = BTreeMap::from([("alter".to_owned(), shown(&["--help"]))]);
    for command in commands() {
        let words: Vec<_> = command["path"].as_str().unwrap().split(' ').collect();
        let help = shown(&[&words[1..], &["--help"]].concat());
        files.entry(words[1].to_owned()).or_default().push_str(&help);
    }
    let topics = files.get_mut("help").unwrap();
    for topic in TOPICS {
        topics.push_str(&shown(&["help", topic]));
    }
    for (name, text) in &files {
        let path = format!("tests/golden/help/{name}.txt");
        generated_texts::check(&path, &generated_texts::read(&path), text);
    }
    for entry in fs::read_dir(generated_texts::path("tests/golden/help")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if !files.contains_key(name) {
            assert!(generated_texts::rewriting(), "{} is of no command", path.display());
            fs::remove_file(path).unwrap();
        }
    }
}

#[test]
fn tree() {
    let path = "tests/golden/commands.jsonl";
    let said = generated_texts::alter(&["commands", "--output", "jsonl"]);
    generated_texts::check(path, &generated_texts::read(path), &said);
}

fn shown(words: &[&str]) -> String {
    let mut text = String::new();
    writeln!(text, "$ alter {}\n{}", words.join(" "), generated_texts::alter(words)).unwrap();
    text
}
