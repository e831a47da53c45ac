//! A bank transfer pays: the credit is found among others, reconciled, and the wallet receives.

use std::time::Duration;

use cryptopocket::banking::{
    ExpectedTransfer, Mismatch, NewReconciliation, Transaction, TransactionFilter, TransferMatch,
    match_transfer,
};
use cryptopocket::onramp::{BankTransfer, NewPayment, QuoteRequest};
use cryptopocket::webhooks::EventKind;
use cryptopocket::{
    Asset, Currency, Decimal, Iban, Money, PaymentId, PaymentStatus, PaymentType, TransactionId, UserId,
};
use cryptopocket_sandbox::BankCredit;

use super::onramp::adds_up;
use super::outcome::short;
use super::report::Step;
use super::stage::{CUSTOMER, CUSTOMER_IBAN, PATIENCE, Stage, WALLET, controlled};
use crate::failure::{Failure, Result};

const BUYING: Duration = Duration::from_secs(90);
const PER_PAGE: u32 = 4;

/// What arrives on the account: which of it is ours, and what only looks like it.
struct Credits {
    right: TransactionId,
    wrong_concept: TransactionId,
    short: TransactionId,
    count: usize,
    sum: Money,
}

pub(super) async fn run(stage: &mut Stage<'_>) -> Result<()> {
    stage.section(
        "Transfer",
        "a bank transfer pays, is found and reconciled, and a wallet receives",
    )?;
    stage.begin().await?;
    let customer = stage.customer().await?;
    let (id, transfer) = created(stage, &customer).await?;
    let before = balance(stage, &transfer).await?;
    let credits = credited(stage, &transfer)?;
    let listed = listed(stage, &transfer, &credits, before).await?;
    matched(stage, &transfer, &credits, &listed)?;
    reconciled(stage, &id, &transfer, &credits).await?;
    sent(stage, &id).await
}

fn amount() -> Money {
    Money::from_minor(24000, Currency::EUR)
}

async fn created(stage: &mut Stage<'_>, customer: &UserId) -> Result<(PaymentId, BankTransfer)> {
    let onramp = stage.client.onramp().clone();
    let asset = Asset::new("USDC", "polygon");
    let quote = onramp
        .quote(QuoteRequest::new(amount(), asset.clone(), PaymentType::Transfer))
        .await?;
    let order = NewPayment::transfer(customer.clone(), amount(), asset, WALLET)
        .external_id(format!("demo-{}-transfer", stage.seed).as_str());
    let created = onramp.create_payment(order).await?;
    let payment = onramp.payment(&created.payment_id).await?;
    let Some(transfer) = created.next.bank_transfer().cloned() else {
        return Err(Failure::check(
            "demo",
            "a transfer payment names no account",
            "Run the demo again.",
        ));
    };
    let iban = transfer.iban.reveal().parse::<Iban>();
    let text = format!(
        "pay {} to {}, concept {}",
        amount(),
        transfer.iban.reveal(),
        transfer.concept
    );
    let step = Step::new("transfer.create", text)
        .value("payment_id", created.payment_id.as_str())
        .value("concept", transfer.concept.as_str())
        .check("the IBAN's check digits are right", iban.is_ok())
        .check("the quote adds up", adds_up(&quote))
        .same("money read back", &payment.fiat, &amount())
        .same(
            "coins to come, as quoted",
            &payment.coin.amount(),
            &quote.tokens.amount(),
        );
    stage.print(&step)?;
    Ok((created.payment_id, transfer))
}

async fn balance(stage: &Stage<'_>, transfer: &BankTransfer) -> Result<Money> {
    let accounts = stage.client.banking().list_accounts().await?;
    let ours = accounts.iter().find(|account| account.iban == transfer.iban);
    ours.and_then(|account| account.balance).ok_or_else(|| {
        Failure::check(
            "demo",
            "the account of the transfer is not listed",
            "Run the demo again.",
        )
    })
}

/// The right credit arrives amid others: one names another concept, one is short by a euro.
fn credited(stage: &mut Stage<'_>, transfer: &BankTransfer) -> Result<Credits> {
    let other = |minor: i128| Money::from_minor(minor, Currency::EUR);
    let concept = transfer.concept.as_str();
    let wrong = concept
        .parse::<u64>()
        .map_or_else(|_| "1".to_owned(), |number| (number + 1).to_string());
    let mut arriving = vec![
        (other(1999), "Cuota gimnasio".to_owned(), "Luis Pérez"),
        (amount(), format!("Pago {wrong}"), "Marta Ruiz"),
        (other(23900), format!("Pago {concept}"), CUSTOMER),
        (other(51000), "Alquiler noviembre".to_owned(), "Joan Serra"),
        (amount(), format!("Pago {concept}, gracias"), CUSTOMER),
    ];
    for number in 1..=4 {
        arriving.push((other(1000 + number), format!("Factura {number}"), "Varios SL"));
    }
    let mut ids = Vec::new();
    for (money, concept, payer) in &arriving {
        let iban = (*payer == CUSTOMER).then_some(CUSTOMER_IBAN);
        let credit = BankCredit::new(money.amount())
            .concept(concept.as_str())
            .payer(*payer, iban);
        ids.push(TransactionId::new(controlled(stage.sandbox.credit_bank(credit))?));
    }
    let sum = arriving
        .iter()
        .try_fold(Money::zero(Currency::EUR), |sum, (money, ..)| {
            sum.checked_add(*money)
        });
    let credits = Credits {
        right: ids[4].clone(),
        wrong_concept: ids[1].clone(),
        short: ids[2].clone(),
        count: ids.len(),
        sum: sum.unwrap_or(Money::zero(Currency::EUR)),
    };
    let text = format!(
        "{} credits arrive, one of them from {CUSTOMER} for this payment",
        credits.count
    );
    stage.print(&Step::new("transfer.credits", text).value("credits", credits.count))?;
    Ok(credits)
}

async fn listed(
    stage: &mut Stage<'_>,
    transfer: &BankTransfer,
    credits: &Credits,
    before: Money,
) -> Result<Vec<Transaction>> {
    let banking = stage.client.banking().clone();
    let mut pages = banking
        .list_transactions(transfer.iban.clone(), TransactionFilter::new())
        .per_page(PER_PAGE)
        .pages();
    let mut all = Vec::new();
    let mut count = 0;
    while let Some(page) = pages.next().await {
        all.extend(page?.into_items());
        count += 1;
    }
    let sum = all
        .iter()
        .try_fold(Money::zero(Currency::EUR), |sum, one| sum.checked_add(one.amount));
    let after = balance(stage, transfer).await?;
    let step = Step::new(
        "transfer.transactions",
        format!("{} transactions read from {count} pages", all.len()),
    )
    .value("transactions", all.len())
    .value("pages", count)
    .check("it took several pages", count > 1)
    .same("transactions", &all.len(), &credits.count)
    .same(
        "their sum",
        &sum.unwrap_or(Money::zero(Currency::EUR)),
        &credits.sum,
    )
    .same(
        "the balance grew by as much",
        &after,
        &before.checked_add(credits.sum).unwrap_or(before),
    );
    stage.print(&step)?;
    Ok(all)
}

fn matched(
    stage: &mut Stage<'_>,
    transfer: &BankTransfer,
    credits: &Credits,
    listed: &[Transaction],
) -> Result<()> {
    let expected = ExpectedTransfer::new(transfer.concept.clone(), amount());
    let found = match_transfer(&expected, listed);
    let confirmed = found.confirmed().map(|one| one.id.clone());
    // Without the right one, nothing may be taken, and each that comes near must have its reason.
    let others = listed.iter().filter(|one| one.id != credits.right);
    let near = match match_transfer(&expected, others) {
        TransferMatch::None(near) => near,
        _ => Vec::new(),
    };
    let against = |id: &TransactionId, reason: &Mismatch| {
        near.iter()
            .any(|miss| miss.transaction.id == *id && miss.reasons.as_slice() == std::slice::from_ref(reason))
    };
    let euro = Money::new(Decimal::ONE, Currency::EUR);
    let text = format!(
        "{} names concept {} and has the amount",
        short(credits.right.as_str()),
        transfer.concept
    );
    let step = Step::new("transfer.match", text)
        .value("transaction_id", credits.right.as_str())
        .check(
            "exactly the right credit is confirmed",
            confirmed.as_ref() == Some(&credits.right),
        )
        .check(
            "the one with another concept is not taken",
            against(&credits.wrong_concept, &Mismatch::WrongConcept),
        )
        .check(
            "the one that is short by 1.00 EUR is not taken",
            against(&credits.short, &Mismatch::ShortBy(euro)),
        );
    stage.print(&step)
}

async fn reconciled(
    stage: &mut Stage<'_>,
    id: &PaymentId,
    transfer: &BankTransfer,
    credits: &Credits,
) -> Result<()> {
    let banking = stage.client.banking().clone();
    let done = banking
        .reconcile(NewReconciliation::new(id, &credits.right).iban(transfer.iban.clone()))
        .await?;
    let event = stage.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let again = banking
        .reconcile(NewReconciliation::new(id, &credits.right))
        .await;
    let all = banking
        .list_transactions(transfer.iban.clone(), TransactionFilter::new())
        .collect_all(100)
        .await?;
    let tied: Vec<_> = all.iter().filter(|one| one.reconciled).collect();
    let only = matches!(tied[..], [one] if one.id == credits.right && one.payment_id.as_ref() == Some(id));
    let step = Step::new(
        "transfer.reconcile",
        "credit and payment are tied; PAY_IN arrived",
    )
    .value("payment_id", id.as_str())
    .value("transaction_id", credits.right.as_str())
    .check(
        "the payment has received its money",
        done.status == Some(PaymentStatus::PaymentReceived),
    )
    .check(
        "the event is PAY_IN",
        event
            .as_ref()
            .is_some_and(|event| event.kind() == EventKind::PayIn),
    )
    .check(
        format!("it tells of {}", amount()),
        told.is_some_and(|told| told.fiat == Some(amount())),
    )
    .check("no other transaction is tied", only)
    .check(
        "tying it a second time is refused: already_reconciled",
        again.is_err_and(|error| error.has_code("already_reconciled")),
    );
    stage.print(&step)
}

async fn sent(stage: &mut Stage<'_>, id: &PaymentId) -> Result<()> {
    stage.sandbox.advance(BUYING);
    let event = stage.arrival(id.as_str()).await;
    let told = event.as_ref().and_then(|event| event.payment());
    let payment = stage.client.onramp().wait_payment(id).max_wait(PATIENCE).await?;
    let txid = payment.txid.as_ref().map(ToString::to_string).unwrap_or_default();
    let step = Step::new(
        "transfer.coins_sent",
        format!(
            "COINS_SENT arrived: {} are in the wallet, txid {}",
            payment.coin,
            short(&txid)
        ),
    )
    .value("payment_id", id.as_str())
    .value("txid", &txid)
    .value("coin", &payment.coin)
    .check(
        "the event is COINS_SENT",
        event
            .as_ref()
            .is_some_and(|event| event.kind() == EventKind::CoinsSent),
    )
    .check(
        "webhook and payment name the same txid",
        told.is_some_and(|told| told.txid == payment.txid),
    )
    .check(
        "webhook and payment name the same coins",
        told.and_then(|told| told.coin.as_ref())
            .is_some_and(|coin| coin.amount() == payment.coin.amount()),
    )
    .same("money read back", &payment.fiat, &amount())
    .check(
        "the payment is final, with a txid",
        payment.is_final() && !txid.is_empty(),
    );
    stage.print(&step)?;
    stage.outcome.paid("transfer", payment, WALLET);
    Ok(())
}
