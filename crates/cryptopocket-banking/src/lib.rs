//! Bank accounts, transactions and reconciliation of the CryptoPocket API.
