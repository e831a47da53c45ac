//! The tree of a build, as cargo resolves it.

use std::process::Command;

/// Makes a skipped test fail. GitHub, GitLab and others set it.
const CI: &str = "CI";

/// The packages of a build, one a line in `format`. `None` without the network, if some packages were never fetched: the
/// test is skipped then, with a note, but never in CI.
pub(crate) fn tree(format: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(env!("CARGO"))
        .args("tree --offline --locked --edges normal --prefix none --format".split(' '))
        .arg(format)
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    if output.status.success() {
        return Some(String::from_utf8(output.stdout).expect("cargo prints UTF-8"));
    }
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(may_be_skipped(&told, std::env::var_os(CI).is_some()), "{told}");
    eprintln!("SKIPPED: packages are missing; run `cargo fetch` with a network first\n{told}");
    None
}

/// Whether only the network is missing.
fn may_be_skipped(told: &str, in_ci: bool) -> bool {
    !in_ci && told.contains("--offline")
}

#[test]
fn only_missing_packages_skip_and_never_in_ci() {
    let missing = "error: failed to download `ring v0.17.14`\n\nCaused by:\n  attempting to make an HTTP request, but \
                   --offline was specified";
    assert!(may_be_skipped(missing, false));
    assert!(!may_be_skipped(missing, true));
    assert!(!may_be_skipped(
        "error: package ID specification `x` did not match any packages",
        false
    ));
}
