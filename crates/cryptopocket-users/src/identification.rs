//! Identity documents and tax numbers, and which of them each country issues.

use cryptopocket_core::{Error, Result};
use cryptopocket_types::{IdentificationType, Personal, UserType};
use serde::{Deserialize, Serialize};

/// The kind and number of an identity document, or of a tax number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Identification {
    /// The kind. It must fit the country that issued it.
    pub kind: IdentificationType,
    /// The number.
    pub number: Personal,
}

impl Identification {
    /// This kind and number.
    pub fn new(kind: IdentificationType, number: impl Into<Personal>) -> Self {
        Self {
            kind,
            number: number.into(),
        }
    }

    pub(crate) fn check(&self, country: Option<&str>, user_type: Option<&UserType>) -> Result<()> {
        Error::require(
            "identification_number",
            self.number.reveal(),
            "The provider requires it.",
        )?;
        country.map_or(Ok(()), |country| fits(country, user_type, &self.kind))
    }
}

/// Identification types by country, for a person and for a company (older).
const BY_COUNTRY: &[(&str, &[&str], &[&str])] = &[
    (
        "ES",
        &["GOVERNMENT_ID", "PERMANENT_RESIDENCE_PERMIT", "PASSPORT"],
        &["CIF"],
    ),
    ("CL", &["RUT"], &["RUT"]),
    ("MX", &["CURP"], &["RFC"]),
    (
        "CO",
        &[
            "CED_CIU", "CED_EXT", "TI", "NUIP", "TE", "PPT", "PASS", "PEP", "RC",
        ],
        &["NIT"],
    ),
    ("PE", &["DNI", "CE"], &["RUC"]),
    ("AR", &["DNI", "CUIT"], &["CUIT"]),
];

/// Refuses a known type that a known country does not issue.
///
/// Unknown types and countries pass: the provider may have added them since.
fn fits(country: &str, user_type: Option<&UserType>, identification: &IdentificationType) -> Result<()> {
    let Some((_, person, company)) = BY_COUNTRY.iter().find(|(code, ..)| *code == country) else {
        return Ok(());
    };
    let allowed: Vec<&str> = match user_type {
        Some(UserType::Individual) => person.to_vec(),
        Some(UserType::Company) => company.to_vec(),
        _ => [*person, *company].concat(),
    };
    if !identification.is_known() || allowed.contains(&identification.as_str()) {
        return Ok(());
    }
    let rule = format!(
        "must fit the country: {} is not issued in {country}",
        identification.as_str()
    );
    let cure = format!("Use one of {}, or another country.", allowed.join(", "));
    Err(Error::invalid_input("identification_type", &rule, cure))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> IdentificationType {
        IdentificationType::from(text)
    }

    #[test]
    fn every_row_passes_for_its_kind_of_customer() {
        for (country, person, company) in BY_COUNTRY {
            for text in *person {
                assert!(
                    fits(country, Some(&UserType::Individual), &of(text)).is_ok(),
                    "{country} {text}"
                );
                assert!(fits(country, None, &of(text)).is_ok(), "{country} {text}");
            }
            for text in *company {
                assert!(
                    fits(country, Some(&UserType::Company), &of(text)).is_ok(),
                    "{country} {text}"
                );
                assert!(fits(country, None, &of(text)).is_ok(), "{country} {text}");
            }
        }
    }

    #[test]
    fn every_type_is_known_to_api() {
        for (_, person, company) in BY_COUNTRY {
            for text in person.iter().chain(*company) {
                assert!(of(text).is_known(), "{text}");
            }
        }
    }

    #[test]
    fn type_of_another_country_is_refused() {
        let error = fits("MX", Some(&UserType::Individual), &of("CIF"))
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("identification_type") && error.contains("MX"),
            "{error}"
        );
        assert!(fits("ES", None, &of("CURP")).is_err());
    }

    #[test]
    fn company_type_is_refused_for_person() {
        assert!(fits("ES", Some(&UserType::Individual), &of("CIF")).is_err());
        assert!(fits("ES", Some(&UserType::Company), &of("PASSPORT")).is_err());
    }

    #[test]
    fn unknown_countries_and_types_pass() {
        assert!(fits("FR", Some(&UserType::Individual), &of("CIF")).is_ok());
        assert!(fits("ES", Some(&UserType::Individual), &of("RESIDENCE_2027")).is_ok());
        assert!(fits("ES", Some(&UserType::from("trust")), &of("CIF")).is_ok());
    }
}
