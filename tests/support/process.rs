//! Children that cannot outlive a test or hold it up for ever.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

/// Far longer than anything here takes; a test that waits so long has hung.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// Reads a stream to its end on a thread of its own.
pub(crate) fn drain(stream: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut stream = stream;
        let mut bytes = Vec::new();
        // A terminal whose other side is gone ends in an error; what came before it counts.
        let _ = stream.read_to_end(&mut bytes);
        let _ = sender.send(bytes);
    });
    receiver
}

/// The lines of a stream as they come.
pub(crate) fn lines(stream: impl Read + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        for line in BufReader::new(stream).lines() {
            if line.map(|line| sender.send(line)).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Waits for both streams of a child to end, then for the child.
pub(crate) fn finish(
    child: &mut Child,
    streams: [Option<Receiver<Vec<u8>>>; 2],
) -> ([Vec<u8>; 2], ExitStatus) {
    let read = streams.map(|stream| {
        stream.map_or_else(Vec::new, |stream| {
            stream.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                let _ = child.kill();
                panic!("the command is still running after {PATIENCE:?}");
            })
        })
    });
    (read, child.wait().expect("an exit status"))
}

/// The most memory a run takes, in KiB, as GNU time tells it.
pub(crate) fn peak(run: &super::Alter) -> (Option<i32>, u64, String) {
    let inner = run.command();
    let mut command = Command::new("/usr/bin/time");
    command.args(["-f", "peak %M"]).arg(inner.get_program()).args(inner.get_args()).env_clear();
    for (name, value) in inner.get_envs() {
        command.env(name, value.unwrap_or_default());
    }
    let done = command.current_dir(run.folder()).output().expect("GNU time");
    let errors = String::from_utf8_lossy(&done.stderr).into_owned();
    let peak = errors.rsplit("peak ").next().and_then(|text| text.trim().parse().ok());
    (done.status.code(), peak.expect("a peak"), errors)
}
