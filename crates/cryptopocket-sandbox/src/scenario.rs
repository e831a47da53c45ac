//! Scenario files: the state to start with, and its faults.

use std::path::Path;

use cryptopocket_emulator::{Misfit, Scenario};

/// Reads a scenario from a file of YAML or JSON.
///
/// # Errors
///
/// [`Misfit`] if the file cannot be read or is not valid. Its place begins with the file's name.
pub fn read_scenario(path: impl AsRef<Path>) -> Result<Scenario, Misfit> {
    let name = path.as_ref().display().to_string();
    let text = std::fs::read_to_string(path.as_ref())
        .map_err(|error| Misfit::new(&name, error.to_string(), "name a readable file"))?;
    text.parse().map_err(|error: Misfit| Misfit {
        place: format!("{name}: {}", error.place),
        ..error
    })
}

#[cfg(test)]
mod tests {
    use super::read_scenario;

    #[test]
    fn unreadable_file_is_named() {
        let error = read_scenario("no/such/scenario.yaml").unwrap_err();
        assert_eq!(
            (error.place.as_str(), error.cure.as_str()),
            ("no/such/scenario.yaml", "name a readable file")
        );
    }
}
