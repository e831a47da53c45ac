//! Holding the provider against the specification.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::prelude::*;
use clap::Args;
use cryptopocket_probe::{Finding, Probe as Walk, Report};

/// Hold the API against what this version knows of it: paths, parameters, fields, units
///
/// Calls everything that only reads, and tells where the provider differs from the specification. Only kinds of values are
/// kept, never a value, so the report can be attached to a bug report. Exit code 8 if there are differences; new fields and
/// words are none, since nothing breaks by them.
#[derive(Debug, Args)]
pub(crate) struct Probe {
    /// Also make the calls that write: customers, payments, an off-ramp, a reconciliation, a subscription to
    /// `RAMPOFF_FINISHED`. Nothing takes them back. At the provider's sandbox or on this machine only
    #[arg(long)]
    allow_writes: bool,
    /// Folder for report.md, choices.json (for --choices), patch.yaml (for the specification) and the shapes
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

impl Probe {
    pub(crate) async fn run(self, context: &mut Context) -> Result<()> {
        let client = context.client()?;
        if let Some(folder) = &self.out {
            // Before the calls, which take a while.
            fs::create_dir_all(folder).map_err(|error| unwritten(folder, &error))?;
        }
        let progress = context.progress("probing");
        let label = progress.clone();
        let mut walk = Walk::new(client.session().clone())
            .listener(move |operation| label.label(format!("probing {operation}")));
        if self.allow_writes {
            walk = walk.allow_writes()?;
        }
        let report = progress.during(walk.run()).await?;
        let files = match &self.out {
            Some(folder) => write(folder, &report)?,
            None => Vec::new(),
        };
        let differences: Vec<&Finding> = report.differences().collect();
        let additions: Vec<&Finding> = report.additions().collect();
        let error = (!differences.is_empty()).then(|| failure(differences.len(), self.out.as_deref()));
        let output = &mut context.output;
        if output.is_json() {
            output.json(&object! {
                "confirmed": report.confirmed(),
                "differences": differences,
                "additions": additions,
                "open": report.open().collect::<Vec<_>>(),
                "choices": report.choices(),
                "files": files,
                "error": error,
            })?;
            return output.end(error);
        }
        let shown: Vec<&Finding> = differences.into_iter().chain(additions).collect();
        if !shown.is_empty() {
            output.table(&shown, view::FINDINGS)?;
        }
        output.line(report.summary())?;
        if let Some(folder) = &self.out {
            let path = folder.join("report.md");
            output.line(format!("The report is in {}.", path.display()))?;
        }
        output.end(error)
    }
}

fn failure(differences: usize, out: Option<&Path>) -> Failure {
    let hint = match out.map(|folder| folder.join("choices.json")) {
        Some(choices) => format!(
            "`--choices {}` lets this program follow them, as far as names and paths can. Attach the folder to a bug report: it \
             holds no value of a reply.",
            choices.display()
        ),
        None => "Give --out DIR for a report, and for a file of choices that lets this program follow them."
            .to_owned(),
    };
    let message = format!("the provider differs from the specification in {differences} places");
    Failure::check("provider_differs", message, hint)
}

/// Writes the files of a report. Returns their paths.
fn write(folder: &Path, report: &Report) -> Result<Vec<String>> {
    let mut written = Vec::new();
    for (name, text) in report.files() {
        let path = folder.join(name);
        path.parent()
            .map_or(Ok(()), fs::create_dir_all)
            .and_then(|()| fs::write(&path, text))
            .map_err(|error| unwritten(&path, &error))?;
        written.push(path.display().to_string());
    }
    Ok(written)
}

fn unwritten(path: &Path, error: &io::Error) -> Failure {
    let why = match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "a file is in the place of a folder".to_owned()
        }
        io::ErrorKind::NotFound => "its folder does not exist and cannot be made".to_owned(),
        kind => kind.to_string(),
    };
    let message = format!("--out: {} cannot be written: {why}", path.display());
    let cure = "Give a folder that you can write to; it is made if it is missing.";
    Failure::configuration(message, cure)
}
