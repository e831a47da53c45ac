//! The printed forms of results. Scripts rely on the JSON.

mod bank;
mod created;
mod customer;
mod field;
mod market;
mod offramp;
mod payment;
mod quote;

pub(crate) use self::bank::{AccountView, ReconciledView, TransactionView};
pub(crate) use self::created::{CreatedView, Order};
pub(crate) use self::customer::{CompanyView, CustomerView, KycView, NewCustomerView, VerifiedView};
pub(crate) use self::market::{AssetView, MethodView, PriceView};
pub(crate) use self::offramp::{CreatedOfframpView, OfframpView};
pub(crate) use self::payment::PaymentView;
pub(crate) use self::quote::{BuyView, SellView};
