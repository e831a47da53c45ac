//! The option `--payment-type`.

use std::convert::Infallible;

use cryptopocket::PaymentType;

/// Reads a payment method. Known ones are accepted in any case, because the provider spells them in both.
#[allow(clippy::unnecessary_wraps, reason = "clap asks for a result")]
pub(super) fn payment_type(text: &str) -> Result<PaymentType, Infallible> {
    let known = PaymentType::ALL
        .iter()
        .find(|known| known.as_str().eq_ignore_ascii_case(text));
    Ok(known.cloned().unwrap_or_else(|| PaymentType::from(text)))
}
