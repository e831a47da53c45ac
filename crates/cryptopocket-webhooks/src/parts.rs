use std::borrow::Cow;

use cryptopocket_types::SuccessWord;
use serde_json::value::RawValue;

use crate::catalogue::{Domain, EventKind};
use crate::error::VerifyError;
use crate::json::{self, Document, Members, malformed};

type Member<'b> = (Cow<'b, str>, &'b RawValue);

/// A body taken apart.
pub(crate) struct Parts<'b> {
    pub(crate) name: Cow<'b, str>,
    /// What stands beside the object.
    pub(crate) envelope: Members<'b>,
    /// The object: the members of `data`, and what they left out of it.
    pub(crate) payload: Members<'b>,
    /// Whether `data` by itself says which object it is.
    pub(crate) is_told_apart: bool,
}

impl<'b> Parts<'b> {
    pub(crate) fn of(document: &Document<'b>) -> Result<Self, VerifyError> {
        let Some(Members(mut members)) = document.members.clone() else {
            return Err(malformed(
                "the body is no JSON object",
                "the delivery is authentic but no event; read the verified bytes yourself",
            ));
        };
        let name = take_name(&mut members)?;
        let Some(Members(mut payload)) = document.data.clone() else {
            return Ok(Self {
                name,
                envelope: Members(Vec::new()),
                payload: Members(members),
                is_told_apart: false,
            });
        };
        members.retain(|(name, _)| name != "data");
        let domain = EventKind::from_name(&name).info().map(|info| info.domain);
        let (ids, fields) = object_fields(domain);
        let is_told_apart = says(&payload, ids);
        for names in [ids].iter().chain(fields) {
            complete(&mut payload, &mut members, names);
        }
        Ok(Self {
            name,
            envelope: Members(members),
            payload: Members(payload),
            is_told_apart,
        })
    }
}

type Names = &'static [&'static str];

/// The names of the object's id, and of each further field that may tell of it from beside `data`; the plainest first: a
/// bare `id` beside `data` may be that of the delivery.
///
/// A time is not among them: beside `data` it is that of the delivery.
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

/// Whether a value tells something that can be read: a number or a text that is not empty.
fn tells(value: &RawValue) -> bool {
    json::scalar(value.get()).is_some_and(|text| !text.is_empty())
}

fn says(members: &[Member<'_>], names: &[&str]) -> bool {
    members
        .iter()
        .any(|(name, value)| names.contains(&name.as_ref()) && tells(value))
}

/// Moves the first of `names` that `beside` has into `object`, if it has none of them.
fn complete<'b>(object: &mut Vec<Member<'b>>, beside: &mut Vec<Member<'b>>, names: &[&str]) {
    if says(object, names) {
        return;
    }
    let is_free = |wanted: &str| {
        let taken = object.iter().find(|(name, _)| name == wanted);
        taken.is_none_or(|(_, value)| matches!(value.get(), "null" | "\"\""))
    };
    let place = |wanted: &str| {
        beside.iter().position(|(name, value)| {
            name == wanted && tells(value) && !(wanted == "status" && is_of_the_delivery(value))
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

/// Replies of the API carry such a status beside `data`: it tells how the call went, not how the object stands.
fn is_of_the_delivery(status: &RawValue) -> bool {
    json::string(status.get())
        .is_some_and(|word| word == "error" || SuccessWord::ALL.iter().any(|known| known.as_str() == word))
}

/// Takes the event's name out of `members`. If both `type` and `event` are texts, the one that the catalogue knows is
/// the name, and the other a field; if it knows neither, `type` is.
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
                    "it cannot be known which of them is meant; read the verified bytes yourself",
                ));
            }
        },
        (Some(only), None) | (None, Some(only)) => only,
        (None, None) => return Ok(Cow::Borrowed("")),
    };
    members.remove(at);
    Ok(name)
}
