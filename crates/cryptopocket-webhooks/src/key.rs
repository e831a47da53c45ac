use std::borrow::Cow;
use std::fmt::{self, Write as _};

use cryptopocket_types::{CoinAmount, Extra};
use sha2::{Digest, Sha256};

use crate::encoding::hex_lower;
use crate::event::Event;
use crate::json::{Document, Members};
use crate::parts::Parts;
use crate::payload::Payload;
use crate::restyle;

/// What tells an event from others: its type, object, state and money.
///
/// The provider sends no event id, so the key is derived. Deliveries of one event have one key, in either spelling of its
/// type. Two *different* bodies with one key are possible, and then something is wrong: a
/// [`Deduplicator`](crate::Deduplicator) reports them.
///
/// The text is stable across versions and fit for a database: printable, with `|` between the parts and `%` escapes
/// within them.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::Event;
///
/// let old = Event::parse(br#"{"type":"RAMPOFF_FINISHED","data":{"id":7,"status":"finished","fiat_amount":"4800.24"}}"#)?;
/// let new = Event::parse(br#"{"event":"TRANSFER_RAMPOFF_FINISHED","id":"7","status":"finished","fiat_amount":"4800.240"}"#)?;
/// assert_eq!(old.key(), new.key());
/// assert_eq!(old.key().as_str(), "TRANSFER_RAMPOFF_FINISHED|id:7|finished|4800.24|");
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(Box<str>);

impl EventKey {
    pub(crate) fn of(event: &Event) -> Self {
        let name = event.info().map_or(event.name(), |info| info.name);
        // Without an id nothing ties two deliveries together but what they say.
        let object = event.object_id().map_or_else(
            || format!("body:{}", hex_lower(&event.fingerprint())),
            |id| format!("id:{id}"),
        );
        let state = event.status().unwrap_or_default();
        let [fiat, coin] = money(event.payload());
        Self(
            [name, &object, &state, &fiat, &coin]
                .into_iter()
                .map(|part| escaped(part))
                .collect::<Vec<_>>()
                .join("|")
                .into(),
        )
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EventKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for EventKey {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// The two amounts, by value where they could be read and by their text where not.
fn money(payload: &Payload) -> [String; 2] {
    let raw = |extra: &Extra, name: &str| {
        extra
            .get(name)
            .map_or_else(String::new, |raw| raw.get().to_owned())
    };
    let coins = |coin: &CoinAmount| format!("{} {}", coin.amount().normalized(), coin.symbol());
    match payload {
        Payload::Payment(payment) => [
            payment.fiat.map_or_else(
                || raw(&payment.extra, "fiat_amount"),
                |fiat| format!("{} {}", fiat.amount().normalized(), fiat.currency()),
            ),
            payment
                .coin
                .as_ref()
                .map_or_else(|| raw(&payment.extra, "coin_amount"), coins),
        ],
        Payload::Offramp(offramp) => [
            offramp.fiat_amount.map_or_else(
                || raw(&offramp.extra, "fiat_amount"),
                |amount| amount.normalized().to_string(),
            ),
            offramp
                .coin
                .as_ref()
                .map_or_else(|| raw(&offramp.extra, "amount"), coins),
        ],
        Payload::Other(fields) => {
            let first = |names: [&str; 2]| {
                names
                    .into_iter()
                    .map(|name| raw(fields, name))
                    .find(|text| !text.is_empty())
                    .unwrap_or_default()
            };
            [raw(fields, "fiat_amount"), first(["coin_amount", "amount"])]
        }
    }
}

fn escaped(part: &str) -> Cow<'_, str> {
    let special = |c: char| matches!(c, '|' | '%') || c.is_control();
    if !part.contains(special) {
        return Cow::Borrowed(part);
    }
    let mut out = String::with_capacity(part.len() + 8);
    for c in part.chars() {
        if special(c) {
            let _ = write!(out, "%{:02X}", u32::from(c));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// SHA-256 over the fields of the object in `body`, sorted by name, without white space between the parts of a value;
/// and, unless `data` holds the object's id, over what stands beside it too.
pub(crate) fn fingerprint(body: &str) -> [u8; 32] {
    let mut hash = Sha256::new();
    // An event's own text was read once already, so it can be read again.
    if let Some(parts) = Document::read(body.as_bytes())
        .ok()
        .and_then(|document| Parts::of(&document).ok())
    {
        update(&mut hash, parts.payload);
        if !parts.is_told_apart && !parts.envelope.0.is_empty() {
            // No field has this length, so what follows cannot be taken for one of the object.
            hash.update(u64::MAX.to_be_bytes());
            update(&mut hash, parts.envelope);
        }
    }
    hash.finalize().into()
}

fn update(hash: &mut Sha256, members: Members<'_>) {
    let mut fields = members.0;
    fields.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in fields {
        let value = restyle::compact(value.get());
        for part in [name.as_bytes(), value.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
}
