//! Seeded randomness and the identifiers made from it. The same seed and the same calls give the same bytes.

/// A `SplitMix64` stream: small, well distributed, and not fit for secrets; an emulator has none.
#[derive(Clone, Debug)]
pub(crate) struct Entropy {
    state: u64,
}

impl Entropy {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    /// The seed with which another stream continues this one.
    pub(crate) const fn state(&self) -> u64 {
        self.state
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        mix(self.state)
    }

    fn pick(&mut self, alphabet: &[u8]) -> char {
        let size = u64::try_from(alphabet.len()).unwrap_or(1);
        let index = usize::try_from(self.next() % size).unwrap_or(0);
        char::from(alphabet[index])
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| self.pick(alphabet)).collect()
    }

    pub(crate) fn alphanumeric(&mut self, length: usize) -> String {
        self.text(b"abcdefghijklmnopqrstuvwxyz0123456789", length)
    }

    pub(crate) fn hex(&mut self, length: usize) -> String {
        self.text(b"0123456789abcdef", length)
    }

    /// A password without characters that are easily mistaken for one another.
    pub(crate) fn password(&mut self) -> String {
        self.text(b"abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 12)
    }

    /// A transaction hash for `chain`: `0x` and 64 hex digits, or 64 bare ones on Bitcoin.
    pub(crate) fn txid(&mut self, chain: &str) -> String {
        let hash = self.hex(64);
        let is_bare = chain == "bitcoin";
        if is_bare { hash } else { format!("0x{hash}") }
    }

    pub(crate) fn wallet(&mut self, chain: &str) -> String {
        if chain == "bitcoin" {
            format!("bc1q{}", self.text(b"qpzry9x8gf2tvdw0s3jn54khce6mua7l", 38))
        } else {
            format!("0x{}", self.hex(40))
        }
    }

    pub(crate) fn uuid(&mut self) -> String {
        let (raw, variant) = (self.hex(30), self.pick(b"89ab"));
        let (low, middle, high, clock, node) =
            (&raw[..8], &raw[8..12], &raw[12..15], &raw[15..18], &raw[18..]);
        format!("{low}-{middle}-4{high}-{variant}{clock}-{node}")
    }

    /// Nine digits without leading zeros, so that the reference can be a JSON number.
    pub(crate) fn concept(&mut self) -> u64 {
        100_000_000 + self.next() % 900_000_000
    }

    /// An IBAN with valid check digits. Only `ES` gets the length of its country.
    pub(crate) fn iban(&mut self, country: &str) -> String {
        let account = self.text(b"0123456789", 20);
        let check = 98 - mod97(&format!("{account}{country}00")).unwrap_or(0);
        format!("{country}{check:02}{account}")
    }
}

/// A value that depends on `seed` and `label` alone, for prices that move without drawing from the stream.
pub(crate) fn derive(seed: u64, label: &str, step: u64) -> u64 {
    let mut hash = mix(seed ^ mix(step));
    for byte in label.bytes() {
        hash = mix(hash ^ u64::from(byte));
    }
    hash
}

/// Whether `text` is an IBAN with valid check digits. Spaces are allowed.
pub(crate) fn is_iban(text: &str) -> bool {
    let text: String = text.chars().filter(|c| *c != ' ').collect();
    let shaped = (15..=34).contains(&text.len())
        && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
    shaped && mod97(&format!("{}{}", &text[4..], &text[..4])) == Some(1)
}

fn mod97(text: &str) -> Option<u32> {
    text.chars().try_fold(0, |rest, c| {
        let value = c.to_digit(36)?;
        Some((rest * if value > 9 { 100 } else { 10 } + value) % 97)
    })
}

const fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::{Entropy, is_iban};

    #[test]
    fn made_ibans_are_valid() {
        let mut entropy = Entropy::new(7);
        for _ in 0..100 {
            let iban = entropy.iban("ES");
            assert!(is_iban(&iban), "{iban}");
            let last = iban.chars().last().and_then(|c| c.to_digit(10)).unwrap();
            let wrong = format!("{}{}", &iban[..23], (last + 1) % 10);
            assert!(!is_iban(&wrong), "{wrong}");
        }
    }

    #[test]
    fn same_seed_gives_same_identifiers() {
        let ids = |seed| {
            let mut entropy = Entropy::new(seed);
            (entropy.alphanumeric(25), entropy.uuid(), entropy.concept())
        };
        assert_eq!(ids(1), ids(1));
        assert_ne!(ids(1), ids(2));
    }

    #[test]
    fn invalid_ibans_are_refused() {
        for text in [
            "",
            "ES",
            "ES9121000418450200051333",
            "es9121000418450200051332",
            "ñññññññññññññññññ",
        ] {
            assert!(!is_iban(text), "{text}");
        }
        assert!(is_iban("ES91 2100 0418 4502 0005 1332"));
    }
}
