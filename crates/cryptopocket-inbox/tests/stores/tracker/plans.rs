//! Statements that must use an index, so that their cost does not grow with what is of no interest.

use cryptopocket_inbox::Store as _;
use cryptopocket_inbox::bind;
use cryptopocket_inbox::sql::{Columns as _, Connection as _, SqlStore};

/// What the sweeper, the gap report and the upkeep read, with their indexes.
const READS: &[(&str, &str)] = &[
    (
        "SELECT * FROM cryptopocket_inbox_objects WHERE (kind, id) > (-1, '') AND gap_since <= 5 ORDER BY kind, id LIMIT 500",
        "cryptopocket_inbox_gaps",
    ),
    (
        "SELECT * FROM cryptopocket_inbox_objects WHERE due_at <= 5 ORDER BY due_at, kind, id LIMIT 9",
        "cryptopocket_inbox_due",
    ),
    (
        "SELECT * FROM cryptopocket_inbox_journal
         WHERE due_at IS NOT NULL AND (due_at <= 5 OR due_at > 9) AND (held_until <= 5 OR held_until > 9)
         ORDER BY due_at LIMIT 9",
        "cryptopocket_inbox_due_calls",
    ),
];

/// 20,000 objects, of which 10 have a gap, are due, and have calls that are due.
const FILL: [&str; 2] = [
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO cryptopocket_inbox_objects (kind, id, state, tracked, expected, token, quiet, failures, due_at, gap_since)
     SELECT 0, 'p' || i, '', '', true, 0, 0, 0, CASE WHEN i <= 10 THEN 1 END, CASE WHEN i <= 10 THEN 1 END FROM n",
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
     INSERT INTO cryptopocket_inbox_journal
         (key, operation, request_hash, request, phase, recovered, token, held_until, due_at)
     SELECT 'k' || i, 'pay', '', '', 1, false, 0, 0, CASE WHEN i <= 10 THEN 1 END FROM n",
];

async fn plan<S: SqlStore>(store: &S, read: &'static str, column: &str) -> String {
    let rows = store.rows(read, bind![]).await.unwrap();
    let lines: Vec<_> = rows.iter().map(|row| row.word(column).unwrap()).collect();
    lines.join("\n")
}

#[tokio::test]
async fn sqlite_reads_what_is_of_interest() {
    let folder = tempfile::tempdir().unwrap();
    let store = crate::stage::sqlite(&folder).await;
    for (read, index) in READS {
        let plan = plan(
            &store,
            String::leak(format!("EXPLAIN QUERY PLAN {read}")),
            "detail",
        )
        .await;
        assert!(
            plan.contains(&format!("INDEX {index} ")) || plan.ends_with(index),
            "{plan}"
        );
    }
}

#[tokio::test]
async fn postgres_reads_what_is_of_interest() {
    let Some(cluster) = crate::cluster::shared() else {
        return;
    };
    let store = cluster.store().await;
    let analyze = "ANALYZE cryptopocket_inbox_objects, cryptopocket_inbox_journal";
    for sql in FILL.into_iter().chain([analyze]) {
        let change = store
            .transact(move |connection| Box::pin(async move { Ok(connection.change(sql, bind![]).await?) }));
        change.await.unwrap();
    }
    for (read, index) in READS {
        let plan = plan(&store, String::leak(format!("EXPLAIN {read}")), "QUERY PLAN").await;
        assert!(plan.contains(index), "{plan}");
    }
}
