//! Allowed dependencies between crates.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::Value;

/// Every arrow that ARCHITECTURE.md draws, features included; a crate that is not listed may not exist.
const ARROWS: &[(&str, &[&str])] = &[
    ("cryptopocket-types", &[]),
    ("cryptopocket-core", &["types"]),
    ("cryptopocket-api", &["types", "core"]),
    ("cryptopocket-users", &["types", "core", "api"]),
    ("cryptopocket-onramp", &["types", "core", "api"]),
    ("cryptopocket-offramp", &["types", "core", "api"]),
    ("cryptopocket-banking", &["types", "core", "api"]),
    ("cryptopocket-webhooks", &["types", "core", "api"]),
    ("cryptopocket-inbox", &["types", "webhooks"]),
    (
        "cryptopocket",
        &[
            "types", "core", "api", "users", "onramp", "offramp", "banking", "webhooks", "inbox",
        ],
    ),
    ("cryptopocket-probe", &["types", "core"]),
    ("cryptopocket-emulator", &["types", "webhooks"]),
    ("cryptopocket-sandbox", &["types", "emulator"]),
    ("cryptopocket-demo", &["", "sandbox"]),
    (
        "cryptopocket-cli",
        &["", "types", "inbox", "sandbox", "demo", "probe"],
    ),
    (
        "cryptopocket-simulation",
        &["", "types", "webhooks", "inbox", "emulator"],
    ),
];

/// The only crates that may name each of these packages.
const RESERVED: &[(&str, &[&str])] = &[
    ("progenitor", &["xtask"]),
    ("progenitor-client", &[]),
    ("reqwest", &["cryptopocket-core"]),
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    metadata["packages"]
        .as_array()
        .expect("a list of packages")
        .clone()
}

/// The dependencies of each crate, without those of tests and build scripts.
fn arrows() -> BTreeMap<String, BTreeSet<String>> {
    packages()
        .iter()
        .map(|package| {
            let dependencies = package["dependencies"]
                .as_array()
                .expect("a list of dependencies");
            let names = dependencies
                .iter()
                .filter(|dependency| dependency["kind"].is_null())
                .map(|dependency| dependency["name"].as_str().expect("a name").to_owned())
                .collect();
            (package["name"].as_str().expect("a name").to_owned(), names)
        })
        .collect()
}

#[test]
fn crates_depend_only_along_the_drawn_arrows() {
    let mut found = arrows();
    found.retain(|name, _| name.starts_with("cryptopocket") && name != "cryptopocket-tests");
    let drawn: BTreeSet<_> = ARROWS.iter().map(|(name, _)| (*name).to_owned()).collect();
    assert_eq!(
        found.keys().cloned().collect::<BTreeSet<_>>(),
        drawn,
        "the crates of ARCHITECTURE.md"
    );
    for (name, targets) in ARROWS {
        let allowed: BTreeSet<String> = targets
            .iter()
            .map(|target| {
                if target.is_empty() {
                    "cryptopocket".to_owned()
                } else {
                    format!("cryptopocket-{target}")
                }
            })
            .collect();
        let strays: Vec<_> = found[*name]
            .iter()
            .filter(|dependency| dependency.starts_with("cryptopocket") && !allowed.contains(*dependency))
            .collect();
        assert!(strays.is_empty(), "{name} must not depend on {strays:?}");
    }
}

#[test]
fn generator_and_http_client_stay_reserved() {
    for (name, dependencies) in arrows() {
        for (package, owners) in RESERVED {
            assert!(
                !dependencies.contains(*package) || owners.contains(&name.as_str()),
                "{name} must not depend on {package}: only {owners:?} may"
            );
        }
    }
}

#[test]
fn no_crate_runs_a_build_script() {
    for package in packages() {
        let targets = package["targets"].as_array().expect("a list of targets");
        let scripts = targets.iter().any(|target| target["kind"][0] == "custom-build");
        assert!(!scripts, "{} has a build script", package["name"]);
    }
}
