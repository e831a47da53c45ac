//! A stateful emulator of the CryptoPocket API for tests and development.
