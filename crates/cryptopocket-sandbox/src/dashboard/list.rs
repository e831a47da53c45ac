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
    pub(super) headings: &'static [&'static str],
    /// The text shown if there are no entries at all.
    pub(super) empty: &'static str,
}

impl List {
    /// The page of the view. `entries` run from newest to oldest; `texts` are the texts that a search looks at.
    pub(super) fn show<'a, T: 'a>(
        &self,
        view: &View,
        entries: impl Iterator<Item = &'a T>,
        texts: impl Fn(&T) -> Vec<String>,
        row: impl Fn(&T) -> Markup,
    ) -> Markup {
        let page = view.page(self.section);
        let search = view.search.to_lowercase();
        let (mut rows, mut searched, mut more) = (Vec::new(), 0, false);
        let found = entries
            .take(if search.is_empty() {
                usize::MAX
            } else {
                MAX_SEARCHED
            })
            .filter(|entry| {
                searched += 1;
                search.is_empty()
                    || texts(entry)
                        .iter()
                        .any(|text| text.to_lowercase().contains(&search))
            });
        for entry in found.skip((page - 1) * ROWS) {
            if rows.len() == ROWS {
                more = true;
                break;
            }
            rows.push(row(entry));
        }
        let gave_up = !search.is_empty() && searched == MAX_SEARCHED && !more;
        html! {
            @if rows.is_empty() {
                p.dim {
                    @if page > 1 { "Nothing is on this page." }
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

/// The texts of optional values, for a search.
pub(super) fn texts<'a>(
    values: impl IntoIterator<Item = &'a Option<String>>,
) -> impl Iterator<Item = String> {
    values.into_iter().flatten().cloned()
}
