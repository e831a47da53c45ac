//! Session, retries, errors, waiting and paging shared by the CryptoPocket SDK crates.
