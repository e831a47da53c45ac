//! `cargo xtask fuzz`: mutated requests over real connections. No request may make the emulator fail.
//!
//! Case N of seed S is always the same request, so a finding can be repeated.

mod chance;
mod judgement;
mod requests;
#[cfg(test)]
mod tests;

use super::Options;
use super::emulator::Emulator;
use super::http::exchange;
use super::seed::plant;
use crate::files::write;
use crate::spec::Document;
use crate::time;
use chance::Chance;
use judgement::judge;
use requests::{Material, Vocabulary};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// A run ends after this many findings.
const ENOUGH: usize = 10;
/// Control calls expire tokens and remove integrations from the whitelist, so a run logs in again after this many cases.
const BETWEEN_LOGINS: u64 = 500;

/// A request as bytes, and its possible effects.
#[derive(Debug)]
pub(crate) struct Case {
    pub(crate) bytes: Vec<u8>,
    /// Whether the framing is intact, so that a reply must come.
    pub(crate) whole: bool,
    /// Whether the reply has no body (`HEAD`).
    pub(crate) bodiless: bool,
    pub(crate) upset: Option<Upset>,
}

/// An effect of a case that would disturb later cases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Upset {
    /// Armed faults, which make the emulator fail on purpose.
    Faults,
    /// A reset, after which the ids of the cases are unknown.
    World,
}

impl Upset {
    fn of(target: &str) -> Option<Self> {
        if target.contains("fault") {
            Some(Self::Faults)
        } else if target.contains("reset") || target.contains("scenario") {
            Some(Self::World)
        } else {
            None
        }
    }
}

/// Runs until the time is up. The report, or the findings.
pub(super) fn run(
    root: &Path,
    document: &Document,
    mut emulator: Emulator,
    options: &Options,
) -> Result<String, String> {
    let folder = root.join("target/conformance/fuzz");
    let vocabulary = Vocabulary::read()?;
    let mut seeded = plant(&emulator)?;
    let (started, limit) = (time::now(), Duration::from_secs(options.seconds));
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    let mut findings: Vec<String> = Vec::new();
    let mut number = 0;
    while time::now().duration_since(started) < limit && findings.len() < ENOUGH {
        if number % BETWEEN_LOGINS == 0 {
            emulator.ask("POST /_sandbox/whitelist", "", &json!({"listed": true}))?;
            seeded.token = emulator.log_in()?;
        }
        let material = Material {
            document,
            vocabulary: &vocabulary,
            seeded: &seeded,
            address: emulator.address(),
        };
        let case = case(&material, options.seed, number);
        let answer = exchange(emulator.address(), &case.bytes, case.whole, case.bodiless);
        match judge(&case, answer.as_deref(), &emulator.complaints()) {
            Ok(status) => *statuses.entry(status).or_default() += 1,
            Err(problem) => {
                let file = folder.join(format!("seed-{}-case-{number}.http", options.seed));
                write(&file, &case.bytes)?;
                findings.push(format!(
                    "case {number}: {problem}\n    request: {}",
                    file.display()
                ));
            }
        }
        if let Some(end) = emulator.ended() {
            findings.push(format!("case {number}: {end}"));
            break;
        }
        match case.upset {
            Some(Upset::Faults) => drop(emulator.ask("DELETE /_sandbox/faults", "", &Value::Null)?),
            Some(Upset::World) => {
                emulator.ask(
                    "POST /_sandbox/scenario",
                    "",
                    &json!({"seed": 1, "speed": "instant"}),
                )?;
                seeded = plant(&emulator)?;
            }
            None => {}
        }
        number += 1;
    }
    let counts: Vec<_> = statuses
        .iter()
        .map(|(status, count)| format!("{status}: {count}"))
        .collect();
    let seconds = time::now().duration_since(started).as_secs();
    let report = format!(
        "{number} requests in {seconds} s with seed {}\n{}",
        options.seed,
        counts.join(", ")
    );
    if findings.is_empty() {
        return Ok(format!("{report}\nnothing found"));
    }
    Err(format!("{report}\n{}", findings.join("\n")))
}

/// The request of this number.
fn case(material: &Material<'_>, seed: u64, number: u64) -> Case {
    let mut chance = Chance::new(seed, number);
    let request = requests::make(material, &mut chance);
    let mut bytes = request.bytes();
    // Most requests stay well-formed, or few would get beyond the HTTP server.
    let whole = !chance.one_in(12);
    if !whole {
        damage(&mut bytes, &material.vocabulary.pieces, &mut chance);
    }
    Case {
        bytes,
        whole,
        bodiless: request.method == "HEAD",
        upset: Upset::of(&request.target),
    }
}

/// Damages the bytes of a request.
fn damage(bytes: &mut Vec<u8>, pieces: &[String], chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        match chance.below(5) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = chance.next().to_le_bytes()[0];
                }
            }
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..(at + chance.below(20)).min(bytes.len()))),
            3 => {
                let piece = chance.text(pieces);
                bytes.splice(at..at, piece.into_bytes());
            }
            _ => {
                let copied: Vec<u8> = bytes.iter().skip(at).take(chance.below(200)).copied().collect();
                bytes.splice(at..at, copied);
            }
        }
    }
}
