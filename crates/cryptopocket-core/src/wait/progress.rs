/// An object, such as a payment, that the provider moves through states to a final one.
///
/// A [`Waiter`](crate::Waiter) needs nothing else of the object that it polls. States that this SDK does not know are
/// not final: the provider may add one at any time, and a wait must not end at a state whose meaning is not known.
pub trait Progress {
    /// The state, such as `PaymentStatus`.
    type State: AsRef<str> + PartialEq + Send + 'static;

    /// The current state.
    fn state(&self) -> &Self::State;

    /// Whether no other state follows.
    fn is_final(&self) -> bool;

    /// The position of `state` on the way to the final one; `None` when it is not known.
    ///
    /// States may be skipped between two polls. With ranks, a wait [until](crate::Waiter::until) a state also ends at a
    /// later one.
    fn rank(state: &Self::State) -> Option<u8> {
        let _ = state;
        None
    }
}

/// Whether `object` is in `wanted`, in a later state, or in a final one.
pub(super) fn has_reached<T: Progress>(object: &T, wanted: &T::State) -> bool {
    let state = object.state();
    let is_later = matches!((T::rank(state), T::rank(wanted)), (Some(rank), Some(least)) if rank >= least);
    // A final state ends every wait: the awaited state cannot come any more.
    state == wanted || is_later || object.is_final()
}
