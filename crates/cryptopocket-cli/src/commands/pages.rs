//! Printing a list that arrives page by page.

use clap::Args;
use cryptopocket::Items;
use serde::Serialize;

use crate::connection::Context;
use crate::failure::Result;
use crate::output::Row;

#[derive(Debug, Args)]
pub(super) struct Limit {
    /// Maximum number to list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
}

impl Limit {
    /// Prints items as they arrive with `--json`, otherwise one table at the end.
    pub(super) async fn print<T, V>(
        &self,
        context: &mut Context,
        label: &str,
        mut items: Items<T>,
    ) -> Result<()>
    where
        T: Send + 'static,
        V: From<T> + Serialize + Row,
    {
        let json = context.output.is_json();
        let progress = context.progress(label);
        let mut collected: Vec<V> = Vec::new();
        for count in 1..=self.limit.unwrap_or(usize::MAX) {
            let Some(item) = progress.during(items.next()).await else {
                break;
            };
            let view = V::from(item?);
            if json {
                context.output.json(&view)?;
            } else {
                progress.label(format!("{label}: {count}"));
                collected.push(view);
            }
        }
        if json {
            return Ok(());
        }
        context.output.table(&collected)
    }
}
