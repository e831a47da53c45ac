//! Outcomes of payments.

use cryptopocket_types::words;
use serde::{Deserialize, Serialize};

words! {
    /// What became of a payment.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
    #[cfg_attr(feature = "schemars", derive(schemars::JsonSchema))]
    #[serde(rename_all = "snake_case")]
    #[non_exhaustive]
    pub enum Outcome {
        /// Exactly one credit names it and has its amount, and nothing speaks against it. It may be posted.
        Confirmed = "confirmed",
        /// One credit is likely. A person must accept it.
        Suggested = "suggested",
        /// Several credits, or several payments, are as likely. A person must choose.
        Ambiguous = "ambiguous",
        /// Credits that name it are too little.
        Partial = "partial",
        /// Credits that name it are too much.
        Over = "over",
        /// Several credits pay it together, or one credit pays it together with others.
        Split = "split",
        /// No credit is likely.
        None = "none",
        /// A decision was applied before, or a transaction is reconciled with it.
        Settled = "settled",
        /// It waits for no money by its status.
        Closed = "closed",
    }
}
