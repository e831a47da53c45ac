//! What the emulator knows of bank credits and no call of the API tells: whom they were meant for.

use std::borrow::Cow;

use cryptopocket_types::Decimal;
use serde::{Deserialize, Serialize};

use crate::world::{BankTransaction, Integration, World};

/// A bank transaction that was reconciled with another payment than its payer meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Misattribution {
    /// The bank transaction.
    pub transaction_id: String,
    /// The payment it was meant for.
    pub meant_for: String,
    /// The payment it was reconciled with.
    pub reconciled_with: String,
}

/// The truth about a credit whose payer's intention is known; see `Sandbox::transfers`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Transfer {
    /// The bank transaction.
    pub transaction_id: String,
    /// The payment it was meant for.
    pub meant_for: String,
    /// The payment it was reconciled with, where it was.
    pub reconciled_with: Option<String>,
    /// What arrived.
    pub amount: Decimal,
    /// What the payment it was meant for was to bring. Only a credit of that amount can be reconciled with it.
    pub expected_amount: Decimal,
}

/// All bank transactions, integration by integration and account by account, oldest first.
fn transactions(world: &World) -> impl Iterator<Item = (&Integration, Cow<'_, BankTransaction>)> {
    world.integrations.iter().flat_map(|one| {
        let feeds = one.accounts.iter().map(|account| &account.feed);
        feeds.flat_map(move |feed| (0..feed.len()).filter_map(move |place| Some((one, feed.at(place)?))))
    })
}

/// Everything that was reconciled with another payment than was meant, over all integrations.
pub fn misattributed(world: &World) -> Vec<Misattribution> {
    transactions(world)
        .filter(|(_, transaction)| transaction.is_misattributed())
        .filter_map(|(_, transaction)| {
            Some(Misattribution {
                transaction_id: transaction.id.clone(),
                meant_for: transaction.meant_for.clone()?,
                reconciled_with: transaction.payment.clone()?,
            })
        })
        .collect()
}

/// Every credit whose payer's intention is known, over all integrations.
pub fn transfers(world: &World) -> Vec<Transfer> {
    transactions(world)
        .filter_map(|(integration, transaction)| {
            let meant_for = transaction.meant_for.clone()?;
            let payment = integration.payments.get(&meant_for)?;
            Some(Transfer {
                transaction_id: transaction.id.clone(),
                reconciled_with: transaction.payment.clone(),
                amount: transaction.amount,
                expected_amount: payment.fiat_amount.rescaled(2).unwrap_or(payment.fiat_amount),
                meant_for,
            })
        })
        .collect()
}
