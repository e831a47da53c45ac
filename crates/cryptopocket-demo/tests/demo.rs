//! The demo, heard by a listener.

use cryptopocket_demo::{Error, Event, Flow, Stopped, Summary, run};

async fn summary(seed: u64, flow: Flow) -> Summary {
    let mut last = None;
    let mut listener = |event: Event<'_>| {
        if let Event::Done(summary) = event {
            last = Some(summary.clone());
        }
        Ok(())
    };
    let result = run(seed, flow, &mut listener).await;
    result.expect("every check holds");
    last.expect("the last event")
}

#[tokio::test]
async fn all_flows_make_94_checks() {
    let summary = summary(7, Flow::All).await;
    assert!(summary.ok);
    assert_eq!((summary.checks, summary.exchanges.len()), (94, 5));
    assert!(summary.webhooks_verified.is_some_and(|count| count >= 10));
}

#[tokio::test]
async fn same_seed_gives_same_exchange() {
    let (first, second) = (summary(7, Flow::Onramp).await, summary(7, Flow::Onramp).await);
    assert_eq!(first.exchanges[0].received, second.exchanges[0].received);
    assert_eq!(first.exchanges[0].proof, second.exchanges[0].proof);
}

#[tokio::test]
async fn listener_can_stop_the_demo() {
    let mut steps = 0;
    let mut listener = |event: Event<'_>| match event {
        Event::Step(_) => {
            steps += 1;
            Err(Stopped)
        }
        _ => Ok(()),
    };
    let result = run(7, Flow::Offramp, &mut listener).await;
    assert!(matches!(result, Err(Error::Stopped)));
    assert_eq!(steps, 1);
}
