use cryptopocket_types::debug_fields;
use cryptopocket_types::shown::is_name;

/// One field that the provider refused, with its sentences about it.
///
/// The sentences may repeat what was sent, so neither `Debug` nor the error's `Display` shows them.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldError {
    field: String,
    messages: Vec<String>,
}

impl FieldError {
    /// A refusal of `field`, as a mock or a test would build it.
    pub fn new(field: impl Into<String>, messages: Vec<String>) -> Self {
        Self {
            field: field.into(),
            messages,
        }
    }

    /// The field's name as the provider writes it.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Names come from the answer, so only what looks like one is shown without being asked for.
    pub(crate) fn shown_name(&self) -> &str {
        let name = self.field.as_str();
        let is_index = |part: &str| part.len() <= 3 && part.bytes().all(|byte| byte.is_ascii_digit());
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        if is_name(first) && parts.all(|part| is_index(part) || is_name(part)) {
            name
        } else {
            "a field"
        }
    }

    /// The provider's sentences. They may repeat personal data of the request.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }
}

debug_fields! { FieldError => |error| field: error.shown_name(), messages: error.messages.len() }
