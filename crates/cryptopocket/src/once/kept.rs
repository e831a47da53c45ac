//! The latest answer of one operation, as it came.

use std::sync::{Arc, Mutex, PoisonError};

use cryptopocket_core::Session;

/// Keeps the latest answer of one operation.
#[derive(Clone, Default)]
pub(super) struct Kept(Arc<Mutex<Option<Vec<u8>>>>);

impl Kept {
    /// The same session, with this listening to the operation.
    pub(super) fn listen(&self, session: &Session, operation: &'static str) -> Session {
        let kept = Arc::clone(&self.0);
        session.with_answers(move |answered, body| {
            if answered == operation {
                *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(body.to_vec());
            }
        })
    }

    pub(super) fn take(&self) -> Option<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
