//! Tests of the calls, with a scripted provider.

mod calls;
mod exact;
mod stored;
mod wait;

use cryptopocket_core::testing::{ScriptedSession, block_on};
use cryptopocket_types::{CoinAmount, Iban};

use crate::OffRamp;

const ID: &str = "off2K8dN5rW1qJm7TzC4vHx6p";
const IBAN: &str = "ES9121000418450200051332";

/// The client under test.
trait Calls {
    fn offramp(&self) -> OffRamp;
}

impl Calls for ScriptedSession {
    fn offramp(&self) -> OffRamp {
        OffRamp::new(self.session.clone())
    }
}

fn iban() -> Iban {
    IBAN.parse().expect("a valid IBAN")
}

fn usdc(amount: &str) -> CoinAmount {
    cryptopocket_types::Asset::new("USDC", "polygon").amount(amount.parse().expect("a decimal"))
}

/// An off-ramp, as `get_offramp` returns it.
fn transaction(id: &str, status: &str) -> String {
    format!(
        r#"{{"id":{id},"status":"{status}","blockchain":"polygon","crypto":"USDT",
            "amount":"20000000000000000000","decimals":18,"fiat_amount":"4800.24"}}"#
    )
}

fn reply(status: &str) -> String {
    format!(
        r#"{{"status":"ok","data":{}}}"#,
        transaction(&format!(r#""{ID}""#), status)
    )
}
