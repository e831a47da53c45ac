//! Whether the patch of a probe leads to code that works: for the second provider, in a copy of the workspace.

use super::{apply, command};
use crate::conformance::Emulator;
use crate::{files, generate, regen, workspace};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of the copy and of what the probe found; it is kept, so that a second run compiles only what has changed.
const FOLDER: &str = "target/probe-check";

/// The tests that the copy must pass, of the package `cryptopocket-tests`. `flows` is written for this provider; of the
/// conformance suite, what it does against any provider. The other tests are about the documented forms, or the emulator.
const SUITE: [&str; 2] = [
    "--test other_provider flows::",
    "--test conformance -- --show-output",
];

/// Probes the second provider, applies the patch to a copy of the workspace, and runs its tests there. Returns their number.
pub(crate) fn run(root: &Path) -> Result<usize, String> {
    let folder = root.join(FOLDER);
    let (copy, found) = (folder.join("workspace"), folder.join("found"));
    let provider = workspace::program(root, "--package cryptopocket-tests --example other_provider")?;
    let provider = Emulator::spawn(&mut Command::new(provider))?;
    let access = [
        ("CRYPTOPOCKET_BASE_URL", provider.told("base_url")),
        ("CRYPTOPOCKET_API_KEY", provider.told("api_key")),
        ("CRYPTOPOCKET_API_SECRET", provider.told("api_secret")),
    ];
    let mut probe = command(root);
    probe
        .args(["--allow-writes", "--json", "--out"])
        .arg(&found)
        .envs(access);
    let probed = probe.output().map_err(|e| e.to_string())?;
    // 8: the provider differs, as it should.
    if probed.status.code() != Some(8) {
        let printed = String::from_utf8_lossy(&probed.stdout);
        return Err(format!("the probe ended with {}: {printed}", probed.status));
    }
    copied(root, &copy)?;
    let patch = found.join("patch.yaml");
    let changes = apply(&copy, &files::read(&patch)?)?;
    regen::write(&copy)?;
    println!("{changes} changes of the specification by {}", patch.display());
    SUITE.iter().map(|tests| suite(root, &copy, tests, access)).sum()
}

type Access<'a> = [(&'static str, &'a str); 3];

/// Brings the copy to the tracked files of the workspace. Only what differs is written, since the build goes by file times.
fn copied(root: &Path, copy: &Path) -> Result<(), String> {
    // `regen` writes these.
    let is_generated = |path: &str| {
        path == regen::COPY || generate::folders().any(|folder| Path::new(path).starts_with(folder))
    };
    let tracked = tracked(root)?;
    for path in tracked.iter().filter(|path| !is_generated(path)) {
        let Ok(mut content) = fs::read(root.join(path)) else {
            continue;
        };
        if path == "Cargo.toml" {
            content = of_another_version(&content)?;
        }
        let target = copy.join(path);
        if fs::read(&target).is_ok_and(|known| known == content) {
            continue;
        }
        files::write(&target, content)?;
    }
    let is_kept = |path: &str| is_generated(path) || tracked.iter().any(|known| known == path);
    remove_others(copy, copy, &is_kept).map_err(|e| format!("{}: {e}", copy.display()))
}

/// A file that the workspace no longer has may be a second source of the same name, such as `a.rs` beside `a/main.rs`.
pub(super) fn remove_others(
    copy: &Path,
    folder: &Path,
    is_kept: &dyn Fn(&str) -> bool,
) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            remove_others(copy, &path, is_kept)?;
        } else if !path
            .strip_prefix(copy)
            .is_ok_and(|below| is_kept(&below.to_string_lossy()))
        {
            fs::remove_file(&path)?;
        }
    }
    Ok(())
}

/// The manifest with a version of its own. Cargo tells a package by its version and by its path below the workspace, so
/// without it both workspaces would overwrite each other's artifacts in the folder that they share.
fn of_another_version(manifest: &[u8]) -> Result<Vec<u8>, String> {
    let text = String::from_utf8_lossy(manifest);
    let line = text.lines().find(|line| line.starts_with("version = \""));
    let line = line.ok_or("Cargo.toml states no version")?;
    let other = format!("{}+regenerated\"", line.trim_end_matches('"'));
    Ok(text.replacen(line, &other, 1).into_bytes())
}

/// The files of the workspace that git knows or would add.
fn tracked(root: &Path) -> Result<Vec<String>, String> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
    let listed = workspace::output(git.current_dir(root)).map_err(|said| format!("git ls-files: {said}"))?;
    Ok(listed.split_terminator('\0').map(str::to_owned).collect())
}

/// Runs tests of the copy, and returns the number of those that passed and were not skipped.
fn suite(root: &Path, copy: &Path, tests: &str, access: Access<'_>) -> Result<usize, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), PathBuf::from);
    let mut cargo = workspace::cargo(copy);
    cargo
        .args(["test", "--offline", "--package", "cryptopocket-tests"])
        .args(tests.split(' '))
        .env("CARGO_TARGET_DIR", target)
        .env("CRYPTOPOCKET_TESTS_REGENERATED", "1")
        .env("CRYPTOPOCKET_CONFORMANCE", "live")
        .envs(access);
    let failed = |printed: &str| format!("{printed}\nthe regenerated copy failed: {tests}");
    let printed = workspace::output(&mut cargo).map_err(|printed| failed(&printed))?;
    let skipped = printed.matches("skipped against the provider").count();
    match crate::suite::passed(&printed).saturating_sub(skipped) {
        0 => Err(failed(&printed)),
        passed => Ok(passed),
    }
}
