//! Verify, sign, read and subscribe to CryptoPocket webhooks.
