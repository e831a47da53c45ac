//! The text of a scenario.

use std::str::FromStr;

use crate::clock::Speed;
use crate::engine::Engine;
use crate::error::Misfit;
use crate::scenario::{File, Result, Scenario};
use crate::settings::Settings;

/// Reads a scenario, and opens an engine with it to find entries that are not valid or do not fit together.
impl FromStr for Scenario {
    type Err = Misfit;

    fn from_str(text: &str) -> Result<Self> {
        let scenario = Self {
            file: read(text)?,
            source: text.into(),
        };
        let mut settings = Settings::new(1);
        scenario.set(&mut settings)?;
        settings.speed = Speed::Manual;
        Engine::with(settings).open(&scenario)?;
        Ok(scenario)
    }
}

#[cfg(feature = "yaml")]
fn read(text: &str) -> Result<File> {
    // An empty document, or one of comments only, is a scenario without entries.
    let file: std::result::Result<Option<File>, _> = yaml_serde::from_str(text);
    let file = file.map_err(|error| {
        let place = error.location().map(|at| (at.line(), at.column()));
        unreadable(&error.to_string(), place)
    })?;
    Ok(file.unwrap_or_default())
}

#[cfg(not(feature = "yaml"))]
fn read(text: &str) -> Result<File> {
    let file = serde_json::from_str(text);
    file.map_err(|error| unreadable(&error.to_string(), Some((error.line(), error.column()))))
}

/// The error of a text that has not the form of a scenario, with its line and column.
fn unreadable(text: &str, place: Option<(usize, usize)>) -> Misfit {
    const CURE: &str = "scenario.schema.json describes the fields; editors can check a file against it";
    let Some((line, column)) = place else {
        return Misfit::new("the file", text, CURE);
    };
    let rule = text.replace(&format!(" at line {line} column {column}"), "");
    Misfit::new(format!("line {line}, column {column}"), rule, CURE)
}
