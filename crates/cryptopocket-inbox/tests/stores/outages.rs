//! Failures of a PostgreSQL database: a clear error, no acknowledgement that is not kept, recovery without a restart.

use std::sync::Arc;

use cryptopocket_inbox::postgres::PostgresStore;
use cryptopocket_inbox::{ErrorKind, EventState, Filter, Inbox};
use cryptopocket_webhooks::Sighting;
use sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::cluster::shared;
use crate::proxy::{Cut, Proxy};
use crate::stage::{Effects as _, body, in_time, key, note, receive};

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
        let direct = cluster.store().await;
        let proxy = Proxy::start(cluster.socket());
        let options = direct.pool().connect_options().as_ref().clone();
        let pool = sqlx::PgPool::connect_with(options.socket(proxy.socket()));
        let inbox = Inbox::new(PostgresStore::with_pool(pool.await.unwrap()).await.unwrap());
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
            Cut::AfterCommit => (EventState::Done, vec![key("p1")]),
        };
        assert_eq!(
            (event.state, event.attempts, event.lost),
            (state, 0, 0),
            "{cut:?}"
        );
        assert_eq!(direct.noted().await, noted);
    }
}

#[tokio::test]
async fn refused_event_harms_no_other_of_its_group() {
    let Some(cluster) = shared() else { return };
    let inbox = Inbox::new(cluster.store().await);
    let refuse = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'refused'; END $$;
         CREATE TRIGGER refuse BEFORE INSERT ON cryptopocket_inbox_events
             FOR EACH ROW WHEN (NEW.key = 'PAY_IN|id:bad') EXECUTE FUNCTION refuse()";
    inbox.store().pool().execute(sqlx::raw_sql(refuse)).await.unwrap();
    let bodies = ["p1", "bad", "p2"].map(|id| body(id, ""));
    // They wait together, so one statement would store them.
    let (first, bad, second) = tokio::join!(
        receive(&inbox, &bodies[0]),
        receive(&inbox, &bodies[1]),
        receive(&inbox, &bodies[2]),
    );
    assert_eq!(bad.unwrap_err().kind(), ErrorKind::Database);
    assert_eq!(first.unwrap().sighting, Sighting::New);
    assert_eq!(second.unwrap().sighting, Sighting::New);
    assert_eq!(kept(&inbox).await, [key("p1"), key("p2")]);
}
