//! Purchases: what is refused and why, and the way from `started` to `coins_sent`.

use std::borrow::Cow;
use std::time::Duration;

use cryptopocket_types::{Decimal, Rounding};
use serde::{Deserialize, Serialize};

use super::archive::Record;
use super::customers::{Customer, Reinforcement};
use super::pack::{Packer, Unpacker};
use super::{Due, Outage, Trouble, World, magic};
use crate::catalogue::{self, ASSETS, Asset, METHODS, Method, find_asset, per_euro};
use crate::moment::Moment;
use crate::prices::{Purchase, buy, price};
use crate::wire::{Failure, PaymentView};

const BUYING_TAKES: Duration = Duration::from_secs(60);

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Payment {
    pub id: String,
    pub external_id: Option<String>,
    pub user: u64,
    pub guided: bool,
    #[serde(with = "crate::catalogue::stored_method")]
    pub method: &'static Method,
    pub status: String,
    pub fiat_amount: Decimal,
    #[serde(deserialize_with = "crate::catalogue::spelling")]
    pub fiat: crate::catalogue::Spelling,
    #[serde(with = "crate::catalogue::stored_asset")]
    pub asset: &'static Asset,
    pub coin_amount: Decimal,
    pub wallet: Option<String>,
    pub holder: Option<String>,
    pub txid: Option<String>,
    /// The reference a transfer has to carry.
    pub concept: Option<u64>,
    pub callback_url: Option<String>,
    pub created_at: Moment,
}

/// What payments most often are.
const STATUSES: &[&str] = &[
    "started",
    "pending_bank",
    "payment_received",
    "coins_sent",
    "payment_rejected",
];

impl Record for Payment {
    fn id(&self) -> &str {
        &self.id
    }

    fn made_at(&self) -> Moment {
        self.created_at
    }

    fn alias(&self) -> Option<&str> {
        self.external_id.as_deref()
    }

    fn packed_alias(from: &mut Unpacker<'_>) -> Option<String> {
        from.maybe_text()
    }

    fn label(&self) -> Option<&str> {
        Some(&self.status)
    }

    fn pack(&self, into: &mut Packer) {
        into.maybe_text(self.external_id.as_deref());
        into.number(self.user);
        into.number(u64::from(self.guided));
        into.number(catalogue::place_of(METHODS, self.method));
        into.number(catalogue::place_of(ASSETS, self.asset));
        into.word(&self.status, STATUSES);
        into.decimal(self.fiat_amount);
        into.word(self.fiat, &[self.method.fiat]);
        into.decimal(self.coin_amount);
        into.maybe_text(self.wallet.as_deref());
        into.maybe_text(self.holder.as_deref());
        into.maybe_text(self.txid.as_deref());
        into.maybe_number(self.concept);
        into.maybe_text(self.callback_url.as_deref());
    }

    fn unpack(id: String, created_at: Moment, from: &mut Unpacker<'_>) -> Self {
        let (external_id, user, guided) = (from.maybe_text(), from.number(), from.number() == 1);
        let method = catalogue::at_place(METHODS, from.number());
        Self {
            id,
            external_id,
            user,
            guided,
            method,
            asset: catalogue::at_place(ASSETS, from.number()),
            status: from.word(STATUSES).into_owned(),
            fiat_amount: from.decimal(),
            fiat: catalogue::known(&from.word(&[method.fiat])),
            coin_amount: from.decimal(),
            wallet: from.maybe_text(),
            holder: from.maybe_text(),
            txid: from.maybe_text(),
            concept: from.maybe_number(),
            callback_url: from.maybe_text(),
            created_at,
        }
    }
}

pub(super) fn in_euros(order: &Order) -> Decimal {
    euros_of(order.fiat_amount, order.fiat)
}

pub(super) fn euros_of(amount: Decimal, fiat: &str) -> Decimal {
    let euros = amount.checked_div(per_euro(fiat), 2, Rounding::HalfUp);
    euros.unwrap_or_default()
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct Order {
    pub guided: bool,
    pub user: u64,
    pub external_id: Option<String>,
    pub method: &'static Method,
    pub fiat_amount: Decimal,
    pub fiat: &'static str,
    pub coin: String,
    pub chain: Option<String>,
    pub wallet: Option<String>,
    pub callback_url: Option<String>,
}

impl World {
    pub fn quote(&self, amount: Decimal, method: &Method, asset: &Asset, fiat: &str) -> Purchase {
        buy(amount, price(self.seed, asset, fiat, self.now()), method, asset)
    }

    pub fn place(&mut self, who: usize, order: Order) -> Result<Payment, Failure> {
        let in_euros = in_euros(&order);
        let asset = self.admit(who, &order, in_euros)?;
        let payment = self.drawn_up(order, asset);
        self.count_towards_limits(who, &payment, in_euros);
        self.integrations[who].payments.push(&payment);
        Ok(payment)
    }

    /// A payment that nobody has been asked about yet.
    pub(super) fn drawn_up(&mut self, order: Order, asset: &'static Asset) -> Payment {
        let Purchase { tokens, .. } = self.quote(order.fiat_amount, order.method, asset, order.fiat);
        Payment {
            id: self.entropy.alphanumeric(25),
            // Of a guided payment it is not known yet who pays how.
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

    /// The provider's checks, in the order of its list of errors.
    fn admit(&mut self, who: usize, order: &Order, in_euros: Decimal) -> Result<&'static Asset, Failure> {
        if let Some(refusal) = magic::order(order.external_id.as_deref(), order.guided) {
            return Err(refusal);
        }
        let asked_for = magic::asked_for(order.external_id.as_deref());
        let customer = self
            .customer(who, order.user)
            .ok_or(Failure::Code("user_not_found"))?
            .clone();
        match asked_for {
            Some("require_kyc") => return Err(self.require_kyc(who, &customer)),
            Some("kyc_reinforced_required") => return Err(self.require_declaration(who, &customer)),
            Some("min_purchase") => return Err(self.too_little(order.fiat)),
            _ => self.admit_customer(who, &customer, in_euros)?,
        }
        let card = order.method.payment_type == "card";
        let spent = if customer.by_card.0 == self.now().quarter_start() {
            customer.by_card.1
        } else {
            Decimal::ZERO
        };
        if card
            && spent
                .checked_add(in_euros)
                .is_none_or(|sum| sum > self.limits.card_per_quarter)
        {
            return Err(Failure::Code("limit_exceded"));
        }
        let chain = order.chain.as_deref();
        let chain = chain.unwrap_or(if order.coin == "BTC" {
            "bitcoin"
        } else {
            crate::catalogue::DEFAULT_CHAIN
        });
        let asset = find_asset(&order.coin, chain).ok_or(Failure::Code("coin_not_supported"))?;
        if in_euros < self.limits.min_purchase {
            return Err(self.too_little(order.fiat));
        }
        // A guided payment is not refused for it: the customer chooses another method on the page.
        if !order.guided && !self.integrations[who].offers(order.method) {
            return Err(Failure::Code("method_not_allowed"));
        }
        let outages = &self.integrations[who].outages;
        if order.guided && outages.contains(&Outage::Guided) {
            return Err(Failure::Message(magic::EXCEPTION.to_owned()));
        }
        let by_gateway = !order.guided && order.method.payment_type != "transfer";
        if by_gateway && outages.contains(&Outage::Gateway) {
            return Err(Failure::Code("error_payment_creation"));
        }
        Ok(asset)
    }

    /// The minimum in the order's currency, as the list of payment methods gives it.
    fn too_little(&self, fiat: &str) -> Failure {
        let least = self.limits.min_purchase.checked_mul(per_euro(fiat));
        let least = least.unwrap_or_default().normalized();
        Failure::Explained("min_purchase", format!("The minimum purchase is {least} {fiat}"))
    }

    fn require_kyc(&mut self, who: usize, customer: &Customer) -> Failure {
        let field = if customer.company {
            "kyb_link"
        } else {
            "kyc_form_url"
        };
        Failure::Link {
            code: "require_kyc",
            in_message: false,
            field,
            url: self.open_verification_link(who, customer.id).unwrap_or_default(),
        }
    }

    fn require_declaration(&mut self, who: usize, customer: &Customer) -> Failure {
        Failure::Link {
            code: "kyc_reinforced_required",
            in_message: false,
            field: "onboarding_link",
            url: self.declaration_link(who, customer.id),
        }
    }

    pub fn admit_customer(
        &mut self,
        who: usize,
        customer: &Customer,
        in_euros: Decimal,
    ) -> Result<(), Failure> {
        if customer.banned {
            return Err(Failure::Code("user_banned"));
        }
        if customer.kyc != "valid" {
            return Err(self.require_kyc(who, customer));
        }
        let over = customer
            .bought
            .checked_add(in_euros)
            .is_none_or(|sum| sum > self.limits.reinforced_above);
        let wanted = over || customer.reinforcement == Reinforcement::Asked;
        if wanted && customer.reinforcement != Reinforcement::Done {
            return Err(self.require_declaration(who, customer));
        }
        Ok(())
    }

    pub(super) fn count_towards_limits(&mut self, who: usize, payment: &Payment, in_euros: Decimal) {
        let quarter = payment.created_at.quarter_start();
        let Some(customer) = self.customer_mut(who, payment.user) else {
            return;
        };
        customer.bought = customer.bought.checked_add(in_euros).unwrap_or(customer.bought);
        if payment.method.payment_type == "card" && quarter >= customer.by_card.0 {
            let spent = if customer.by_card.0 == quarter {
                customer.by_card.1
            } else {
                Decimal::ZERO
            };
            customer.by_card = (quarter, spent.checked_add(in_euros).unwrap_or(spent));
        }
    }

    /// The integration that a payment belongs to.
    pub fn owner_of_payment(&self, id: &str) -> Result<usize, Trouble> {
        let owner = self.integrations.iter().position(|one| one.payments.holds(id));
        owner.ok_or(Trouble::NotFound("payment"))
    }

    pub fn payment_mut(&mut self, who: usize, id: &str) -> Result<&mut Payment, Trouble> {
        self.integrations[who]
            .payments
            .get_mut(id)
            .ok_or(Trouble::NotFound("payment"))
    }

    /// The customer says that the transfer is under way.
    pub fn announce_transfer(&mut self, id: &str) -> Result<(), Trouble> {
        let who = self.owner_of_payment(id)?;
        let payment = self.payment_mut(who, id)?;
        if payment.guided && payment.concept.is_none() && payment.status == "started" {
            return Err(Trouble::WrongState(
                "the customer has not said on the gateway page how to pay; `payments/{id}/transfer` (`pay_transfer`) does \
                 both for a transfer"
                    .to_owned(),
            ));
        }
        if payment.concept.is_none() || payment.status != "started" {
            return Err(Trouble::WrongState(format!(
                "a {} payment that is {}",
                payment.method.payment_type, payment.status
            )));
        }
        "pending_bank".clone_into(&mut payment.status);
        Ok(())
    }

    /// The customer has paid at the gateway. `wallet` is what a guided payment's page asks for.
    pub fn pay(&mut self, id: &str, holder: Option<&str>, wallet: Option<&str>) -> Result<(), Trouble> {
        let who = self.owner_of_payment(id)?;
        let payment = self.payment_mut(who, id)?;
        if payment.status != "started" {
            return Err(Trouble::WrongState(format!("the payment is {}", payment.status)));
        }
        if payment.method.payment_type == "transfer" {
            return Err(Trouble::WrongState(
                "a transfer is paid into the bank and reconciled".to_owned(),
            ));
        }
        let (chain, missing) = (payment.asset.chain, payment.wallet.is_none());
        let made_up = missing.then(|| self.entropy.wallet(chain));
        let payment = self.payment_mut(who, id)?;
        if missing {
            payment.wallet = wallet.map(str::to_owned).or(made_up);
        }
        self.receive_fiat(who, id, holder)
    }

    /// The money is there: the coins can be bought.
    pub fn receive_fiat(&mut self, who: usize, id: &str, holder: Option<&str>) -> Result<(), Trouble> {
        let user = self.payment_mut(who, id)?.user;
        let full_name = self.customer(who, user).map(Customer::full_name);
        let payment = self.payment_mut(who, id)?;
        payment.holder = holder.map(str::to_owned).or(full_name);
        "payment_received".clone_into(&mut payment.status);
        self.tell_of_payment(who, id, "PAY_IN");
        self.schedule_coins(who, id);
        Ok(())
    }

    pub(super) fn schedule_coins(&mut self, who: usize, id: &str) {
        let payment = id.to_owned();
        self.schedule(BUYING_TAKES, Due::Coins { who, payment });
    }

    pub fn send_coins(&mut self, who: usize, id: &str) {
        let Some(payment) = self.integrations[who].payments.get(id) else {
            return;
        };
        if payment.status != "payment_received" {
            return;
        }
        let chain = payment.asset.chain;
        let txid = self.entropy.txid(chain);
        if let Ok(payment) = self.payment_mut(who, id) {
            payment.txid = Some(txid);
            "coins_sent".clone_into(&mut payment.status);
        }
        self.tell_of_payment(who, id, "COINS_SENT");
    }

    pub fn tell_of_payment(&mut self, who: usize, id: &str, event: &'static str) {
        let told = self.integrations[who].payments.get(id).map(Cow::into_owned);
        if let Some(payment) = told {
            self.emit(who, &[event], id, &PaymentView::of(&payment));
        }
    }
}
