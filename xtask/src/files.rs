//! Reading and writing of files; an error names the file.

use serde_json::Value;
use std::fs;
use std::path::Path;

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
