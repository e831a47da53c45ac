use clap::Args;
use cryptopocket::banking::NewReconciliation;
use cryptopocket::{PaymentId, Personal, TransactionId};

use super::pair::Pair;
use crate::connection::Context;
use crate::failure::Result;

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
            context.progress("reading the two").during(pair).await?.check()?;
        }
        let mut pair = NewReconciliation::new(self.payment, self.transaction);
        pair.iban = self.iban;
        let call = client.banking().reconcile(pair);
        let reconciled = context.act("reconciling", "reconcile_payment", call).await?;
        let effect = format!(
            "payment {} was reconciled with transaction {}",
            reconciled.payment_id, reconciled.transaction_id
        );
        context.output.done(&reconciled, &effect)
    }
}
