//! A deadline for setting up a connection, however slowly the other side sends.

use std::time::Instant;

use ureq::unversioned::transport::time::Duration;
use ureq::unversioned::transport::{Buffers, ConnectionDetails, Connector, NextTimeout, Transport};
use ureq::{Error, Timeout};

use super::dial;

/// Bounds all that happens before a request by the time for connecting: ureq grants that time anew to each read of what
/// a proxy answers.
#[derive(Debug)]
pub(super) struct Setup;

impl<In: Transport> Connector<In> for Setup {
    type Out = Bounded<In>;

    fn connect(
        &self,
        details: &ConnectionDetails,
        chained: Option<In>,
    ) -> Result<Option<Self::Out>, Error> {
        let until = dial::deadline(details);
        Ok(chained.map(|transport| Bounded { transport, until }))
    }
}

/// A connection that has to be set up until then.
#[derive(Debug)]
pub(super) struct Bounded<T> {
    transport: T,
    until: Option<Instant>,
}

impl<T> Bounded<T> {
    fn left(&self, mut timeout: NextTimeout) -> NextTimeout {
        if let Some(until) = self.until.filter(|_| timeout.reason == Timeout::Connect) {
            let left = until.saturating_duration_since(Instant::now());
            timeout.after = Duration::Exact(left.min(*timeout.after));
        }
        timeout
    }
}

impl<T: Transport> Transport for Bounded<T> {
    fn buffers(&mut self) -> &mut dyn Buffers {
        self.transport.buffers()
    }

    fn transmit_output(&mut self, amount: usize, timeout: NextTimeout) -> Result<(), Error> {
        self.transport.transmit_output(amount, self.left(timeout))
    }

    fn await_input(&mut self, timeout: NextTimeout) -> Result<bool, Error> {
        self.transport.await_input(self.left(timeout))
    }

    fn is_open(&mut self) -> bool {
        self.transport.is_open()
    }

    fn is_tls(&self) -> bool {
        self.transport.is_tls()
    }
}
