//! Whether the patch of a probe leads to code that works: for the second provider, in a copy of the workspace.

use super::{apply, command};
use crate::conformance::Emulator;
use crate::{generate, regen, workspace};
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
    set_version(&copy)?;
    let patch = found.join("patch.yaml");
    let changes = apply(&copy, &workspace::read(&patch)?)?;
    regen::write(&copy)?;
    println!("{changes} changes of the specification by {}", patch.display());
    SUITE.iter().map(|tests| suite(root, &copy, tests, access)).sum()
}

type Access<'a> = [(&'static str, &'a str); 3];

/// Brings the copy to the files of the workspace that git knows or would add, but for the generated ones, which `regen`
/// writes. Only what differs is written, since the build goes by file times. A repository within the workspace is left out.
pub(super) fn copied(root: &Path, copy: &Path) -> Result<(), String> {
    let said = |path: &Path, error: std::io::Error| format!("{}: {error}", path.display());
    fs::create_dir_all(copy).map_err(|e| said(copy, e))?;
    let listed = |tree: &[&str]| {
        let mut git = Command::new("git");
        git.current_dir(root).args(tree).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
            ".",
        ]);
        let generated = generate::folders().chain([regen::COPY]);
        git.args(generated.map(|path| format!(":(exclude){path}")));
        workspace::output(&mut git).map_err(|said| format!("git: {said}"))
    };
    let paths = listed(&[])? + &listed(&["--work-tree", &copy.to_string_lossy()])?;
    let (kept, gone): (Vec<_>, Vec<_>) = paths
        .split_terminator('\0')
        .map(|path| (root.join(path), copy.join(path)))
        .partition(|(source, _)| source.is_file());
    for (_, target) in gone.iter().filter(|(_, target)| target.is_file()) {
        fs::remove_file(target).map_err(|e| said(target, e))?;
        // Where the workspace has a file now, an empty folder would be in its place.
        let mut folders = target.ancestors().skip(1);
        while folders
            .next()
            .is_some_and(|folder| fs::remove_dir(folder).is_ok())
        {}
    }
    for (source, target) in &kept {
        let content = fs::read(source).map_err(|e| said(source, e))?;
        if fs::read(target).map_or(true, |known| known != content) {
            workspace::write(target, content)?;
        }
    }
    Ok(())
}

/// Gives the copy a version of its own. Cargo tells a package by its version and by its path below the workspace, so
/// without it both workspaces would overwrite each other's artifacts in the folder that they share.
fn set_version(copy: &Path) -> Result<(), String> {
    let manifest = copy.join("Cargo.toml");
    let text = workspace::read(&manifest)?;
    let line = text.lines().find(|line| line.starts_with("version = \""));
    let line = line.ok_or("Cargo.toml states no version")?;
    let other = format!("{}+regenerated\"", line.trim_end_matches('"'));
    workspace::write(&manifest, text.replacen(line, &other, 1))
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
