//! The number of crates in a user's build.

use std::collections::BTreeSet;
use std::process::Command;

/// Name and version of every package in the tree.
fn tree(arguments: &[&str]) -> BTreeSet<String> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "none",
        ])
        .args(["--format", "{p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = String::from_utf8(output.stdout).expect("cargo prints UTF-8");
    let packages = lines.lines().filter(|line| !line.is_empty());
    packages
        .map(|package| package.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn webhooks_stay_within_30_crates_without_tokio() {
    let crates = tree(&["--package", "cryptopocket-webhooks", "--no-default-features"]);
    assert!(crates.len() <= 30, "{} crates: {crates:#?}", crates.len());
    for heavy in ["tokio ", "reqwest ", "hyper "] {
        assert!(
            !crates.iter().any(|name| name.starts_with(heavy)),
            "{heavy}is in the tree"
        );
    }
}

/// With the same TLS, `reqwest` alone has 91 crates.
#[test]
fn facade_compiles_at_most_80_crates() {
    let crates = tree(&["--package", "cryptopocket"]);
    assert!(crates.len() <= 80, "{} crates: {crates:#?}", crates.len());
}

#[test]
fn on_ramp_compiles_no_other_feature_crate() {
    let crates = tree(&["--package", "cryptopocket-onramp"]);
    for other in ["users", "offramp", "banking", "webhooks"] {
        let name = format!("cryptopocket-{other} ");
        assert!(
            !crates.iter().any(|package| package.starts_with(&name)),
            "{name}is in the tree"
        );
    }
}
