//! Payments: the checks before one is created, the way from `started` to `coins_sent`, and the gateway page.

use std::time::Duration;

use cryptopocket_types::{Decimal, Rounding};

use super::Tenant;
use crate::catalogue::{Asset, Method, Outage, per_euro};
use crate::error::{CommandError, shortened, wrong_state};
use crate::magic;
use crate::prices::{Purchase, buy, price};
use crate::provider::Provider;
use crate::records::{Customer, Order, Payment};
use crate::timers::Due;
use crate::wire::{Failure, or_refuse, payment, refuse_if};

const BUYING_TAKES: Duration = Duration::from_secs(60);

impl Payment {
    pub(super) fn is_transfer(&self) -> bool {
        self.method.payment_type == "transfer"
    }

    pub(super) fn amount_in_euros(&self) -> Decimal {
        euros(self.fiat_amount, &self.fiat)
    }

    /// Refuses a step that takes payments in the states `fitting` only: transfers (`for_transfers`) or all others.
    pub(super) fn require(&self, for_transfers: bool, fitting: &[&str]) -> Result<(), CommandError> {
        let waits = matches!(self.status.as_str(), "started" | "pending_bank");
        if self.is_transfer() != for_transfers && waits {
            let instead = if for_transfers {
                "other payments are paid with `payments/{id}/pay` (`pay`)"
            } else {
                "a transfer is paid with `payments/{id}/transfer` (`pay_transfer`)"
            };
            let kind = self.method.payment_type;
            return wrong_state(format!("the payment is by {kind}; {instead}"));
        }
        if fitting.contains(&self.status.as_str()) {
            return Ok(());
        }
        let (status, fitting) = (shortened(&self.status), fitting.join(" or "));
        wrong_state(format!(
            "the payment is {status}, and this takes one that is {fitting}; `payments/{{id}}/status` \
             (`set_payment_status`) gives it any status"
        ))
    }
}

fn euros(amount: Decimal, fiat: &str) -> Decimal {
    let euros = amount.checked_div(per_euro(fiat), 2, Rounding::HalfUp);
    euros.unwrap_or_default()
}

impl Provider {
    pub(crate) fn quote(&self, amount: Decimal, method: &Method, asset: &Asset, fiat: &str) -> Purchase {
        let price = price(self.settings.seed, asset, fiat, self.now());
        buy(amount, price, method, asset)
    }

    /// The minimum purchase in a currency, as the list of payment methods shows it.
    pub(crate) fn min_purchase(&self, fiat: &str) -> Decimal {
        let minimum = self.settings.limits.min_purchase.checked_mul(per_euro(fiat));
        minimum.unwrap_or_default().normalized()
    }

    fn below_minimum(&self, fiat: &str) -> Failure {
        let text = format!("The minimum purchase is {} {fiat}", self.min_purchase(fiat));
        Failure::Explained("min_purchase", text)
    }
}

impl Tenant<'_> {
    /// Creates a payment, or refuses with the first error of the provider's list that applies.
    pub(crate) fn create_payment(&mut self, order: Order) -> Result<&Payment, Failure> {
        let asset = self.check_order(&order)?;
        let payment = self.draw_up(order, asset);
        self.count_towards_limits(&payment);
        Ok(self.own.payments.insert(payment.id.clone(), payment))
    }

    /// A payment for an order that has been checked.
    pub(super) fn draw_up(&mut self, order: Order, asset: &'static Asset) -> Payment {
        let provider = &mut *self.provider;
        let bought = provider.quote(order.fiat_amount, order.method, asset, order.fiat);
        // The customer of a guided payment has not chosen how to pay yet.
        let is_transfer = order.method.payment_type == "transfer" && !order.guided;
        Payment {
            id: provider.entropy.alphanumeric(25),
            concept: is_transfer.then(|| self.new_concept()),
            external_id: order.external_id,
            user: order.user,
            guided: order.guided,
            method: order.method,
            status: "started".to_owned(),
            fiat_amount: order.fiat_amount,
            fiat: order.fiat.to_owned(),
            asset,
            coin_amount: bought.tokens,
            wallet: order.wallet,
            holder: None,
            txid: None,
            callback_url: order.callback_url,
            created_at: self.provider.now(),
        }
    }

    /// A concept that no other payment of the integration has: it says which of them a transfer pays.
    pub(super) fn new_concept(&mut self) -> u64 {
        loop {
            let concept = self.provider.entropy.concept();
            if self.own.with_concept(concept).is_none() {
                return concept;
            }
        }
    }

    /// The provider's checks, in the order of its list of errors.
    fn check_order(&mut self, order: &Order) -> Result<&'static Asset, Failure> {
        let external_id = order.external_id.as_deref();
        if let Some(refusal) = magic::order(external_id, order.guided) {
            return Err(refusal);
        }
        let in_euros = euros(order.fiat_amount, order.fiat);
        let customer = or_refuse(self.own.customers.get(&order.user), "user_not_found")?;
        let spent = customer.spent_by_card(self.provider.now().quarter_start());
        match magic::requested_code(external_id) {
            Some("require_kyc") => return Err(self.require_kyc(order.user)),
            Some("kyc_reinforced_required") => return Err(self.require_declaration(order.user)),
            Some("min_purchase") => return Err(self.provider.below_minimum(order.fiat)),
            _ => self.check_customer(order.user, in_euros)?,
        }
        let (limits, method) = (&self.provider.settings.limits, order.method);
        let over = |sum: Decimal| sum > limits.card_per_quarter;
        let over_limit = method.payment_type == "card" && spent.checked_add(in_euros).is_none_or(over);
        refuse_if(over_limit, "limit_exceded")?;
        let asset = or_refuse(order.asset, "coin_not_supported")?;
        // In its own currency: rounded to euros, less than the minimum that the methods show would do.
        if order.fiat_amount < self.provider.min_purchase(order.fiat) {
            return Err(self.provider.below_minimum(order.fiat));
        }
        let is_down = |outage| self.own.outages.contains(&outage);
        if order.guided {
            // Not refused for its method: the customer can choose another on the page.
            let exception = is_down(Outage::Guided).then(|| Failure::Message(magic::EXCEPTION.to_owned()));
            return exception.map_or(Ok(asset), Err);
        }
        refuse_if(!self.own.offers(method), "method_not_allowed")?;
        let by_gateway = method.payment_type != "transfer";
        refuse_if(by_gateway && is_down(Outage::Gateway), "error_payment_creation")?;
        Ok(asset)
    }

    fn require_kyc(&mut self, user: u64) -> Failure {
        let customer = self.own.customers.get(&user);
        let company = customer.is_some_and(|customer| customer.company);
        let url = self.open_verification_link(user).unwrap_or_default();
        let field = if company { "kyb_link" } else { "kyc_form_url" };
        Failure::Link("require_kyc", field, url)
    }

    fn require_declaration(&mut self, user: u64) -> Failure {
        let url = self.declaration_link(user);
        Failure::Link("kyc_reinforced_required", "onboarding_link", url)
    }

    /// Checks whether a customer may buy or sell for `in_euros` more.
    pub(crate) fn check_customer(&mut self, user: u64, in_euros: Decimal) -> Result<(), Failure> {
        let customer = or_refuse(self.own.customers.get(&user), "user_not_found")?;
        refuse_if(customer.banned, "user_banned")?;
        if customer.kyc != "valid" {
            return Err(self.require_kyc(user));
        }
        if customer.needs_declaration(in_euros, self.provider.settings.limits.reinforced_above) {
            return Err(self.require_declaration(user));
        }
        Ok(())
    }

    pub(super) fn count_towards_limits(&mut self, payment: &Payment) {
        let (quarter, in_euros) = (payment.created_at.quarter_start(), payment.amount_in_euros());
        let Some(customer) = self.own.customers.get_mut(&payment.user) else {
            return;
        };
        customer.bought = customer.bought.checked_add(in_euros).unwrap_or(customer.bought);
        if payment.method.payment_type == "card" {
            customer.add_by_card(quarter, in_euros);
        }
    }

    /// The customer announces the transfer: `pending_bank`.
    pub(crate) fn announce_transfer(&mut self, id: &str) -> Result<(), CommandError> {
        let payment = self.own.payment(id)?;
        payment.require(true, &["started"])?;
        if payment.concept.is_none() {
            return wrong_state(
                "the customer has not said on the gateway page how to pay; `payments/{id}/transfer` (`pay_transfer`) does \
                 both for a transfer",
            );
        }
        let payments = &mut self.own.payments;
        payments.change(id, |payment| "pending_bank".clone_into(&mut payment.status));
        Ok(())
    }

    /// The customer pays at the gateway. `wallet` is for a guided payment that has none yet.
    pub(crate) fn pay(
        &mut self,
        id: &str,
        holder: Option<&str>,
        wallet: Option<&str>,
    ) -> Result<(), CommandError> {
        let payment = self.own.payment(id)?;
        payment.require(false, &["started"])?;
        if payment.wallet.is_none() {
            let made_up = self.provider.entropy.wallet(payment.asset.chain);
            let wallet = wallet.map_or(made_up, str::to_owned);
            self.own
                .payments
                .change(id, |payment| payment.wallet = Some(wallet));
        }
        self.receive_fiat(id, holder);
        Ok(())
    }

    /// The money has arrived: the coins are bought next.
    pub(super) fn receive_fiat(&mut self, id: &str, holder: Option<&str>) {
        let customers = &self.own.customers;
        self.own.payments.change(id, |payment| {
            let full_name = customers.get(&payment.user).map(Customer::full_name);
            payment.holder = holder.map(str::to_owned).or(full_name);
            "payment_received".clone_into(&mut payment.status);
        });
        self.emit_payment("PAY_IN", id);
        self.schedule_coins(id);
    }

    pub(super) fn schedule_coins(&mut self, id: &str) {
        let payment = id.to_owned();
        self.schedule(BUYING_TAKES, |index| Due::Coins(index, payment));
    }

    /// Sends the coins of a payment that is `payment_received`; does nothing in any other state.
    pub(crate) fn send_coins(&mut self, id: &str) {
        let received = |payment: &&Payment| payment.status == "payment_received";
        if let Some(payment) = self.own.payments.get(id).filter(received) {
            let txid = self.provider.entropy.txid(payment.asset.chain);
            self.own.payments.change(id, |payment| {
                payment.txid = Some(txid);
                "coins_sent".clone_into(&mut payment.status);
            });
            self.emit_payment("COINS_SENT", id);
        }
    }

    fn emit_payment(&mut self, event: &str, id: &str) {
        if let Some(data) = self.own.payments.get(id).map(payment) {
            self.emit(event, id.to_owned(), &data);
        }
    }
}

impl Tenant<'_> {
    /// The payment fails at the gateway, or the transfer is cancelled.
    pub(crate) fn fail_payment(&mut self, id: &str) -> Result<(), CommandError> {
        let status = &self.own.payment(id)?.status;
        if !matches!(status.as_str(), "started" | "pending_bank") {
            return wrong_state(format!(
                "a payment fails while it is started or pending_bank, and this one is {status}"
            ));
        }
        self.set_payment_status(id, "payment_rejected")
    }

    /// Sets a payment to any status, documented or not, without a webhook. Coins that were sent get a transaction id.
    pub(crate) fn set_payment_status(&mut self, id: &str, status: &str) -> Result<(), CommandError> {
        let chain = self.own.payment(id)?.asset.chain;
        // Drawn even if the payment has one, so that the ids that follow do not depend on it.
        let txid = (status == "coins_sent").then(|| self.provider.entropy.txid(chain));
        self.own.payments.change(id, |payment| {
            payment.txid = payment.txid.take().or(txid);
            status.clone_into(&mut payment.status);
        });
        let sends_coins = |due: &Due| matches!(due, Due::Coins(_, payment) if payment == id);
        self.provider.timers.cancel(sends_coins);
        Ok(())
    }

    /// The customer chooses how to pay a guided payment and where the coins go. A transfer gets its concept then.
    pub(crate) fn choose_method(
        &mut self,
        id: &str,
        method: &'static Method,
        wallet: Option<&str>,
    ) -> Result<(), CommandError> {
        let payment = self.own.payment(id)?.clone();
        if payment.status != "started" || payment.concept.is_some() {
            let status = payment.status;
            return wrong_state(format!(
                "how to pay is chosen already, and the payment is {status}"
            ));
        }
        if !self.own.offers(method) {
            return wrong_state(format!("{} is barred", method.payment_type));
        }
        self.move_card_spending(&payment, method)?;
        let concept = (method.payment_type == "transfer").then(|| self.new_concept());
        let provider = &mut *self.provider;
        let bought = provider.quote(payment.fiat_amount, method, payment.asset, &payment.fiat);
        let made_up = provider.entropy.wallet(payment.asset.chain);
        self.own.payments.change(id, |payment| {
            payment.method = method;
            payment.coin_amount = bought.tokens;
            payment.wallet = Some(wallet.map_or(made_up, str::to_owned));
            payment.concept = concept;
        });
        Ok(())
    }

    /// Counts a payment towards the card limit if it becomes one by card, and no longer counts it if it was one.
    fn move_card_spending(&mut self, payment: &Payment, method: &Method) -> Result<(), CommandError> {
        let is_card = |method: &Method| method.payment_type == "card";
        let Some(customer) = self.own.customers.get_mut(&payment.user) else {
            return Ok(());
        };
        let (quarter, amount) = (payment.created_at.quarter_start(), payment.amount_in_euros());
        match (is_card(payment.method), is_card(method)) {
            // What was ordered in an earlier quarter counts no more.
            (false, true) if quarter >= customer.by_card.0 => {
                let after = customer.spent_by_card(quarter).checked_add(amount);
                let limit = self.provider.settings.limits.card_per_quarter;
                if after.is_some_and(|after| after > limit) {
                    return wrong_state(
                        "that is more than may be spent by card in a quarter (limit_exceded)",
                    );
                }
                customer.add_by_card(quarter, amount);
            }
            (true, false) => customer.add_by_card(quarter, -amount),
            _ => {}
        }
        Ok(())
    }
}
