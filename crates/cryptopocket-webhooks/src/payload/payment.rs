//! The payment of an on-ramp event.

use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{
    CoinAmount, Currency, ExternalId, Extra, Field, Money, PaymentId, PaymentStatus, Personal, Symbol,
    Timestamp, TxId, UserId,
};

use super::reader::{FromMembers, Reader};

/// The payment of an on-ramp event, in the form of `GET /payment/{id}`.
///
/// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
///
/// Evidence: assumed (the object's fields are documented, on the page "Retrieve payment").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct PaymentPayload {
    /// The payment, from `payment_id` or `id`.
    pub id: Field<PaymentId>,
    /// Your own id for it.
    pub external_id: Field<ExternalId>,
    /// The customer.
    pub user_id: Field<UserId>,
    /// The status.
    pub status: Field<PaymentStatus>,
    /// The money paid in, from `fiat_amount` (cents) and `fiat_symbol`.
    pub fiat: Field<Money>,
    /// The tokens bought, from `coin_amount` (coin units), `coin_symbol` and, if present, `coin_chain`.
    pub coin: Field<CoinAmount>,
    /// Time of creation.
    pub created_at: Field<Timestamp>,
    /// The account holder who paid.
    pub holder: Field<Personal>,
    /// The transaction on the blockchain; present from `coins_sent` on.
    pub txid: Field<TxId>,
    /// All other fields as received.
    pub extra: Extra,
}

impl FromMembers for PaymentPayload {
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
        "symbol",
        "coin_chain",
        "chain",
        "blockchain",
        "created_at",
        "holder",
        "txid",
    ];

    fn read(mut reader: Reader<'_, '_>) -> Self {
        Self {
            id: reader.field(&["payment_id", "id"]),
            external_id: reader.field(&["external_id"]),
            user_id: reader.field(&["user_id"]),
            status: reader.field(&["status"]),
            fiat: reader
                .pair::<Cents, Currency>(&["fiat_amount"], &["fiat_symbol"])
                .map(|(cents, currency)| cents.money(currency)),
            coin: coin(&mut reader),
            created_at: reader.field(&["created_at"]),
            holder: reader.field(&["holder"]),
            txid: reader.field(&["txid"]),
            extra: reader.extra(),
        }
    }
}

fn coin(reader: &mut Reader<'_, '_>) -> Field<CoinAmount> {
    let coins = reader.pair::<CoinUnits, Symbol>(&["coin_amount"], &["coin_symbol", "symbol"]);
    coins.map(|(amount, symbol)| {
        let chain = reader.field(&["coin_chain", "chain", "blockchain"]);
        CoinAmount::new(amount.decimal(), symbol, chain.into_value())
    })
}
