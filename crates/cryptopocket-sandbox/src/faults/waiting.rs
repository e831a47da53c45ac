//! The faults that wait, for whoever wants to see or to keep them.

use serde::{Deserialize, Serialize};

use super::{Armed, Fault, Faults, TransferFault, WebhookFault};

/// A fault that has not struck as often yet as it was to.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Waiting {
    /// An operation, an event, `transfer`, or `*` for any.
    pub(crate) on: String,
    pub(crate) name: String,
    pub(crate) detail: Option<String>,
    pub(crate) skip: u32,
    pub(crate) left: u32,
}

/// All that wait, the oldest of each kind first.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Armament {
    pub(crate) calls: Vec<Waiting>,
    pub(crate) webhooks: Vec<Waiting>,
    pub(crate) transfers: Vec<Waiting>,
}

impl Armament {
    pub(crate) fn all(&self) -> impl Iterator<Item = &Waiting> {
        self.calls.iter().chain(&self.webhooks).chain(&self.transfers)
    }
}

fn waiting<F>(armed: &[Armed<F>], write: impl Fn(&F) -> (&'static str, Option<String>)) -> Vec<Waiting> {
    let one = |armed: &Armed<F>| {
        let (name, detail) = write(&armed.fault);
        Waiting {
            on: armed.on.clone(),
            name: name.to_owned(),
            detail,
            skip: armed.skip,
            left: armed.left,
        }
    };
    armed.iter().map(one).collect()
}

fn armed<F>(
    waiting: Vec<Waiting>,
    read: impl Fn(&str, Option<&str>) -> Option<F>,
) -> Result<Vec<Armed<F>>, String> {
    let one = |one: Waiting| {
        let fault = read(&one.name, one.detail.as_deref());
        Ok(Armed {
            fault: fault.ok_or_else(|| format!("there is no fault `{}`", one.name))?,
            on: one.on,
            skip: one.skip,
            left: one.left,
        })
    };
    waiting.into_iter().map(one).collect()
}

impl Faults {
    /// What waits to go wrong.
    pub(crate) fn armament(&self) -> Armament {
        let mut transfers = waiting(&self.transfers, |one| (one.name(), one.detail()));
        for one in &mut transfers {
            "transfer".clone_into(&mut one.on);
        }
        Armament {
            calls: waiting(&self.calls, |one| (one.name(), one.detail())),
            webhooks: waiting(&self.events, |one| (one.name(), one.detail())),
            transfers,
        }
    }

    /// Takes up what waited before.
    pub(crate) fn rearm(&mut self, armament: Armament) -> Result<(), String> {
        self.calls = armed(armament.calls, Fault::named)?;
        self.events = armed(armament.webhooks, WebhookFault::named)?;
        self.transfers = armed(armament.transfers, TransferFault::named)?;
        for one in &mut self.transfers {
            "*".clone_into(&mut one.on);
        }
        Ok(())
    }
}
