//! The page at `/` for those who may not see the dashboard.

use cryptopocket_emulator::{Engine, Reply};
use maud::html;

use super::layout::page;

/// Says what this is and where everything is.
pub(crate) fn front(engine: &Engine) -> Reply {
    let origin = engine.origin();
    let content = html! {
        p { "A stateful stand-in for the API, for tests and development. It is not made by the provider." }
        dl.card.facts {
            dt { "Base URL" } dd { code { (origin) "/api" } }
            dt { "API page" } dd { a href="/docs" { (origin) "/docs" } }
        }
        p.dim { "The dashboard and the control plane are not open to this request: they are where the emulator listens on a \
                 loopback address and is called by one of this machine’s own names, or where they were asked for." }
    };
    page(200, "CryptoPocket API, emulated", &content)
}
