//! Files and programs of the workspace; an error names the file. And the real clock.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

pub(crate) const SPEC: &str = "spec/openapi.yaml";

pub(crate) const EVENTS: &str = "spec/events.yaml";

pub(crate) fn root() -> PathBuf {
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    here.parent().map_or(here.clone(), PathBuf::from)
}

/// Cargo, in the workspace root.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root).env("CARGO_TERM_COLOR", "never");
    command
}

/// What a program prints; an error holds all its output.
pub(crate) fn output(command: &mut Command) -> Result<String, String> {
    let output = command
        .output()
        .map_err(|e| format!("{}: {e}", command.get_program().display()))?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        return Ok(text(&output.stdout));
    }
    Err(text(&output.stderr) + &text(&output.stdout))
}

/// Builds the program that `selection` names, such as `--package cryptopocket-cli --bin cryptopocket`; returns its path.
pub(crate) fn program(root: &Path, selection: &str) -> Result<PathBuf, String> {
    let output = cargo(root)
        .arg("build")
        .args(selection.split(' '))
        .args(["--message-format", "json-render-diagnostics"])
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cargo: {e}"))?;
    let messages = serde_json::Deserializer::from_slice(&output.stdout).into_iter::<Value>();
    let built =
        messages.filter_map(|message| Some(PathBuf::from(message.ok()?.get("executable")?.as_str()?)));
    let built = built.last().filter(|_| output.status.success());
    built.ok_or_else(|| format!("{selection} does not compile"))
}

pub(crate) fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))
}

/// Writes a file, and makes its folder.
pub(crate) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
    folder
        .and_then(|()| fs::write(path, content))
        .map_err(|e| format!("{}: {e}", path.display()))
}

pub(crate) fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    write(path, format!("{value:#}"))
}

/// Calls `install` unless `folder` has what `pins` lists.
pub(crate) fn installed(
    folder: &Path,
    pins: &Path,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let wanted = read(pins)?;
    let done = folder.join("installed.txt");
    if read(&done).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    println!("installing below {}", folder.display());
    install()?;
    write(&done, &wanted)
}

#[allow(clippy::disallowed_methods, reason = "limits a run; no result depends on it")]
pub(crate) fn now() -> Instant {
    Instant::now()
}
