//! The page at `/`.

use super::layout::{escape, page};
use crate::wire::Reply;
use crate::world::World;

/// Says what this is and where everything is.
pub(crate) fn front(world: &World) -> Reply {
    let origin = escape(&world.origin);
    let (now, speed) = (world.now(), world.clock.speed());
    let payments: usize = world.integrations.iter().map(|one| one.payments.len()).sum();
    page(
        200,
        "CryptoPocket API, emulated",
        &format!(
            "<p>A stateful stand-in for the API, for tests and development. It is not made by the provider.</p><dl>\
             <dt>Base URL</dt><dd><code>{origin}/api</code></dd><dt>Control plane</dt><dd><code>{origin}/_sandbox</code></dd>\
             <dt>Clock</dt><dd>{now}, {speed}</dd><dt>Payments</dt><dd>{payments}</dd></dl>"
        ),
    )
}
