//! The Rust version that each crate states, and those of the crates that it brings in.

use std::collections::BTreeMap;
use std::process::Command;

use serde_json::Value;

/// Features whose documentation states a newer Rust version than the crate.
const NEWER: [&str; 2] = ["sqlx", "inbox"];

fn cargo(arguments: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--offline", "--locked"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).expect("cargo prints UTF-8")
}

fn packages() -> Vec<Value> {
    let metadata: Value = serde_json::from_str(&cargo(&["metadata", "--format-version", "1"])).expect("JSON");
    metadata["packages"]
        .as_array()
        .expect("a list of packages")
        .clone()
}

/// `1.88.0` as numbers that compare.
fn version(text: &str) -> Vec<u32> {
    let mut numbers: Vec<u32> = text
        .split('.')
        .map(|number| number.parse().expect("a number"))
        .collect();
    numbers.resize(3, 0);
    numbers
}

/// Name, version and stated Rust version of each crate in the tree that needs a newer Rust than `limit`.
fn too_new(
    package: &str,
    features: &str,
    limit: &str,
    stated: &BTreeMap<String, String>,
) -> (usize, Vec<String>) {
    let tree = cargo(&[
        "tree",
        "--package",
        package,
        "--no-default-features",
        "--features",
        features,
        "--edges",
        "normal,build",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]);
    let names = tree
        .lines()
        .map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" "));
    let needs = names.map(|name| (stated.get(&name), name)).collect::<Vec<_>>();
    let newer = needs.iter().filter_map(|(needed, name)| {
        let needed = (*needed)?;
        (version(needed) > version(limit)).then(|| format!("{name} needs Rust {needed}"))
    });
    (needs.len(), newer.collect())
}

#[test]
fn no_dependency_needs_a_newer_rust() {
    let packages = packages();
    let text = |package: &Value, key: &str| package[key].as_str().unwrap_or_default().to_owned();
    let stated: BTreeMap<String, String> = packages
        .iter()
        .filter(|package| package["rust_version"].is_string())
        .map(|package| {
            (
                format!("{} v{}", text(package, "name"), text(package, "version")),
                text(package, "rust_version"),
            )
        })
        .collect();
    let mut checked = 0;
    for package in &packages {
        let (name, limit) = (text(package, "name"), text(package, "rust_version"));
        // Every crate of the workspace; the others come from a registry.
        if package["source"].is_string() {
            continue;
        }
        let features = package["features"].as_object().expect("features").keys();
        let features: Vec<_> = features
            .filter(|feature| !NEWER.iter().any(|newer| feature.starts_with(newer)) && *feature != "default")
            .map(String::as_str)
            .collect();
        let (count, newer) = too_new(&name, &features.join(","), &limit, &stated);
        assert!(newer.is_empty(), "{name} states Rust {limit}: {newer:#?}");
        checked += count;
    }
    assert!(checked > 300, "only {checked} dependencies were looked at");
}
