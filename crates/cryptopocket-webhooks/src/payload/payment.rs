//! The payment of an on-ramp event.

use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{
    Chain, CoinAmount, Currency, ExternalId, Extra, Money, PaymentId, PaymentStatus, Personal, Symbol,
    Timestamp, TxId, UserId,
};

use super::Reader;

/// The payment of an on-ramp event, in the form of `GET /payment/{id}`.
///
/// A field is `None` if it is missing or cannot be read; in the second case `extra` contains it.
///
/// Evidence: assumed (the object's fields are documented, on the page "Retrieve payment").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PaymentPayload {
    /// The payment, from `id` or `payment_id`.
    pub id: Option<PaymentId>,
    /// Your own id for it.
    pub external_id: Option<ExternalId>,
    /// The customer.
    pub user_id: Option<UserId>,
    /// The status.
    pub status: Option<PaymentStatus>,
    /// The money paid in, from `fiat_amount` (cents) and `fiat_symbol`.
    pub fiat: Option<Money>,
    /// The tokens bought, from `coin_amount` (coin units), `coin_symbol` and, if present, `coin_chain`.
    pub coin: Option<CoinAmount>,
    /// Time of creation.
    pub created_at: Option<Timestamp>,
    /// The account holder who paid.
    pub holder: Option<Personal>,
    /// The transaction on the blockchain; present from `coins_sent` on.
    pub txid: Option<TxId>,
    /// All other fields as received.
    pub extra: Extra,
}

impl PaymentPayload {
    const KNOWN: &'static [&'static str] = &[
        "id",
        "payment_id",
        "external_id",
        "user_id",
        "status",
        "fiat_amount",
        "fiat_symbol",
        "coin_amount",
        "coin_symbol",
        "coin_chain",
        "created_at",
        "holder",
        "txid",
    ];

    pub(crate) fn read(mut fields: Reader<'_>) -> Self {
        Self {
            id: fields.take(&["id", "payment_id"]),
            external_id: fields.take(&["external_id"]),
            user_id: fields.take(&["user_id"]),
            status: fields.take(&["status"]),
            fiat: fiat(&mut fields),
            coin: coin(&mut fields),
            created_at: fields.take(&["created_at"]),
            holder: fields.take(&["holder"]),
            txid: fields.take(&["txid"]),
            extra: fields.into_extra(Self::KNOWN),
        }
    }
}

fn fiat(fields: &mut Reader<'_>) -> Option<Money> {
    let currency = fields.find::<Currency>(&["fiat_symbol"])?;
    let cents = fields.find_whole::<Cents>(&["fiat_amount"])?;
    Some(fields.remove(cents).money(fields.remove(currency)))
}

fn coin(fields: &mut Reader<'_>) -> Option<CoinAmount> {
    let symbol = fields.find::<Symbol>(&["coin_symbol", "symbol"])?;
    let amount = fields.find::<CoinUnits>(&["coin_amount"])?;
    let chain = fields.take::<Chain>(&["coin_chain", "chain", "blockchain"]);
    Some(CoinAmount::new(
        fields.remove(amount).decimal(),
        fields.remove(symbol),
        chain,
    ))
}
