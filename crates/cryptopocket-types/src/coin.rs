//! Coins, and amounts of coins.

use crate::json::json_object;
use crate::money::pad;
use crate::wire::BaseUnits;
use crate::{Chain, Decimal, ParseError, Symbol, formats, shown};

/// A coin on a chain.
///
/// JSON is read under every name the provider uses: `symbol`, `coin_symbol` or `crypto`, and `chain`, `coin_chain` or
/// `blockchain`. It is written as `{"symbol":"USDC","chain":"polygon"}`.
///
/// # Examples
///
/// ```
/// use cryptopocket_types::Asset;
///
/// let usdc = Asset::new("USDC", "polygon");
/// assert_eq!(usdc.to_string(), "USDC/polygon");
/// assert_eq!(usdc.amount("148.32".parse()?).to_string(), "148.32 USDC");
///
/// // The names of any reply are read, and always the same ones written.
/// let read: Asset = serde_json::from_str(r#"{"crypto":"USDC","blockchain":"polygon"}"#)?;
/// assert_eq!(read, usdc);
/// assert_eq!(serde_json::to_string(&read)?, r#"{"symbol":"USDC","chain":"polygon"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asset {
    symbol: Symbol,
    chain: Chain,
}

impl Asset {
    /// Makes the asset `symbol` on `chain`.
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

    /// The coin and its chain.
    pub fn into_parts(self) -> (Symbol, Chain) {
        (self.symbol, self.chain)
    }

    /// Makes an amount of this asset, in coin units.
    pub fn amount(&self, amount: Decimal) -> CoinAmount {
        CoinAmount::new(amount, self.symbol.clone(), Some(self.chain.clone()))
    }
}

formats! {
    Display of Asset, |asset, f| f.pad(&format!("{}/{}", asset.symbol, asset.chain));
}

json_object! {
    Asset, "A coin on a chain.", |asset| {
        symbol or "coin_symbol" or "crypto": Symbol = &asset.symbol;
        chain or "coin_chain" or "blockchain": Chain = &asset.chain;
    }
}

/// An exact amount of one coin, in coin units: `148.32 USDC`.
///
/// Arithmetic exists only between amounts of the same coin on the same chain. The JSON form is
/// `{"amount":"148.32","symbol":"USDC","chain":"polygon"}`; an unknown chain is left out.
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
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct CoinAmount {
    amount: Decimal,
    symbol: Symbol,
    chain: Option<Chain>,
}

impl CoinAmount {
    /// Makes an amount in coin units; `chain` is `None` when unknown.
    pub fn new(amount: Decimal, symbol: impl Into<Symbol>, chain: Option<Chain>) -> Self {
        Self {
            amount,
            symbol: symbol.into(),
            chain,
        }
    }

    /// Reads a whole number of base units; one coin has `10^decimals` of them.
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

    /// The amount in base units; one coin has `10^decimals` of them.
    ///
    /// # Errors
    ///
    /// When the result is not a whole number, is negative, or does not fit.
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

    /// The chain, if known.
    pub const fn chain(&self) -> Option<&Chain> {
        self.chain.as_ref()
    }

    /// The sum; `None` when coin or chain differ or the sum does not fit.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::CoinAmount;
    ///
    /// let on = |chain| CoinAmount::from_base_units("1500000", 6, "USDC", chain);
    /// let sum = on("polygon")?.checked_add(&on("polygon")?);
    /// assert_eq!(sum.unwrap().to_string(), "3.0 USDC");
    /// assert_eq!(on("polygon")?.checked_add(&on("ethereum")?), None);
    /// # Ok::<(), cryptopocket_types::ParseError>(())
    /// ```
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

formats! {
    /// Writes amount and symbol. Honours width and alignment and ignores a precision, as [`Money`](crate::Money) does.
    Display of CoinAmount, |coins, f| pad(f, &format!("{} {}", coins.amount, coins.symbol));
    Debug of CoinAmount, |coins, f| {
        let chain = coins
            .chain()
            .map(|chain| format!(" on {}", shown::id(chain.as_str())));
        let (symbol, chain) = (shown::id(coins.symbol.as_str()), chain.unwrap_or_default());
        write!(f, "CoinAmount({} {symbol}{chain})", coins.amount)
    };
}

json_object! {
    CoinAmount, "Exact amount of one coin, in coin units.", |coins| {
        amount: Decimal = &coins.amount;
        symbol: Symbol = &coins.symbol;
    } optional chain: Chain
}
