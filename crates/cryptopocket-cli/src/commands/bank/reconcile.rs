//! Reconciling one payment with one credit, which are read and compared first.

use crate::prelude::*;
use clap::Args;
use cryptopocket::banking::{Mismatch, NewReconciliation, Transaction, TransactionFilter, money_mismatches};
use cryptopocket::onramp::Payment;
use cryptopocket::{Client, Date, PagesEnd, PaymentId, PaymentStatus, Personal, TransactionId};

/// Reconcile a payment with the bank credit that pays it
///
/// It moves money, and no call is known that undoes it. So both are read first: exit code 8, and nothing is posted, when
/// the credit has another amount or currency, is reconciled already or cannot be found, or when the payment waits for no
/// money. The payer's text is not compared: only the reply to the payment's creation holds the concept.
#[derive(Debug, Args)]
pub(crate) struct Reconcile {
    /// The payment
    #[arg(long, value_name = "ID")]
    payment: PaymentId,
    /// The credit
    #[arg(long, value_name = "ID")]
    transaction: TransactionId,
    /// The account of the credit [default: all are searched]
    #[arg(long)]
    iban: Option<Personal>,
    /// Post without reading the two first
    #[arg(long)]
    force: bool,
}

impl Reconcile {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        if !self.force {
            let pair = Pair::read(&client, &self.payment, &self.transaction, self.iban.as_ref());
            context.read("reading the two", pair).await?.check()?;
        }
        let mut pair = NewReconciliation::new(self.payment, self.transaction);
        pair.iban = self.iban;
        let call = client.banking().reconcile(pair);
        let reconciled = context.act("reconcile_payment", call).await?;
        let (payment, transaction) = (&reconciled.payment_id, &reconciled.transaction_id);
        let effect = format!("payment {payment} was reconciled with transaction {transaction}");
        context.output.after(effect).one(&reconciled, view::RECONCILED)
    }
}

const INSIST: &str = "Look at both with `payments get` and `bank transactions`. If they belong together all the same, add \
     --force: it reconciles without reading them.";

/// Transactions a call.
const PAGE: u32 = 100;

/// A payment and a credit.
struct Pair {
    payment: Payment,
    credit: Transaction,
}

impl Pair {
    /// Reads both. Without an account, all accounts of the integration are searched.
    async fn read(
        client: &Client,
        payment: &PaymentId,
        credit: &TransactionId,
        account: Option<&Personal>,
    ) -> Result<Self> {
        let payment = client.onramp().payment(payment).await?;
        // A credit from before the payment cannot pay it. One day more allows for other time zones.
        let created = payment.created_at.value().map(|created| created.date());
        let since = created.map(|day| day.checked_add_days(-1).unwrap_or(day));
        let accounts = if let Some(account) = account {
            vec![account.clone()]
        } else {
            let accounts = client.banking().list_accounts().await?;
            accounts.into_iter().map(|account| account.iban).collect()
        };
        let mut whole = true;
        for account in accounts {
            let mut filter = TransactionFilter::new();
            filter.from = since;
            let list = client.banking().list_transactions(account, filter);
            let mut transactions = list.per_page(PAGE).items();
            while let Some(transaction) = transactions.next().await {
                let credit_found = transaction?;
                if credit_found.id == *credit {
                    return Ok(Self {
                        payment,
                        credit: credit_found,
                    });
                }
            }
            whole &= transactions.ended().is_some_and(PagesEnd::is_proven);
        }
        Err(not_found(credit, since, whole))
    }

    /// Refuses an obvious mismatch. It posts nothing.
    fn check(&self) -> Result<()> {
        let (payment, credit) = (&self.payment, &self.credit);
        let wanted = payment.fiat.value();
        let against = wanted
            .map(|wanted| money_mismatches(*wanted, credit))
            .unwrap_or_default();
        let mut reasons: Vec<_> = against.iter().map(ToString::to_string).collect();
        if !payment.fiat.is_value() {
            reasons.push(format!("the amount of the payment is {}", payment.fiat));
        }
        let is_paid = payment.status.rank() > PaymentStatus::PendingBank.rank();
        if is_paid {
            let status = &payment.status;
            reasons.push(format!("the payment is {status} and waits for no money"));
        }
        if reasons.is_empty() {
            return Ok(());
        }
        let reconciled_with = against.iter().find_map(|reason| match reason {
            Mismatch::AlreadyReconciled { payment_id } => Some(payment_id),
            _ => None,
        });
        let kind = match reconciled_with {
            Some(Some(named)) if *named == payment.id => {
                let (payment, credit) = (&payment.id, &credit.id);
                let pair = format!("transaction {credit} is reconciled with payment {payment}");
                let hint = "There is nothing left to do. `payments get` shows how the payment goes on.";
                let message = format!("{pair} already; nothing was posted");
                return Err(Failure::check("already_reconciled", message, hint));
            }
            Some(_) => "already_reconciled",
            None if is_paid => "payment_not_pending",
            None => "amount_mismatch",
        };
        let credit = format!("transaction {} ({})", credit.id, credit.amount);
        let payment = format!("payment {} ({})", payment.id, payment.fiat);
        let reasons = reasons.join(", ");
        let message = format!("{credit} does not pay {payment}: {reasons}; nothing was posted");
        Err(Failure::check(kind, message, INSIST))
    }
}

fn not_found(credit: &TransactionId, since: Option<Date>, whole: bool) -> Failure {
    let list = if whole {
        "the list"
    } else {
        "a list that may not be whole"
    };
    let since = since.map_or_else(String::new, |day| {
        format!(" since {day}, the day before the payment")
    });
    let message = format!("transaction {credit} is not in {list} of transactions{since}; nothing was posted");
    Failure::check("transaction_not_found", message, INSIST)
}
