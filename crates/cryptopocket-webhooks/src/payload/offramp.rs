//! The off-ramp of an off-ramp event.

use cryptopocket_types::wire::{BaseUnits, DecimalString};
use cryptopocket_types::{
    Chain, CoinAmount, Currency, Decimal, ExternalId, Extra, Money, OfframpId, OfframpStatus, Symbol, UserId,
};

use super::Reader;

/// The off-ramp of an off-ramp event, in the form of `GET /getRampoff`.
///
/// A field is `None` if it is missing or cannot be read; in the second case `extra` contains it.
///
/// Evidence: assumed (the object's fields stand in an older edition of the page "Retrieve off-ramp status").
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct OfframpPayload {
    /// The off-ramp, from `id` or `rampoff_id`.
    pub id: Option<OfframpId>,
    /// Your own id for it.
    pub external_id: Option<ExternalId>,
    /// The customer.
    pub user_id: Option<UserId>,
    /// The status.
    pub status: Option<OfframpStatus>,
    /// The tokens sold, in coin units, from `amount` (base units), `decimals`, `crypto` or `symbol`, and `blockchain` or
    /// `chain`.
    pub coin: Option<CoinAmount>,
    /// The money paid out, from `fiat_amount` (a decimal string), in units of a currency that is mostly missing.
    pub fiat_amount: Option<Decimal>,
    /// The currency of `fiat_amount`, if present.
    pub fiat_symbol: Option<Currency>,
    /// All other fields as received.
    pub extra: Extra,
}

impl OfframpPayload {
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

    pub(crate) fn read(mut fields: Reader<'_>) -> Self {
        Self {
            id: fields.take(&["id", "rampoff_id"]),
            external_id: fields.take(&["external_id"]),
            user_id: fields.take(&["user_id"]),
            status: fields.take(&["status"]),
            coin: coin(&mut fields),
            fiat_amount: fields.take(&["fiat_amount"]).map(DecimalString::decimal),
            fiat_symbol: fields.take(&["fiat_symbol"]),
            extra: fields.into_extra(Self::KNOWN),
        }
    }

    /// The money paid out, if its currency is known.
    pub fn fiat(&self) -> Option<Money> {
        Some(Money::new(self.fiat_amount?, self.fiat_symbol?))
    }
}

fn coin(fields: &mut Reader<'_>) -> Option<CoinAmount> {
    let symbol = fields.find::<Symbol>(&["crypto", "symbol"])?;
    let units = fields.find_whole::<BaseUnits>(&["amount"])?;
    let decimals = fields.find_whole::<Decimal>(&["decimals"])?;
    let places = u32::try_from(decimals.value.to_minor(0).ok()?).ok()?;
    let amount = units.value.coins(places).ok()?;
    fields.remove(units);
    fields.remove(decimals);
    let chain = fields.take::<Chain>(&["blockchain", "chain"]);
    Some(CoinAmount::new(amount, fields.remove(symbol), chain))
}
