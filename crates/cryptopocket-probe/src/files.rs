//! The files of a report.

use std::fmt::Write as _;

use crate::report::{Cure, Finding, Report, Verdict};

/// A part of the report: its title, what to do next, and which findings belong there.
type Part = (&'static str, &'static str, fn(&Finding) -> bool);

const PARTS: [Part; 6] = [
    (
        "Differences that choices.json corrects",
        "Here this version of the SDK guessed wrong. Give `choices.json` to the program, by `cryptopocket --choices \
         choices.json` or `Client::builder().choices(…)`, and it calls and reads the API as found. `patch.yaml` is the same \
         for the SDK itself.",
        |finding| finding.verdict.is_difference() && finding.cure == Cure::Choice,
    ),
    (
        "Differences for a person",
        "`choices.json` cannot correct these. Until they are settled, **do not use an amount that is listed here**: it may be \
         read a hundred times too large or too small. Any other field listed here is absent or unreadable to the SDK (its text \
         is in `extra`), a parameter has no effect, and a path fails. Attach this folder to an issue, or ask the provider.",
        |finding| finding.verdict.is_difference() && finding.cure == Cure::Person,
    ),
    (
        "Differences without consequence",
        "The SDK reads these forms as well. There is nothing to do.",
        |finding| finding.verdict.is_difference() && finding.cure == Cure::None,
    ),
    (
        "Fields and words that are new",
        "Nothing breaks: an unknown field is kept in `extra`, an unknown word keeps its text. A word is a value, so it is not \
         shown here; the call shows it.",
        |finding| finding.verdict.is_addition(),
    ),
    (
        "Open questions",
        "No reply showed these. They are answered by an account with more in it, and at the provider's sandbox by \
         `--allow-writes`.",
        |finding| finding.verdict.is_open(),
    ),
    ("As expected", "There is nothing to do.", |finding| {
        finding.verdict == Verdict::Confirmed
    }),
];

impl Report {
    /// The files to keep, each with its path and text: `report.md` for people, `choices.json` for a session, `patch.yaml`
    /// for the specification, and the shapes.
    pub fn files(&self) -> Vec<(String, String)> {
        let mut files = vec![
            ("report.md".to_owned(), self.page()),
            ("choices.json".to_owned(), self.choices.to_text()),
            ("patch.yaml".to_owned(), self.patch()),
        ];
        let shapes = self.records.iter();
        files.extend(shapes.map(|record| (format!("shapes/{}", record.file_name()), record.to_text())));
        files
    }

    /// The report in Markdown.
    pub fn page(&self) -> String {
        let mut page = format!(
            "# Probe of the provider\n\n{}. No value of a reply is in this report.\n\n`data[].id` is the field `id` of each row of \
             the list `data`. Kinds of values are named as in the files of `shapes/`: `word-text` is a text of lower-case letters and \
             `_`, `integer-text` a text of digits, `list-2-20` a list of 2 to 20 rows.\n",
            self.summary()
        );
        for (title, next, belongs) in PARTS {
            let findings: Vec<&Finding> = self.findings.iter().filter(|finding| belongs(finding)).collect();
            if findings.is_empty() {
                continue;
            }
            let _ = write!(
                page,
                "\n## {title}\n\n{next}\n\n| operation | place | verdict | detail |\n|---|---|---|---|\n"
            );
            for it in findings {
                let (operation, place) = (&it.operation, &it.place);
                let _ = writeln!(
                    page,
                    "| `{operation}` | `{place}` | {} | {} |",
                    it.verdict, it.detail
                );
            }
        }
        page
    }

    /// The numbers of findings, as one line.
    pub fn summary(&self) -> String {
        format!(
            "{} as expected, {} differences, {} new fields and words, {} open questions",
            self.confirmed(),
            self.differences().count(),
            self.additions().count(),
            self.open().count()
        )
    }
}
