//! Carrying out commands.

use std::time::Duration;

use super::Engine;
use crate::catalogue::{EVENT_TYPES, GUIDED_TYPES, PAYMENT_TYPES, find_method};
use crate::command::{Command, LONGEST_LEAP, Outcome};
use crate::error::CommandError;
use crate::integration::Integration;
use crate::provider::Provider;
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
    Err(CommandError::Invalid(format!(
        "{field}: there is no {what} `{shown}`; {cure}"
    )))
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
                self.advance(Duration::from_secs(seconds.min(LONGEST_LEAP)));
                return Ok(Outcome::Advanced(self.state()));
            }
            Command::SetKyc { user, status } => {
                let (one, provider) = self.of_customer(user)?;
                one.set_kyc(provider, user, &status)?;
            }
            Command::Ban { user, banned } => {
                let (one, _) = self.of_customer(user)?;
                one.customer_mut(user)?.banned = banned;
            }
            Command::SubmitVerification { user, reject } => {
                let (one, provider) = self.of_customer(user)?;
                one.begin_review(provider, user, reject)?;
            }
            Command::SubmitDeclaration { user } => {
                let (one, _) = self.of_customer(user)?;
                one.customer_mut(user)?.reinforcement = Reinforcement::Done;
            }
            Command::ChooseMethod {
                payment,
                payment_type,
                wallet,
            } => {
                known("payment_type", "payment method", &payment_type, GUIDED_TYPES)?;
                let method = find_method(&payment_type).ok_or(CommandError::NotFound("payment method"))?;
                let (one, provider) = self.of_payment(&payment)?;
                one.choose_method(provider, &payment, method, wallet.as_deref())?;
            }
            Command::Pay {
                payment,
                holder,
                wallet,
            } => {
                let (one, provider) = self.of_payment(&payment)?;
                one.pay(provider, &payment, holder.as_deref(), wallet.as_deref())?;
            }
            Command::FailPayment { payment } => {
                let (one, provider) = self.of_payment(&payment)?;
                one.fail_payment(provider, &payment)?;
            }
            Command::AnnounceTransfer { payment } => {
                let (one, _) = self.of_payment(&payment)?;
                one.announce_transfer(&payment)?;
            }
            Command::PayTransfer { payment } => {
                let (one, provider) = self.of_payment(&payment)?;
                one.pay_transfer(provider, &payment)?;
            }
            Command::SendCoins { payment } => {
                let (one, provider) = self.of_payment(&payment)?;
                one.send_coins(provider, &payment);
            }
            Command::SetPaymentStatus { payment, status } => {
                let (one, provider) = self.of_payment(&payment)?;
                one.set_payment_status(provider, &payment, &status)?;
            }
            Command::Deposit { offramp, amount } => {
                let (one, provider) = self.of_offramp(offramp)?;
                one.deposit(provider, offramp, amount)?;
            }
            Command::PayOut { offramp } => {
                let (one, provider) = self.of_offramp(offramp)?;
                one.pay_out(provider, offramp);
            }
            Command::SetOfframpStatus { offramp, status } => {
                let (one, provider) = self.of_offramp(offramp)?;
                one.set_offramp_status(provider, offramp, &status)?;
            }
            Command::CreditBank { credit, api_key } => {
                let (one, provider) = self.of_key(api_key.as_deref())?;
                let transaction_id = one.credit(provider, credit)?;
                return Ok(Outcome::Credited { transaction_id });
            }
            Command::Reconcile {
                payment,
                transaction,
                api_key,
            } => {
                let (one, provider) = self.of_key(api_key.as_deref())?;
                let called = one.payments.called(&payment);
                let id = match called.as_slice() {
                    [id] => (*id).to_owned(),
                    _ => payment,
                };
                one.reconcile(provider, &id, &transaction, None)
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
                self.of_key(api_key.as_deref())?.0.whitelisted = listed;
            }
            Command::BarMethod {
                payment_type,
                barred,
                api_key,
            } => {
                known("payment_type", "payment method", &payment_type, PAYMENT_TYPES)?;
                let (one, _) = self.of_key(api_key.as_deref())?;
                one.bar_method(&payment_type, barred);
            }
            Command::SetOutage { part, down, api_key } => {
                let (one, _) = self.of_key(api_key.as_deref())?;
                one.set_outage(part, down);
            }
            Command::ArmFault {
                operation,
                fault,
                times,
            } => {
                known("operation", "operation", &operation, &operations())?;
                self.provider.faults.arm(&operation, fault, times);
            }
            Command::ArmWebhookFault { event, fault, times } => {
                known("event", "event", &event, &[EVENT_TYPES, &["*"]].concat())?;
                self.provider.faults.arm_event(&event, fault, times);
            }
            Command::ArmTransferFault { fault, times } => self.provider.faults.arm_transfer(fault, times),
            Command::ClearFaults => self.provider.faults.clear(),
            Command::Redeliver { delivery } => {
                let webhooks = &self.provider.webhooks;
                webhooks.get(delivery).ok_or(CommandError::NotFound("delivery"))?;
                let now = self.now();
                self.provider.timers.set(now, Due::Attempt(delivery));
            }
            Command::AddIntegration => {
                let index = self.add_integration(None, None);
                let added = &self.integrations[index];
                return Ok(Outcome::Added {
                    api_key: added.key.clone(),
                    api_secret: added.secret.clone(),
                });
            }
            Command::Restage(scenario) => self.restage(*scenario),
            Command::Reset => self.reset(),
        }
        Ok(Outcome::Done { done: true })
    }

    fn split(&mut self, index: usize) -> (&mut Integration, &mut Provider) {
        (&mut self.integrations[index], &mut self.provider)
    }

    /// The integration with this key, or without a key the first, and what it shares.
    fn of_key(&mut self, api_key: Option<&str>) -> Result<(&mut Integration, &mut Provider), CommandError> {
        let index = self.index_of(api_key)?;
        Ok(self.split(index))
    }

    fn of_customer(&mut self, id: u64) -> Result<(&mut Integration, &mut Provider), CommandError> {
        let owner = self.customer(id).map(|(owner, _)| owner.index);
        Ok(self.split(owner.ok_or(CommandError::NotFound("customer"))?))
    }

    fn of_payment(&mut self, id: &str) -> Result<(&mut Integration, &mut Provider), CommandError> {
        let owner = self.payment(id).map(|(owner, _)| owner.index);
        Ok(self.split(owner.ok_or(CommandError::NotFound("payment"))?))
    }

    fn of_offramp(&mut self, id: u64) -> Result<(&mut Integration, &mut Provider), CommandError> {
        let owner = self.offramp(id).map(|(owner, _)| owner.index);
        Ok(self.split(owner.ok_or(CommandError::NotFound("off-ramp"))?))
    }

    /// The index of the integration with this key; without one the first.
    pub(crate) fn index_of(&self, api_key: Option<&str>) -> Result<usize, CommandError> {
        let Some(key) = api_key else { return Ok(0) };
        let found = self.integrations.iter().find(|one| one.key == key);
        found.map(|one| one.index).ok_or_else(|| {
            let key = shortened(key);
            CommandError::Invalid(format!(
                "api_key: `{key}` is the key of no integration; use one that `GET state` lists, or leave it out for the \
                 first"
            ))
        })
    }
}
