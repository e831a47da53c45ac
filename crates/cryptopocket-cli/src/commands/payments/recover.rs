use clap::Args;
use cryptopocket::ExternalId;
use cryptopocket::onramp::Recovery;
use serde::Serialize;

use crate::connection::Context;
use crate::failure::{Failure, Result};
use crate::view::PaymentView;

/// Find the payment whose creation got no answer
///
/// Exit code 0 when exactly one payment has the reference; 8 when several have, or when none has in a list that the
/// provider showed to be whole; 6 when none was found in a list that may not be whole, which proves nothing. Wait a
/// little longer than the timeout before you trust that there is none: the lost request may still arrive.
#[derive(Debug, Args)]
pub(crate) struct Recover {
    /// Your reference, as it was given when the payment was created
    #[arg(long, value_name = "ID")]
    external_id: ExternalId,
}

#[derive(Serialize)]
struct Recovered {
    external_id: ExternalId,
    found: usize,
    payments: Vec<PaymentView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<Failure>,
}

impl Recover {
    pub(super) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        let call = client.onramp().recover_payment(&self.external_id);
        let payments = match context.progress("looking for the payment").during(call).await? {
            Recovery::None => Vec::new(),
            Recovery::One(payment) => vec![PaymentView(payment)],
            Recovery::Many(payments) => payments.into_iter().map(PaymentView).collect(),
        };
        let error = unless_one(payments.len()).map(|failure| failure.seen_in_answer_to("list_payments"));
        if context.output.is_json() {
            context.output.json(&Recovered {
                external_id: self.external_id,
                found: payments.len(),
                payments,
                error: error.clone(),
            })?;
            return error.map_or(Ok(()), |failure| Err(failure.told_with_its_result()));
        }
        match payments.as_slice() {
            [] => {}
            [payment] => context.output.one(payment)?,
            several => context.output.table(several)?,
        }
        error.map_or(Ok(()), Err)
    }
}

fn unless_one(found: usize) -> Option<Failure> {
    match found {
        0 => Some(Failure::check(
            "not_found",
            "no payment has this external id, by a list that the provider showed to be whole",
            "It was not created, or the lost request has not arrived yet: wait longer than the timeout and look once \
             more before you create it again.",
        )),
        1 => None,
        several => Some(Failure::check(
            "several_found",
            format!("{several} payments have this external id"),
            "The reference was used more than once, or a payment was created twice. Look at each before one is paid.",
        )),
    }
}
