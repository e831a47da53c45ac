//! A webhook as it leaves, with its signature.

use bytes::Bytes;
use cryptopocket_webhooks::Signer;

use super::Delivery;

/// A webhook that leaves now: post `body` with `headers` to `url`.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Webhook {
    /// Its number in the delivery log.
    pub id: u64,
    /// The URL to post it to.
    pub url: String,
    /// API key, timestamp and signature.
    pub headers: Vec<(&'static str, String)>,
    /// The body as it leaves. A fault can have changed it after signing.
    pub body: Bytes,
    pub(crate) generation: u64,
}

impl Webhook {
    /// Signs a delivery. Receivers compare the timestamp with their own clock, so it is the wall clock's.
    pub(crate) fn sign(
        delivery: &Delivery,
        (key, secret): (&str, &str),
        wall_now: i64,
        generation: u64,
    ) -> Self {
        let timestamp = u64::try_from(wall_now.saturating_add(delivery.skew)).unwrap_or(0);
        let mut headers = vec![("x-api-key", key.to_owned())];
        if let Ok(signer) = Signer::new(secret.to_owned()) {
            let signed = signer.sign_at(&delivery.body, timestamp);
            headers.push((TIMESTAMP, signed.timestamp().to_owned()));
            headers.push((SIGNATURE, signed.signature().to_owned()));
        }
        Self {
            id: delivery.id,
            url: delivery.url.clone(),
            headers,
            body: if delivery.corrupt {
                with_a_digit_changed(&delivery.body)
            } else {
                delivery.body.clone()
            },
            generation,
        }
    }

    /// Only an empty secret, which settings can give, cannot sign.
    pub(crate) fn is_signed(&self) -> bool {
        !self.header(SIGNATURE).is_empty()
    }

    pub(super) fn header(&self, name: &str) -> String {
        let header = self.headers.iter().find(|(known, _)| *known == name);
        header.map(|(_, value)| value.clone()).unwrap_or_default()
    }
}

pub(super) const TIMESTAMP: &str = "x-timestamp";
pub(super) const SIGNATURE: &str = "x-signature";

fn with_a_digit_changed(body: &Bytes) -> Bytes {
    let mut bytes = body.to_vec();
    if let Some(digit) = bytes.iter_mut().find(|byte| byte.is_ascii_digit()) {
        *digit = if *digit == b'9' { b'8' } else { *digit + 1 };
    }
    bytes.into()
}
