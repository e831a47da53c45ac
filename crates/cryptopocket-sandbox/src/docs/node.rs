//! The specification, in the order of the document: its values, its operations, and the fields of each.

use yaml_serde::Value;

/// A value of the specification; `null` if it is absent.
#[derive(Clone, Copy, Debug)]
pub(super) struct Node<'a>(pub(super) &'a Value);

impl<'a> Node<'a> {
    pub(super) fn get(self, key: &str) -> Self {
        Self(self.0.get(key).unwrap_or(&Value::Null))
    }

    pub(super) fn has(self, key: &str) -> bool {
        !self.get(key).0.is_null()
    }

    /// A text; empty if it is absent.
    pub(super) fn text(self, key: &str) -> &'a str {
        self.get(key).0.as_str().unwrap_or_default()
    }

    pub(super) fn is_true(self, key: &str) -> bool {
        self.get(key).0.as_bool() == Some(true)
    }

    /// The entries of a mapping.
    pub(super) fn entries(self, key: &str) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        self.get(key).pairs()
    }

    pub(super) fn pairs(self) -> impl Iterator<Item = (&'a str, Self)> + use<'a> {
        let mapping = self.0.as_mapping().into_iter().flatten();
        mapping.filter_map(|(name, value)| Some((name.as_str()?, Self(value))))
    }

    /// The items of a sequence.
    pub(super) fn items(self, key: &str) -> impl Iterator<Item = Self> + use<'a> {
        self.get(key).0.as_sequence().into_iter().flatten().map(Self)
    }

    /// The texts of a sequence.
    pub(super) fn texts(self, key: &str) -> impl Iterator<Item = &'a str> + use<'a> {
        self.items(key).filter_map(|item| item.0.as_str())
    }

    /// The media type and the content of a body.
    pub(super) fn content(self) -> Option<(&'a str, Self)> {
        self.entries("content").next()
    }

    /// The schema behind a reference, or the first of several: the success of an answer that can be either.
    pub(super) fn schema(self, root: Self) -> Self {
        if let Some(name) = self.text("$ref").strip_prefix("#/components/schemas/") {
            return root.get("components").get("schemas").get(name).schema(root);
        }
        match self.items("allOf").chain(self.items("oneOf")).next() {
            Some(first) => first.schema(root),
            None => self,
        }
    }

    /// The first example of a body.
    pub(super) fn sample(self) -> Self {
        let first = self.entries("examples").next();
        first.map_or(self.get("example"), |(_, sample)| sample.get("value"))
    }

    /// The value as JSON; empty if it is absent.
    pub(super) fn json(self) -> String {
        let json = (!self.0.is_null()).then(|| serde_json::to_string_pretty(self.0));
        json.and_then(Result::ok).unwrap_or_default()
    }

    /// The value as a field of a form.
    pub(super) fn plain(self) -> String {
        self.0.as_str().map_or_else(|| self.json(), str::to_owned)
    }
}

/// The depth to which nested fields are shown.
const MAX_DEPTH: usize = 3;

/// A parameter, or a field of a body.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Node<'a>,
    /// Carries grade and description: a parameter, or a field as its object states it.
    pub(super) stated: Node<'a>,
}

/// The whole document.
impl<'a> Node<'a> {
    /// The operations of a tag, each with its method and its path.
    pub(super) fn operations(self, tag: &str) -> Vec<(&'static str, &'a str, Self)> {
        let operations = self.entries("paths").flat_map(|(path, item)| {
            [("GET", "get"), ("POST", "post")].map(|(method, key)| (method, path, item.get(key)))
        });
        operations
            .filter(|(_, _, operation)| operation.texts("tags").any(|name| name == tag))
            .collect()
    }

    /// The parameters of an operation, and the fields of its body.
    pub(super) fn request_fields(self, operation: Self) -> Vec<Field<'a>> {
        let parameters = operation.items("parameters").map(|parameter| Field {
            name: format!("{} ({})", parameter.text("name"), parameter.text("in")),
            required: parameter.is_true("required"),
            schema: parameter.get("schema").schema(self),
            stated: parameter,
        });
        let body = operation.get("requestBody").content();
        let body = body.into_iter().flat_map(|(_, media)| self.fields(media));
        parameters.chain(body).collect()
    }

    /// The fields of a body, and the fields within them.
    pub(super) fn fields(self, media: Self) -> Vec<Field<'a>> {
        let mut fields = Vec::new();
        self.collect(media.get("schema"), "", 0, &mut fields);
        fields
    }

    fn collect(self, schema: Self, prefix: &str, depth: usize, fields: &mut Vec<Field<'a>>) {
        let object = schema.schema(self);
        for (name, stated) in object.entries("properties") {
            let schema = stated.schema(self);
            let required = object.texts("required").any(|required| required == name);
            let name = format!("{prefix}{name}");
            let (inner, prefix) = if schema.has("items") {
                (schema.get("items"), format!("{name}[]."))
            } else {
                (schema, format!("{name}."))
            };
            fields.push(Field {
                name,
                required,
                schema,
                stated,
            });
            if depth < MAX_DEPTH {
                self.collect(inner, &prefix, depth + 1, fields);
            }
        }
    }
}

/// An operation.
impl Node<'_> {
    /// Whether it is a search: all its optional filters together match nothing, but one of them is needed.
    pub(super) fn is_search(self) -> bool {
        let mut parameters = self.items("parameters");
        !parameters.any(|parameter| parameter.is_true("required") || parameter.text("name") == "page")
    }
}
