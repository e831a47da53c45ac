//! A provider that answers polls from a script.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Mutex;

use cryptopocket_inbox::tracker::{Object, Poll, Polled};
use cryptopocket_types::PaymentStatus;

/// Answers by id; one without a script is started.
#[derive(Default)]
pub(crate) struct Provider {
    next: Mutex<BTreeMap<String, VecDeque<Polled>>>,
    always: Mutex<BTreeMap<String, Polled>>,
    asked: Mutex<Vec<String>>,
}

/// The answer that a payment is in this state.
pub(crate) fn answer(status: &str) -> Polled {
    Polled::State(PaymentStatus::from(status).into())
}

impl Provider {
    pub(crate) fn next(&self, id: &str, answer: Polled) {
        let mut next = self.next.lock().unwrap();
        next.entry(id.to_owned()).or_default().push_back(answer);
    }

    pub(crate) fn always(&self, id: &str, answer: Polled) {
        self.always.lock().unwrap().insert(id.to_owned(), answer);
    }

    /// Ids in the order in which they were asked for, since the last call.
    pub(crate) fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Poll for Provider {
    async fn poll(&self, object: &Object) -> Polled {
        let id = object.id().to_owned();
        self.asked.lock().unwrap().push(id.clone());
        let next = self
            .next
            .lock()
            .unwrap()
            .get_mut(&id)
            .and_then(VecDeque::pop_front);
        let always = || self.always.lock().unwrap().get(&id).cloned();
        next.or_else(always).unwrap_or_else(|| answer("started"))
    }
}
