//! Meaning of the named values.

use crate::open_enum::UnknownValue;
use crate::{KycStatus, OfframpStatus, PaymentStatus, PaymentType, QuotePaymentType, from, words};

impl PaymentStatus {
    /// Whether the status is final. An unknown status is not: no failure status is documented.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::PaymentStatus;
    ///
    /// assert!(PaymentStatus::CoinsSent.is_final());
    /// assert!(!PaymentStatus::PaymentReceived.is_final());
    /// assert!(!PaymentStatus::from("on_hold").is_final());
    /// ```
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::CoinsSent)
    }

    /// Position in the lifecycle of a payment, from 0; `None` for an unknown status.
    ///
    /// A payment only moves to higher ranks. Card and PSD2 payments skip `pending_bank`.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::PaymentStatus;
    ///
    /// // A status that arrives late must not set a payment back. Where the order is unknown, it is not late.
    /// let is_late = |stored: &PaymentStatus, new: &PaymentStatus| {
    ///     stored.rank().zip(new.rank()).is_some_and(|(stored, new)| new < stored)
    /// };
    /// assert!(is_late(&PaymentStatus::CoinsSent, &PaymentStatus::PaymentReceived));
    /// assert!(!is_late(&PaymentStatus::Started, &PaymentStatus::PaymentReceived));
    /// assert!(!is_late(&PaymentStatus::CoinsSent, &PaymentStatus::from("on_hold")));
    /// ```
    pub const fn rank(&self) -> Option<u8> {
        match self {
            Self::Started => Some(0),
            Self::PendingBank => Some(1),
            Self::PaymentReceived => Some(2),
            Self::CoinsSent => Some(3),
            Self::Unknown(_) => None,
        }
    }
}

impl OfframpStatus {
    /// Whether the status is final. An unknown status is not.
    pub const fn is_final(&self) -> bool {
        matches!(self, Self::Finished)
    }

    /// Position in the lifecycle of an off-ramp, from 0; `None` for an unknown status.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::OfframpStatus;
    ///
    /// assert!(OfframpStatus::Started.rank() < OfframpStatus::Finished.rank());
    /// assert!(OfframpStatus::Finished.is_final());
    /// assert_eq!(OfframpStatus::from("returned").rank(), None);
    /// ```
    pub const fn rank(&self) -> Option<u8> {
        match self {
            Self::Started => Some(0),
            Self::CryptoReceived => Some(1),
            Self::Finished => Some(2),
            Self::Unknown(_) => None,
        }
    }
}

words! {
    /// Decision of a KYC check.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
    pub enum KycDecision {
        /// The customer may pay.
        Approved = "approved",
        /// The customer was rejected.
        Rejected = "rejected",
        /// No decision yet.
        Pending = "pending",
    }
}

impl KycStatus {
    /// The decision: `valid` approves, `fail` rejects, any other status is pending.
    ///
    /// # Examples
    ///
    /// ```
    /// use cryptopocket_types::{KycDecision, KycStatus};
    ///
    /// assert_eq!(KycStatus::Valid.decision(), KycDecision::Approved);
    /// assert_eq!(KycStatus::Fail.decision(), KycDecision::Rejected);
    /// assert_eq!(KycStatus::from("in_review").decision(), KycDecision::Pending);
    /// ```
    pub const fn decision(&self) -> KycDecision {
        match self {
            Self::Valid => KycDecision::Approved,
            Self::Fail => KycDecision::Rejected,
            Self::Unused | Self::Processing | Self::Unknown(_) => KycDecision::Pending,
        }
    }
}

from! {
    /// The spelling of a payment method in quotes: `psd2` → `PSD2`. Other methods keep their text.
    &PaymentType => QuotePaymentType, |method| match method {
        PaymentType::Card => Self::Card,
        PaymentType::Psd2 => Self::Psd2,
        PaymentType::Transfer => Self::Transfer,
        other => Self::from(other.as_str()),
    };
    /// The spelling of a quoted method in payments: `PSD2` → `psd2`. An unknown method keeps its text.
    &QuotePaymentType => PaymentType, |method| match method {
        QuotePaymentType::Card => Self::Card,
        QuotePaymentType::Psd2 => Self::Psd2,
        QuotePaymentType::Transfer => Self::Transfer,
        QuotePaymentType::Unknown(text) => Self::from(UnknownValue::as_str(text)),
    };
}
