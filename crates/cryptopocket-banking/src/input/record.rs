//! Rows made into records.

use cryptopocket_types::{Currency, Decimal, Money, PaymentId, Personal};

use super::amount;
use super::dates::Dates;
use super::fields::{Fields, Value};
use crate::Transaction;
use crate::matcher::ExpectedPayment;

pub(super) fn transaction(fields: &Fields<'_>, dates: &Dates) -> Result<Transaction, String> {
    let id = fields.required(&["id", "transaction_id"])?;
    let amount = money(fields, "amount")?;
    let booked = dates.read(fields.required(&["booking_date"])?, "booking_date")?;
    let mut transaction = Transaction::new(id, amount, booked);
    for (name, field) in [
        ("iban", &mut transaction.iban),
        ("concept", &mut transaction.concept),
        ("counterparty_name", &mut transaction.counterparty_name),
        ("counterparty_iban", &mut transaction.counterparty_iban),
        ("end_to_end_id", &mut transaction.end_to_end_id),
    ] {
        *field = fields.text(&[name])?.map(Personal::from).into();
    }
    let value_date = fields.text(&["value_date"])?;
    let value_date = value_date.map(|text| dates.read(text, "value_date"));
    transaction.value_date = value_date.transpose()?.into();
    transaction.payment_id = fields.text(&["payment_id"])?.map(PaymentId::from).into();
    transaction.reconciled = flag(fields, "reconciled")?.unwrap_or(transaction.payment_id.is_value());
    Ok(transaction)
}

pub(super) fn payment(fields: &Fields<'_>, dates: &Dates) -> Result<ExpectedPayment, String> {
    if fields.get("fiat_symbol").is_some() {
        return Err("fiat_amount: in cents in the provider's raw form; give amount and currency".to_owned());
    }
    let id = fields.required(&["id", "payment_id"])?;
    let amount = money(fields, "fiat")?;
    let mut payment = ExpectedPayment::new(id, amount);
    let concept = fields.text(&["concept"])?;
    payment.concept = concept.map(|text| plain_digits(text).as_str().into());
    payment.external_id = fields.text(&["external_id"])?.map(Into::into);
    let created = fields.text(&["created_at", "created"])?;
    payment.created = created.map(|text| dates.read(text, "created_at")).transpose()?;
    payment.status = fields.text(&["status"])?.map(Into::into);
    payment.payer_name = fields.text(&["payer_name", "holder"])?.map(Personal::from);
    payment.payer_iban = fields.text(&["payer_iban"])?.map(Personal::from);
    Ok(payment)
}

/// A whole number in another form, such as `120037.0` or `4.8e7`, as plain digits; any other text as it is.
fn plain_digits(text: &str) -> String {
    let number: Option<Decimal> = text.parse().ok().filter(|_| text.contains(['.', 'e', 'E']));
    let whole = number.and_then(|number| number.to_minor(0).ok());
    whole.map_or_else(|| text.to_owned(), |whole| whole.to_string())
}

/// An amount: an object, an amount and a currency in one text, or an amount beside a field of its currency.
fn money(fields: &Fields<'_>, prefix: &str) -> Result<Money, String> {
    for name in [prefix, "amount"] {
        if let Some(Value::Object(money)) = fields.get(name) {
            let amount = money.required(&["amount"])?;
            return build(fields, amount, money.required(&["currency"])?);
        }
    }
    let of = |name: &str| [format!("{prefix}_{name}"), format!("{prefix}.{name}")];
    let ([flat, dotted], [currency, of_dotted]) = (of("amount"), of("currency"));
    let text = fields.text(&[prefix, "amount", &flat, &dotted])?;
    let text = text.ok_or("amount: missing")?;
    let (amount, currency) = match fields.text(&["currency", &currency, &of_dotted])? {
        Some(currency) => (text, currency),
        None => text.rsplit_once([' ', '\u{a0}']).ok_or("currency: missing")?,
    };
    build(fields, amount, currency)
}

fn build(fields: &Fields<'_>, amount: &str, currency: &str) -> Result<Money, String> {
    let currency: Currency = currency
        .parse()
        .map_err(|_| "currency: not a three-letter code")?;
    let amount = if fields.loose {
        amount::loose(amount)
    } else {
        amount.parse().map_err(|_| amount::NO_NUMBER.to_owned())
    };
    let amount = amount.map_err(|reason| format!("amount: {reason}"))?;
    Ok(Money::new(amount, currency))
}

fn flag(fields: &Fields<'_>, name: &str) -> Result<Option<bool>, String> {
    let text = match fields.get(name) {
        None => return Ok(None),
        Some(Value::Bool(value)) => return Ok(Some(*value)),
        Some(Value::Text(text)) => text.to_lowercase(),
        Some(_) => String::new(),
    };
    match text.as_str() {
        "true" | "1" | "yes" => Ok(Some(true)),
        "false" | "0" | "no" => Ok(Some(false)),
        _ => Err(format!("{name}: neither true nor false")),
    }
}
