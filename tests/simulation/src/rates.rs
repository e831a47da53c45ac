//! How often each fault strikes in one world.

use crate::chance::Chance;

/// Probabilities in ten thousand. Each world draws its own, and leaves some faults out, so that rare combinations meet.
#[derive(Debug, Clone, Default)]
pub(crate) struct Rates {
    /// A connection to the provider is refused.
    pub(crate) refused_connection: u32,
    /// A request never reaches the provider.
    pub(crate) lost_request: u32,
    /// The provider works on a request after its sender has given up.
    pub(crate) late_request: u32,
    /// An answer is lost after the call took effect.
    pub(crate) lost_answer: u32,
    /// The provider answers with a fault of the emulator.
    pub(crate) faulty_answer: u32,
    /// The provider refuses the call with a code.
    pub(crate) refusal: u32,
    /// Every token becomes invalid before a call.
    pub(crate) expired_tokens: u32,
    /// A webhook gets a fault of the emulator.
    pub(crate) faulty_webhook: u32,
    /// A webhook comes again with another body.
    pub(crate) changed_webhook: u32,
    /// A signed body that is no event comes.
    pub(crate) unreadable_webhook: u32,
    /// A customer or a bank makes a mistake with a transfer.
    pub(crate) faulty_transfer: u32,
    /// An answer to a webhook is lost.
    pub(crate) lost_acknowledgement: u32,
    /// The store fails before it does anything.
    pub(crate) store_failure: u32,
    /// The store fails after it has committed.
    pub(crate) store_doubt: u32,
    /// The handler fails.
    pub(crate) handler_failure: u32,
    /// The handler takes longer than its lease.
    pub(crate) slow_handler: u32,
    /// An event is held longer than its lease before it is handled.
    pub(crate) held_event: u32,
    /// A process dies: this is the number of steps that it makes on average, or zero.
    pub(crate) steps_to_crash: u64,
    /// Hours between outages of the store, or zero.
    pub(crate) hours_to_outage: u64,
    /// Hours between jumps of a clock, or zero.
    pub(crate) hours_to_jump: u64,
    /// The store is restored from a backup, once, some hours after the beginning; or zero.
    pub(crate) hours_to_backup: u64,
    /// An order is placed with both instances.
    pub(crate) doubled_order: u32,
}

impl Rates {
    /// No faults at all.
    pub(crate) fn calm() -> Self {
        Self::default()
    }

    pub(crate) fn draw(chance: &mut Chance) -> Self {
        let mut rate = |most: u64| -> u32 {
            let drawn = chance.below(most + 1);
            // A third of the faults never strike in a given world.
            u32::try_from(if chance.happens(3_333) { 0 } else { drawn }).unwrap_or(0)
        };
        Self {
            refused_connection: rate(1_200),
            lost_request: rate(900),
            late_request: rate(1_200),
            lost_answer: rate(1_200),
            faulty_answer: rate(1_600),
            refusal: rate(300),
            expired_tokens: rate(400),
            faulty_webhook: rate(3_500),
            changed_webhook: rate(1_200),
            unreadable_webhook: rate(300),
            faulty_transfer: rate(3_000),
            lost_acknowledgement: rate(1_200),
            store_failure: rate(450),
            store_doubt: rate(450),
            handler_failure: rate(1_200),
            slow_handler: rate(250),
            held_event: rate(400),
            steps_to_crash: match rate(3) {
                0 => 0,
                often => 2_000 / u64::from(often),
            },
            hours_to_outage: u64::from(rate(4)),
            hours_to_jump: u64::from(rate(4)),
            hours_to_backup: if rate(2) == 2 { 1 + u64::from(rate(5)) } else { 0 },
            doubled_order: rate(1_500),
        }
    }
}
