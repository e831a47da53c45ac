//! Limits on source files.

use std::fs;
use std::path::{Path, PathBuf};

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir()
            && path
                .file_name()
                .is_some_and(|name| name != "target" && name != "generated")
        {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn hand_written() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let mut files = Vec::new();
    for folder in ["crates", "xtask", "tests"] {
        rust_files(&root.join(folder), &mut files);
    }
    assert!(files.len() > 100, "the walk found only {} files", files.len());
    files
        .into_iter()
        .map(|path| {
            let text = fs::read_to_string(&path).expect("a readable file");
            (path, text)
        })
        .collect()
}

#[test]
fn files_stay_within_their_line_limits() {
    for (path, text) in hand_written() {
        let test = path.components().any(|part| part.as_os_str() == "tests");
        let limit = if test { 600 } else { 400 };
        let lines = text.lines().count();
        assert!(
            lines <= limit,
            "{} has {lines} lines, over {limit}",
            path.display()
        );
    }
}

#[test]
fn no_library_names_a_floating_point_type() {
    for (path, text) in hand_written() {
        let library = path.components().any(|part| part.as_os_str() == "src")
            && path.components().any(|part| part.as_os_str() == "crates");
        if !library {
            continue;
        }
        for (number, line) in text.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if code.contains("i64 i128 u8") {
                continue; // A list of every type that serde can forward.
            }
            let named = code
                .split(|c: char| !c.is_alphanumeric() && c != '_')
                .any(|word| word == "f64" || word == "f32");
            assert!(
                !named,
                "{}:{}: money must not meet floating point",
                path.display(),
                number + 1
            );
        }
    }
}

#[test]
fn no_module_file_is_named_mod_rs() {
    for (path, _) in hand_written() {
        assert!(
            !path.ends_with("mod.rs"),
            "{}: use name.rs and a folder",
            path.display()
        );
    }
}

#[test]
fn no_module_has_a_filler_name() {
    for (path, _) in hand_written() {
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        for empty in ["utils", "util", "helpers", "helper", "common", "manager"] {
            assert!(stem != empty, "{} is named after no concept", path.display());
        }
    }
}

/// rustdoc hides such lines; GitHub and crates.io show them.
#[test]
fn readmes_hide_no_line_of_an_example() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let crates = fs::read_dir(root.join("crates")).expect("a readable folder");
    let folders = crates.map(|folder| folder.expect("an entry").path());
    let mut count = 0;
    for readme in folders
        .chain([root.to_owned()])
        .map(|folder| folder.join("README.md"))
    {
        let text = fs::read_to_string(&readme).expect("a readable file");
        // Whether the block that is open is an example in Rust.
        let mut block = None;
        for line in text.lines().map(str::trim) {
            if let Some(language) = line.strip_prefix("```") {
                let is_rust = !matches!(language, "console" | "json" | "sh" | "toml");
                block = block.is_none().then_some(is_rust);
            }
            let is_hidden = block == Some(true) && (line == "#" || line.starts_with("# "));
            assert!(!is_hidden, "{}: {line}", readme.display());
        }
        count += 1;
    }
    assert!(count > 10, "only {count} READMEs were looked at");
}
