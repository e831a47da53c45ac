//! Sending signed events to a receiver.

use std::time::Duration;

use cryptopocket::time::{Clock as _, SystemClock};
use cryptopocket::webhooks::{
    API_KEY_HEADER, DEFAULT_TOLERANCE, SIGNATURE_HEADER, SignatureHeaders, Signer, TIMESTAMP_HEADER,
};
use cryptopocket::{
    Bytes, ErrorKind, HeaderMap, HeaderValue, HttpTransport, Method, Secret, Sent, Transport as _,
    TransportError, TransportErrorKind, WireRequest, input,
};
use cryptopocket_inbox::Delivery;

use super::signature::{self, signer};
use crate::prelude::*;

/// How long a receiver may take, unless --timeout is given.
const LIMIT: Duration = Duration::from_secs(30);
/// The signature of a stored event is kept for this long. A receiver takes none that is older than the tolerance.
const FRESH: Duration = Duration::from_secs(DEFAULT_TOLERANCE.as_secs() - 60);

/// A receiver of events, and the key that they are signed with.
#[derive(Clone)]
pub(super) struct Receiver {
    transport: HttpTransport,
    url: String,
    pub(super) signer: Signer,
    limit: Duration,
}

impl Receiver {
    /// The receiver at the address that `flag` gives, if it does. A missing scheme is http, as for `localhost:3000/webhooks`.
    /// It verifies with `secret`, or else the API secret.
    pub(super) fn at(
        flag: &str,
        url: Option<String>,
        secret: Option<Secret>,
        context: &Context,
    ) -> Result<Option<Self>> {
        let Some(url) = url else {
            return Ok(None);
        };
        // Missing credentials are told before an address that cannot be used.
        let secret = signature::secret(secret, context)?;
        let scheme = if url.contains("://") { "" } else { "http://" };
        let url = format!("{scheme}{url}");
        input::callback_url(flag, &Secret::from(url.as_str())).map_err(|_| {
            let cure = "Give an address that begins with http:// or https://, such as http://localhost:3000/webhooks; one \
                 without either is taken as http://.";
            Failure::input(format!("{flag} is not a web address"), cure)
        })?;
        let signer = signer(Some(secret), context)?;
        Ok(Some(Self {
            transport: context.transport()?,
            url,
            signer: set(signer, context.access()?.api_key, Signer::api_key),
            limit: context.global.timeout.unwrap_or(LIMIT),
        }))
    }

    /// Sends a body with these signature headers. Any HTTP status is an answer.
    pub(super) async fn send(&self, headers: HeaderMap, body: Bytes) -> Result<u16, TransportError> {
        let request = WireRequest {
            operation: "forward_webhook",
            method: Method::POST,
            url: self.url.clone(),
            headers,
            body,
            timeout: self.limit,
        };
        Ok(self.transport.send(request).await?.status)
    }

    /// Sends a stored event: with its own time and signature as long as they are fresh, and signed again after that.
    pub(super) async fn send_stored(&self, delivery: &Delivery) -> Result<u16, TransportError> {
        let age = SystemClock.now().duration_since(delivery.signed_at());
        let signed_at = u64::try_from(delivery.signed_at().unix_seconds()).ok();
        let headers = match signed_at.filter(|_| age.is_none_or(|age| age < FRESH)) {
            Some(seconds) => self.signer.sign_at(delivery.raw(), seconds),
            None => self.signer.sign(delivery.raw()),
        };
        let body = Bytes::copy_from_slice(delivery.raw());
        self.send(headers_of(&headers), body).await
    }
}

/// The headers of an event that was signed here.
pub(super) fn headers_of(signed: &SignatureHeaders<'_>) -> HeaderMap {
    with_content_type(signed.iter().map(|(name, value)| (name, value.as_bytes())))
}

/// The headers of a delivery that belong to its signature.
pub(super) fn headers_to_keep(came: &HeaderMap) -> HeaderMap {
    let kept = [API_KEY_HEADER, TIMESTAMP_HEADER, SIGNATURE_HEADER].into_iter();
    with_content_type(kept.filter_map(|name| Some((name, came.get(name)?.as_bytes()))))
}

fn with_content_type<'h>(headers: impl Iterator<Item = (&'h str, &'h [u8])>) -> HeaderMap {
    let json: (&str, &[u8]) = ("content-type", b"application/json");
    let headers = headers.chain([json]);
    headers
        .filter_map(|(name, value)| Some((name.parse().ok()?, HeaderValue::from_bytes(value).ok()?)))
        .collect()
}

/// Why an event did not reach its receiver, for people.
pub(super) fn unreached(error: &TransportError) -> String {
    match error.sent() {
        Sent::No => format!("the receiver cannot be reached: {error}"),
        _ => format!("the receiver gave no answer: {error}"),
    }
}

/// Whether the receiver took the event.
pub(super) fn is_taken(status: u16) -> bool {
    (200..300).contains(&status)
}

/// The end of a command whose event was not taken.
pub(super) fn not_taken(answer: &Result<u16, TransportError>) -> Option<Failure> {
    let (mut failure, sent) = match answer {
        Ok(status) if is_taken(*status) => return None,
        Ok(status) => {
            let cure = "A receiver answers 2xx once it has stored the event. Check its address, its secret and its log.";
            let message = format!("the receiver answered {status}");
            let mut failure = Failure::check("not_accepted", message, cure);
            failure.status = Some(*status);
            (failure, Sent::Yes)
        }
        Err(error) => {
            let (exit, kind) = match (error.sent(), error.kind()) {
                (Sent::No, _) => (Exit::NotSent, ErrorKind::NotSent),
                (_, TransportErrorKind::Timeout) => (Exit::Unknown, ErrorKind::Timeout),
                _ => (Exit::Unknown, ErrorKind::Interrupted),
            };
            let cure = "Check that the receiver runs, and that its address is right.";
            (
                Failure::new(exit, kind.as_str(), unreached(error), cure),
                error.sent(),
            )
        }
    };
    failure.sent = sent.as_str();
    Some(failure)
}
