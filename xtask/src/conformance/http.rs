//! A minimal HTTP/1.1 client that sends any bytes.

use serde_json::Value;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

/// Longer than any reply without a fault takes.
const PATIENCE: Duration = Duration::from_secs(20);

/// For a request whose end may be missing.
const IMPATIENCE: Duration = Duration::from_millis(20);

/// A complete reply.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) head: String,
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

/// Makes a call, such as `POST /api/createPayment`, with a token unless that is empty.
pub(crate) fn ask(address: &str, call: &str, token: &str, body: &Value) -> Result<Answer, String> {
    let auth = if token.is_empty() {
        String::new()
    } else {
        format!("auth: {token}\r\n")
    };
    let body = if body.is_null() {
        String::new()
    } else {
        body.to_string()
    };
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
    /// Parses the reply in these bytes.
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

    /// A header's value.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then_some(value.trim())
        })
    }

    pub(crate) fn json(&self) -> Option<Value> {
        serde_json::from_slice(&self.body).ok()
    }

    /// Whether the body is one JSON value, numbers beyond any float included.
    pub(crate) fn is_json(&self) -> bool {
        serde_json::from_slice::<serde::de::IgnoredAny>(&self.body).is_ok()
    }

    /// Text or a number of the body, as text.
    pub(crate) fn text(&self, pointer: &str) -> Result<String, String> {
        match self.json().as_ref().and_then(|body| body.pointer(pointer)) {
            Some(Value::String(text)) => Ok(text.clone()),
            Some(Value::Number(number)) => Ok(number.to_string()),
            _ => {
                let body = String::from_utf8_lossy(&self.body);
                Err(format!("no {pointer} in {} {body}", self.status))
            }
        }
    }
}

/// Whether the head is complete and the body as long as declared.
fn is_complete(bytes: &[u8], bodiless: bool) -> bool {
    let Some(answer) = Answer::read(bytes) else {
        return false;
    };
    let declared = answer.header("content-length").and_then(|text| text.parse().ok());
    bodiless || declared.is_some_and(|length: usize| answer.body.len() >= length)
}
