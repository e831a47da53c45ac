//! `uuid`: for integrators whose own ids are UUIDs.

use uuid::Uuid;

use crate::{ExternalId, ParseError};

const NOT_A_UUID: ParseError = ParseError::new("external_id", "not a UUID", "use its text instead");

crate::from! {
    /// The hyphenated form in lower case.
    Uuid => ExternalId, |id| Self::new(id.to_string());
}

crate::traits::try_from! {
    &ExternalId => Uuid, |id| id.as_str().parse().map_err(|_| NOT_A_UUID);
}

#[cfg(test)]
mod tests {
    use super::{ExternalId, Uuid};

    #[test]
    fn uuids_round_trip_and_other_ids_are_refused() {
        let id = Uuid::from_u128(0x0191_2f3a_4b5c_7d6e_8f90_a1b2_c3d4_e5f6);
        assert_eq!(Uuid::try_from(&ExternalId::from(id)), Ok(id));
        assert!(Uuid::try_from(&ExternalId::from("order-1")).is_err());
    }
}
