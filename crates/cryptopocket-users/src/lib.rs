//! Customers, KYC and documents of the CryptoPocket API.
