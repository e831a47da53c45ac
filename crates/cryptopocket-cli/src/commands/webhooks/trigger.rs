use clap::Args;
use cryptopocket::webhooks::{Domain, Event, EventInfo, SIGNATURE_HEADER, TIMESTAMP_HEADER};
use cryptopocket::{Bytes, EventType, Extra, Idempotency, Method, RawJson, Secret};
use serde::Deserialize;

use super::forward::{Receiver, headers_of, not_taken};
use super::refused;
use super::seen::object_of;
use super::signature::signer;
use crate::prelude::*;
use crate::suggest::doubt;

/// Send a signed event to a receiver, to test it
///
/// It is a sample, or tells of a real payment or off-ramp as the provider has it now. Without --to, it is printed with the
/// headers of its signature. Exit code 8 if the receiver does not answer with a 2xx.
///
/// A receiver cannot tell it from an event of the provider. In an inbox, an event of a real object takes the place of the
/// provider's own event of that type: that one counts as a duplicate when it comes, and goes into quarantine if its content
/// differs. So an event is refused if its object does not have the status that the event stands for.
#[derive(Debug, Args)]
pub(crate) struct Trigger {
    /// `PAY_IN`, `COINS_SENT`, `CRYPTO_RECEIVED` or `TRANSFER_RAMPOFF_FINISHED`
    #[arg(value_name = "EVENT")]
    event: EventType,
    /// Payment that the event tells of, read from the provider
    #[arg(long, value_name = "ID", group = "object")]
    payment: Option<String>,
    /// Off-ramp that the event tells of, read from the provider
    #[arg(long, value_name = "ID", group = "object")]
    offramp: Option<String>,
    /// Sign it even if the object has another status: with the status that the event stands for. For receivers that keep
    /// no event of the provider only
    #[arg(long, requires = "object")]
    even_if_untrue: bool,
    /// Receiver to send it to, such as localhost:3000/webhooks
    #[arg(long, value_name = "URL")]
    to: Option<String>,
    /// Secret to sign with [default: the API secret]
    #[arg(long, value_name = "SECRET")]
    secret: Option<Secret>,
}

impl Trigger {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let info = self.info()?;
        let receiver = Receiver::at("--to", self.to.clone(), self.secret.clone(), context)?;
        let signer = match &receiver {
            Some(receiver) => receiver.signer.clone(),
            None => signer(self.secret.clone(), context)?,
        };
        let body = self.body(info, context).await?;
        let headers = signer.sign(body.as_bytes());
        let event = Event::parse(body.as_bytes()).map_err(|error| refused(&error))?;
        let (kind, timestamp, signature) = (self.event.as_str(), headers.timestamp(), headers.signature());
        let (object, id) = object_of(&event);
        let triggered = |answer: Option<u16>| {
            object! { "type": kind }
                .with(object, &id)
                .with("forwarded", &answer)
                .with("body", &body)
                .with("timestamp", &timestamp)
                .with("signature", &signature)
        };
        let Some(receiver) = receiver else {
            let text = format!("{TIMESTAMP_HEADER}: {timestamp}\n{SIGNATURE_HEADER}: {signature}\n\n{body}");
            return context.output.said(&triggered(None), text);
        };
        let sending = receiver.send(headers_of(&headers), Bytes::from(body.clone()));
        let answer = context.progress("sending").during(sending).await;
        if let Some(failure) = not_taken(&answer) {
            return Err(failure);
        }
        let text = format!("{kind} was taken by {}", self.to.as_deref().unwrap_or_default());
        context.output.said(&triggered(answer.ok()), clean(&text))
    }

    fn info(&self) -> Result<&'static EventInfo> {
        let Some(info) = EventInfo::find(self.event.as_str()) else {
            let doubt = doubt("EVENT", &self.event, EventType::ALL);
            let no_sample = || Failure::usage("EVENT: this version has no sample of it", "");
            return Err(doubt.unwrap_or_else(no_sample));
        };
        let misfit = match info.domain {
            Domain::OnRamp if self.offramp.is_some() => "--offramp: the event is about a payment",
            Domain::OffRamp if self.payment.is_some() => "--payment: the event is about an off-ramp",
            _ => return Ok(info),
        };
        let cure = "Give --payment with an on-ramp event, --offramp with an off-ramp event.";
        Err(Failure::usage(misfit, cure))
    }

    /// The sample, or what is true of the object: an event for another status only with --even-if-untrue.
    async fn body(&self, info: &EventInfo, context: &Context) -> Result<String> {
        let kind = self.event.as_str();
        let (flag, object) = match (&self.payment, &self.offramp) {
            (Some(_), _) => ("--payment", "payment"),
            (_, Some(_)) => ("--offramp", "off-ramp"),
            (None, None) => {
                let [sample, own] = [info.name, kind].map(|name| format!("\"{name}\""));
                return Ok(info.sample.replace(&sample, &own));
            }
        };
        let parse = |body: &str| Event::parse(body.as_bytes()).map_err(|error| refused(&error));
        let encoded = |data: &Extra| {
            let body = object! { "type": kind, "data": data };
            serde_json::to_string(&body).map_err(|_| unreadable())
        };
        let mut data = self.object(context).await?;
        let (sample, true_body) = (parse(info.sample)?, encoded(&data)?);
        let event = parse(&true_body)?;
        let found = event.status();
        let Some(meant) = sample.status().filter(|meant| found.as_ref() != Some(meant)) else {
            return Ok(true_body);
        };
        if !self.even_if_untrue {
            let found = found.map_or_else(|| "no status".to_owned(), |found| format!("the status {found}"));
            let message =
                format!("{flag}: {kind} stands for the status {meant}, and the {object} has {found}");
            return Err(Failure::input(
                clean(&message),
                "An inbox would keep the untrue event and take the provider's own one for a duplicate. Give the event of the \
                 present status or, for a receiver that keeps no event of the provider, --even-if-untrue.",
            ));
        }
        if let Ok(status) = RawJson::encode(&*meant) {
            data.insert("status", status);
        }
        encoded(&data)
    }

    /// The object as the provider sends it, each value with its exact text.
    async fn object(&self, context: &Context) -> Result<Extra> {
        #[derive(Deserialize)]
        struct Reply {
            data: Extra,
        }
        let client = context.client()?;
        let get = |path| client.session().raw(Method::GET, path);
        let (operation, call) = match &self.payment {
            Some(id) => ("get_payment", get("/payment/{payment_id}").path(id)),
            None => ("get_offramp", get("/getRampoff").query("id", &self.offramp)),
        };
        let call = call.idempotency(Idempotency::Safe);
        let reply = context.progress("reading the object").during(call.send()).await;
        let reply = reply.map_err(|error| Failure::of_call(error, operation))?;
        let reply: Reply = serde_json::from_slice(reply.body()).map_err(|_| unreadable())?;
        Ok(reply.data)
    }
}

fn unreadable() -> Failure {
    Failure::check(
        "unexpected_reply",
        "the provider's reply holds no object under `data`",
        "Leave --payment and --offramp out to send the sample.",
    )
}
