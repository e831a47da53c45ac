//! What a builder says of a value it cannot take.

use super::content;
use syn::visit_mut::{self, VisitMut};
use syn::{ItemMod, LitStr};

/// The generator's text shows a Rust path with spaces in it; this names the parameter.
pub(super) fn simplify(builder: &mut ItemMod) {
    for item in content(builder) {
        Messages.visit_item_mut(item);
    }
}

struct Messages;

impl VisitMut for Messages {
    fn visit_lit_str_mut(&mut self, literal: &mut LitStr) {
        let text = literal.value();
        let parameter = text
            .strip_prefix("conversion to `")
            .and_then(|rest| rest.split_once("` for ")?.1.strip_suffix(" failed"));
        if let Some(parameter) = parameter {
            *literal = LitStr::new(&format!("{parameter} has no valid value"), literal.span());
        }
        visit_mut::visit_lit_str_mut(self, literal);
    }
}
