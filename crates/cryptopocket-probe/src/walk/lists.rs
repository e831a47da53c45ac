//! Parameters whose effect shows in a list: pages and filters.

use serde_json::{Value, json};

use super::Probe;
use super::visit::Answered;
use crate::ask::{Call, Outcome};
use crate::locate::locate;
use crate::report::{Finding, Verdict};

/// Filters that no row can pass.
const NOTHING: [(&str, &str); 4] = [
    ("external_id", "probe-no-such-reference"),
    ("status", "probe_no_such_status"),
    ("from", "2190-01-01"),
    ("to", "1990-01-01"),
];

/// The rows of a list, only to tell them apart.
fn rows(reply: &Value) -> Vec<String> {
    let objects = locate(reply).objects.into_iter();
    objects.map(Value::to_string).collect()
}

fn with(values: &Value, name: &str, value: Value) -> Value {
    let mut values = values.clone();
    values[name] = value;
    values
}

impl Probe {
    /// Where pages are numbered, from which number, and by which parameters.
    pub(super) async fn pages(&mut self, list: &Answered) {
        let call = &list.call;
        let all = rows(&list.reply);
        let why = match all.as_slice() {
            [] => "the list is empty",
            [_] => "the list is too short",
            _ => "",
        };
        let (verdict, found) = match locate(&list.reply).paging.as_deref() {
            _ if all.is_empty() => (Verdict::Unseen, why.to_owned()),
            Some("pagination") => (
                Verdict::Confirmed,
                "page numbers stand in `pagination`".to_owned(),
            ),
            Some("") => (Verdict::Paging, "page numbers stand beside the rows".to_owned()),
            Some(place) => (Verdict::Paging, format!("page numbers stand in `{place}`")),
            None => (Verdict::Paging, "the reply numbers no pages".to_owned()),
        };
        self.report.note(&call.outline.id, "paging", verdict, found);
        let [first, _, ..] = all.as_slice() else {
            for place in ["parameter per_page", "parameter page"] {
                self.report.note(&call.outline.id, place, Verdict::Unseen, why);
            }
            return;
        };
        let one = with(&list.values, "per_page", json!(1));
        let is_one = |reply: &Value| rows(reply).len() == 1;
        match self.named(call, &one, "per_page", is_one).await {
            Some(call) => self.first_page(&call, &one, first).await,
            None => self.first_page(call, &list.values, first).await,
        }
    }

    async fn first_page(&mut self, call: &Call, values: &Value, first: &str) {
        let id = &call.outline.id;
        let begins = async |page: u32| {
            let outcome = call.send(&with(values, "page", json!(page))).await;
            matches!(outcome, Outcome::Reply(reply) if rows(&reply).first().is_some_and(|row| row == first))
        };
        let counts_from = match (begins(0).await, begins(1).await) {
            (_, true) if !begins(2).await => 1,
            (true, false) => 0,
            _ => {
                let second = with(values, "page", json!(2));
                let differs = |reply: &Value| rows(reply).first().is_some_and(|row| row != first);
                self.named(call, &second, "page", differs).await;
                return;
            }
        };
        let chosen = self.session.choices().of(id).and_then(|choice| choice.first_page);
        let stated = call.outline.parameter("page").and_then(|page| page.first_page);
        let finding = |verdict| {
            let detail = format!("pages count from {counts_from}");
            Finding::new(id, "parameter page", verdict, detail)
        };
        self.report.add(if counts_from == chosen.or(stated).unwrap_or(1) {
            finding(Verdict::Confirmed)
        } else {
            finding(Verdict::FirstPage).choosing(|choice| choice.first_page = Some(counts_from))
        });
    }

    pub(super) async fn filters(&mut self, list: &Answered) {
        let call = &list.call;
        let is_empty = |reply: &Value| rows(reply).is_empty();
        let known = NOTHING.into_iter();
        for (name, value) in known.filter(|(name, _)| call.outline.parameter(name).is_some()) {
            if is_empty(&list.reply) {
                let place = format!("parameter {name}");
                let why = "the list is empty";
                self.report.note(&call.outline.id, place, Verdict::Unseen, why);
            } else {
                let values = with(&list.values, name, json!(value));
                self.named(call, &values, name, is_empty).await;
            }
        }
    }

    /// Finds the name under which a parameter has its effect. A refused value proves that the name is known.
    pub(super) async fn named(
        &mut self,
        call: &Call,
        values: &Value,
        name: &str,
        has_effect: impl Fn(&Value) -> bool,
    ) -> Option<Call> {
        let id = &call.outline.id;
        let parameter = call.outline.parameter(name)?;
        let place = format!("parameter {name}");
        let is_known = match call.send(values).await {
            Outcome::Reply(reply) => has_effect(&reply),
            Outcome::Invalid(fields) => {
                fields.is_empty() || fields.iter().any(|field| field == call.wire(name))
            }
            Outcome::Refused(_) => true,
            Outcome::NoSuchPath | Outcome::Failed(_) => false,
        };
        if is_known {
            self.report
                .note(id, place, Verdict::Confirmed, "it has its effect");
            return Some(call.clone());
        }
        for wire in &parameter.candidates {
            let mut other = call.clone();
            other.names.insert(name.to_owned(), wire.clone());
            // Of a candidate only its effect counts: any unknown name may be refused.
            if matches!(other.send(values).await, Outcome::Reply(reply) if has_effect(&reply)) {
                let detail = format!("`{wire}` has the effect, `{name}` has none");
                let finding = Finding::new(id, place, Verdict::OtherParameter, detail);
                let names = (name.to_owned(), wire.clone());
                self.report
                    .add(finding.choosing(|choice| choice.parameters.extend([names])));
                return Some(other);
            }
        }
        let detail = "neither it nor a candidate has an effect";
        self.report.note(id, place, Verdict::IgnoredParameter, detail);
        None
    }
}
