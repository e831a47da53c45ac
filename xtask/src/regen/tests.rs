//! Generation as a whole: deterministic, and every change is reported.

use crate::generate::{self, Files};
use crate::spec::{self, Document, TAGS};
use crate::{diff, lint, regen, workspace};
use serde_json::Value;
use std::fs;
use std::path::Path;

#[track_caller]
fn files(spec: &str) -> Files {
    let events = spec::read_yaml(&workspace::root().join(workspace::EVENTS)).unwrap();
    generate::files(&Document::parse(spec).unwrap(), &events).unwrap()
}

#[track_caller]
fn spec() -> String {
    fs::read_to_string(workspace::root().join(workspace::SPEC)).unwrap()
}

/// A workspace of the documents and the generated files only.
#[track_caller]
fn copy(root: &Path) {
    fs::create_dir_all(root.join("spec")).unwrap();
    for path in [workspace::SPEC, workspace::EVENTS] {
        fs::copy(workspace::root().join(path), root.join(path)).unwrap();
    }
    regen::write(root).unwrap();
}

#[test]
fn generation_is_deterministic() {
    assert!(files(&spec()) == files(&spec()));
}

#[test]
fn generated_files_are_up_to_date() {
    regen::check(&workspace::root()).unwrap();
}

#[test]
fn renamed_enum_value_shows_in_all_reports() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    regen::check(root.path()).unwrap();

    let old = spec();
    let new = old.replace("pending_bank", "awaiting_bank");
    fs::write(root.path().join(workspace::SPEC), &new).unwrap();
    let (old, new) = (Document::parse(&old).unwrap(), Document::parse(&new).unwrap());
    assert_eq!(
        lint::lint(&new, None),
        [],
        "the renamed value alone breaks no rule"
    );

    let report = regen::check(root.path()).unwrap_err();
    assert!(
        report.contains("-        PendingBank = \"pending_bank\","),
        "{report}"
    );
    assert!(
        report.contains("+        AwaitingBank = \"awaiting_bank\","),
        "{report}"
    );
    assert!(report.ends_with("Cure: cargo xtask regen"), "{report}");

    assert_ne!(
        crate::tests::outline::enums(&old),
        crate::tests::outline::enums(&new)
    );

    let report = diff::markdown("HEAD", &diff::documents(&old, &new));
    assert!(
        report.contains("- **breaking**: value `pending_bank` removed"),
        "{report}"
    );
    assert!(
        report.contains("- not breaking: value `awaiting_bank` added"),
        "{report}"
    );
}

#[test]
fn broken_document_is_not_generated() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let broken = spec().replace("x-idempotency: unsafe", "x-idempotency: perhaps");
    fs::write(root.path().join(workspace::SPEC), broken).unwrap();
    let report = regen::write(root.path()).unwrap_err();
    assert!(
        report.contains("create_payment: `x-idempotency` is \"perhaps\" [idempotency]"),
        "{report}"
    );
}

#[test]
fn parameters_have_no_integers_but_of_64_bits() {
    let events = spec::read_yaml(&workspace::root().join(workspace::EVENTS)).unwrap();
    let narrow = spec().replacen(
        "{type: integer, format: int64",
        "{type: integer, format: int32",
        1,
    );
    let report = generate::files(&Document::parse(&narrow).unwrap(), &events)
        .err()
        .unwrap_or_default();
    assert!(report.contains("no Rust type for "), "{report}");
    assert!(report.contains("int32"), "{report}");
}

#[test]
fn check_names_stale_files() {
    let root = tempfile::tempdir().unwrap();
    copy(root.path());
    let left_over = format!("{}/old_tag.rs", generate::API);
    fs::write(root.path().join(&left_over), "").unwrap();
    let report = regen::check(root.path()).unwrap_err();
    assert!(report.contains(&left_over), "{report}");
    regen::write(root.path()).unwrap();
    assert!(!root.path().join(&left_over).exists());
}

#[test]
fn sensitive_fields_have_guarded_types() {
    let document = Document::parse(&spec()).unwrap();
    let files = files(&spec());
    let mut guarded = 0;
    for tag in TAGS {
        let file = syn::parse_file(&files[&format!("{}/{tag}.rs", generate::API)]).unwrap();
        let page = crate::tests::outline::module(&document, &file);
        for object in page.split("\n\n") {
            let name = object.split(' ').next().unwrap_or_default();
            let properties = document
                .schema(name)
                .and_then(|s| s.get("properties")?.as_object());
            for (property, schema) in properties.into_iter().flatten() {
                let wanted = match schema.get("x-sensitive").and_then(Value::as_str) {
                    Some("personal") => "Personal",
                    Some("secret") => "Secret",
                    _ => continue,
                };
                let line = |mark: &str, ty: &str| object.contains(&format!("    {property}{mark}: {ty} "));
                let field = format!("Field<{wanted}>");
                assert!(
                    line("", wanted) || line("?", wanted) || line("", &field),
                    "{name}.{property} is not {wanted}:\n{object}"
                );
                guarded += 1;
            }
        }
    }
    assert!(guarded > 40, "only {guarded} guarded fields were found");
}

#[test]
fn tag_has_no_types_of_another() {
    let files = files(&spec());
    let onramp = &files[&format!("{}/onramp.rs", generate::API)];
    for foreign in ["BankAccount", "Customer", "Offramp"] {
        assert!(!onramp.contains(&format!("pub struct {foreign}")), "{foreign}");
    }
}

#[test]
fn injected_type_replaces_the_generated_one() {
    let files = files(&spec());
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with(generate::API)) {
        assert!(!text.contains("f64"), "{path} has a float");
        assert!(!text.contains("serde_json::Value"), "{path} has any JSON value");
        assert!(
            !text.contains("chrono::"),
            "{path} has a date type of the generator's choice"
        );
    }
}
