//! The features that the SDK turns on in shared crates. Cargo unifies them with those of the user's program.

use crate::tree::tree;

/// The tree of the facade with `features`, each package with its features.
fn facade(features: &str) -> Option<String> {
    tree(
        "{p} [{f}]",
        &["--package", "cryptopocket", "--features", features],
    )
}

#[test]
fn facade_has_no_reqwest_in_its_tree() {
    for features in ["ring", "aws-lc", "native-tls", "ring,aws-lc,native-tls,testing"] {
        let Some(tree) = facade(features) else { return };
        assert!(tree.contains("\nhyper v"), "{tree}");
        assert!(!tree.contains("\nreqwest v"), "{features}: {tree}");
    }
}

#[test]
fn facade_adds_no_feature_to_own_reqwest() {
    let Some(tree) = facade("ring,aws-lc,native-tls,custom-reqwest") else {
        return;
    };
    let line = tree
        .lines()
        .find(|line| line.starts_with("reqwest v"))
        .expect("reqwest");
    assert!(line.contains("[]"), "{line}");
}

#[test]
fn facade_turns_on_no_default_features_of_rustls() {
    let Some(tree) = facade("ring") else { return };
    let line = tree
        .lines()
        .find(|line| line.starts_with("rustls v"))
        .expect("rustls");
    assert!(line.contains("ring") && !line.contains("aws"), "{line}");
}
