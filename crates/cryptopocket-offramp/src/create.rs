use cryptopocket_api::offramp::{create_offramp, types};
use cryptopocket_core::{Effect, Error, Result, input};
use cryptopocket_types::{CoinAmount, Field, Iban, OfframpId, Personal, UserId};
use serde::{Deserialize, Serialize};

use crate::OffRamp;

const LOOK_FIRST: &str = "Do not create the off-ramp again: it may exist. The provider takes no reference of yours \
     here, so read OffRamp::list_offramps and look for a new transaction with this coin and amount. That it is not there proves \
     something only if the list's ended() is a proven end, and after Session::grace_left, since the request may still be at \
     work; otherwise look it up by hand before you repeat.";

/// An off-ramp to create: who sells which coins, and which bank account receives the money.
///
/// # Examples
/// ```
/// use cryptopocket_offramp::NewOfframp;
/// use cryptopocket_types::{Asset, UserId};
///
/// let coin = Asset::new("USDC", "polygon").amount("20".parse()?);
/// let offramp = NewOfframp::to_iban(UserId::from(100_067), coin, "ES91 2100 0418 4502 0005 1332".parse()?);
/// assert_eq!(offramp.coin.to_string(), "20 USDC");
/// assert!(offramp.check().is_ok());
/// assert!(!format!("{offramp:?}").contains("ES91"), "Debug hides the account");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewOfframp {
    /// The customer who sells.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub user_id: UserId,
    /// The coins to sell, in coin units.
    pub coin: CoinAmount,
    /// The bank account, or the bank, that receives the money.
    pub destination: Destination,
}

/// The receiver of the money of an off-ramp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Destination {
    /// A bank account.
    Iban(Iban),
    /// A bank in Latin America, by its name (older).
    BankName(Personal),
}

impl NewOfframp {
    /// Pays out to a bank account.
    ///
    /// `coin` must name its chain, as [`Asset::amount`](cryptopocket_types::Asset::amount) does.
    pub const fn to_iban(user_id: UserId, coin: CoinAmount, iban: Iban) -> Self {
        Self {
            user_id,
            coin,
            destination: Destination::Iban(iban),
        }
    }

    /// Pays out in Latin America, by the name of the bank.
    ///
    /// Neither an account nor a chain is sent (older), so the chain of `coin` does not count.
    pub fn latam(user_id: UserId, coin: CoinAmount, bank_name: impl Into<Personal>) -> Self {
        Self {
            user_id,
            coin,
            destination: Destination::BankName(bank_name.into()),
        }
    }

    /// Checks the input, as the call does before it sends anything.
    ///
    /// # Errors
    /// `InvalidInput`, with the field, the rule and the cure.
    pub fn check(&self) -> Result<()> {
        self.clone().into_wire().map(drop)
    }

    fn into_wire(self) -> Result<types::CreateOfframpRequest> {
        input::user_id(&self.user_id)?;
        input::coins("amount", &self.coin)?;
        let (blockchain, iban, bank_name) = match self.destination {
            Destination::Iban(iban) => {
                let chain = input::chain("blockchain", &self.coin)?;
                (Some(chain.as_str().to_owned()), Some(iban.into()), None)
            }
            Destination::BankName(name) => {
                Error::require("bank_name", name.reveal(), "Give the name of the bank.")?;
                (None, None, Some(name))
            }
        };
        Ok(types::CreateOfframpRequest {
            user_id: self.user_id,
            amount: self.coin.amount().into(),
            symbol: self.coin.symbol().as_str().to_owned(),
            blockchain,
            iban,
            bank_name,
        })
    }
}

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
    /// - **Units.** The amount goes out in coin units (`20` is 20 coins). The provider's page does not state the unit:
    ///   this is **assumed**, so begin with a small amount and compare it with [`OffRamp::offramp`].
    /// - **Idempotency.** Unsafe: it moves money, and the provider takes neither an idempotency key nor a reference of
    ///   yours. It is retried only when nothing was sent for certain, or after a refused token. When the answer is
    ///   lost, the error's [`effect`](cryptopocket_core::Error::effect) is `Unknown`, and **only the list can tell**
    ///   whether the off-ramp exists: see [`OffRamp::list_offramps`], also for what its absence there proves. Read it
    ///   after [`Session::grace_left`](cryptopocket_core::Session::grace_left): the request may still be at work. No
    ///   coins move before the customer sends them.
    /// - **Cancellation.** Dropping the future mid-way loses the outcome, and no error says so. Run the call by
    ///   [`Session::detach`](cryptopocket_core::Session::detach) where something may cut it short.
    /// - **Known from.** The older edition of the provider's page "Create off-ramp transaction" (`older`).
    /// - Operation: `create_offramp`
    ///
    /// # Errors
    /// Before anything is sent: an amount that is not above zero, coins without a chain for an account, an empty bank
    /// name or customer (`InvalidInput`). From the provider (assumed): `user_not_found`, `require_kyc` (with
    /// [`verification_url`](cryptopocket_core::Error::verification_url)), `coin_not_supported`.
    ///
    /// # Examples
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
        let send = match offramp.destination {
            Destination::Iban(_) => offramp.coin.clone(),
            // The provider is told of no chain: the coins would be lost on another one.
            Destination::BankName(_) => CoinAmount::new(offramp.coin.amount(), offramp.coin.symbol(), None),
        };
        match create_offramp(self.session(), &offramp.into_wire()?).await {
            Ok(reply) => Ok(CreatedOfframp::from_wire(reply, send)),
            // After a refusal it does not exist, and after a success that could not be read it does: both have their own
            // advice.
            Err(error) if error.effect() == Effect::Unknown => Err(error.with_advice(LOOK_FIRST)),
            Err(error) => Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_types::Asset;

    use super::*;

    const IBAN: &str = "ES9121000418450200051332";

    fn coins(amount: &str) -> CoinAmount {
        Asset::new("USDC", "polygon").amount(amount.parse().unwrap())
    }

    fn body(offramp: NewOfframp) -> String {
        serde_json::to_string(&offramp.into_wire().unwrap()).unwrap()
    }

    #[test]
    fn iban_is_sent_with_chain_and_coin_units() {
        let body = body(NewOfframp::to_iban(
            100_067.into(),
            coins("20.5"),
            IBAN.parse().unwrap(),
        ));
        for field in [
            r#""amount":20.5"#,
            r#""user_id":100067"#,
            r#""blockchain":"polygon""#,
            r#""symbol":"USDC""#,
            IBAN,
        ] {
            assert!(body.contains(field), "{field} in {body}");
        }
        assert!(!body.contains("bank_name"));
    }

    #[test]
    fn latam_is_sent_without_account_and_chain() {
        let body = body(NewOfframp::latam(100_067.into(), coins("20"), "Banco de Prueba"));
        assert!(body.contains(r#""bank_name":"Banco de Prueba""#));
        assert!(!body.contains("iban") && !body.contains("blockchain"), "{body}");
    }

    #[test]
    fn eighteen_decimals_are_sent_exactly() {
        let body = body(NewOfframp::to_iban(
            1.into(),
            coins("0.123456789012345678"),
            IBAN.parse().unwrap(),
        ));
        assert!(body.contains(r#""amount":0.123456789012345678"#), "{body}");
    }

    #[test]
    fn missing_input_is_named() {
        let refused = |offramp: NewOfframp| offramp.into_wire().unwrap_err().to_string();
        let nowhere = CoinAmount::new("20".parse().unwrap(), "USDC", None);
        assert_eq!(
            refused(NewOfframp::to_iban(1.into(), nowhere, IBAN.parse().unwrap())),
            "blockchain is missing"
        );
        assert_eq!(
            refused(NewOfframp::latam(1.into(), coins("20"), " ")),
            "bank_name is empty"
        );
        assert_eq!(
            refused(NewOfframp::latam(1.into(), coins("0"), "Banco")),
            "amount must be above zero"
        );
        assert_eq!(
            refused(NewOfframp::latam("".into(), coins("1"), "Banco")),
            "user_id is empty"
        );
    }
}
