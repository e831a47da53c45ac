//! A payment and the credit that is said to pay it, read before the two are tied.

use cryptopocket::banking::{Mismatch, Transaction, TransactionFilter, money_mismatches};
use cryptopocket::onramp::Payment;
use cryptopocket::{Client, Date, PagesEnd, PaymentId, PaymentStatus, Personal, TransactionId};

use crate::failure::{Failure, Result};

const INSIST: &str = "Look at both with `payments get` and `bank transactions`. If they belong together nevertheless, add \
     --force: it posts unread.";

/// Movements a call.
const PAGE: u32 = 100;

pub(super) struct Pair {
    payment: Payment,
    credit: Transaction,
}

impl Pair {
    /// Reads the two. Without an account, all of the integration's are searched.
    pub(super) async fn read(
        client: &Client,
        payment: &PaymentId,
        credit: &TransactionId,
        account: Option<&Personal>,
    ) -> Result<Self> {
        let payment = client.onramp().payment(payment).await?;
        let created = payment.created_at.date();
        // A credit from before the payment cannot be meant for it; the day more is for clocks of other zones.
        let since = created.checked_add_days(-1).unwrap_or(created);
        let accounts = if let Some(account) = account {
            vec![account.clone()]
        } else {
            let accounts = client.banking().list_accounts().await?;
            accounts.into_iter().map(|account| account.iban).collect()
        };
        let mut whole = true;
        for account in accounts {
            let list = client
                .banking()
                .list_transactions(account, TransactionFilter::new().from(since));
            let mut movements = list.per_page(PAGE).items();
            while let Some(movement) = movements.next().await {
                let movement = movement?;
                if movement.id == *credit {
                    return Ok(Self {
                        payment,
                        credit: movement,
                    });
                }
            }
            whole &= movements.ended().is_some_and(PagesEnd::is_proven);
        }
        Err(not_found(credit, since, whole))
    }

    /// Refuses what is obviously no pair. Nothing is posted here.
    pub(super) fn check(&self) -> Result<()> {
        let (payment, credit) = (&self.payment, &self.credit);
        let against = money_mismatches(payment.fiat, credit);
        let mut reasons: Vec<_> = against.iter().map(ToString::to_string).collect();
        let is_paid = payment.status.rank() > PaymentStatus::PendingBank.rank();
        if is_paid {
            reasons.push(format!(
                "the payment is {} and waits for no money",
                payment.status
            ));
        }
        if reasons.is_empty() {
            return Ok(());
        }
        let is_tied = |reason: &Mismatch| matches!(reason, Mismatch::AlreadyReconciled { .. });
        let kind = if against.iter().any(is_tied) {
            "already_reconciled"
        } else if is_paid {
            "payment_not_pending"
        } else {
            "amount_mismatch"
        };
        let message = format!(
            "transaction {} ({}) does not pay payment {} ({}): {}; nothing was posted",
            credit.id,
            credit.amount,
            payment.id,
            payment.fiat,
            reasons.join(", ")
        );
        Err(Failure::check(kind, message, INSIST))
    }
}

fn not_found(credit: &TransactionId, since: Date, whole: bool) -> Failure {
    let list = if whole {
        "the list"
    } else {
        "a list that nothing shows to be whole"
    };
    Failure::check(
        "transaction_not_found",
        format!(
            "transaction {credit} is not in {list} of movements since {since}, the day before the payment; nothing was posted"
        ),
        INSIST,
    )
}
