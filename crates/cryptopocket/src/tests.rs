//! Tests of the client over all domains.

use std::sync::Arc;
use std::time::Duration;

use cryptopocket_core::testing::{Answer, ScriptedSession, ScriptedTransport};

use crate::{Client, Credentials, ErrorKind, SessionBuilder};

fn scripted(operation: &str, reply: &str) -> (Client, Arc<ScriptedTransport>) {
    let test = ScriptedSession::new().always(operation, reply);
    (Client::from(test.session), test.provider)
}

#[cfg(feature = "market")]
mod market {
    use super::*;
    use crate::{Asset, Currency};

    #[tokio::test]
    async fn assets_need_only_symbol_and_chain() {
        let (client, _) = scripted(
            "list_available_assets",
            r#"{"status":"ok","data":[
                {"symbol":"USDC","chain":"polygon","decimals":6,"active":true,"min_purchase":15.10},
                {"symbol":"NEW","chain":"chain-of-2027","launch":1e-7}
            ]}"#,
        );
        let assets = client.list_assets().await.unwrap().into_items();
        assert_eq!(assets[0].min_purchase.to_string(), "15.10");
        assert_eq!(assets[1].asset(), Some(Asset::new("NEW", "chain-of-2027")));
        assert!(assets[1].decimals.is_absent() && assets[1].active.is_absent());
        assert_eq!(assets[1].extra.get("launch").unwrap().get(), "1e-7");
    }

    #[tokio::test]
    async fn price_is_exact() {
        let reply = r#"{"status":"ok","data":{"symbol":"usdc","chain":"matic","price":0.9213000000000000000000000001}}"#;
        let (client, transport) = scripted("get_token_price", reply);
        let price = client
            .price(&Asset::new("USDC", "polygon"), Currency::EUR)
            .await
            .unwrap();
        assert_eq!(price.price.to_string(), "0.9213000000000000000000000001 EUR");
        let url = transport.requests("get_token_price").remove(0).url;
        for part in ["symbol=USDC", "chain=polygon", "fiat_symbol=EUR"] {
            assert!(url.contains(part), "{url}");
        }
    }

    #[tokio::test]
    async fn price_of_an_unreadable_name_is_unreadable() {
        for name in [
            r#""fiat_symbol":{"code":"USD"}"#,
            r#""fiat_symbol":"Dollars""#,
            r#""symbol":["USDT"]"#,
            r#""chain":{"name":"ethereum"}"#,
            r#""chain":"ethereum""#,
        ] {
            let reply = format!(r#"{{"status":"ok","data":{{"price":0.9210,{name}}}}}"#);
            let (client, _) = scripted("get_token_price", &reply);
            let price = client
                .price(&Asset::new("USDC", "polygon"), Currency::EUR)
                .await
                .unwrap();
            assert!(price.price.is_unreadable(), "{name}: {price:?}");
            assert_eq!(price.extra.get("price").unwrap().get(), "0.9210", "{name}");
            stored(&price);
        }
    }

    #[tokio::test]
    async fn other_names_of_the_chain_leave_the_price_readable() {
        for (asked, named, is_read) in [
            ("polygon", "POL", true),
            ("polygon", "polygon-pos", true),
            ("matic", "polygon", true),
            ("ethereum", "erc20", true),
            ("bitcoin", "BTC", true),
            ("chain-of-2027", "c27", true),
            ("binance", "BSC", true),
            ("polygon", "eth", false),
            ("polygon", "solana", false),
            ("polygon", "SOL", false),
            ("polygon", "trc20", false),
            ("polygon", "base", false),
            ("polygon-pos", "polygon", false),
            ("chain-of-2027", "bitcoin", false),
        ] {
            let reply = format!(r#"{{"status":"ok","data":{{"price":0.9210,"chain":"{named}"}}}}"#);
            let (client, _) = scripted("get_token_price", &reply);
            let asset = Asset::new("USDC", asked);
            let price = client.price(&asset, Currency::EUR).await.unwrap();
            assert_eq!(price.price.is_value(), is_read, "{asked}, {named}");
            assert_eq!(price.chain, asked);
            assert_eq!(price.extra.get("chain").unwrap().get(), format!("\"{named}\""));
            stored(&price);
        }
    }

    fn stored<T>(value: &T)
    where
        T: serde::Serialize + serde::de::DeserializeOwned + PartialEq + std::fmt::Debug,
    {
        let text = serde_json::to_string(value).unwrap();
        assert_eq!(&serde_json::from_str::<T>(&text).unwrap(), value);
    }

    #[tokio::test]
    async fn assets_and_prices_read_back_the_same() {
        let reply = r#"{"status":"ok","data":[{"symbol":"USDC","chain":"polygon","min_purchase":15.10,"launch":1.10}]}"#;
        let (client, transport) = scripted("list_available_assets", reply);
        transport.always(
            "get_token_price",
            Answer::json(r#"{"status":"ok","data":{"price":0.9213,"day":1.50}}"#),
        );
        let asset = client.list_assets().await.unwrap().into_items().remove(0);
        stored(&asset);
        stored(
            &client
                .price(&asset.asset().unwrap(), Currency::EUR)
                .await
                .unwrap(),
        );
    }

    #[tokio::test]
    async fn price_of_another_coin_is_refused() {
        for reply in [
            r#"{"status":"ok","data":{"price":1,"fiat_symbol":"USD"}}"#,
            r#"{"status":"ok","data":{"price":1,"symbol":"USDT"}}"#,
        ] {
            let (client, _) = scripted("get_token_price", reply);
            let error = client
                .price(&Asset::new("USDC", "polygon"), Currency::EUR)
                .await
                .unwrap_err();
            assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
        }
    }
}

#[cfg(all(feature = "market", feature = "users", feature = "banking"))]
#[tokio::test]
async fn domains_share_one_login() {
    let (client, transport) = scripted("list_available_assets", r#"{"status":"ok","data":[]}"#);
    transport.always("list_customers", Answer::json(r#"{"status":"ok","data":[]}"#));
    transport.always("list_bank_accounts", Answer::json(r#"{"status":"ok","data":[]}"#));
    client.list_assets().await.unwrap().into_items();
    client
        .users()
        .list_customers(crate::users::CustomerFilter::new())
        .collect_all(1)
        .await
        .unwrap();
    client.clone().banking().list_accounts().await.unwrap();
    assert_eq!(transport.calls("authenticate"), 1);
}

#[tokio::test]
async fn login_is_sent_on_demand() {
    let (client, transport) = scripted("", "");
    client.login().await.unwrap();
    assert_eq!(transport.calls("authenticate"), 1);
}

#[test]
fn client_takes_settings_of_session() {
    let missing = Client::builder().build().unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::Configuration);

    let settings: SessionBuilder = crate::Session::builder().credentials(Credentials::new("key", "CANARY"));
    let client = Client::from(settings.timeout(Duration::from_secs(7)).build().unwrap());
    assert_eq!(client.session().timeout(), Duration::from_secs(7));
    assert!(!format!("{client:?}").contains("CANARY"));
}
