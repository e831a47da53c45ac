//! The off-ramp of an off-ramp event.

use cryptopocket_types::reading::{Fields, FromJson, ObjectReader, Surprise, Surprises};
use cryptopocket_types::wire::{BaseUnits, DecimalString};
use cryptopocket_types::{
    CoinAmount, Currency, Decimal, ExternalId, Extra, Field, Money, OfframpId, OfframpStatus, Symbol, UserId,
};

/// The off-ramp of an off-ramp event, in the form of `GET /getRampoff`.
///
/// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
///
/// Evidence: assumed (the object's fields stand in an older edition of the page "Retrieve off-ramp status").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OfframpPayload {
    /// The off-ramp, from `rampoff_id` or `id`.
    pub id: Field<OfframpId>,
    /// Your own id for it.
    pub external_id: Field<ExternalId>,
    /// The customer.
    pub user_id: Field<UserId>,
    /// The status.
    pub status: Field<OfframpStatus>,
    /// The tokens sold, in coin units, from `amount` (base units), `decimals`, `crypto` or `symbol`, and `blockchain` or
    /// `chain`.
    pub coin: Field<CoinAmount>,
    /// The money paid out, from `fiat_amount` (a decimal string), in units of a currency that is mostly missing.
    pub fiat_amount: Field<Decimal>,
    /// The currency of `fiat_amount`, if present.
    pub fiat_symbol: Field<Currency>,
    /// All other fields as received.
    pub extra: Extra,
}

impl OfframpPayload {
    /// The money paid out, if amount and currency are there and readable.
    pub fn fiat(&self) -> Option<Money> {
        Some(Money::new(*self.fiat_amount.value()?, *self.fiat_symbol.value()?))
    }
}

impl FromJson for OfframpPayload {
    const EXPECTED: &'static str = "an off-ramp";

    fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
        let mut object = ObjectReader::of(fields, surprises);
        Ok(Self {
            id: object.first_of(&["rampoff_id", "id"]),
            external_id: object.filled("external_id"),
            user_id: object.filled("user_id"),
            status: object.filled("status"),
            coin: object.made_of(&COIN, coin),
            fiat_amount: object.filled("fiat_amount").map(DecimalString::decimal),
            fiat_symbol: object.filled("fiat_symbol"),
            extra: object.extra(),
        })
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
