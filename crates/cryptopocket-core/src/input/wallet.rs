use cryptopocket_types::{Chain, Personal};
use sha3::{Digest, Keccak256};

use super::ensure;
use crate::{Advice, Result};

/// Checks the address of a wallet, as far as the form of its chain's addresses is known.
///
/// Coins sent to a wrong address are lost. On a chain of the Ethereum family only `0x` and 40 hexadecimal digits with a
/// right checksum (EIP-55) pass, and never the zero address. On a chain that this SDK does not know, only such an address
/// passes as well; [`wallet_on_unknown_chain`] lets any other pass. Without a chain, as for methods of Latin America, an
/// address that begins with `0x` is checked, and any other is left to the provider.
pub fn wallet(wallet: &Personal, chain: Option<&Chain>) -> Result<()> {
    let address = wallet.reveal();
    visible(address)?;
    let Some(chain) = chain else {
        return if has_prefix(address) {
            evm(address, true)
        } else {
            Ok(())
        };
    };
    match Family::of(chain) {
        Family::Evm { has_eip_55 } => evm(address, has_eip_55),
        Family::Longer => longer(address),
        Family::WithoutPrefix => rule(
            !has_prefix(address),
            "begins with 0x, as no address of this chain does",
            "Give an address of the chain that the coins are sent on, or name the wallet's own chain.",
        ),
        Family::Unknown if has_prefix(address) => evm(address, true),
        // A misspelt chain is unknown too, and its addresses would then be checked by nothing.
        Family::Unknown => rule(
            false,
            "is on a chain whose addresses this SDK does not know",
            Advice::new(
                "Check the spelling of the chain. If it is right, and so is the address, confirm it.",
            )
            .in_code_use("accept_unknown_chain() on the payment confirms it."),
        ),
    }
}

/// Checks the address of a wallet on a chain that this SDK may not know, once a person has confirmed both.
///
/// On a chain that it knows, the rules of [`wallet`] hold all the same.
pub fn wallet_on_unknown_chain(wallet: &Personal, chain: &Chain) -> Result<()> {
    match Family::of(chain) {
        Family::Unknown => visible(wallet.reveal()),
        _ => self::wallet(wallet, Some(chain)),
    }
}

/// Whether this SDK knows the form of the chain's addresses, by this name of the chain.
pub fn is_known_chain(chain: &Chain) -> bool {
    !matches!(Family::of(chain), Family::Unknown)
}

fn has_prefix(address: &str) -> bool {
    address.starts_with("0x") || address.starts_with("0X")
}

fn visible(address: &str) -> Result<()> {
    rule(
        !address.is_empty(),
        "is empty",
        "Give the address that is to receive the coins.",
    )?;
    rule(
        !address.contains(|c: char| c.is_whitespace() || c.is_control()),
        "holds white space",
        "Give the bare address: no space, line break or label around it.",
    )?;
    rule(
        address.bytes().all(|byte| byte.is_ascii_graphic()),
        "holds a character that no address has, perhaps an invisible one or a letter of another alphabet",
        "Copy the address again from the wallet itself, or type it: only visible ASCII characters are taken.",
    )
}

fn longer(address: &str) -> Result<()> {
    let digits = address.strip_prefix("0x").unwrap_or_default();
    rule(
        (1..=64).contains(&digits.len()) && is_hex(digits),
        "is not 0x and up to 64 hexadecimal digits, as the addresses of this chain are",
        "Copy the whole address again from the wallet itself.",
    )?;
    not_zero(digits)
}

fn evm(address: &str, has_eip_55: bool) -> Result<()> {
    rule(
        !address.starts_with("0X"),
        "begins with 0X",
        "Write 0x with a small x, as wallets do.",
    )?;
    rule(
        address.starts_with("0x"),
        "does not begin with 0x, as each address of this chain does",
        "Give an address of the chain that the coins are sent on, or name the wallet's own chain.",
    )?;
    let digits = &address[2..];
    rule(
        digits.len() == 40 && is_hex(digits),
        "begins with 0x and is not followed by exactly 40 hexadecimal digits",
        "Copy the whole address again from the wallet itself.",
    )?;
    not_zero(digits)?;
    rule(
        !has_eip_55 || checksum_holds(digits),
        "has capital and small letters that are not its checksum (EIP-55)",
        "A character is wrong: copy the address again from the wallet itself.",
    )
}

fn is_hex(digits: &str) -> bool {
    digits.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Coins sent to the zero address are burnt.
fn not_zero(digits: &str) -> Result<()> {
    rule(
        digits.bytes().any(|digit| digit != b'0'),
        "is the zero address, from which coins never return",
        "Give the address of a wallet.",
    )
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

fn rule(holds: bool, rule: &str, cure: impl Into<Advice>) -> Result<()> {
    ensure(holds, "wallet", rule, cure)
}

/// What is known of the addresses of a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Family {
    /// Only `0x` and 40 hexadecimal digits is an address there; `has_eip_55` where the case of the letters is a checksum.
    Evm { has_eip_55: bool },
    /// Addresses begin with `0x` and are longer.
    Longer,
    /// Addresses have another form, and never begin with `0x`.
    WithoutPrefix,
    /// Nothing.
    Unknown,
}

impl Family {
    fn of(chain: &Chain) -> Self {
        match chain.as_str().to_ascii_lowercase().as_str() {
            // Their checksum also covers the number of the chain (EIP-1191).
            "rootstock" | "rsk" => Self::Evm { has_eip_55: false },
            "amoy" | "arbitrum" | "arbitrum one" | "aurora" | "avalanche" | "avax" | "base" | "binance"
            | "blast" | "bnb" | "bsc" | "celo" | "cronos" | "eth" | "ethereum" | "fantom" | "fuse"
            | "gnosis" | "kava" | "linea" | "mantle" | "matic" | "moonbeam" | "optimism" | "polygon"
            | "polygon zkevm" | "polygon_zkevm" | "scroll" | "sepolia" | "sonic" | "xdai" | "zksync" => {
                Self::Evm { has_eip_55: true }
            }
            "aptos" | "starknet" | "sui" => Self::Longer,
            "algorand" | "bitcoin" | "bitcoin cash" | "bitcoincash" | "btc" | "cardano" | "cosmos"
            | "dogecoin" | "hedera" | "litecoin" | "lightning" | "near" | "polkadot" | "ripple" | "sol"
            | "solana" | "stellar" | "tezos" | "ton" | "tron" | "trx" | "xrp" => Self::WithoutPrefix,
            _ => Self::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::input::tests::rule_of;

    const WALLET: &str = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed";

    fn on(chain: &str, address: &str) -> Result<()> {
        wallet(&address.into(), Some(&Chain::from(chain)))
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
    fn evm_chains_take_only_their_own_addresses() {
        for chain in ["polygon", "Ethereum", "BSC", "arbitrum", "base", "rsk"] {
            on(chain, &WALLET.to_ascii_lowercase().replace("0X", "0x")).unwrap();
            for foreign in [
                "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq",
                "TJRabPrwbZy45sbavfcjinPJC18kjpRTv8",
                "5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
                "vitalik.eth",
            ] {
                assert_eq!(
                    rule_of(on(chain, foreign)),
                    "wallet does not begin with 0x, as each address of this chain does",
                    "{chain}"
                );
            }
            let zero = format!("0x{}", "0".repeat(40));
            assert_eq!(
                rule_of(on(chain, &zero)),
                "wallet is the zero address, from which coins never return"
            );
            assert_eq!(
                rule_of(on(chain, &WALLET.replacen("0x", "0X", 1))),
                "wallet begins with 0X"
            );
        }
        assert!(wallet(&format!("0x{}", "0".repeat(40)).into(), None).is_err());
        assert!(wallet(&WALLET.replacen("0x", "0X", 1).into(), None).is_err());
        assert!(on("sui", &format!("0x{}", "0".repeat(64))).is_err());
        assert!(on("sui", "bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq").is_err());
        assert!(on("tron", &WALLET.replacen("0x", "0X", 1)).is_err());
    }

    #[test]
    fn unknown_chain_needs_confirmation() {
        let (chain, address) = (
            Chain::from("polygn"),
            Personal::from("TJRabPrwbZy45sbavfcjinPJC18kjpRTv8"),
        );
        assert_eq!(
            rule_of(wallet(&address, Some(&chain))),
            "wallet is on a chain whose addresses this SDK does not know"
        );
        wallet_on_unknown_chain(&address, &chain).unwrap();
        assert!(wallet_on_unknown_chain(&address, &"polygon".into()).is_err());
        assert!(wallet_on_unknown_chain(&" ".into(), &chain).is_err());
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
