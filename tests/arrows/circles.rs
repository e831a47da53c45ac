//! Import circles between the files of a crate.

mod graph;
mod modules;
mod names;
mod references;
mod tests;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use self::graph::Graph;

/// A circle of more files than this cannot be read one file at a time.
const LIMIT: usize = 4;

/// Circles over the limit that still stand, by crate, as sizes in falling order. Numbers may only fall.
const STANDING: &[(&str, &[usize])] = &[];

/// Crate folders of the workspace that have sources.
fn crates() -> BTreeMap<String, Vec<Graph>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the workspace");
    let members = fs::read_dir(root.join("crates")).expect("a readable folder");
    let folders = members.map(|entry| entry.expect("an entry").path());
    folders
        .chain([root.join("xtask"), root.join("tests")])
        .map(|folder| {
            let name = folder.file_name().expect("a name").to_string_lossy().into_owned();
            (name, graphs(&folder.join("src")))
        })
        .collect()
}

/// One graph for the library and one for the program.
fn graphs(folder: &Path) -> Vec<Graph> {
    let mut files = BTreeMap::new();
    read(folder, "", &mut files);
    ["lib.rs", "main.rs"]
        .iter()
        .filter(|root| files.contains_key(**root))
        .map(|root| Graph::of(&files, root))
        .collect()
}

/// Collects the Rust files below `folder`, by their path from the crate's `src`.
fn read(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("an entry").path();
        let name = format!("{prefix}{}", path.file_name().expect("a name").to_string_lossy());
        if path.is_dir() {
            read(&path, &format!("{name}/"), files);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.insert(name, fs::read_to_string(&path).expect("a readable file"));
        }
    }
}

#[test]
fn import_circles_have_at_most_four_files() {
    let mut report = String::new();
    for (name, graphs) in crates() {
        let circles: Vec<_> = graphs
            .iter()
            .flat_map(|graph| graph.circles(LIMIT).into_iter().map(move |files| (graph, files)))
            .collect();
        let mut sizes: Vec<_> = circles.iter().map(|(_, files)| files.len()).collect();
        sizes.sort_unstable_by(|a, b| b.cmp(a));
        let standing = STANDING.iter().find(|(listed, _)| *listed == name);
        let listed = standing.map_or(&[][..], |(_, sizes)| sizes);
        if sizes == listed {
            continue;
        }
        let _ = writeln!(
            report,
            "{name}: circles of {sizes:?} files, STANDING lists {listed:?}."
        );
        if sizes.iter().sum::<usize>() < listed.iter().sum() {
            let _ = writeln!(report, "  Lower the numbers in STANDING to {sizes:?}.");
        }
        for (graph, files) in circles {
            report += &graph.explain(&files);
        }
    }
    assert!(report.is_empty(), "{report}");
}
