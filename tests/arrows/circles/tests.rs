use std::collections::BTreeMap;

use super::graph::Graph;

fn graph(files: &[(&str, &str)]) -> Graph {
    let files: BTreeMap<_, _> = files
        .iter()
        .map(|(name, text)| ((*name).to_owned(), (*text).to_owned()))
        .collect();
    Graph::of(&files, "lib.rs")
}

/// What `a.rs` with this text uses of a small crate.
fn used_by_a(text: &str) -> Vec<String> {
    let files = graph(&[
        (
            "lib.rs",
            "mod a; mod b; mod c; pub use b::inner::Deep; pub use c::*; pub const ROOT: u8 = 0;",
        ),
        ("a.rs", text),
        (
            "b.rs",
            "pub mod inner; pub use inner::Deep as Renamed; pub struct B; pub fn make() {}",
        ),
        ("b/inner.rs", "pub struct Deep; pub fn dig() {}"),
        (
            "c.rs",
            "pub struct C; pub enum Kind { One } macro_rules! made { () => {} } pub(crate) use made; ids! { PaymentId }",
        ),
    ]);
    files.used_by("a.rs").into_iter().map(str::to_owned).collect()
}

#[test]
fn use_leads_to_the_defining_file() {
    assert_eq!(used_by_a("use crate::b::B;"), ["b.rs"]);
    assert_eq!(used_by_a("use super::b::B;"), ["b.rs"]);
    assert_eq!(used_by_a("use crate::ROOT;"), ["lib.rs"]);
}

#[test]
fn nested_use_trees_lead_to_each_file() {
    let text = "use crate::{b::{self, inner::{Deep as D, dig}, B}, c::C};";
    assert_eq!(used_by_a(text), ["b.rs", "b/inner.rs", "c.rs"]);
}

#[test]
fn re_export_leads_past_the_parent() {
    assert_eq!(used_by_a("use crate::Deep;"), ["b/inner.rs"]);
    assert_eq!(used_by_a("use crate::b::Renamed;"), ["b/inner.rs"]);
    assert_eq!(used_by_a("use crate::C;"), ["c.rs"]);
}

#[test]
fn re_export_is_no_use_by_itself() {
    assert!(used_by_a("pub use crate::b::B;").is_empty());
    assert_eq!(
        used_by_a("pub(crate) use crate::b::B; fn f() -> B { todo!() }"),
        ["b.rs"]
    );
}

#[test]
fn path_prefers_module_to_function_of_same_name() {
    let files = graph(&[
        ("lib.rs", "mod a; mod case; fn case() {}"),
        ("a.rs", "use crate::case::Case;"),
        ("case.rs", "pub struct Case;"),
    ]);
    assert_eq!(files.used_by("a.rs"), ["case.rs"]);
}

#[test]
fn glob_leads_to_files_of_used_names() {
    assert_eq!(used_by_a("use crate::*; fn f(_: Deep) {}"), ["b/inner.rs"]);
    assert_eq!(used_by_a("use crate::b::*; fn f() { make() }"), ["b.rs"]);
    assert!(used_by_a("use crate::b::*;").is_empty());
    assert_eq!(used_by_a("use crate::c::Kind::*;"), ["c.rs"]);
}

#[test]
fn imported_module_is_used_where_its_name_is() {
    assert!(used_by_a("use crate::b;").is_empty());
    assert_eq!(used_by_a("use crate::b; fn f() { b::make() }"), ["b.rs"]);
    assert_eq!(
        used_by_a("use crate::b as other; fn f() { other::inner::dig() }"),
        ["b/inner.rs"]
    );
}

#[test]
fn paths_are_found_in_macro_bodies() {
    assert_eq!(
        used_by_a("fn f() { let _ = vec![crate::b::make()]; assert!(crate::c::C == 1); }"),
        ["b.rs", "c.rs"]
    );
    assert_eq!(
        used_by_a("macro_rules! m { () => { $crate::b::make() } }"),
        ["b.rs"]
    );
    assert_eq!(used_by_a("fn f() { crate::c::made!() }"), ["c.rs"]);
}

#[test]
fn paths_are_found_in_attributes() {
    assert_eq!(
        used_by_a(r#"struct S { #[serde(with = "crate::b::inner")] x: u8, #[x("crate::b::make")] y: u8 }"#),
        ["b.rs"]
    );
}

#[test]
fn macro_defined_names_lead_to_its_file() {
    assert_eq!(used_by_a("use crate::c::PaymentId;"), ["c.rs"]);
    assert_eq!(used_by_a("use crate::PaymentId;"), ["c.rs"]);
}

#[test]
fn inline_module_belongs_to_its_file() {
    let text = "mod inline { use super::super::b::B; pub struct X; } use inline::X;";
    assert_eq!(used_by_a(text), ["b.rs"]);
}

#[test]
fn imports_inside_functions_count() {
    assert_eq!(
        used_by_a("fn f() { use crate::b::{B, inner::dig}; }"),
        ["b.rs", "b/inner.rs"]
    );
}

#[test]
fn test_code_and_other_crates_do_not_count() {
    for text in [
        "#[cfg(test)] use crate::b::B;",
        "#[cfg(test)] mod tests { use crate::b::B; }",
        "#[cfg(test)] fn f() { crate::b::make() }",
        "struct S; impl S { #[cfg(test)] fn f() { crate::b::make() } }",
        "use serde::b::B; fn f() { ::b::make(); std::b::make() }",
        "fn f(b: u8, make: u8) -> u8 { b.make() + make }",
        "fn f() { quote! { crate::b::make() } }",
    ] {
        assert!(used_by_a(text).is_empty(), "{text}");
    }
    assert_eq!(
        used_by_a("#[cfg(test)] fn f() {} fn g() { crate::b::make() }"),
        ["b.rs"]
    );
}

#[test]
fn imports_that_name_each_other_end() {
    let files = graph(&[
        ("lib.rs", "mod a; mod b;"),
        ("a.rs", "pub use crate::b::*; pub use crate::b::X; fn f(_: X) {}"),
        ("b.rs", "pub use crate::a::*; pub use crate::a::X;"),
    ]);
    assert!(files.used_by("lib.rs").is_empty());
}

#[test]
fn circle_is_found_and_the_cheapest_cut_named() {
    let files = graph(&[
        ("lib.rs", "mod a; mod b; mod c; use c::C;"),
        ("a.rs", "use crate::b::B; pub struct A;"),
        ("b.rs", "use crate::c::C; use crate::a::A; pub struct B;"),
        ("c.rs", "use crate::a::A; pub struct C;"),
    ]);
    let circles = files.circles(2);
    assert_eq!(circles.len(), 1);
    assert_eq!(circles[0].iter().collect::<Vec<_>>(), ["a.rs", "b.rs", "c.rs"]);
    assert!(files.circles(3).is_empty());
    let text = files.explain(&circles[0]);
    let first = text.lines().nth(1).expect("an edge");
    assert!(
        first.contains("a.rs -> b.rs by crate::b::B (without it: 0 files)"),
        "{text}"
    );
}
