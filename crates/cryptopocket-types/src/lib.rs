//! Exact money, ids, open enums and guarded secrets of the CryptoPocket API.
