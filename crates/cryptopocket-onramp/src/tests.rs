//! Tests of the calls, with a scripted provider.

mod create;
mod exact;
mod guard;
mod list;
mod read;
mod recover;
mod stored;
mod wait;

use cryptopocket_core::testing::{ScriptedSession, block_on};
use cryptopocket_types::{Asset, UserId};
use serde_json::Value;

use crate::OnRamp;

const WALLET: &str = "0x52908400098527886E0F7030069857D2E4169EE7";
const ID: &str = "pay4H8nC2wY6jTf5QdV1xRk9m";

/// The client under test, and the bodies it sent.
trait Calls {
    fn onramp(&self) -> OnRamp;

    /// The bodies that `operation` was sent with.
    fn bodies(&self, operation: &str) -> Vec<Value>;
}

impl Calls for ScriptedSession {
    fn onramp(&self) -> OnRamp {
        OnRamp::new(self.session.clone())
    }

    fn bodies(&self, operation: &str) -> Vec<Value> {
        let bodies = self.provider.bodies(operation);
        bodies
            .iter()
            .map(|body| serde_json::from_str(body).expect("a JSON body"))
            .collect()
    }
}

fn usdc() -> Asset {
    Asset::new("USDC", "polygon")
}

fn customer() -> UserId {
    UserId::from(100_067)
}

/// A payment, as `get_payment` returns it.
fn payment(id: &str, external_id: &str, status: &str) -> String {
    format!(
        r#"{{"id":"{id}","external_id":{external_id},"user_id":"100067","status":"{status}","fiat_amount":15050,
            "fiat_symbol":"EUR","coin_symbol":"USDC","coin_amount":148.32,
            "created_at":"2026-06-20T10:15:30.123456Z","holder":null}}"#
    )
}

fn payment_reply(status: &str) -> String {
    format!(r#"{{"status":"ok","data":{}}}"#, payment(ID, "null", status))
}
