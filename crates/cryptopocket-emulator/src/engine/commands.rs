//! Carrying out commands.

use std::time::Duration;

use super::Engine;
use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, PAYMENT_TYPES, find_method};
use crate::command::{Command, LONGEST_ADVANCE, Outcome};
use crate::error::{CommandError, invalid};
use crate::faults::Faults;
use crate::integration::{Integration, Tenant};
use crate::records::Reinforcement;
use crate::routes::operations;
use crate::suggest::{shortened, use_one_of};
use crate::timers::Due;
use crate::wire::Failure;

fn known(field: &str, what: &str, word: &str, words: &[&str]) -> Result<(), CommandError> {
    if words.contains(&word) {
        return Ok(());
    }
    let (shown, cure) = (shortened(word), use_one_of(word, words));
    invalid(format!("{field}: there is no {what} `{shown}`; {cure}"))
}

impl Engine {
    /// Carries out a command, and whatever is due after it.
    ///
    /// # Errors
    ///
    /// [`CommandError`], and nothing has changed.
    pub fn execute(&mut self, command: Command) -> Result<Outcome, CommandError> {
        let outcome = self.carry_out(command)?;
        self.settle();
        Ok(outcome)
    }

    #[allow(clippy::too_many_lines, reason = "one arm for each command")]
    fn carry_out(&mut self, command: Command) -> Result<Outcome, CommandError> {
        match command {
            Command::AdvanceClock { seconds } => {
                self.advance(Duration::from_secs(seconds.min(LONGEST_ADVANCE)));
                return Ok(Outcome::Advanced(self.state()));
            }
            Command::SetKyc { user, status } => self.of_customer(user)?.set_kyc(user, &status)?,
            Command::Ban { user, banned } => self.of_customer(user)?.own.customer_mut(user)?.banned = banned,
            Command::SubmitVerification { user, reject } => {
                self.of_customer(user)?.begin_review(user, reject)?;
            }
            Command::SubmitDeclaration { user } => {
                self.of_customer(user)?.own.customer_mut(user)?.reinforcement = Reinforcement::Done;
            }
            Command::ChooseMethod {
                payment,
                payment_type,
                wallet,
            } => {
                known("payment_type", "payment method", &payment_type, GUIDED_TYPES)?;
                let method = find_method(&payment_type).ok_or(CommandError::NotFound("payment method"))?;
                self.of_payment(&payment)?
                    .choose_method(&payment, method, wallet.as_deref())?;
            }
            Command::Pay {
                payment,
                holder,
                wallet,
            } => {
                self.of_payment(&payment)?
                    .pay(&payment, holder.as_deref(), wallet.as_deref())?;
            }
            Command::FailPayment { payment } => self.of_payment(&payment)?.fail_payment(&payment)?,
            Command::AnnounceTransfer { payment } => {
                self.of_payment(&payment)?.announce_transfer(&payment)?;
            }
            Command::PayTransfer { payment } => self.of_payment(&payment)?.pay_transfer(&payment)?,
            Command::SendCoins { payment } => self.of_payment(&payment)?.send_coins(&payment),
            Command::SetPaymentStatus { payment, status } => {
                self.of_payment(&payment)?.set_payment_status(&payment, &status)?;
            }
            Command::Deposit { offramp, amount } => self.of_offramp(offramp)?.deposit(offramp, amount)?,
            Command::PayOut { offramp } => self.of_offramp(offramp)?.pay_out(offramp),
            Command::SetOfframpStatus { offramp, status } => {
                self.of_offramp(offramp)?.set_offramp_status(offramp, &status)?;
            }
            Command::CreditBank { credit, api_key } => {
                let transaction_id = self.of_key(api_key.as_deref())?.credit(credit)?;
                return Ok(Outcome::Credited { transaction_id });
            }
            Command::Reconcile {
                payment_id,
                transaction_id,
                api_key,
            } => {
                let mut tenant = self.of_key(api_key.as_deref())?;
                let id = match tenant.own.payments_named(&payment_id).as_slice() {
                    [id] => (*id).to_owned(),
                    _ => payment_id,
                };
                tenant
                    .reconcile(&id, &transaction_id, None)
                    .map_err(|failure| match failure {
                        Failure::Code(code) => CommandError::Refused(code.to_owned()),
                        Failure::Invalid(errors) => {
                            CommandError::Invalid(errors.into_values().flatten().collect())
                        }
                        _ => CommandError::Refused("unexpected_error".to_owned()),
                    })?;
            }
            Command::ExpireTokens => {
                for integration in &mut self.integrations {
                    integration.tokens.retain(|_| false);
                }
            }
            Command::SetWhitelisted { listed, api_key } => {
                self.of_key(api_key.as_deref())?.own.whitelisted = listed;
            }
            Command::BarMethod {
                payment_type,
                barred,
                api_key,
            } => {
                known("payment_type", "payment method", &payment_type, PAYMENT_TYPES)?;
                self.of_key(api_key.as_deref())?
                    .own
                    .bar_method(&payment_type, barred);
            }
            Command::SetOutage { part, down, api_key } => {
                self.of_key(api_key.as_deref())?.own.set_outage(part, down);
            }
            Command::ArmFault {
                operation,
                fault,
                times,
            } => {
                known("operation", "operation", &operation, &operations())?;
                self.provider.faults.calls.arm(&operation, fault, times);
            }
            Command::ArmWebhookFault { event, fault, times } => {
                known("event", "event", &event, &[EVENT_TYPES, &["*"]].concat())?;
                self.provider.faults.events.arm(&event, fault, times);
            }
            Command::ArmTransferFault { fault, times } => {
                self.provider.faults.transfers.arm("*", fault, times);
            }
            Command::ClearFaults => self.provider.faults = Faults::default(),
            Command::Redeliver { delivery } => {
                self.provider
                    .webhooks
                    .get(delivery)
                    .ok_or(CommandError::NotFound("delivery"))?;
                let now = self.now();
                self.provider.timers.set(now, Due::Attempt(delivery));
            }
            Command::AddIntegration => {
                let index = self.add_integration(None, None);
                let Integration { key, secret, .. } = &self.integrations[index];
                return Ok(Outcome::Added {
                    api_key: key.clone(),
                    api_secret: secret.clone(),
                });
            }
            Command::Restage(scenario) => self.restage(*scenario),
            Command::Reset => self.reset(),
        }
        Ok(Outcome::Done { done: true })
    }

    /// The integration with this key, or without a key the first.
    fn of_key(&mut self, api_key: Option<&str>) -> Result<Tenant<'_>, CommandError> {
        let Some(key) = api_key else {
            return Ok(self.tenant(0));
        };
        let Some(index) = self.integrations.iter().position(|one| one.key == key) else {
            let key = shortened(key);
            return invalid(format!(
                "api_key: `{key}` is the key of no integration; use one that `GET state` lists, or leave it out for the \
                 first"
            ));
        };
        Ok(self.tenant(index))
    }

    fn of_customer(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.customer(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("customer"))?))
    }

    fn of_payment(&mut self, id: &str) -> Result<Tenant<'_>, CommandError> {
        let owner = self.payment(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("payment"))?))
    }

    fn of_offramp(&mut self, id: u64) -> Result<Tenant<'_>, CommandError> {
        let owner = self.offramp(id).map(|(owner, _)| owner.index);
        Ok(self.tenant(owner.ok_or(CommandError::NotFound("off-ramp"))?))
    }
}
