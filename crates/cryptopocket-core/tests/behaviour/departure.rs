//! "Nothing was sent" holds while callers give up at the moment their requests leave.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cryptopocket_core::{HttpTransport, Sent, Transport, WireRequest};

use crate::server::{Act, Server};

const TASKS: u32 = 48;
const REQUESTS: u32 = 250;

fn request(base_url: &str, body: String, timeout: Duration) -> WireRequest {
    WireRequest {
        operation: "unsafe",
        method: http::Method::POST,
        url: format!("{base_url}/thing"),
        headers: http::HeaderMap::new(),
        body: body.into(),
        timeout,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_request_that_arrived_is_said_not_to_have_been_sent() {
    let server = Server::start(|_| Act::json("{}")).await;
    let transport = Arc::new(HttpTransport::builder().environment_proxy(false).build().unwrap());
    let unsent = Arc::new(Mutex::new(Vec::new()));
    let tasks: Vec<_> = (0..TASKS)
        .map(|task| {
            let (transport, unsent) = (Arc::clone(&transport), Arc::clone(&unsent));
            let base_url = server.base_url.clone();
            tokio::spawn(async move {
                for number in 0..REQUESTS {
                    let body = format!("{task}-{number}");
                    // Around the time that a request needs, so that many give up while theirs leaves.
                    let limit = Duration::from_micros(300 + u64::from(number % 17) * 150);
                    let outcome = transport.send(request(&base_url, body.clone(), limit)).await;
                    if outcome.is_err_and(|error| error.sent() == Sent::No) {
                        unsent.lock().unwrap().push(body);
                    }
                }
            })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    // What is still under way arrives before this one is answered, or soon after on a connection of its own.
    for last in 0..TASKS {
        let patient = request(&server.base_url, format!("last-{last}"), Duration::from_secs(30));
        transport.send(patient).await.unwrap();
    }
    let arrived: HashSet<String> = server
        .requests("/thing")
        .into_iter()
        .map(|request| request.body)
        .collect();
    let unsent = unsent.lock().unwrap();
    let lies: Vec<_> = unsent.iter().filter(|body| arrived.contains(*body)).collect();
    assert!(lies.is_empty(), "{} of {}: {lies:?}", lies.len(), unsent.len());
    assert!(!unsent.is_empty() && !arrived.is_empty(), "both must happen");
}
