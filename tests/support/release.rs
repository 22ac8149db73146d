//! Release folders, signed as `minisign -S -l` signs, and a program of the test's own to update.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

use base64::prelude::{BASE64_STANDARD, Engine};
use ring::digest::{SHA256, digest};
use ring::signature::Ed25519KeyPair;

use super::alter::PROGRAM;
use super::{Alter, Home, alter};

/// What debug builds of `alter` take for the release key.
const KEY: Signer = Signer { id: *b"testkey.", seed: [7; 32], kind: *b"Ed" };

/// A key, and how it signs.
#[derive(Clone, Copy)]
pub(crate) struct Signer {
    pub(crate) id: [u8; 8],
    pub(crate) seed: [u8; 32],
    pub(crate) kind: [u8; 2],
}

impl Default for Signer {
    fn default() -> Self {
        KEY
    }
}

impl Signer {
    /// A signature file.
    pub(crate) fn sign(&self, text: &str) -> String {
        let pair = Ed25519KeyPair::from_seed_unchecked(&self.seed).expect("a key");
        let comment = "timestamp:1764000000\tfile:SHA256SUMS";
        let signature = pair.sign(text.as_bytes());
        let both = [signature.as_ref(), comment.as_bytes()].concat();
        let first = [&self.kind[..], &self.id[..], signature.as_ref()].concat();
        format!(
            "untrusted comment: signature of a test\n{}\ntrusted comment: {comment}\n{}\n",
            BASE64_STANDARD.encode(first),
            BASE64_STANDARD.encode(pair.sign(&both)),
        )
    }
}

/// A home with `bin/alter`, which is the program under test, and a folder `release`.
pub(crate) struct Site {
    pub(crate) home: Home,
}

/// A program that says it is a version of `alter`, and does nothing else.
pub(crate) fn program(version: &str) -> String {
    format!("#!/bin/sh\necho 'alter {version} (a test, a script)'\n")
}

/// The name of a version's program in a release folder.
pub(crate) fn name(version: &str) -> String {
    format!("alter-{version}-{}-{}", std::env::consts::ARCH, std::env::consts::OS)
}

impl Site {
    /// One whose release has these programs.
    pub(crate) fn new(programs: &[(&str, &str)]) -> Self {
        let home = Home::new();
        home.folder("bin");
        let original = home.join("original");
        if fs::hard_link(PROGRAM, &original).is_err() {
            fs::copy(PROGRAM, &original).expect("a copy of the program");
        }
        let site = Self { home };
        site.restore();
        site.publish(programs);
        site
    }

    /// Writes the release anew.
    pub(crate) fn publish(&self, programs: &[(&str, &str)]) {
        use std::fmt::Write;
        let mut sums = String::from("0000  alter.1\n");
        for (version, text) in programs {
            self.home.write(&format!("release/{}", name(version)), text);
            for byte in digest(&SHA256, text.as_bytes()).as_ref() {
                let _ = write!(sums, "{byte:02x}");
            }
            let _ = writeln!(sums, "  {}", name(version));
        }
        self.home.write("release/SHA256SUMS", &sums);
        self.sign(&Signer::default());
    }

    /// Signs the list with a key.
    pub(crate) fn sign(&self, signer: &Signer) {
        let signature = signer.sign(&self.home.read("release/SHA256SUMS"));
        self.home.write("release/SHA256SUMS.minisig", signature);
    }

    /// Puts the program under test back into its place, and removes what is beside it.
    pub(crate) fn restore(&self) {
        let bin = self.home.join("bin");
        fs::remove_dir_all(&bin).expect("the folder");
        fs::create_dir(&bin).expect("the folder");
        fs::hard_link(self.home.join("original"), bin.join("alter")).expect("a second name");
    }

    /// The program to update.
    pub(crate) fn alter(&self) -> PathBuf {
        self.home.join("bin/alter")
    }

    /// Whether the program is still the old one.
    pub(crate) fn is_old(&self) -> bool {
        let inode = |name| fs::metadata(self.home.join(name)).expect("a program").ino();
        inode("bin/alter") == inode("original")
    }

    /// What lies beside the program.
    pub(crate) fn beside(&self) -> Vec<String> {
        let names = fs::read_dir(self.home.join("bin")).expect("the folder");
        let names = names.map(|entry| entry.expect("an entry").file_name());
        names.filter_map(|name| name.into_string().ok()).filter(|name| name != "alter").collect()
    }

    /// `alter self-update` of this program, from this release.
    pub(crate) fn update<const N: usize>(&self, args: [&str; N]) -> Alter {
        self.update_through(&[], args)
    }

    /// The same by way of another program.
    pub(crate) fn update_through<const N: usize>(&self, words: &[&str], args: [&str; N]) -> Alter {
        let file = self.alter();
        let words: Vec<&OsStr> = words.iter().map(OsStr::new).chain([file.as_os_str()]).collect();
        let run = alter(["self-update"]).home(&self.home).program(&words);
        args.iter()
            .fold(run, Alter::arg)
            .env("ALTER_RELEASE_URL", self.home.join("release"))
            .env("PATH", "/usr/bin:/bin")
    }
}
