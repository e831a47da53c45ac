//! Runs the second provider until standard input ends, and prints its address and credentials as one line of JSON.

use std::io::Read as _;

use cryptopocket_tests::other_provider::{API_KEY, API_SECRET, OtherProvider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::io::Result<()> {
    let provider = OtherProvider::start().await;
    println!(
        "{}",
        serde_json::json!({"base_url": provider.base_url(), "api_key": API_KEY, "api_secret": API_SECRET})
    );
    let ended = tokio::task::spawn_blocking(|| std::io::stdin().read_to_end(&mut Vec::new()));
    ended.await.map_err(std::io::Error::other)?.map(drop)
}
