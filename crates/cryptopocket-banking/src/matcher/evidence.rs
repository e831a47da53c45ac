//! What speaks for and against one pair of payment and credit.

use super::name::{self, NameMatch};
use super::policy::{Confirm, NameMismatch, Policy};
use super::reference::{Origin, Reading, Reference};
use super::store::{Credit, NO_DAY, Payer, Payment, Store};

/// A reference of the payment in the credit's texts.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mention {
    pub(super) origin: Origin,
    pub(super) reading: Reading,
    pub(super) labelled: bool,
    pub(super) foreign: bool,
    pub(super) only: bool,
    pub(super) short: bool,
}

impl Mention {
    pub(super) fn new(reference: &Reference, origin: Origin, policy: &Policy) -> Self {
        Self {
            origin,
            reading: reference.reading,
            labelled: reference.labelled,
            foreign: reference.foreign,
            only: reference.only,
            short: reference.key.significant_digits() < policy.short_reference,
        }
    }

    /// Whether it is read as a whole reference, without a mistake.
    pub(super) const fn is_whole(self) -> bool {
        !matches!(self.reading, Reading::Weak | Reading::Typo)
    }

    /// Whether it names the payment whatever the amount: neither weak nor short nor with an added check digit.
    pub(super) fn is_plain(self) -> bool {
        self.is_whole() && !self.short && self.origin != Origin::Derived
    }

    /// Whether it cannot well be another number by chance.
    fn is_distinct(self) -> bool {
        let marked = matches!(self.reading, Reading::EndToEnd | Reading::Structured);
        marked || self.labelled || (self.only && !self.foreign)
    }

    /// The better of two mentions has the lower rank.
    pub(super) fn rank(self) -> (Reading, Origin, bool, bool) {
        (self.reading, self.origin, !self.labelled, self.foreign)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AmountMatch {
    Equal,
    /// Within the tolerance.
    Near,
    Short,
    Over,
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
        store: &Store,
        policy: &Policy,
        payment: &Payment,
        credit: &Credit,
        mention: Option<Mention>,
    ) -> Option<Self> {
        if payment.currency != credit.currency || credit.amount <= 0 {
            return None;
        }
        let date = date(policy, payment.created, credit.booked)?;
        let amount = amount(policy, payment, credit);
        // Without an equal amount only a whole reference makes them candidates.
        if amount != AmountMatch::Equal && !mention.is_some_and(Mention::is_plain) {
            return None;
        }
        Some(Self {
            mention,
            amount,
            name: name_match(store, &payment.payer, &credit.payer),
            iban: iban(store, &payment.payer, &credit.payer),
            date,
        })
    }

    /// Weighs who pays and when, for amounts that only agree in sum; `None` for a credit from before the payment.
    pub(super) fn of_payer(
        store: &Store,
        policy: &Policy,
        payment: &Payment,
        credit: &Credit,
    ) -> Option<Self> {
        Some(Self {
            mention: None,
            amount: amount(policy, payment, credit),
            name: name_match(store, &payment.payer, &credit.payer),
            iban: iban(store, &payment.payer, &credit.payer),
            date: date(policy, payment.created, credit.booked)?,
        })
    }

    pub(super) fn score(&self, policy: &Policy) -> u16 {
        let weights = &policy.weights;
        let mention = self.mention.map_or(0, |mention| match mention.reading {
            Reading::Weak | Reading::Typo => weights.weak_reference,
            _ if mention.origin == Origin::Derived => weights.derived_reference,
            Reading::Joined => weights.joined_reference,
            Reading::EndToEnd | Reading::Structured | Reading::Whole => weights.reference,
        });
        let amount = match self.amount {
            AmountMatch::Equal => weights.amount,
            AmountMatch::Near => weights.near_amount,
            AmountMatch::Short | AmountMatch::Over => 0,
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
        let date = if self.date == DateMatch::InWindow {
            weights.date
        } else {
            0
        };
        let sum = [mention, amount, name, iban, date]
            .into_iter()
            .fold(0, u16::saturating_add);
        let against = if self.name == NameMatch::NoMatch && !self.same_account() {
            weights.other_name
        } else {
            0
        };
        sum.saturating_sub(against).min(1000)
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

    /// The first rule that keeps the pair, looked at alone, from being confirmed.
    pub(super) fn obstacle(&self, confirm: &Confirm) -> Option<Obstacle> {
        let Some(mention) = self.mention else {
            return Some(Obstacle::NoReference);
        };
        if self.amount != AmountMatch::Equal {
            return Some(Obstacle::OtherAmount);
        }
        if self.date == DateMatch::Late {
            return Some(Obstacle::OutsideWindow);
        }
        match mention.reading {
            Reading::Typo => return Some(Obstacle::Typo),
            Reading::Weak => return Some(Obstacle::InsideWord),
            _ => {}
        }
        let allowed = match mention.origin {
            Origin::Concept | Origin::Derived => confirm.concept,
            Origin::PaymentId => confirm.payment_id,
            Origin::ExternalId => confirm.external_id,
        };
        if !allowed {
            return Some(Obstacle::PolicyForbids);
        }
        if self.same_payer() {
            return None;
        }
        if mention.short {
            return Some(Obstacle::ShortReference);
        }
        if mention.origin == Origin::Derived {
            return Some(Obstacle::DerivedReference);
        }
        if self.name == NameMatch::NoMatch || self.iban == IbanMatch::Differs {
            let strict = self.name == NameMatch::NoMatch && confirm.name_mismatch == NameMismatch::Suggest;
            return (strict || !mention.is_distinct()).then_some(Obstacle::OtherPayer);
        }
        (mention.foreign && !mention.labelled).then_some(Obstacle::ForeignNumber)
    }
}

/// A rule that keeps a pair from being confirmed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Obstacle {
    NoReference,
    OtherAmount,
    OutsideWindow,
    Typo,
    InsideWord,
    PolicyForbids,
    ShortReference,
    DerivedReference,
    OtherPayer,
    ForeignNumber,
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

fn amount(policy: &Policy, payment: &Payment, credit: &Credit) -> AmountMatch {
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
    } else if difference < 0 {
        AmountMatch::Short
    } else {
        AmountMatch::Over
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
