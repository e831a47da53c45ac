//! Crypto to fiat with the CryptoPocket API: quotes, payouts, waiting.
