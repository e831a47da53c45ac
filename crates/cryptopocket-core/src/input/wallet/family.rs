use cryptopocket_types::Chain;

/// Chains whose addresses have another form than `0x` and 40 digits, and never begin with `0x`.
const WITHOUT_PREFIX: [&str; 22] = [
    "algorand",
    "bitcoin",
    "bitcoin cash",
    "bitcoincash",
    "btc",
    "cardano",
    "cosmos",
    "dogecoin",
    "hedera",
    "litecoin",
    "lightning",
    "near",
    "polkadot",
    "ripple",
    "sol",
    "solana",
    "stellar",
    "tezos",
    "ton",
    "tron",
    "trx",
    "xrp",
];
/// Chains whose addresses begin with `0x` and are longer.
const LONGER: [&str; 3] = ["aptos", "starknet", "sui"];
/// Chains of the Ethereum family: only `0x` and 40 hexadecimal digits is an address there.
const EVM: [&str; 34] = [
    "amoy",
    "arbitrum",
    "arbitrum one",
    "aurora",
    "avalanche",
    "avax",
    "base",
    "binance",
    "blast",
    "bnb",
    "bsc",
    "celo",
    "cronos",
    "eth",
    "ethereum",
    "fantom",
    "fuse",
    "gnosis",
    "kava",
    "linea",
    "mantle",
    "matic",
    "moonbeam",
    "optimism",
    "polygon",
    "polygon zkevm",
    "polygon_zkevm",
    "rootstock",
    "rsk",
    "scroll",
    "sepolia",
    "sonic",
    "xdai",
    "zksync",
];
/// Chains whose checksum also covers the number of the chain (EIP-1191).
const OTHER_CHECKSUM: [&str; 2] = ["rootstock", "rsk"];

/// What is known of the addresses of a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// `0x` and 40 digits; `has_eip_55` where the case of the letters is a checksum.
    Evm {
        has_eip_55: bool,
    },
    Longer,
    WithoutPrefix,
    Unknown,
}

impl Family {
    pub(super) fn of(chain: &Chain) -> Self {
        let is_in = |names: &[&str]| names.iter().any(|name| chain.as_str().eq_ignore_ascii_case(name));
        if is_in(&EVM) {
            Self::Evm {
                has_eip_55: !is_in(&OTHER_CHECKSUM),
            }
        } else if is_in(&LONGER) {
            Self::Longer
        } else if is_in(&WITHOUT_PREFIX) {
            Self::WithoutPrefix
        } else {
            Self::Unknown
        }
    }
}
