//! Ctrl-C and SIGTERM while a change is under way or a terminal does not echo: it is reported and cleaned up before the
//! program ends.

use std::process;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::{self, emulate_default_handler};

type Action = Box<dyn FnOnce() + Send>;

/// What is to be done when a signal comes now.
static PENDING: Mutex<Option<Action>> = Mutex::new(None);

/// Does `action` when a signal comes before what this gives back is dropped.
pub(crate) fn on_interrupt(action: impl FnOnce() + Send + 'static) -> Pending {
    on_signals(&[SIGINT, SIGTERM], action)
}

/// The same, also when the terminal hangs up. Not for what may run under `nohup`.
pub(crate) fn on_interrupt_or_hangup(action: impl FnOnce() + Send + 'static) -> Pending {
    on_signals(&[SIGINT, SIGTERM, SIGHUP], action)
}

fn on_signals(signals: &[i32], action: impl FnOnce() + Send + 'static) -> Pending {
    if let Ok(mut pending) = PENDING.lock() {
        *pending = Some(Box::new(action));
    }
    // Without a handler the program ends as it always does, only without the message.
    if let Ok(mut signals) = Signals::new(signals) {
        thread::spawn(move || {
            for signal in signals.forever() {
                // Locked until the program has ended: no step follows the report of what was done.
                let mut pending = PENDING.lock();
                if let Some(action) = pending.as_mut().ok().and_then(|pending| pending.take()) {
                    action();
                }
                end_by(signal);
            }
        });
    }
    Pending
}

/// The process that a container starts with. The kernel drops every signal that it has no handler for.
const FIRST: u32 = 1;

/// Makes a signal end the program also where it is the first process of a container.
pub(crate) fn end_as_first_process() {
    if process::id() == FIRST {
        drop(on_interrupt(|| ()));
    }
}

/// Has a write over the limit for the size of files fail as on a full disk, where its signal would end the program.
pub(crate) fn outlive_file_limit() {
    // Without the handler the signal ends the program, as it did.
    let _ = flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false)));
}

/// Ends the program as Ctrl-C does.
pub(crate) fn end() {
    end_by(SIGINT);
}

fn end_by(signal: i32) {
    if process::id() == FIRST {
        low_level::exit(128 + signal);
    }
    let _ = emulate_default_handler(signal);
}

/// Lasts as long as there is something to do about a signal.
#[derive(Debug)]
pub(crate) struct Pending;

impl Pending {
    /// Runs a step that the action of a signal finds either done or not begun.
    pub(crate) fn uninterrupted<T>(&self, step: impl FnOnce() -> T) -> T {
        let _held = PENDING.lock();
        step()
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        if let Ok(mut pending) = PENDING.lock() {
            *pending = None;
        }
    }
}
