use cryptopocket::ExternalId;
use cryptopocket::onramp::CreatedPayment;

use crate::connection::Context;
use crate::failure::Result;
use crate::output;
use crate::view::{CreatedView, Order};

/// Prints a new payment, and a note if it has no reference.
pub(super) fn print_created(
    context: &mut Context,
    created: Result<CreatedPayment>,
    order: Order,
    reference: Option<&ExternalId>,
) -> Result<()> {
    let created = created.map_err(|failure| match reference {
        Some(_) => failure,
        None => failure.without_reference(),
    })?;
    let effect = format!("payment {} was created", created.payment_id);
    context.output.done(&CreatedView { created, order }, &effect)?;
    if reference.is_none() {
        output::note(
            "this payment has no reference of yours: had the answer been lost, `payments recover` could not have \
             found it. Give every payment an --external-id that no other has, such as --external-id order-1.",
        );
    }
    Ok(())
}
