//! A minimal HTTP/1.1 client that sends any bytes.

use serde_json::Value;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any reply without a fault takes.
const PATIENCE: Duration = Duration::from_secs(20);
/// For a request whose end may be missing.
const IMPATIENCE: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    head: String,
    pub(crate) body: Vec<u8>,
}

/// Sends bytes and reads one reply, over a connection of its own. A request that is not `whole` may leave the server waiting,
/// so the read times out early.
pub(crate) fn exchange(address: &str, bytes: &[u8], whole: bool, bodiless: bool) -> io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_nodelay(true)?;
    stream.set_write_timeout(Some(PATIENCE))?;
    stream.set_read_timeout(Some(if whole { PATIENCE } else { IMPATIENCE }))?;
    // Not an error: a server may reply and close before it has read everything.
    drop(stream.write_all(bytes));
    let mut answer = Vec::new();
    let mut piece = [0; 16_384];
    while !is_complete(&answer, bodiless) {
        match stream.read(&mut piece) {
            Ok(0) => break,
            Ok(count) => answer.extend_from_slice(piece.get(..count).unwrap_or_default()),
            Err(error) if answer.is_empty() && whole => return Err(error),
            Err(_) => break,
        }
    }
    Ok(answer)
}

/// Whether the head is complete and the body as long as declared.
fn is_complete(bytes: &[u8], bodiless: bool) -> bool {
    Answer::read(bytes).is_some_and(|answer| {
        let declared = answer.declared();
        bodiless || declared.is_some_and(|length| answer.body.len() >= length)
    })
}

/// Makes a call, such as `POST /api/createPayment`, with a token unless that is empty, and a body unless that is null.
pub(crate) fn ask(address: &str, call: &str, token: &str, body: &Value) -> Result<Answer, String> {
    let text = |is_empty, text: String| if is_empty { String::new() } else { text };
    let auth = text(token.is_empty(), format!("auth: {token}\r\n"));
    let body = text(body.is_null(), body.to_string());
    let length = body.len();
    let request = format!(
        "{call} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{auth}\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    let answer = exchange(address, request.as_bytes(), true, false);
    let bytes = answer.map_err(|e| format!("the emulator: {e}"))?;
    Answer::read(&bytes).ok_or_else(|| "the emulator answered no HTTP".to_owned())
}

impl Answer {
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n")?;
        let head = String::from_utf8_lossy(bytes.get(..end)?).into_owned();
        let status = head.strip_prefix("HTTP/1.")?.get(2..5)?.parse().ok()?;
        Some(Self {
            status,
            head,
            body: bytes.get(end + 4..)?.to_vec(),
        })
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    /// The length of the body that the head declares.
    pub(crate) fn declared(&self) -> Option<usize> {
        self.header("content-length")?.parse().ok()
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// A field of the object, or of each row, at a pointer of the body, as text. Not empty.
    pub(crate) fn texts(&self, pointer: &str, field: &str) -> Result<Vec<String>, String> {
        let body = self.json().unwrap_or_default();
        let found = body.pointer(pointer).unwrap_or(&body);
        let rows = found
            .as_array()
            .map_or(std::slice::from_ref(found), Vec::as_slice);
        let texts = rows.iter().filter_map(|row| match row.get(field)? {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        });
        let texts: Vec<String> = texts.collect();
        if texts.is_empty() {
            return Err(format!("no {field} in {pointer} of {} {body}", self.status));
        }
        Ok(texts)
    }
}
