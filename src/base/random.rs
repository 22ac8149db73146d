//! Random bytes from the system, also where there is no /dev.

use rustls::crypto::ring::default_provider;

use crate::base::failure::Failure;

/// Bytes that nobody can guess.
pub(crate) fn bytes<const N: usize>() -> Result<[u8; N], Failure> {
    let mut bytes = [0; N];
    default_provider()
        .secure_random
        .fill(&mut bytes)
        .map_err(|_| Failure::error("the system", "gives no random numbers"))?;
    Ok(bytes)
}

/// Returns a name for a file that is made new beside another one, and that takes its place or gives it up. Nobody else
/// has a file of that name.
pub(crate) fn beside(name: &str, ending: &str) -> Result<String, Failure> {
    let number = u64::from_ne_bytes(bytes()?);
    Ok(format!(".{name}.{number:016x}.{ending}"))
}

/// Returns whether `beside` may have given a file its name, so that it is left over from a run that was killed.
pub(crate) fn is_beside(file: &str, name: &str, endings: &[&str]) -> bool {
    let rest = file.strip_prefix('.').and_then(|file| file.strip_prefix(name)?.strip_prefix('.'));
    rest.and_then(|rest| rest.split_once('.')).is_some_and(|(number, ending)| {
        number.len() == 16
            && number.bytes().all(|byte| byte.is_ascii_hexdigit())
            && endings.contains(&ending)
    })
}
