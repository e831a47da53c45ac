use cryptopocket::offramp::{CreatedOfframp, FiatAmount, Offramp};
use cryptopocket::{CoinAmount, Extra, OfframpId, OfframpStatus};
use serde::Serialize;

use super::field::{cell, coin, known};
use crate::output::{People, Row};

/// An off-ramp, as `offramp get` prints it.
#[derive(Serialize)]
pub(crate) struct OfframpView {
    id: OfframpId,
    status: OfframpStatus,
    r#final: bool,
    #[serde(serialize_with = "coin")]
    coin: CoinAmount,
    fiat: FiatAmount,
    extra: Extra,
}

impl From<Offramp> for OfframpView {
    fn from(offramp: Offramp) -> Self {
        Self {
            r#final: offramp.is_final(),
            id: offramp.id,
            status: offramp.status,
            coin: offramp.coin,
            fiat: offramp.fiat,
            extra: offramp.extra,
        }
    }
}

impl OfframpView {
    /// One line of a wait.
    pub(crate) fn state(&self) -> String {
        format!("{}  {} → {}", self.status, self.coin, self.fiat)
    }
}

impl People for OfframpView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        let state = if self.r#final {
            format!("{} (final)", self.status)
        } else {
            self.status.to_string()
        };
        [
            known("off-ramp", Some(&self.id)),
            known("status", Some(state)),
            known("sells", Some(&self.coin)),
            known("chain", self.coin.chain()),
            known("receives", Some(self.fiat)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

impl Row for OfframpView {
    const HEADINGS: &'static [&'static str] = &["OFF-RAMP", "STATUS", ">SELLS", "CHAIN", ">RECEIVES"];

    fn cells(&self) -> Vec<String> {
        vec![
            self.id.to_string(),
            self.status.to_string(),
            self.coin.to_string(),
            cell(self.coin.chain()),
            self.fiat.to_string(),
        ]
    }
}

/// A new off-ramp, and where the coins go.
#[derive(Serialize)]
pub(crate) struct CreatedOfframpView {
    id: OfframpId,
    wallet: String,
    #[serde(serialize_with = "coin")]
    send: CoinAmount,
    message: Option<String>,
    extra: Extra,
}

impl From<CreatedOfframp> for CreatedOfframpView {
    fn from(created: CreatedOfframp) -> Self {
        Self {
            id: created.id,
            wallet: created.wallet,
            send: created.send,
            message: created.message,
            extra: created.extra,
        }
    }
}

impl People for CreatedOfframpView {
    fn lines(&self) -> Vec<(&'static str, String)> {
        [
            known("off-ramp", Some(&self.id)),
            known("next", Some("the customer sends the coins to this address")),
            known("coins", Some(&self.send)),
            known("chain", self.send.chain()),
            known("address", Some(&self.wallet)),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}
