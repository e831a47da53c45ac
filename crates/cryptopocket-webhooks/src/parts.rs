//! Splits a body into name, object and envelope.

use std::borrow::Cow;

use cryptopocket_types::SuccessWord;
use serde_json::value::RawValue;

use crate::catalogue::{Domain, EventKind};
use crate::error::VerifyError;
use crate::json::{self, Document, Members, malformed};

type Member<'b> = (Cow<'b, str>, &'b RawValue);

/// The parts of an event body.
pub(crate) struct Parts<'b> {
    pub(crate) name: Cow<'b, str>,
    /// The members beside the object.
    pub(crate) envelope: Members<'b>,
    /// The object: the members of `data`, completed from beside it.
    pub(crate) payload: Members<'b>,
    /// Whether `data` itself contains the id of the object.
    pub(crate) data_has_id: bool,
}

impl<'b> Parts<'b> {
    pub(crate) fn of(document: &Document<'b>) -> Result<Self, VerifyError> {
        let Some(Members(mut members)) = document.members.clone() else {
            return Err(malformed(
                "the body is not a JSON object",
                "the delivery is authentic but not an event; read the verified bytes",
            ));
        };
        let name = take_name(&mut members)?;
        let Some(Members(mut payload)) = document.data.clone() else {
            return Ok(Self {
                name,
                envelope: Members(Vec::new()),
                payload: Members(members),
                data_has_id: false,
            });
        };
        members.retain(|(name, _)| name != "data");
        let domain = EventKind::from_name(&name).info().map(|info| info.domain);
        let (ids, fields) = object_fields(domain);
        let data_has_id = has_any(&payload, ids);
        for names in [ids].iter().chain(fields) {
            complete(&mut payload, &mut members, names);
        }
        Ok(Self {
            name,
            envelope: Members(members),
            payload: Members(payload),
            data_has_id,
        })
    }
}

type Names = &'static [&'static str];

/// The names of the object's id, and of every other field of the object that may stand beside `data`.
///
/// The most specific name comes first, since a bare `id` beside `data` may belong to the delivery. Times are missing,
/// since a time beside `data` belongs to the delivery.
fn object_fields(domain: Option<Domain>) -> (Names, &'static [Names]) {
    match domain {
        Some(Domain::OnRamp) => (
            &["payment_id", "id"],
            &[
                &["status"],
                &["external_id"],
                &["user_id"],
                &["fiat_amount"],
                &["fiat_symbol"],
                &["coin_amount"],
                &["coin_symbol", "symbol"],
                &["coin_chain", "chain", "blockchain"],
                &["holder"],
                &["txid"],
            ],
        ),
        Some(Domain::OffRamp) => (
            &["rampoff_id", "id"],
            &[
                &["status"],
                &["external_id"],
                &["user_id"],
                &["amount"],
                &["decimals"],
                &["crypto", "symbol"],
                &["blockchain", "chain"],
                &["fiat_amount"],
                &["fiat_symbol"],
            ],
        ),
        None => (
            &["payment_id", "rampoff_id", "id"],
            &[
                &["status"],
                &["external_id"],
                &["user_id"],
                &["fiat_amount"],
                &["fiat_symbol"],
                &["coin_amount", "amount"],
                &["decimals"],
                &["coin_symbol", "crypto", "symbol"],
                &["coin_chain", "blockchain", "chain"],
                &["holder"],
                &["txid"],
            ],
        ),
    }
}

/// Whether the value is a number or a text that is not empty.
fn is_present(value: &RawValue) -> bool {
    json::scalar(value.get()).is_some_and(|text| !text.is_empty())
}

fn has_any(members: &[Member<'_>], names: &[&str]) -> bool {
    members
        .iter()
        .any(|(name, value)| names.contains(&name.as_ref()) && is_present(value))
}

/// Moves the first member among `names` from `beside` to `object`, unless `object` has one of them.
fn complete<'b>(object: &mut Vec<Member<'b>>, beside: &mut Vec<Member<'b>>, names: &[&str]) {
    if has_any(object, names) {
        return;
    }
    let is_free = |wanted: &str| {
        let taken = object.iter().find(|(name, _)| name == wanted);
        taken.is_none_or(|(_, value)| matches!(value.get(), "null" | "\"\""))
    };
    let place = |wanted: &str| {
        beside.iter().position(|(name, value)| {
            name == wanted && is_present(value) && !(wanted == "status" && is_reply_status(value))
        })
    };
    if let Some(at) = names
        .iter()
        .filter(|name| is_free(name))
        .find_map(|name| place(name))
    {
        let member = beside.remove(at);
        object.retain(|(name, _)| *name != member.0);
        object.push(member);
    }
}

/// Whether the status is that of a reply envelope, as in replies of the API, and not that of the object.
fn is_reply_status(status: &RawValue) -> bool {
    json::string(status.get())
        .is_some_and(|word| word == "error" || SuccessWord::ALL.iter().any(|known| known.as_str() == word))
}

/// Removes the event's name from `members`.
///
/// If `type` and `event` are both texts, the one in the catalogue is the name and the other a field; if neither is in the
/// catalogue, `type` is the name.
fn take_name<'b>(
    members: &mut Vec<(Cow<'b, str>, &'b serde_json::value::RawValue)>,
) -> Result<Cow<'b, str>, VerifyError> {
    let text_at = |wanted: &str| {
        let at = members.iter().position(|(name, _)| name == wanted)?;
        Some((at, json::string(members[at].1.get())?))
    };
    let (at, name) = match (text_at("type"), text_at("event")) {
        (Some(a), Some(b)) => match (EventKind::from_name(&a.1), EventKind::from_name(&b.1)) {
            (EventKind::Unknown, EventKind::Unknown) => a,
            (EventKind::Unknown, _) => b,
            (_, EventKind::Unknown) => a,
            (kind, other) if kind == other => a,
            _ => {
                return Err(malformed(
                    "`type` and `event` name two different events",
                    "which of them is meant is undefined; read the verified bytes",
                ));
            }
        },
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return Ok(Cow::Borrowed("")),
    };
    members.remove(at);
    Ok(name)
}
