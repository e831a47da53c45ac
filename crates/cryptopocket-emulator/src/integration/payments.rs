//! Payments: the checks before one is created, and the way from `started` to `coins_sent`.

use std::time::Duration;

use cryptopocket_types::{Decimal, Rounding};

use super::Integration;
use crate::catalogue::{Asset, DEFAULT_CHAIN, Method, find_asset, per_euro};
use crate::error::CommandError;
use crate::magic;
use crate::outage::Outage;
use crate::prices::{Purchase, buy, price};
use crate::provider::Provider;
use crate::records::{Customer, Order, Payment};
use crate::suggest::shortened;
use crate::timers::Due;
use crate::wire::{Failure, PaymentView};

const BUYING_TAKES: Duration = Duration::from_secs(60);
const ANY_STATUS: &str = "`payments/{id}/status` (`set_payment_status`) gives it any status";

impl Payment {
    pub(super) fn is_transfer(&self) -> bool {
        self.method.payment_type == "transfer"
    }

    pub(super) fn amount_in_euros(&self) -> Decimal {
        euros(self.fiat_amount, self.fiat)
    }

    /// A step that takes only payments in the states `fitting`.
    fn require_status(&self, fitting: &[&str]) -> Result<(), CommandError> {
        if fitting.contains(&self.status.as_str()) {
            return Ok(());
        }
        let (status, fitting) = (shortened(&self.status), fitting.join(" or "));
        Err(CommandError::WrongState(format!(
            "the payment is {status}, and this takes one that is {fitting}; {ANY_STATUS}"
        )))
    }

    /// A step that takes transfers only (`for_transfers`) or all other methods only.
    fn require_method(&self, for_transfers: bool) -> Result<(), CommandError> {
        let waits = matches!(self.status.as_str(), "started" | "pending_bank");
        if self.is_transfer() == for_transfers || !waits {
            return Ok(());
        }
        let instead = if for_transfers {
            "other payments are paid with `payments/{id}/pay` (`pay`)"
        } else {
            "a transfer is paid with `payments/{id}/transfer` (`pay_transfer`)"
        };
        let method = self.method.payment_type;
        Err(CommandError::WrongState(format!(
            "the payment is by {method}; {instead}"
        )))
    }

    /// A step of a transfer that is in one of the states `fitting`.
    pub(super) fn require_transfer(&self, fitting: &[&str]) -> Result<(), CommandError> {
        self.require_method(true)?;
        self.require_status(fitting)
    }
}

fn euros(amount: Decimal, fiat: &str) -> Decimal {
    let euros = amount.checked_div(per_euro(fiat), 2, Rounding::HalfUp);
    euros.unwrap_or_default()
}

impl Provider {
    pub(crate) fn quote(&self, amount: Decimal, method: &Method, asset: &Asset, fiat: &str) -> Purchase {
        buy(amount, price(self.seed, asset, fiat, self.now()), method, asset)
    }

    /// The minimum purchase in a currency, as the list of payment methods shows it.
    pub(crate) fn min_purchase(&self, fiat: &str) -> Decimal {
        let minimum = self.limits.min_purchase.checked_mul(per_euro(fiat));
        minimum.unwrap_or_default().normalized()
    }

    fn below_minimum(&self, fiat: &str) -> Failure {
        let minimum = self.min_purchase(fiat);
        Failure::Explained(
            "min_purchase",
            format!("The minimum purchase is {minimum} {fiat}"),
        )
    }

    /// A payment for an order that has been checked.
    pub(super) fn draw_up(&mut self, order: Order, asset: &'static Asset) -> Payment {
        let Purchase { tokens, .. } = self.quote(order.fiat_amount, order.method, asset, order.fiat);
        Payment {
            id: self.entropy.alphanumeric(25),
            // How a guided payment is paid is not decided yet.
            concept: (order.method.payment_type == "transfer" && !order.guided)
                .then(|| self.entropy.concept()),
            external_id: order.external_id,
            user: order.user,
            guided: order.guided,
            method: order.method,
            status: "started".to_owned(),
            fiat_amount: order.fiat_amount,
            fiat: order.fiat,
            asset,
            coin_amount: tokens,
            wallet: order.wallet,
            holder: None,
            txid: None,
            callback_url: order.callback_url,
            created_at: self.now(),
        }
    }
}

impl Integration {
    /// Creates a payment, or refuses with the first error of the provider's list that applies.
    pub(crate) fn create_payment(
        &mut self,
        provider: &mut Provider,
        order: Order,
    ) -> Result<&Payment, Failure> {
        let asset = self.check_order(provider, &order)?;
        let payment = provider.draw_up(order, asset);
        self.count_towards_limits(&payment);
        let id = payment.id.clone();
        self.payments.insert(payment);
        self.payments.get(&id).ok_or(Failure::Code("payment_not_found"))
    }

    /// The provider's checks, in the order of its list of errors.
    fn check_order(&mut self, provider: &mut Provider, order: &Order) -> Result<&'static Asset, Failure> {
        if let Some(refusal) = magic::order(order.external_id.as_deref(), order.guided) {
            return Err(refusal);
        }
        let in_euros = euros(order.fiat_amount, order.fiat);
        let customer = self
            .customers
            .get(&order.user)
            .ok_or(Failure::Code("user_not_found"))?;
        let spent = customer.spent_by_card(provider.now().quarter_start());
        match magic::requested_code(order.external_id.as_deref()) {
            Some("require_kyc") => return Err(self.require_kyc(provider, order.user)),
            Some("kyc_reinforced_required") => return Err(self.require_declaration(provider, order.user)),
            Some("min_purchase") => return Err(provider.below_minimum(order.fiat)),
            _ => self.check_customer(provider, order.user, in_euros)?,
        }
        let over = |sum: Decimal| sum > provider.limits.card_per_quarter;
        if order.method.payment_type == "card" && spent.checked_add(in_euros).is_none_or(over) {
            return Err(Failure::Code("limit_exceded"));
        }
        let usual_chain = if order.coin == "BTC" {
            "bitcoin"
        } else {
            DEFAULT_CHAIN
        };
        let asset = find_asset(&order.coin, order.chain.as_deref().unwrap_or(usual_chain))
            .ok_or(Failure::Code("coin_not_supported"))?;
        if in_euros < provider.limits.min_purchase {
            return Err(provider.below_minimum(order.fiat));
        }
        // A guided payment is not refused for its method: the customer can choose another on the page.
        if !order.guided && !self.offers(order.method) {
            return Err(Failure::Code("method_not_allowed"));
        }
        if order.guided && self.outages.contains(&Outage::Guided) {
            return Err(Failure::Message(magic::EXCEPTION.to_owned()));
        }
        let by_gateway = !order.guided && order.method.payment_type != "transfer";
        if by_gateway && self.outages.contains(&Outage::Gateway) {
            return Err(Failure::Code("error_payment_creation"));
        }
        Ok(asset)
    }

    fn require_kyc(&mut self, provider: &mut Provider, user: u64) -> Failure {
        let company = self.customers.get(&user).is_some_and(|customer| customer.company);
        Failure::Link {
            code: "require_kyc",
            in_message: false,
            field: if company { "kyb_link" } else { "kyc_form_url" },
            url: self.open_verification_link(provider, user).unwrap_or_default(),
        }
    }

    fn require_declaration(&self, provider: &mut Provider, user: u64) -> Failure {
        Failure::Link {
            code: "kyc_reinforced_required",
            in_message: false,
            field: "onboarding_link",
            url: self.declaration_link(provider, user),
        }
    }

    /// Checks whether a customer may buy or sell for `in_euros` more.
    pub(crate) fn check_customer(
        &mut self,
        provider: &mut Provider,
        user: u64,
        in_euros: Decimal,
    ) -> Result<(), Failure> {
        let customer = self.customers.get(&user).ok_or(Failure::Code("user_not_found"))?;
        if customer.banned {
            return Err(Failure::Code("user_banned"));
        }
        if customer.kyc != "valid" {
            return Err(self.require_kyc(provider, user));
        }
        if customer.needs_declaration(in_euros, provider.limits.reinforced_above) {
            return Err(self.require_declaration(provider, user));
        }
        Ok(())
    }

    pub(super) fn count_towards_limits(&mut self, payment: &Payment) {
        let (quarter, in_euros) = (payment.created_at.quarter_start(), payment.amount_in_euros());
        let Some(customer) = self.customers.get_mut(&payment.user) else {
            return;
        };
        customer.bought = customer.bought.checked_add(in_euros).unwrap_or(customer.bought);
        if payment.method.payment_type == "card" && quarter >= customer.by_card.0 {
            let spent = customer.spent_by_card(quarter);
            customer.by_card = (quarter, spent.checked_add(in_euros).unwrap_or(spent));
        }
    }

    pub(crate) fn payment(&self, id: &str) -> Result<&Payment, CommandError> {
        self.payments.get(id).ok_or(CommandError::NotFound("payment"))
    }

    /// The customer announces the transfer: `pending_bank`.
    pub(crate) fn announce_transfer(&mut self, id: &str) -> Result<(), CommandError> {
        let payment = self.payment(id)?;
        payment.require_transfer(&["started"])?;
        if payment.concept.is_none() {
            return Err(CommandError::WrongState(
                "the customer has not said on the gateway page how to pay; `payments/{id}/transfer` (`pay_transfer`) does \
                 both for a transfer"
                    .to_owned(),
            ));
        }
        self.set_status(id, "pending_bank");
        Ok(())
    }

    fn set_status(&mut self, id: &str, status: &str) {
        self.payments
            .update(id, |payment| status.clone_into(&mut payment.status));
    }

    /// The customer pays at the gateway. `wallet` is what the page of a guided payment asks for.
    pub(crate) fn pay(
        &mut self,
        provider: &mut Provider,
        id: &str,
        holder: Option<&str>,
        wallet: Option<&str>,
    ) -> Result<(), CommandError> {
        let payment = self.payment(id)?;
        payment.require_method(false)?;
        payment.require_status(&["started"])?;
        if payment.wallet.is_none() {
            let made_up = provider.entropy.wallet(payment.asset.chain);
            let wallet = wallet.map_or(made_up, str::to_owned);
            self.payments.update(id, |payment| payment.wallet = Some(wallet));
        }
        self.receive_fiat(provider, id, holder);
        Ok(())
    }

    /// The money has arrived: the coins are bought next.
    pub(super) fn receive_fiat(&mut self, provider: &mut Provider, id: &str, holder: Option<&str>) {
        let Some(payment) = self.payments.get(id) else {
            return;
        };
        let full_name = self.customers.get(&payment.user).map(Customer::full_name);
        let holder = holder.map(str::to_owned).or(full_name);
        self.payments.update(id, |payment| {
            payment.holder = holder;
            "payment_received".clone_into(&mut payment.status);
        });
        self.emit_payment(provider, id, "PAY_IN");
        self.schedule_coins(provider, id);
    }

    pub(super) fn schedule_coins(&self, provider: &mut Provider, id: &str) {
        let due = Due::Coins {
            integration: self.index,
            payment: id.to_owned(),
        };
        provider.schedule(BUYING_TAKES, due);
    }

    /// Sends the coins of a payment that is `payment_received`; else nothing happens.
    pub(crate) fn send_coins(&mut self, provider: &mut Provider, id: &str) {
        let received = |payment: &&Payment| payment.status == "payment_received";
        let Some(payment) = self.payments.get(id).filter(received) else {
            return;
        };
        let txid = provider.entropy.txid(payment.asset.chain);
        self.payments.update(id, |payment| {
            payment.txid = Some(txid);
            "coins_sent".clone_into(&mut payment.status);
        });
        self.emit_payment(provider, id, "COINS_SENT");
    }

    fn emit_payment(&self, provider: &mut Provider, id: &str, event: &'static str) {
        if let Some(payment) = self.payments.get(id) {
            self.emit(provider, &[event], id, &PaymentView::of(payment));
        }
    }
}
