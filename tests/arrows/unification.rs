//! The features that the SDK turns on in shared crates. Cargo unifies them with those of the user's program.

use std::process::Command;

/// The tree of the facade with `features`, each package with its features.
fn tree(features: &str) -> String {
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
        .args([
            "--format",
            "{p} [{f}]",
            "--package",
            "cryptopocket",
            "--features",
            features,
        ])
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

#[test]
fn facade_has_no_reqwest_in_its_tree() {
    for features in ["ring", "aws-lc", "native-tls", "ring,aws-lc,native-tls,testing"] {
        let tree = tree(features);
        assert!(tree.contains("\nhyper v"), "{tree}");
        assert!(!tree.contains("\nreqwest v"), "{features}: {tree}");
    }
}

#[test]
fn facade_adds_no_feature_to_own_reqwest() {
    let tree = tree("ring,aws-lc,native-tls,custom-reqwest");
    let line = tree
        .lines()
        .find(|line| line.starts_with("reqwest v"))
        .expect("reqwest");
    assert!(line.contains("[]"), "{line}");
}

#[test]
fn facade_turns_on_no_default_features_of_rustls() {
    let tree = tree("ring");
    let line = tree
        .lines()
        .find(|line| line.starts_with("rustls v"))
        .expect("rustls");
    assert!(line.contains("ring") && !line.contains("aws"), "{line}");
}
