//! Fiat to crypto with the CryptoPocket API: quotes, payments, waiting, recovery.
