//! What is seen while a connection is set up and used, for a failure that ureq alone could not explain.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

/// What an agent has seen of the exchange that is under way.
pub(crate) type Observed = Arc<Observations>;

/// The parts of it.
#[derive(Debug, Default)]
pub(crate) struct Observations {
    refused: Mutex<Option<Vec<u8>>>,
    certificate_asked: AtomicBool,
    connected: AtomicBool,
    answer_begun: AtomicBool,
}

impl Observations {
    /// Notes that a connection is being made.
    pub(super) fn connecting(&self) {
        self.connected.store(false, Ordering::Relaxed);
    }

    /// Notes that a connection stands.
    pub(super) fn connected(&self) {
        self.connected.store(true, Ordering::Relaxed);
        self.begin();
    }

    /// Returns whether a connection stands, on which something may have been sent.
    pub(super) fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Relaxed)
    }

    /// Forgets the exchange before.
    pub(super) fn begin(&self) {
        self.answer_begun.store(false, Ordering::Relaxed);
    }

    /// Keeps the certificate that was refused.
    pub(super) fn refuse(&self, certificate: &[u8]) {
        if let Ok(mut refused) = self.refused.lock() {
            *refused = Some(certificate.to_owned());
        }
    }

    /// Returns the certificate that was refused last, in DER.
    pub(super) fn refused(&self) -> Option<Vec<u8>> {
        self.refused.lock().ok()?.clone()
    }

    /// Notes that the server asked for a client certificate.
    pub(super) fn certificate_asked(&self) {
        self.certificate_asked.store(true, Ordering::Relaxed);
    }

    /// Returns whether the server asked for a client certificate.
    pub(super) fn was_certificate_asked(&self) -> bool {
        self.certificate_asked.load(Ordering::Relaxed)
    }

    /// Notes that some of the answer has come.
    pub(super) fn answer_begun(&self) {
        self.answer_begun.store(true, Ordering::Relaxed);
    }

    /// Returns whether some of the answer has come. Without it nothing is the answer's fault.
    pub(super) fn has_answer_begun(&self) -> bool {
        self.answer_begun.load(Ordering::Relaxed)
    }
}
