//! The object of an event.

use cryptopocket_types::reading::{Fields, FromJson, ObjectReader, Surprise, Surprises};
use cryptopocket_types::wire::{BaseUnits, Cents, CoinUnits, DecimalString};
use cryptopocket_types::{
    CoinAmount, Currency, Decimal, ExternalId, Extra, Field, Money, OfframpId, OfframpStatus, PaymentId,
    PaymentStatus, Personal, Symbol, Timestamp, TxId, UserId, from,
};
use serde_core::de::{Deserialize, DeserializeOwned, Deserializer, Error};
use serde_core::ser::{Serialize, SerializeMap as _, Serializer};

/// Declares a payload: a struct of fields, how each is read, and its JSON form, an object of the fields that are not absent.
macro_rules! payload {
    (
        $(#[$doc:meta])*
        pub struct $name:ident = $expected:literal {
            $($(#[$field_doc:meta])* $field:ident: $type:ty = |$object:ident| $read:expr;)+
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq)]
        #[non_exhaustive]
        pub struct $name {
            $($(#[$field_doc])* pub $field: Field<$type>,)+
            /// All other fields as received.
            pub extra: Extra,
        }

        impl FromJson for $name {
            const EXPECTED: &'static str = $expected;

            fn from_fields(fields: Fields<'_>, surprises: &mut Surprises) -> Result<Self, Surprise> {
                let mut object = ObjectReader::of(fields, surprises);
                $(let $field = {
                    let $object = &mut object;
                    $read
                };)+
                Ok(Self { $($field,)+ extra: object.extra() })
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut fields = serializer.serialize_map(None)?;
                $(if !self.$field.is_absent() {
                    fields.serialize_entry(stringify!($field), &self.$field)?;
                })+
                if !self.extra.is_empty() {
                    fields.serialize_entry("extra", &self.extra)?;
                }
                fields.end()
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let mut fields = Extra::deserialize(deserializer)?;
                Ok(Self {
                    $($field: take(&mut fields, stringify!($field))?,)+
                    extra: take(&mut fields, "extra")?,
                })
            }
        }
    };
}

/// The object of an event.
///
/// Evidence: assumed. The provider documents no payload; we expect the form of the object's GET. A field that cannot be
/// read never refuses the event: it is unreadable, apart from absent, and its text is kept in `extra`.
///
/// # Examples
/// ```
/// use cryptopocket_webhooks::{Event, Payload};
///
/// let event = Event::parse(br#"{"type":"CARD_BLOCKED","data":{"card":"c1"}}"#)?;
/// match event.payload() {
///     Payload::Payment(payment) => println!("payment {}", payment.id),
///     Payload::Offramp(offramp) => println!("off-ramp {}", offramp.id),
///     Payload::Other(fields) => assert_eq!(fields.get("card").unwrap().get(), r#""c1""#),
///     _ => {}
/// }
/// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Payload {
    /// A payment, for the on-ramp events.
    Payment(Box<PaymentPayload>),
    /// An off-ramp, for the off-ramp events.
    Offramp(Box<OfframpPayload>),
    /// The fields of an event that this version does not know.
    Other(Extra),
}

/// Takes the field `name` out; the default value when it is absent or null.
fn take<T: DeserializeOwned + Default, E: Error>(fields: &mut Extra, name: &str) -> Result<T, E> {
    let present = fields.remove(name).filter(|raw| raw.get() != "null");
    present.map_or_else(|| Ok(T::default()), |raw| raw.decode().map_err(E::custom))
}

/// The state of an event's object.
///
/// # Examples
/// ```
/// use cryptopocket_types::{OfframpStatus, PaymentStatus};
/// use cryptopocket_webhooks::ObjectState;
///
/// let received = ObjectState::from(PaymentStatus::PaymentReceived);
/// assert!(received.is_before(&PaymentStatus::CoinsSent.into()));
///
/// // Where the order is unknown, neither state precedes the other.
/// assert!(!received.is_before(&PaymentStatus::from("frozen").into()));
/// assert!(!received.is_before(&OfframpStatus::Finished.into()));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ObjectState {
    /// State of a payment.
    Payment(PaymentStatus),
    /// State of an off-ramp.
    Offramp(OfframpStatus),
}

impl ObjectState {
    /// Whether this state precedes `other` in the lifecycle of one object.
    ///
    /// False for equal states and for an unknown order: an unknown status, or states of different kinds of object.
    pub fn is_before(&self, other: &Self) -> bool {
        let ranks = match (self, other) {
            (Self::Payment(a), Self::Payment(b)) => a.rank().zip(b.rank()),
            (Self::Offramp(a), Self::Offramp(b)) => a.rank().zip(b.rank()),
            _ => None,
        };
        ranks.is_some_and(|(a, b)| a < b)
    }

    /// The status in the spelling of the provider.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Payment(status) => status.as_str(),
            Self::Offramp(status) => status.as_str(),
        }
    }
}

from! {
    PaymentStatus => ObjectState, |status| Self::Payment(status);
    &PaymentStatus => ObjectState, |status| Self::Payment(status.clone());
    OfframpStatus => ObjectState, |status| Self::Offramp(status);
    &OfframpStatus => ObjectState, |status| Self::Offramp(status.clone());
}

payload! {
    /// The payment of an on-ramp event, in the form of `GET /payment/{id}`.
    ///
    /// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
    ///
    /// Evidence: assumed (the object's fields are documented, on the page "Retrieve payment").
    pub struct PaymentPayload = "a payment" {
        /// The payment, from `payment_id` or `id`.
        id: PaymentId = |object| object.first_of(&["payment_id", "id"]);
        /// Your own id for it.
        external_id: ExternalId = |object| object.filled("external_id");
        /// The customer.
        user_id: UserId = |object| object.filled("user_id");
        /// The status.
        status: PaymentStatus = |object| object.filled("status");
        /// The money paid in, from `fiat_amount` (cents) and `fiat_symbol`.
        fiat: Money = |object| object.made_of(&["fiat_amount", "fiat_symbol"], fiat);
        /// The tokens bought, from `coin_amount` (coin units), `coin_symbol` and, if present, `coin_chain`.
        coin: CoinAmount = |object| object.made_of(&COINS_BOUGHT, coins_bought);
        /// Time of creation.
        created_at: Timestamp = |object| object.filled("created_at");
        /// The account holder who paid.
        holder: Personal = |object| object.filled("holder");
        /// The transaction on the blockchain; present from `coins_sent` on.
        txid: TxId = |object| object.filled("txid");
    }
}

fn fiat(object: &mut ObjectReader<'_, '_>) -> Field<Money> {
    let amount: Field<Cents> = object.filled("fiat_amount");
    let currency: Field<Currency> = object.filled("fiat_symbol");
    amount
        .zip(currency)
        .map(|(cents, currency)| cents.money(currency))
}

const COINS_BOUGHT: [&str; 6] = [
    "coin_amount",
    "coin_symbol",
    "symbol",
    "coin_chain",
    "chain",
    "blockchain",
];

fn coins_bought(object: &mut ObjectReader<'_, '_>) -> Field<CoinAmount> {
    let amount: Field<CoinUnits> = object.filled("coin_amount");
    let symbol: Field<Symbol> = object.first_of(&["coin_symbol", "symbol"]);
    let chain = object
        .first_of(&["coin_chain", "chain", "blockchain"])
        .into_value();
    amount
        .zip(symbol)
        .map(|(amount, symbol)| CoinAmount::new(amount.decimal(), symbol, chain))
}

payload! {
    /// The off-ramp of an off-ramp event, in the form of `GET /getRampoff`.
    ///
    /// Read like the replies of the API: a field that cannot be read is [`Field::Unreadable`] and keeps its text in `extra`.
    ///
    /// Evidence: assumed (the object's fields stand in an older edition of the page "Retrieve off-ramp status").
    pub struct OfframpPayload = "an off-ramp" {
        /// The off-ramp, from `rampoff_id` or `id`.
        id: OfframpId = |object| object.first_of(&["rampoff_id", "id"]);
        /// Your own id for it.
        external_id: ExternalId = |object| object.filled("external_id");
        /// The customer.
        user_id: UserId = |object| object.filled("user_id");
        /// The status.
        status: OfframpStatus = |object| object.filled("status");
        /// The tokens sold, in coin units, from `amount` (base units), `decimals`, `crypto` or `symbol`, and `blockchain` or
        /// `chain`.
        coin: CoinAmount = |object| object.made_of(&COINS_SOLD, coins_sold);
        /// The money paid out, from `fiat_amount` (a decimal string), in units of a currency that is mostly missing.
        fiat_amount: Decimal = |object| object.filled("fiat_amount").map(DecimalString::decimal);
        /// The currency of `fiat_amount`, if present.
        fiat_symbol: Currency = |object| object.filled("fiat_symbol");
    }
}

impl OfframpPayload {
    /// The money paid out, if amount and currency are there and readable.
    ///
    /// # Examples
    /// ```
    /// use cryptopocket_webhooks::Event;
    ///
    /// let event = |fiat: &str| {
    ///     let body = format!(r#"{{"type":"RAMPOFF_FINISHED","data":{{"id":"o1",{fiat}}}}}"#);
    ///     Event::parse(body.as_bytes())
    /// };
    /// let paid_out = event(r#""fiat_amount":"18.24","fiat_symbol":"EUR""#)?;
    /// assert_eq!(paid_out.offramp().unwrap().fiat().unwrap().to_string(), "18.24 EUR");
    ///
    /// // Without a currency there is an amount, and no money.
    /// let bare = event(r#""fiat_amount":"18.24""#)?;
    /// assert_eq!(bare.offramp().unwrap().fiat(), None);
    /// assert_eq!(bare.offramp().unwrap().fiat_amount.to_string(), "18.24");
    /// # Ok::<(), cryptopocket_webhooks::VerifyError>(())
    /// ```
    pub fn fiat(&self) -> Option<Money> {
        Some(Money::new(*self.fiat_amount.value()?, *self.fiat_symbol.value()?))
    }
}

const COINS_SOLD: [&str; 6] = ["amount", "decimals", "crypto", "symbol", "blockchain", "chain"];

fn coins_sold(object: &mut ObjectReader<'_, '_>) -> Field<CoinAmount> {
    let units: Field<BaseUnits> = object.filled("amount");
    let decimals: Field<u32> = object.filled("decimals");
    let symbol: Field<Symbol> = object.first_of(&["crypto", "symbol"]);
    let chain = object.first_of(&["blockchain", "chain"]).into_value();
    // Decimals that no coin has give no amount either.
    let coins = units
        .zip(decimals)
        .and_then(|(units, decimals)| units.coins(decimals).ok());
    coins
        .zip(symbol)
        .map(|(coins, symbol)| CoinAmount::new(coins, symbol, chain))
}
