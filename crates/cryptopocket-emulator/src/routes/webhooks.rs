//! Subscribing to events: the two calls that take forms.

use super::call::{Answer, Call};
use crate::catalogue::EVENT_TYPES;
use crate::fields::Fields;
use crate::wire::{Failure, Reply, or_refuse};

fn subscription(mut input: Fields<'_>) -> Result<(&'static str, String), Failure> {
    let event = input.required_choice("type", EVENT_TYPES);
    input.required_text("url", 2048);
    let url = input.url("url").unwrap_or_default();
    input.check()?;
    Ok((event, url))
}

pub(super) fn subscribe(call: &mut Call<'_>, input: Fields<'_>) -> Answer {
    let (event, url) = subscription(input)?;
    call.tenant().own.subscriptions.insert(event.to_owned(), url);
    Ok(Reply::data("subscription_created"))
}

pub(super) fn update(call: &mut Call<'_>, input: Fields<'_>) -> Answer {
    let (event, url) = subscription(input)?;
    let subscribed = call.tenant().own.subscriptions.get_mut(event);
    *or_refuse(subscribed, "subscription_not_found")? = url;
    Ok(Reply::data("subscription_updated"))
}
