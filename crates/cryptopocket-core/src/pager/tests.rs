use std::sync::{Arc, Mutex};

use cryptopocket_types::reading::{FromJson as _, Surprises};

use super::{Page, PageRequest, Pager, PagesEnd};
use crate::error::{Error, ErrorKind};

mod zero;

type Log = Arc<Mutex<Vec<u32>>>;

fn pager(give: impl Fn(PageRequest) -> Result<Page<u32>, Error> + Send + 'static) -> (Pager<u32>, Log) {
    let log = Log::default();
    let kept = Arc::clone(&log);
    let pager = Pager::new(move |request| {
        kept.lock().unwrap().push(request.page);
        // A pager that does not notice the end would ask for ever.
        assert!(kept.lock().unwrap().len() < 100, "the list never ends");
        Box::pin(std::future::ready(give(request)))
    });
    (pager, log)
}

/// Pages of two: page 1 has 2 and 3.
fn two(request: PageRequest) -> Page<u32> {
    Page::new(vec![request.page * 2, request.page * 2 + 1])
}

async fn all(pager: Pager<u32>) -> Vec<u32> {
    pager.collect_all(usize::MAX).await.unwrap()
}

#[tokio::test]
async fn last_page_ends_list() {
    let (pager, log) = pager(|request| Ok(two(request).current(request.page).last(3)));
    assert_eq!(all(pager).await, [2, 3, 4, 5, 6, 7]);
    assert_eq!(*log.lock().unwrap(), [1, 2, 3]);
}

#[tokio::test]
async fn total_ends_list_without_last_page() {
    let (pager, log) = pager(|request| Ok(two(request).total(4)));
    assert_eq!(all(pager).await, [2, 3, 4, 5]);
    assert_eq!(*log.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn empty_page_ends_list() {
    let (pager, _) = pager(|request| {
        Ok(if request.page < 3 {
            two(request).current(request.page)
        } else {
            Page::new(vec![])
        })
    });
    assert_eq!(all(pager).await, [2, 3, 4, 5]);
}

#[tokio::test]
async fn list_without_announcements_is_one_page() {
    let (pager, log) = pager(|_| Ok(Page::new(vec![1, 2])));
    assert_eq!(all(pager).await, [1, 2]);
    assert_eq!(*log.lock().unwrap(), [1]);
}

#[tokio::test]
async fn repeated_page_ends_list_of_unknown_length() {
    let (pager, _) = pager(|_| Ok(Page::new(vec![1, 2])));
    assert_eq!(all(pager.identified_by(ToString::to_string)).await, [1, 2]);
}

#[tokio::test]
async fn repeated_page_before_announced_end_is_error() {
    for with_number in [true, false] {
        let (pager, _) = pager(move |_| Ok(Page::new(vec![1, 2]).current(with_number.then_some(1)).last(9)));
        let mut items = pager.identified_by(ToString::to_string).items();
        assert_eq!(items.next().await.unwrap().unwrap(), 1);
        assert_eq!(items.next().await.unwrap().unwrap(), 2);
        assert_eq!(
            items.next().await.unwrap().unwrap_err().kind(),
            ErrorKind::UnexpectedReply
        );
        assert!(items.next().await.is_none());
    }
}

#[tokio::test]
async fn ignored_resume_page_is_error() {
    let (pager, _) = pager(|_| Ok(Page::new(vec![1, 2]).current(1).last(9)));
    assert!(pager.from_page(5).collect_all(10).await.is_err());
}

#[tokio::test]
async fn take_fetches_no_further_page() {
    let (pager, log) = pager(|request| Ok(two(request).current(request.page).last(9)));
    assert_eq!(pager.take(4).await.unwrap(), [2, 3, 4, 5]);
    assert_eq!(*log.lock().unwrap(), [1, 2]);
}

#[tokio::test]
async fn list_longer_than_limit_is_error() {
    for (limit, whole) in [(1, false), (3, false), (4, true), (5, true)] {
        let (pager, _) = pager(|request| Ok(two(request).current(request.page).last(2)));
        match pager.collect_all(limit).await {
            Ok(all) => assert!(whole && all.len() == 4, "{limit}"),
            Err(error) => {
                assert!(!whole, "{limit}");
                assert_eq!(error.kind(), ErrorKind::Conflict);
                let items = if limit == 1 { "1 item" } else { "3 items" };
                assert_eq!(error.to_string(), format!("the list has more than {items}"));
            }
        }
    }
}

#[tokio::test]
async fn list_resumes_after_error() {
    let fails = |request: PageRequest| match request.page {
        3 => Err(Error::new(ErrorKind::ServerError, "x", "")),
        _ => Ok(two(request).current(request.page).last(4)),
    };
    let (first, _) = pager(fails);
    let mut pages = first.pages();
    assert_eq!(pages.next().await.unwrap().unwrap().into_items(), [2, 3]);
    assert_eq!(pages.next().await.unwrap().unwrap().into_items(), [4, 5]);
    assert!(pages.next().await.unwrap().is_err());
    assert!(pages.next().await.is_none());
    assert_eq!(pages.resume_page(), 3);
    let (second, _) = pager(|request| Ok(two(request).current(request.page).last(4)));
    assert_eq!(all(second.from_page(pages.resume_page())).await, [6, 7, 8, 9]);
}

#[tokio::test]
async fn unreturned_items_count_for_resuming() {
    let (pager, _) = pager(|request| Ok(two(request).current(request.page).last(4)));
    let mut items = pager.per_page(2).items();
    for expected in [1, 1, 2, 2, 3] {
        assert_eq!(items.resume_page(), expected);
        items.next().await.unwrap().unwrap();
    }
}

async fn end(list: Pager<u32>) -> (Option<PagesEnd>, bool) {
    let mut pages = list.pages();
    let mut has_failed = false;
    while let Some(page) = pages.next().await {
        has_failed |= page.is_err();
    }
    (pages.ended(), has_failed)
}

fn full_up_to(request: PageRequest, full: u32) -> Page<u32> {
    match request.page {
        // Page 0 is page 1, as in Laravel.
        0 if full > 0 => two(PageRequest { page: 1, ..request }),
        page if page <= full => two(request),
        _ => Page::new(vec![]),
    }
}

#[tokio::test]
async fn list_tells_how_it_ended() {
    type Give = fn(PageRequest) -> Page<u32>;
    let cases: [(Give, Option<PagesEnd>); 13] = [
        (
            |request| full_up_to(request, 3).current(request.page.max(1)).last(3),
            Some(PagesEnd::Announced),
        ),
        (
            |request| two(request).current(request.page).last(3),
            Some(PagesEnd::CountedFromZero),
        ),
        (|request| two(request).total(4), Some(PagesEnd::Announced)),
        (|request| two(request).last(2).total(4), Some(PagesEnd::Announced)),
        (|request| two(request).last(2).total(5), Some(PagesEnd::Doubtful)),
        (|request| two(request).last(0), Some(PagesEnd::Doubtful)),
        (|request| full_up_to(request, 3), Some(PagesEnd::EmptyPage)),
        (
            |request| full_up_to(request, 0).total(0).last(1),
            Some(PagesEnd::EmptyPage),
        ),
        (|request| full_up_to(request, 1).last(3), Some(PagesEnd::Doubtful)),
        (
            |request| full_up_to(request, 0).total(7),
            Some(PagesEnd::Doubtful),
        ),
        (
            |request| full_up_to(request, 2).total(7),
            Some(PagesEnd::Doubtful),
        ),
        (|_| Page::new(vec![1, 2]), Some(PagesEnd::Repeated)),
        (|_| Page::new(vec![1, 2]).current(1), Some(PagesEnd::Repeated)),
    ];
    for (number, (give, expected)) in cases.into_iter().enumerate() {
        let (pager, _) = pager(move |request| Ok(give(request)));
        let outcome = end(pager.identified_by(ToString::to_string)).await;
        assert_eq!(outcome, (expected, false), "case {number}");
    }
    let (unpaged, _) = pager(|_| Ok(Page::new(vec![1, 2])));
    assert_eq!(end(unpaged).await, (Some(PagesEnd::Assumed), false));
    let (failing, _) = pager(|_| Err(Error::new(ErrorKind::ServerError, "x", "")));
    assert_eq!(end(failing).await, (Some(PagesEnd::Failed), true));
}

#[tokio::test]
async fn only_announced_and_empty_page_are_proof() {
    assert!(PagesEnd::Announced.is_proven() && PagesEnd::EmptyPage.is_proven());
    for end in [
        PagesEnd::Repeated,
        PagesEnd::Assumed,
        PagesEnd::Doubtful,
        PagesEnd::Failed,
    ] {
        assert!(!end.is_proven(), "{end:?}");
    }
    let (pager, _) = pager(|request| Ok(two(request).last(1)));
    let mut items = pager.items();
    assert_eq!(items.ended(), None);
    items.next().await.unwrap().unwrap();
    assert_eq!(items.ended(), None, "an item is left");
    items.next().await.unwrap().unwrap();
    assert_eq!(items.ended(), Some(PagesEnd::Announced));
}

#[tokio::test]
async fn shuffled_pages_are_error() {
    for total in [None, Some(9)] {
        let (list, log) = pager(move |request| {
            let items = if request.page % 2 == 1 {
                vec![1, 2]
            } else {
                vec![2, 1]
            };
            Ok(Page::new(items).total(total))
        });
        let mut pages = list.identified_by(ToString::to_string).pages();
        assert!(pages.next().await.unwrap().is_ok());
        let error = pages.next().await.unwrap().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
        assert!(pages.next().await.is_none());
        assert_eq!(pages.ended(), Some(PagesEnd::Failed));
        assert_eq!(*log.lock().unwrap(), [1, 2]);
    }
}

#[tokio::test]
async fn repeated_page_below_total_is_error() {
    let (pager, _) = pager(|_| Ok(Page::new(vec![1, 2]).total(9)));
    assert_eq!(
        end(pager.identified_by(ToString::to_string)).await,
        (Some(PagesEnd::Failed), true)
    );
}

#[tokio::test]
async fn unrequested_page_with_new_items_is_error() {
    let (pager, _) = pager(|request| Ok(two(request).current(1)));
    assert_eq!(
        end(pager.identified_by(ToString::to_string)).await,
        (Some(PagesEnd::Failed), true)
    );
}

#[tokio::test]
async fn items_of_shifted_pages_come_once() {
    // One item was created while page 1 was read, so page 2 begins with the last item of page 1.
    let shifted = |request: PageRequest| match request.page {
        1 => Page::new(vec![1, 2]).total(4).last(3).current(1),
        2 => Page::new(vec![2, 3]).total(5).last(3).current(2),
        page => Page::new(vec![4, 9]).total(5).last(3).current(page),
    };
    let (list, _) = pager(move |request| Ok(shifted(request)));
    assert_eq!(
        all(list.identified_by(ToString::to_string)).await,
        [1, 2, 3, 4, 9]
    );
}

#[tokio::test]
async fn list_that_shrank_meanwhile_proves_nothing() {
    // Item 1 is removed while page 1 is read, so item 3 moves to page 1 and is never seen.
    type Give = fn(PageRequest) -> Page<u32>;
    let cases: [Give; 3] = [
        |request| match request.page {
            1 => Page::new(vec![1, 2]).total(4),
            _ => Page::new(vec![4]).total(3),
        },
        |request| match request.page {
            1 => Page::new(vec![1, 2]).total(3),
            _ => Page::new(vec![]).total(2),
        },
        |request| match request.page {
            1 => Page::new(vec![1, 2]).last(3),
            2 => Page::new(vec![4, 5]).last(2),
            page => full_up_to(PageRequest { page, ..request }, 1).last(2),
        },
    ];
    for (number, give) in cases.into_iter().enumerate() {
        let list = || {
            pager(move |request| Ok(give(request)))
                .0
                .identified_by(ToString::to_string)
        };
        let ended = end(list()).await;
        assert_eq!(ended, (Some(PagesEnd::Doubtful), false), "case {number}");
        assert!(list().collect_all(99).await.is_err(), "case {number}");
    }
}

#[tokio::test]
async fn list_shorter_than_announced_is_not_collected() {
    type Give = fn(PageRequest) -> Page<u32>;
    let cases: [Give; 4] = [
        |request| two(request).last(2).total(5),
        |request| full_up_to(request, 1).last(3),
        |request| full_up_to(request, 0).total(7),
        |request| two(request).last(0),
    ];
    for (number, give) in cases.into_iter().enumerate() {
        let (list, _) = pager(move |request| Ok(give(request)));
        let error = list
            .identified_by(ToString::to_string)
            .collect_all(99)
            .await
            .unwrap_err();
        assert_eq!(error.kind(), ErrorKind::UnexpectedReply, "case {number}");
        assert!(
            error.to_string().contains("than the provider announced"),
            "{error}"
        );
    }
}

/// A page whose middle row cannot be read, as the last of its list.
fn with_odd_row() -> Page<u32> {
    let page = Page::from_json(
        r#"{"data":[1,"two",3],"meta":{"last_page":1}}"#,
        &mut Surprises::new(),
    );
    page.unwrap()
}

#[tokio::test]
async fn odd_row_costs_itself_and_the_proof() {
    let (list, _) = pager(|_| Ok(with_odd_row()));
    let mut items = list.items();
    let mut read = Vec::new();
    while let Some(item) = items.next().await {
        read.push(item.unwrap());
    }
    assert_eq!(read, [1, 3]);
    let texts: Vec<_> = items.unreadable().iter().map(|row| row.raw.get()).collect();
    assert_eq!(texts, [r#""two""#]);
    assert_eq!(items.ended(), Some(PagesEnd::Unreadable));
    assert!(!PagesEnd::Unreadable.is_proven());
}

#[tokio::test]
async fn rows_come_in_their_order() {
    let (list, _) = pager(|_| Ok(with_odd_row()));
    let mut rows = list.items();
    let mut read = Vec::new();
    while let Some(row) = rows.next_row().await {
        read.push(row.unwrap().ok());
    }
    assert_eq!(read, [Some(1), None, Some(3)]);
}

#[tokio::test]
async fn odd_row_is_never_left_out_of_a_sum() {
    let (list, _) = pager(|_| Ok(with_odd_row()));
    let error = list.collect_all(10).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnexpectedReply);
    assert!(!error.to_string().contains("two"), "{error}");
}
