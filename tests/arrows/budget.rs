//! How many crates a user compiles.

use std::collections::BTreeSet;
use std::process::Command;

/// `(depth, package)` of every line of the tree, without folding repeated parts.
fn tree(arguments: &[&str]) -> Vec<(usize, String)> {
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--offline",
            "--locked",
            "--edges",
            "normal",
            "--prefix",
            "depth",
            "--no-dedupe",
        ])
        .args(["--format", " {p}"])
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout)
        .expect("cargo prints UTF-8")
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(depth, package)| {
            let name_and_version = package.split(' ').take(2).collect::<Vec<_>>().join(" ");
            (depth.parse().expect("a depth"), name_and_version)
        })
        .collect()
}

fn distinct(tree: &[(usize, String)]) -> BTreeSet<&str> {
    tree.iter().map(|(_, package)| package.as_str()).collect()
}

/// What stands below the first line of `root`, itself included.
fn below<'a>(tree: &'a [(usize, String)], root: &str) -> BTreeSet<&'a str> {
    let mut lines = tree
        .iter()
        .skip_while(|(_, package)| !package.starts_with(&format!("{root} ")));
    let (top, first) = lines.next().expect("the package is in the tree");
    let inside = lines
        .take_while(|(depth, _)| depth > top)
        .map(|(_, package)| package.as_str());
    inside.chain([first.as_str()]).collect()
}

#[test]
fn verifying_webhooks_costs_at_most_30_crates_and_neither_tokio_nor_reqwest() {
    let tree = tree(&["--package", "cryptopocket-webhooks", "--no-default-features"]);
    let crates = distinct(&tree);
    assert!(crates.len() <= 30, "{} crates: {crates:#?}", crates.len());
    for heavy in ["tokio ", "reqwest ", "hyper "] {
        assert!(
            !crates.iter().any(|name| name.starts_with(heavy)),
            "{heavy}is in the tree"
        );
    }
}

#[test]
fn the_facade_costs_at_most_31_crates_more_than_its_http_client() {
    let tree = tree(&["--package", "cryptopocket"]);
    let all = distinct(&tree);
    let client = below(&tree, "reqwest");
    // 25 without the libraries of wallet checksums (sha3: 3 crates), of IBANs (2) and of the calendar (1).
    let extra: Vec<_> = all.difference(&client).collect();
    assert!(
        extra.len() <= 31,
        "{} crates more than reqwest: {extra:#?}",
        extra.len()
    );
}

#[test]
fn the_on_ramp_crate_compiles_no_other_feature_crate() {
    let tree = tree(&["--package", "cryptopocket-onramp"]);
    for other in ["users", "offramp", "banking", "webhooks"] {
        let name = format!("cryptopocket-{other} ");
        assert!(
            !distinct(&tree).iter().any(|package| package.starts_with(&name)),
            "{name}is in the tree"
        );
    }
}
