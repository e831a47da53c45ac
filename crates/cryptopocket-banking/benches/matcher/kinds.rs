//! The kinds of planted cases: what payers write, and what banks make of it.

#![allow(clippy::unwrap_used, reason = "planted data is made of constants")]

use cryptopocket_banking::Transaction;
use cryptopocket_banking::matcher::ExpectedPayment;
use cryptopocket_types::{Currency, Field, Money};

use super::{Generator, Planted, Random, Truth, names};

/// What the matcher should do with a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Confirm it: an intact or embedded concept.
    Confirmed,
    /// Show it to a person, never confirm it.
    Shown,
    /// Say that it is ambiguous.
    Ambiguous,
    /// Confirm nothing: the truth is that nothing was paid, or that evidence and truth differ.
    Unconfirmed,
}

macro_rules! kinds {
    ($($name:ident $text:literal $weight:literal $expected:ident;)+) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub(crate) enum Kind { $($name),+ }

        /// Every kind with its name, its weight, and what is expected.
        pub(crate) const KINDS: &[(Kind, &str, u64, Expected)] = &[
            $((Kind::$name, $text, $weight, Expected::$expected)),+
        ];
    };
}

kinds! {
    Intact "concept alone" 200 Confirmed;
    Embedded "concept in a sentence" 160 Confirmed;
    Labelled "concept behind a prefix" 60 Confirmed;
    LeadingZeros "leading zeros" 20 Confirmed;
    Grouped "concept in groups" 40 Confirmed;
    LineBreak "line break at 35 characters" 20 Confirmed;
    CreditorReference "ISO 11649 reference" 20 Confirmed;
    EndToEnd "end-to-end id" 30 Confirmed;
    CheckDigit "check digit added" 20 Confirmed;
    SimilarName "concept, name shortened" 50 Confirmed;
    NoPayer "concept, payer unknown" 40 Confirmed;
    ThirdPerson "concept, other payer" 40 Confirmed;
    TwinsApart "near-twins, each with its concept" 20 Confirmed;
    Typo "one character wrong" 40 Shown;
    Glued "concept inside a word" 10 Shown;
    NameOnly "no concept, equal name" 60 Shown;
    Short "too little" 20 Shown;
    Over "too much" 20 Shown;
    Parts "two credits for one payment" 10 Shown;
    Together "one credit for two payments" 10 Shown;
    LongAfter "concept, months later" 10 Shown;
    Twins "near-twins without a concept" 20 Ambiguous;
    Double "paid twice" 10 Ambiguous;
    Swapped "twins with swapped concepts" 10 Unconfirmed;
    OtherConcept "concept of another payment" 10 Unconfirmed;
    Inside "concept inside a longer number" 20 Unconfirmed;
    Group "concept as one group of a longer reference" 10 Unconfirmed;
    Invoice "another business's number equal to a concept" 20 Unconfirmed;
    OtherCurrency "equal number, other currency" 10 Unconfirmed;
    Returned "returned" 10 Unconfirmed;
    Closed "late for a closed payment" 10 Unconfirmed;
    Unpaid "not paid" 30 Unconfirmed;
    Noise "unrelated credit" 60 Unconfirmed;
    // Drawn apart, so that the rest stays as other programs got it.
    SumOfCredits "credits that make the amount, no concept" 0 Shown;
    SumOfPayments "one credit for payments, no concept" 0 Shown;
}

impl Kind {
    pub(crate) fn expected(self) -> Expected {
        KINDS.iter().find(|(kind, ..)| *kind == self).unwrap().3
    }
}

pub(crate) fn draw(random: &mut Random) -> Kind {
    let total = KINDS.iter().map(|(_, _, weight, _)| weight).sum();
    let mut at = random.below(total);
    for (kind, _, weight, _) in KINDS {
        if at < *weight {
            return *kind;
        }
        at -= weight;
    }
    unreachable!("below the total")
}

const SENTENCES: &[(&str, &str)] = &[
    ("Pago compra ", ""),
    ("Transferencia ", " gracias"),
    ("Überweisung für ", " vielen Dank"),
    ("Virement ", " merci"),
    ("Pagamento ", " obrigado"),
    ("compra cripto (", ")"),
    ("NOTA: ", "."),
    ("Envío 2 de 3 - ", " - familia"),
    ("pago del dia 12/06/2026 ", " 240,00 EUR"),
    ("TRANSF. INMEDIATA ", "; MOVIL"),
];

/// One case.
struct Case<'p> {
    kind: Kind,
    planted: &'p mut Planted,
}

impl Case<'_> {
    fn put(&mut self, payment: &ExpectedPayment, credits: impl IntoIterator<Item = Transaction>) {
        for credit in credits {
            self.credit(credit, Some(payment));
        }
        self.planted.kinds.insert(payment.id.to_string(), self.kind);
        self.planted.payments.push(payment.clone());
    }

    fn credit(&mut self, credit: Transaction, of: Option<&ExpectedPayment>) {
        let truth = Truth {
            payment: of.map(|payment| payment.id.to_string()),
            kind: self.kind,
        };
        self.planted.truth.insert(credit.id.to_string(), truth);
        self.planted.transactions.push(credit);
    }
}

fn cents(amount: Money, difference: i128) -> Money {
    Money::from_minor(amount.to_minor().unwrap() + difference, amount.currency())
}

fn luhn(number: &str) -> u64 {
    let sum: u64 = number
        .bytes()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u64::from(digit - b'0') * if place % 2 == 0 { 2 } else { 1 };
            value / 10 + value % 10
        })
        .sum();
    (10 - sum % 10) % 10
}

/// A number with one digit wrong, missing, doubled or swapped.
fn mistyped(random: &mut Random, number: &str) -> String {
    loop {
        let mut digits: Vec<u8> = number.bytes().collect();
        let at = 1 + usize::try_from(random.below(digits.len() as u64 - 2)).unwrap();
        match random.below(4) {
            0 => digits[at] = b'0' + u8::try_from(random.below(10)).unwrap(),
            1 => drop(digits.remove(at)),
            2 => digits.insert(at, digits[at]),
            _ => digits.swap(at, at + 1),
        }
        let typed = String::from_utf8(digits).unwrap();
        // A digit added at the end may be a check digit.
        if !typed.starts_with(number) {
            return typed;
        }
    }
}

/// Adds one case.
#[allow(clippy::too_many_lines, reason = "one arm a kind")]
pub(crate) fn plant(g: &mut Generator, kind: Kind, planted: &mut Planted) {
    let mut case = Case { kind, planted };
    let mut payment = g.payment();
    let concept = payment.concept.as_ref().unwrap().to_string();
    let (before, after) = *g.random.pick(SENTENCES);
    let sentence = |text: &str| format!("{before}{text}{after}");
    let text = text_of(g, kind, &concept, &sentence);
    match kind {
        Kind::NoPayer => payment.payer_name = None,
        Kind::Closed => payment.status = Some((*g.random.pick(&["coins_sent", "cancelled"])).into()),
        _ => {}
    }
    let mut credit = g.credit(&payment, &text);
    match kind {
        Kind::EndToEnd => credit.end_to_end_id = Field::Value(format!("0000{concept}").into()),
        Kind::SimilarName => {
            let name = payment.payer_name.as_ref().unwrap().reveal();
            credit.counterparty_name = Field::Value(names::similar(&mut g.random, name).into());
        }
        Kind::ThirdPerson => {
            credit.counterparty_name = Field::Value(names::name(&mut g.random).into());
            credit.counterparty_iban = Field::Value(names::iban(&mut g.random).into());
        }
        Kind::NoPayer => {
            credit.counterparty_name = Field::Value(names::name(&mut g.random).into());
        }
        Kind::Short => credit.amount = cents(payment.amount, -i128::from(1 + g.random.below(900))).into(),
        Kind::Over => credit.amount = cents(payment.amount, i128::from(1 + g.random.below(900))).into(),
        Kind::LongAfter => {
            credit.booking_date = credit.booking_date.map(|day| day.checked_add_days(60).unwrap());
        }
        Kind::OtherCurrency => {
            let minor = payment.amount.to_minor().unwrap();
            let other = if payment.amount.currency() == Currency::GBP {
                Currency::EUR
            } else {
                Currency::GBP
            };
            credit.amount = Money::from_minor(minor, other).into();
        }
        _ => {}
    }
    match kind {
        Kind::Unpaid => case.put(&payment, []),
        Kind::Noise | Kind::Inside | Kind::Group | Kind::Invoice => {
            // The payment stays unpaid, and another business's credit comes in.
            let mut stranger = g.payment();
            stranger.amount = if kind == Kind::Noise {
                stranger.amount
            } else {
                payment.amount
            };
            stranger.created = payment.created;
            g.other_person(&mut stranger, &payment);
            let other = g.credit(&stranger, &text);
            case.credit(other, None);
            case.put(&payment, []);
        }
        Kind::Parts => {
            let first = 1 + i128::from(g.random.below(900));
            let mut second = g.credit(&payment, &sentence(&concept));
            credit.amount = cents(payment.amount, -first).into();
            second.amount = Money::from_minor(first, payment.amount.currency()).into();
            case.put(&payment, [credit, second]);
        }
        Kind::Double => {
            let second = g.credit(&payment, &concept);
            case.put(&payment, [credit, second]);
        }
        Kind::Returned => {
            let mut back = g.credit(&payment, &format!("DEVOLUCION {concept}"));
            back.amount = cents(payment.amount, -2 * payment.amount.to_minor().unwrap()).into();
            case.put(&payment, [credit]);
            case.credit(back, None);
        }
        Kind::Together => {
            let mut other = g.payment();
            other.amount = Money::from_minor(other.amount.to_minor().unwrap(), payment.amount.currency());
            other.created = payment.created;
            let both = payment.amount.checked_add(other.amount).unwrap();
            credit.amount = both.into();
            credit.concept = Field::Value(format!("{concept} y {}", other.concept.as_ref().unwrap()).into());
            case.put(&payment, [credit]);
            case.put(&other, []);
        }
        Kind::SumOfCredits => {
            let first = 1 + i128::from(g.random.below(900));
            let mut second = g.credit(&payment, &sentence("cripto"));
            same_sender(&mut second, &credit);
            credit.amount = cents(payment.amount, -first).into();
            second.amount = Money::from_minor(first, payment.amount.currency()).into();
            case.put(&payment, [credit, second]);
        }
        Kind::SumOfPayments => {
            let mut other = g.payment();
            other.amount = Money::from_minor(other.amount.to_minor().unwrap(), payment.amount.currency());
            other.created = payment.created;
            other.payer_name.clone_from(&payment.payer_name);
            other.payer_iban.clone_from(&payment.payer_iban);
            credit.amount = payment.amount.checked_add(other.amount).unwrap().into();
            case.put(&payment, [credit]);
            case.put(&other, []);
        }
        Kind::OtherConcept => {
            let other = g.other_concept();
            // The very first payment has no other before it.
            credit.concept = (other.to_string() != concept)
                .then(|| other.to_string().into())
                .into();
            case.put(&payment, [credit]);
        }
        Kind::Twins | Kind::TwinsApart | Kind::Swapped => twins(g, &mut case, &payment, credit),
        _ => case.put(&payment, [credit]),
    }
}

/// A second payment of the same payer and amount on the same day, and its credit.
fn twins(g: &mut Generator, case: &mut Case<'_>, payment: &ExpectedPayment, mut credit: Transaction) {
    let mut other = g.payment();
    other.amount = payment.amount;
    other.created = payment.created;
    other.payer_iban.clone_from(&payment.payer_iban);
    if case.kind == Kind::Swapped {
        // Two people, each with the other's concept.
        g.other_person(&mut other, payment);
        credit.concept = Field::Value(other.concept.as_ref().unwrap().as_str().into());
        other.payer_iban = None;
        let mut second = g.credit(&other, payment.concept.as_ref().unwrap().as_str());
        second.booking_date = credit.booking_date;
        case.put(payment, [credit]);
        case.put(&other, [second]);
        return;
    }
    other.payer_name.clone_from(&payment.payer_name);
    let text = if case.kind == Kind::TwinsApart {
        other.concept.as_ref().unwrap().to_string()
    } else {
        credit.concept.value().unwrap().reveal().to_owned()
    };
    let mut second = g.credit(&other, &text);
    second.booking_date = credit.booking_date;
    same_sender(&mut second, &credit);
    case.put(payment, [credit]);
    case.put(&other, [second]);
}

/// Gives a credit the sender of another one, as the bank writes it.
fn same_sender(credit: &mut Transaction, other: &Transaction) {
    credit.counterparty_name.clone_from(&other.counterparty_name);
    credit.counterparty_iban.clone_from(&other.counterparty_iban);
}

/// The text of the credit.
fn text_of(g: &mut Generator, kind: Kind, concept: &str, sentence: &dyn Fn(&str) -> String) -> String {
    let grouped = format!("{} {}", &concept[..4], &concept[4..]);
    match kind {
        Kind::Labelled => {
            let prefix = *g.random.pick(&[
                "REF",
                "Ref.:",
                "CONCEPTO ",
                "concepto",
                "Nº ",
                "VWZ ",
                "REFERENCIA-",
                "/ROC/",
            ]);
            format!("{prefix}{concept}")
        }
        Kind::LeadingZeros => sentence(&format!("0000{concept}")),
        Kind::Grouped => {
            let thousands = format!("{}.{}.{}", &concept[..2], &concept[2..5], &concept[5..]);
            let spaced = thousands.replace('.', " ");
            let lone = [
                grouped,
                thousands,
                spaced,
                format!("{}-{}", &concept[..4], &concept[4..]),
            ];
            g.random.pick(&lone).clone()
        }
        Kind::LineBreak => {
            let filler = "TRANSFERENCIA A FAVOR DE CRYPTOPOCKET";
            format!(
                "{}\n{} GRACIAS",
                &format!("{} {concept}", &filler[..30])[..35],
                &concept[4..]
            )
        }
        Kind::CreditorReference => {
            let rest = concept
                .bytes()
                .chain(*b"271500")
                .fold(0, |rest, d| (rest * 10 + u64::from(d - b'0')) % 97);
            let whole = format!("RF{:02}{concept}", 98 - rest);
            let spaced = format!("{} {} {}", &whole[..4], &whole[4..8], &whole[8..]);
            g.random.pick(&[whole, spaced]).clone()
        }
        Kind::CheckDigit => sentence(&format!("{concept}{}", luhn(concept))),
        Kind::Typo => mistyped(&mut g.random, concept),
        Kind::Glued => format!("PAGOANA{concept}GRACIAS"),
        Kind::NameOnly | Kind::Twins | Kind::EndToEnd | Kind::SumOfCredits | Kind::SumOfPayments => {
            sentence("cripto")
        }
        Kind::Inside => {
            let (before, after) = (1 + g.random.below(9), g.random.below(10));
            sentence(&format!("{before}{concept}{after}"))
        }
        Kind::Group => format!("45 RE34Y U0000 {} {} 00014", &concept[..4], concept),
        Kind::Invoice => {
            let word = *g.random.pick(&["Factura", "INVOICE", "Rechnung", "pedido"]);
            format!("{word} {concept} 3/2026")
        }
        Kind::Noise => {
            let number = g.random.below(1_000_000_000);
            let word = *g
                .random
                .pick(&["Factura", "alquiler", "INVOICE", "nomina", "Tel", "cuota"]);
            format!("{word} {number}")
        }
        Kind::Embedded | Kind::SimilarName | Kind::NoPayer | Kind::Double => sentence(concept),
        _ => concept.to_owned(),
    }
}
