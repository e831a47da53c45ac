use std::fmt;

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

    /// The provider's sentences. They may repeat personal data of the request.
    pub fn messages(&self) -> &[String] {
        &self.messages
    }
}

impl fmt::Debug for FieldError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FieldError")
            .field("field", &self.field)
            .field("messages", &self.messages.len())
            .finish()
    }
}
