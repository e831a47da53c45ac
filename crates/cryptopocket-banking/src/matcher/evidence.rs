//! What speaks for and against one pair of payment and credit.

use super::name::{self, NameMatch};
use super::policy::{Confirm, NameMismatch, Policy};
use super::reason::{Reason, ReferenceFound, ReferenceKind};
use super::record::{NO_DAY, Payer, Record};
use super::reference::Reference;
use super::search::Search;
use super::store::Store;

/// A reference of the payment in the credit's texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) origin: ReferenceKind,
    pub(super) reference: Reference,
    pub(super) short: bool,
}

impl Mention {
    pub(super) fn new(reference: Reference, origin: ReferenceKind, policy: &Policy) -> Self {
        Self {
            origin,
            reference,
            short: reference.key.significant_digits() < policy.short_reference,
        }
    }

    pub(super) const fn reading(self) -> ReferenceFound {
        self.reference.reading
    }

    /// Whether it is read as a whole reference, without a mistake.
    pub(super) const fn is_whole(self) -> bool {
        !matches!(
            self.reading(),
            ReferenceFound::Inside | ReferenceFound::OneMistake
        )
    }

    /// Whether it names the payment whatever the amount: neither weak nor short nor with an added check digit.
    pub(super) fn is_plain(self) -> bool {
        self.is_whole() && !self.short && self.origin != ReferenceKind::ConceptWithCheckDigit
    }

    /// Whether it cannot well be another number by chance.
    fn is_distinct(self) -> bool {
        let Reference {
            reading,
            labelled,
            only,
            foreign,
            ..
        } = self.reference;
        let marked = matches!(
            reading,
            ReferenceFound::EndToEnd | ReferenceFound::CreditorReference
        );
        marked || labelled || (only && !foreign)
    }

    /// The better of two mentions has the lower rank.
    pub(super) fn rank(self) -> impl Ord + use<> {
        let is_derived = self.origin == ReferenceKind::ConceptWithCheckDigit;
        let origin = (is_derived, self.origin);
        let Reference {
            labelled, foreign, ..
        } = self.reference;
        (self.reading(), origin, !labelled, foreign)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AmountMatch {
    Equal,
    /// Within the tolerance.
    Near,
    Differs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum IbanMatch {
    Equal,
    /// One of them is cut, and the rest is equal.
    Cut,
    Differs,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateMatch {
    InWindow,
    Late,
    Unknown,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    pub(super) mention: Option<Mention>,
    pub(super) amount: AmountMatch,
    pub(super) name: NameMatch,
    pub(super) iban: IbanMatch,
    pub(super) date: DateMatch,
}

impl Evidence {
    /// Weighs a pair; `None` when a gate excludes it: another currency, no credit, or booked before the payment.
    pub(super) fn weigh(
        search: &Search<'_>,
        payment: u32,
        credit: u32,
        mention: Option<Mention>,
    ) -> Option<Self> {
        let (paid, sent) = (search.store.payment(payment), search.store.credit(credit));
        if paid.currency != sent.currency || sent.amount <= 0 {
            return None;
        }
        // Without an equal amount only a whole reference makes them candidates.
        if paid.amount != sent.amount && !mention.is_some_and(Mention::is_plain) {
            return None;
        }
        Some(Self {
            mention,
            ..Self::of_payer(search, payment, credit)?
        })
    }

    /// Weighs who pays and when, for amounts that only agree in sum; `None` for a credit from before the payment.
    pub(super) fn of_payer(search: &Search<'_>, payment: u32, credit: u32) -> Option<Self> {
        let Search { store, policy, .. } = *search;
        let (payment, credit) = (search.store.payment(payment), search.store.credit(credit));
        Some(Self {
            date: date(policy, payment.day, credit.day)?,
            mention: None,
            amount: amount(policy, payment, credit),
            name: name_match(store, &payment.payer, &credit.payer),
            iban: iban(store, &payment.payer, &credit.payer),
        })
    }

    pub(super) fn score(&self, policy: &Policy) -> u16 {
        let weights = &policy.weights;
        let mention = self.mention.map_or(0, |mention| match mention.reading() {
            ReferenceFound::Inside | ReferenceFound::OneMistake => weights.weak_reference,
            _ if mention.origin == ReferenceKind::ConceptWithCheckDigit => weights.derived_reference,
            ReferenceFound::Group => weights.joined_reference,
            ReferenceFound::EndToEnd | ReferenceFound::CreditorReference | ReferenceFound::WholeWord => {
                weights.reference
            }
        });
        let amount = match self.amount {
            AmountMatch::Equal => weights.amount,
            AmountMatch::Near => weights.near_amount,
            AmountMatch::Differs => 0,
        };
        let name = match self.name {
            NameMatch::Match => weights.name,
            NameMatch::CloseMatch => weights.similar_name,
            NameMatch::NoMatch | NameMatch::NotApplicable => 0,
        };
        let iban = match self.iban {
            IbanMatch::Equal => weights.iban,
            IbanMatch::Cut => weights.iban / 2,
            IbanMatch::Differs | IbanMatch::Unknown => 0,
        };
        let date = u16::from(self.date == DateMatch::InWindow) * weights.date;
        let sum = [mention, amount, name, iban, date]
            .into_iter()
            .fold(0, u16::saturating_add);
        let is_other = self.name == NameMatch::NoMatch && !self.same_account();
        sum.saturating_sub(u16::from(is_other) * weights.other_name)
            .min(1000)
    }

    pub(super) const fn same_account(&self) -> bool {
        matches!(self.iban, IbanMatch::Equal)
    }

    /// Whether name or account say that it is the expected payer.
    pub(super) const fn same_payer(&self) -> bool {
        self.name.agrees() || self.same_account()
    }

    /// Whether it is worth a look without a reference: the amount, and the payer or nothing against the payer.
    pub(super) fn is_candidate_by_amount(&self) -> bool {
        self.amount == AmountMatch::Equal
            && self.date != DateMatch::Late
            && (self.same_payer() || self.iban == IbanMatch::Cut || self.is_amount_alone())
    }

    /// Whether nothing but the amount speaks for it, and nothing against it.
    pub(super) fn is_amount_alone(&self) -> bool {
        self.mention.is_none() && self.name == NameMatch::NotApplicable && self.iban == IbanMatch::Unknown
    }

    /// The first rule that keeps the pair, looked at alone, from being confirmed; without a reason where the evidence itself
    /// says it.
    pub(super) fn check(&self, confirm: &Confirm) -> Result<(), Option<Reason>> {
        let mention = self.mention.ok_or(Some(Reason::NoReference))?;
        if self.amount != AmountMatch::Equal || self.date == DateMatch::Late || !mention.is_whole() {
            return Err(None);
        }
        let allowed = match mention.origin {
            ReferenceKind::Concept | ReferenceKind::ConceptWithCheckDigit => confirm.concept,
            ReferenceKind::PaymentId => confirm.payment_id,
            ReferenceKind::ExternalId => confirm.external_id,
        };
        if !allowed {
            return Err(Some(Reason::PolicyForbids));
        }
        if self.same_payer() {
            return Ok(());
        }
        if mention.short {
            return Err(Some(Reason::ShortReference));
        }
        if mention.origin == ReferenceKind::ConceptWithCheckDigit {
            return Err(Some(Reason::UnstoredCheckDigit));
        }
        if self.name == NameMatch::NoMatch || self.iban == IbanMatch::Differs {
            let strict = self.name == NameMatch::NoMatch && confirm.name_mismatch == NameMismatch::Suggest;
            if strict || !mention.is_distinct() {
                return Err(Some(Reason::OtherPayer));
            }
        } else if mention.reference.foreign && !mention.reference.labelled {
            return Err(Some(Reason::ForeignNumber));
        }
        Ok(())
    }
}

fn date(policy: &Policy, created: i32, booked: i32) -> Option<DateMatch> {
    if created == NO_DAY || booked == NO_DAY {
        return Some(DateMatch::Unknown);
    }
    let days = booked - created;
    if days < -i32::from(policy.days_before) {
        return None;
    }
    Some(if days > i32::from(policy.days_after) {
        DateMatch::Late
    } else {
        DateMatch::InWindow
    })
}

fn amount(policy: &Policy, payment: &Record, credit: &Record) -> AmountMatch {
    let difference = credit.amount - payment.amount;
    if difference == 0 {
        return AmountMatch::Equal;
    }
    let tolerance = policy
        .tolerances
        .iter()
        .find(|tolerance| tolerance.currency() == payment.currency)
        .and_then(|tolerance| tolerance.to_minor().ok())
        .unwrap_or(0);
    if i128::from(difference).abs() <= tolerance {
        AmountMatch::Near
    } else {
        AmountMatch::Differs
    }
}

fn name_match(store: &Store, expected: &Payer, found: &Payer) -> NameMatch {
    // Most pairs of one amount are of strangers, and their names need no closer look.
    if expected.glance.is_other_name(found.glance) {
        return NameMatch::NoMatch;
    }
    name::compare(store.text(expected.name), store.text(found.name))
}

/// Characters of an account that must be left for a cut one to say anything: country, check digits, bank and branch.
const SHORTEST_CUT: usize = 12;

fn iban(store: &Store, expected: &Payer, found: &Payer) -> IbanMatch {
    if expected.glance.is_other_account(found.glance) {
        return IbanMatch::Differs;
    }
    let (a, b) = (store.text(expected.iban), store.text(found.iban));
    let plain = |text: &'_ str| text.trim_start_matches('~').len();
    if plain(a) == 0 || plain(b) == 0 {
        return IbanMatch::Unknown;
    }
    match (a.strip_prefix('~'), b.strip_prefix('~')) {
        (None, None) if a == b => IbanMatch::Equal,
        (None, None) => IbanMatch::Differs,
        (Some(cut), None) if cut.len() >= SHORTEST_CUT && b.starts_with(cut) => IbanMatch::Cut,
        (None, Some(cut)) if cut.len() >= SHORTEST_CUT && a.starts_with(cut) => IbanMatch::Cut,
        // A number that is no IBAN is compared as it stands, but never counts as an account.
        (Some(a), Some(b)) if a == b => IbanMatch::Cut,
        _ => IbanMatch::Unknown,
    }
}
