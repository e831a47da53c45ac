//! `cargo xtask fuzz`: mutated requests over real connections. No request may make the emulator fail.
//!
//! Case N of seed S is always the same request, so a finding can be repeated.

mod chance;
mod requests;
#[cfg(test)]
mod tests;

use super::Options;
use super::emulator::Emulator;
use super::http::{Answer, exchange};
use super::seed::{Seeded, plant};
use crate::spec::Document;
use crate::workspace::{self, write};
use chance::Chance;
use requests::{Material, Vocabulary};
use serde::de::IgnoredAny;
use serde_json::Value;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

/// A run ends after this many findings.
const ENOUGH: usize = 10;

/// Control calls expire tokens and remove integrations from the whitelist, so a run starts over after this many cases.
const BETWEEN_STARTS: u64 = 500;

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
        let words = [
            ("fault", Self::Faults),
            ("reset", Self::World),
            ("scenario", Self::World),
        ];
        let mut words = words.into_iter();
        words.find_map(|(word, upset)| target.contains(word).then_some(upset))
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
    let mut seeded = Seeded::default();
    let mut upset = None;
    let (started, limit) = (workspace::now(), Duration::from_secs(options.seconds));
    let mut statuses: BTreeMap<String, u64> = BTreeMap::new();
    let mut findings: Vec<String> = Vec::new();
    let mut number = 0;
    while workspace::now().duration_since(started) < limit && findings.len() < ENOUGH {
        if number % BETWEEN_STARTS == 0 {
            upset = Some(Upset::World);
        }
        let restored = match upset {
            None => Ok(()),
            Some(Upset::Faults) => {
                let cleared = emulator.ask("DELETE /_sandbox/faults", "", &Value::Null);
                cleared.map(drop)
            }
            Some(Upset::World) => plant(&emulator).map(|planted| seeded = planted),
        };
        if let Err(problem) = restored {
            findings.push(format!("case {number}: cannot start over: {problem}"));
            break;
        }
        let material = Material {
            document,
            vocabulary: &vocabulary,
            seeded: &seeded,
            address: emulator.address(),
        };
        let case = case(&material, options.seed, number);
        let answer = exchange(emulator.address(), &case.bytes, case.whole, case.bodiless);
        match judge(&case, answer.as_deref(), emulator.server.printed()) {
            Ok(status) => *statuses.entry(status).or_default() += 1,
            Err(problem) => {
                let file = folder.join(format!("seed-{}-case-{number}.http", options.seed));
                write(&file, &case.bytes)?;
                let file = file.display();
                findings.push(format!("case {number}: {problem}\n    request: {file}"));
            }
        }
        if let Some(end) = emulator.server.ended() {
            findings.push(format!("case {number}: {end}"));
            break;
        }
        upset = case.upset;
        number += 1;
    }
    let statuses = statuses.iter();
    let counts: Vec<_> = statuses
        .map(|(status, count)| format!("{status}: {count}"))
        .collect();
    let seconds = workspace::now().duration_since(started).as_secs();
    let (seed, counts) = (options.seed, counts.join(", "));
    let report = format!("{number} requests in {seconds} s with seed {seed}\n{counts}");
    if findings.is_empty() {
        return Ok(format!("{report}\nnothing found"));
    }
    Err(format!("{report}\n{}", findings.join("\n")))
}

/// The status of the reply, or the failure. `printed` is the emulator's output.
fn judge(case: &Case, answer: Result<&[u8], &io::Error>, printed: &str) -> Result<String, String> {
    if printed.contains("panicked") {
        return Err(format!("a panic: {printed}"));
    }
    let bytes = match answer {
        Ok(bytes) if !bytes.is_empty() => bytes,
        _ if !case.whole => return Ok("closed".to_owned()),
        Ok(_) => return Err("the connection closed without an answer".to_owned()),
        Err(error) => return Err(format!("no answer: {error}")),
    };
    let shown = |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).chars().take(400).collect() };
    let answer = Answer::read(bytes).ok_or_else(|| format!("no HTTP: {}", shown(bytes)))?;
    let Answer { status, body, .. } = &answer;
    // The reply of a feature that is not emulated.
    let is_left_out = *status == 501 && answer.json().is_some_and(|body| body["error"] == "not_emulated");
    if *status >= 500 && !is_left_out {
        return Err(format!("HTTP {status}: {}", shown(body)));
    }
    if case.whole && !case.bodiless {
        let (length, declared) = (body.len(), answer.declared());
        if declared.is_some_and(|declared| declared != length) {
            return Err(format!(
                "a body of {length} bytes where {declared:?} were declared"
            ));
        }
        let kind = answer.header("content-type").unwrap_or_default();
        // Numbers beyond any float included.
        if kind.starts_with("application/json") && serde_json::from_slice::<IgnoredAny>(body).is_err() {
            return Err(format!("no JSON: {}", shown(body)));
        }
    }
    Ok(status.to_string())
}

/// The request of this number.
fn case(material: &Material<'_>, seed: u64, number: u64) -> Case {
    let mut chance = Chance::new(seed, number);
    let request = material.request(&mut chance);
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

fn damage(bytes: &mut Vec<u8>, pieces: &[String], chance: &mut Chance) {
    for _ in 0..=chance.below(4) {
        let at = chance.below(bytes.len());
        let end = |length: usize| (at + length).min(bytes.len());
        match chance.below(5) {
            0 => {
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = chance.byte();
                }
            }
            1 => bytes.truncate(at),
            2 => drop(bytes.drain(at..end(chance.below(20)))),
            3 => drop(bytes.splice(at..at, chance.text(pieces).into_bytes())),
            _ => {
                let copied = bytes[at..end(chance.below(200))].to_vec();
                bytes.splice(at..at, copied);
            }
        }
    }
}
