//! The CryptoPocket SDK: one client over on-ramp, off-ramp, users, banking and webhooks.
