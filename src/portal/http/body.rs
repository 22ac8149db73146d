//! Reading bodies, by length or in chunks, up to a limit.

use super::connection::{Connection, ReceiveError};
use super::refusal::Refusal;
use super::request::Framing;

const LIMIT: usize = 1 << 20;
/// Chunk sizes with their extensions, and the trailer section, are never long.
const LINE_LIMIT: usize = 4 << 10;

/// Refuses a body that says itself that it is too large, before a byte of it is read.
pub(super) fn check(framing: &Framing) -> Result<(), Refusal> {
    match framing {
        Framing::Length(length) if *length > LIMIT as u64 => Err(too_large()),
        _ => Ok(()),
    }
}

/// The whole body.
pub(super) fn read(
    connection: &mut Connection,
    framing: &Framing,
) -> Result<Vec<u8>, ReceiveError> {
    match framing {
        Framing::Length(length) => {
            let length = usize::try_from(*length).map_err(|_| too_large())?;
            take(connection, length)
        }
        Framing::Chunked => chunks(connection),
    }
}

fn chunks(connection: &mut Connection) -> Result<Vec<u8>, ReceiveError> {
    let mut body = Vec::new();
    loop {
        let size = chunk_size(connection)?;
        if size == 0 {
            trailers(connection)?;
            return Ok(body);
        }
        if size > LIMIT - body.len() {
            return Err(too_large().into());
        }
        body.append(&mut take(connection, size)?);
        if take(connection, 2)? != b"\r\n" {
            return Err(bad_chunk().into());
        }
    }
}

fn chunk_size(connection: &mut Connection) -> Result<usize, ReceiveError> {
    loop {
        match httparse::parse_chunk_size(&connection.buffer) {
            Ok(httparse::Status::Complete((used, size))) => {
                connection.buffer.drain(..used);
                return usize::try_from(size).map_err(|_| too_large().into());
            }
            Ok(httparse::Status::Partial) if connection.buffer.len() < LINE_LIMIT => {
                connection.fill()?;
            }
            _ => return Err(bad_chunk().into()),
        }
    }
}

fn trailers(connection: &mut Connection) -> Result<(), ReceiveError> {
    let mut seen = 0;
    loop {
        let line = line(connection)?;
        seen += line.len();
        if line == b"\r\n" || line == b"\n" {
            return Ok(());
        }
        if seen > LINE_LIMIT {
            return Err(bad_chunk().into());
        }
    }
}

fn line(connection: &mut Connection) -> Result<Vec<u8>, ReceiveError> {
    loop {
        if let Some(end) = connection.buffer.iter().position(|byte| *byte == b'\n') {
            return take(connection, end + 1);
        }
        if connection.buffer.len() > LINE_LIMIT {
            return Err(bad_chunk().into());
        }
        connection.fill()?;
    }
}

fn take(connection: &mut Connection, count: usize) -> Result<Vec<u8>, ReceiveError> {
    while connection.buffer.len() < count {
        connection.fill()?;
    }
    Ok(connection.buffer.drain(..count).collect())
}

fn too_large() -> Refusal {
    Refusal::new(413, "payload_too_large", "A body is at most 1 MiB.")
}

fn bad_chunk() -> Refusal {
    Refusal::new(400, "invalid_request", "The chunked body is malformed.")
}
