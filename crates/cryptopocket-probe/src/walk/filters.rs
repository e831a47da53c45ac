//! Parameters whose effect shows in a list: pages and filters.

use serde_json::{Value, json};

use super::{Answered, Probe};
use crate::ask::{Call, Outcome, Values};
use crate::locate::locate;
use crate::proposal::Proposal;
use crate::report::{Finding, Verdict};

/// The rows of a list, only to tell them apart.
type Rows = Vec<String>;

async fn rows(call: &Call, values: &Values) -> Option<Rows> {
    match call.send(values, &mut Vec::new()).await {
        Outcome::Reply(reply) => Some(rows_of(&reply)),
        _ => None,
    }
}

fn rows_of(reply: &Value) -> Rows {
    let objects = locate(reply).objects.into_iter();
    objects
        .map(|object| Value::Object(object.clone()).to_string())
        .collect()
}

fn with(values: &Values, name: &'static str, value: Value) -> Values {
    let mut values = values.clone();
    values.insert(name, value);
    values
}

impl Probe {
    /// Where pages are numbered, from which number, and by which parameters.
    pub(super) async fn pages(&mut self, list: &Answered) {
        let id = &list.call.outline.id;
        let located = locate(&list.reply);
        if located.objects.is_empty() {
            for place in ["paging", "parameter per_page", "parameter page"] {
                self.unseen(id, place, "the list is empty");
            }
            return;
        }
        let place = located.paging;
        let verdict = match place.as_deref() {
            Some("pagination") => Verdict::Confirmed,
            _ => Verdict::Paging,
        };
        let found = match place.as_deref() {
            Some("") => "page numbers stand beside the rows".to_owned(),
            Some(place) => format!("page numbers stand in `{place}`"),
            None => "the reply numbers no pages".to_owned(),
        };
        self.report.note(id, "paging", verdict, found);
        let all = rows_of(&list.reply);
        let Some(first) = all.first().filter(|_| all.len() > 1) else {
            self.unseen(id, "parameter per_page", "the list is too short");
            self.unseen(id, "parameter page", "the list is too short");
            return;
        };
        let one = json!(1);
        let sized = self
            .named(
                &list.call,
                &with(&list.values, "per_page", one.clone()),
                "per_page",
                |reply| rows_of(reply).len() == 1,
            )
            .await;
        let (call, values) = match sized {
            Some(call) => (call, with(&list.values, "per_page", one)),
            None => (list.call.clone(), list.values.clone()),
        };
        self.first_page(&call, &values, first).await;
    }

    async fn first_page(&mut self, call: &Call, values: &Values, first: &str) {
        let id = &call.outline.id;
        let at = async |call: &Call, page: u32| rows(call, &with(values, "page", json!(page))).await;
        let begins = |rows: &Option<Rows>| {
            rows.as_ref()
                .is_some_and(|rows| rows.first().is_some_and(|row| row == first))
        };
        let (zero, one) = (at(call, 0).await, at(call, 1).await);
        let counts_from = match (begins(&zero), begins(&one)) {
            (_, true) if !begins(&at(call, 2).await) => 1,
            (true, false) => 0,
            _ => {
                let values = with(values, "page", json!(2));
                self.named(call, &values, "page", |reply| {
                    rows_of(reply).first().is_some_and(|row| row != first)
                })
                .await;
                return;
            }
        };
        let chosen = self.session.choices().of(id).and_then(|choice| choice.first_page);
        let stated = call.outline.parameter("page").and_then(|page| page.first_page);
        let detail = format!("pages count from {counts_from}");
        let finding = if counts_from == chosen.or(stated).unwrap_or(1) {
            Finding::new(id, "parameter page", Verdict::Confirmed, detail)
        } else {
            Finding::new(id, "parameter page", Verdict::FirstPage, detail)
                .proposing(Proposal::FirstPage(counts_from))
        };
        self.report.add(finding);
    }

    /// Filters that no row can pass.
    pub(super) async fn filters(&mut self, list: &Answered, filters: &[(&'static str, Value)]) {
        let is_empty = rows_of(&list.reply).is_empty();
        for (name, value) in filters {
            if is_empty {
                self.unseen(
                    &list.call.outline.id,
                    &format!("parameter {name}"),
                    "the list is empty",
                );
                continue;
            }
            let values = with(&list.values, name, value.clone());
            self.named(&list.call, &values, name, |reply| rows_of(reply).is_empty())
                .await;
        }
    }

    /// Finds the name under which a parameter has its effect. A refused value proves that the name is known.
    pub(super) async fn named(
        &mut self,
        call: &Call,
        values: &Values,
        name: &'static str,
        has_effect: impl Fn(&Value) -> bool,
    ) -> Option<Call> {
        let id = &call.outline.id;
        let parameter = call.outline.parameter(name)?;
        let place = format!("parameter {name}");
        let is_known = |outcome: &Outcome, wire: &str| match outcome {
            Outcome::Reply(reply) => has_effect(reply),
            Outcome::Invalid(fields) => fields.is_empty() || fields.iter().any(|field| field == wire),
            Outcome::Refused(_) => true,
            _ => false,
        };
        if is_known(&call.send(values, &mut Vec::new()).await, call.wire(name)) {
            self.report
                .note(id, place, Verdict::Confirmed, "it has its effect");
            return Some(call.clone());
        }
        for wire in &parameter.candidates {
            let other = call.renamed(name, wire);
            let outcome = other.send(values, &mut Vec::new()).await;
            // Of a candidate only its effect counts: any unknown name may be refused.
            if matches!(&outcome, Outcome::Reply(reply) if has_effect(reply)) {
                let proposal = Proposal::Parameter {
                    name: name.to_owned(),
                    wire: wire.clone(),
                };
                let detail = format!("`{wire}` has the effect, `{name}` has none");
                let finding = Finding::new(id, place, Verdict::OtherParameter, detail).proposing(proposal);
                self.report.add(finding);
                return Some(other);
            }
        }
        let detail = "neither it nor a candidate has an effect";
        self.report.note(id, place, Verdict::IgnoredParameter, detail);
        None
    }

    fn unseen(&mut self, id: &str, place: &str, why: &str) {
        self.report.note(id, place, Verdict::Unseen, why);
    }
}
