//! Values that must not appear outside a request body.

/// The API key of every scripted session.
pub const API_KEY: &str = "canary-api-key";
/// The API secret of every scripted session.
pub const API_SECRET: &str = "canary-api-secret";
/// The token of the scripted login.
pub const TOKEN: &str = "canary-token";
/// A first name.
pub const NAME: &str = "Canaria";
/// A last name.
pub const LAST_NAME: &str = "Canarias";
/// A company.
pub const COMPANY: &str = "Canary Holding SL";
/// An e-mail address.
pub const EMAIL: &str = "canary@example.com";
/// A phone number.
pub const PHONE: &str = "+34600111222";
/// The number of an identity document.
pub const DOCUMENT_NUMBER: &str = "CANARY-ID-77";
/// A day of birth.
pub const BIRTH_DATE: &str = "1987-06-05";
/// A street.
pub const ADDRESS: &str = "Calle del Canario 9";
/// A city.
pub const CITY: &str = "Canaryville";
/// A postal code.
pub const POSTAL_CODE: &str = "28987";
/// A link that opens a customer's page.
pub const LINK: &str = "https://hosted.example.net/canary-link";
/// A first password.
pub const PASSWORD: &str = "canary-pw-12";
/// A wallet, valid by its checksum.
pub const WALLET: &str = "0xCa9A29dEAdBEEfcAfEf00d0123456789cA9a29dE";
/// An account, valid by its check digits.
pub const IBAN: &str = "ES9121000418450200051332";
/// A callback URL that contains a token.
pub const CALLBACK: &str = "https://merchant.example.com/canary-callback?key=canary-callback-key";
/// The free text of a transfer.
pub const FREE_TEXT: &str = "canary rent for Canaria";
/// The content of a document, in base64.
pub const PICTURE_BASE64: &str = "Y2FuYXJ5IHBpY3R1cmU";

/// All canaries, in every form that could be printed.
pub const ALL: &[&str] = &[
    API_KEY,
    API_SECRET,
    TOKEN,
    NAME,
    LAST_NAME,
    COMPANY,
    EMAIL,
    "canary%40example.com",
    PHONE,
    DOCUMENT_NUMBER,
    BIRTH_DATE,
    ADDRESS,
    CITY,
    POSTAL_CODE,
    LINK,
    PASSWORD,
    WALLET,
    IBAN,
    CALLBACK,
    "canary-callback",
    FREE_TEXT,
    PICTURE_BASE64,
    "canary picture",
];

/// The canaries that `text` contains, in any case.
pub fn seen_in(text: &str) -> Vec<&'static str> {
    let text = text.to_lowercase();
    ALL.iter()
        .copied()
        .filter(|canary| text.contains(&canary.to_lowercase()))
        .collect()
}
