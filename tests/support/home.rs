//! A folder of a test's own: home, config folder and working folder in one, gone when the test ends.

use std::fs;
use std::path::{Path, PathBuf};
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// A temporary folder.
#[derive(Debug)]
pub(crate) struct Home(PathBuf);

impl Home {
    /// A new, empty one.
    pub(crate) fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("alter-test-{}-{number}", process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        Self(fs::canonicalize(folder).expect("its real name"))
    }

    /// Where it is.
    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// A path below it.
    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A path below it, as text.
    pub(crate) fn file(&self, name: &str) -> String {
        self.join(name).display().to_string()
    }

    /// Makes a folder below it.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        let folder = self.join(name);
        fs::create_dir_all(&folder).expect("a folder");
        folder
    }

    /// Writes a file below it.
    pub(crate) fn write(&self, name: &str, text: impl AsRef<[u8]>) -> PathBuf {
        let file = self.join(name);
        if let Some(folder) = file.parent() {
            fs::create_dir_all(folder).expect("a folder");
        }
        fs::write(&file, text).expect("a file");
        file
    }

    /// Makes a FIFO below it, which nobody writes to.
    pub(crate) fn fifo(&self, name: &str) -> PathBuf {
        let fifo = self.join(name);
        let made = process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.expect("mkfifo").success());
        fifo
    }

    /// The text of a file below it.
    #[track_caller]
    pub(crate) fn read(&self, name: &str) -> String {
        fs::read_to_string(self.join(name)).expect("a file that was written")
    }

    /// Everything below it, sorted.
    pub(crate) fn listing(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![self.0.clone()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                let name = path.strip_prefix(&self.0).expect("below the home");
                found.push(name.display().to_string());
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        found.sort();
        found
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
