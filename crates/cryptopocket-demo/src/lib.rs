#![doc = include_str!("../README.md")]

mod error;
mod failing;
mod live;
mod offramp;
mod onramp;
mod pages;
mod receiver;
mod settled;
mod setup;
mod step;
mod timeline;
mod transfer;

pub use error::{Error, Result};
pub use live::run_live;
pub use step::Step;
pub use timeline::{Event, Exchange, Listener, Object, Stopped, Summary};

use setup::Setup;

/// The flow to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Flow {
    /// A card pays, a wallet receives.
    Onramp,
    /// A bank transfer pays, is reconciled, and a wallet receives.
    Transfer,
    /// A wallet pays, a bank account receives.
    Offramp,
    /// The three flows, then calls and webhooks that must fail.
    All,
}

/// Runs `flow` against an emulator in this process, over HTTP on this machine, and tells `listener` each step.
///
/// The same `seed` gives the same ids and amounts. [`Event::Done`] comes last, also after a check that failed.
///
/// # Errors
/// [`Error::Start`] if no port is free, [`Error::Check`] for the first check that does not hold, and the errors of the
/// calls.
///
/// # Examples
/// ```
/// use cryptopocket_demo::{Event, Flow, run};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> cryptopocket_demo::Result<()> {
/// let mut steps = Vec::new();
/// let mut listener = |event: Event<'_>| {
///     if let Event::Step(step) = event {
///         steps.push(step.name);
///     }
///     Ok(())
/// };
/// run(1, Flow::Offramp, &mut listener).await?;
/// assert!(steps.contains(&"offramp.finished"));
/// # Ok(())
/// # }
/// ```
pub async fn run(seed: u64, flow: Flow, listener: &mut Listener<'_>) -> Result<()> {
    let mut setup = Setup::open(seed, listener).await?;
    let result = flows(&mut setup, flow).await;
    setup.close(result.is_ok())?;
    result
}

async fn flows(setup: &mut Setup<'_>, flow: Flow) -> Result<()> {
    let customer = setup.begin().await?;
    if matches!(flow, Flow::Onramp | Flow::All) {
        onramp::run(setup, &customer).await?;
    }
    if matches!(flow, Flow::Transfer | Flow::All) {
        transfer::run(setup, &customer).await?;
    }
    if matches!(flow, Flow::Offramp | Flow::All) {
        offramp::run(setup, &customer).await?;
    }
    if flow == Flow::All {
        failing::run(setup, &customer).await?;
    }
    settled::run(setup).await
}
