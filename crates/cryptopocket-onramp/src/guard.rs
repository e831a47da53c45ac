use std::time::Duration;

use cryptopocket_core::{Error, Result};
use cryptopocket_types::{Chain, Money, PaymentType, Symbol, Timestamp};

use crate::{OnRamp, Quote, Slippage};

const TAKE_ANOTHER: &str =
    "No payment was sent. Take a new quote, show it, and guard the payment with that one.";

/// A condition under which a payment may be created. Made by [`Quote::guard`].
///
/// It is checked before the payment is sent: first the age of the quote, then a fresh quote of the same. Both quotes
/// must answer what was asked (amount, coin, chain, method) and give more than zero coins. When any of this fails, the
/// error's kind is [`Conflict`](cryptopocket_core::ErrorKind::Conflict) and no payment was sent.
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

    /// The payment must be what was quoted. A quote that was asked for without a chain stands for the one that its
    /// reply names, if any.
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
        let chain_fits = match (quoted.chain(), purchase.chain) {
            (Some(asked), Some(bought)) => asked == bought,
            (None, Some(bought)) => self
                .quote
                .tokens
                .chain()
                .is_some_and(|named| is_same(named, bought)),
            // Where the provider chooses the chain of the payment, it must have chosen that of the quote too.
            (asked, None) => asked.is_none(),
        };
        if !chain_fits {
            return Err(differs("coin_chain"));
        }
        // The same method is spelt in capitals in one call and in small letters in the other.
        if !is_same(quoted.payment_type().as_str(), purchase.payment_type.as_str()) {
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
        Err(Error::conflict("the guarding quote is too old", TAKE_ANOTHER))
    }

    fn check_shown(&self) -> Result<()> {
        check_answer(&self.quote, "the guarding quote")
    }

    fn check_fresh(&self, fresh: &Quote) -> Result<()> {
        check_answer(fresh, "a fresh quote")?;
        let is_elsewhere = match (self.quote.tokens.chain(), fresh.tokens.chain()) {
            (Some(shown), Some(fresh)) => !is_same(shown, fresh),
            (shown, _) => shown.is_some(),
        };
        if is_elsewhere {
            return Err(Error::conflict(
                "a fresh quote is for another chain",
                TAKE_ANOTHER,
            ));
        }
        if self
            .max_slippage
            .allows(self.quote.tokens.amount(), fresh.tokens.amount())
        {
            return Ok(());
        }
        Err(Error::conflict(
            format!(
                "the price moved: a fresh quote differs by more than {}",
                self.max_slippage
            ),
            TAKE_ANOTHER,
        ))
    }
}

/// A quote must be an answer to its own question, and worth something. What its reply leaves out counts as asked.
fn check_answer(quote: &Quote, which: &str) -> Result<()> {
    let asked = quote.request();
    let another = |what: &str| {
        Err(Error::conflict(
            format!("{which} is for another {what}"),
            TAKE_ANOTHER,
        ))
    };
    if quote.spend != asked.spend() {
        return another("amount");
    }
    if !is_same(quote.tokens.symbol(), asked.symbol()) {
        return another("coin");
    }
    if let Some(chain) = asked.chain()
        && !quote.tokens.chain().is_some_and(|named| is_same(named, chain))
    {
        return another("chain");
    }
    if !is_same(quote.payment_type.as_str(), asked.payment_type().as_str()) {
        return another("method of payment");
    }
    let coins = quote.tokens.amount();
    if coins.is_zero() || coins.is_negative() {
        return Err(Error::conflict(format!("{which} gives no coins"), TAKE_ANOTHER));
    }
    Ok(())
}

/// Replies may spell a name in other letters than requests, such as `CARD` and `card`.
fn is_same(one: impl AsRef<str>, other: impl AsRef<str>) -> bool {
    one.as_ref().eq_ignore_ascii_case(other.as_ref())
}

impl OnRamp {
    /// Checks a guard now: the quote is young enough, and a fresh quote of the same, which is returned, gives the
    /// same tokens within the slippage. Both must answer what was asked, and give more than zero.
    ///
    /// Creating a guarded payment does this by itself.
    ///
    /// **Units, idempotency, known from.** As [`OnRamp::quote`]; it only reads.
    ///
    /// Operation: `get_onramp_quote`
    ///
    /// # Errors
    ///
    /// [`Conflict`](cryptopocket_core::ErrorKind::Conflict) when the quote is too old, either quote is for another amount,
    /// coin, chain or method than was asked, gives no coins, or the price moved; and the errors of [`OnRamp::quote`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use cryptopocket_core::testing::ScriptedSession;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let session = ScriptedSession::new().next("get_onramp_quote", &[r#"{"status":"ok","data":{"tokens":257.29}}"#,
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
        guard.check_shown()?;
        let fresh = self.quote(guard.quote.request().clone()).await?;
        guard.check_fresh(&fresh)?;
        Ok(fresh)
    }
}
