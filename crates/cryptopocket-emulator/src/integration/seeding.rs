//! Opens an engine with the records of a scenario, each in a given state: without the API's checks and without webhooks.

mod text;

use std::collections::BTreeSet;

use cryptopocket_types::Decimal;

use super::{Integration, Tenant};
use crate::catalogue::{
    ASSETS, Asset, EVENT_TYPES, GUIDED_TYPES, PAYMENT_TYPES, find_asset, find_coin, find_method, local_fiat,
};
use crate::engine::Engine;
use crate::entropy::is_iban;
use crate::error::{CommandError, Misfit, known, wrong};
use crate::moment::Moment;
use crate::records::{BankCredit, Customer, Order, Payment};
use crate::routes::operations;
use crate::scenario::{
    NewCustomer, OfframpEntry, PaymentEntry, Result, Scenario, parsed, purchasable, status, time,
};
use crate::shapes::{is_country, is_email, is_url, is_wallet};

/// Adds to an error the entry in which it is.
fn at(list: &str, index: usize) -> impl Fn(Misfit) -> Misfit {
    move |error| error.within(&format!("{list}[{index}]"))
}

/// Carries out a step for each entry of a list.
fn each<E>(list: &str, entries: &[E], mut step: impl FnMut(&E) -> Result<()>) -> Result<()> {
    let mut entries = entries.iter().enumerate();
    entries.try_for_each(|(index, entry)| step(entry).map_err(at(list, index)))
}

/// Like [`each`], the earliest entry first: records are created in the order of their times.
fn each_by_time<E>(
    list: &str,
    entries: &[E],
    time: impl Fn(&E) -> Result<Moment>,
    mut step: impl FnMut(&E, Moment) -> Result<()>,
) -> Result<()> {
    let mut timed = Vec::new();
    each(list, entries, |entry| {
        timed.push((time(entry)?, timed.len()));
        Ok(())
    })?;
    timed.sort_unstable();
    let mut timed = timed.into_iter();
    timed.try_for_each(|(time, index)| step(&entries[index], time).map_err(at(list, index)))
}

impl Engine {
    /// Checks the entries of a scenario and adds them.
    pub(crate) fn open(&mut self, scenario: &Scenario) -> Result<()> {
        let (file, mut first) = (&scenario.file, self.tenant(0));
        let now = first.provider.now();
        let moment =
            |field, text: &Option<String>| Ok(time(field, text.as_deref())?.map_or(now, Moment::from));
        each("customers", &file.customers, |entry| first.seed_customer(entry))?;
        let payments = file.payments.iter();
        let reserved = Reserved {
            ids: payments.clone().filter_map(|entry| entry.id.as_deref()).collect(),
            concepts: payments.filter_map(|entry| entry.concept).collect(),
        };
        let created_at = |entry: &PaymentEntry| moment("created_at", &entry.created_at);
        each_by_time("payments", &file.payments, created_at, |entry, time| {
            first.seed_payment(entry, time, &reserved)
        })?;
        each("offramps", &file.offramps, |entry| first.seed_offramp(entry))?;
        let booked_at = |entry: &BankCredit| moment("booked_at", &entry.booked_at);
        each_by_time("bank_credits", &file.bank_credits, booked_at, |entry, time| {
            first.seed_credit(entry, time)
        })?;
        let (own, faults) = (first.own, &mut first.provider.faults);
        each("outages", &file.outages, |name| {
            own.outages.insert(parsed("", name)?);
            Ok(())
        })?;
        each("barred_methods", &file.barred_methods, |name| {
            known("", "payment method", name, PAYMENT_TYPES)?;
            own.barred_methods.insert(name.clone());
            Ok(())
        })?;
        own.whitelisted = file.whitelisted != Some(false);
        each("subscriptions", &file.subscriptions, |entry| {
            known("event", "event", &entry.event, EVENT_TYPES)?;
            if !is_url(&entry.url) {
                let rule = format!("`{}` is not a URL", entry.url);
                return wrong("url", rule, "write one such as http://127.0.0.1:9000/hook");
            }
            own.subscriptions.insert(entry.event.clone(), entry.url.clone());
            Ok(())
        })?;
        each("faults", &file.faults, |entry| {
            entry.arm(&mut faults.calls, &operations())
        })?;
        each("webhook_faults", &file.webhook_faults, |entry| {
            entry.arm(&mut faults.events, &[EVENT_TYPES, &["*"]].concat())
        })?;
        each("transfer_faults", &file.transfer_faults, |entry| {
            entry.arm(&mut faults.transfers, &["transfer"])
        })
    }
}

/// The ids and the concepts that payments of a scenario are given.
#[derive(Debug)]
struct Reserved<'a> {
    ids: BTreeSet<&'a str>,
    concepts: BTreeSet<u64>,
}

const CHANGE_IT: &str = "change it or leave it out";

/// Checks an entry. Of each rule: the condition, the field it is about, what is wrong otherwise, and what to write instead.
macro_rules! rules {
    ($($holds:expr, $field:literal: $wrong:literal $(($($value:expr),*))?; $cure:expr;)*) => {
        $(if !$holds {
            return wrong($field, format!($wrong $($(, $value)*)?), $cure);
        })*
    };
}

fn text(field: Option<&String>) -> &str {
    field.map_or("", String::as_str)
}

impl Integration {
    fn seeded_customer(&self, email: &str) -> Result<&Customer> {
        let found = self.customer_by_email(email);
        let rule = || format!("`{email}` is none of the customers");
        let cure = "write the mail address of one that stands under `customers`";
        found.map_or_else(|| wrong("customer", rule(), cure), Ok)
    }
}

impl Tenant<'_> {
    fn seed_customer(&mut self, entry: &NewCustomer) -> Result<()> {
        rules! {
            is_email(&entry.email), "email": "`{}` is not an e-mail address" (entry.email);
                "write one such as ana@example.com";
            !entry.name.trim().is_empty(), "name": "the name is empty"; "write one such as Ana";
            entry.country.as_deref().is_none_or(is_country), "country": "`{}` is not a country code" (text(entry.country.as_ref()));
                "write two capital letters, such as ES";
            ["", "asked", "done"].contains(&text(entry.enhanced.as_ref())), "enhanced":
                "`{}` is not a state of the enhanced verification" (text(entry.enhanced.as_ref())); "use `asked` or `done`";
        }
        let registered = self.register(entry.clone()).map(drop);
        registered.or_else(|refusal| {
            let rule = format!(
                "registering this customer is refused: {}",
                CommandError::from(refusal)
            );
            let cure = "use an address that no other customer has, without tags that ask for a refusal";
            wrong("email", rule, cure)
        })
    }

    /// Adds a payment in a given state, from which it goes on as any other. `reserved` are ids of payments that follow.
    fn seed_payment(
        &mut self,
        entry: &PaymentEntry,
        created_at: Moment,
        reserved: &Reserved<'_>,
    ) -> Result<()> {
        let status = status(entry.status.as_deref())?;
        let (order, asset) = self.seeded_order(entry)?;
        let mut payment = self.draw_up(order, asset);
        if let Some(id) = &entry.id {
            rules! {
                !self.own.payments.contains_key(id), "id": "`{id}` is the id of another payment"; CHANGE_IT;
            }
            payment.id.clone_from(id);
        }
        // No seed may make an id or a concept that a later payment of the scenario is given.
        while entry.id.is_none() && reserved.ids.contains(payment.id.as_str()) {
            payment.id = self.provider.entropy.alphanumeric(25);
        }
        payment.created_at = created_at.min(payment.created_at);
        if payment.is_transfer() && (payment.concept.is_some() || entry.status.is_some()) {
            let concept = entry.concept.or(payment.concept);
            let mut concept = concept.unwrap_or_else(|| self.new_concept());
            while entry.concept.is_none() && reserved.concepts.contains(&concept) {
                concept = self.new_concept();
            }
            rules! {
                self.own.with_concept(concept).is_none(), "concept":
                    "`{concept}` is the concept of another payment"; "write another, or leave it out";
            }
            payment.concept = Some(concept);
        }
        let is_paid = matches!(status, "payment_received" | "coins_sent");
        if payment.wallet.is_none() && (is_paid || !payment.guided) {
            payment.wallet = Some(self.provider.entropy.wallet(asset.chain));
        }
        self.seed_status(&mut payment, status)?;
        self.count_towards_limits(&payment);
        self.own.payments.insert(payment.id.clone(), payment);
        Ok(())
    }

    /// The order of a payment, checked, and its coin.
    fn seeded_order(&self, entry: &PaymentEntry) -> Result<(Order, &'static Asset)> {
        let fiat_amount = purchasable("amount", &entry.amount)?;
        rules! {
            fiat_amount.to_minor(2).is_ok(), "amount": "`{fiat_amount}` has more than two decimals";
                "write whole cents, such as 240.00";
        }
        let kind = entry.method.as_deref().unwrap_or("transfer");
        known("method", "payment method", kind, PAYMENT_TYPES)?;
        let is_id = |id: &str| id.len() == 25 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        rules! {
            !entry.guided || GUIDED_TYPES.contains(&kind), "method": "a guided payment is not paid by {kind}";
                format!("use one of {}", GUIDED_TYPES.join(", "));
            (1..=999_999_999).contains(&entry.concept.unwrap_or(1)), "concept": "a concept has one to nine digits";
                "write one such as 482913377";
            entry.concept.is_none() || kind == "transfer", "concept": "a payment by {kind} has no concept";
                "leave it out, or use the method `transfer`";
            entry.id.as_deref().is_none_or(is_id), "id": "`{}` is not a payment id" (text(entry.id.as_ref()));
                "write 25 letters and digits";
            entry.wallet.as_deref().is_none_or(is_wallet), "wallet": "`{}` is not a wallet address" (text(entry.wallet.as_ref()));
                "leave it out to have one made up";
        }
        let Some(method) = find_method(kind) else {
            return wrong("method", format!("`{kind}` is not on offer"), CHANGE_IT);
        };
        let coin = entry.coin.as_deref().unwrap_or("USDC");
        let asset = seeded_asset("coin", coin, entry.chain.as_deref())?;
        let order = Order {
            guided: entry.guided,
            user: self.own.seeded_customer(&entry.customer)?.id,
            external_id: entry.external_id.clone(),
            method,
            fiat_amount,
            fiat: method.fiat,
            asset: Some(asset),
            wallet: entry.wallet.clone(),
            callback_url: None,
        };
        Ok((order, asset))
    }

    fn seed_status(&mut self, payment: &mut Payment, status: &str) -> Result<()> {
        rules! {
            status != "pending_bank" || payment.concept.is_some(), "status":
                "a payment by {} never is `pending_bank`" (payment.method.payment_type); CHANGE_IT;
        }
        let holder = self.own.customers.get(&payment.user).map(Customer::full_name);
        match status {
            "payment_received" => {
                payment.holder = holder;
                self.schedule_coins(&payment.id);
            }
            "coins_sent" => {
                payment.holder = holder;
                payment.txid = Some(self.provider.entropy.txid(payment.asset.chain));
            }
            _ => {}
        }
        status.clone_into(&mut payment.status);
        Ok(())
    }

    /// Adds an off-ramp in a given state, from which it goes on as any other.
    fn seed_offramp(&mut self, entry: &OfframpEntry) -> Result<()> {
        let status = status(entry.status.as_deref())?;
        let asset = seeded_asset("symbol", &entry.symbol, entry.chain.as_deref())?;
        let amount = purchasable("amount", &entry.amount)?;
        rules! {
            amount.rescaled(asset.decimals).is_some(), "amount":
                "{} has {} decimals" (asset.symbol, asset.decimals); "write no more of them";
        }
        let (payout_to, latam) = match (entry.iban.as_deref(), entry.bank_name.as_deref()) {
            (Some(iban), None) if is_iban(iban) => (iban.replace(' ', ""), false),
            (None, Some(name)) if !name.is_empty() => (name.to_owned(), true),
            (Some(iban), None) => {
                let cure = "write one such as ES9121000418450200051332";
                return wrong("iban", format!("`{iban}` is not an IBAN"), cure);
            }
            _ => {
                let cure = "write where the money goes: an iban, or a bank_name in Latin America";
                return wrong("iban", "either this or bank_name is required", cure);
            }
        };
        let customer = self.own.seeded_customer(&entry.customer)?;
        let local = latam.then(|| local_fiat(customer.country.as_deref()));
        let (user, fiat) = (customer.id, local.unwrap_or("EUR"));
        let id = self.create_offramp(user, (amount, asset), (fiat, payout_to)).id;
        if let Some(offramp) = self.own.offramps.get_mut(&id) {
            let received = matches!(status, "crypto_received" | "finished");
            offramp.received = if received { amount } else { Decimal::ZERO };
            status.clone_into(&mut offramp.status);
        }
        if status == "crypto_received" {
            self.schedule_payout(id);
        }
        Ok(())
    }

    fn seed_credit(&mut self, entry: &BankCredit, booked_at: Moment) -> Result<()> {
        let mut credit = entry.clone();
        self.check_credit(&mut credit)?;
        drop(self.book(credit, Some(booked_at)));
        Ok(())
    }
}

fn seeded_asset(field: &str, symbol: &str, chain: Option<&str>) -> Result<&'static Asset> {
    if let Some(found) = chain.map_or_else(|| find_coin(symbol), |chain| find_asset(symbol, chain)) {
        return Ok(found);
    }
    let pair = chain.map_or_else(|| symbol.to_owned(), |chain| format!("{symbol} on {chain}"));
    let offered = ASSETS.iter().filter(|asset| asset.active);
    let offered = offered.map(|asset| format!("{} on {}", asset.symbol, asset.chain));
    let cure = format!("use one of {}", offered.collect::<Vec<_>>().join(", "));
    wrong(field, format!("`{pair}` is not on offer"), cure)
}
