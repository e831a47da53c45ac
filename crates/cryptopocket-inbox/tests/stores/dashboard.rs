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

/// What Grafana needs to show a panel; its types are those of `@grafana/schema`.
#[test]
fn dashboard_has_what_grafana_needs() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("grafana/dashboard.json")).unwrap();
    let dashboard: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert!(dashboard["uid"].is_string() && dashboard["schemaVersion"].is_u64());
    let (mut ids, mut cells) = (BTreeSet::new(), BTreeSet::new());
    for panel in dashboard["panels"].as_array().unwrap() {
        let title = panel["title"].as_str().unwrap();
        assert!(
            ids.insert(panel["id"].as_u64().unwrap()),
            "{title}: its id is taken"
        );
        let place = |name: &str| panel["gridPos"][name].as_u64().unwrap();
        assert!(place("x") + place("w") <= 24, "{title}: too wide");
        for x in place("x")..place("x") + place("w") {
            for y in place("y")..place("y") + place("h") {
                assert!(cells.insert((x, y)), "{title}: lies on another panel");
            }
        }
        if panel["type"] == "row" {
            continue;
        }
        let source = &panel["datasource"];
        assert_eq!(
            (&source["type"], &source["uid"]),
            (&"prometheus".into(), &"${datasource}".into()),
            "{title}"
        );
        let targets = panel["targets"].as_array().unwrap();
        let names: BTreeSet<_> = targets
            .iter()
            .map(|target| target["refId"].as_str().unwrap())
            .collect();
        assert!(!targets.is_empty() && names.len() == targets.len(), "{title}");
    }
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    let named: Vec<_> = variables
        .iter()
        .map(|variable| variable["name"].as_str().unwrap())
        .collect();
    assert_eq!(named, ["datasource", "job"]);
}
