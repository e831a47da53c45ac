//! Company forms, particles, titles and short forms of names.

/// Company forms as banks write them, joined, and their usual spelling.
#[rustfmt::skip]
const COMPANY: &[(&str, &str)] = &[
    ("AG", "AG"), ("BV", "BV"), ("CIALTDA", "LTDA"), ("CORP", "INC"), ("EIRELI", "EIRELI"), ("EIRL", "EIRL"),
    ("EURL", "EURL"), ("EV", "EV"), ("GBR", "GBR"), ("GMBH", "GMBH"), ("GMBHCOKG", "GMBHCOKG"), ("INC", "INC"),
    ("KG", "KG"), ("LDA", "LDA"), ("LIMITADA", "LTDA"), ("LIMITED", "LTD"), ("LLC", "LLC"), ("LTD", "LTD"),
    ("LTDA", "LTDA"), ("LTDAME", "LTDA"), ("NV", "NV"), ("OHG", "OHG"), ("PLC", "PLC"), ("SA", "SA"),
    ("SADECV", "SADECV"), ("SAPIDECV", "SADECV"), ("SARL", "SARL"), ("SAS", "SAS"), ("SASU", "SAS"),
    ("SAU", "SA"), ("SC", "SC"), ("SCCL", "SCCL"), ("SCOOP", "SCCL"), ("SDERLDECV", "SDERLDECV"), ("SE", "SE"),
    ("SGPS", "SGPS"), ("SL", "SL"), ("SLL", "SL"), ("SLNE", "SL"), ("SLP", "SL"), ("SLU", "SL"),
    ("SOCIEDADANONIMA", "SA"), ("SOCIEDADLIMITADA", "SL"), ("SPA", "SPA"), ("SRL", "SRL"), ("UG", "UG"),
    ("UNIPESSOALLDA", "LDA"),
];

/// Words of the longest form, as `S. A. P. I. de C. V.` is written.
const LONGEST_FORM: usize = 7;

const LONGEST_TEXT: usize = 16;

/// Takes the company form off the end of the words.
pub(super) fn take_company_form<'w, 't>(
    words: &'w mut [&'t str],
) -> (&'w mut [&'t str], Option<&'static str>) {
    let most = LONGEST_FORM.min(words.len().saturating_sub(1));
    for count in (1..=most).rev() {
        let from = words.len() - count;
        let mut joined = [0; LONGEST_TEXT];
        let mut length = 0;
        for byte in words[from..].iter().flat_map(|word| word.bytes()) {
            if let Some(slot) = joined.get_mut(length) {
                *slot = byte;
            }
            length += 1;
        }
        let Some(joined) = joined.get(..length) else {
            continue;
        };
        if let Ok(at) = COMPANY.binary_search_by_key(&joined, |(written, _)| written.as_bytes()) {
            return (&mut words[..from], Some(COMPANY[at].1));
        }
    }
    (words, None)
}

/// Words that are left out of a name: articles, prepositions, "and", titles.
const PARTICLES: &[&str] = &[
    "AND", "D", "DA", "DAS", "DE", "DEL", "DEM", "DEN", "DER", "DES", "DI", "DO", "DON", "DONA", "DOS", "DR",
    "DRA", "DU", "E", "EL", "ET", "FRAU", "HERR", "HERRN", "LA", "LAS", "LE", "LES", "LOS", "MLLE", "MME",
    "MR", "MRS", "MS", "PROF", "SR", "SRA", "SRTA", "UND", "VAN", "VOM", "VON", "Y", "ZU", "ZUM", "ZUR",
];

const LONGEST_PARTICLE: usize = 5;

pub(super) fn is_particle(word: &str) -> bool {
    word.len() <= LONGEST_PARTICLE && PARTICLES.binary_search(&word).is_ok()
}

/// The full form of a usual short form.
pub(super) fn long_form(word: &str) -> &str {
    match word {
        "FCO" => "FRANCISCO",
        "FDEZ" => "FERNANDEZ",
        "GLEZ" => "GONZALEZ",
        "HDEZ" => "HERNANDEZ",
        "HNOS" => "HERMANOS",
        "MA" => "MARIA",
        "MTNEZ" => "MARTINEZ",
        "RDGUEZ" | "RGUEZ" => "RODRIGUEZ",
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted_for_binary_search() {
        assert!(COMPANY.is_sorted());
        assert!(COMPANY.iter().all(|(written, _)| written.len() <= LONGEST_TEXT));
        assert!(PARTICLES.is_sorted());
        assert!(PARTICLES.iter().all(|word| word.len() <= LONGEST_PARTICLE));
    }
}
