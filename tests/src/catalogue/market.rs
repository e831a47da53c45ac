//! Login, assets and prices.

use cryptopocket::Client;
use cryptopocket_types::{Asset, Currency};

use super::case::{Case, shown};

pub(super) const CASES: &[Case] = &[
    Case {
        id: "authenticate",
        reply: r#"{"status":"ok","data":{"token":"canary-token","expires_in":3600}}"#,
        call: |session| shown(async move { session.login().await }),
    },
    Case {
        id: "get_token_price",
        reply: r#"{"status":"ok","data":{"symbol":"USDC","chain":"polygon","fiat_symbol":"EUR","price":0.9213}}"#,
        call: |session| {
            shown(async move {
                Client::from(session)
                    .price(&Asset::new("USDC", "polygon"), Currency::EUR)
                    .await
            })
        },
    },
    Case {
        id: "list_available_assets",
        reply: r#"{"status":"ok","data":[{"symbol":"USDC","name":"USD Coin","chain":"polygon","decimals":6,"active":true,"min_purchase":30}]}"#,
        call: |session| shown(async move { Ok(Client::from(session).list_assets().await?.into_items()) }),
    },
];
