use std::time::Duration;

use cryptopocket_core::{Error, Result};
use cryptopocket_types::{Chain, Decimal, Money, PaymentType, Symbol, Timestamp};

use crate::{OnRamp, Quote, Slippage};

/// A condition under which a payment may be created. Made by [`Quote::guard`].
///
/// It is checked before the payment is sent: first the age of the quote, then a fresh quote of the same. When either
/// fails, the error's kind is [`Conflict`](cryptopocket_core::ErrorKind::Conflict) and no payment was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuoteGuard {
    quote: Quote,
    max_age: Duration,
    max_slippage: Slippage,
}

/// What a payment is about to buy, for comparison with what was quoted.
pub(crate) struct Purchase<'p> {
    pub(crate) spend: Money,
    pub(crate) symbol: &'p Symbol,
    pub(crate) chain: Option<&'p Chain>,
    pub(crate) payment_type: &'p PaymentType,
}

impl QuoteGuard {
    pub(crate) const fn new(quote: Quote, max_age: Duration, max_slippage: Slippage) -> Self {
        Self {
            quote,
            max_age,
            max_slippage,
        }
    }

    /// The quote that a person saw.
    pub const fn quote(&self) -> &Quote {
        &self.quote
    }

    /// The greatest age of the quote.
    pub const fn max_age(&self) -> Duration {
        self.max_age
    }

    /// How far a fresh quote may lie from it.
    pub const fn max_slippage(&self) -> Slippage {
        self.max_slippage
    }

    /// The payment must be what was quoted. A chain that one side leaves to the provider fits any.
    pub(crate) fn check_purchase(&self, purchase: &Purchase<'_>) -> Result<()> {
        let quoted = self.quote.request();
        let differs = |field: &str| {
            Error::invalid_input(
                field,
                "differs from what the guarding quote was asked for",
                "Take the quote for exactly this payment, or leave the guard out.",
            )
        };
        if quoted.spend() != purchase.spend {
            return Err(differs("fiat_amount"));
        }
        if quoted.symbol() != purchase.symbol {
            return Err(differs("coin_symbol"));
        }
        if matches!((quoted.chain(), purchase.chain), (Some(quoted), Some(bought)) if quoted != bought) {
            return Err(differs("coin_chain"));
        }
        // The same method is spelt in capitals in one call and in small letters in the other.
        if !quoted
            .payment_type()
            .as_str()
            .eq_ignore_ascii_case(purchase.payment_type.as_str())
        {
            return Err(differs("payment_type"));
        }
        Ok(())
    }

    pub(crate) fn check_age(&self, now: Timestamp) -> Result<()> {
        // A clock that was set back gives no age to trust.
        let fits = now
            .duration_since(self.quote.taken_at)
            .is_some_and(|age| age <= self.max_age);
        if fits {
            return Ok(());
        }
        Err(Error::conflict(
            "the guarding quote is too old",
            "No payment was sent. Take a new quote, show it, and guard the payment with that one.",
        ))
    }

    fn check_tokens(&self, fresh: Decimal) -> Result<()> {
        if self.max_slippage.allows(self.quote.tokens.amount(), fresh) {
            return Ok(());
        }
        Err(Error::conflict(
            format!(
                "the price moved: a fresh quote differs by more than {}",
                self.max_slippage
            ),
            "No payment was sent. Take a new quote, show it, and guard the payment with that one.",
        ))
    }
}

impl OnRamp {
    /// Checks a guard now: the quote is young enough, and a fresh quote of the same, which is returned, gives the
    /// same tokens within the slippage.
    ///
    /// Creating a guarded payment does this by itself.
    ///
    /// **Units, idempotency, known from.** As [`OnRamp::quote`]; it only reads.
    ///
    /// Operation: `get_onramp_quote`
    ///
    /// # Errors
    ///
    /// [`Conflict`](cryptopocket_core::ErrorKind::Conflict) when the quote is too old or the price moved, and the
    /// errors of [`OnRamp::quote`].
    ///
    /// # Examples
    ///
    /// ```
    /// # mod scripted { include!(concat!(env!("CARGO_MANIFEST_DIR"), "/src/scripted.rs")); }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = scripted::Scripted::new().next("get_onramp_quote", &[r#"{"status":"ok","data":{"tokens":257.29}}"#,
    /// #     r#"{"status":"ok","data":{"tokens":250.00}}"#]).session;
    /// use std::time::Duration;
    ///
    /// use cryptopocket_core::ErrorKind;
    /// use cryptopocket_onramp::{OnRamp, QuoteRequest, Slippage};
    /// use cryptopocket_types::{Asset, PaymentType};
    ///
    /// let onramp = OnRamp::new(session);
    /// let request = QuoteRequest::new("240 EUR".parse()?, Asset::new("USDC", "polygon"), PaymentType::Card);
    /// let shown = onramp.quote(request).await?;
    /// let guard = shown.guard(Duration::from_secs(60), Slippage::percent(1));
    /// // NewPayment::card(…).guard(guard) has create_payment check it; here the price has moved by 2.8 %.
    /// let error = onramp.check_guard(&guard).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Conflict);
    /// # Ok(())
    /// # }
    /// ```
    pub async fn check_guard(&self, guard: &QuoteGuard) -> Result<Quote> {
        guard.check_age(self.session().runtime().now())?;
        let fresh = self.quote(guard.quote.request().clone()).await?;
        guard.check_tokens(fresh.tokens.amount())?;
        Ok(fresh)
    }
}
