//! Prices, assets, payment methods and quotes.

use axum::extract::Query;
use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use super::reply::{body, invalid};

#[derive(Deserialize)]
pub(super) struct Pair {
    symbol: Option<String>,
    network: Option<String>,
    currency: Option<String>,
}

/// A price as text, of a `network`, in a `currency`.
pub(super) async fn price(Query(pair): Query<Pair>) -> Response {
    let Some(network) = pair.network else {
        return invalid("network");
    };
    let Some(currency) = pair.currency else {
        return invalid("currency");
    };
    body(&json!({"status": "ok", "data": {
        "symbol": pair.symbol, "network": network, "currency": currency, "price": "0.9213",
    }}))
}

/// A resource collection without a status word; decimals are text, `active` is 0 or 1.
pub(super) async fn assets() -> Response {
    body(&json!({
        "data": [
            {"symbol": "USDC", "title": "USD Coin", "chain": "polygon", "decimals": "6", "active": 1},
            {"symbol": "POL", "title": "Polygon", "chain": "polygon", "decimals": "18", "active": 0},
        ],
        "links": {"first": null, "last": null, "prev": null, "next": null},
        "meta": {"current_page": 1, "last_page": 1, "per_page": 50, "total": 2},
    }))
}

/// A bare list; limits are cents.
pub(super) async fn payment_methods() -> Response {
    body(&json!([
        {"payment_type": "card", "name": "Card", "currency": "EUR", "min_amount": 1000, "max_amount": 100_000},
        {"payment_type": "transfer", "name": "Transfer", "currency": "EUR", "min_amount": 1000, "max_amount": 1_500_000},
    ]))
}

#[derive(Deserialize)]
pub(super) struct Purchase {
    amount: Option<u64>,
    symbol: Option<String>,
    payment_type: Option<String>,
}

/// Takes currency units, as documented, and answers with cents; the fee is an object.
pub(super) async fn quote(Query(purchase): Query<Purchase>) -> Response {
    let (Some(amount), Some(symbol)) = (purchase.amount, purchase.symbol) else {
        return invalid("amount");
    };
    body(&json!({"status": "ok", "data": {
        "tokens": "98.70", "price": 1.0132, "fee": {"amount": 120, "currency": "EUR"},
        "amount": amount * 100, "symbol": symbol, "chain": "polygon", "payment_type": purchase.payment_type,
    }}))
}

#[derive(Deserialize)]
pub(super) struct Sale {
    amount: Option<String>,
    symbol: Option<String>,
    chain: Option<String>,
}

/// Named `rampoff-quote`, with `chain` for `blockchain` and the money in cents as a number.
pub(super) async fn offramp_quote(Query(sale): Query<Sale>) -> Response {
    let Some(chain) = sale.chain else {
        return invalid("chain");
    };
    body(&json!({"status": "ok", "data": {
        "fiat_amount": 1842, "fiat_symbol": "EUR", "amount": sale.amount, "symbol": sale.symbol, "chain": chain,
    }}))
}
