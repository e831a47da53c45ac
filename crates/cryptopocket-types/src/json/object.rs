//! The JSON form of small structs.

/// Serde and JSON Schema of a struct: an object of its fields. Each is read under any of its names, and written under the
/// first as `$written`; an `optional` one is left out if it is `None`.
///
/// By hand, because `serde`'s derive is a third of the compile time of the webhooks crate, and because each value has to be
/// read from its exact text.
macro_rules! json_object {
    ($name:ident, $text:literal, |$value:ident| {
        $($field:ident $(or $other:literal)*: $type:ty = $written:expr;)+
    } $(optional $optional:ident: $inner:ty)?) => {
        impl ::serde_core::Serialize for $name {
            fn serialize<S: ::serde_core::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use ::serde_core::ser::SerializeStruct as _;
                let $value = self;
                let length = [$(stringify!($field)),+].len() $(+ usize::from($value.$optional.is_some()))?;
                let mut fields = serializer.serialize_struct(stringify!($name), length)?;
                $(fields.serialize_field(stringify!($field), $written)?;)+
                $(match &$value.$optional {
                    Some(optional) => fields.serialize_field(stringify!($optional), optional)?,
                    None => fields.skip_field(stringify!($optional))?,
                })?
                fields.end()
            }
        }

        impl<'de> ::serde_core::Deserialize<'de> for $name {
            fn deserialize<D: ::serde_core::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let raw = $crate::RawJson::deserialize(deserializer)?;
                let fields = $crate::reading::Fields::open(raw.get()).map_err(|_| {
                    let names = [$(stringify!($field)),+].join(", ");
                    ::serde_core::de::Error::custom(format_args!("expected an object with the fields {names}"))
                })?;
                Ok(Self {
                    $($field: fields.decode(&[stringify!($field) $(, $other)*])?,)+
                    $($optional: fields.decode(&[stringify!($optional)])?,)?
                })
            }
        }

        #[cfg(feature = "schemars")]
        impl ::schemars::JsonSchema for $name {
            fn schema_name() -> ::std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(generator: &mut ::schemars::SchemaGenerator) -> ::schemars::Schema {
                let properties = ::serde_json::json!({
                    $(stringify!($field): generator.subschema_for::<$type>(),)+
                    $(stringify!($optional): generator.subschema_for::<$inner>(),)?
                });
                ::schemars::json_schema!({
                    "type": "object",
                    "description": $text,
                    "properties": properties,
                    "required": [$(stringify!($field)),+],
                })
            }
        }
    };
}

pub(crate) use json_object;
