use cryptopocket_core::Choice;

/// What to choose instead of a guess.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Proposal {
    Path(String),
    Parameter { name: String, wire: String },
    RequestField { name: String, wire: String },
    Field { name: String, wire: String },
    FirstPage(u32),
}

impl Proposal {
    pub(crate) fn choose(&self, choice: &mut Choice) {
        match self {
            Self::Path(path) => choice.path = Some(path.clone()),
            Self::Parameter { name, wire } => drop(choice.parameters.insert(name.clone(), wire.clone())),
            Self::RequestField { name, wire } => drop(choice.request.insert(name.clone(), wire.clone())),
            Self::Field { name, wire } => drop(choice.reply.insert(name.clone(), wire.clone())),
            Self::FirstPage(first) => choice.first_page = Some(*first),
        }
    }
}
