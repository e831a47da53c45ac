//! Printing a list that arrives page by page.

use clap::Args;
use cryptopocket::{Date, Items};
use serde::Serialize;

use crate::output::{printed, warn_unreadable};
use crate::prelude::*;

#[derive(Debug, Default, Clone, Copy, Args)]
pub(crate) struct Days {
    /// From this day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub(super) from: Option<Date>,
    /// To this day, as YYYY-MM-DD
    #[arg(long, value_name = "DAY")]
    pub(super) to: Option<Date>,
}

#[derive(Debug, Args)]
pub(crate) struct Limit {
    /// Maximum number to list
    #[arg(long, value_name = "N")]
    limit: Option<usize>,
    #[arg(skip)]
    days: Days,
}

impl Limit {
    /// For a list of these days, which an empty table names: they may be wrong.
    pub(super) fn within(self, days: Days) -> Self {
        Self { days, ..self }
    }

    /// Prints items as they arrive with `--json`, otherwise one table at the end.
    pub(super) async fn print<T, V>(
        self,
        context: &mut Context,
        label: &str,
        mut items: Items<T>,
        form: impl Fn(T) -> V,
        view: View,
    ) -> Result<()>
    where
        T: Send + 'static,
        V: Serialize,
    {
        let progress = context.progress(label);
        let mut collected: Vec<V> = Vec::new();
        let mut unreadable = 0;
        for count in 1..=self.limit.unwrap_or(usize::MAX) {
            let Some(row) = progress.during(items.next_row()).await else {
                break;
            };
            let row = row?.map(&form);
            if context.output.is_json() {
                context.output.json(&printed(&row)?)?;
                continue;
            }
            progress.label(format!("{label}: {count}"));
            match row {
                Ok(item) => collected.push(item),
                Err(_) => unreadable += 1,
            }
        }
        if context.output.is_json() {
            return Ok(());
        }
        let days = [("from", self.days.from), ("to", self.days.to)].into_iter();
        let days: String = days
            .filter_map(|(word, day)| Some(format!(" {word} {}", day?)))
            .collect();
        if collected.is_empty() && unreadable == 0 {
            return context.output.line(format!("(none{days})"));
        }
        context.output.table(&collected, view)?;
        warn_unreadable(unreadable);
        Ok(())
    }
}
