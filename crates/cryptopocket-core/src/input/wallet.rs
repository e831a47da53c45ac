use cryptopocket_types::{Chain, Personal};
use sha3::{Digest, Keccak256};

use crate::{Error, Result};

/// Chains whose addresses never begin with `0x`.
const WITHOUT_PREFIX: [&str; 3] = ["bitcoin", "solana", "tron"];
/// Chains whose addresses begin with `0x` and are longer.
const LONGER: [&str; 3] = ["aptos", "starknet", "sui"];
/// Chains whose checksum also covers the number of the chain (EIP-1191).
const OTHER_CHECKSUM: [&str; 2] = ["rootstock", "rsk"];

/// Checks the address of a wallet for mistakes of copying, as far as its form is known.
///
/// Coins sent to a wrong address are lost. An address that begins with `0x` must have 40 hexadecimal digits and a right
/// checksum (EIP-55), unless its chain has other rules. Other forms are left to the provider: to refuse a good address
/// of a chain that this SDK does not know would be worse than to pass a bad one on, which the provider refuses.
///
/// # Errors
///
/// `InvalidInput` that names the field `wallet`.
pub fn wallet(wallet: &Personal, chain: Option<&Chain>) -> Result<()> {
    let address = wallet.reveal();
    visible(address)?;
    match address.strip_prefix("0x") {
        Some(digits) => prefixed(digits, chain),
        None => Ok(()),
    }
}

fn visible(address: &str) -> Result<()> {
    if address.is_empty() {
        return refused("is empty", "Give the address that is to receive the coins.");
    }
    if address.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return refused(
            "holds white space",
            "Give the bare address: no space, line break or label around it.",
        );
    }
    if !address.bytes().all(|byte| byte.is_ascii_graphic()) {
        return refused(
            "holds a character that no address has, perhaps an invisible one or a letter of another alphabet",
            "Copy the address again from the wallet itself, or type it: only visible ASCII characters are taken.",
        );
    }
    Ok(())
}

fn prefixed(digits: &str, chain: Option<&Chain>) -> Result<()> {
    let is_on = |names: &[&str]| {
        chain.is_some_and(|chain| names.iter().any(|name| chain.as_str().eq_ignore_ascii_case(name)))
    };
    if is_on(&WITHOUT_PREFIX) {
        return refused(
            "begins with 0x, as no address of this chain does",
            "Give an address of the chain that the coins are sent on, or name the wallet's own chain.",
        );
    }
    if is_on(&LONGER) {
        return Ok(());
    }
    if digits.len() != 40 || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return refused(
            "begins with 0x and is not followed by exactly 40 hexadecimal digits",
            "Copy the whole address again from the wallet itself.",
        );
    }
    if !is_on(&OTHER_CHECKSUM) && !checksum_holds(digits) {
        return refused(
            "has capital and small letters that are not its checksum (EIP-55)",
            "A character is wrong: copy the address again from the wallet itself.",
        );
    }
    Ok(())
}

/// Whether the case of the letters is the checksum.
///
/// An address in one case carries none, and passes.
fn checksum_holds(digits: &str) -> bool {
    let has = |is: fn(&u8) -> bool| digits.as_bytes().iter().any(is);
    if !(has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase)) {
        return true;
    }
    let hash = Keccak256::digest(digits.to_ascii_lowercase());
    let nibbles = hash.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
    digits
        .bytes()
        .zip(nibbles)
        .all(|(digit, nibble)| !digit.is_ascii_alphabetic() || digit.is_ascii_uppercase() == (nibble >= 8))
}

fn refused(rule: &str, cure: &'static str) -> Result<()> {
    Err(Error::invalid_input("wallet", rule, cure))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WALLET: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    fn on(chain: &str, address: &str) -> Result<()> {
        wallet(&address.into(), Some(&Chain::from(chain)))
    }

    fn rule_of(result: Result<()>) -> String {
        let error = result.unwrap_err();
        assert!(error.is_validation());
        assert_eq!(error.sent(), crate::Sent::No);
        assert!(!error.advice().is_empty());
        error.to_string()
    }

    #[test]
    fn empty_and_spaced_wallets_are_refused() {
        assert_eq!(rule_of(wallet(&"".into(), None)), "wallet is empty");
        for careless in [" 0xabc", "0xabc\n", "0x abc", "0xabc\u{a0}"] {
            assert_eq!(
                rule_of(wallet(&careless.into(), None)),
                "wallet holds white space"
            );
        }
    }

    #[test]
    fn invisible_characters_are_refused() {
        for strange in [
            "0xabc\u{200b}",
            "\u{feff}0xabc",
            "\u{202a}0xabc",
            "0x\u{430}bc",
            "0xabc\u{ad}",
        ] {
            let rule = rule_of(wallet(&strange.into(), None));
            assert!(
                rule.starts_with("wallet holds a character that no address has"),
                "{rule}"
            );
            assert!(!rule.contains("0x"), "{rule}");
        }
    }

    #[test]
    fn eip_55_examples_pass_in_any_case() {
        for digits in [
            "52908400098527886E0F7030069857D2E4169EE7",
            "8617E340B3D01FA5F11F306F4090FD50E238070D",
            "de709f2102306220921060314715629080e2fb77",
            "27b1fdb04752bbc536007a920d24acb045561c26",
            "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
            "fB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
            "dbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
            "D1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        ] {
            for form in [
                digits.to_owned(),
                digits.to_ascii_lowercase(),
                digits.to_ascii_uppercase(),
            ] {
                wallet(&format!("0x{form}").into(), None).unwrap();
                on("a-chain-of-tomorrow", &format!("0x{form}")).unwrap();
            }
        }
    }

    #[test]
    fn mistyped_character_breaks_checksum() {
        for wrong in [
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAee",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD",
            "0x5aAeb6053F3E94C9b9A09f33669435E7Fe1BeAed",
        ] {
            let error = on("polygon", wrong).unwrap_err();
            assert!(!format!("{error} {error:?} {}", error.advice()).contains("5aAeb"));
            assert_eq!(
                rule_of(Err(error)),
                "wallet has capital and small letters that are not its checksum (EIP-55)"
            );
        }
        on("RSK", &WALLET.replace("0x5a", "0x5A")).unwrap();
    }

    #[test]
    fn forty_digits_follow_0x() {
        let (long, wrong) = (format!("{WALLET}0"), WALLET.replace('9', "g"));
        for odd in ["0x", "0xabc", &WALLET[..41], &long, &wrong] {
            assert_eq!(
                rule_of(on("polygon", odd)),
                "wallet begins with 0x and is not followed by exactly 40 hexadecimal digits"
            );
        }
        on("sui", &format!("0x{}", "ab".repeat(32))).unwrap();
    }

    #[test]
    fn other_families_never_begin_with_0x() {
        for chain in ["bitcoin", "Solana", "TRON"] {
            assert_eq!(
                rule_of(on(chain, WALLET)),
                "wallet begins with 0x, as no address of this chain does"
            );
        }
    }

    #[test]
    fn other_forms_are_left_to_provider() {
        on("bitcoin", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq").unwrap();
        wallet(
            &"bitcoincash:qpm2qsznhks23z7629mms6s5cwef74vcwvy22gdx6a".into(),
            None,
        )
        .unwrap();
    }
}
