//! What the generated client needs. Not for applications: it names types of `reqwest` and of `progenitor-client`,
//! whose versions follow the generator.
#![doc(hidden)]

use http::{HeaderMap, StatusCode};

use crate::attempt::Call;
use crate::error::Error;
use crate::json_path;
use crate::operation::Operation;
use crate::session::Session;
use crate::transport;

/// Marks an answer that stands for an error of the SDK; no server sends it.
const CARRIED: u16 = 599;

#[derive(Clone)]
struct Carried(Error);

/// A client for building requests. It must not send them: it trusts no certificate.
pub fn request_client() -> reqwest::Client {
    transport::request_client()
}

/// Makes the call that `request` describes, and gives its answer as a response of status 200 whose body is the
/// operation's answer alone. An error travels in a response that [`finish`] understands.
pub async fn exec(
    session: &Session,
    operation: &'static Operation,
    request: reqwest::Request,
) -> reqwest::Result<reqwest::Response> {
    let outcome = match call(operation, request) {
        Ok(call) => session.call(call).await,
        Err(error) => Err(error),
    };
    let mut response = http::Response::new(reqwest::Body::default());
    match outcome {
        Ok(reply) => *response.body_mut() = reqwest::Body::from(reply.body),
        Err(error) => {
            *response.status_mut() =
                StatusCode::from_u16(CARRIED).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response.extensions_mut().insert(Carried(error));
        }
    }
    Ok(response.into())
}

/// The answer, or the error, of a generated call.
pub fn finish<T>(
    operation: &'static Operation,
    outcome: Result<progenitor_client::ResponseValue<T>, progenitor_client::Error<()>>,
) -> Result<T, Error> {
    use progenitor_client::Error as Generated;
    match outcome {
        Ok(value) => Ok(value.into_inner()),
        Err(Generated::UnexpectedResponse(mut response)) => {
            Err(match response.extensions_mut().remove::<Carried>() {
                Some(Carried(error)) => error,
                None => Error::unexpected_reply(operation, "the answer did not come through the session"),
            })
        }
        Err(Generated::InvalidResponsePayload(body, error)) => Err(misfit(operation, &body, &error)),
        Err(Generated::InvalidRequest(reason)) => Err(incomplete(operation, &reason)),
        Err(_) => Err(Error::unexpected_reply(operation, "the generated client failed")),
    }
}

fn call(operation: &'static Operation, mut request: reqwest::Request) -> Result<Call, Error> {
    let body = transport::take_body(request.body_mut().take()).map_err(|_| {
        Error::invalid_input(
            "the body",
            "is a stream, which cannot be repeated",
            "Give it as bytes.",
        )
        .with_operation(operation.id)
    })?;
    let mut headers: HeaderMap = std::mem::take(request.headers_mut());
    // The generator's own idea; the provider does not know it.
    headers.remove("api-version");
    Ok(Call {
        operation,
        method: request.method().clone(),
        url: request.url().as_str().to_owned(),
        headers,
        body,
    })
}

fn misfit(operation: &'static Operation, body: &bytes::Bytes, error: &serde_json::Error) -> Error {
    let path = json_path::at(body, error.line(), error.column()).filter(|path| !path.is_empty());
    let place = path.map_or_else(|| "the reply".to_owned(), |path| format!("the reply at {path}"));
    let detail = match missing_field(error) {
        Some(field) => format!("{place} lacks the field {field}"),
        None => format!("{place} is not what this SDK expects there"),
    };
    Error::unexpected_reply(operation, detail).with_raw_body(body)
}

/// The name is the type's own, so it can be shown; any other message may quote the value.
fn missing_field(error: &serde_json::Error) -> Option<String> {
    let text = error.to_string();
    let (name, _) = text.strip_prefix("missing field `")?.split_once('`')?;
    name.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        .then(|| name.to_owned())
}

/// Keeps what the builder says up to the first colon: what follows may quote the value.
fn incomplete(operation: &'static Operation, reason: &str) -> Error {
    let rule = reason.split(':').next().unwrap_or_default();
    Error::invalid_input(
        "the request",
        &format!("cannot be built: {rule}"),
        "Give every required value, and ids exactly as the provider gave them.",
    )
    .with_operation(operation.id)
}
