//! The emulated provider's catalogue: coins, payment methods, currencies, and the spellings it accepts.

use std::str::FromStr;

use cryptopocket_types::Decimal;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::UnknownWord;

/// A list of words.
macro_rules! words {
    ($($word:ident)*) => { &[$(stringify!($word)),*] };
}
pub(crate) use words;

/// Defines an enum whose values have names.
macro_rules! named {
    ($(#[$meta:meta])* $kind:ident { $($(#[$doc:meta])* $variant:ident $name:literal;)* }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        #[non_exhaustive]
        pub enum $kind {
            $($(#[$doc])* $variant,)*
        }

        impl $kind {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The name in the control plane, in scenarios and on the dashboard.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}
pub(crate) use named;

/// A coin on a chain.
#[derive(Debug)]
pub struct Asset {
    /// Such as `USDC`.
    pub symbol: &'static str,
    /// Its full name.
    pub name: &'static str,
    /// Such as `polygon`.
    pub chain: &'static str,
    /// The decimals of its smallest unit.
    pub decimals: u32,
    /// Whether it can be bought and sold.
    pub active: bool,
    /// The base price in millionths of a euro.
    pub millionths: u64,
}

/// Defines the coins: symbol, chain, decimals, price, name, and whether each is active.
macro_rules! assets {
    ($($symbol:literal $chain:literal $decimals:literal $millionths:literal $name:literal $active:literal;)*) => {
        &[$(Asset {
            symbol: $symbol,
            name: $name,
            chain: $chain,
            decimals: $decimals,
            active: $active,
            millionths: $millionths,
        }),*]
    };
}

/// The coins on offer. The last is listed but not active, for `coin_not_supported`.
pub(crate) static ASSETS: &[Asset] = assets! {
    "USDC" "polygon" 6 921_300 "USD Coin" true;
    "USDC" "ethereum" 6 921_300 "USD Coin" true;
    "USDT" "polygon" 6 920_900 "Tether USD" true;
    "EURC" "ethereum" 6 1_000_000 "Euro Coin" true;
    "DAI" "polygon" 18 921_000 "Dai" true;
    "POL" "polygon" 18 412_750 "Polygon" true;
    "ETH" "ethereum" 18 2_861_400_000 "Ether" true;
    "BTC" "bitcoin" 8 82_914_550_000 "Bitcoin" true;
    "LUNA" "terra" 6 90 "Terra" false;
};

/// The chain of a coin if a call names none.
pub(crate) const DEFAULT_CHAIN: &str = "polygon";

/// An active coin on a chain.
pub(crate) fn find_asset(symbol: &str, chain: &str) -> Option<&'static Asset> {
    let mut active = ASSETS.iter().filter(|asset| asset.active);
    active.find(|asset| asset.symbol == symbol && asset.chain == chain)
}

/// A coin on the default chain, or on the first chain it is listed for.
pub(crate) fn find_coin(symbol: &str) -> Option<&'static Asset> {
    find_asset(symbol, DEFAULT_CHAIN)
        .or_else(|| ASSETS.iter().find(|asset| asset.active && asset.symbol == symbol))
}

/// A way for the customer to pay.
#[derive(Debug)]
pub struct Method {
    /// As payments spell it.
    pub payment_type: &'static str,
    /// As quotes spell it.
    pub quoted: &'static str,
    /// Its name for customers.
    pub name: &'static str,
    /// The currency it is paid in.
    pub fiat: &'static str,
    /// The country it is offered in; `None` for the SEPA area.
    pub country: Option<&'static str>,
    /// The fee in hundredths of a per cent of the amount spent.
    pub fee_basis_points: u32,
}

/// Defines the methods: both spellings, name, currency, country and fee.
macro_rules! methods {
    ($($payment_type:literal $quoted:literal $name:literal $fiat:literal $country:expr, $fee:literal;)*) => {
        /// The methods on offer. Only `card`, `psd2`, `transfer`, `paypal` and `KHIPU` are spellings of the provider.
        pub(crate) static METHODS: &[Method] = &[$(Method {
            payment_type: $payment_type,
            quoted: $quoted,
            name: $name,
            fiat: $fiat,
            country: $country,
            fee_basis_points: $fee,
        }),*];

        /// Spellings that `createPayment` takes.
        pub const PAYMENT_TYPES: &[&str] = &[$($payment_type),*];
        /// Spellings that the quote takes.
        pub(crate) const QUOTE_TYPES: &[&str] = &[$($quoted),*];
    };
}

methods! {
    "card" "card" "Card" "EUR" None, 250;
    "psd2" "PSD2" "Instant bank payment" "EUR" None, 100;
    "transfer" "TRANSFER" "SEPA transfer" "EUR" None, 50;
    "paypal" "paypal" "PayPal" "EUR" None, 300;
    "KHIPU" "KHIPU" "Khipu" "CLP" Some("CL"), 200;
    "SPEI" "SPEI" "SPEI" "MXN" Some("MX"), 200;
}

/// Spellings that `createGuidedPayment` takes.
pub const GUIDED_TYPES: &[&str] = words! { card psd2 transfer paypal };

/// Fiat currencies: what one euro buys of them in ten-thousandths, and the country in Latin America that has them.
pub(crate) const FIATS: &[(&str, u32, Option<&str>)] = &[
    ("EUR", 10_000, None),
    ("USD", 10_854, None),
    ("CLP", 10_410_000, Some("CL")),
    ("MXN", 216_300, Some("MX")),
    ("COP", 43_520_000, Some("CO")),
    ("PEN", 39_400, Some("PE")),
    ("ARS", 12_870_000, Some("AR")),
];

/// The payout currency if a bank is named instead of an account.
pub(crate) fn local_fiat(country: Option<&str>) -> &'static str {
    let local = FIATS.iter().find(|(_, _, of)| of.is_some() && *of == country);
    local.map_or("USD", |(symbol, ..)| symbol)
}

pub(crate) fn fiat_symbols() -> Vec<&'static str> {
    FIATS.iter().map(|(symbol, ..)| *symbol).collect()
}

pub(crate) fn per_euro(fiat: &str) -> Decimal {
    let found = FIATS.iter().find(|(symbol, ..)| *symbol == fiat);
    let rate = found.map_or(10_000, |(_, rate, _)| *rate);
    Decimal::from_minor(i128::from(rate), 4).unwrap_or(Decimal::ONE)
}

/// A method by either of its spellings.
pub fn find_method(payment_type: &str) -> Option<&'static Method> {
    let mut methods = METHODS.iter();
    methods.find(|method| [method.payment_type, method.quoted].contains(&payment_type))
}

/// The values of `type` of an uploaded document.
pub(crate) const DOCUMENT_TYPES: &[&str] = words! {
    onboarding_form bank_statement payslip employment_contract tax_return tax_certificate company_accounts
    dividend_statement investment_statement crypto_wallet_statement sale_of_property sale_of_vehicle
    sale_of_company_shares inheritance_document gift_declaration loan_agreement savings_evidence invoice
    freelance_income_evidence pension_statement unemployment_benefit_statement source_of_funds_declaration
    other
};

/// The event types that can be subscribed to.
pub const EVENT_TYPES: &[&str] = words! {
    PAY_IN COINS_SENT CRYPTO_RECEIVED TRANSFER_RAMPOFF_FINISHED RAMPOFF_FINISHED
};

/// The identification types of a country for persons and companies; `None` if any is accepted.
pub(crate) fn identifications(country: &str, company: bool) -> Option<&'static [&'static str]> {
    let known: &[_] = match (country, company) {
        ("ES", false) => words! { GOVERNMENT_ID PERMANENT_RESIDENCE_PERMIT PASSPORT },
        ("ES", true) => words! { CIF },
        ("CL", _) => words! { RUT },
        ("MX", false) => words! { CURP },
        ("MX", true) => words! { RFC },
        ("CO", false) => words! { CED_CIU CED_EXT TI NUIP TE PPT PASS PEP RC },
        ("CO", true) => words! { NIT },
        ("PE", false) => words! { DNI CE },
        ("PE", true) => words! { RUC },
        ("AR", false) => words! { DNI CUIT },
        ("AR", true) => words! { CUIT },
        _ => return None,
    };
    Some(known)
}

/// Stored as symbol and chain.
impl Serialize for Asset {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        (self.symbol, self.chain).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for &'static Asset {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (symbol, chain) = <(String, String)>::deserialize(deserializer)?;
        let mut known = ASSETS.iter();
        let found = known.find(|asset| asset.symbol == symbol && asset.chain == chain);
        found.ok_or_else(|| D::Error::custom(format!("{symbol} on {chain} is not on offer any more")))
    }
}

/// Stored as payments spell it.
impl Serialize for Method {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.payment_type.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for &'static Method {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        find_method(&name).ok_or_else(|| D::Error::custom(format!("{name} is not on offer any more")))
    }
}

named! {
    /// A part of the provider that can be down: calls that need it are refused until it is up again.
    #[serde(rename_all = "snake_case")]
    Outage {
        /// The provider of card and bank payments: `createPayment`, but by transfer, answers `error_payment_creation`.
        Gateway "gateway";
        /// The customer registry: registrations are answered `unexpected_error`.
        Registration "registration";
        /// Guided payments: they are answered with the text of an exception.
        Guided "guided";
    }
}

impl FromStr for Outage {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let named = Self::ALL.iter().find(|one| one.name() == text);
        named.copied().ok_or(UnknownWord(
            "what can be down is `gateway`, `registration` or `guided`",
        ))
    }
}

/// Mail domains that are answered `email_not_allowed`.
pub(crate) const THROWAWAY_DOMAINS: &[&str] = &[
    "mailinator.com",
    "guerrillamail.com",
    "yopmail.com",
    "10minutemail.com",
    "throwaway.example",
];

#[cfg(test)]
mod tests {
    use super::{DOCUMENT_TYPES, METHODS, PAYMENT_TYPES, QUOTE_TYPES, find_asset};

    #[test]
    fn document_types_are_the_documented_ones() {
        assert_eq!(DOCUMENT_TYPES.len(), 23);
    }

    #[test]
    fn every_method_has_both_spellings() {
        for (method, (payment, quote)) in METHODS.iter().zip(PAYMENT_TYPES.iter().zip(QUOTE_TYPES)) {
            assert_eq!((method.payment_type, method.quoted), (*payment, *quote));
        }
    }

    #[test]
    fn inactive_asset_is_not_found() {
        assert!(find_asset("USDC", "polygon").is_some());
        assert!(find_asset("LUNA", "terra").is_none());
        assert!(find_asset("USDC", "bitcoin").is_none());
    }
}
