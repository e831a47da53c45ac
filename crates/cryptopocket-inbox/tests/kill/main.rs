//! Kills a process that takes webhooks over HTTP, at random moments, and counts what is left.
//!
//! Every delivery that got a 2xx must be stored, and every stored event must have its effect exactly once.
//! `CRYPTOPOCKET_KILLS=200` kills that often on each store; `CRYPTOPOCKET_KILL_SEED` repeats the choices of a run, though not
//! the timing of the system. A killed process leaves its writes to the operating system, so this says nothing about power
//! that fails.

#![allow(clippy::unwrap_used, reason = "a failure shows where it is")]

#[path = "../stores/cluster.rs"]
mod cluster;
mod driver;
mod service;
mod subject;

use subject::Subject;

fn main() {
    if let Some(subject) = Subject::from_environment() {
        service::serve(subject);
        return;
    }
    // The arguments of the usual harness: a filter, and `--list` to only name tests.
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if arguments.iter().any(|argument| argument == "--list") {
        println!("killed_process_loses_and_doubles_nothing: test");
        return;
    }
    let filters: Vec<_> = arguments
        .iter()
        .filter(|argument| !argument.starts_with('-'))
        .collect();
    let name = "killed_process_loses_and_doubles_nothing";
    if !filters.is_empty() && !filters.iter().any(|filter| name.contains(filter.as_str())) {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    driver::run(&Subject::Sqlite(folder.path().join("inbox.db")));
    if let Some(cluster) = cluster::Cluster::start() {
        let options = driver::runtime().block_on(cluster.own_schema());
        driver::run(&Subject::Postgres(options));
    }
}
