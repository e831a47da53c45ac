//! Checks of what the caller gives, made before anything is sent.

use cryptopocket_core::{Advice, Error, Result};
use cryptopocket_types::{CoinAmount, OfframpId, UserId};

pub(crate) fn coins(coins: &CoinAmount) -> Result<()> {
    if coins.amount().is_zero() || coins.amount().is_negative() {
        return Err(Error::invalid_input(
            "amount",
            "must be above zero",
            "Give an amount of coins, such as 20 USDC.",
        ));
    }
    Ok(())
}

pub(crate) fn chain(coins: &CoinAmount) -> Result<&str> {
    coins
        .chain()
        .map(AsRef::as_ref)
        .filter(|chain| !chain.is_empty())
        .ok_or_else(|| {
            Error::invalid_input(
                "blockchain",
                "is missing",
                Advice::new("Say which chain the coins come from, such as polygon.")
                    .in_code_use("Asset::new(\"USDC\", \"polygon\").amount(…) does."),
            )
        })
}

pub(crate) fn user(user: &UserId) -> Result<()> {
    Error::require(
        "user_id",
        user.as_str(),
        "Give the id that creating the customer returned.",
    )
}

pub(crate) fn id(id: &OfframpId) -> Result<()> {
    Error::require(
        "id",
        id.as_str(),
        "Give the id that creating the off-ramp returned.",
    )
}

#[cfg(test)]
mod tests {
    use cryptopocket_core::Sent;
    use cryptopocket_types::{Asset, Chain};

    use super::*;

    #[test]
    fn only_an_amount_above_zero_with_its_chain_is_taken() {
        let asset = Asset::new("USDC", "polygon");
        assert!(coins(&asset.amount("0.000001".parse().unwrap())).is_ok());
        for text in ["0", "-1"] {
            let error = coins(&asset.amount(text.parse().unwrap())).unwrap_err();
            assert_eq!(error.to_string(), "amount must be above zero");
            assert_eq!(error.sent(), Sent::No);
        }
        let twenty = "20".parse().unwrap();
        assert_eq!(chain(&asset.amount(twenty)).unwrap(), "polygon");
        for unnamed in [None, Some(Chain::from(""))] {
            let error = chain(&CoinAmount::new(twenty, "USDC", unnamed)).unwrap_err();
            assert_eq!(error.to_string(), "blockchain is missing");
        }
    }

    #[test]
    fn an_empty_id_is_refused() {
        assert_eq!(
            user(&UserId::from(" ")).unwrap_err().to_string(),
            "user_id is empty"
        );
        assert_eq!(id(&OfframpId::from("")).unwrap_err().to_string(), "id is empty");
    }
}
