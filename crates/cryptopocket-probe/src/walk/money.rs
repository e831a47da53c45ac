//! Units of amounts, by comparing amounts that are known to be equal or nearly so.

use cryptopocket_types::Decimal;
use serde_json::Value;

use super::Probe;
use super::visit::Answered;
use crate::ask::text;
use crate::locate::locate;
use crate::report::{Cure, Finding, Verdict};

/// The number in a JSON number or text.
fn decimal(value: &Value) -> Option<Decimal> {
    text(value).parse().ok()
}

fn product(one: Option<Decimal>, other: Option<Decimal>) -> Option<Decimal> {
    one?.checked_mul(other?)
}

/// How many times a hundred `actual` is of `expected`, if it is that at all: 0, 1 or -1. `slack` times more or less is near.
fn hundreds(actual: Decimal, expected: Decimal, slack: Decimal) -> Option<i32> {
    let is_near = |expected: Decimal| {
        let (least, most) = (actual.checked_mul(slack), expected.checked_mul(slack));
        least.is_some_and(|least| least >= expected) && most.is_some_and(|most| actual <= most)
    };
    let mut times = [0, 1, -1].into_iter();
    times.find(|times| expected.shifted(2 * times).is_some_and(is_near))
}

impl Probe {
    /// Notes the units of the amounts that are known to equal others, or nearly so by the price of a token.
    pub(super) fn units(&mut self, answered: &Answered) {
        let number = |name: &str| {
            let mut objects = answered.objects().into_iter();
            objects.find_map(|object| decimal(answered.field(object, name)?))
        };
        let price = self.known.get("price").and_then(decimal);
        // If the answer is about the token that the price is of.
        let price_of = |symbol: &str| {
            let symbol = answered.first(symbol).as_ref().map(text);
            price.filter(|_| symbol == self.known.get("symbol").map(text))
        };
        match answered.call.outline.id.as_str() {
            // It was asked for 100 euros.
            "get_onramp_quote" => {
                let asked = Some(Decimal::from(100));
                self.unit(answered, "amount", number("amount"), asked, false);
                let worth = product(number("tokens"), number("price"));
                self.unit(answered, "price", worth, asked, true);
            }
            // Cents, against tokens times price, or against what the probe itself paid.
            "list_payments" | "get_payment" => {
                let is_own = answered.objects().len() == 1;
                let paid = self.known.get("paid").filter(|_| is_own).and_then(decimal);
                let worth = product(price_of("coin_symbol"), number("coin_amount"));
                let cents = paid.or(worth).and_then(|euros| euros.shifted(2));
                let fiat = number("fiat_amount");
                self.unit(answered, "fiat_amount", fiat, cents, paid.is_none());
            }
            // It was asked for 20 tokens.
            "get_offramp_quote" => {
                let tokens = Some(Decimal::from(20));
                self.unit(answered, "amount", number("amount"), tokens, false);
                let worth = product(tokens, price);
                self.unit(answered, "fiat_amount", number("fiat_amount"), worth, true);
            }
            // Base units and their decimals, against the money.
            "list_offramps" | "get_offramp" => {
                let places = answered.first("decimals");
                let places = places.and_then(|places| text(&places).parse::<i32>().ok());
                let amount = number("amount").zip(places);
                let tokens = amount.and_then(|(amount, places)| amount.shifted(-places));
                let worth = product(tokens, price_of("crypto"));
                self.unit(answered, "fiat_amount", number("fiat_amount"), worth, true);
            }
            _ => {}
        }
    }

    /// Notes the unit of a field: `actual`, which should be `expected`, exactly or by an estimate from a price.
    fn unit(
        &mut self,
        answered: &Answered,
        name: &str,
        actual: Option<Decimal>,
        expected: Option<Decimal>,
        is_estimate: bool,
    ) {
        let outline = answered.call.outline;
        let field = outline.object_fields().find(|(known, _)| *known == name);
        let (Some((_, field)), Some(actual), Some(expected)) = (field, actual, expected) else {
            return;
        };
        // Prices move and fees are taken, yet never by a factor of three.
        let slack = Decimal::from(if is_estimate { 3 } else { 1 });
        let Some(found) = hundreds(actual, expected, slack) else {
            // Nothing can be said: the price has moved, or the amounts have nothing to do with each other.
            return;
        };
        let choice = self.session.choices().of(&outline.id);
        let chosen = choice.and_then(|choice| choice.units.get(name));
        let chosen = chosen.map_or(field.wire_unit.as_str(), String::as_str);
        // In hundreds of what the specification states.
        let known = match chosen {
            "" => 0,
            "cent" => 1,
            _ => -1,
        };
        let (unit, plural) = if found == 1 {
            ("cent", "cents")
        } else {
            ("currency-unit", "currency units")
        };
        let is_other = known == 0 && (field.unit == "cent") != (unit == "cent");
        let finding = |verdict, detail: String| Finding {
            tells_unit: true,
            ..Finding::new(&outline.id, locate(&answered.reply).inside(name), verdict, detail).of(field)
        };
        self.report.add(if found == known {
            let unit = if known == 0 { &field.unit } else { chosen };
            finding(Verdict::Confirmed, format!("unit {unit}"))
        } else if is_other {
            let how = if is_estimate {
                format!("seems to come in {plural}, by an estimate from the price")
            } else {
                format!("comes in {plural}, as an equal amount shows")
            };
            let found = finding(Verdict::OtherUnit, format!("{how}; expected {}", field.unit));
            let found = found.choosing(|choice| drop(choice.units.insert(name.to_owned(), unit.to_owned())));
            // No money is read by an estimate before a person has looked at it.
            let cure = if is_estimate { Cure::Person } else { Cure::Choice };
            Finding { cure, ..found }
        } else {
            let detail = format!("does not fit {}: wrong by a factor of 100", field.unit);
            finding(Verdict::OtherUnit, detail)
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factor_of_a_hundred_is_told() {
        let number = |text: &str| text.parse::<Decimal>().unwrap();
        let told = |actual: &str, expected: &str, slack| {
            hundreds(number(actual), number(expected), Decimal::from(slack))
        };
        assert_eq!(told("90", "100", 3), Some(0));
        assert_eq!(told("9000", "100", 3), Some(1));
        assert_eq!(told("1.1", "100", 3), Some(-1));
        assert_eq!(told("1000", "100", 3), None);
        assert_eq!(told("100.01", "100", 1), None);
        assert_eq!(told("100.00", "100", 1), Some(0));
    }
}
