//! Check digits that printed references carry.

/// The Luhn check digit of `digits`.
pub(super) fn luhn(digits: &[u8]) -> u8 {
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| {
            let value = u32::from(digit - b'0');
            match (place % 2, value) {
                (0, 5..) => value * 2 - 9,
                (0, _) => value * 2,
                _ => value,
            }
        })
        .sum();
    b'0' + u8::try_from((10 - sum % 10) % 10).unwrap_or(0)
}

/// The check digit of ISO 7064 MOD 11,10 of `digits`.
pub(super) fn mod_11_10(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = (product + u32::from(digit - b'0')) % 10;
        (if sum == 0 { 10 } else { sum }) * 2 % 11
    });
    b'0' + u8::try_from((11 - product) % 10).unwrap_or(0)
}

/// The remainder by 97 of letters and digits, letters read as 10 to 35; `None` for any other character.
fn mod_97(text: impl IntoIterator<Item = u8>) -> Option<u32> {
    text.into_iter().try_fold(0, |rest: u32, c| match c {
        b'0'..=b'9' => Some((rest * 10 + u32::from(c - b'0')) % 97),
        b'A'..=b'Z' => Some((rest * 100 + u32::from(c - b'A') + 10) % 97),
        _ => None,
    })
}

/// The two check digits of ISO 7064 MOD 97-10 of `digits`.
pub(super) fn mod_97_10(digits: &[u8]) -> [u8; 2] {
    let rest = mod_97(digits.iter().copied().chain(*b"00")).unwrap_or(0);
    let check = u8::try_from(98 - rest).unwrap_or(0);
    [b'0' + check / 10, b'0' + check % 10]
}

/// The reference inside an ISO 11649 creditor reference such as `RF18539007547034`, if its check digits are right.
pub(super) fn iso_11649(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    if !(5..=25).contains(&bytes.len()) || !bytes.starts_with(b"RF") {
        return None;
    }
    let rotated = bytes[4..].iter().chain(&bytes[..4]).copied();
    let valid = bytes[2..4].iter().all(u8::is_ascii_digit) && mod_97(rotated) == Some(1);
    valid.then(|| &text[4..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn published_examples_are_met() {
        assert_eq!(luhn(b"7992739871"), b'3');
        assert_eq!(mod_11_10(b"0794"), b'5');
        assert_eq!(mod_97_10(b"794"), *b"44");
        assert_eq!(iso_11649("RF18539007547034"), Some("539007547034"));
        assert_eq!(iso_11649("RF18539007547043"), None);
        assert_eq!(iso_11649("RF1"), None);
    }
}
