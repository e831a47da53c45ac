//! The off-ramp of an off-ramp event.

use cryptopocket_types::reading::{Fields, FromJson, ObjectReader, Surprise, Surprises};
use cryptopocket_types::wire::{BaseUnits, DecimalString};
use cryptopocket_types::{
    CoinAmount, Currency, Decimal, ExternalId, Extra, Field, Money, OfframpId, OfframpStatus, Symbol, UserId,
};
use serde_core::de::{Deserialize, Deserializer};
use serde_core::ser::{Serialize, SerializeMap as _, Serializer};

use super::take;

payload! {
    /// The off-ramp of an off-ramp event, in the form of `GET /getRampoff`.
    ///
    /// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
    ///
    /// Evidence: assumed (the object's fields stand in an older edition of the page "Retrieve off-ramp status").
    pub struct OfframpPayload = "an off-ramp" {
        /// The off-ramp, from `rampoff_id` or `id`.
        id: OfframpId = |object| object.first_of(&["rampoff_id", "id"]);
        /// Your own id for it.
        external_id: ExternalId = |object| object.filled("external_id");
        /// The customer.
        user_id: UserId = |object| object.filled("user_id");
        /// The status.
        status: OfframpStatus = |object| object.filled("status");
        /// The tokens sold, in coin units, from `amount` (base units), `decimals`, `crypto` or `symbol`, and `blockchain` or
        /// `chain`.
        coin: CoinAmount = |object| object.made_of(&COIN, coin);
        /// The money paid out, from `fiat_amount` (a decimal string), in units of a currency that is mostly missing.
        fiat_amount: Decimal = |object| object.filled("fiat_amount").map(DecimalString::decimal);
        /// The currency of `fiat_amount`, if present.
        fiat_symbol: Currency = |object| object.filled("fiat_symbol");
    }
}

impl OfframpPayload {
    /// The money paid out, if amount and currency are there and readable.
    pub fn fiat(&self) -> Option<Money> {
        Some(Money::new(*self.fiat_amount.value()?, *self.fiat_symbol.value()?))
    }
}

const COIN: [&str; 6] = ["amount", "decimals", "crypto", "symbol", "blockchain", "chain"];

fn coin(object: &mut ObjectReader<'_, '_>) -> Field<CoinAmount> {
    let units: Field<BaseUnits> = object.filled("amount");
    let decimals: Field<u32> = object.filled("decimals");
    let symbol: Field<Symbol> = object.first_of(&["crypto", "symbol"]);
    let chain = object.first_of(&["blockchain", "chain"]).into_value();
    // Decimals that no coin has give no amount either.
    let coins = units
        .zip(decimals)
        .and_then(|(units, decimals)| units.coins(decimals).ok());
    coins
        .zip(symbol)
        .map(|(coins, symbol)| CoinAmount::new(coins, symbol, chain))
}
