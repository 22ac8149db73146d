//! The folder that minted secrets go to, one new file each, and what is kept there while one is being minted: the request
//! itself, so that a run which is killed can be given the same answer again.

use std::fmt::Write as _;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::base::failure::{Failure, Kind, reason};
use crate::base::nofollow;
use crate::protocol::digest;

/// The longest name of a file; the beginning of a longer one is kept, with a hash of all of it.
const MAX_NAME: usize = 200;
const PENDING: &str = ".pending";
/// A pending request is never larger.
const MAX_PENDING: u64 = 64 << 10;

/// A folder for secrets.
#[derive(Debug)]
pub(crate) struct SecretsDir(PathBuf);

/// A request that mints, as it is kept while it is under way.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Pending {
    pub(crate) origin: String,
    pub(crate) app: String,
    pub(crate) address: String,
    /// The key of the answer that holds the secret.
    pub(crate) secret: String,
    pub(crate) path: String,
    pub(crate) body: Value,
    pub(crate) idempotency_key: String,
}

impl SecretsDir {
    /// Opens a folder that must be there.
    pub(crate) fn open(path: &str) -> Result<Self, Failure> {
        let what = || format!("--secrets-dir: {path}");
        match fs::metadata(path) {
            Ok(found) if found.is_dir() => Ok(Self(path.into())),
            Ok(_) => Err(Failure::usage(what(), "is not a folder")),
            Err(error) => Err(Failure::new(Kind::NotFound, what(), reason(&error))
                .fix(format!("mkdir -m 700 {path}"))),
        }
    }

    /// Returns the file for the secret of an address.
    pub(crate) fn file(&self, address: &str) -> PathBuf {
        self.0.join(file_name(address))
    }

    fn pending_file(&self, address: &str) -> PathBuf {
        self.0.join(format!(".{}{PENDING}", file_name(address)))
    }

    /// Refuses a secret whose file is there already.
    pub(crate) fn check_new(&self, address: &str) -> Result<(), Failure> {
        let file = self.file(address);
        if fs::symlink_metadata(&file).is_ok() {
            let why = "exists already; nothing was sent";
            return Err(Failure::new(Kind::Conflict, file.display().to_string(), why)
                .fix("move it away first"));
        }
        Ok(())
    }

    /// Keeps a request before it is sent.
    pub(crate) fn keep(&self, pending: &Pending) -> Result<(), Failure> {
        let path = self.pending_file(&pending.address);
        let text = serde_json::to_string(pending).unwrap_or_default();
        create(&path, text.as_bytes()).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => {
                let why = "is there: another run is minting this secret, or one was ended";
                Failure::new(Kind::Conflict, path.display().to_string(), why)
                    .fix("run it again once the other has ended")
            }
            _ => Failure::io(&path, &error),
        })?;
        sync_folder(&self.0);
        Ok(())
    }

    /// Writes a secret and forgets its request.
    pub(crate) fn write(&self, address: &str, secret: &str) -> Result<PathBuf, Failure> {
        let file = self.file(address);
        let written = match create(&file, secret.as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => complete(&file, secret),
            written => written,
        };
        written.map_err(|error| Failure::io(&file, &error))?;
        sync_folder(&self.0);
        self.forget(address);
        Ok(file)
    }

    /// Forgets a request that was refused, or whose secret is kept.
    pub(crate) fn forget(&self, address: &str) {
        // What cannot be removed is found by the next run, which is given the same answer again.
        let _ = fs::remove_file(self.pending_file(address));
    }

    /// Returns the requests that earlier runs did not end.
    pub(crate) fn pending(&self) -> Result<Vec<Pending>, Failure> {
        let entries = fs::read_dir(&self.0).map_err(|error| Failure::io(&self.0, &error))?;
        let mut names: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        names.retain(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            name.starts_with('.') && name.ends_with(PENDING)
        });
        names.sort();
        names.iter().map(|path| read(path)).collect()
    }
}

fn read(path: &Path) -> Result<Pending, Failure> {
    let unreadable = |why: &str| {
        let why = format!("is the request of a run that was ended, and cannot be read: {why}");
        Failure::new(Kind::Conflict, path.display().to_string(), why)
            .fix("look with alter keys list and alter agents list whether its secret was made, then remove the file")
    };
    let found = fs::symlink_metadata(path).map_err(|error| unreadable(&reason(&error)))?;
    if !found.is_file() || !nofollow::is_ours(&found) {
        return Err(unreadable("it is not a file of yours"));
    }
    let mut text = String::new();
    let file = File::open(path).map_err(|error| unreadable(&reason(&error)))?;
    file.take(MAX_PENDING)
        .read_to_string(&mut text)
        .map_err(|error| unreadable(&reason(&error)))?;
    serde_json::from_str(&text).map_err(|_| unreadable("it is not what is written there"))
}

fn create(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        // Half a file would be taken for a whole one.
        let _ = fs::remove_file(path);
    }
    written
}

/// Completes a file that a killed run began: it holds the secret, or the beginning of it. Another's is left alone.
fn complete(path: &Path, secret: &str) -> io::Result<()> {
    let mut begun = String::new();
    File::open(path)?.take(MAX_PENDING).read_to_string(&mut begun)?;
    if !secret.starts_with(&begun) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut file = OpenOptions::new().write(true).open(path)?;
    file.write_all(secret.as_bytes()).and_then(|()| file.sync_all())
}

/// Has the name of a new file outlive a crash, where the file system can.
fn sync_folder(path: &Path) {
    let _ = File::open(path).and_then(|folder| folder.sync_all());
}

/// Returns the name of the file for an address: what a file name cannot be is percent-encoded.
fn file_name(address: &str) -> String {
    let mut name = String::new();
    for byte in address.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'_' | b'-' => name.push(byte.into()),
            b'.' if !name.is_empty() => name.push('.'),
            _ => {
                let _ = write!(name, "%{byte:02X}");
            }
        }
    }
    if name.len() <= MAX_NAME {
        return name;
    }
    let hash = digest::sha256_hex(address.as_bytes());
    format!("{}-{}", &name[..MAX_NAME - 17], &hash[..16])
}
