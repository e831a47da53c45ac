//! The dashboard for Grafana against the metrics of the code.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const PREFIX: &str = "cryptopocket_";

/// The names of metrics in a text.
fn names(text: &str) -> BTreeSet<String> {
    text.match_indices(PREFIX)
        .map(|(start, _)| {
            let is_part = |letter: char| letter.is_ascii_lowercase() || letter == '_';
            let rest = &text[start..];
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            // The exporter adds it to a histogram.
            rest[..end].trim_end_matches("_bucket").to_owned()
        })
        .collect()
}

/// The literals of the sources that are nothing but such a name: others, such as tables, are parts of statements.
fn emitted(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            emitted(&path, found);
            continue;
        }
        let source = fs::read_to_string(&path).unwrap();
        // A metric says of what part it is, and then what it measures.
        let literals = source
            .split('"')
            .filter(|text| text.starts_with(PREFIX) && text.matches('_').count() > 1);
        found.extend(
            literals
                .filter(|text| names(text).contains(*text))
                .map(str::to_owned),
        );
    }
}

#[test]
fn dashboard_shows_every_metric_and_no_other() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("grafana/dashboard.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    let targets = dashboard["panels"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let shown: BTreeSet<String> = targets
        .flat_map(|target| names(target["expr"].as_str().unwrap()))
        .collect();
    let mut known = BTreeSet::new();
    emitted(&root.join("src"), &mut known);
    assert!(known.len() >= 9, "{known:?}");
    assert_eq!(shown, known);
}
