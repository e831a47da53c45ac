//! Clients of one domain of the API.

/// Declares such a client: a session, and the way to it.
#[doc(hidden)]
#[macro_export]
macro_rules! client {
    ($(#[$doc:meta])* pub struct $name:ident;) => {
        $(#[$doc])*
        ///
        /// Cheap to clone; clones share the session and its login.
        #[derive(Clone, Debug)]
        pub struct $name {
            session: $crate::Session,
        }

        impl $name {
            /// A client that sends its calls through `session`.
            pub const fn new(session: $crate::Session) -> Self {
                Self { session }
            }

            /// The session that sends the calls.
            pub const fn session(&self) -> &$crate::Session {
                &self.session
            }
        }
    };
}
