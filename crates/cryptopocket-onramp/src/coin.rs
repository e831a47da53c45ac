use cryptopocket_types::{Asset, Chain, Symbol};

/// The coin to buy, on a chain or on whichever the provider takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coin {
    On(Asset),
    Anywhere(Symbol),
}

impl Coin {
    pub(crate) const fn symbol(&self) -> &Symbol {
        match self {
            Self::On(asset) => asset.symbol(),
            Self::Anywhere(symbol) => symbol,
        }
    }

    pub(crate) const fn chain(&self) -> Option<&Chain> {
        match self {
            Self::On(asset) => Some(asset.chain()),
            Self::Anywhere(_) => None,
        }
    }

    pub(crate) fn on(&self, chain: impl Into<Chain>) -> Self {
        Self::On(Asset::new(self.symbol().clone(), chain))
    }
}
