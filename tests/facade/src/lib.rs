//! A program that depends on the facade alone.
//!
//! It implements everything that a program may replace: the transport, the runtime and the polling schedule. Its tests
//! use the scripted transport, and values built from JSON.

mod runtime;
#[cfg(test)]
mod tests;
mod transport;

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use cryptopocket::onramp::{NewPayment, Payment, Recovery};
use cryptopocket::{
    Client, Credentials, Effect, Error, ErrorKind, PaymentType, Result, RetryPolicy, Schedule,
};

pub use runtime::InstantRuntime;
pub use transport::LossyTransport;

/// A client over `transport`, without a clock.
///
/// # Errors
///
/// Those of [`cryptopocket::ClientBuilder::build`].
pub fn client(transport: Arc<LossyTransport>) -> Result<Client> {
    Client::builder()
        .credentials(Credentials::new("key", "secret"))
        .retry(RetryPolicy::default().attempts(2))
        .transport(transport)
        .runtime(Arc::new(InstantRuntime::default()))
        .build()
}

/// Creates a payment, finds it again after a lost answer, and waits for its coins.
///
/// # Errors
///
/// Those of the three calls.
pub async fn buy(client: &Client, payment: NewPayment) -> Result<Payment> {
    let onramp = client.onramp();
    let id = match onramp.create_payment(payment).await {
        Ok(created) => created.payment_id,
        Err(error) if error.effect() == Effect::Unknown => match onramp.recover_from(&error).await? {
            Recovery::One(found) => found.id,
            Recovery::None | Recovery::Many(_) => return Err(error),
        },
        Err(error) => return Err(error),
    };
    onramp
        .wait_payment(&id)
        .schedule(schedule(&PaymentType::Card))
        .max_wait(Duration::from_secs(3600))
        .await
}

/// The polling schedule of this program: cards every second, other methods as the SDK suggests.
pub fn schedule(payment_type: &PaymentType) -> Schedule {
    match payment_type {
        PaymentType::Card => Schedule::every(Duration::from_secs(1)),
        other => Payment::schedule(other),
    }
}

/// The message of this program to its operator.
pub fn report(error: &Error) -> &'static str {
    match error.kind() {
        ErrorKind::InvalidInput => "mend the input",
        ErrorKind::Refused => "the provider refused",
        _ if error.effect() == Effect::Unknown => "look before you repeat",
        _ => "try again later",
    }
}

/// Runs a future whose every step is ready, without an async runtime.
///
/// # Panics
///
/// When the future waits for something that does not come by itself.
pub fn block_on<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10_000 {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future never became ready");
}
