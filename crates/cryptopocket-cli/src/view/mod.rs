//! The forms in which results are printed. They are promised to scripts, so they are spelt out here and do not follow
//! the SDK's own types.

mod bank;
mod created;
mod customer;
mod market;
mod offramp;
mod payment;
mod quote;

use cryptopocket::{Chain, CoinAmount, Decimal, Items, Symbol};
use serde::{Serialize, Serializer};

pub(crate) use self::bank::{AccountView, ReconciledView, TransactionView};
pub(crate) use self::created::{CreatedView, Order};
pub(crate) use self::customer::{CompanyView, CustomerView, KycView, NewCustomerView, VerifiedView};
pub(crate) use self::market::{AssetView, MethodView, PriceView};
pub(crate) use self::offramp::{CreatedOfframpView, OfframpView};
pub(crate) use self::payment::PaymentView;
pub(crate) use self::quote::{BuyView, SellView};
use crate::connection::Context;
use crate::failure::Result;
use crate::output::Row;

/// Ids are strings in every result, whatever form the provider gave them.
fn text<S: Serializer>(id: &impl AsRef<str>, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    serializer.serialize_str(id.as_ref())
}

/// A coin with its chain, which is `null` where the reply names none.
fn coin<S: Serializer>(coin: &CoinAmount, serializer: S) -> std::result::Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Coin<'c> {
        amount: Decimal,
        symbol: &'c Symbol,
        chain: Option<&'c Chain>,
    }
    let (amount, symbol, chain) = (coin.amount(), coin.symbol(), coin.chain());
    Coin {
        amount,
        symbol,
        chain,
    }
    .serialize(serializer)
}

/// A value for people, or nothing.
fn known(name: &'static str, value: Option<impl ToString>) -> Option<(&'static str, String)> {
    value.map(|value| (name, value.to_string()))
}

fn cell(value: Option<impl ToString>) -> String {
    value.map_or_else(String::new, |value| value.to_string())
}

/// Prints a list that comes page by page: each item as it comes for programs, one table for people.
pub(crate) async fn print_items<T, V>(
    context: &mut Context,
    label: &str,
    mut items: Items<T>,
    limit: Option<usize>,
) -> Result<()>
where
    T: Send + 'static,
    V: From<T> + Serialize + Row,
{
    let limit = limit.unwrap_or(usize::MAX);
    let progress = context.progress(label);
    let mut collected: Vec<V> = Vec::new();
    let mut count = 0;
    while count < limit {
        let Some(item) = progress.during(items.next()).await else {
            break;
        };
        let view = V::from(item?);
        count += 1;
        if context.output.is_json() {
            context.output.json(&view)?;
        } else {
            progress.say(format!("{label}: {count}"));
            collected.push(view);
        }
    }
    if context.output.is_json() {
        Ok(())
    } else {
        context.output.table(&collected)
    }
}
