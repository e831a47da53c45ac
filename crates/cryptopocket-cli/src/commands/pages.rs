//! Printing a list that arrives page by page.

use cryptopocket::Items;
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::output::Row;

/// Prints items as they arrive with `--json`, otherwise one table at the end.
pub(super) async fn print_items<T, V>(
    context: &mut Context,
    label: &str,
    mut items: Items<T>,
    limit: Option<usize>,
) -> Result<()>
where
    T: Send + 'static,
    V: From<T> + Serialize + Row,
{
    let limit = limit.unwrap_or(usize::MAX);
    let progress = context.progress(label);
    let mut collected: Vec<V> = Vec::new();
    let mut count = 0;
    while count < limit {
        let Some(item) = progress.during(items.next()).await else {
            break;
        };
        let view = V::from(item?);
        count += 1;
        if context.output.is_json() {
            context.output.json(&view)?;
        } else {
            progress.say(format!("{label}: {count}"));
            collected.push(view);
        }
    }
    if context.output.is_json() {
        Ok(())
    } else {
        context.output.table(&collected)
    }
}
