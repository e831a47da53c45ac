//! Decides whether a reply is a failure of the emulator.

use super::Case;
use crate::conformance::http::Answer;
use serde_json::Value;
use std::io;

/// The status of the reply, or the failure. `complaints` is the emulator's output on stderr.
pub(crate) fn judge(
    case: &Case,
    answer: Result<&[u8], &io::Error>,
    complaints: &str,
) -> Result<String, String> {
    if complaints.contains("panicked") {
        return Err(format!("a panic: {complaints}"));
    }
    let bytes = match answer {
        Ok(bytes) if !bytes.is_empty() => bytes,
        _ if !case.whole => return Ok("closed".to_owned()),
        Ok(_) => return Err("the connection closed without an answer".to_owned()),
        Err(error) => return Err(format!("no answer: {error}")),
    };
    let Some(answer) = Answer::read(bytes) else {
        return Err(format!("no HTTP: {}", shown(bytes)));
    };
    let body = answer.json();
    if answer.status >= 500 && !says_not_emulated(&answer, body.as_ref()) {
        return Err(format!("HTTP {}: {}", answer.status, shown(&answer.body)));
    }
    let declared = answer
        .header("content-length")
        .and_then(|text| text.parse::<usize>().ok());
    if case.whole && !case.bodiless && declared.is_some_and(|length| length != answer.body.len()) {
        return Err(format!(
            "a body of {} bytes where {declared:?} were declared",
            answer.body.len()
        ));
    }
    let says_json = answer
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("application/json"));
    if says_json && case.whole && !case.bodiless && !answer.is_json() {
        return Err(format!("no JSON: {}", shown(&answer.body)));
    }
    Ok(answer.status.to_string())
}

/// Whether the reply is the 501 of a feature that is not emulated.
fn says_not_emulated(answer: &Answer, body: Option<&Value>) -> bool {
    answer.status == 501 && body.and_then(|body| body.get("error")) == Some(&Value::from("not_emulated"))
}

fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).chars().take(400).collect()
}
