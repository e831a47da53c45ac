//! Decoding reply objects: known fields go to their types, every other field keeps its exact text.

/// Implements `Deserialize` for a reply struct with an `extra` field.
///
/// A `required` field must be there; an `optional` one may be absent or null and then takes its default.
macro_rules! reply_object {
    ($name:ident { $($field:ident : $wire:literal $presence:ident,)* }) => {
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                struct Fields;

                impl<'de> ::serde::de::Visitor<'de> for Fields {
                    type Value = $name;

                    fn expecting(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                        f.write_str(concat!("an object: ", stringify!($name)))
                    }

                    fn visit_map<A: ::serde::de::MapAccess<'de>>(
                        self,
                        mut map: A,
                    ) -> ::core::result::Result<$name, A::Error> {
                        $(let mut $field = None;)*
                        let mut extra = ::cryptopocket_types::Extra::new();
                        while let Some(name) = map.next_key::<::std::string::String>()? {
                            match name.as_str() {
                                $($wire => {
                                    let value = $crate::decode::reply_object!(@read $presence map);
                                    if $field.replace(value).is_some() {
                                        return Err(<A::Error as ::serde::de::Error>::duplicate_field($wire));
                                    }
                                })*
                                _ => {
                                    extra.insert(name, map.next_value()?);
                                }
                            }
                        }
                        Ok($name {
                            $($field: $crate::decode::reply_object!(@take $presence $field $wire),)*
                            extra,
                        })
                    }
                }

                deserializer.deserialize_map(Fields)
            }
        }
    };
    (@read required $map:ident) => { $map.next_value()? };
    (@read optional $map:ident) => { $map.next_value::<Option<_>>()? };
    (@take required $field:ident $wire:literal) => {
        match $field {
            Some(value) => value,
            None => return Err(<A::Error as ::serde::de::Error>::missing_field($wire)),
        }
    };
    (@take optional $field:ident $wire:literal) => { $field.flatten().unwrap_or_default() };
}

pub(crate) use reply_object;
