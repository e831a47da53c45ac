//! Durations on the command line: `500ms`, `30s`, `10m`, `1h30m`.

use std::time::Duration;

/// Reads a duration. A bare number is refused, since its unit would be a guess.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    // humantime also reads spaces and calendar units, whose `M` is a month.
    let is_plain = text
        .bytes()
        .all(|byte| byte.is_ascii_digit() || b"mshd".contains(&byte));
    let has_unit = text.ends_with(|last: char| last.is_ascii_alphabetic());
    let duration = humantime::parse_duration(text).ok();
    duration
        .filter(|_| is_plain && has_unit)
        .ok_or_else(|| "write numbers with units (ms, s, m, h, d), such as 30s or 1h30m".to_owned())
}

/// Reads a duration above zero, for limits.
pub(crate) fn parse_positive(text: &str) -> Result<Duration, String> {
    match parse(text)? {
        Duration::ZERO => Err("must be above zero".to_owned()),
        duration => Ok(duration),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up() {
        for (text, millis) in [
            ("500ms", 500),
            ("30s", 30_000),
            ("10m", 600_000),
            ("1h30m", 5_400_000),
            ("2d", 172_800_000),
        ] {
            assert_eq!(parse(text), Ok(Duration::from_millis(millis)), "{text}");
        }
    }

    #[test]
    fn duration_without_unit_or_number_is_refused() {
        for text in [
            "",
            "30",
            "s",
            "1.5s",
            "-1s",
            "10 m",
            "1y",
            "99999999999999999999s",
            "4294967295d4294967295d9m3",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        assert!(parse_positive("0s").is_err());
        assert!(parse_positive("1ms").is_ok());
    }
}
