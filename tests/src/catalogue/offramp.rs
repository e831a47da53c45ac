//! Crypto in, fiat out.

use cryptopocket_offramp::{NewOfframp, OffRamp, OfframpFilter, QuoteRequest};
use cryptopocket_types::{Asset, CoinAmount, OfframpId, UserId};

use super::case::{Case, shown};
use crate::canary;

pub(super) const CASES: &[Case] = &[
    Case {
        id: "get_offramp_quote",
        reply: r#"{"status":"ok","data":{"fiat_amount":"18.24","fiat_symbol":"EUR","amount":20,"symbol":"USDC","blockchain":"polygon","fee":"0.18"}}"#,
        call: |session| shown(async move { OffRamp::new(session).quote(QuoteRequest::new(coins())).await }),
    },
    Case {
        id: "create_offramp",
        reply: r#"{"status":"ok","data":{"rampoff":"payment created","wallet":"0xde709f2102306220921060314715629080e2fb77","id":"off2K8dN5rW1qJm7TzC4vHx6p"}}"#,
        call: |session| {
            shown(async move {
                let iban = canary::IBAN.parse().expect("a valid IBAN");
                OffRamp::new(session)
                    .create_offramp(NewOfframp::to_iban(UserId::from(100_067), coins(), iban))
                    .await
            })
        },
    },
    Case {
        id: "get_offramp",
        reply: r#"{"status":"ok","data":{"id":"off2K8dN5rW1qJm7TzC4vHx6p","status":"finished","blockchain":"polygon","crypto":"USDT","amount":"20000000000000000000","decimals":18,"fiat_amount":"4800.24"}}"#,
        call: |session| {
            shown(async move {
                OffRamp::new(session)
                    .offramp(&OfframpId::from("off2K8dN5rW1qJm7TzC4vHx6p"))
                    .await
            })
        },
    },
    Case {
        id: "list_offramps",
        reply: r#"{"status":"ok","data":[{"id":"off2K8dN5rW1qJm7TzC4vHx6p","status":"started","blockchain":"polygon","crypto":"USDC","amount":"20000000","decimals":6,"fiat_amount":"18.24"}],"pagination":{"current_page":1,"per_page":25,"total":1,"last_page":1}}"#,
        call: |session| {
            shown(async move {
                OffRamp::new(session)
                    .list_offramps(OfframpFilter::new())
                    .collect_all(100)
                    .await
            })
        },
    },
];

fn coins() -> CoinAmount {
    Asset::new("USDC", "polygon").amount("20".parse().expect("a number"))
}
