//! Currencies.

use core::str::FromStr;

use crate::ParseError;
use crate::traits::{shown_as, text_serde};

/// A currency by its ISO 4217 code. Codes without a constant here work as well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

macro_rules! currencies {
    ($($(#[$doc:meta])* $code:ident = $bytes:literal;)+) => {
        impl Currency {
            $($(#[$doc])* pub const $code: Self = Self(*$bytes);)+
        }
    };
}

currencies! {
    /// Argentine peso.
    ARS = b"ARS";
    /// Brazilian real.
    BRL = b"BRL";
    /// Swiss franc.
    CHF = b"CHF";
    /// Chilean peso, without minor unit.
    CLP = b"CLP";
    /// Colombian peso.
    COP = b"COP";
    /// Euro.
    EUR = b"EUR";
    /// Pound sterling.
    GBP = b"GBP";
    /// Mexican peso.
    MXN = b"MXN";
    /// Peruvian sol.
    PEN = b"PEN";
    /// United States dollar.
    USD = b"USD";
    /// Uruguayan peso.
    UYU = b"UYU";
}

impl Currency {
    /// The code.
    pub fn as_str(&self) -> &str {
        // The constructors admit ASCII capitals only.
        core::str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The number of decimals of the minor unit by ISO 4217: 2 for EUR, 0 for CLP; 2 for an unlisted code.
    pub const fn minor_digits(self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG" | b"RWF"
            | b"UGX" | b"UYI" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            b"CLF" | b"UYW" => 4,
            _ => 2,
        }
    }
}

impl FromStr for Currency {
    type Err = ParseError;

    fn from_str(text: &str) -> Result<Self, ParseError> {
        match text.as_bytes() {
            &[a, b, c] if text.bytes().all(|byte| byte.is_ascii_alphabetic()) => {
                Ok(Self([a, b, c].map(|byte| byte.to_ascii_uppercase())))
            }
            _ => Err(ParseError::new(
                "currency",
                "not three letters",
                "use an ISO 4217 code such as EUR",
            )),
        }
    }
}

shown_as!(Currency, |currency| currency.as_str());
text_serde!(Currency, |currency, serializer| serializer
    .serialize_str(currency.as_str()));
