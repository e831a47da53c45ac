//! Whether pages count from 0, and what that proves.

use std::sync::Mutex;

use super::{Log, end, pager, two};
use crate::error::{Error, ErrorKind};
use crate::pager::{Page, PageRequest, Pager, PagesEnd};

/// Pages of a provider that counts from 0 and announces nothing: `full` pages of two items.
fn from_zero(full: u32) -> (Pager<u32>, Log) {
    pager(move |request| {
        Ok(if request.page < full {
            two(request)
        } else {
            Page::new(vec![])
        })
    })
}

#[tokio::test]
async fn page_zero_is_read_when_nothing_is_announced() {
    for (full, expected, asked) in [
        (1, vec![0, 1], vec![1, 0]),
        (3, vec![2, 3, 4, 5, 0, 1], vec![1, 2, 3, 0]),
    ] {
        let (list, log) = from_zero(full);
        let mut pages = list.identified_by(ToString::to_string).pages();
        let mut items = Vec::new();
        while let Some(page) = pages.next().await {
            items.extend(page.unwrap().into_items());
        }
        assert_eq!(items, expected);
        assert_eq!(*log.lock().unwrap(), asked);
        assert_eq!(pages.ended(), Some(PagesEnd::CountedFromZero));
        assert!(!PagesEnd::CountedFromZero.is_proven());
    }
}

#[tokio::test]
async fn last_page_alone_is_no_count_from_one() {
    // Pages 0 to 2, announced as `last_page: 2`: pages 1 and 2 look like the whole list.
    for (zero, expected) in [
        (
            Ok(two(PageRequest {
                page: 0,
                per_page: None,
            })),
            PagesEnd::CountedFromZero,
        ),
        (
            Ok(two(PageRequest {
                page: 1,
                per_page: None,
            })),
            PagesEnd::Announced,
        ),
        (Ok(Page::new(vec![])), PagesEnd::Announced),
        (
            Err(Error::new(ErrorKind::Validation, "x", "")),
            PagesEnd::Announced,
        ),
        (
            Err(Error::new(ErrorKind::ServerError, "x", "")),
            PagesEnd::Assumed,
        ),
    ] {
        let zero = Mutex::new(Some(zero));
        let (list, log) = pager(move |request| match request.page {
            0 => zero.lock().unwrap().take().unwrap(),
            page => Ok(two(request).current(page).last(2)),
        });
        let list = list.identified_by(ToString::to_string);
        assert_eq!(end(list).await, (Some(expected), false));
        assert_eq!(*log.lock().unwrap(), [1, 2, 0]);
    }
}

#[tokio::test]
async fn empty_first_page_alone_proves_nothing() {
    for (zero, expected) in [
        (Ok(Page::new(vec![])), PagesEnd::EmptyPage),
        (
            Err(Error::new(ErrorKind::Validation, "x", "")),
            PagesEnd::EmptyPage,
        ),
        (
            Err(Error::new(ErrorKind::ServerError, "x", "")),
            PagesEnd::Assumed,
        ),
    ] {
        let zero = Mutex::new(Some(zero));
        let (list, log) = pager(move |request| match request.page {
            0 => zero.lock().unwrap().take().unwrap(),
            _ => Ok(Page::new(vec![])),
        });
        assert_eq!(
            end(list.identified_by(ToString::to_string)).await,
            (Some(expected), false)
        );
        assert_eq!(*log.lock().unwrap(), [1, 0]);
    }
    let (announced, log) = pager(|_| Ok(Page::new(vec![]).total(0)));
    assert_eq!(end(announced).await, (Some(PagesEnd::EmptyPage), false));
    assert_eq!(*log.lock().unwrap(), [1], "an announced list needs no probe");
}
