//! The walk-through of the README, pasted into a shell.

use std::process::Command;

use cryptopocket_sandbox::{Sandbox, Scenario};
use serde_json::Value;

const README: &str = include_str!("../../README.md");

fn walk_through() -> &'static str {
    let after = README.split("<!-- walk-through -->\n```sh\n").nth(1).unwrap();
    after.split("```").next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_walk_through_ends_with_the_coins_sent() {
    let sandbox = Sandbox::builder().start().await.unwrap();
    let script = walk_through().replace("http://127.0.0.1:8080/", &sandbox.dashboard_url());
    let run = || Command::new("sh").args(["-eu", "-c", &script]).output();
    if Command::new("curl").arg("--version").output().is_err() {
        eprintln!("there is no curl on this machine to paste the walk-through with");
        return;
    }
    let output = tokio::task::block_in_place(run).unwrap();
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        shown.contains("require_kyc") && shown.contains("\"status\":\"coins_sent\""),
        "{shown}"
    );
    assert_eq!(sandbox.payments_created(), 1);
}

/// The one block of YAML: the scenario.
fn scenario() -> &'static str {
    let after = README.split("```yaml\n").nth(1).unwrap();
    after.split("```").next().unwrap()
}

#[test]
fn the_scenario_is_read_and_fits_the_schema_that_is_shipped_with_it() {
    scenario().parse::<Scenario>().unwrap();
    let document = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let mut compiler = boon::Compiler::new();
    compiler.enable_format_assertions();
    compiler
        .add_resource("scenario", document(include_str!("../../scenario.schema.json")))
        .unwrap();
    let mut schemas = boon::Schemas::new();
    let schema = compiler.compile("scenario", &mut schemas).unwrap();
    let check = |text: &str| {
        let scenario: Value = yaml_serde::from_str(text).unwrap();
        schemas
            .validate(&scenario, schema)
            .map_err(|error| format!("{error:#}"))
    };
    check(scenario()).unwrap();
    let misspelt = scenario().replace("skip:", "skp:");
    assert!(check(&misspelt).is_err(), "the schema refuses nothing");
}
