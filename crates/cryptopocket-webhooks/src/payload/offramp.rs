//! The off-ramp of an off-ramp event.

use cryptopocket_types::wire::{BaseUnits, DecimalString};
use cryptopocket_types::{
    CoinAmount, Currency, Decimal, ExternalId, Extra, Field, Money, OfframpId, OfframpStatus, Symbol, UserId,
};

use super::reader::{FromMembers, Reader};

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

impl FromMembers for OfframpPayload {
    const KNOWN: &'static [&'static str] = &[
        "id",
        "rampoff_id",
        "external_id",
        "user_id",
        "status",
        "amount",
        "decimals",
        "crypto",
        "symbol",
        "blockchain",
        "chain",
        "fiat_amount",
        "fiat_symbol",
    ];

    fn read(mut reader: Reader<'_, '_>) -> Self {
        Self {
            id: reader.field(&["rampoff_id", "id"]),
            external_id: reader.field(&["external_id"]),
            user_id: reader.field(&["user_id"]),
            status: reader.field(&["status"]),
            coin: coin(&mut reader),
            fiat_amount: reader
                .field::<DecimalString>(&["fiat_amount"])
                .map(DecimalString::decimal),
            fiat_symbol: reader.field(&["fiat_symbol"]),
            extra: reader.extra(),
        }
    }
}

fn coin(reader: &mut Reader<'_, '_>) -> Field<CoinAmount> {
    let coins = match reader.pair::<BaseUnits, u32>(&["amount"], &["decimals"]) {
        // Decimals that no coin has give no amount either.
        Field::Value((units, decimals)) => units.coins(decimals).map_or(Field::Unreadable, Field::Value),
        Field::Absent => Field::Absent,
        Field::Unreadable => Field::Unreadable,
    };
    let symbol = reader.field::<Symbol>(&["crypto", "symbol"]);
    match (coins, symbol) {
        (Field::Value(coins), Field::Value(symbol)) => {
            let chain = reader.field(&["blockchain", "chain"]);
            Field::Value(CoinAmount::new(coins, symbol, chain.into_value()))
        }
        (coins, _) => {
            reader.keep(&[&["amount", "decimals", "crypto", "symbol"]]);
            if coins.is_absent() {
                Field::Absent
            } else {
                Field::Unreadable
            }
        }
    }
}
