use std::sync::Arc;
use std::time::Duration;

use cryptopocket_core::{Error, Result, Runtime, Session};
use cryptopocket_types::Chain;
use serde::{Deserialize, Serialize};

use crate::{OnRamp, Quote, QuoteRequest, Slippage};

/// A condition for creating a payment: the price that a person saw still holds.
///
/// Made by [`Quote::guard`].
///
/// It is checked before the payment is sent: the age of the quote, a fresh quote of the same, and the age once more right
/// before the payment leaves, after the login and after each pause. Both quotes must answer what was asked (amount, coin,
/// chain, method) and give more than zero coins. When a check fails, the error's kind is
/// [`Conflict`](cryptopocket_core::ErrorKind::Conflict) and no payment was sent.
///
/// The age is the longer of what the clock and a monotonic clock show, so that a clock that is set back makes no quote
/// younger. A guard that was stored and read back has only the clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct QuoteGuard {
    /// The quote that a person saw.
    pub quote: Quote,
    /// The largest allowed age of the quote.
    pub max_age: Duration,
    /// The largest allowed difference of a fresh quote.
    pub max_slippage: Slippage,
}

impl QuoteGuard {
    /// Checks that the payment buys what was quoted.
    ///
    /// A quote without a chain counts for the chain that its reply names.
    pub(crate) fn check_purchase(&self, bought: &QuoteRequest) -> Result<()> {
        let quoted = &self.quote.request;
        let chain_fits = match (&quoted.chain, &bought.chain) {
            (Some(asked), Some(bought)) => asked == bought,
            (None, Some(bought)) => {
                let named = self.quote.tokens.chain();
                named.is_some_and(|named| is_same(named, bought))
            }
            // The provider chooses the chain of such a payment. It must have chosen that of the quote too, or the two
            // may differ.
            (asked, None) => asked.is_none(),
        };
        let differs = [
            ("fiat_amount", quoted.spend != bought.spend),
            ("coin_symbol", quoted.symbol != bought.symbol),
            ("coin_chain", !chain_fits),
            // One call spells a method in capitals and the other in small letters.
            (
                "payment_type",
                !is_same(&quoted.payment_type, &bought.payment_type),
            ),
        ];
        let Some((field, _)) = differs.iter().find(|(_, differs)| *differs) else {
            return Ok(());
        };
        Err(Error::invalid_input(
            field,
            "differs from what the guarding quote was asked for",
            "Take the quote for exactly this payment, or leave the guard out.",
        ))
    }

    fn check_age(&self, runtime: &dyn Runtime) -> Result<()> {
        // A negative age means that the clock was set back, or that the quote comes from another one. The true age is
        // not known then, so the quote counts as too old.
        let by_clock = runtime.now().duration_since(self.quote.taken_at);
        let by_monotonic = match self.quote.moment.0 {
            Some(taken) => runtime.monotonic().checked_sub(taken),
            None => by_clock,
        };
        // Each clock can lag behind: the one when it is set back, the other while the machine sleeps.
        let fits = |age: Option<Duration>| age.is_some_and(|age| age <= self.max_age);
        if fits(by_clock) && fits(by_monotonic) {
            return Ok(());
        }
        Err(refused("the guarding quote is too old"))
    }

    fn check_fresh(&self, fresh: &Quote) -> Result<()> {
        check_answer(fresh, "a fresh quote")?;
        // A fresh quote that names no chain proves nothing about the chain that was shown, so it counts as another one.
        let is_elsewhere = match (self.quote.tokens.chain(), fresh.tokens.chain()) {
            (Some(shown), Some(fresh)) => !is_same(shown, fresh),
            (shown, _) => shown.is_some(),
        };
        if is_elsewhere {
            return Err(refused("a fresh quote is for another chain"));
        }
        let limit = self.max_slippage;
        if limit.allows(self.quote.tokens.amount(), fresh.tokens.amount()) {
            return Ok(());
        }
        Err(refused(&format!(
            "the price moved: a fresh quote differs by more than {limit}"
        )))
    }
}

fn refused(reason: &str) -> Error {
    let cure = "No payment was sent. Take a new quote, show it, and guard the payment with that one.";
    Error::conflict(reason.to_owned(), cure)
}

/// Checks that a quote answers its own request and gives more than zero coins.
///
/// Most fields of the reply are assumed and may be missing. A missing field counts as asked; a present one must match,
/// or the price shown would be that of another purchase.
fn check_answer(quote: &Quote, which: &str) -> Result<()> {
    let asked = &quote.request;
    let method = quote.payment_type.value();
    let is_on = |chain: &Chain| quote.tokens.chain().is_some_and(|named| is_same(named, chain));
    let differs = [
        // Coin and chain fall back to what was asked for. A name that could not be read may be that of another one.
        ("coin", quote.extra.get("symbol").is_some()),
        ("chain", quote.extra.get("chain").is_some()),
        ("amount", quote.spend != asked.spend),
        ("coin", !is_same(quote.tokens.symbol(), &asked.symbol)),
        ("chain", !asked.chain.as_ref().is_none_or(is_on)),
        (
            "method of payment",
            !method.is_some_and(|named| is_same(named, &asked.payment_type)),
        ),
    ];
    if let Some((what, _)) = differs.iter().find(|(_, differs)| *differs) {
        return Err(refused(&format!("{which} is for another {what}")));
    }
    let coins = quote.tokens.amount();
    if coins.is_zero() || coins.is_negative() {
        return Err(refused(&format!("{which} gives no coins")));
    }
    Ok(())
}

/// Whether two names differ at most in case: replies may say `CARD` where requests say `card`.
fn is_same(one: impl AsRef<str>, other: impl AsRef<str>) -> bool {
    one.as_ref().eq_ignore_ascii_case(other.as_ref())
}

impl OnRamp {
    /// The session of a payment, after its guard was checked. It sends only while the quote is young enough.
    pub(crate) async fn guarded(&self, guard: Option<&QuoteGuard>) -> Result<Session> {
        let Some(guard) = guard.cloned() else {
            return Ok(self.session.clone());
        };
        self.check_guard(&guard).await?;
        // The price may move between the fresh quote and the payment, but the payment does not outlive the quote.
        let runtime = Arc::clone(self.session.runtime());
        Ok(self.session.with_condition(move || guard.check_age(&*runtime)))
    }

    /// Checks a guard now, and returns the fresh quote. Creating a guarded payment does this by itself.
    ///
    /// - **Units, idempotency, known from.** As [`OnRamp::quote`]; it only reads.
    /// - Operation: `get_onramp_quote`
    ///
    /// # Errors
    /// [`Conflict`](cryptopocket_core::ErrorKind::Conflict) when the quote is too old, either quote is for another
    /// amount, coin, chain or method than was asked, gives no coins, or the price moved; and the errors of
    /// [`OnRamp::quote`].
    ///
    /// # Examples
    /// ```
    /// # let [shown, fresh] = [257.29, 250.00].map(|tokens| format!(r#"{{"status":"ok","data":{{"tokens":{tokens}}}}}"#));
    /// # let test = cryptopocket_core::testing::ScriptedSession::new();
    /// # test.next("get_onramp_quote", &[&shown, &fresh]).run(async |session| {
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
    /// // Meanwhile the price has moved by 2.8 %.
    /// let error = onramp.check_guard(&guard).await.unwrap_err();
    /// assert_eq!(error.kind(), ErrorKind::Conflict);
    /// # Ok(()) });
    /// ```
    pub async fn check_guard(&self, guard: &QuoteGuard) -> Result<Quote> {
        // The checks that need no request come first: they refuse a bad guard without asking the provider.
        let runtime = self.session().runtime();
        guard.check_age(&**runtime)?;
        check_answer(&guard.quote, "the guarding quote")?;
        let fresh = self.quote(guard.quote.request.clone()).await?;
        guard.check_fresh(&fresh)?;
        // The fresh quote may have taken a login and several attempts.
        guard.check_age(&**runtime)?;
        Ok(fresh)
    }
}
