//! Units of amounts, by comparing amounts that are known to be equal or nearly so.

use cryptopocket_types::Decimal;
use serde_json::Value;

use super::{Answered, Probe};
use crate::ask::text;
use crate::proposal::Proposal;
use crate::report::{Finding, Verdict};

const HUNDRED: &str = "100";

/// The number in a JSON number or text.
pub(super) fn decimal(value: &Value) -> Option<Decimal> {
    text(value).parse().ok()
}

/// How many times a hundred `actual` is of `expected`, if it is that at all: 0, 1 or -1. `slack` times more or less is near.
fn hundreds(actual: Decimal, expected: Decimal, slack: Decimal) -> Option<i8> {
    let near = |actual: Decimal, expected: Decimal| {
        let (Some(least), Some(most)) = (actual.checked_mul(slack), expected.checked_mul(slack)) else {
            return false;
        };
        least >= expected && actual <= most
    };
    let hundred: Decimal = HUNDRED.parse().ok()?;
    if near(actual, expected) {
        Some(0)
    } else if near(actual, expected.checked_mul(hundred)?) {
        Some(1)
    } else if near(actual.checked_mul(hundred)?, expected) {
        Some(-1)
    } else {
        None
    }
}

fn exactly() -> Decimal {
    Decimal::from(1)
}

/// Prices move and fees are taken, yet never by a factor of three.
fn roughly() -> Decimal {
    Decimal::from(3)
}

fn plural(unit: &str) -> &'static str {
    if unit == "cent" { "cents" } else { "currency units" }
}

impl Probe {
    /// Notes the unit of a field: `actual`, which should be `expected`.
    fn unit(&mut self, answered: &Answered, name: &str, actual: Decimal, expected: Decimal, slack: Decimal) {
        let outline = answered.call.outline;
        let Some((_, field)) = outline.object_fields().find(|(known, _)| *known == name) else {
            return;
        };
        let choice = self.session.choices().of(&outline.id);
        let chosen = choice
            .and_then(|choice| choice.units.get(name))
            .map_or(field.wire_unit.as_str(), String::as_str);
        let stated = if field.unit == "cent" {
            "cent"
        } else {
            "currency-unit"
        };
        // In hundreds of what the specification states.
        let known = match chosen {
            "" => 0,
            "cent" => 1,
            _ => -1,
        };
        let finding = |verdict, detail: String| {
            let place = format!("{}.{name}", crate::locate::locate(&answered.reply).place);
            let finding =
                Finding::new(&outline.id, place, verdict, detail).of(&field.schema, field.property());
            Finding {
                tells_unit: true,
                ..finding
            }
        };
        let wire = match (stated, hundreds(actual, expected, slack)) {
            (_, Some(found)) if found == known => {
                let unit = if known == 0 { &field.unit } else { chosen };
                self.report
                    .add(finding(Verdict::Confirmed, format!("unit {unit}")));
                return;
            }
            ("currency-unit", Some(1)) => Some("cent"),
            ("cent", Some(-1)) => Some("currency-unit"),
            (_, Some(_)) => None,
            // Nothing can be said: the price has moved, or the amounts have nothing to do with each other.
            (_, None) => return,
        };
        let is_estimate = slack != exactly();
        self.report.add(match wire.filter(|_| known == 0) {
            Some(unit) => {
                let how = if is_estimate {
                    format!("seems to come in {}, by an estimate from the price", plural(unit))
                } else {
                    format!("comes in {}, as an equal amount shows", plural(unit))
                };
                let detail = format!("{how}; expected {}", field.unit);
                finding(Verdict::OtherUnit, detail).proposing(Proposal::Unit {
                    name: name.to_owned(),
                    unit,
                    is_estimate,
                })
            }
            None => finding(
                Verdict::OtherUnit,
                format!("does not fit {}: wrong by a factor of 100", field.unit),
            ),
        });
    }

    /// The quote was asked for 100 euros.
    pub(super) fn quote_units(&mut self, quote: &Answered) {
        let Ok(asked) = HUNDRED.parse::<Decimal>() else {
            return;
        };
        if let Some(amount) = quote.number("amount") {
            self.unit(quote, "amount", amount, asked, exactly());
        }
        if let (Some(tokens), Some(price)) = (quote.number("tokens"), quote.number("price"))
            && let Some(worth) = tokens.checked_mul(price)
        {
            self.unit(quote, "price", worth, asked, roughly());
        }
    }

    /// A payment: cents, against tokens times price, or against what the probe itself paid.
    pub(super) fn payment_units(&mut self, answered: &Answered) {
        let is_priced = answered.first("coin_symbol").map(|symbol| text(&symbol)) == self.known.symbol;
        let Some(fiat) = answered.number("fiat_amount") else {
            return;
        };
        let is_own = answered.objects().len() == 1;
        let (expected, slack) = match (
            self.known.paid.filter(|_| is_own),
            self.known.price,
            answered.number("coin_amount"),
        ) {
            (Some(paid), ..) => (Some(paid), exactly()),
            (None, Some(price), Some(coins)) if is_priced => (price.checked_mul(coins), roughly()),
            _ => return,
        };
        if let Some(cents) = expected.and_then(|euros| euros.shifted(2)) {
            self.unit(answered, "fiat_amount", fiat, cents, slack);
        }
    }

    /// The sale of 20 tokens.
    pub(super) fn sale_units(&mut self, quote: &Answered) {
        let tokens = Decimal::from(20);
        if let Some(amount) = quote.number("amount") {
            self.unit(quote, "amount", amount, tokens, exactly());
        }
        if let (Some(fiat), Some(price)) = (quote.number("fiat_amount"), self.known.price)
            && let Some(worth) = tokens.checked_mul(price)
        {
            self.unit(quote, "fiat_amount", fiat, worth, roughly());
        }
    }

    /// An off-ramp: base units and their decimals, against the money.
    pub(super) fn offramp_units(&mut self, answered: &Answered) {
        let decimals = answered
            .first("decimals")
            .and_then(|decimals| text(&decimals).parse::<i32>().ok());
        let is_priced = answered.first("crypto").map(|symbol| text(&symbol)) == self.known.symbol;
        let tokens = answered
            .number("amount")
            .zip(decimals)
            .and_then(|(amount, places)| amount.shifted(-places));
        if let (Some(tokens), Some(price), Some(fiat), true) = (
            tokens,
            self.known.price,
            answered.number("fiat_amount"),
            is_priced,
        ) && let Some(worth) = tokens.checked_mul(price)
        {
            self.unit(answered, "fiat_amount", fiat, worth, roughly());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_of_a_hundred_is_told() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        let told = |actual: &str, expected: &str| hundreds(number(actual), number(expected), roughly());
        assert_eq!(told("90", "100"), Some(0));
        assert_eq!(told("9000", "100"), Some(1));
        assert_eq!(told("1.1", "100"), Some(-1));
        assert_eq!(told("1000", "100"), None);
        assert_eq!(hundreds(number("100.01"), number("100"), exactly()), None);
        assert_eq!(hundreds(number("100.00"), number("100"), exactly()), Some(0));
    }
}
