use cryptopocket_types::Chain;

/// What is known of the addresses of a chain.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
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
    pub(super) fn of(chain: &Chain) -> Self {
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
