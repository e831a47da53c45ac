//! Off-ramps of our customers. The provider takes no reference for them, so the account tells which order each pays.

use std::time::Duration;

use cryptopocket::offramp::NewOfframp;
use cryptopocket::once::{Outcome, create_offramp_once};
use cryptopocket::{Asset, Iban};
use cryptopocket_inbox::journal::Verdict;
use cryptopocket_types::{Decimal, UserId};

use crate::durable::Durable;
use crate::finding::{AGREEMENT, Finding};
use crate::node::Process;
use crate::orders::{Final, Order, Told, failed, waits};

/// So few that orders share them: the list of the provider then shows several off-ramps that may be the one.
const AMOUNTS: [u32; 3] = [50, 120, 400];

/// The account that the order with this number pays out to.
pub(crate) fn iban(number: u32) -> String {
    // The country is read as 14 28, and the check digits as 00.
    let check = 98 - (u128::from(number) * 1_000_000 + 142_800) % 97;
    format!("ES{check:02}{number:020}")
}

/// The number of the order that pays out to an account.
pub(crate) fn number(iban: &str) -> Option<u32> {
    iban.get(4..)?.parse().ok()
}

/// What is known of an off-ramp, or how long to wait before the next question.
pub(crate) async fn ask<D: Durable>(process: &Process<D>, order: &Order) -> Result<Told, Duration> {
    let (world, key) = (&process.world, &order.key);
    let iban = iban(order.number);
    let Ok(account) = iban.parse::<Iban>() else {
        world.find(Finding::new(
            AGREEMENT,
            &[key],
            "an account of the simulation is no IBAN",
        ));
        return Err(Duration::from_hours(1));
    };
    let amount = AMOUNTS[usize::try_from(order.cents).unwrap_or(0) % AMOUNTS.len()];
    let coins = Asset::new("USDC", "polygon").amount(Decimal::from(amount));
    let new = NewOfframp::to_iban(UserId::from(order.customer), coins, account);
    let answer = create_offramp_once(&process.journal, &process.client, key, new).await;
    world.trace(key, || {
        format!("{key}: machine {} is told {answer:?}", process.number)
    });
    match answer {
        Ok(Outcome::Done(created)) => Ok(Told::of(Final::Created(created.id.to_string()))),
        Ok(Outcome::Named { id }) => Ok(Told::of(Final::Created(id))),
        Ok(Outcome::Refused { .. }) => Ok(Told::of(Final::Refused)),
        Ok(Outcome::Ambiguous { candidates }) => {
            let pause = world.between(Duration::from_mins(10), Duration::from_hours(3));
            world.time.sleep(pause).await;
            judge(process, order, &iban, &candidates).await;
            Err(Duration::from_secs(5))
        }
        Ok(other) => Err(waits(process, key, &other)),
        Err(error) => Err(failed(process, key, &error)),
    }
}

/// A person asks the provider's desk, which knows the accounts, and tells the journal.
async fn judge<D: Durable>(process: &Process<D>, order: &Order, iban: &str, candidates: &[String]) {
    let (world, key) = (&process.world, &order.key);
    let created = world.provider.offramp_to(iban);
    let verdict = match created {
        Some(object) => {
            // A restored journal has the candidates of an older search, and what was sent since is not among them.
            if !candidates.contains(&object) && !world.is_restored() {
                let text = format!("{key} was created as {object}, which is not among {candidates:?}");
                world.find(Finding::new(AGREEMENT, &[key], text));
            }
            Verdict::Done { object }
        }
        // A restored journal looks first, and would find the same candidates for ever.
        None if world.is_restored() || world.chance().happens(5_000) => Verdict::NotDone,
        None => Verdict::SendAgain,
    };
    let told = process
        .journal
        .settle(key, verdict.clone(), "ada", "the provider's desk")
        .await;
    world.trace(key, || format!("{key}: a person says {verdict:?}: {told:?}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn account_of_an_order_is_an_iban_with_its_number() {
        for order in [0, 1, 97, 149, 99_999, u32::MAX] {
            let account = iban(order);
            assert!(account.parse::<Iban>().is_ok(), "{account}");
            assert_eq!(number(&account), Some(order));
        }
    }
}
