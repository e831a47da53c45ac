use std::collections::HashSet;

use cryptopocket_api::operations::LIST_PAYMENTS;
use cryptopocket_core::{Error, ErrorKind, PagesEnd, Result, input};
use cryptopocket_types::{Decimal, ExternalId, Field, PaymentId};
use serde::{Deserialize, Serialize};

use crate::{OnRamp, Payment, PaymentFilter};

const PAGE: u32 = 100;
const LOOK_BY_HAND: &str = "That the payment was not found proves nothing. Try again. If it persists, look the payment up \
     by hand before you create it again.";

/// The payments that carry a reference of yours.
///
/// It is exhaustive on purpose: code that decides whether to create a payment again must handle every case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[must_use = "creating a payment again is right only after Recovery::None"]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for a search over the network"
)]
pub enum Recovery {
    /// No payment carries the reference, and the provider showed that the list was read to its end.
    ///
    /// If a lost request cannot be at work any more, creating the payment is safe. [`OnRamp::recover_from`] waits for that.
    None,
    /// The payment was created.
    ///
    /// If the list could not be read to its end, others may carry the reference too.
    ///
    /// The account and the concept of a transfer came only with the lost answer, and no call repeats them. Leave this
    /// payment unpaid and create one with a new reference, or ask the provider for them.
    One(Payment),
    /// Several payments carry the reference: it was used more than once, or a payment was created twice. Check each.
    Many(Vec<Payment>),
}

/// What a search by reference showed.
///
/// It is exhaustive on purpose, as [`Recovery`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use = "creating a payment again is right only after Search::Exact(Recovery::None)"]
#[allow(
    clippy::large_enum_variant,
    reason = "one is made for a search over the network"
)]
pub enum Search {
    /// The payments that carry the reference. After [`Recovery::None`], none carries it in another spelling either.
    Exact(Recovery),
    /// No payment carries the reference, and these, at least one, carry it in another spelling: capitals, white space, zeros
    /// of a number. Each may be the payment, unless you know that another call made it. The list was read to its end.
    Near(Vec<PaymentId>),
}

impl OnRamp {
    /// Finds the payments that carry a reference of yours, for instance after a lost answer.
    ///
    /// It does not rely on the provider's filter by reference, which is assumed. It compares every payment with the
    /// reference, and when none matches, it reads the whole list once, 100 payments a call. If you trust the filter and
    /// have very many payments, use `list_payments(PaymentFilter::new().external_id(…))`.
    ///
    /// It does not rely on the provider's paging either, which is assumed too. [`Recovery::None`] needs a list whose
    /// end the provider itself showed: it announced the last page and as many payments came as it counted, or an empty
    /// page followed.
    ///
    /// It does not know when an answer was lost. After a lost answer, give the error to
    /// [`recover_from`](Self::recover_from), or trust [`Recovery::None`] only after the
    /// [grace period](cryptopocket_core::Session::grace_period): the lost request may still be at work.
    ///
    /// - **Idempotency.** Safe: it only reads.
    /// - **Known from.** The provider's page "List on-ramp transactions" exists; path, filters and reply are `assumed`.
    /// - Operation: `list_payments`
    ///
    /// # Errors
    /// `InvalidInput` for a reference that is empty, has white space around it or holds control characters, since no
    /// payment is created with one; `UnexpectedReply` when nothing was found in a list that was not shown to be whole,
    /// or in one that has the reference in another spelling (capitals, white space, zeros of a number), since that proves
    /// nothing: its message says why.
    ///
    /// # Examples
    /// ```
    /// # let reply = r#"{"status":"ok","data":[{"id":"pay7Q2mX","external_id":"order-2001","status":"started"}]}"#;
    /// # cryptopocket_core::testing::ScriptedSession::new().always("list_payments", reply).run(async |session| {
    /// use cryptopocket_onramp::{OnRamp, Recovery};
    ///
    /// let onramp = OnRamp::new(session);
    /// match onramp.recover_payment(&"order-2001".into()).await? {
    ///     Recovery::None => println!("not created: it may be created now"),
    ///     Recovery::One(payment) => println!("created as {}", payment.id),
    ///     Recovery::Many(payments) => println!("{} payments carry it", payments.len()),
    /// }
    /// # Ok(()) });
    /// ```
    pub async fn recover_payment(&self, external_id: &ExternalId) -> Result<Recovery> {
        match self.recover_with_near(external_id).await? {
            Search::Exact(recovery) => Ok(recovery),
            // The provider may have changed the spelling, and then the payment would be found under no reference at all.
            Search::Near(_) => Err(doubt(
                "a payment of the list has the reference in another spelling, so that it was not found proves nothing",
            )),
        }
    }

    /// As [`recover_payment`](Self::recover_payment), with the payments whose reference differs in its spelling in place of the
    /// error about them.
    ///
    /// # Errors
    /// As [`recover_payment`](Self::recover_payment).
    pub async fn recover_with_near(&self, external_id: &ExternalId) -> Result<Search> {
        let found = self.filtered(external_id).await?;
        if found != Recovery::None {
            return Ok(Search::Exact(found));
        }
        // An empty answer to a filtered list proves nothing: a provider that does not know the filter, or that compares
        // references in another way, would give the same. Only the unfiltered list can prove absence. A payment that was
        // found is proof by itself, whatever the rest of the list would have shown.
        match self.search(PaymentFilter::new(), external_id).await? {
            (found @ Search::Exact(Recovery::One(_) | Recovery::Many(_)), _) => Ok(found),
            (none, absence) => absence.map(|()| none),
        }
    }

    /// The payments that the provider's filter finds. Unlike that of a recovery, an empty list proves nothing.
    pub(crate) async fn filtered(&self, external_id: &ExternalId) -> Result<Recovery> {
        input::external_id(external_id)?;
        let filter = PaymentFilter::new().external_id(external_id);
        match self.search(filter, external_id).await? {
            (Search::Exact(found), _) => Ok(found),
            (Search::Near(_), _) => Ok(Recovery::None),
        }
    }

    /// What one list showed, and whether it proves that there is nothing else.
    async fn search(&self, filter: PaymentFilter, external_id: &ExternalId) -> Result<(Search, Result<()>)> {
        let mut pages = self.list_payments(filter).per_page(PAGE).pages();
        // A payment created meanwhile shifts the pages, so that another one comes twice. Counted twice, it would look
        // like two payments with one reference.
        let mut seen = HashSet::new();
        let (mut found, mut near) = (Vec::new(), Vec::new());
        let mut failure = None;
        let mut is_readable = true;
        while let Some(page) = pages.next().await {
            let page = match page {
                Ok(page) => page,
                // The provider repeats pages or numbers them wrongly. A payment found on an earlier page stays found,
                // and asking again would not give more. Other errors may be transient, so they go to the caller.
                Err(error) if error.kind() == ErrorKind::UnexpectedReply => {
                    failure = Some(error);
                    break;
                }
                Err(error) => return Err(error),
            };
            for payment in page.into_items() {
                is_readable &= !payment.external_id.is_unreadable();
                let Field::Value(named) = &payment.external_id else {
                    continue;
                };
                if !is_near(named.as_str(), external_id.as_str()) || !seen.insert(payment.id.clone()) {
                    continue;
                }
                if named == external_id {
                    found.push(payment);
                } else {
                    near.push(payment.id);
                }
            }
        }
        // A payment whose reference cannot be read may be the one that is looked for.
        let end = match pages.ended() {
            Some(end) if end.is_proven() && !is_readable => Some(PagesEnd::Unreadable),
            end => end,
        };
        let search = match found.len() {
            0 if near.is_empty() => Search::Exact(Recovery::None),
            0 => Search::Near(near),
            1 => Search::Exact(Recovery::One(found.remove(0))),
            _ => Search::Exact(Recovery::Many(found)),
        };
        Ok((search, proven(failure, end)))
    }
}

/// Whether two references may be one that was written in another way: other capitals, white space around it, or a number that
/// lost its zeros.
fn is_near(one: &str, other: &str) -> bool {
    let number = |text: &str| text.trim().parse::<Decimal>().ok();
    one.trim().eq_ignore_ascii_case(other.trim()) || number(one).is_some_and(|one| Some(one) == number(other))
}

/// Whether a search proves that what it did not find does not exist.
///
/// "No such payment" lets the caller create it again, so each doubt must be an error here: a list that broke off, and a list
/// whose end is not proven.
fn proven(failure: Option<Error>, end: Option<PagesEnd>) -> Result<()> {
    match failure {
        // Until the login works, the advice about it is the one that helps.
        Some(failure) if failure.is_during_login() => return Err(failure),
        Some(failure) => return Err(failure.with_advice(LOOK_BY_HAND)),
        None => {}
    }
    Err(doubt(match end {
        Some(end) if end.is_proven() => return Ok(()),
        Some(PagesEnd::Repeated) => {
            "the list gave the same page again instead of a next one, and may hold more, so that the payment is not in it \
             proves nothing"
        }
        Some(PagesEnd::CountedFromZero) => {
            "the provider counts pages in another way than assumed, so that the payment is not in the list proves nothing"
        }
        Some(PagesEnd::Doubtful) => {
            "the list gave another number of payments than it announced, so that the payment is not in it proves nothing"
        }
        Some(PagesEnd::Unreadable) => {
            "some payments of the list cannot be read, and one of them may be the payment, so that it was not found proves \
             nothing"
        }
        _ => "nothing says that the list was whole, so that the payment is not in it proves nothing",
    }))
}

fn doubt(reason: &'static str) -> Error {
    Error::unexpected_reply(&LIST_PAYMENTS, reason).with_advice(LOOK_BY_HAND)
}
