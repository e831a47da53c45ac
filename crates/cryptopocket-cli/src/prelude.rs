//! What the commands share.

pub(crate) use crate::connection::{Context, set};
pub(crate) use crate::failure::{Exit, Failure, Result};
pub(crate) use crate::output::{BAD, BOLD, DIM, GOOD, WARN};
pub(crate) use crate::output::{Object, Output, Progress, View, clean, note, object, warn};
pub(crate) use crate::{file, view};
