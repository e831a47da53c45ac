//! Coverage of a small workspace.

use super::{gather, with_table};
use crate::spec::Document;
use serde_json::json;
use std::fs;
use std::path::Path;

const METHOD: &str = "impl OnRamp {\n    /// Reads.\n    ///\n    /// Operation: `get_payment`\n    ///\n    /// # Examples\n    \
                      ///\n    /// ```\n    /// ```\n    pub async fn payment(&self) {}\n}\n";

fn document() -> Document {
    Document::from_value(json!({ "paths": { "/payment/{payment_id}": { "get": {
        "operationId": "get_payment", "tags": ["onramp"], "x-source": "Retrieve payment", "x-evidence": "documented",
    } } } }))
}

#[track_caller]
fn write(root: &Path, path: &str, text: &str) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

fn covered(root: &Path) {
    write(
        root,
        "crates/cryptopocket-api/src/generated/onramp.rs",
        "pub async fn get_payment(session: &Session) {}",
    );
    write(root, "crates/cryptopocket-onramp/src/payment.rs", METHOD);
    write(
        root,
        "crates/cryptopocket-emulator/src/routes/table.rs",
        "get_payment GET \"/payment/{payment_id}\" get;",
    );
    write(
        root,
        "crates/cryptopocket-cli/src/coverage.rs",
        "[(\"get_payment\", \"payments get\")]",
    );
    write(root, "tests/contract/snapshots/get_payment.snap", "");
}

fn found(change: impl FnOnce(&Path)) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    covered(root.path());
    change(root.path());
    gather(root.path(), &document()).unwrap().complaints
}

#[test]
fn full_coverage_has_no_complaints() {
    assert_eq!(found(|_| {}), Vec::<String>::new());
}

#[test]
fn each_gap_is_named_with_its_cure() {
    let found = found(|root| {
        for path in [
            "crates/cryptopocket-api",
            "crates/cryptopocket-onramp",
            "crates/cryptopocket-emulator",
            "tests",
        ] {
            fs::remove_dir_all(root.join(path)).unwrap();
        }
        fs::remove_file(root.join("crates/cryptopocket-cli/src/coverage.rs")).unwrap();
    });
    insta::assert_snapshot!(found.join("\n"), @r#"
    get_payment: no generated call
        cure: cargo xtask regen
    get_payment: no typed call
        cure: document a method with the line: Operation: `get_payment`
    get_payment: no doc example
        cure: give the typed call an `# Examples` section that runs
    get_payment: no emulator route
        cure: serve GET /payment/{payment_id} in crates/cryptopocket-emulator/src/routes
    get_payment: no command
        cure: add ("get_payment", "words") to crates/cryptopocket-cli/src/coverage.rs
    get_payment: no contract snapshot
        cure: add tests/contract/snapshots/get_payment.snap by a contract test
    "#);
}

#[test]
fn text_may_follow_an_operation() {
    for line in [
        "- Operation: `get_payment`",
        "Operation: `get_payment`, of `onramp`.",
    ] {
        let docs = METHOD.replace("Operation: `get_payment`", line);
        let found = found(|root| write(root, "crates/cryptopocket-onramp/src/payment.rs", &docs));
        assert_eq!(found, Vec::<String>::new(), "{line}");
    }
}

#[test]
fn ignored_examples_and_private_methods_do_not_count() {
    let path = "crates/cryptopocket-onramp/src/payment.rs";
    let ignored = found(|root| write(root, path, &METHOD.replacen("```", "```ignore", 1)));
    assert!(
        ignored[0].starts_with("get_payment: no doc example"),
        "{ignored:?}"
    );
    let private = found(|root| write(root, path, &METHOD.replace("pub async fn", "async fn")));
    assert!(
        private[0].starts_with("get_payment: no typed call"),
        "{private:?}"
    );
}

#[test]
fn unknown_operations_and_routes_are_strays() {
    let found = found(|root| {
        write(
            root,
            "crates/cryptopocket-users/src/lib.rs",
            &METHOD.replace("get_payment", "get_paymnet"),
        );
        write(
            root,
            "crates/cryptopocket-emulator/src/routes/more.rs",
            "(\"POST\", \"/refund\")",
        );
        write(
            root,
            "crates/cryptopocket-cli/src/coverage.rs",
            "[(\"get_payment\", \"a\"), (\"refund\", \"b\")]",
        );
    });
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found[0].starts_with("OnRamp::payment is documented as `get_paymnet`"),
        "{found:?}"
    );
    assert!(
        found[1].starts_with("the command `b` stands for `refund`"),
        "{found:?}"
    );
    assert!(
        found[2].starts_with("the emulator serves POST /refund"),
        "{found:?}"
    );
}

#[test]
fn readme_table_is_replaced_between_its_marks() {
    let root = tempfile::tempdir().unwrap();
    covered(root.path());
    let table = gather(root.path(), &document()).unwrap().table;
    let readme = "before\n<!-- coverage:begin -->\nold\n<!-- coverage:end -->\nafter\n";
    let written = with_table(readme, &table).unwrap();
    insta::assert_snapshot!(written, @r"
    before
    <!-- coverage:begin -->
    | page | call | known from | SDK | command |
    |---|---|---|---|---|
    | Retrieve payment | `GET /payment/{payment_id}` | documented | `OnRamp::payment` | `payments get` |
    <!-- coverage:end -->
    after
    ");
    assert_eq!(with_table(&written, &table).unwrap(), written);
    assert!(with_table("no marks", "").unwrap_err().contains("coverage:begin"));
}
