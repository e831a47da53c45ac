use cryptopocket_types::words;

words! {
    /// What effect a failed call had on the provider's side.
    ///
    /// A call that only reads has none: its effect is never [`Unknown`](Self::Unknown) or [`Done`](Self::Done).
    #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
    #[allow(
        clippy::exhaustive_enums,
        reason = "the four answers are all there can be, and a caller that moves money must handle each"
    )]
    pub enum Effect {
        /// The call was not sent; a login, a guard's quote or polls may have been. Calling again is safe.
        NotSent = "not_sent",
        /// The request was sent, and it is proven that nothing was done: the token was refused, or the reply has a code that
        /// the spec lists as a refusal of the call, or field errors with HTTP 422. Correct the cause, then call again.
        NotDone = "not_done",
        /// The call may have taken effect. Look before you repeat it.
        Unknown = "unknown",
        /// The provider reported success, and the rest of the reply could not be read. Do not repeat the call.
        Done = "done",
    }
}

impl Effect {
    /// Whether repeating the call could act twice.
    pub const fn may_be_done(self) -> bool {
        matches!(self, Self::Unknown | Self::Done)
    }
}
