//! One operation, and the fields of its request and its answer.

use super::node::Node;

/// The depth to which nested fields are shown.
const MAX_DEPTH: usize = 3;

/// An operation of the specification.
#[derive(Debug)]
pub(super) struct Operation<'a> {
    root: Node<'a>,
    pub(super) id: &'a str,
    pub(super) method: &'static str,
    pub(super) path: &'a str,
    pub(super) node: Node<'a>,
    /// The media type and the content of its request.
    pub(super) body: Option<(&'a str, Node<'a>)>,
}

/// A parameter, or a field of a body.
#[derive(Debug)]
pub(super) struct Field<'a> {
    pub(super) name: String,
    pub(super) required: bool,
    pub(super) schema: Node<'a>,
    /// Carries grade and description: a parameter, or a field as its object states it.
    pub(super) stated: Node<'a>,
}

impl<'a> Field<'a> {
    pub(super) fn kind(&self) -> &'a str {
        match self.schema.text("type") {
            "" => "any",
            kind => kind,
        }
    }

    pub(super) fn description(&self) -> &'a str {
        match self.stated.text("description") {
            "" => self.schema.text("description"),
            description => description,
        }
    }
}

impl<'a> Node<'a> {
    /// The operations of a tag.
    pub(super) fn operations(self, tag: &str) -> Vec<Operation<'a>> {
        let operations = self.entries("paths").flat_map(|(path, item)| {
            let methods = [("GET", item.get("get")), ("POST", item.get("post"))];
            methods.map(|(method, node)| Operation {
                root: self,
                id: node.text("operationId"),
                method,
                path,
                node,
                body: node.get("requestBody").content(),
            })
        });
        let is_of_tag = |operation: &Operation<'_>| operation.node.texts("tags").any(|name| name == tag);
        operations.filter(is_of_tag).collect()
    }
}

impl<'a> Operation<'a> {
    /// The parameters, and the fields of the body.
    pub(super) fn request_fields(&self) -> Vec<Field<'a>> {
        let parameters = self.node.items("parameters").map(|parameter| Field {
            name: format!("{} ({})", parameter.text("name"), parameter.text("in")),
            required: parameter.is_true("required"),
            schema: parameter.get("schema").schema(self.root),
            stated: parameter,
        });
        let body = self.body.into_iter().flat_map(|(_, media)| self.fields(media));
        parameters.chain(body).collect()
    }

    /// The fields of a body, and the fields within them.
    pub(super) fn fields(&self, media: Node<'a>) -> Vec<Field<'a>> {
        let mut fields = Vec::new();
        self.collect(media.get("schema"), "", 0, &mut fields);
        fields
    }

    fn collect(&self, schema: Node<'a>, prefix: &str, depth: usize, fields: &mut Vec<Field<'a>>) {
        let object = schema.schema(self.root);
        for (name, stated) in object.entries("properties") {
            let schema = stated.schema(self.root);
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

    /// Whether it is a search: all its optional filters together match nothing, but one of them is needed.
    pub(super) fn is_search(&self) -> bool {
        let mut parameters = self.node.items("parameters");
        !parameters.any(|parameter| parameter.is_true("required") || parameter.text("name") == "page")
    }
}
