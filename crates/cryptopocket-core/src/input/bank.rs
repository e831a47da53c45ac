use cryptopocket_types::Personal;

use super::ensure;
use crate::{Advice, Result};

/// The longest IBAN that ISO 13616 allows.
const LONGEST: usize = 34;

/// The IBAN of one of your accounts without its spaces, for a path.
///
/// Its check digits are not checked: the provider knows its own accounts. For the account of a customer, parse it as
/// [`Iban`](cryptopocket_types::Iban), which checks everything.
///
/// # Errors
///
/// `InvalidInput` unless it has 1 to 34 letters and digits.
pub fn iban(iban: &Personal) -> Result<Personal> {
    let bare = Personal::from(iban.reveal().replace(' ', ""));
    let text = bare.reveal();
    ensure(
        (1..=LONGEST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
        "iban",
        "must be 1 to 34 letters and digits",
        Advice::new("Give the IBAN of one of the integration's accounts.")
            .in_code_use("Banking::list_accounts lists them."),
    )?;
    Ok(bare)
}
