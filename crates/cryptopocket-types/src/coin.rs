//! Coins, the chains they live on, and amounts of them.

use core::fmt;
use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::open_enum::text_like;
use crate::wire::BaseUnits;
use crate::{Decimal, ParseError};

macro_rules! open_text {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Cow<'static, str>);

        impl $name {
            /// The name, known at compile time.
            pub const fn from_static(text: &'static str) -> Self {
                Self(Cow::Borrowed(text))
            }

            /// The name as it came.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(Cow::Owned(text.to_owned()))
            }
        }

        impl From<&$name> for $name {
            fn from(name: &$name) -> Self {
                name.clone()
            }
        }

        text_like!($name);
    )+};
}

open_text! {
    /// The symbol of a coin, such as `USDC`. Any text is a symbol; the case is kept and counts.
    Symbol;
    /// The name of a blockchain, such as `polygon`. Any text is a chain; the case is kept and counts.
    Chain;
}

/// A coin on a chain.
///
/// It is read under each pair of names the provider uses: `symbol` or `coin_symbol` or `crypto`, and `chain` or
/// `coin_chain` or `blockchain`.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Asset;
///
/// let asset = Asset::new("USDC", "polygon");
/// assert_eq!(asset.to_string(), "USDC/polygon");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Asset {
    #[serde(alias = "coin_symbol", alias = "crypto")]
    symbol: Symbol,
    #[serde(alias = "coin_chain", alias = "blockchain")]
    chain: Chain,
}

impl Asset {
    /// The coin `symbol` on `chain`.
    pub fn new(symbol: impl Into<Symbol>, chain: impl Into<Chain>) -> Self {
        Self {
            symbol: symbol.into(),
            chain: chain.into(),
        }
    }

    /// The coin.
    pub const fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// The chain.
    pub const fn chain(&self) -> &Chain {
        &self.chain
    }

    /// `amount` of this asset, in coin units.
    pub fn amount(&self, amount: Decimal) -> CoinAmount {
        CoinAmount::new(amount, self.symbol.clone(), Some(self.chain.clone()))
    }
}

impl fmt::Display for Asset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}/{}", self.symbol, self.chain))
    }
}

/// An exact amount of one coin, in coin units: `148.32 USDC`.
///
/// Arithmetic exists only between amounts of the same coin on the same chain. In JSON it is
/// `{"amount":"148.32","symbol":"USDC","chain":"polygon"}`.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::CoinAmount;
///
/// let coins = CoinAmount::from_base_units("20000000000000000000", 18, "DAI", "polygon")?;
/// assert_eq!(coins.to_string(), "20 DAI");
/// assert_eq!(coins.to_base_units(18)?.to_string(), "20000000000000000000");
/// # Ok::<(), cryptopocket_types::ParseError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct CoinAmount {
    amount: Decimal,
    symbol: Symbol,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    chain: Option<Chain>,
}

impl CoinAmount {
    /// `amount` coin units of `symbol`, on `chain` when it is known.
    pub fn new(amount: Decimal, symbol: impl Into<Symbol>, chain: Option<Chain>) -> Self {
        Self {
            amount,
            symbol: symbol.into(),
            chain,
        }
    }

    /// Reads a whole number of base units, of which ten to the `decimals` make one coin.
    ///
    /// # Errors
    ///
    /// When `units` is not a whole number, or `decimals` is out of range.
    pub fn from_base_units(
        units: &str,
        decimals: u32,
        symbol: impl Into<Symbol>,
        chain: impl Into<Chain>,
    ) -> Result<Self, ParseError> {
        let amount = units.parse::<BaseUnits>()?.coins(decimals)?;
        Ok(Self::new(amount, symbol, Some(chain.into())))
    }

    /// The amount in base units, of which ten to the `decimals` make one coin.
    ///
    /// # Errors
    ///
    /// When it is not a whole number of them, is negative, or does not fit.
    pub fn to_base_units(&self, decimals: u32) -> Result<BaseUnits, ParseError> {
        BaseUnits::from_coins(self.amount, decimals)
    }

    /// The amount in coin units.
    pub const fn amount(&self) -> Decimal {
        self.amount
    }

    /// The coin.
    pub const fn symbol(&self) -> &Symbol {
        &self.symbol
    }

    /// The chain, when it is known.
    pub const fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }

    /// The sum; `None` when coin or chain differ or the sum does not fit.
    #[must_use]
    pub fn checked_add(&self, other: &Self) -> Option<Self> {
        self.with(other, Decimal::checked_add)
    }

    /// The difference; `None` when coin or chain differ or the difference does not fit.
    #[must_use]
    pub fn checked_sub(&self, other: &Self) -> Option<Self> {
        self.with(other, Decimal::checked_sub)
    }

    fn with(&self, other: &Self, operation: fn(Decimal, Decimal) -> Option<Decimal>) -> Option<Self> {
        if !self.is_same_asset(other) {
            return None;
        }
        Some(Self {
            amount: operation(self.amount, other.amount)?,
            ..self.clone()
        })
    }

    fn is_same_asset(&self, other: &Self) -> bool {
        self.symbol == other.symbol && self.chain == other.chain
    }
}

impl PartialOrd for CoinAmount {
    /// `None` when coin or chain differ.
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        self.is_same_asset(other).then(|| self.amount.cmp(&other.amount))
    }
}

impl fmt::Display for CoinAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{} {}", self.amount, self.symbol))
    }
}

impl fmt::Debug for CoinAmount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.chain {
            Some(chain) => write!(f, "CoinAmount({self} on {chain})"),
            None => write!(f, "CoinAmount({self})"),
        }
    }
}
