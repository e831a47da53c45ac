//! The rules that concern one node, which are data: `rules.yaml`.

use super::findings::{Findings, Rule};
use super::places::Place;
use super::validate::{Validator, problems};
use boon::{ErrorKind, SchemaIndex, Schemas};
use serde::Deserialize;
use serde_json::{Value, json};
use std::sync::LazyLock;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct NodeRule {
    rule: String,
    /// The kinds of nodes that it is for.
    on: Vec<String>,
    /// A schema that the node's own name must fit.
    named: Option<Value>,
    must: Value,
    problem: Option<String>,
    cure: String,
}

struct NodeRules {
    /// Each with the compiled forms of `named` and `must`.
    rules: Vec<(NodeRule, SchemaIndex, SchemaIndex)>,
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
        let mut validator = Validator::new();
        let rules = rules.into_iter().map(|rule| {
            let named = validator.compile(rule.named.clone().unwrap_or(json!(true)))?;
            let must = validator.compile(rule.must.clone())?;
            Ok((rule, named, must))
        });
        let rules = rules.collect::<Result<_, String>>()?;
        Ok(Self {
            rules,
            schemas: validator.compiled,
        })
    }
}

/// Checks each node against the rules for its kind.
pub(super) fn check(places: &[Place<'_>], findings: &mut Findings) {
    let NodeRules { rules, schemas } = &*RULES;
    for place in places {
        let own = rules.iter().filter(|(rule, named, _)| {
            let is_for = |named| schemas.validate(&json!(place.name), named).is_ok();
            rule.on.iter().any(|kind| kind == place.kind) && is_for(*named)
        });
        for (rule, _, must) in own {
            let broken = Rule(&rule.rule, &rule.cure);
            let found = problems(schemas, *must, &place.node, |at, kind| told(place, at, kind));
            for (at, problem) in found {
                match &rule.problem {
                    Some(problem) => findings.add(&place.at, &broken, problem),
                    None => findings.add(at, &broken, problem),
                }
            }
        }
    }
}

/// The place and the problem of an error of the validator, in terms of the document.
fn told(place: &Place<'_>, location: &str, kind: &ErrorKind<'_, '_>) -> (String, String) {
    let (inside, key) = location.rsplit_once('/').unwrap_or_default();
    let at = if inside.is_empty() {
        place.at.clone()
    } else {
        format!("{}, {}", place.at, location.trim_start_matches('/'))
    };
    let problem = match (kind, place.node.pointer(location)) {
        (ErrorKind::Required { want }, _) => format!("no `{}`", want.join("`, `")),
        (ErrorKind::AdditionalProperties { got }, _) => {
            format!("`{}` does not belong there", got.join("`, `"))
        }
        (_, Some(value)) if !key.is_empty() => format!("`{key}` is {value}"),
        (kind, _) => kind.to_string(),
    };
    (at, problem)
}
