//! One operation: ask, and hold what comes against the specification.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::{Answered, Probe};
use crate::ask::{Call, Outcome, Settled, Values, settle};
use crate::compare::compare;
use crate::locate::locate;
use crate::outline::{Outline, outline};
use crate::proposal::Proposal;
use crate::report::{Finding, Verdict};

impl Probe {
    /// Asks, and notes everything but pages and units.
    pub(super) async fn visit(&mut self, id: &str, values: Values) -> Option<Answered> {
        let outline = outline(id)?;
        (self.listener)(id);
        let mut records = Vec::new();
        let settled = settle(Call::new(&self.session, outline), &values, &mut records).await;
        for record in records {
            self.report.keep(record);
        }
        self.path(&settled);
        self.renamed(&settled.call, &settled.renamed);
        let reply = match settled.outcome {
            Outcome::Reply(reply) => reply,
            outcome => {
                let (verdict, detail) = match outcome {
                    Outcome::Refused(code) => (Verdict::Refused, code),
                    Outcome::Invalid(_) => (Verdict::Refused, "a parameter or field was refused".to_owned()),
                    Outcome::Failed(detail) => (Verdict::Failed, detail),
                    Outcome::NoSuchPath | Outcome::Reply(_) => return None,
                };
                self.report.note(id, "reply", verdict, detail);
                return None;
            }
        };
        let answered = Answered {
            call: settled.call,
            values,
            names: self.compare(outline, &reply),
            reply,
        };
        if outline.method == "GET" {
            self.required(&answered).await;
        }
        Some(answered)
    }

    fn path(&mut self, settled: &Settled) {
        let call = &settled.call;
        let asked = Call::new(&self.session, call.outline).path;
        let finding = |verdict, detail| Finding::new(&call.outline.id, "path", verdict, detail);
        self.report.add(match &settled.outcome {
            Outcome::NoSuchPath => finding(Verdict::NoPath, format!("nothing answers at `{asked}`")),
            Outcome::Failed(_) => return,
            _ if call.path == asked => finding(Verdict::Confirmed, format!("`{asked}`")),
            _ => finding(
                Verdict::OtherPath,
                format!("`{}` answers, `{asked}` does not", call.path),
            )
            .proposing(Proposal::Path(call.path.clone())),
        });
    }

    fn renamed(&mut self, call: &Call, names: &BTreeSet<String>) {
        for name in names {
            let wire = call.wire(name).to_owned();
            let is_parameter = call.outline.parameter(name).is_some();
            let what = if is_parameter { "parameter" } else { "request" };
            let detail = format!("the provider asks for `{wire}`");
            let finding = Finding::new(
                &call.outline.id,
                format!("{what} {name}"),
                Verdict::OtherParameter,
                detail,
            );
            let name = name.clone();
            let finding = if is_parameter {
                finding.proposing(Proposal::Parameter { name, wire })
            } else {
                let field = call.outline.request.iter().find(|field| field.path == name);
                let schema = field.map(|field| field.schema.as_str()).unwrap_or_default();
                finding.of(schema, &name).proposing(Proposal::RequestField {
                    name: name.clone(),
                    wire,
                })
            };
            self.report.add(finding);
        }
    }

    /// Holds a reply against the specification. Returns where each field stands.
    pub(super) fn compare(&mut self, outline: &Outline, reply: &Value) -> BTreeMap<String, String> {
        if outline.object_fields().next().is_none() {
            return BTreeMap::new();
        }
        let located = locate(reply);
        if located.objects.is_empty() {
            let detail = "the list is empty: it proves the path, and no field of a row";
            self.report.note(&outline.id, "reply", Verdict::Unseen, detail);
            return BTreeMap::new();
        }
        let expected = if outline.is_list() { "data[]" } else { "data" };
        if located.place != expected {
            let place = match located.place.as_str() {
                "" => "the object stands at the top level".to_owned(),
                place => format!("the object stands at `{place}`"),
            };
            self.report.note(&outline.id, "reply", Verdict::Envelope, place);
        }
        let choice = self.session.choices().of(&outline.id);
        let comparison = compare(outline, &located.objects, &located.place, choice);
        for finding in comparison.findings {
            self.report.add(finding);
        }
        comparison.names
    }

    /// A required parameter is known to the provider if it refuses the call without it.
    async fn required(&mut self, answered: &Answered) {
        let call = &answered.call;
        let required = call
            .outline
            .parameters
            .iter()
            .filter(|parameter| parameter.required && !parameter.in_path);
        for parameter in required {
            if self.session.choices().of(&call.outline.id).is_none()
                && call.names.contains_key(&parameter.name)
            {
                continue;
            }
            let mut values = answered.values.clone();
            values.remove(parameter.name.as_str());
            let outcome = call.send(&values, &mut Vec::new()).await;
            let place = format!("parameter {}", parameter.name);
            let (verdict, detail) = match outcome {
                Outcome::Refused(_) | Outcome::Invalid(_) => {
                    (Verdict::Confirmed, "the call is refused without it")
                }
                _ => (Verdict::Unseen, "the call is answered without it too"),
            };
            self.report.note(&call.outline.id, place, verdict, detail);
        }
    }
}
