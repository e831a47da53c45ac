//! Decides whether a reply is a failure of the emulator.

use super::Case;
use crate::conformance::http::Answer;
use serde::de::IgnoredAny;
use std::io;

/// The status of the reply, or the failure. `printed` is the emulator's output.
pub(crate) fn judge(case: &Case, answer: Result<&[u8], &io::Error>, printed: &str) -> Result<String, String> {
    if printed.contains("panicked") {
        return Err(format!("a panic: {printed}"));
    }
    let bytes = match answer {
        Ok(bytes) if !bytes.is_empty() => bytes,
        _ if !case.whole => return Ok("closed".to_owned()),
        Ok(_) => return Err("the connection closed without an answer".to_owned()),
        Err(error) => return Err(format!("no answer: {error}")),
    };
    let shown = |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).chars().take(400).collect() };
    let answer = Answer::read(bytes).ok_or_else(|| format!("no HTTP: {}", shown(bytes)))?;
    let Answer { status, body, .. } = &answer;
    // The reply of a feature that is not emulated.
    let is_left_out = *status == 501 && answer.json().is_some_and(|body| body["error"] == "not_emulated");
    if *status >= 500 && !is_left_out {
        return Err(format!("HTTP {status}: {}", shown(body)));
    }
    if case.whole && !case.bodiless {
        let (length, declared) = (body.len(), answer.declared());
        if declared.is_some_and(|declared| declared != length) {
            return Err(format!(
                "a body of {length} bytes where {declared:?} were declared"
            ));
        }
        let kind = answer.header("content-type").unwrap_or_default();
        // Numbers beyond any float included.
        if kind.starts_with("application/json") && serde_json::from_slice::<IgnoredAny>(body).is_err() {
            return Err(format!("no JSON: {}", shown(body)));
        }
    }
    Ok(status.to_string())
}
