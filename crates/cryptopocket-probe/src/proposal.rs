use std::collections::BTreeSet;

use cryptopocket_core::Choice;
use cryptopocket_core::shape::Kind;

/// A change that would bring the specification to what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proposal {
    Path(String),
    Parameter {
        name: String,
        wire: String,
    },
    RequestField {
        name: String,
        wire: String,
    },
    Field {
        name: String,
        wire: String,
        /// Kinds of values under the other name that are not the expected one.
        kinds: BTreeSet<Kind>,
    },
    FirstPage(u32),
    /// Kinds of values that the SDK reads all the same.
    Form {
        kinds: BTreeSet<Kind>,
    },
    /// A unit that follows from amounts that must be equal, or that is estimated from a price.
    Unit {
        name: String,
        unit: &'static str,
        is_estimate: bool,
    },
}

impl Proposal {
    /// Makes the choice that a session can follow.
    pub(crate) fn choose(&self, choice: &mut Choice) {
        match self {
            Self::Path(path) => choice.path = Some(path.clone()),
            Self::Parameter { name, wire } => drop(choice.parameters.insert(name.clone(), wire.clone())),
            Self::RequestField { name, wire } => drop(choice.request.insert(name.clone(), wire.clone())),
            Self::Field { name, wire, .. } => drop(choice.reply.insert(name.clone(), wire.clone())),
            Self::FirstPage(first) => choice.first_page = Some(*first),
            Self::Unit {
                name,
                unit,
                is_estimate: false,
            } => {
                drop(choice.units.insert(name.clone(), (*unit).to_owned()));
            }
            // No money is read by an estimate before a person has looked at it.
            Self::Unit { .. } | Self::Form { .. } => {}
        }
    }
}
