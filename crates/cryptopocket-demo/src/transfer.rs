//! A bank transfer pays: the credit is found among others, reconciled, and the wallet receives.

use cryptopocket::banking::{
    ExpectedTransfer, Mismatch, NewReconciliation, Transaction, TransactionFilter, TransferMatch,
    match_transfer,
};
use cryptopocket::onramp::{BankTransfer, NewPayment, QuoteRequest};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{
    Asset, Currency, Decimal, Field, Iban, Money, PaymentId, PaymentStatus, PaymentType, TransactionId,
    UserId,
};
use cryptopocket_sandbox::BankCredit;

use crate::error::{Error, Result};
use crate::onramp::adds_up;
use crate::setup::{BUYING, CUSTOMER, CUSTOMER_IBAN, PATIENCE, Setup, WALLET, is};
use crate::step::{short, step};

const PER_PAGE: u32 = 4;

/// The credits on the account: the right one, and two that look like it.
struct Credits {
    right: TransactionId,
    wrong_concept: TransactionId,
    short: TransactionId,
    count: usize,
    sum: Money,
}

pub(crate) async fn run(setup: &mut Setup<'_>, customer: &UserId) -> Result<()> {
    let about = "a bank transfer pays, is found and reconciled, and a wallet receives";
    setup.timeline.section("Transfer", about)?;
    let (id, transfer) = created(setup, customer).await?;
    let before = balance(setup, &transfer).await?;
    let credits = credited(setup, &transfer)?;
    let listed = listed(setup, &transfer, &credits, before).await?;
    matched(setup, &transfer, &credits, &listed)?;
    reconciled(setup, &id, &transfer, &credits).await?;
    sent(setup, &id).await
}

fn amount() -> Money {
    euros(24000)
}

fn euros(cents: i128) -> Money {
    Money::from_minor(cents, Currency::EUR)
}

fn sum(amounts: impl Iterator<Item = Money>) -> Money {
    let mut amounts = amounts;
    let sum = amounts.try_fold(euros(0), Money::checked_add);
    sum.unwrap_or(euros(0))
}

async fn created(setup: &mut Setup<'_>, customer: &UserId) -> Result<(PaymentId, BankTransfer)> {
    let onramp = setup.client.onramp().clone();
    let asset = Asset::new("USDC", "polygon");
    let request = QuoteRequest::new(amount(), asset.clone(), PaymentType::Transfer);
    let quote = onramp.quote(request).await?;
    let order = NewPayment::transfer(customer.clone(), amount(), asset, WALLET)
        .external_id(format!("demo-{}-transfer", setup.seed).as_str());
    let created = onramp.create_payment(order).await?;
    let payment = onramp.payment(&created.payment_id).await?;
    let Some(transfer) = created.next.bank_transfer().cloned() else {
        return Err(Error::stuck("a transfer payment names no account"));
    };
    let (iban, concept) = (transfer.iban.reveal(), &transfer.concept);
    step!(setup, "transfer.create", format!("pay {} to {iban}, concept {concept}", amount()), {
        value "payment_id" => created.payment_id.as_str();
        value "concept" => concept.as_str();
        check "the IBAN's check digits are right" => iban.parse::<Iban>().is_ok();
        check "the quote adds up" => adds_up(&quote);
        same "money read back" => payment.fiat, Field::Value(amount());
        same "coins to come, as quoted" => payment.coin.map(|coin| coin.amount()), Field::Value(quote.tokens.amount());
    })?;
    Ok((created.payment_id, transfer))
}

async fn balance(setup: &Setup<'_>, transfer: &BankTransfer) -> Result<Money> {
    let accounts = setup.client.banking().list_accounts().await?;
    let ours = accounts.iter().find(|account| account.iban == transfer.iban);
    ours.and_then(|account| account.balance.into_value())
        .ok_or_else(|| Error::stuck("the account of the transfer is not listed"))
}

/// Sends the right credit among others: one names another concept, one is short by a euro.
fn credited(setup: &mut Setup<'_>, transfer: &BankTransfer) -> Result<Credits> {
    let concept = transfer.concept.as_str();
    let wrong = concept.parse::<u64>().map_or(1, |number| number + 1);
    let mut arriving = vec![
        (euros(1999), "Cuota gimnasio".to_owned(), "Luis Pérez"),
        (amount(), format!("Pago {wrong}"), "Marta Ruiz"),
        (euros(23900), format!("Pago {concept}"), CUSTOMER),
        (euros(51000), "Alquiler noviembre".to_owned(), "Joan Serra"),
        (amount(), format!("Pago {concept}, gracias"), CUSTOMER),
    ];
    for number in 1..=4 {
        arriving.push((euros(1000 + number), format!("Factura {number}"), "Varios SL"));
    }
    let mut ids = Vec::new();
    for (money, concept, payer) in &arriving {
        let iban = (*payer == CUSTOMER).then_some(CUSTOMER_IBAN);
        let credit = BankCredit::new(money.amount()).concept(concept.as_str());
        let id = setup.sandbox.credit_bank(credit.payer(*payer, iban))?;
        ids.push(TransactionId::new(id));
    }
    let count = ids.len();
    let text = format!("{count} credits arrive, one of them from {CUSTOMER} for this payment");
    step!(setup, "transfer.credits", text, {
        value "credits" => count;
    })?;
    Ok(Credits {
        right: ids[4].clone(),
        wrong_concept: ids[1].clone(),
        short: ids[2].clone(),
        count,
        sum: sum(arriving.iter().map(|(money, ..)| *money)),
    })
}

async fn listed(
    setup: &mut Setup<'_>,
    transfer: &BankTransfer,
    credits: &Credits,
    before: Money,
) -> Result<Vec<Transaction>> {
    let banking = setup.client.banking().clone();
    let list = banking.list_transactions(transfer.iban.clone(), TransactionFilter::new());
    let mut pages = list.per_page(PER_PAGE).pages();
    let (mut all, mut count) = (Vec::new(), 0);
    while let Some(page) = pages.next().await {
        all.extend(page?.into_items());
        count += 1;
    }
    let after = balance(setup, transfer).await?;
    step!(setup, "transfer.transactions", format!("{} transactions read from {count} pages", all.len()), {
        value "transactions" => all.len();
        value "pages" => count;
        check "it took several pages" => count > 1;
        same "transactions" => all.len(), credits.count;
        same "their sum" => sum(all.iter().filter_map(|transaction| transaction.amount.into_value())), credits.sum;
        same "the balance grew by as much" => after, before.checked_add(credits.sum).unwrap_or(before);
    })?;
    Ok(all)
}

fn matched(
    setup: &mut Setup<'_>,
    transfer: &BankTransfer,
    credits: &Credits,
    listed: &[Transaction],
) -> Result<()> {
    let expected = ExpectedTransfer::new(transfer.concept.clone(), amount());
    let found = match_transfer(&expected, listed);
    let is_right = found.confirmed().map(|credit| &credit.id) == Some(&credits.right);
    // Without the right one, none may be taken, and each near miss must have its reason.
    let others = listed.iter().filter(|credit| credit.id != credits.right);
    let near = match match_transfer(&expected, others) {
        TransferMatch::None(near) => near,
        _ => Vec::new(),
    };
    let missed = |id: &TransactionId, reason: Mismatch| {
        near.iter()
            .any(|miss| miss.transaction.id == *id && miss.reasons == [reason.clone()])
    };
    let euro = Money::new(Decimal::ONE, Currency::EUR);
    let right = credits.right.as_str();
    let text = format!(
        "{} names concept {} and has the amount",
        short(right),
        transfer.concept
    );
    step!(setup, "transfer.match", text, {
        value "transaction_id" => right;
        check "exactly the right credit is confirmed" => is_right;
        check "the one with another concept is not taken" => missed(&credits.wrong_concept, Mismatch::WrongConcept);
        check "the one that is short by 1.00 EUR is not taken" => missed(&credits.short, Mismatch::ShortBy(euro));
    })
}

async fn reconciled(
    setup: &mut Setup<'_>,
    id: &PaymentId,
    transfer: &BankTransfer,
    credits: &Credits,
) -> Result<()> {
    let banking = setup.client.banking().clone();
    let pair = NewReconciliation::new(id, &credits.right);
    let first = pair.clone().iban(transfer.iban.clone());
    let done = banking.reconcile(first).await?;
    let event = setup.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let again = banking.reconcile(pair).await;
    let list = banking.list_transactions(transfer.iban.clone(), TransactionFilter::new());
    let all = list.collect_all(100).await?;
    let tied: Vec<_> = all.iter().filter(|credit| credit.reconciled).collect();
    let is_only_one =
        matches!(tied[..], [tied] if tied.id == credits.right && tied.payment_id.value() == Some(id));
    step!(setup, "transfer.reconcile", "credit and payment are tied; PAY_IN arrived", {
        value "payment_id" => id.as_str();
        value "transaction_id" => credits.right.as_str();
        check "the payment has received its money" => done.status == Some(PaymentStatus::PaymentReceived);
        check "the event is PAY_IN" => is(event.as_ref(), EventKind::PayIn);
        check format!("it tells of {}", amount()) => told.is_some_and(|told| told.fiat == Some(amount()));
        check "no other transaction is tied" => is_only_one;
        check "tying it a second time is refused: already_reconciled" => again.is_err_and(|error| error.has_code("already_reconciled"));
    })
}

async fn sent(setup: &mut Setup<'_>, id: &PaymentId) -> Result<()> {
    setup.sandbox.advance(BUYING);
    setup.sandbox.webhooks_settled().await;
    let payment = setup.client.onramp().wait_payment(id).max_wait(PATIENCE).await?;
    let is_over = payment.is_final();
    let step = setup.coins_sent("transfer.coins_sent", &payment, amount(), is_over);
    setup.timeline.step(step.await)?;
    setup.completed("transfer", payment);
    Ok(())
}
