//! README.md and the golden files say what the programs say. `scripts/golden` rewrites them.

mod cookbook;
pub(crate) mod generated_texts;
mod golden;
pub(crate) mod tables;
mod tour;

/// The blocks of the README that the programs fill, and the paths it names.
#[test]
fn readme() {
    let stored = generated_texts::read("README.md");
    let mut text = stored.clone();
    for (name, block) in tables::all() {
        text = tables::with_block(&text, name, &block);
    }
    text = tour::replayed(&text);
    generated_texts::check("README.md", &stored, &text);

    let named = text.split('`').skip(1).step_by(2);
    let places = ["src/", "tests/", "scripts/", ".ci/"];
    for path in named.filter(|word| places.iter().any(|place| word.starts_with(place))) {
        let path = path.split_whitespace().next().unwrap();
        assert!(generated_texts::path(path).exists(), "README.md names {path}, which is not there");
    }
}
