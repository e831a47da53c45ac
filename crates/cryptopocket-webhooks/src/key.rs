//! Identity and fingerprint of an event.

use std::borrow::Cow;
use std::fmt::Write as _;

use cryptopocket_types::{formats, from, shown};
use sha2::{Digest, Sha256};

use crate::catalogue::EventKind;
use crate::encoding::hex_lower;
use crate::error::VerifyError;
use crate::json::{Document, Members};
use crate::parts::Parts;
use crate::tokens::compact;

/// Identity of an event: its kind and the id of its object.
///
/// The provider sends no event id, so the key is derived. All deliveries of one event have one key, in either spelling
/// of its name, even if status or amount of the object have changed between two deliveries. A
/// [`Deduplicator`](crate::Deduplicator) reports such a change.
///
/// The text is stable across versions and fit for a database: printable, with `|` between the parts and `%` escapes
/// within them.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::Event;
///
/// let old = Event::parse(br#"{"type":"RAMPOFF_FINISHED","data":{"id":7,"status":"finished"}}"#)?;
/// let new = Event::parse(br#"{"event":"TRANSFER_RAMPOFF_FINISHED","id":"7","fiat_amount":"4800.240"}"#)?;
/// assert_eq!(old.key(), new.key());
/// assert_eq!(old.key().as_str(), "TRANSFER_RAMPOFF_FINISHED|id:7");
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
///
/// Debug shows the id of the object, unless it has the form of an account or another personal datum, and hides a name that is
/// not in the catalogue and may be data.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventKey(pub(crate) Box<str>);

impl EventKey {
    /// `name` is that of the catalogue, if the event is known.
    pub(crate) fn new(name: &str, object_id: Option<&str>, fingerprint: impl FnOnce() -> [u8; 32]) -> Self {
        // Status and money stay out: they may move on between two deliveries of one event, and a handler that credits
        // on `PAY_IN` must see the second as known.
        //
        // Without an id only the whole content can identify the object.
        let (of, object) = match object_id {
            Some(id) => ("|id:", escaped(id)),
            None => ("|body:", hex_lower(&fingerprint()).into()),
        };
        Self([&*escaped(name), of, &*object].concat().into())
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

formats! {
    Debug of EventKey, |key, f| {
        let (name, object) = key.0.split_once('|').unwrap_or_default();
        let (of, id) = object.split_once(':').unwrap_or_default();
        let name = EventKind::from_name(name)
            .name()
            .unwrap_or_else(|| shown::word(name));
        write!(f, "EventKey({name}|{of}:{})", shown::id(id))
    };
    Display of EventKey, |key, f| f.write_str(&key.0);
}

from! {
    EventKey => String, |key| key.0.into();
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

/// What a store keeps of an event to know it again: all that is read when no other field is needed.
///
/// Debug shows the key alone, as [`EventKey`] shows itself: with the id of the object, unless that has the form of other data.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct EventIdentity {
    /// As [`Event::key`](crate::Event::key).
    pub key: EventKey,
    /// The name in the catalogue; for an unknown event as received, and empty if the body has none.
    pub name: String,
    /// As [`Event::object_id`](crate::Event::object_id).
    pub object_id: Option<String>,
    /// As [`Event::fingerprint`](crate::Event::fingerprint).
    pub fingerprint: [u8; 32],
}

impl EventIdentity {
    pub(crate) fn of(body: &Document<'_>) -> Result<Self, VerifyError> {
        Parts::with(body, |parts| {
            let name = parts
                .kind
                .info()
                .map_or_else(|| parts.name.to_string(), |info| info.name.to_owned());
            let object_id = parts.object_id();
            let fingerprint = fingerprint(parts);
            Self {
                key: EventKey::new(&name, object_id.as_deref(), || fingerprint),
                name,
                object_id,
                fingerprint,
            }
        })
    }
}

formats! {
    Debug of EventIdentity, |identity, f| f.debug_tuple("EventIdentity").field(&identity.key).finish();
}

/// SHA-256 over the fields of the object, sorted by name and without white space between tokens.
///
/// Unless `data` contains the object's id, the members beside `data` are hashed too.
pub(crate) fn fingerprint(parts: Parts<'_>) -> [u8; 32] {
    let mut hash = Sha256::new();
    update(&mut hash, parts.payload);
    if !parts.data_has_id && !parts.envelope.is_empty() {
        // No field has this length, so the members beside the object cannot pass for its fields.
        hash.update(u64::MAX.to_be_bytes());
        update(&mut hash, parts.envelope);
    }
    hash.finalize().into()
}

fn update(hash: &mut Sha256, mut fields: Members<'_>) {
    fields.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    for (name, value) in fields {
        let value = compact(value.get());
        for part in [name.as_bytes(), value.as_bytes()] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part);
        }
    }
}
