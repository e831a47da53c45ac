use http::header::CONTENT_TYPE;

use crate::operation::Operation;
use crate::transport::WireResponse;

/// Whether a raw call returns this reply as it is, though no operation of this API answers so: a status without a body, or
/// a form that is not JSON, such as CSV.
///
/// HTML is not returned: it comes from a proxy or a web site, and would pass for the answer of the call.
pub(crate) fn is_raw_answer(operation: &Operation, response: &WireResponse) -> bool {
    if !operation.is_raw() {
        return false;
    }
    let form = response
        .headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let form = form.unwrap_or_default().to_ascii_lowercase();
    match response.status {
        204 | 205 => response.body.is_empty(),
        200..300 => {
            !form.is_empty() && !form.contains("json") && !form.contains("html") && !form.contains("xhtml")
        }
        _ => false,
    }
}
