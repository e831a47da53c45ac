use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use cryptopocket_api::operations::LIST_PAYMENTS;
use cryptopocket_core::{Advice, Effect, Error, Result};
use cryptopocket_types::ExternalId;

use crate::{OnRamp, Recovery};

/// Pause before the second look for a payment; it doubles with each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// A payment that may or may not exist, since the answer to its creation was lost.
///
/// It is a source of the error of [`OnRamp::create_payment`], whenever that error's
/// [`effect`](Error::effect) is `Unknown`. It holds the reference to look for.
#[derive(Debug, Clone)]
pub struct UnsettledPayment {
    external_id: Option<ExternalId>,
    cause: Error,
}

impl UnsettledPayment {
    /// The unsettled payment of an error, if the error has one.
    pub fn of(error: &Error) -> Option<&Self> {
        let mut causes = std::iter::successors(error.source(), |&cause| cause.source());
        causes.find_map(|cause| cause.downcast_ref())
    }

    /// The reference of the payment.
    ///
    /// `None` when it was created without one: only the list can tell whether it exists.
    pub const fn external_id(&self) -> Option<&ExternalId> {
        self.external_id.as_ref()
    }

    /// Adds the reference and the advice to an error of a creation that may have made a payment.
    pub(crate) fn attach(error: Error, external_id: Option<ExternalId>) -> Error {
        // After a proven refusal there is nothing to look for, and advice to look would delay the next try.
        if !error.effect().may_be_done() {
            return error;
        }
        // The cause is kept too, so that walking the sources still reaches the failure of the transport.
        let unsettled = Self {
            external_id,
            cause: error.clone(),
        };
        // A payment that exists for certain keeps its own advice: "create it again if nothing is found" would be wrong.
        if error.effect() != Effect::Unknown {
            return error.with_source(unsettled);
        }
        let hint = match unsettled.external_id {
            Some(_) => {
                "Do not create the payment again: it may exist. Give this error to OnRamp::recover_from, which looks \
                 the payment up by its external_id, and create it again only if nothing is found. If a transfer is found, \
                 its account and concept are lost: leave it unpaid and create one with a new external_id, or ask the \
                 provider."
            }
            None => {
                "Do not create the payment again: it may exist. It has no external_id, so read OnRamp::list_payments and \
                 look for its customer, amount and time. That it is not there proves something only if the list's \
                 ended() is a proven end, and after Session::grace_left, since the request may still be at work. Give every payment an external_id to be spared this."
            }
        };
        error
            .with_advice(Advice::new(hint).with_id("recover_payment"))
            .with_source(unsettled)
    }
}

impl fmt::Display for UnsettledPayment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.external_id {
            Some(_) => "the payment may exist; its external_id is known",
            None => "the payment may exist; it has no external_id",
        })
    }
}

impl StdError for UnsettledPayment {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.cause.source()
    }
}

impl OnRamp {
    /// Looks up the payment of a lost answer: [`OnRamp::recover_payment`] with the reference in the error.
    ///
    /// A payment that is found is returned at once. [`Recovery::None`] comes only after the
    /// [grace period](cryptopocket_core::Session::grace_period), counted from the moment when the answer was lost, since
    /// the request may still be at work; until then it looks again now and then. So this call may take minutes: two with
    /// the default timeout. It only reads and may be dropped and repeated.
    ///
    /// - **Units, idempotency, known from.** As [`OnRamp::recover_payment`].
    /// - Operation: `list_payments`
    ///
    /// # Errors
    /// `InvalidInput` when `error` carries no reference, and the errors of [`OnRamp::recover_payment`]. `UnexpectedReply`
    /// when the provider reported that it created the payment ([`Effect::Done`]) and no
    /// list shows it: then it is no proof that the payment is not found.
    ///
    /// # Examples
    /// ```
    /// # use cryptopocket_core::testing::{Answer, ScriptedSession};
    /// # let list = r#"{"status":"ok","data":[{"id":"pay7Q2mX","external_id":"order-2001","status":"started"}]}"#;
    /// # let script = ScriptedSession::new().then("create_payment", [Answer::lost()]).always("list_payments", list);
    /// # let provider = script.provider.clone();
    /// # script.run(async |session| {
    /// # let wallet = "0x52908400098527886E0F7030069857D2E4169EE7";
    /// use cryptopocket_core::Effect;
    /// use cryptopocket_onramp::{NewPayment, OnRamp, Recovery};
    /// use cryptopocket_types::{Asset, UserId};
    ///
    /// let onramp = OnRamp::new(session);
    /// let payment = NewPayment::card(UserId::from(100_067), "240 EUR".parse()?, Asset::new("USDC", "polygon"), wallet)
    ///     .external_id("order-2001");
    /// match onramp.create_payment(payment).await {
    ///     Ok(created) => println!("created {}", created.payment_id),
    ///     Err(error) if error.effect() == Effect::Unknown => match onramp.recover_from(&error).await? {
    ///         Recovery::None => println!("not created"),
    ///         Recovery::One(payment) => println!("created after all: {}", payment.id),
    ///         Recovery::Many(_) => println!("the reference was used more than once"),
    ///     },
    ///     Err(error) => return Err(error.into()),
    /// }
    /// # assert_eq!(provider.calls("create_payment"), 1);
    /// # Ok(()) });
    /// ```
    pub async fn recover_from(&self, error: &Error) -> Result<Recovery> {
        let Some(external_id) = UnsettledPayment::of(error).and_then(UnsettledPayment::external_id) else {
            return Err(Error::invalid_input(
                "error",
                "carries no external_id to look for",
                "Pass the error of a create call whose outcome is unknown and that had an external_id; otherwise read \
                 OnRamp::list_payments.",
            ));
        };
        let grace = self.session().grace_left(error);
        if let Some(found) = self.look_during(grace, external_id).await? {
            return Ok(found);
        }
        match self.recover_payment(external_id).await? {
            // The provider's own word outweighs a list that does not show the payment yet.
            Recovery::None if error.effect() == Effect::Done => Err(Error::unexpected_reply(
                &LIST_PAYMENTS,
                "the payment is not in the list, although the provider reported that it was created",
            )
            .with_advice(
                "Do not create it again. Look again later; if it does not appear, ask the provider.",
            )),
            recovery => Ok(recovery),
        }
    }

    /// Looks for the payment while its lost request may still be at work. `None`, which proves nothing, at the end.
    async fn look_during(&self, grace: Duration, external_id: &ExternalId) -> Result<Option<Recovery>> {
        let runtime = self.session().runtime();
        let due = runtime.monotonic().saturating_add(grace);
        let mut pause = FIRST_PAUSE;
        loop {
            let left = due.saturating_sub(runtime.monotonic());
            if left.is_zero() {
                return Ok(None);
            }
            match self.filtered(external_id).await {
                // Only what is found counts here: the request may arrive after this look.
                Ok(Recovery::None) => {}
                Ok(found) => return Ok(Some(found)),
                // The line that lost the answer may be down for a while.
                Err(error) if error.is_transient() => {}
                Err(error) => return Err(error),
            }
            runtime.sleep(pause.min(left)).await;
            pause = pause.saturating_mul(2);
        }
    }
}
