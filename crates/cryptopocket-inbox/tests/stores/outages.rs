//! Failures of a PostgreSQL database: a clear error, no acknowledgement that is not kept, recovery without a restart.

use std::sync::Arc;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::{Error, ErrorKind, EventState, Failure, Filter, Inbox, Receipt};
use cryptopocket_webhooks::Sighting;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::cluster::{Cluster, shared};
use crate::proxy::{Cut, Proxy};
use crate::stage::{Effects as _, body, in_time, key, note, note_then, receive};

async fn kept(inbox: &Inbox<PostgresStore>) -> Vec<String> {
    let events = inbox.list(Filter::all(), 100).await.unwrap();
    events.into_iter().map(|event| event.key).collect()
}

#[tokio::test]
async fn refusal_of_the_server_is_reported_and_survived() {
    let Some(cluster) = shared() else { return };
    // The server reports these when its disk is full, and when it has become a standby.
    for (code, kind) in [("53100", ErrorKind::Full), ("25006", ErrorKind::ReadOnly)] {
        let inbox = Inbox::new(cluster.store().await);
        receive(&inbox, &body("p1", "")).await.unwrap();
        let refuse = AssertSqlSafe(format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 RAISE EXCEPTION 'refused' USING ERRCODE = '{code}'; END $$;
             CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON cryptopocket_inbox_events
                 FOR EACH ROW EXECUTE FUNCTION refuse()"
        ));
        inbox.store().pool().execute(sqlx::raw_sql(refuse)).await.unwrap();
        for error in [
            receive(&inbox, &body("p2", "")).await.unwrap_err(),
            inbox.claim(1).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), kind, "{error}");
            assert!(!error.hint().is_empty());
        }
        assert_eq!(kept(&inbox).await, [key("p1")]);
        let permit = "DROP TRIGGER refuse ON cryptopocket_inbox_events";
        inbox.store().pool().execute(permit).await.unwrap();
        assert_eq!(
            receive(&inbox, &body("p2", "")).await.unwrap().sighting,
            Sighting::New
        );
        assert_eq!(inbox.run_until_idle(note::<PostgresStore>()).await.unwrap(), 2);
        assert_eq!(inbox.store().noted().await, [key("p1"), key("p2")]);
    }
}

#[tokio::test]
async fn lock_of_another_session_is_reported_and_survived() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    let options = inbox.store().pool().connect_options().as_ref().clone();
    let mut other = PgConnection::connect_with(&options).await.unwrap();
    let mut held = other.begin().await.unwrap();
    held.execute("LOCK TABLE cryptopocket_inbox_events IN EXCLUSIVE MODE")
        .await
        .unwrap();
    let error = in_time(receive(&inbox, &body("p1", ""))).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Locked, "{error}");
    held.rollback().await.unwrap();
    assert_eq!(kept(&inbox).await, Vec::<String>::new());
    assert_eq!(
        receive(&inbox, &body("p1", "")).await.unwrap().sighting,
        Sighting::New
    );
}

#[tokio::test]
async fn connection_cut_at_the_commit_doubles_and_loses_nothing() {
    let Some(cluster) = shared() else { return };
    for (cut, again) in [
        (Cut::BeforeCommit, Sighting::New),
        (Cut::AfterCommit, Sighting::Duplicate),
    ] {
        let proxy = Proxy::start(cluster.socket());
        let (inbox, direct) = proxied(cluster, &proxy).await;
        proxy.cut_next(cut);
        let error = receive(&inbox, &body("p1", "")).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
        assert_eq!(receive(&inbox, &body("p1", "")).await.unwrap().sighting, again);

        let claim = inbox.claim(1).await.unwrap().remove(0);
        proxy.cut_next(cut);
        let completed = inbox.complete(claim, Arc::new(note::<PostgresStore>())).await;
        assert_eq!(completed.unwrap_err().kind(), ErrorKind::Unavailable);
        let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
        let (state, noted) = match cut {
            Cut::BeforeCommit => (EventState::Ready, vec![]),
            _ => (EventState::Done, vec![key("p1")]),
        };
        assert_eq!(
            (event.state, event.attempts, event.lost),
            (state, 0, 0),
            "{cut:?}"
        );
        assert_eq!(direct.noted().await, noted);
    }
}

/// An inbox that reaches its database through a proxy, and a store that reaches it directly.
async fn proxied(cluster: &Cluster, proxy: &Proxy) -> (Inbox<PostgresStore>, PostgresStore) {
    let direct = cluster.store().await;
    let options = direct.pool().connect_options().as_ref().clone();
    let pool = sqlx::PgPool::connect_with(options.socket(proxy.socket()));
    let store = PostgresStore::with_pool(pool.await.unwrap()).await.unwrap();
    (Inbox::new(store), direct)
}

#[tokio::test]
async fn outage_during_a_handler_is_no_attempt() {
    let Some(cluster) = shared() else { return };
    let proxy = Arc::new(Proxy::start(cluster.socket()));
    let (inbox, direct) = proxied(cluster, &proxy).await;
    receive(&inbox, &body("p1", "")).await.unwrap();
    let claim = inbox.claim(1).await.unwrap().remove(0);
    let cutter = Arc::clone(&proxy);
    let handler = note_then::<PostgresStore, _>(move |_| {
        cutter.cut_next(Cut::BeforeRollback);
        Err(Failure::dead("no such account"))
    });
    let error = inbox.complete(claim, Arc::new(handler)).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(std::error::Error::source(&error).is_some());
    let event = &inbox.list(Filter::all(), 1).await.unwrap()[0];
    assert_eq!((event.state, event.attempts), (EventState::Ready, 0));
    assert_eq!(direct.noted().await, Vec::<String>::new());
}

/// Receives a bad event between two good ones. They wait together, so one statement would store them.
async fn receive_with_a_bad_one(inbox: &Inbox<PostgresStore>) -> [Result<Receipt, Error>; 3] {
    let bodies = ["p1", "bad", "p2"].map(|id| body(id, ""));
    let [first, bad, second] = bodies.each_ref().map(|body| receive(inbox, body));
    tokio::join!(first, bad, second).into()
}

async fn assert_bad_alone_is_refused(inbox: &Inbox<PostgresStore>) {
    let [first, bad, second] = receive_with_a_bad_one(inbox).await;
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Database);
    assert_eq!(first.unwrap().sighting, Sighting::New);
    assert_eq!(second.unwrap().sighting, Sighting::New);
    assert_eq!(kept(inbox).await, [key("p1"), key("p2")]);
}

#[tokio::test]
async fn refused_event_harms_no_other_of_its_group() {
    let Some(cluster) = shared() else { return };
    for refusal in [
        "RAISE EXCEPTION 'refused'",
        "RAISE EXCEPTION 'refused' USING ERRCODE = '42501'",
        "INSERT INTO dropped VALUES (1)",
        "PERFORM dropped(1)",
        "NEW.dropped := 1",
    ] {
        let inbox = Inbox::new(cluster.store().await);
        let refuse = AssertSqlSafe(format!(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.key = 'PAY_IN|id:bad' THEN {refusal}; END IF; RETURN NEW; END $$;
             CREATE TRIGGER refuse BEFORE INSERT ON cryptopocket_inbox_events
                 FOR EACH ROW EXECUTE FUNCTION refuse()"
        ));
        inbox.store().pool().execute(sqlx::raw_sql(refuse)).await.unwrap();
        assert_bad_alone_is_refused(&inbox).await;
    }
}

#[tokio::test]
async fn event_refused_by_row_security_harms_no_other() {
    let Some(cluster) = shared() else { return };
    let owner = cluster.store().await;
    let restrict = "CREATE ROLE clerk;
        DO $$ BEGIN
            EXECUTE format('GRANT ALL ON SCHEMA %I TO clerk', current_schema());
            EXECUTE format('GRANT ALL ON ALL TABLES IN SCHEMA %I TO clerk', current_schema());
        END $$;
        ALTER TABLE cryptopocket_inbox_events ENABLE ROW LEVEL SECURITY;
        CREATE POLICY good ON cryptopocket_inbox_events USING (true) WITH CHECK (key <> 'PAY_IN|id:bad')";
    owner.pool().execute(restrict).await.unwrap();
    let options = owner.pool().connect_options().as_ref().clone();
    let pool = sqlx::PgPool::connect_with(options.options([("role", "clerk")]));
    let inbox = Inbox::new(PostgresStore::with_pool(pool.await.unwrap()).await.unwrap());
    assert_bad_alone_is_refused(&inbox).await;
}

#[tokio::test]
async fn missing_table_costs_one_transaction() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    // Each transaction reads the version; a sequence keeps its number after a rollback.
    let count = "CREATE SEQUENCE transactions;
        ALTER TABLE cryptopocket_inbox_version RENAME TO versions;
        CREATE VIEW cryptopocket_inbox_version AS
            SELECT version FROM (SELECT max(version) AS version FROM versions) AS latest,
                (SELECT nextval('transactions')) AS counted;
        DROP TABLE cryptopocket_inbox_events CASCADE";
    let pool = inbox.store().pool();
    pool.execute(count).await.unwrap();
    for result in receive_with_a_bad_one(&inbox).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::Database);
    }
    let counted = sqlx::query_scalar::<_, i64>("SELECT last_value FROM transactions");
    assert_eq!(counted.fetch_one(pool).await.unwrap(), 1);
}
