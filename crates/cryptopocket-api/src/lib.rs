//! The low-level CryptoPocket API client, generated from the OpenAPI document.
