//! Checks of a scenario's payments and off-ramps.

use cryptopocket_emulator::Moment;
use cryptopocket_emulator::server::{
    ASSETS, Asset, GUIDED_TYPES, NewOfframp, Order, SeedOfframp, SeedPayment, find_asset, find_coin,
    find_method, is_iban, is_wallet,
};

use super::checked::{Cents, Check, Checked, PaymentType, Positive, Result, misfit};
use super::file::{OfframpEntry, PaymentEntry};

impl Checked for SeedPayment {
    type Entry = PaymentEntry;

    fn check(entry: PaymentEntry) -> Result<Self> {
        check_status(entry.status.as_deref())?;
        let payment_type = entry.method.map_or("transfer", |Check(PaymentType(name))| name);
        let Some(method) = find_method(payment_type) else {
            return misfit(
                "method",
                format!("`{payment_type}` is not on offer"),
                "leave it out",
            );
        };
        if entry.guided && !GUIDED_TYPES.contains(&payment_type) {
            let rule = format!("a guided payment is not paid by {payment_type}");
            return misfit("method", rule, format!("use one of {}", GUIDED_TYPES.join(", ")));
        }
        if let Some(id) = &entry.id
            && (id.len() != 25 || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
        {
            let rule = format!("`{id}` is no id of a payment");
            return misfit("id", rule, "write 25 letters and digits");
        }
        if let Some(wallet) = entry.wallet.as_deref().filter(|wallet| !is_wallet(wallet)) {
            let rule = format!("`{wallet}` is no wallet");
            return misfit("wallet", rule, "leave it out to have one made up");
        }
        if let Some(concept) = entry.concept {
            if concept == 0 || concept > 999_999_999 {
                let cure = "write one such as 482913377";
                return misfit("concept", "a concept has one to nine digits", cure);
            }
            if payment_type != "transfer" {
                let rule = format!("a payment by {payment_type} has no concept");
                return misfit("concept", rule, "leave it out, or let the method be `transfer`");
            }
        }
        let asset = asset(
            "coin",
            entry.coin.as_deref().unwrap_or("USDC"),
            entry.chain.as_deref(),
        )?;
        let Check(Cents(fiat_amount)) = entry.amount;
        Ok(Self {
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
            status: entry.status,
            created_at: entry.created_at.map(|Check(time)| Moment::from(time)),
        })
    }
}

impl Checked for SeedOfframp {
    type Entry = OfframpEntry;

    fn check(entry: OfframpEntry) -> Result<Self> {
        check_status(entry.status.as_deref())?;
        let asset = asset("symbol", &entry.symbol, entry.chain.as_deref())?;
        let Check(Positive(amount)) = entry.amount;
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
                return misfit("iban", format!("`{iban}` is no IBAN"), cure);
            }
            _ => {
                let cure = "write where the money goes: an iban, or a bank_name in Latin America";
                return misfit("iban", "either this or bank_name has to be there", cure);
            }
        };
        Ok(Self {
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
}

fn asset(field: &'static str, symbol: &str, chain: Option<&str>) -> Result<&'static Asset> {
    let found = chain.map_or_else(|| find_coin(symbol), |chain| find_asset(symbol, chain));
    if let Some(asset) = found {
        return Ok(asset);
    }
    let pair = chain.map_or_else(|| symbol.to_owned(), |chain| format!("{symbol} on {chain}"));
    let offered = ASSETS.iter().filter(|asset| asset.active);
    let offered: Vec<_> = offered
        .map(|one| format!("{} on {}", one.symbol, one.chain))
        .collect();
    let cure = format!("use one of {}", offered.join(", "));
    misfit(field, format!("`{pair}` is not on offer"), cure)
}

fn check_status(status: Option<&str>) -> Result<()> {
    if status.is_some_and(|status| status.trim().is_empty()) {
        return misfit("status", "a status is a word", "leave it out for `started`");
    }
    Ok(())
}
