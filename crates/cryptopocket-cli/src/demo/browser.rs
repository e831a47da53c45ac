//! The customer's browser: opens a page, fills its form in, and sends it.

use super::form::Form;
use super::http;
use crate::failure::{Failure, Result};

/// A page that was sent, as the customer reads it.
pub(super) struct Page {
    pub(super) status: u16,
    html: String,
}

impl Page {
    /// The sentence that says how things stand.
    pub(super) fn state(&self) -> Option<&str> {
        Some(self.html.split_once("id=\"state\">")?.1.split_once('<')?.0)
    }

    pub(super) fn contains(&self, text: &str) -> bool {
        self.html.contains(text)
    }
}

/// Opens the page at `url`, fills its fields in, and presses its first button. Gives the page before and after.
pub(super) async fn complete(url: &str, fields: &[(&str, &str)]) -> Result<(Page, Page)> {
    let shown = http::get(url).await?;
    let mut form = Form::of(&shown.text).ok_or_else(|| odd("the page holds no form"))?;
    for (name, value) in fields {
        if !form.fill(name, value) {
            return Err(odd(&format!("the page does not ask for {name}")));
        }
    }
    let answer = http::post_form(url, &form.submitted()).await?;
    let page = |answer: http::Answer| Page {
        status: answer.status,
        html: answer.text,
    };
    Ok((page(shown), page(answer)))
}

fn odd(what: &str) -> Failure {
    Failure::check(
        "demo",
        format!("the customer cannot go on: {what}"),
        "The sandbox and the demo do not fit.",
    )
}
