//! Purchases and sales that a scenario begins with.

use cryptopocket_emulator::Moment;
use cryptopocket_emulator::server::{
    ASSETS, Asset, GUIDED_TYPES, NewOfframp, Order, PAYMENT_TYPES, SeedOfframp, SeedPayment, find_asset,
    find_coin, find_method, is_iban, is_wallet,
};
use cryptopocket_types::Decimal;

use super::ScenarioError;
use super::file::{Amount, OfframpEntry, PaymentEntry};
use super::reading::{Result, amount, known, moment};

pub(super) fn payment(place: &str, entry: PaymentEntry) -> Result<SeedPayment> {
    let wrong = |field: &str, rule: String, cure: &str| {
        Err(ScenarioError::new(format!("{place}.{field}"), rule, cure))
    };
    a_word(place, entry.status.as_deref())?;
    let payment_type = entry.method.as_deref().unwrap_or("transfer");
    let payment_type = known(
        &format!("{place}.method"),
        "payment method",
        payment_type,
        PAYMENT_TYPES,
    )?;
    let Some(method) = find_method(payment_type) else {
        return wrong(
            "method",
            format!("`{payment_type}` is not on offer"),
            "leave it out",
        );
    };
    if entry.guided && !GUIDED_TYPES.contains(&payment_type) {
        let rule = format!("a guided payment is not paid by {payment_type}");
        return wrong("method", rule, &format!("use one of {}", GUIDED_TYPES.join(", ")));
    }
    if let Some(id) = &entry.id
        && (id.len() != 25 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        return wrong(
            "id",
            format!("`{id}` is no id of a payment"),
            "write 25 letters and digits",
        );
    }
    if let Some(wallet) = entry.wallet.as_deref().filter(|wallet| !is_wallet(wallet)) {
        return wrong(
            "wallet",
            format!("`{wallet}` is no wallet"),
            "leave it out to have one made up",
        );
    }
    if entry
        .concept
        .is_some_and(|concept| concept == 0 || concept > 999_999_999)
    {
        let rule = "a concept has one to nine digits".to_owned();
        return wrong("concept", rule, "write one such as 482913377");
    }
    if entry.concept.is_some() && payment_type != "transfer" {
        let rule = format!("a payment by {payment_type} has no concept");
        return wrong("concept", rule, "leave it out, or let the method be `transfer`");
    }
    let created_at = entry.created_at.as_deref();
    let created_at = created_at.map(|text| moment(&format!("{place}.created_at"), text));
    let created_at = created_at.transpose()?.map(Moment::from);
    let coin = entry.coin.unwrap_or_else(|| "USDC".to_owned());
    let asset = asset(place, "coin", &coin, entry.chain.as_deref())?;
    Ok(SeedPayment {
        customer: entry.customer,
        order: Order {
            guided: entry.guided,
            user: 0,
            external_id: entry.external_id.map(|text| text.0),
            method,
            fiat_amount: cents(&format!("{place}.amount"), &entry.amount)?,
            fiat: method.fiat,
            coin: asset.symbol.to_owned(),
            chain: Some(asset.chain.to_owned()),
            wallet: entry.wallet,
            callback_url: None,
        },
        id: entry.id,
        concept: entry.concept,
        status: entry.status,
        created_at,
    })
}

pub(super) fn offramp(place: &str, entry: OfframpEntry) -> Result<SeedOfframp> {
    a_word(place, entry.status.as_deref())?;
    let asset = asset(place, "symbol", &entry.symbol, entry.chain.as_deref())?;
    let amount = positive(&format!("{place}.amount"), &entry.amount)?;
    if amount.rescaled(asset.decimals).is_none() {
        let rule = format!("{} has {} decimals", asset.symbol, asset.decimals);
        return Err(ScenarioError::new(
            format!("{place}.amount"),
            rule,
            "write no more of them",
        ));
    }
    let bank =
        |field: &str, rule: &str, cure: &str| ScenarioError::new(format!("{place}.{field}"), rule, cure);
    // What a bank in Latin America pays out depends on its customer's country, which is not known yet.
    let (payout_to, latam) = match (entry.iban, entry.bank_name) {
        (Some(iban), None) if is_iban(&iban) => (iban.replace(' ', ""), false),
        (None, Some(name)) if !name.is_empty() => (name, true),
        (Some(iban), None) => {
            let cure = "write one such as ES9121000418450200051332";
            return Err(bank("iban", &format!("`{iban}` is no IBAN"), cure));
        }
        _ => {
            let cure = "write where the money goes: an iban, or a bank_name in Latin America";
            return Err(bank("iban", "either this or bank_name has to be there", cure));
        }
    };
    Ok(SeedOfframp {
        customer: entry.customer,
        offramp: NewOfframp {
            user: 0,
            asset,
            amount,
            fiat: "EUR",
            payout_to,
        },
        latam,
        status: entry.status,
    })
}

fn asset(place: &str, field: &str, symbol: &str, chain: Option<&str>) -> Result<&'static Asset> {
    let found = match chain {
        Some(chain) => find_asset(symbol, chain),
        None => find_coin(symbol),
    };
    found.ok_or_else(|| {
        let pair = chain.map_or_else(|| symbol.to_owned(), |chain| format!("{symbol} on {chain}"));
        let offered = ASSETS.iter().filter(|asset| asset.active);
        let offered: Vec<String> = offered
            .map(|one| format!("{} on {}", one.symbol, one.chain))
            .collect();
        let cure = format!("use one of {}", offered.join(", "));
        ScenarioError::new(
            format!("{place}.{field}"),
            format!("`{pair}` is not on offer"),
            cure,
        )
    })
}

fn a_word(place: &str, status: Option<&str>) -> Result<()> {
    if status.is_some_and(|status| status.trim().is_empty()) {
        let place = format!("{place}.status");
        return Err(ScenarioError::new(
            place,
            "a status is a word",
            "leave it out for `started`",
        ));
    }
    Ok(())
}

fn positive(place: &str, text: &Amount) -> Result<Decimal> {
    let value = amount(place, text)?;
    if value > Decimal::ZERO && value < Decimal::from(1_000_000_000_u32) {
        return Ok(value);
    }
    let rule = format!("`{value}` cannot be bought or sold");
    Err(ScenarioError::new(
        place,
        rule,
        "write an amount above 0 and below 1000000000",
    ))
}

fn cents(place: &str, text: &Amount) -> Result<Decimal> {
    let value = positive(place, text)?;
    if value.to_minor(2).is_ok() {
        return Ok(value);
    }
    let rule = format!("`{value}` has more than two decimals");
    Err(ScenarioError::new(
        place,
        rule,
        "write whole cents, such as 240.00",
    ))
}
