//! The printed forms of results.
//!
//! Scripts rely on the JSON. It is the SDK's own where that has the promised fields, and otherwise a form in `json`.

mod bank;
mod customer;
mod json;
mod market;
mod offramp;
mod payment;

pub(crate) use self::json::{
    BuyView, CreatedOfframpView, CreatedView, KycView, OfframpView, Order, PaymentView, SellView,
    VerifiedView,
};
