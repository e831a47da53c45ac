//! Reading replies that differ from what is known of the API.
//!
//! Over half of the API's fields are undocumented guesses. So a reply is read field by field: only the keys of an object
//! (its id, and the status of a read) must be readable. Every other field is a [`Field`]: a field that cannot be read keeps
//! its exact text in [`Extra`](crate::Extra) under its own name, and is reported as a [`Surprise`].
//!
//! Each type states in [`FromJson`] which JSON forms it accepts. A form with two readings, such as `1,50`, is unreadable.

mod field;
mod fields;
mod forms;
mod object;
mod page;
mod surprise;
mod text;

pub use field::Field;
pub use fields::{Fields, text_of};
pub use object::{FromJson, ObjectReader, TextReply, read_reply};
pub use page::{Page, Row, Unreadable};
pub use surprise::{JsonKind, Surprise, Surprises};
pub use text::string;
pub(crate) use text::{Scalar, scalar, with_text};
