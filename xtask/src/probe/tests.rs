//! The patch for a provider that differs everywhere, applied to a copy of the documents.

use super::apply;
use super::check::copied;
use crate::regen;
use crate::spec::Document;
use crate::workspace;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The patch that the probe's own test proposes.
fn proposed() -> String {
    let path = workspace::root().join("tests/probe/snapshots/probe__other__other_provider_patch.snap");
    let text = fs::read_to_string(path).unwrap();
    let (_, proposal) = text.trim_start_matches("---\n").split_once("\n---\n").unwrap();
    proposal.to_owned()
}

#[track_caller]
fn copy(root: &Path) {
    fs::create_dir_all(root.join("spec")).unwrap();
    for path in [workspace::SPEC, workspace::EVENTS] {
        fs::copy(workspace::root().join(path), root.join(path)).unwrap();
    }
    regen::write(root).unwrap();
}

#[test]
fn proposed_patch_is_applied_and_regenerated() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let before = fs::read_to_string(root.path().join(workspace::SPEC)).unwrap();
    assert!(apply(root.path(), &proposed()).unwrap() > 50);
    regen::write(root.path()).unwrap();
    regen::check(root.path()).unwrap();

    let after = fs::read_to_string(root.path().join(workspace::SPEC)).unwrap();
    let comments = |text: &str| {
        text.lines()
            .filter(|line| line.trim_start().starts_with('#'))
            .count()
    };
    assert_eq!(comments(&before), comments(&after));
    let document = Document::parse(&after).unwrap();
    let at = |pointer: &str| {
        document
            .root()
            .pointer(pointer)
            .unwrap_or_else(|| panic!("{pointer}"))
            .clone()
    };
    assert_eq!(at("/paths/~1token-price/get/x-evidence"), "observed");
    assert_eq!(at("/paths/~1token-price/get/x-candidates/0"), "/tokenPrice");
    assert_eq!(at("/paths/~1token-price/get/parameters/1/x-wire-name"), "network");
    assert_eq!(at("/paths/~1payments/get/parameters/0/x-first-page"), 0);
    assert_eq!(
        at("/components/schemas/TokenPrice/properties/chain/x-wire-name"),
        "network"
    );
    assert_eq!(
        at("/components/schemas/Payment/properties/holder/x-wire-name"),
        "holder.name"
    );
    assert_eq!(
        at("/components/schemas/Payment/properties/holder/x-evidence"),
        "documented"
    );

    let quote = "/components/schemas/Quote/properties";
    assert_eq!(at(&format!("{quote}/amount/x-wire-unit")), "cent");
    assert_eq!(at(&format!("{quote}/tokens/x-wire-form/0")), "decimal-text");
    // A limit in cents looks like one in currency units, so nothing was observed of its unit.
    assert_eq!(
        at("/components/schemas/PaymentMethod/properties/min_amount/x-evidence"),
        "assumed"
    );

    // The calls state the new names, and every generated file is Rust.
    let common = fs::read_to_string(
        root.path()
            .join("crates/cryptopocket-api/src/generated/common.rs"),
    )
    .unwrap();
    assert!(common.contains("(\"chain\", \"network\")"), "{common}");
    let onramp = root
        .path()
        .join("crates/cryptopocket-api/src/generated/onramp.rs");
    assert!(
        fs::read_to_string(onramp)
            .unwrap()
            .contains("units: &[(\"amount\", \"cent\")]")
    );
    for folder in crate::generate::folders() {
        for entry in fs::read_dir(root.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "rs") {
                syn::parse_file(&fs::read_to_string(&path).unwrap()).unwrap();
            }
        }
    }
    assert_eq!(
        apply(root.path(), &proposed()),
        Ok(0),
        "nothing is left to change"
    );
}

#[test]
fn patch_that_does_not_fit_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let before = fs::read_to_string(root.path().join(workspace::SPEC)).unwrap();
    for (patch, problem) in [
        ("version: 2", "version 2"),
        (
            "version: 1\noperations: {pay: {grade: observed}}",
            "no line `operationId: pay`",
        ),
        (
            "version: 1\noperations: {get_payment: {grade: certain}}",
            "[evidence]",
        ),
        (
            "version: 1\noperations: {get_payment: {path: /pay}}",
            "[path-template]",
        ),
        (
            "version: 1\nschemas: {Payment: {colour: {grade: observed}}}",
            "no line `colour:`",
        ),
        (
            "version: 1\nschemas: {Payment: {id: {name: status}}}",
            "[wire-name]",
        ),
        ("version: 1\nschema: {}", "unknown field"),
    ] {
        let error = apply(root.path(), patch).unwrap_err();
        assert!(error.contains(problem), "{patch}: {error}");
    }
    assert_eq!(
        before,
        fs::read_to_string(root.path().join(workspace::SPEC)).unwrap()
    );
}

/// A repository with these empty files, and the folder for a copy of it.
fn repository(folder: &Path, paths: &[&str]) -> (PathBuf, PathBuf) {
    let (root, copy) = (folder.join("root"), folder.join("copy"));
    for path in paths {
        workspace::write(&root.join(path), "").unwrap();
    }
    git(&root, &["init", "--quiet"]);
    (root, copy)
}

#[track_caller]
fn git(root: &Path, arguments: &[&str]) {
    workspace::output(Command::new("git").current_dir(root).args(arguments)).unwrap();
}

#[test]
fn copy_loses_files_that_the_workspace_lost() {
    let folder = tempfile::tempdir().unwrap();
    let (gone, kept, built) = ("tests/a.rs", "tests/a/main.rs", "built.txt");
    let (root, copy) = repository(folder.path(), &[gone, kept, "lost/known.rs"]);
    fs::write(root.join(".gitignore"), built).unwrap();
    git(&root, &["add", "lost"]);
    copied(&root, &copy).unwrap();
    fs::write(copy.join(built), "").unwrap();
    assert!(copy.join(gone).exists());
    fs::remove_file(root.join(gone)).unwrap();
    fs::remove_dir_all(root.join("lost")).unwrap();
    fs::write(root.join("lost"), "a file now").unwrap();
    fs::write(root.join(kept), "changed").unwrap();
    copied(&root, &copy).unwrap();
    assert!(!copy.join(gone).exists() && copy.join(built).exists());
    assert_eq!(fs::read_to_string(copy.join(kept)).unwrap(), "changed");
    assert_eq!(fs::read_to_string(copy.join("lost")).unwrap(), "a file now");
}

#[test]
fn copy_has_tracked_files_that_are_ignored() {
    let folder = tempfile::tempdir().unwrap();
    let (root, copy) = repository(folder.path(), &["forced.txt", "other.txt", "nested/a.rs"]);
    fs::write(root.join(".gitignore"), "*.txt").unwrap();
    git(&root, &["add", "--force", "forced.txt"]);
    git(&root.join("nested"), &["init", "--quiet"]);
    copied(&root, &copy).unwrap();
    assert!(copy.join("forced.txt").exists());
    assert!(!copy.join("other.txt").exists() && !copy.join("nested/a.rs").exists());
}

#[test]
fn copying_writes_what_differs_and_nothing_for_git() {
    let folder = tempfile::tempdir().unwrap();
    let (root, copy) = repository(folder.path(), &["same.rs", "lost.rs"]);
    copied(&root, &copy).unwrap();
    let written = || fs::metadata(copy.join("same.rs")).unwrap().modified().unwrap();
    let before = written();
    fs::remove_file(copy.join("lost.rs")).unwrap();
    copied(&root, &copy).unwrap();
    assert!(before == written() && copy.join("lost.rs").exists());
    let objects = fs::read_dir(root.join(".git/objects")).unwrap();
    let names = objects.map(|entry| entry.unwrap().file_name());
    assert_eq!(names.filter(|name| name.len() == 2).count(), 0);
}
