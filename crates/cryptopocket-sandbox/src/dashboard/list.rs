//! Tables with pages and a search.

use maud::{Markup, html};

use super::view::View;

/// Rows of a page.
const ROWS: usize = 25;
/// Entries that a search looks at before it gives up.
const MAX_SEARCHED: usize = 50_000;

/// A table of the dashboard.
#[derive(Debug)]
pub(super) struct List {
    /// The section's id, under which its page is numbered in the URL.
    pub(super) section: &'static str,
    pub(super) caption: &'static str,
    /// The text shown if there are no entries at all.
    pub(super) empty: &'static str,
    pub(super) headings: &'static [&'static str],
}

impl List {
    /// The page of the view. `entries` run from newest to oldest; `text` is what a search looks at.
    pub(super) fn show<'a, T: 'a>(
        &self,
        view: &View,
        entries: impl Iterator<Item = &'a T>,
        text: impl Fn(&T) -> String,
        row: impl Fn(&T) -> Markup,
    ) -> Markup {
        let page = view.page(self.section);
        let search = view.search.to_lowercase();
        let limit = if search.is_empty() {
            usize::MAX
        } else {
            MAX_SEARCHED
        };
        let mut searched = 0;
        let found = entries.take(limit).filter(|entry| {
            searched += 1;
            search.is_empty() || text(entry).to_lowercase().contains(&search)
        });
        let mut found = found.skip((page - 1) * ROWS);
        let rows: Vec<Markup> = found.by_ref().take(ROWS).map(row).collect();
        let more = found.next().is_some();
        let gave_up = searched == MAX_SEARCHED && !more && !search.is_empty();
        html! {
            @if rows.is_empty() {
                p.dim {
                    @if page > 1 { "This page is empty." }
                    @else if search.is_empty() { (self.empty) }
                    @else { "Nothing found." }
                }
            } @else {
                table {
                    caption.unseen { (self.caption) }
                    thead { tr { @for heading in self.headings { th scope="col" { (heading) } } } }
                    tbody { @for row in &rows { (row) } }
                }
            }
            @if gave_up { p.dim { "The search ended after " (MAX_SEARCHED) " entries." } }
            @if page > 1 || more {
                nav.acts aria-label={ (self.caption) ": pages" } {
                    @if rows.is_empty() {
                        (self.turn(view, 1, "newer", "Newest"))
                    } @else if page > 1 {
                        (self.turn(view, page - 1, "newer", "Newer"))
                    }
                    span.dim { "Page " (page) }
                    @if more { (self.turn(view, page + 1, "older", "Older")) }
                }
            }
        }
    }

    fn turn(&self, view: &View, page: usize, id: &str, label: &str) -> Markup {
        let section = self.section;
        html! {
            a.button.small.plain id={ (section) "-" (id) } href=(view.with_page(section, page)) { (label) }
        }
    }
}

/// Values as one text for a search, which does not match across them.
pub(super) fn joined(values: &[Option<&str>]) -> String {
    let present: Vec<&str> = values.iter().flatten().copied().collect();
    present.join("\n")
}
