//! The payment of an on-ramp event.

use cryptopocket_types::reading::{Fields, FromJson, ObjectReader, Surprise, Surprises};
use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{
    CoinAmount, Currency, ExternalId, Extra, Field, Money, PaymentId, PaymentStatus, Personal, Symbol,
    Timestamp, TxId, UserId,
};

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

impl FromJson for PaymentPayload {
    const EXPECTED: &'static str = "a payment";

    fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mut object = ObjectReader::of(fields, surprises);
        Ok(Self {
            id: object.first_of(&["payment_id", "id"]),
            external_id: object.filled("external_id"),
            user_id: object.filled("user_id"),
            status: object.filled("status"),
            fiat: object.made_of(&["fiat_amount", "fiat_symbol"], |object| {
                let amount: Field<Cents> = object.filled("fiat_amount");
                let currency: Field<Currency> = object.filled("fiat_symbol");
                amount
                    .zip(currency)
                    .map(|(cents, currency)| cents.money(currency))
            }),
            coin: object.made_of(&COIN, coin),
            created_at: object.filled("created_at"),
            holder: object.filled("holder"),
            txid: object.filled("txid"),
            extra: object.extra(),
        })
    }
}

const COIN: [&str; 6] = [
    "coin_amount",
    "coin_symbol",
    "symbol",
    "coin_chain",
    "chain",
    "blockchain",
];

fn coin(object: &mut ObjectReader<'_, '_>) -> Field<CoinAmount> {
    let amount: Field<CoinUnits> = object.filled("coin_amount");
    let symbol: Field<Symbol> = object.first_of(&["coin_symbol", "symbol"]);
    let chain = object
        .first_of(&["coin_chain", "chain", "blockchain"])
        .into_value();
    amount
        .zip(symbol)
        .map(|(amount, symbol)| CoinAmount::new(amount.decimal(), symbol, chain))
}
