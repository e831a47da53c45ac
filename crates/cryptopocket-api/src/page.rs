use cryptopocket_core::Page;

use crate::shared::Pagination;

/// A page of `items`, with what the reply says of its place in the list. A number that can be none, such as a negative
/// page, counts as not told.
///
/// # Examples
///
/// ```
/// use cryptopocket_api::page;
/// use cryptopocket_api::shared::Pagination;
///
/// let place: Pagination = serde_json::from_str(r#"{"current_page":2,"last_page":-1,"total":30}"#)?;
/// let second = page(vec!["a", "b"], Some(place));
/// assert_eq!((second.number(), second.last_number(), second.total_items()), (Some(2), None, Some(30)));
/// assert_eq!(page(vec!["a"], None).number(), None);
/// # Ok::<(), serde_json::Error>(())
/// ```
pub fn page<T>(items: Vec<T>, place: Option<Pagination>) -> Page<T> {
    let page = Page::new(items);
    let Some(place) = place else { return page };
    page.current(u32::try_from(place.current_page).ok())
        .last(place.last_page.and_then(|number| u32::try_from(number).ok()))
        .total(place.total.and_then(|count| u64::try_from(count).ok()))
}
