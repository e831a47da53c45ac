//! The answers of one operation, as they came.

use std::sync::{Arc, Mutex, PoisonError};

use cryptopocket_core::Session;

/// Keeps the answers of one operation: more than one if a token was refused and the call repeated.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Vec<Vec<u8>>>>);

impl Kept {
    /// The same session, with this listening to the operation.
    pub(super) fn listen(&self, session: &Session, operation: &'static str) -> Session {
        let kept = Arc::clone(&self.0);
        session.with_answers(move |answered, body| {
            if answered == operation {
                kept.lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .push(body.to_vec());
            }
        })
    }

    pub(super) fn take(&self) -> Vec<Vec<u8>> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
