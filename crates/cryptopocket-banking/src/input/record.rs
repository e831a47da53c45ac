//! Rows made into records.

use cryptopocket_types::{Currency, Decimal, Money, PaymentId, Personal};

use super::amount;
use super::dates::Dates;
use super::fields::{Fields, Value};
use crate::Transaction;
use crate::matcher::ExpectedPayment;

pub(super) fn transaction(fields: &Fields<'_>, dates: &Dates) -> Result<Transaction, String> {
    let id = fields.required(&["id", "transaction_id"])?;
    let amount = money(fields, &["amount"], "amount")?;
    let booked = dates.read(fields.required(&["booking_date"])?, "booking_date")?;
    let mut transaction = Transaction::new(id, amount, booked);
    let personal =
        |name: &str| -> Result<Option<Personal>, String> { Ok(fields.text(&[name])?.map(Personal::from)) };
    transaction.iban = personal("iban")?.into();
    transaction.concept = personal("concept")?.into();
    transaction.counterparty_name = personal("counterparty_name")?.into();
    transaction.counterparty_iban = personal("counterparty_iban")?.into();
    transaction.end_to_end_id = personal("end_to_end_id")?.into();
    transaction.value_date = fields
        .text(&["value_date"])?
        .map(|text| dates.read(text, "value_date"))
        .transpose()?
        .into();
    transaction.payment_id = fields.text(&["payment_id"])?.map(PaymentId::from).into();
    transaction.reconciled = flag(fields, "reconciled")?.unwrap_or(transaction.payment_id.is_value());
    Ok(transaction)
}

pub(super) fn payment(fields: &Fields<'_>, dates: &Dates) -> Result<ExpectedPayment, String> {
    if fields.get("fiat_symbol").is_some() {
        return Err("fiat_amount: in cents in the provider's raw form; give amount and currency".to_owned());
    }
    let id = fields.required(&["id", "payment_id"])?;
    let amount = money(fields, &["fiat", "amount"], "fiat")?;
    let mut payment = ExpectedPayment::new(id, amount);
    payment.concept = fields
        .text(&["concept"])?
        .map(|text| plain_digits(text).as_str().into());
    payment.external_id = fields.text(&["external_id"])?.map(Into::into);
    payment.created = fields
        .text(&["created_at", "created"])?
        .map(|text| dates.read(text, "created_at"))
        .transpose()?;
    payment.status = fields.text(&["status"])?.map(Into::into);
    payment.payer_name = fields.text(&["payer_name", "holder"])?.map(Personal::from);
    payment.payer_iban = fields.text(&["payer_iban"])?.map(Personal::from);
    Ok(payment)
}

/// A whole number in another form, such as `120037.0` or `4.8e7`, as plain digits; any other text as it is.
fn plain_digits(text: &str) -> String {
    let number = text
        .parse::<Decimal>()
        .ok()
        .filter(|_| text.contains(['.', 'e', 'E']));
    match number.and_then(|number| number.to_minor(0).ok()) {
        Some(whole) => whole.to_string(),
        None => text.to_owned(),
    }
}

/// An amount: an object, an amount and a currency in one text, or an amount beside a field of its currency.
fn money(fields: &Fields<'_>, names: &[&str], prefix: &str) -> Result<Money, String> {
    for name in names {
        if let Some(Value::Object(money)) = fields.get(name) {
            let amount = money.required(&["amount"])?;
            return build(fields, amount, money.required(&["currency"])?);
        }
    }
    let flat = [format!("{prefix}_amount"), format!("{prefix}.amount")];
    let names: Vec<&str> = names
        .iter()
        .copied()
        .chain(flat.iter().map(String::as_str))
        .collect();
    let text = fields.text(&names)?.ok_or_else(|| "amount: missing".to_owned())?;
    let currencies = [
        "currency".to_owned(),
        format!("{prefix}_currency"),
        format!("{prefix}.currency"),
    ];
    let currencies: Vec<&str> = currencies.iter().map(String::as_str).collect();
    match fields.text(&currencies)? {
        Some(currency) => build(fields, text, currency),
        None => match text.rsplit_once([' ', '\u{a0}']) {
            Some((amount, currency)) => build(fields, amount, currency),
            None => Err("currency: missing".to_owned()),
        },
    }
}

fn build(fields: &Fields<'_>, amount: &str, currency: &str) -> Result<Money, String> {
    let currency: Currency = currency
        .parse()
        .map_err(|_| "currency: not a three-letter code".to_owned())?;
    let amount: Decimal = if fields.loose {
        amount::loose(amount).map_err(|reason| format!("amount: {reason}"))?
    } else {
        amount
            .parse()
            .map_err(|_| "amount: not a decimal number; write digits and a decimal point".to_owned())?
    };
    Ok(Money::new(amount, currency))
}

fn flag(fields: &Fields<'_>, name: &str) -> Result<Option<bool>, String> {
    match fields.get(name) {
        None => Ok(None),
        Some(Value::Bool(value)) => Ok(Some(*value)),
        Some(Value::Text(text)) => match text.to_lowercase().as_str() {
            "true" | "1" | "yes" => Ok(Some(true)),
            "false" | "0" | "no" => Ok(Some(false)),
            _ => Err(format!("{name}: neither true nor false")),
        },
        Some(_) => Err(format!("{name}: neither true nor false")),
    }
}
