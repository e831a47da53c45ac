//! The commands that [`Sandbox`](crate::Sandbox) and [`ControlClient`](crate::ControlClient) have methods for, each
//! written once.

/// Hands the methods to `$each`: first those that can fail, then those that fail only for a misspelt word.
macro_rules! command_methods {
    ($each:ident) => {
        $each! {
            /// The customer's verification succeeds: `valid`.
            approve_kyc(user: u64) => Command::SetKyc { user, status: "valid".to_owned() };
            /// The customer's verification fails: `fail`.
            reject_kyc(user: u64) => Command::SetKyc { user, status: "fail".to_owned() };
            /// Sets the customer's verification to any status, documented or not.
            set_kyc(user: u64, status: &str) => Command::SetKyc { user, status: status.to_owned() };
            /// Bans the customer, or lifts the ban.
            ban(user: u64, banned: bool) => Command::Ban { user, banned };
            /// The customer pays at the gateway. A guided payment without a wallet gets a made-up one.
            ///
            /// # Errors
            ///
            /// The wrong state, unless the payment is `started`; and for transfers, which are paid into the bank.
            pay(payment: &str) => Command::Pay { payment: payment.to_owned(), holder: None, wallet: None };
            /// The payment fails at the gateway, or the transfer is called off: `payment_rejected`, the word of an older
            /// gateway, since no failure status is documented.
            ///
            /// # Errors
            ///
            /// The wrong state, unless the payment is `started` or `pending_bank`.
            fail_payment(payment: &str) => Command::FailPayment { payment: payment.to_owned() };
            /// Sets a payment to any status, documented or not, without a webhook.
            set_payment_status(payment: &str, status: &str) =>
                Command::SetPaymentStatus { payment: payment.to_owned(), status: status.to_owned() };
            /// The customer says that the transfer is under way: `pending_bank`.
            ///
            /// # Errors
            ///
            /// The wrong state, unless the payment is a transfer that is `started`.
            announce_transfer(payment: &str) => Command::AnnounceTransfer { payment: payment.to_owned() };
            /// The customer announces and sends the transfer: `pending_bank`. The money arrives on the bank account in
            /// twenty minutes of virtual time; armed transfer faults apply to it.
            ///
            /// # Errors
            ///
            /// The wrong state, unless the payment is a transfer that is `started` or `pending_bank`.
            pay_transfer(payment: &str) => Command::PayTransfer { payment: payment.to_owned() };
            /// Coins arrive for an off-ramp: `amount` of them, in coin units, or all that are missing.
            ///
            /// # Errors
            ///
            /// The wrong state, unless the off-ramp is `started`; and an amount that is not above zero.
            deposit_crypto(offramp: u64, amount: Option<Decimal>) => Command::Deposit { offramp, amount };
            /// Sets an off-ramp to any status, documented or not, without a webhook.
            set_offramp_status(offramp: u64, status: &str) =>
                Command::SetOfframpStatus { offramp, status: status.to_owned() };
            /// Delivers a webhook of the delivery log again.
            redeliver(delivery: u64) => Command::Redeliver { delivery };
            --
            /// Makes every token issued so far invalid.
            expire_tokens() => Command::ExpireTokens;
            /// Puts the first integration on the whitelist or takes it off; off it, every token is refused.
            whitelist(listed: bool) => Command::SetWhitelisted { listed, api_key: None };
            /// Bars a payment method, such as `card`, for the first integration (`method_not_allowed`), or lets it back in.
            bar_method(payment_type: &str, barred: bool) =>
                Command::BarMethod { payment_type: payment_type.to_owned(), barred, api_key: None };
            /// Takes a part of the provider down for the first integration, or brings it up again.
            set_outage(outage: Outage, down: bool) => Command::SetOutage { part: outage, down, api_key: None };
            /// Drops everything but the first integration's credentials, as after a start.
            reset() => Command::Reset;
            /// Starts over with another scenario; only the first integration's credentials stay. Settings that the scenario
            /// does not name stay as they were.
            restage(scenario: Scenario) => Command::Restage(Box::new(scenario.0));
            /// Makes the next call of `operation` (see [`ROUTES`](crate::ROUTES); `*` is any) suffer `fault`.
            fail_next(operation: &str, fault: Fault) =>
                Command::ArmFault { operation: operation.to_owned(), fault, times: Times::first(1) };
            /// Makes the next `times` calls of `operation` suffer `fault`.
            fail_times(operation: &str, fault: Fault, times: u32) =>
                Command::ArmFault { operation: operation.to_owned(), fault, times: Times::first(times) };
            /// Makes the next webhook of type `event` (`*` is any) suffer `fault`.
            fail_next_webhook(event: &str, fault: WebhookFault) =>
                Command::ArmWebhookFault { event: event.to_owned(), fault, times: Times::first(1) };
            /// Makes the next transfer that a customer sends suffer `fault`.
            fail_next_transfer(fault: TransferFault) => Command::ArmTransferFault { fault, times: Times::first(1) };
            /// Disarms every fault.
            clear_faults() => Command::ClearFaults;
        }
    };
}

pub(super) use command_methods;
