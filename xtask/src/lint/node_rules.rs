//! The rules that concern one node, which are data: `rules.yaml`.

use super::findings::{Findings, Rule};
use super::places::Place;
use super::validate::leaves;
use boon::{Compiler, Draft, ErrorKind, SchemaIndex, Schemas, ValidationError};
use regex::Regex;
use serde::{Deserialize, Deserializer, de::Error as _};
use serde_json::Value;
use std::sync::LazyLock;

/// A rule of the file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeRule {
    rule: String,
    /// The kinds of nodes that it is for.
    on: Vec<String>,
    #[serde(default, deserialize_with = "expression")]
    named: Option<Regex>,
    #[serde(default, deserialize_with = "expression")]
    not_named: Option<Regex>,
    must: Value,
    problem: Option<String>,
    cure: String,
}

struct NodeRules {
    rules: Vec<(NodeRule, SchemaIndex)>,
    schemas: Schemas,
}

static RULES: LazyLock<NodeRules> = LazyLock::new(|| {
    #[allow(
        clippy::panic,
        reason = "the file is part of the program, and every test of a rule reads it"
    )]
    NodeRules::read().unwrap_or_else(|error| panic!("rules.yaml: {error}"))
});

impl NodeRules {
    fn read() -> Result<Self, String> {
        let rules: Vec<NodeRule> =
            yaml_serde::from_str(include_str!("rules.yaml")).map_err(|e| e.to_string())?;
        let mut compiler = Compiler::new();
        compiler.set_default_draft(Draft::V2020_12);
        let mut schemas = Schemas::new();
        let mut indexed = Vec::new();
        for (number, rule) in rules.into_iter().enumerate() {
            let url = format!("https://localhost/rule/{number}.json");
            // Fails only if the name is not a URL.
            drop(compiler.add_resource(&url, rule.must.clone()));
            let index = compiler.compile(&url, &mut schemas);
            let index = index.map_err(|e| format!("{}: {e:#}", rule.rule))?;
            indexed.push((rule, index));
        }
        Ok(Self {
            rules: indexed,
            schemas,
        })
    }
}

impl NodeRule {
    fn is_for(&self, place: &Place<'_>) -> bool {
        self.on.iter().any(|kind| kind == place.kind)
            && self.named.as_ref().is_none_or(|named| named.is_match(place.name))
            && !self
                .not_named
                .as_ref()
                .is_some_and(|named| named.is_match(place.name))
    }
}

/// Checks each node against the rules for its kind.
pub(super) fn check(places: &[Place<'_>], findings: &mut Findings) {
    for place in places {
        for (rule, index) in RULES.rules.iter().filter(|(rule, _)| rule.is_for(place)) {
            let Err(error) = RULES.schemas.validate(&place.node, *index) else {
                continue;
            };
            let broken = Rule(&rule.rule, &rule.cure);
            if let Some(problem) = &rule.problem {
                findings.add(&place.at, &broken, problem);
                continue;
            }
            for leaf in leaves(&error) {
                let (at, problem) = found(place, leaf);
                findings.add(at, &broken, problem);
            }
        }
    }
}

/// The place and the problem of an error of the validator, in terms of the document.
fn found(place: &Place<'_>, error: &ValidationError<'_, '_>) -> (String, String) {
    let location = error.instance_location.to_string();
    let (inside, key) = location.rsplit_once('/').unwrap_or_default();
    let at = if inside.is_empty() {
        place.at.clone()
    } else {
        format!("{}, {}", place.at, location.trim_start_matches('/'))
    };
    let problem = match (&error.kind, place.node.pointer(&location)) {
        (ErrorKind::Required { want }, _) => format!("no `{}`", want.join("`, `")),
        (ErrorKind::AdditionalProperties { got }, _) => {
            format!("`{}` does not belong there", got.join("`, `"))
        }
        (_, Some(value)) if !key.is_empty() => format!("`{key}` is {value}"),
        (kind, _) => kind.to_string(),
    };
    (at, problem)
}

fn expression<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Regex>, D::Error> {
    let text = String::deserialize(deserializer)?;
    Regex::new(&text).map(Some).map_err(D::Error::custom)
}
