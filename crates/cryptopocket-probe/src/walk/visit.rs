//! One operation: ask, and hold what comes against the specification.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Answered, Probe};
use crate::ask::{Call, Outcome, Values, settle};
use crate::compare::compare;
use crate::locate::locate;
use crate::outline::{Field, Outline, outline};
use crate::report::{Finding, Verdict};

impl Probe {
    /// Asks, and notes everything but pages and units.
    pub(super) async fn visit(&mut self, id: &str, values: Values) -> Option<Answered> {
        let outline = outline(id)?;
        (self.listener)(id);
        let mut records = Vec::new();
        let asked = Call::new(&self.session, outline);
        let (call, outcome) = settle(asked.clone(), &values, &mut records).await;
        for record in records {
            self.report.keep(record);
        }
        self.path(&asked, &call, &outcome);
        self.renamed(&asked, &call);
        let reply = match outcome {
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
            call,
            values,
            names: self.compare(outline, &reply),
            reply,
        };
        if outline.method == "GET" {
            self.required(&answered).await;
        }
        Some(answered)
    }

    /// Asks with one value, if an earlier call showed it.
    pub(super) async fn visit_one(
        &mut self,
        id: &str,
        name: &'static str,
        value: Option<Value>,
    ) -> Option<Answered> {
        self.visit(id, Values::from([(name, value?)])).await
    }

    fn path(&mut self, asked: &Call, call: &Call, outcome: &Outcome) {
        let (asked, path) = (&asked.path, &call.path);
        let finding = |verdict, detail| Finding::new(&call.outline.id, "path", verdict, detail);
        self.report.add(match outcome {
            Outcome::NoSuchPath => finding(Verdict::NoPath, format!("nothing answers at `{asked}`")),
            Outcome::Failed(_) => return,
            _ if path == asked => finding(Verdict::Confirmed, format!("`{asked}`")),
            _ => finding(
                Verdict::OtherPath,
                format!("`{path}` answers, `{asked}` does not"),
            )
            .choosing(|choice| choice.path = Some(path.clone())),
        });
    }

    /// Notes the names that the provider asked for.
    fn renamed(&mut self, asked: &Call, call: &Call) {
        let is_new = |(name, _): &(&String, &String)| !asked.names.contains_key(*name);
        for (name, wire) in call.names.iter().filter(is_new) {
            let detail = format!("the provider asks for `{wire}`");
            let finding = |what| {
                let place = format!("{what} {name}");
                Finding::new(&call.outline.id, place, Verdict::OtherParameter, detail)
            };
            let names = [(name.clone(), wire.clone())];
            let is_field = |field: &&Field| field.path == *name && call.outline.parameter(name).is_none();
            self.report.add(match call.outline.request.iter().find(is_field) {
                Some(field) => finding("request")
                    .of(field)
                    .choosing(|choice| choice.request.extend(names)),
                None => finding("parameter").choosing(|choice| choice.parameters.extend(names)),
            });
        }
    }

    /// Holds a reply against the specification. Returns where each field stands.
    pub(super) fn compare(&mut self, outline: &'static Outline, reply: &Value) -> BTreeMap<String, String> {
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
        let (findings, names) = compare(outline, &located.objects, &located.place, choice);
        for finding in findings {
            self.report.add(finding);
        }
        names
    }

    /// A required parameter is known to the provider if it refuses the call without it.
    async fn required(&mut self, answered: &Answered) {
        let call = &answered.call;
        let is_chosen = self.session.choices().of(&call.outline.id).is_some();
        for parameter in &call.outline.parameters {
            let is_renamed = call.names.contains_key(&parameter.name);
            if !parameter.required || parameter.in_path || is_renamed && !is_chosen {
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
