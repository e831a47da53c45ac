//! The end of a demo: all webhooks arrived, and the provider's lists agree.

use cryptopocket::offramp::OfframpFilter;
use cryptopocket::onramp::PaymentFilter;

use crate::error::Result;
use crate::setup::Setup;
use crate::step::step;
use crate::timeline::{Exchange, Object};

pub(crate) async fn run(setup: &mut Setup<'_>) -> Result<()> {
    setup.timeline.section("In the end", "nothing is left over")?;
    setup.sandbox.webhooks_settled().await;
    let deliveries = setup.sandbox.deliveries();
    let arrived = deliveries.iter().filter(|it| it.state.name() == "delivered");
    let counts = setup.receiver.counts();
    let (verified, handled) = (counts.verified, counts.handled);
    step!(setup, "end.webhooks", format!("{verified} webhooks verified, {handled} of them handled"), {
        value "verified" => verified;
        value "handled" => handled;
        value "duplicates" => counts.duplicates;
        value "refused" => counts.refused;
        same "sent by the provider, and all delivered" => arrived.count(), deliveries.len();
        check "handled and repeated ones are all that were verified" => handled + counts.duplicates == verified;
        same "contradictions" => counts.conflicts, 0;
    })?;

    let payments = setup.client.onramp().list_payments(PaymentFilter::new());
    let payments = payments.collect_all(1000).await?;
    let offramps = setup.client.offramp().list_offramps(OfframpFilter::new());
    let offramps = offramps.collect_all(1000).await?;
    let sent_coins = payments.iter().filter(|payment| payment.is_final()).count();
    let paid_out = offramps.iter().filter(|offramp| offramp.is_final()).count();
    let is_payment = |exchange: &&Exchange| matches!(exchange.object, Object::Payment(_));
    let told_payments = setup.exchanges.iter().filter(is_payment).count();
    let told_offramps = setup.exchanges.len() - told_payments;
    let (listed, sold) = (payments.len(), offramps.len());
    step!(setup, "end.books", format!("the provider lists {listed} payments and {sold} off-ramps"), {
        same "payments that sent coins, all of them told above" => sent_coins, told_payments;
        same "off-ramps that paid out, all of them told above" => paid_out, told_offramps;
    })
}
