//! Outcomes of payments.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What became of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Outcome {
    /// Exactly one credit names it and has its amount, and nothing speaks against it. It may be posted.
    Confirmed,
    /// One credit is likely. A person must accept it.
    Suggested,
    /// Several credits, or several payments, are as likely. A person must choose.
    Ambiguous,
    /// Credits that name it are too little.
    Partial,
    /// Credits that name it are too much.
    Over,
    /// Several credits pay it together, or one credit pays it together with others.
    Split,
    /// No credit is likely.
    None,
    /// A decision was applied before, or a transaction is reconciled with it.
    Settled,
    /// It waits for no money by its status.
    Closed,
}

impl Outcome {
    /// The name in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Suggested => "suggested",
            Self::Ambiguous => "ambiguous",
            Self::Partial => "partial",
            Self::Over => "over",
            Self::Split => "split",
            Self::None => "none",
            Self::Settled => "settled",
            Self::Closed => "closed",
        }
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
