//! Starting, serving, stopping.

use std::error::Error;
use std::marker::PhantomData;
use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use cryptopocket::inbox::journal::Journal;
use cryptopocket::inbox::tracker::{Pace, Schedule, Tracker};
use cryptopocket::inbox::{Inbox, Intake};
use cryptopocket::webhooks::Verifier;
use cryptopocket::{Client, PaymentType};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder};
use tokio::net::TcpListener;
use tokio::sync::watch;

use crate::config::Config;
use crate::credit::Credit;
use crate::ledger::Ledger;
use crate::orders::{self, Shop};
use crate::seal;
use crate::upkeep::{keep_up, tidy};

/// Runs the shop until it is told to stop, then finishes what it has begun.
pub(crate) async fn run<S: Ledger>(store: S, config: Config) -> Result<(), Box<dyn Error>> {
    // A histogram with buckets can be added up over several machines, unlike a summary.
    let metrics = PrometheusBuilder::new()
        .set_buckets_for_metric(
            Matcher::Suffix("_seconds".to_owned()),
            &[0.01, 0.05, 0.25, 1.0, 5.0, 30.0, 300.0, 3600.0],
        )?
        .install_recorder()?;
    let client = Client::from_env()?;
    let mut inbox = Inbox::builder(store).lease(config.lease);
    if let Some(keyring) = config.keyring.clone() {
        inbox = inbox.keyring(keyring);
    }
    let inbox = inbox.alarm(|alarm| eprintln!("shop: {alarm}")).build();
    let mut journal = Journal::new(inbox.clone())
        .hold(config.hold)
        .grace(config.grace)
        .look_first(config.look_first);
    let has_key = config.keyring.is_some();
    if let Some(keyring) = config.keyring {
        journal = journal.keyring(keyring);
    }
    seal::check(&inbox, &journal, has_key).await?;
    let verifier = Verifier::new(client.session().credentials().secret().expose())?;
    let intake = Intake::new(inbox.clone(), verifier);
    let schedule =
        Schedule::default().method(&PaymentType::Transfer, Pace::new(config.poll, 10 * config.poll));
    let tracker = Tracker::new(inbox.clone())
        .schedule(schedule)
        // A poll that a crash cut off is taken over after twice that.
        .poll_limit(config.lease / 2)
        .on_change(Credit::<S>(PhantomData));
    let shop = Arc::new(Shop {
        client: client.clone(),
        inbox: inbox.clone(),
        journal: journal.clone(),
        tracker: tracker.clone(),
    });
    let app = Router::new()
        .route("/orders", post(orders::place::<S>))
        .route("/orders/{id}", get(orders::show::<S>))
        .route("/balances/{customer}", get(orders::balance::<S>))
        .with_state(Arc::clone(&shop))
        .nest("/webhooks", cryptopocket::inbox::axum::router(intake))
        .route("/metrics", get(move || async move { metrics.render() }));
    let listener = TcpListener::bind(&config.listen).await.map_err(|error| {
        let address = &config.listen;
        format!(
            "cannot listen on {address}: {error}. Stop what listens there, or set LISTEN to another address"
        )
    })?;
    // Before anybody is told that it runs, or a signal that comes at once ends it on the spot.
    let told = told_to_stop()?;
    println!("listening on http://{}", listener.local_addr()?);

    let (sender, stopped) = watch::channel(());
    let until = |mut stopped: watch::Receiver<()>| async move {
        // An error says that the sender is gone, which is a stop too.
        let _ = stopped.changed().await;
    };
    let worker = tokio::spawn({
        let (inbox, tracker, stopped) = (inbox.clone(), tracker.clone(), until(stopped.clone()));
        async move { inbox.run(tracker, stopped).await }
    });
    let sweeper = tokio::spawn({
        let stopped = until(stopped.clone());
        async move { tracker.run(client, stopped).await }
    });
    let tidy = tokio::spawn(tidy(Arc::clone(&shop)));
    let upkeep = tokio::spawn(keep_up(shop));
    let server = axum::serve(listener, app).with_graceful_shutdown(until(stopped));
    let server = tokio::spawn(server.into_future());

    told.await;
    println!("stopping");
    drop(sender);
    // First the endpoint, so that nothing new comes, then the events that are being handled. The upkeep may be cut off
    // anywhere: the next start goes on. Last the calls that nobody waits for any more, before the store that gets their answers.
    server.await??;
    worker.await??;
    sweeper.await??;
    for task in [tidy, upkeep] {
        task.abort();
        let _ = task.await;
    }
    journal.idle().await;
    inbox.close().await;
    println!("stopped");
    Ok(())
}

/// Completes at SIGTERM or Ctrl-C, which are caught from now on.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
