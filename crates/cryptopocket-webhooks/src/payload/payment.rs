//! The payment of an on-ramp event.

use cryptopocket_types::reading::{Fields, FromJson, ObjectReader, Surprise, Surprises};
use cryptopocket_types::wire::{Cents, CoinUnits};
use cryptopocket_types::{
    CoinAmount, Currency, ExternalId, Extra, Field, Money, PaymentId, PaymentStatus, Personal, Symbol,
    Timestamp, TxId, UserId,
};
use serde_core::de::{Deserialize, Deserializer};
use serde_core::ser::{Serialize, SerializeMap as _, Serializer};

use super::take;

payload! {
    /// The payment of an on-ramp event, in the form of `GET /payment/{id}`.
    ///
    /// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
    ///
    /// Evidence: assumed (the object's fields are documented, on the page "Retrieve payment").
    pub struct PaymentPayload = "a payment" {
        /// The payment, from `payment_id` or `id`.
        id: PaymentId = |object| object.first_of(&["payment_id", "id"]);
        /// Your own id for it.
        external_id: ExternalId = |object| object.filled("external_id");
        /// The customer.
        user_id: UserId = |object| object.filled("user_id");
        /// The status.
        status: PaymentStatus = |object| object.filled("status");
        /// The money paid in, from `fiat_amount` (cents) and `fiat_symbol`.
        fiat: Money = |object| object.made_of(&["fiat_amount", "fiat_symbol"], fiat);
        /// The tokens bought, from `coin_amount` (coin units), `coin_symbol` and, if present, `coin_chain`.
        coin: CoinAmount = |object| object.made_of(&COIN, coin);
        /// Time of creation.
        created_at: Timestamp = |object| object.filled("created_at");
        /// The account holder who paid.
        holder: Personal = |object| object.filled("holder");
        /// The transaction on the blockchain; present from `coins_sent` on.
        txid: TxId = |object| object.filled("txid");
    }
}

fn fiat(object: &mut ObjectReader<'_, '_>) -> Field<Money> {
    let amount: Field<Cents> = object.filled("fiat_amount");
    let currency: Field<Currency> = object.filled("fiat_symbol");
    amount
        .zip(currency)
        .map(|(cents, currency)| cents.money(currency))
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
