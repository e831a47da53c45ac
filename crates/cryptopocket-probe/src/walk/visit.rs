//! One operation: ask, and hold what comes against the specification.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{LEARNT, Probe};
use crate::ask::{Call, Outcome};
use crate::compare::compare;
use crate::locate::{locate, value};
use crate::outline::{Outline, outline};
use crate::report::{Finding, Verdict};

pub(super) struct Answered {
    pub(super) call: Call,
    pub(super) values: Value,
    pub(super) reply: Value,
    /// Where each field stands.
    names: BTreeMap<String, String>,
}

impl Answered {
    pub(super) fn objects(&self) -> Vec<&Value> {
        locate(&self.reply).objects
    }

    pub(super) fn field<'v>(&self, object: &'v Value, name: &str) -> Option<&'v Value> {
        value(object, self.names.get(name).map_or(name, String::as_str))
    }

    /// A field of the first object that has it.
    pub(super) fn first(&self, name: &str) -> Option<Value> {
        self.first_of(&self.reply, name)
    }

    /// A field of the first object that has it, in another reply to the call.
    pub(super) fn first_of(&self, reply: &Value, name: &str) -> Option<Value> {
        let mut objects = locate(reply).objects.into_iter();
        objects.find_map(|object| self.field(object, name).cloned())
    }
}

impl Probe {
    /// Asks, and notes and learns what the answer shows. Does nothing if a value is null, which no earlier call showed.
    pub(super) async fn visit(&mut self, id: &str, values: Value) -> Option<Answered> {
        if values.as_object()?.values().any(Value::is_null) {
            return None;
        }
        let outline = outline(id)?;
        (self.listener)(id);
        let mut records = Vec::new();
        let asked = Call::new(&self.session, outline);
        let (call, outcome) = asked.clone().settle(&values, &mut records).await;
        for record in records {
            self.report.keep(record);
        }
        self.path(&asked, &call, &outcome);
        self.renamed(&asked, &call);
        let (verdict, detail) = match outcome {
            Outcome::Reply(reply) => {
                let answered = Answered {
                    call,
                    values,
                    names: self.compare(outline, &reply),
                    reply,
                };
                self.look_closer(&answered).await;
                return Some(answered);
            }
            Outcome::Refused(code) => (Verdict::Refused, code),
            Outcome::Invalid(_) => (Verdict::Refused, "a parameter or field was refused".to_owned()),
            Outcome::Failed(detail) => (Verdict::Failed, detail),
            Outcome::NoSuchPath => return None,
        };
        self.report.note(id, "reply", verdict, detail);
        None
    }

    /// The effect of parameters, the units of amounts, and what later calls ask with.
    async fn look_closer(&mut self, answered: &Answered) {
        let outline = answered.call.outline;
        if outline.method == "GET" {
            self.required(answered).await;
        }
        if outline.parameter("page").is_some() {
            self.pages(answered).await;
            self.filters(answered).await;
        }
        self.units(answered);
        for (_, name, field) in LEARNT.into_iter().filter(|(id, ..)| *id == outline.id) {
            if let Some(value) = answered.first(field) {
                self.known.entry(name).or_insert(value);
            }
        }
    }

    fn path(&mut self, asked: &Call, call: &Call, outcome: &Outcome) {
        let (asked, path) = (&asked.path, &call.path);
        let finding = |verdict, detail| Finding::new(&call.outline.id, "path", verdict, detail);
        self.report.add(match outcome {
            Outcome::NoSuchPath => finding(Verdict::NoPath, format!("nothing answers at `{asked}`")),
            Outcome::Failed(_) => return,
            _ if path == asked => finding(Verdict::Confirmed, format!("`{asked}`")),
            _ => {
                let detail = format!("`{path}` answers, `{asked}` does not");
                finding(Verdict::OtherPath, detail).choosing(|choice| choice.path = Some(path.clone()))
            }
        });
    }

    /// Notes the names that the provider asked for.
    fn renamed(&mut self, asked: &Call, call: &Call) {
        let names = call.names.iter();
        for (name, wire) in names.filter(|(name, _)| !asked.names.contains_key(*name)) {
            let finding = |what| {
                let detail = format!("the provider asks for `{wire}`");
                let place = format!("{what} {name}");
                Finding::new(&call.outline.id, place, Verdict::OtherParameter, detail)
            };
            let names = [(name.clone(), wire.clone())];
            let outline = call.outline;
            let mut fields = outline.request.iter();
            self.report.add(match fields.find(|field| field.path == *name) {
                Some(field) if outline.parameter(name).is_none() => finding("request")
                    .of(field)
                    .choosing(|choice| choice.request.extend(names)),
                _ => finding("parameter").choosing(|choice| choice.parameters.extend(names)),
            });
        }
    }

    /// Holds a reply against the specification. Returns where each field stands.
    pub(super) fn compare(&mut self, outline: &'static Outline, reply: &Value) -> BTreeMap<String, String> {
        let located = locate(reply);
        if outline.object_fields().next().is_none() {
            return BTreeMap::new();
        }
        if located.objects.is_empty() {
            let detail = "the list is empty: it proves the path, and no field of a row";
            self.report.note(&outline.id, "reply", Verdict::Unseen, detail);
            return BTreeMap::new();
        }
        if located.place != outline.place() {
            let place = match located.place.as_str() {
                "" => "the object stands at the top level".to_owned(),
                place => format!("the object stands at `{place}`"),
            };
            self.report.note(&outline.id, "reply", Verdict::Envelope, place);
        }
        let choice = self.session.choices().of(&outline.id);
        let (findings, names) = compare(outline, &located, choice);
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
            let name = &parameter.path;
            let is_renamed = call.names.contains_key(name);
            if !parameter.required || call.outline.is_in_path(name) || is_renamed && !is_chosen {
                continue;
            }
            let mut values = answered.values.clone();
            values.as_object_mut().map(|values| values.remove(name));
            let (verdict, detail) = match call.send(&values).await {
                Outcome::Refused(_) | Outcome::Invalid(_) => {
                    (Verdict::Confirmed, "the call is refused without it")
                }
                _ => (Verdict::Unseen, "the call is answered without it too"),
            };
            let place = format!("parameter {name}");
            self.report.note(&call.outline.id, place, verdict, detail);
        }
    }
}
