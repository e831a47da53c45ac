//! Rows made into records.

use cryptopocket_types::{Currency, Decimal, Money, PaymentId, Personal};

use super::amount;
use super::dates::Dates;
use super::fields::Fields;
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
    if fields.filled(&["fiat_symbol"]).is_some() {
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
    if let Some(name) = [prefix, "amount"].into_iter().find(|name| fields.is_object(name)) {
        let part = |part: &str| format!("{name}.{part}");
        let amount = fields.required(&[&part("amount")])?;
        return build(fields, amount, fields.required(&[&part("currency")])?);
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
    if let Some(flag) = fields.flag(name) {
        return Ok(Some(flag));
    }
    match fields.text(&[name])?.map(str::to_lowercase).as_deref() {
        None => Ok(None),
        Some("true" | "1" | "yes") => Ok(Some(true)),
        Some("false" | "0" | "no") => Ok(Some(false)),
        Some(_) => Err(format!("{name}: neither true nor false")),
    }
}
