//! Checks of a scenario's payments and off-ramps.

use cryptopocket_emulator::Moment;
use cryptopocket_emulator::server::{
    ASSETS, Asset, GUIDED_TYPES, NewOfframp, Order, PAYMENT_TYPES, SeedOfframp, SeedPayment, find_asset,
    find_coin, find_method, is_iban, is_wallet,
};

use super::file::{OfframpEntry, PaymentEntry};
use super::values::{Result, known, misfit, purchasable, status, time};

pub(super) fn payment(entry: PaymentEntry) -> Result<SeedPayment> {
    let status = status(entry.status)?;
    let fiat_amount = purchasable("amount", &entry.amount)?;
    if fiat_amount.to_minor(2).is_err() {
        let rule = format!("`{fiat_amount}` has more than two decimals");
        return misfit("amount", rule, "write whole cents, such as 240.00");
    }
    let payment_type = entry.method.as_deref().unwrap_or("transfer");
    let payment_type = known("method", "payment method", payment_type, PAYMENT_TYPES)?;
    let Some(method) = find_method(payment_type) else {
        let rule = format!("`{payment_type}` is not on offer");
        return misfit("method", rule, "leave it out");
    };
    if entry.guided && !GUIDED_TYPES.contains(&payment_type) {
        let rule = format!("a guided payment is not paid by {payment_type}");
        return misfit("method", rule, format!("use one of {}", GUIDED_TYPES.join(", ")));
    }
    if let Some(id) = &entry.id
        && (id.len() != 25 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    {
        let rule = format!("`{id}` is not a payment id");
        return misfit("id", rule, "write 25 letters and digits");
    }
    if let Some(wallet) = entry.wallet.as_deref().filter(|wallet| !is_wallet(wallet)) {
        let rule = format!("`{wallet}` is not a wallet address");
        return misfit("wallet", rule, "leave it out to have one made up");
    }
    if let Some(concept) = entry.concept {
        if concept == 0 || concept > 999_999_999 {
            let cure = "write one such as 482913377";
            return misfit("concept", "a concept has one to nine digits", cure);
        }
        if payment_type != "transfer" {
            let rule = format!("a payment by {payment_type} has no concept");
            return misfit("concept", rule, "leave it out, or use the method `transfer`");
        }
    }
    let coin = entry.coin.as_deref().unwrap_or("USDC");
    let asset = asset("coin", coin, entry.chain.as_deref())?;
    Ok(SeedPayment {
        customer: entry.customer,
        order: Order {
            guided: entry.guided,
            user: 0,
            external_id: entry.external_id,
            method,
            fiat_amount,
            fiat: method.fiat,
            coin: asset.symbol.to_owned(),
            chain: Some(asset.chain.to_owned()),
            wallet: entry.wallet,
            callback_url: None,
        },
        id: entry.id,
        concept: entry.concept,
        status,
        created_at: time("created_at", entry.created_at.as_deref())?.map(Moment::from),
    })
}

pub(super) fn offramp(entry: OfframpEntry) -> Result<SeedOfframp> {
    let status = status(entry.status)?;
    let asset = asset("symbol", &entry.symbol, entry.chain.as_deref())?;
    let amount = purchasable("amount", &entry.amount)?;
    if amount.rescaled(asset.decimals).is_none() {
        let rule = format!("{} has {} decimals", asset.symbol, asset.decimals);
        return misfit("amount", rule, "write no more of them");
    }
    // The currency that a bank in Latin America pays out is known once the customer is looked up.
    let (payout_to, latam) = match (entry.iban, entry.bank_name) {
        (Some(iban), None) if is_iban(&iban) => (iban.replace(' ', ""), false),
        (None, Some(name)) if !name.is_empty() => (name, true),
        (Some(iban), None) => {
            let cure = "write one such as ES9121000418450200051332";
            return misfit("iban", format!("`{iban}` is not an IBAN"), cure);
        }
        _ => {
            let cure = "write where the money goes: an iban, or a bank_name in Latin America";
            return misfit("iban", "either this or bank_name is required", cure);
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
        status,
    })
}

fn asset(field: &'static str, symbol: &str, chain: Option<&str>) -> Result<&'static Asset> {
    let found = chain.map_or_else(|| find_coin(symbol), |chain| find_asset(symbol, chain));
    if let Some(asset) = found {
        return Ok(asset);
    }
    let pair = chain.map_or_else(|| symbol.to_owned(), |chain| format!("{symbol} on {chain}"));
    let offered = ASSETS.iter().filter(|asset| asset.active);
    let offered: Vec<_> = offered
        .map(|asset| format!("{} on {}", asset.symbol, asset.chain))
        .collect();
    let cure = format!("use one of {}", offered.join(", "));
    misfit(field, format!("`{pair}` is not on offer"), cure)
}
