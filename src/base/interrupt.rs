//! Signals that end the program while a change is under way or a terminal does not echo: it is reported and cleaned up
//! before the program ends. A signal that whoever started it had it ignore, as `nohup` and the background jobs of
//! scripts do, stays ignored.

use std::fs;
use std::iter;
use std::process;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, Once};
use std::thread;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::{self, emulate_default_handler};

type Action = Box<dyn FnOnce() + Send>;

/// What is to be done when a signal comes now.
static PENDING: Mutex<Option<Action>> = Mutex::new(None);

/// Ctrl-C, Ctrl-\, the end of the terminal, and what `kill` sends.
const ENDING: [i32; 4] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM];

/// Does `action` when a signal comes before what this gives back is dropped.
pub(crate) fn on_interrupt(action: impl FnOnce() + Send + 'static) -> Pending {
    static WATCHING: Once = Once::new();
    if let Ok(mut pending) = PENDING.lock() {
        *pending = Some(Box::new(action));
    }
    WATCHING.call_once(watch);
    Pending
}

fn watch() {
    let ignored = ignored();
    // Without a handler the program ends as it always does, only without the message.
    let Ok(mut signals) = Signals::new(iter::empty::<i32>()) else {
        return;
    };
    for signal in ENDING.into_iter().filter(|signal| !ignored.contains(signal)) {
        let _ = signals.handle().add_signal(signal);
    }
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

/// Returns the signals that this program was started to ignore. Where the system does not say (macOS, or no /proc),
/// that is taken of the hang-up alone, so that `nohup` works.
fn ignored() -> Vec<i32> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    match mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()) {
        Some(mask) => ENDING.into_iter().filter(|signal| mask >> (signal - 1) & 1 == 1).collect(),
        None => vec![SIGHUP],
    }
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
