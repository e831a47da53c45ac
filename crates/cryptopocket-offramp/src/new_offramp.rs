use cryptopocket_api::offramp::types;
use cryptopocket_core::{Error, Result, input};
use cryptopocket_types::{CoinAmount, Iban, Personal, UserId};
use serde::{Deserialize, Serialize};

/// An off-ramp to create: who sells which coins, and which bank account receives the money.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct NewOfframp {
    /// The customer who sells.
    #[serde(serialize_with = "cryptopocket_types::id::serialize_text")]
    pub user_id: UserId,
    /// The coins to sell, in coin units.
    pub coin: CoinAmount,
    /// The bank account, or the bank, that receives the money.
    pub destination: Destination,
}

/// The receiver of the money of an off-ramp.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Destination {
    /// A bank account.
    Iban(Iban),
    /// A bank in Latin America, by its name (older).
    BankName(Personal),
}

impl NewOfframp {
    /// Pays out to a bank account.
    ///
    /// `coin` must name its chain, as [`Asset::amount`](cryptopocket_types::Asset::amount) does.
    pub const fn to_iban(user_id: UserId, coin: CoinAmount, iban: Iban) -> Self {
        Self {
            user_id,
            coin,
            destination: Destination::Iban(iban),
        }
    }

    /// Pays out in Latin America, by the name of the bank.
    ///
    /// Neither an account nor a chain is sent (older), so the chain of `coin` does not count.
    pub fn latam(user_id: UserId, coin: CoinAmount, bank_name: impl Into<Personal>) -> Self {
        Self {
            user_id,
            coin,
            destination: Destination::BankName(bank_name.into()),
        }
    }

    /// The coins with their chain only if the provider is told of it: on another chain they would be lost.
    pub(crate) fn coins_to_send(&self) -> CoinAmount {
        match self.destination {
            Destination::Iban(_) => self.coin.clone(),
            Destination::BankName(_) => CoinAmount::new(self.coin.amount(), self.coin.symbol(), None),
        }
    }

    /// Checks the input, as the call does before it sends anything.
    ///
    /// # Errors
    ///
    /// `InvalidInput`, with the field, the rule and the cure.
    pub fn check(&self) -> Result<()> {
        self.clone().into_wire().map(drop)
    }

    pub(crate) fn into_wire(self) -> Result<types::CreateOfframpRequest> {
        input::user_id(&self.user_id)?;
        input::coins("amount", &self.coin)?;
        let (blockchain, iban, bank_name) = match self.destination {
            Destination::Iban(iban) => {
                let chain = input::chain("blockchain", &self.coin)?;
                (Some(chain.as_str().to_owned()), Some(iban.into()), None)
            }
            Destination::BankName(name) => {
                Error::require("bank_name", name.reveal(), "Give the name of the bank.")?;
                (None, None, Some(name))
            }
        };
        Ok(types::CreateOfframpRequest {
            user_id: self.user_id,
            amount: self.coin.amount().into(),
            symbol: self.coin.symbol().as_str().to_owned(),
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

    fn body(offramp: NewOfframp) -> String {
        serde_json::to_string(&offramp.into_wire().unwrap()).unwrap()
    }

    #[test]
    fn iban_is_sent_with_chain_and_coin_units() {
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
    fn latam_is_sent_without_account_and_chain() {
        let body = body(NewOfframp::latam(100_067.into(), coins("20"), "Banco de Prueba"));
        assert!(body.contains(r#""bank_name":"Banco de Prueba""#));
        assert!(!body.contains("iban") && !body.contains("blockchain"), "{body}");
    }

    #[test]
    fn eighteen_decimals_are_sent_exactly() {
        let body = body(NewOfframp::to_iban(
            1.into(),
            coins("0.123456789012345678"),
            IBAN.parse().unwrap(),
        ));
        assert!(body.contains(r#""amount":0.123456789012345678"#), "{body}");
    }

    #[test]
    fn missing_input_is_named() {
        let refused = |offramp: NewOfframp| offramp.into_wire().unwrap_err().to_string();
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
