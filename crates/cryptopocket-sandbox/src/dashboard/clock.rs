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
            "Speed: " (engine.speed()) ". "
            @if let Some(next) = next {
                "Something is due in " (next.since(engine.now()).as_secs()) " s."
            } @else {
                "Nothing is due."
            }
        }
    }
}

/// The forms that advance the clock.
pub(super) fn advance(_: &Engine, view: &View) -> Markup {
    let leap = |seconds: u32, label: &str| {
        html! {
            button.small type="submit" name="seconds:number" value=(seconds)
                formaction=(view.action("clock/advance")) id={ "leap-" (seconds) } { (label) }
        }
    };
    html! {
        (buttons(view, &html! {
            (leap(60, "+1 min"))
            (leap(600, "+10 min"))
            (leap(3_600, "+1 h"))
            (leap(86_400, "+1 day"))
        }))
        form.line method="post" action=(view.action("clock/advance")) data-do {
            label for="seconds" { "Seconds to move on" }
            input #seconds name="seconds:number" type="number" min="0" step="1" required;
            (submit("Advance"))
        }
    }
}
