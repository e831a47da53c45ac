use cryptopocket_api::offramp::{create_offramp, types};
use cryptopocket_core::{Effect, Error, Result};
use cryptopocket_types::{CoinAmount, Field, OfframpId};

use crate::{NewOfframp, OffRamp};

const LOOK_FIRST: &str = "Do not create the off-ramp again: it may exist. The provider takes no reference of yours \
     here, so read OffRamp::list_offramps and look for a new transaction with this coin and amount. That it is not there proves \
     something only if the list's ended() is a proven end, and after Session::grace_left, since the request may still be at \
     work; otherwise look it up by hand before you repeat.";

cryptopocket_types::reply! {
    /// An off-ramp that the provider has created, and the address that the customer sends the coins to.
    ///
    /// Store it: no later call repeats the address.
    pub struct CreatedOfframp: types::CreatedOfframp, |wire, extra, asked: CoinAmount| {
        /// The id of the off-ramp. Keep it: every later call needs it.
        pub id: OfframpId,
        /// The provider's deposit address, on the chain of [`send`](Self::send).
        ///
        /// If it cannot be read, look at [`extra`](Self::extra) or ask the provider: no later call repeats it, and the off-ramp
        /// exists.
        pub wallet: Field<String>,
        /// The coins that the customer must send, as they were asked for. Without a chain for a bank in Latin America: the
        /// request names none, so ask the provider which chain the address is on.
        pub send: CoinAmount = asked,
        /// The provider's message; `payment created` as far as is known.
        pub message: Field<String> = wire.rampoff,
    }
}

impl OffRamp {
    /// Creates an off-ramp.
    ///
    /// The customer then sends the coins to the address of the reply, and the provider sends the money to the bank
    /// account.
    ///
    /// **Units.** The amount goes out in coin units (`20` is 20 coins). The provider's page does not state the unit:
    /// this is **assumed**, so begin with a small amount and compare it with [`OffRamp::offramp`].
    ///
    /// **Idempotency.** Unsafe: it moves money, and the provider takes neither an idempotency key nor a reference of
    /// yours. It is retried only when nothing was sent for certain, or after a refused token. When the answer is lost,
    /// the error's [`effect`](cryptopocket_core::Error::effect) is `Unknown`, and **only the list
    /// can tell** whether the off-ramp exists: see [`OffRamp::list_offramps`], also for what its absence there proves. Read
    /// it after [`Session::grace_left`](cryptopocket_core::Session::grace_left): the request may still be at work.
    /// No coins move before the customer sends them.
    ///
    /// **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    /// [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    ///
    /// **Known from.** The older edition of the provider's page "Create off-ramp transaction" (`older`).
    ///
    /// Operation: `create_offramp`
    ///
    /// # Errors
    ///
    /// Before anything is sent: an amount that is not above zero, coins without a chain for an account, an empty bank
    /// name or customer (`InvalidInput`). From the provider (assumed): `user_not_found`, `require_kyc` (with
    /// [`verification_url`](cryptopocket_core::Error::verification_url)), `coin_not_supported`.
    ///
    /// # Examples
    ///
    /// ```
    /// # let reply = r#"{"status":"ok","data":{"rampoff":"payment created",
    /// #     "wallet":"0xde709f2102306220921060314715629080e2fb77","id":"off2K8dN5rW1qJm7TzC4vHx6p"}}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("create_offramp", reply).run(async |session| {
    /// use cryptopocket_offramp::{NewOfframp, OffRamp};
    /// use cryptopocket_types::{Asset, UserId};
    ///
    /// let offramp = OffRamp::new(session);
    /// let coin = Asset::new("USDC", "polygon").amount("20".parse()?);
    /// let new = NewOfframp::to_iban(UserId::from(100_067), coin, "ES91 2100 0418 4502 0005 1332".parse()?);
    /// let created = offramp.create_offramp(new).await?;
    /// println!("send {} to {}", created.send, created.wallet);
    /// # assert_eq!(created.id.as_str(), "off2K8dN5rW1qJm7TzC4vHx6p");
    /// # Ok(()) });
    /// ```
    pub async fn create_offramp(&self, offramp: NewOfframp) -> Result<CreatedOfframp> {
        let send = offramp.coins_to_send();
        let reply = create_offramp(self.session(), &offramp.into_wire()?).await;
        reply
            .map(|reply| CreatedOfframp::from_wire(reply, send))
            .map_err(advise)
    }
}

/// Adds the advice to look first, where it is unknown whether the off-ramp exists.
fn advise(error: Error) -> Error {
    // After a refusal it does not exist, and after a success that could not be read it does: both have their own advice.
    if error.effect() == Effect::Unknown {
        error.with_advice(LOOK_FIRST)
    } else {
        error
    }
}
