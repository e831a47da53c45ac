use cryptopocket_api::offramp::types;
use cryptopocket_core::{Error, Result};
use cryptopocket_types::{CoinAmount, Iban, Personal, UserId};

use crate::input;

/// An off-ramp to create: who sells which coins, and where the money goes.
///
/// # Examples
///
/// ```
/// use cryptopocket_offramp::NewOfframp;
/// use cryptopocket_types::{Asset, UserId};
///
/// let coins = Asset::new("USDC", "polygon").amount("20".parse()?);
/// let payout = NewOfframp::to_iban(UserId::from(100_067), coins, "ES91 2100 0418 4502 0005 1332".parse()?);
/// assert!(!format!("{payout:?}").contains("ES91"), "Debug hides the account");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOfframp {
    user_id: UserId,
    coins: CoinAmount,
    destination: Destination,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Destination {
    Account(Iban),
    Bank(Personal),
}

impl NewOfframp {
    /// Pays out to a bank account. `coins` must name its chain, as [`Asset::amount`](cryptopocket_types::Asset::amount)
    /// does.
    pub const fn to_iban(user_id: UserId, coins: CoinAmount, iban: Iban) -> Self {
        Self {
            user_id,
            coins,
            destination: Destination::Account(iban),
        }
    }

    /// Pays out in Latin America, by the name of the bank. Neither an account nor a chain is sent there (older), so the
    /// chain of `coins` does not matter.
    pub fn latam(user_id: UserId, coins: CoinAmount, bank_name: impl Into<Personal>) -> Self {
        Self {
            user_id,
            coins,
            destination: Destination::Bank(bank_name.into()),
        }
    }

    /// The coins to sell.
    pub const fn coins(&self) -> &CoinAmount {
        &self.coins
    }

    pub(crate) fn into_wire(self) -> Result<types::CreateOfframpRequest> {
        input::user(&self.user_id)?;
        input::coins(&self.coins)?;
        let (blockchain, iban, bank_name) = match self.destination {
            Destination::Account(iban) => (
                Some(input::chain(&self.coins)?.to_owned()),
                Some(iban.into()),
                None,
            ),
            Destination::Bank(name) => {
                Error::require("bank_name", name.reveal(), "Give the name of the bank.")?;
                (None, None, Some(name))
            }
        };
        Ok(types::CreateOfframpRequest {
            user_id: self.user_id,
            amount: self.coins.amount().into(),
            symbol: self.coins.symbol().as_str().to_owned(),
            blockchain,
            iban,
            bank_name,
        })
    }
}

#[cfg(test)]
mod tests {
    use cryptopocket_types::Asset;

    use super::*;

    const IBAN: &str = "ES9121000418450200051332";

    fn coins(amount: &str) -> CoinAmount {
        Asset::new("USDC", "polygon").amount(amount.parse().unwrap())
    }

    fn body(payout: NewOfframp) -> String {
        serde_json::to_string(&payout.into_wire().unwrap()).unwrap()
    }

    #[test]
    fn an_account_goes_with_its_chain_and_the_amount_in_coin_units() {
        let body = body(NewOfframp::to_iban(
            100_067.into(),
            coins("20.5"),
            IBAN.parse().unwrap(),
        ));
        for field in [
            r#""amount":20.5"#,
            r#""user_id":100067"#,
            r#""blockchain":"polygon""#,
            r#""symbol":"USDC""#,
            IBAN,
        ] {
            assert!(body.contains(field), "{field} in {body}");
        }
        assert!(!body.contains("bank_name"));
    }

    #[test]
    fn a_bank_in_latin_america_goes_without_account_and_chain() {
        let body = body(NewOfframp::latam(100_067.into(), coins("20"), "Banco de Prueba"));
        assert!(body.contains(r#""bank_name":"Banco de Prueba""#));
        assert!(!body.contains("iban") && !body.contains("blockchain"), "{body}");
    }

    #[test]
    fn eighteen_decimals_go_out_exactly() {
        let body = body(NewOfframp::to_iban(
            1.into(),
            coins("0.123456789012345678"),
            IBAN.parse().unwrap(),
        ));
        assert!(body.contains(r#""amount":0.123456789012345678"#), "{body}");
    }

    #[test]
    fn what_is_missing_is_named() {
        let refused = |payout: NewOfframp| payout.into_wire().unwrap_err().to_string();
        let nowhere = CoinAmount::new("20".parse().unwrap(), "USDC", None);
        assert_eq!(
            refused(NewOfframp::to_iban(1.into(), nowhere, IBAN.parse().unwrap())),
            "blockchain is missing"
        );
        assert_eq!(
            refused(NewOfframp::latam(1.into(), coins("20"), " ")),
            "bank_name is empty"
        );
        assert_eq!(
            refused(NewOfframp::latam(1.into(), coins("0"), "Banco")),
            "amount must be above zero"
        );
        assert_eq!(
            refused(NewOfframp::latam("".into(), coins("1"), "Banco")),
            "user_id is empty"
        );
    }
}
