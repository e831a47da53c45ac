//! Files of the judges, below `target/conformance`.

use serde_json::Value;
use std::path::{Path, PathBuf};

/// Where judges are installed and keep their reports.
pub(super) fn folder(root: &Path) -> Result<PathBuf, String> {
    let folder = root.join("target/conformance");
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    Ok(folder)
}

pub(super) fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    std::fs::write(path, content).map_err(|e| format!("{}: {e}", path.display()))
}

pub(super) fn write_json(path: &Path, value: &Value) -> Result<(), String> {
    let text = serde_json::to_string_pretty(value).map_err(|e| e.to_string())?;
    write(path, text)
}

pub(super) fn copy(from: &Path, to: &Path) -> Result<(), String> {
    std::fs::copy(from, to)
        .map(drop)
        .map_err(|e| format!("{}: {e}", from.display()))
}

/// Calls `install` unless `folder` has what `pins` lists.
pub(super) fn installed(
    folder: &Path,
    pins: &Path,
    install: impl FnOnce() -> Result<(), String>,
) -> Result<(), String> {
    let wanted = std::fs::read_to_string(pins).map_err(|e| format!("{}: {e}", pins.display()))?;
    let done = folder.join("installed.txt");
    if std::fs::read_to_string(&done).is_ok_and(|found| found == wanted) {
        return Ok(());
    }
    std::fs::create_dir_all(folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    println!("installing below {}", folder.display());
    install()?;
    write(&done, &wanted)
}
