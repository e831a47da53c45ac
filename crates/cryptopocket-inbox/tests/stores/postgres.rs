//! What is particular to the PostgreSQL store.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::{Delivery, ErrorKind, EventState, Failure, Filter, Handler, Inbox};
use cryptopocket_webhooks::Sighting;
use sqlx::{Executor as _, PgConnection};
use tokio::sync::{Notify, oneshot};

use crate::cluster::{Cluster, shared};
use crate::stage::{Effects as _, OVER_A_LEASE, body, in_time, in_virtual_time, key, note, receive};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_store_each_event_once() {
    let Some(cluster) = shared() else { return };
    let (first, second) = cluster.two_stores().await;
    let machines = [Inbox::new(first), Inbox::new(second)];
    let deliveries: Vec<_> = (0..400)
        .map(|number| {
            let inbox = machines[number % 2].clone();
            // Forty events, each five times at each machine, in an order that would tempt two batches to a deadlock.
            let id = if number % 2 == 0 {
                number / 2 % 40
            } else {
                39 - number / 2 % 40
            };
            tokio::spawn(async move {
                receive(&inbox, &body(&format!("p{id}"), ""))
                    .await
                    .unwrap()
                    .sighting
            })
        })
        .collect();
    let mut new = 0;
    for delivery in deliveries {
        new += u32::from(delivery.await.unwrap() == Sighting::New);
    }
    assert_eq!(new, 40);
    assert_eq!(machines[1].list(Filter::all(), 100).await.unwrap().len(), 40);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_machines_handle_each_event_once() {
    let Some(cluster) = shared() else { return };
    let (first, second) = cluster.two_stores().await;
    let machines = [Inbox::new(first), Inbox::new(second)];
    for number in 0..100 {
        receive(&machines[0], &body(&format!("p{number}"), ""))
            .await
            .unwrap();
    }
    let claims = tokio::join!(machines[0].claim(30), machines[1].claim(30));
    let claims: Vec<_> = claims.0.unwrap().into_iter().chain(claims.1.unwrap()).collect();
    let distinct: HashSet<_> = claims
        .iter()
        .map(|claim| claim.delivery.key().to_owned())
        .collect();
    assert_eq!((claims.len(), distinct.len()), (60, 60));
    for claim in claims {
        machines[0].release(claim).await.unwrap();
    }
    let done = tokio::join!(
        machines[0].run_until_idle(note::<PostgresStore>()),
        machines[1].run_until_idle(note::<PostgresStore>()),
    );
    assert_eq!(done.0.unwrap() + done.1.unwrap(), 100);
    let noted: HashSet<_> = machines[0].store().noted().await.into_iter().collect();
    assert_eq!(noted.len(), 100);
}

/// Takes as long as a test wants.
struct Gated {
    entered: Arc<Notify>,
    gate: Arc<Notify>,
}

impl Handler<PgConnection> for Gated {
    async fn handle(&self, delivery: &Delivery, transaction: &mut PgConnection) -> Result<(), Failure> {
        self.entered.notify_one();
        self.gate.notified().await;
        PostgresStore::note(transaction, delivery.key()).await
    }
}

#[tokio::test]
async fn event_in_a_transaction_is_not_claimed_even_over_its_lease() {
    let Some(cluster) = shared() else { return };
    let (builder, runtime) = in_virtual_time(cluster.store().await);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    let (entered, gate) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let handler = Gated {
        entered: Arc::clone(&entered),
        gate: Arc::clone(&gate),
    };
    let slow = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.complete(claim, Arc::new(handler)).await }
    });
    entered.notified().await;
    runtime.clock().advance(OVER_A_LEASE);
    assert_eq!(inbox.claim(1).await.unwrap().len(), 0);
    gate.notify_one();
    slow.await.unwrap().unwrap();
    assert_eq!(inbox.store().noted().await, [key("p1")]);
}

#[tokio::test]
async fn worker_of_another_machine_wakes() {
    let Some(cluster) = shared() else { return };
    let (first, second) = cluster.two_stores().await;
    let taking = Inbox::new(first);
    // Longer than any test: only LISTEN ends the wait.
    let handling = Inbox::builder(second)
        .poll_interval(Duration::from_hours(1))
        .build();
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = tokio::spawn({
        let inbox = handling.clone();
        async move {
            inbox
                .run(note::<PostgresStore>(), async { drop(stopped.await) })
                .await
        }
    });
    for id in ["p1", "p2"] {
        receive(&taking, &body(id, "")).await.unwrap();
        in_time(noting(taking.store(), &key(id))).await;
    }
    stop.send(()).unwrap();
    worker.await.unwrap().unwrap();
}

/// Waits until the effect of this event is the last one.
async fn noting(store: &PostgresStore, key: &str) {
    while store.noted().await.last().map(String::as_str) != Some(key) {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn notification_lost_with_the_listener_is_made_up() {
    let Some(cluster) = shared() else { return };
    let taking = cluster.store().await;
    let options = taking.pool().connect_options().as_ref().clone();
    let pool = sqlx::PgPool::connect_with(options.application_name("loses its listener"));
    let handling = Inbox::builder(PostgresStore::with_pool(pool.await.unwrap()).await.unwrap())
        .poll_interval(Duration::from_hours(1))
        .build();
    let worker = tokio::spawn(async move {
        handling
            .run(note::<PostgresStore>(), std::future::pending())
            .await
    });
    let taking = Inbox::new(taking);
    let cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE application_name = 'loses its listener' AND query LIKE 'LISTEN%'";
    for id in ["p1", "p2"] {
        receive(&taking, &body(id, "")).await.unwrap();
        in_time(noting(taking.store(), &key(id))).await;
        // The second event comes while nothing listens.
        taking.store().pool().execute(cut).await.unwrap();
    }
    worker.abort();
}

/// Breaks a constraint that only the commit checks.
struct BreaksTheCommit;

impl Handler<PgConnection> for BreaksTheCommit {
    async fn handle(&self, delivery: &Delivery, transaction: &mut PgConnection) -> Result<(), Failure> {
        PostgresStore::note(transaction, delivery.key()).await?;
        transaction
            .execute("INSERT INTO child (parent) VALUES (7)")
            .await?;
        Ok(())
    }
}

#[tokio::test]
async fn handler_that_breaks_the_commit_fails() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    let tables = "CREATE TABLE parent (id INTEGER PRIMARY KEY);
        CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)";
    inbox.store().pool().execute(tables).await.unwrap();
    receive(&inbox, &body("p1", "")).await.unwrap();
    assert_eq!(inbox.run_until_idle(BreaksTheCommit).await.unwrap(), 0);
    let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
    assert_eq!(event.attempts, 1);
    assert!(event.reason.as_deref().unwrap().contains("foreign key"));
    assert_eq!(inbox.store().noted().await, Vec::<String>::new());
}

/// Runs a statement and reports no failure of it.
struct Careless(&'static str);

impl Handler<PgConnection> for Careless {
    async fn handle(&self, delivery: &Delivery, transaction: &mut PgConnection) -> Result<(), Failure> {
        PostgresStore::note(transaction, delivery.key()).await?;
        let _ = transaction.execute(self.0).await;
        Ok(())
    }
}

#[tokio::test]
async fn event_of_a_rolled_back_handler_is_not_done() {
    let Some(cluster) = shared() else { return };
    for (statement, reason) in [
        (
            "INSERT INTO missing VALUES (1)",
            "went on after a statement that failed",
        ),
        ("ROLLBACK", "ended the transaction"),
    ] {
        let inbox = Inbox::new(cluster.store().await);
        receive(&inbox, &body("p1", "")).await.unwrap();
        assert_eq!(inbox.run_until_idle(Careless(statement)).await.unwrap(), 0);
        let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
        assert_eq!((event.state, event.attempts), (EventState::Ready, 1));
        assert!(event.reason.as_deref().unwrap().contains(reason));
        assert_eq!(inbox.store().noted().await, Vec::<String>::new());
    }
}

#[tokio::test]
async fn column_added_to_an_open_store_disturbs_no_claim() {
    let Some(cluster) = shared() else { return };
    let (builder, runtime) = in_virtual_time(cluster.store().await);
    let inbox = builder.build();
    receive(&inbox, &body("p1", "")).await.unwrap();
    for add in [
        "SELECT 1",
        "ALTER TABLE cryptopocket_inbox_events ADD COLUMN own TEXT",
    ] {
        inbox.store().pool().execute(add).await.unwrap();
        // More often than there are connections, each of which has prepared the statement.
        for _ in 0..12 {
            let claim = inbox.claim(1).await.unwrap().remove(0);
            inbox.release(claim).await.unwrap();
            runtime.clock().advance(Duration::from_secs(1));
        }
    }
}

#[tokio::test]
async fn older_program_refuses_a_newer_store() {
    let Some(cluster) = shared() else { return };
    let (first, second) = cluster.two_stores().await;
    let inbox = Inbox::new(first);
    receive(&inbox, &body("p1", "")).await.unwrap();
    let upgrade = "INSERT INTO cryptopocket_inbox_version (version) VALUES (99)";
    second.pool().execute(upgrade).await.unwrap();
    let refused = receive(&inbox, &body("p2", "")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooNew);
    assert_eq!(inbox.claim(1).await.unwrap_err().kind(), ErrorKind::TooNew);
    let reopened = PostgresStore::with_pool(second.pool().clone()).await.unwrap_err();
    assert_eq!(reopened.kind(), ErrorKind::TooNew);
}

#[tokio::test]
async fn store_of_the_first_version_is_migrated() {
    let Some(cluster) = shared() else { return };
    let (first, second) = cluster.two_stores().await;
    let downgrade = "DROP TABLE cryptopocket_inbox_quarantine, cryptopocket_inbox_journal, cryptopocket_inbox_objects,
        cryptopocket_inbox_changes, cryptopocket_inbox_tracker, cryptopocket_inbox_answers, cryptopocket_inbox_polls;
        UPDATE cryptopocket_inbox_version SET version = 1";
    second.pool().execute(downgrade).await.unwrap();
    let inbox = Inbox::new(first);
    let refused = receive(&inbox, &body("p1", "")).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::TooNew);
    let inbox = Inbox::new(PostgresStore::with_pool(second.pool().clone()).await.unwrap());
    receive(&inbox, &body("p1", "")).await.unwrap();
    let changed = receive(&inbox, &body("p1", r#","status":"x""#)).await.unwrap();
    assert_eq!(changed.sighting, Sighting::Changed);
}

#[tokio::test]
async fn read_only_database_is_reported_and_survived() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    let pool = inbox.store().pool();
    // As after a fail-over to a standby. New connections take the setting.
    let restricted = cluster
        .options()
        .options([("default_transaction_read_only", "on")]);
    let search_path: String = sqlx::query_scalar("SHOW search_path")
        .fetch_one(pool)
        .await
        .unwrap();
    let restricted = restricted.options([("search_path", search_path)]);
    let standby = sqlx::PgPool::connect_with(restricted).await.unwrap();
    let opened = PostgresStore::with_pool(standby).await.unwrap_err();
    assert_eq!(opened.kind(), ErrorKind::ReadOnly);
    receive(&inbox, &body("p1", "")).await.unwrap();
}

#[tokio::test]
async fn database_that_was_gone_is_used_again() {
    let Some(mut cluster) = Cluster::start() else {
        return;
    };
    let store = cluster.store().await;
    let inbox = Inbox::builder(store)
        .poll_interval(Duration::from_millis(20))
        .build();
    let worker = tokio::spawn({
        let inbox = inbox.clone();
        async move { inbox.run(note::<PostgresStore>(), std::future::pending()).await }
    });
    receive(&inbox, &body("p1", "")).await.unwrap();
    cluster
        .restart(async {
            let error = receive(&inbox, &body("p2", "")).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        })
        .await;
    // Connections that broke are found out one by one.
    while receive(&inbox, &body("p2", "")).await.is_err() {}
    while inbox.store().noted().await != [key("p1"), key("p2")] {
        tokio::task::yield_now().await;
    }
    worker.abort();
}

#[tokio::test]
async fn acknowledged_event_is_synced_whatever_the_default() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    let pool = inbox.store().pool();
    // The trigger sees the setting of the transaction that stores the event.
    let watch = "CREATE TABLE seen (setting TEXT);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO seen VALUES (current_setting('synchronous_commit')); RETURN NEW; END $$;
        CREATE TRIGGER see BEFORE INSERT ON cryptopocket_inbox_events FOR EACH ROW EXECUTE FUNCTION see()";
    pool.execute(watch).await.unwrap();
    let options = pool
        .connect_options()
        .as_ref()
        .clone()
        .options([("synchronous_commit", "off")]);
    let lax = Inbox::new(
        PostgresStore::with_pool(sqlx::PgPool::connect_with(options).await.unwrap())
            .await
            .unwrap(),
    );
    receive(&lax, &body("p1", "")).await.unwrap();
    let seen: Vec<String> = sqlx::query_scalar("SELECT setting FROM seen")
        .fetch_all(pool)
        .await
        .unwrap();
    assert_eq!(seen, ["on"]);
}

#[tokio::test]
async fn failed_erasure_tells_its_own_cause() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    sqlx::query("ALTER TABLE cryptopocket_inbox_events RENAME COLUMN body TO text")
        .execute(inbox.store().pool())
        .await
        .unwrap();
    let failed = inbox.erase_bodies(Duration::ZERO).await.unwrap_err();
    let cause = std::error::Error::source(&failed).unwrap().to_string();
    assert!(cause.contains("body"), "{cause}");
}
