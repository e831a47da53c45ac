use cryptopocket_api::onramp::{get_payment, types};
use cryptopocket_api::operations::GET_PAYMENT;
use cryptopocket_core::{Error, Operation, Result};
use cryptopocket_types::{
    CoinAmount, Currency, ExternalId, Extra, Money, PaymentId, PaymentStatus, Personal, Symbol, Timestamp,
    TxId, UserId,
};

use crate::{OnRamp, input};

/// A payment as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// Your own reference.
    pub external_id: Option<ExternalId>,
    /// The customer who pays.
    pub user_id: UserId,
    /// Its state. A state this SDK does not know keeps its text.
    pub status: PaymentStatus,
    /// The money to pay. The provider sends hundredths, whatever the currency (documented for EUR).
    pub fiat: Money,
    /// The coins to receive, in coin units. The reply names no chain.
    pub coin: CoinAmount,
    /// When it was created.
    pub created_at: Timestamp,
    /// The name of the person who paid, once it is known.
    pub holder: Option<Personal>,
    /// The transfer of the coins on the chain. Only at `coins_sent`.
    pub txid: Option<TxId>,
    /// Fields of the reply that this SDK does not know.
    pub extra: Extra,
}

impl Payment {
    /// Whether the coins are sent. No state of failure is documented, so an unknown state is not final.
    pub const fn is_final(&self) -> bool {
        self.status.is_final()
    }

    pub(crate) fn from_wire(reply: types::Payment, operation: &'static Operation) -> Result<Self> {
        let currency = currency(&reply.fiat_symbol, operation)?;
        Ok(Self {
            id: reply.id,
            external_id: reply.external_id,
            user_id: reply.user_id,
            status: reply.status,
            fiat: reply.fiat_amount.money(currency),
            coin: CoinAmount::new(reply.coin_amount.decimal(), Symbol::from(reply.coin_symbol), None),
            created_at: reply.created_at,
            holder: reply.holder,
            txid: reply.txid,
            extra: reply.extra,
        })
    }
}

/// The currency that a reply names.
pub(crate) fn currency(code: &str, operation: &'static Operation) -> Result<Currency> {
    code.parse()
        .map_err(|_| Error::unexpected_reply(operation, "the reply at fiat_symbol is not a currency code"))
}

impl OnRamp {
    /// Reads a payment as it stands now. Only payments made with your own token are visible (documented).
    ///
    /// **Units.** The provider answers `fiat_amount` in cents (`15050` is 150.50 EUR) and `coin_amount` in coin units;
    /// both come back as exact [`Money`] and [`CoinAmount`].
    ///
    /// **Idempotency.** Safe: it only reads, and is repeated after passing failures.
    ///
    /// **Known from.** The provider's page "Retrieve payment" (`documented`).
    ///
    /// Operation: `get_payment`
    ///
    /// # Errors
    ///
    /// Before anything is sent, an id that cannot stand in a path (`InvalidInput`). From the provider,
    /// `payment_not_found` (assumed).
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = ScriptedSession::new().next("get_payment", &[r#"{"status":"ok","data":{"id":"pay4H8nC2wY6jTf5QdV1xRk9m",
    /// #     "external_id":"order-2002","user_id":"100067","status":"started","fiat_amount":15050,"fiat_symbol":"EUR",
    /// #     "coin_symbol":"USDC","coin_amount":148.32,"created_at":"2026-06-20T10:15:30.123456Z","holder":null}}"#]).session;
    /// use cryptopocket_onramp::OnRamp;
    ///
    /// let onramp = OnRamp::new(session);
    /// let payment = onramp.payment(&"pay4H8nC2wY6jTf5QdV1xRk9m".into()).await?;
    /// assert_eq!(payment.fiat.to_string(), "150.50 EUR");
    /// assert_eq!(payment.coin.to_string(), "148.32 USDC");
    /// # Ok(())
    /// # }
    /// ```
    pub async fn payment(&self, id: &PaymentId) -> Result<Payment> {
        id.path_segment().map_err(input::refused)?;
        let reply = get_payment(self.session(), id).await?;
        Payment::from_wire(reply, &GET_PAYMENT)
    }
}
