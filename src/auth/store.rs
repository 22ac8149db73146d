//! The stored sign-ins, wherever they are kept: the keychain first, the file where there is none.

use std::path::PathBuf;

use super::account::Account;
use super::auth_file;
use super::keychain::{Keychain, KeychainError};
use super::source::Source;
use crate::base::failure::Failure;
use crate::base::secret::Pat;
use crate::output::streams::Streams;

/// What is stored for an account, and what was in the way of looking.
#[derive(Debug)]
pub(super) struct Found {
    /// The PAT and where it was found.
    pub(super) stored: Option<(Pat, Source)>,
    /// Why the keychain could not be asked.
    pub(super) error: Option<KeychainError>,
    /// The other accounts that something is stored for, looked for where there is nothing for this one.
    pub(super) others: Vec<Account>,
}

/// A stored sign-in.
#[derive(Debug)]
pub(crate) struct Stored {
    /// What it belongs to.
    pub(crate) account: Account,
    /// Where it is kept.
    pub(crate) place: Source,
    /// Whether it is what a command for the current account would find.
    pub(crate) current: bool,
}

/// Looks for the PAT of an account.
pub(super) fn find(account: &Account) -> Result<Found, Failure> {
    let keychain = Keychain::open();
    let (pat, error) = match keychain.as_ref().map(|keychain| keychain.find(account)) {
        Ok(Ok(pat)) => (pat, None),
        Ok(Err(error)) => (None, Some(error)),
        Err(error) => (None, Some(*error)),
    };
    if let Some(pat) = pat {
        return Ok(Found { stored: Some((pat, Source::Keychain)), error, others: Vec::new() });
    }
    let in_file = auth_file::all()?;
    if let Some(found) = in_file.iter().find(|stored| stored.account == *account) {
        let stored = Some((found.pat.clone(), Source::File));
        return Ok(Found { stored, error, others: Vec::new() });
    }
    // A silent one was waited for already.
    let asked = keychain.ok().filter(|_| error != Some(KeychainError::Silent));
    let mut others = asked.and_then(|keychain| keychain.list().ok()).unwrap_or_default();
    others.extend(in_file.into_iter().map(|stored| stored.account));
    others.retain(|other| other != account);
    Ok(Found { stored: None, error, others })
}

/// Returns the PAT that is kept for an account, as far as it can be seen.
pub(crate) fn stored_pat(account: &Account) -> Result<Option<Pat>, Failure> {
    Ok(find(account)?.stored.map(|(pat, _)| pat))
}

/// Returns where the file is, or would be.
pub(crate) fn file() -> Option<PathBuf> {
    auth_file::path().ok().flatten()
}

/// Refuses a file that cannot be trusted.
pub(crate) fn check() -> Result<(), Failure> {
    auth_file::all().map(|_| ())
}

/// Refuses where a PAT could not be kept, before anybody is asked for one.
pub(crate) fn check_writable() -> Result<(), Failure> {
    check()?;
    // With a keychain the file may never be needed.
    if Keychain::open().is_ok() { Ok(()) } else { auth_file::check_writable() }
}

/// The profiles of the file, for completion: nothing may be asked of a person or a keychain there.
pub(crate) fn profiles() -> Vec<String> {
    let stored = auth_file::all().unwrap_or_default();
    stored.into_iter().map(|stored| stored.account.profile).collect()
}

/// Every stored sign-in, those in the keychain first.
pub(crate) fn list(streams: &Streams, current: &Account) -> Result<Vec<Stored>, Failure> {
    let (mut in_keychain, mut opens) = (Vec::new(), false);
    match Keychain::open().and_then(|keychain| Ok((keychain.list()?, keychain.find(current)))) {
        Ok((accounts, found)) => {
            in_keychain = accounts;
            opens = matches!(found, Ok(Some(_)));
        }
        Err(error) => streams.warn(&error.unseen()),
    }
    let in_file = auth_file::all()?.into_iter().map(|stored| stored.account);
    let stored = |place, wins| {
        move |account| Stored { current: wins && account == *current, account, place }
    };
    Ok(in_keychain
        .into_iter()
        .map(stored(Source::Keychain, opens))
        .chain(in_file.map(stored(Source::File, !opens)))
        .collect())
}

/// Keeps a PAT for an account; gives the place. Where that is the file, a warning says why.
pub(crate) fn save(streams: &Streams, account: &Account, pat: &Pat) -> Result<Source, Failure> {
    let mut older_is_locked = false;
    let saved = Keychain::open().and_then(|keychain| {
        // Asked before saving, which may use up the time that there is.
        older_is_locked = keychain.find(account) == Err(KeychainError::Locked);
        streams.progress("Storing the PAT; unlock the keychain if it asks for that");
        let saved = keychain.save(account, pat, streams.stdin_is_terminal());
        streams.progress("");
        saved
    });
    let Err(error) = saved else {
        // An older one in the file would be plain text for nothing.
        if let Err(failure) = auth_file::forget(account) {
            streams.warn(&format!("an older sign-in may be left: {}", failure.message()));
        }
        return Ok(Source::Keychain);
    };
    let path = auth_file::save(account, pat)?;
    streams.warn(&format!(
        "the PAT is stored as plain text in {}: {}",
        path.display(),
        error.reason()
    ));
    if older_is_locked {
        streams.warn("the keychain holds an older sign-in, which wins as soon as it is unlocked");
    }
    Ok(Source::File)
}

/// What became of forgetting a PAT.
#[derive(Debug)]
pub(crate) struct Forgotten {
    /// The places that it was in.
    pub(crate) places: Vec<Source>,
    /// The place that was not looked at, and why.
    pub(crate) unseen: Option<String>,
}

/// Forgets the PAT of an account everywhere.
pub(crate) fn forget(account: &Account) -> Result<Forgotten, Failure> {
    let in_keychain = Keychain::open().and_then(|keychain| keychain.forget(account));
    let in_file = auth_file::forget(account)?;
    match in_keychain {
        Err(
            error @ (KeychainError::Locked
            | KeychainError::Silent
            | KeychainError::Unreadable
            | KeychainError::Refused),
        ) => {
            let rest = if in_file { "; the PAT in the file is deleted" } else { "" };
            let why = format!("{}{rest}", error.reason());
            Err(Failure::error("the keychain may still hold the sign-in", why)
                .fix(format!("{}, then repeat this", error.way_on())))
        }
        in_keychain => {
            let places = [(in_keychain == Ok(true), Source::Keychain), (in_file, Source::File)];
            Ok(Forgotten {
                places: places
                    .into_iter()
                    .filter_map(|(was_there, place)| was_there.then_some(place))
                    .collect(),
                unseen: in_keychain.err().map(KeychainError::unseen),
            })
        }
    }
}
