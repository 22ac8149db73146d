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
