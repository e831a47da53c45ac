//! The forms in which stores keep tracked objects and changes.

use cryptopocket_types::Timestamp;
use serde_json::{Value, json};

use super::object::ObjectKind;
use super::observation::Change;
use super::tracked::Tracked;
use crate::error::{Error, ErrorKind, Result};

fn micros(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| time.unix_micros().into())
}

fn time(value: &Value) -> Option<Timestamp> {
    value.as_i64().map(Timestamp::saturating_from_unix_micros)
}

fn corrupt(what: &'static str) -> Error {
    Error::new(ErrorKind::Corrupt, what)
}

impl Tracked {
    /// The state as JSON, for a store. Its fields may change from version to version.
    pub fn to_json(&self) -> String {
        json!({
            "rank": self.rank,
            "confirmed": self.confirmed,
            "announced": self.announced,
            "behind_told": self.behind_told,
            "known": self.known.map(micros),
            "webhook": self.webhook,
            "unrecognised": self.unrecognised,
            "polled_at": micros(self.polled_at),
            "missing_since": micros(self.missing_since),
            "missing_told": self.missing_told,
        })
        .to_string()
    }

    /// Reads what [`to_json`](Self::to_json) wrote for an object of this kind.
    ///
    /// # Errors
    /// [`Corrupt`](ErrorKind::Corrupt) if it is anything else.
    pub fn from_json(kind: ObjectKind, text: &str) -> Result<Self> {
        read(kind, text).ok_or_else(|| corrupt("the state of a tracked object cannot be read"))
    }
}

fn read(kind: ObjectKind, text: &str) -> Option<Tracked> {
    let fields: Value = serde_json::from_str(text).ok()?;
    let rank = |name: &str| {
        let rank = u8::try_from(fields[name].as_u64()?).ok()?;
        (rank <= kind.last()).then_some(rank)
    };
    let flag = |name: &str| fields[name].as_bool();
    let four = |name: &str| <&[Value; 4]>::try_from(fields[name].as_array()?.as_slice()).ok();
    let unrecognised = fields["unrecognised"].as_array()?.iter();
    Some(Tracked {
        kind,
        rank: rank("rank")?,
        confirmed: flag("confirmed")?,
        announced: rank("announced")?,
        behind_told: flag("behind_told")?,
        known: four("known")?.each_ref().map(time),
        webhook: four("webhook")?.each_ref().map(|came| *came == true),
        unrecognised: unrecognised
            .filter_map(|status| status.as_str().map(str::to_owned))
            .collect(),
        polled_at: time(&fields["polled_at"]),
        missing_since: time(&fields["missing_since"]),
        missing_told: flag("missing_told")?,
    })
}

impl Change {
    /// The change as JSON, for a store.
    pub fn to_json(&self) -> String {
        let mut value = match self {
            Self::Moved { from, to } => json!({ "from": from.as_str(), "to": to.as_str() }),
            Self::Announced { state } | Self::Confirmed { state } | Self::Unrecognised { state } => {
                json!({ "state": state.as_str() })
            }
            Self::Behind { polled, announced } => {
                json!({ "polled": polled.as_str(), "announced": announced.as_str() })
            }
            Self::Missing { since } => json!({ "since": since.unix_micros() }),
        };
        value["change"] = self.as_str().into();
        value.to_string()
    }

    /// Reads what [`to_json`](Self::to_json) wrote of an object of this kind.
    ///
    /// # Errors
    /// [`Corrupt`](ErrorKind::Corrupt) if it is anything else.
    pub fn from_json(kind: ObjectKind, text: &str) -> Result<Self> {
        read_change(kind, text).ok_or_else(|| corrupt("a change of a tracked object cannot be read"))
    }
}

fn read_change(kind: ObjectKind, text: &str) -> Option<Change> {
    let fields: Value = serde_json::from_str(text).ok()?;
    let state = |name: &str| Some(kind.read_state(fields[name].as_str()?));
    Some(match fields["change"].as_str()? {
        "moved" => Change::Moved {
            from: state("from")?,
            to: state("to")?,
        },
        "announced" => Change::Announced {
            state: state("state")?,
        },
        "confirmed" => Change::Confirmed {
            state: state("state")?,
        },
        "behind" => Change::Behind {
            polled: state("polled")?,
            announced: state("announced")?,
        },
        "unrecognised" => Change::Unrecognised {
            state: state("state")?,
        },
        "missing" => Change::Missing {
            since: time(&fields["since"])?,
        },
        _ => return None,
    })
}
