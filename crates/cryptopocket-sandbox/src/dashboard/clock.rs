//! The section of the clock.

use cryptopocket_emulator::Engine;
use maud::{Markup, html};

use super::parts::{buttons, submit};
use super::view::View;

pub(super) fn show(engine: &Engine, _: &View) -> Markup {
    let now = engine.now().to_string();
    let next = engine.next_timer().filter(|next| *next > engine.now());
    html! {
        p.clock { time datetime=(now) { (now[..10]) " " strong { (now[11..19]) } " UTC" } }
        p.dim {
            "Speed: " (engine.settings().speed) ". "
            @if let Some(next) = next {
                "The next timer fires in " (next.since(engine.now()).as_secs()) " s."
            } @else {
                "No timer is pending."
            }
        }
    }
}

/// The forms that advance the clock.
pub(super) fn advance(_: &Engine, view: &View) -> Markup {
    let leaps = [
        (60, "+1 min"),
        (600, "+10 min"),
        (3_600, "+1 h"),
        (86_400, "+1 day"),
    ];
    html! {
        (buttons(view, &html! {
            @for (seconds, label) in leaps {
                button.small type="submit" name="seconds:number" value=(seconds)
                    formaction=(view.action("clock/advance")) id={ "leap-" (seconds) } { (label) }
            }
        }))
        form.line method="post" action=(view.action("clock/advance")) data-do {
            label for="seconds" { "Seconds" }
            input #seconds name="seconds:number" type="number" min="0" step="1" required;
            (submit("Advance"))
        }
    }
}
