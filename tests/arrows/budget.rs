//! The number of crates in a user's build.

use std::collections::BTreeSet;

use crate::tree::tree;

/// Name and version of every package in the tree.
fn crates(arguments: &[&str]) -> Option<BTreeSet<String>> {
    let tree = tree("{p}", arguments)?;
    let packages = tree.lines().filter(|line| !line.is_empty());
    Some(
        packages
            .map(|package| package.split(' ').take(2).collect::<Vec<_>>().join(" "))
            .collect(),
    )
}

#[test]
fn webhooks_stay_within_30_crates_without_tokio() {
    let Some(crates) = crates(&["--package", "cryptopocket-webhooks", "--no-default-features"]) else {
        return;
    };
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
    let Some(crates) = crates(&["--package", "cryptopocket"]) else {
        return;
    };
    assert!(crates.len() <= 80, "{} crates: {crates:#?}", crates.len());
}

#[test]
fn on_ramp_compiles_no_other_feature_crate() {
    let Some(crates) = crates(&["--package", "cryptopocket-onramp"]) else {
        return;
    };
    for other in ["users", "offramp", "banking", "webhooks"] {
        let name = format!("cryptopocket-{other} ");
        assert!(
            !crates.iter().any(|package| package.starts_with(&name)),
            "{name}is in the tree"
        );
    }
}
