//! The rules: the id of each and how to repair a document that breaks it.

/// A rule. One id may have several cures.
#[derive(Clone, Copy)]
pub(super) struct Rule {
    pub(super) id: &'static str,
    pub(super) cure: &'static str,
}

macro_rules! rules {
    ($($name:ident = $id:literal, $cure:literal;)+) => {$(
        pub(super) const $name: Rule = Rule { id: $id, cure: $cure };
    )+};
}

// The document as a whole.
rules! {
    VERSION = "openapi-3.0", "write 3.0.3: the generator reads 3.0 only";
    READABLE = "readable", "write what OpenAPI 3.0 allows at this place";
    KNOWN_KEYS = "known-keys",
        "correct the key, or move it: beside `$ref` OpenAPI 3.0 ignores everything (use `allOf`)";
    REFERENCE = "reference", "correct the name, or add the schema";
    REACHABLE = "reachable", "use it in an operation, or remove it";
    PROVIDER_NAMES = "provider-names", "add it under exactly this name: the provider's pages use it";
}

// Operations.
rules! {
    UNIQUE_ID = "operation-id", "give each operation its own id";
    SNAKE_ID = "operation-id", "write a snake_case `operationId`: it becomes the name of a function";
    ONE_TAG = "one-tag",
        "give exactly one tag of common, users, onramp, offramp, banking, webhooks: it is a module and a feature";
    OPERATION_TEXT = "documented", "describe the operation and name the page of the provider";
    IDEMPOTENCY = "idempotency", "write safe, keyed or unsafe: it decides what is sent twice";
    SAFE_GET = "idempotency", "a GET reads: write safe";
    REFUSALS = "refusals",
        "list in `x-refusals` the codes that prove that nothing was done, `authorization_incorrect` among them";
    REFUSAL_CODE = "refusals", "write a code as the provider does, such as `limit_exceded`";
    ONE_MEDIA_TYPE = "one-media-type", "give the body one media type, JSON or a form: the generator panics on others";
    REQUIRED_BODY = "required-body", "write `required: true`: the generator sends the body in any case";
    NAMED_REQUEST = "named-request", "refer to a component schema";
    FORM_SCALARS = "form-scalars", "send it as text: a form carries scalars only";
    ONE_SUCCESS = "one-success",
        "describe success as 200 and refusals as 4xx: the generator takes one success type";
    ERROR_SCHEMA = "error-schema", "refer to ErrorResponse, IntegrationError or ValidationErrorResponse";
    SUCCESS_AND_ERROR = "success-and-error",
        "write `oneOf` with one named envelope and one error schema: refusals come with HTTP 200";
}

// Parameters.
rules! {
    PARAMETER_PLACE = "parameter-place",
        "put it into the path or the query: the generator writes no others safely";
    PARAMETER_TEXT = "documented", "describe the parameter and its unit";
    PLAIN_PARAMETER = "plain-parameter",
        "remove `content`, `style` and `explode`: the generator knows the plain form only";
    SCALAR_PARAMETER = "scalar-parameter",
        "take a scalar: the generator writes lists and objects in its own way";
    TIME_IN_PATH = "time-in-path", "take text: the generator writes a date-time in a path wrongly";
    WHOLE_SEGMENT = "path-template", "let each parameter be a whole segment";
    PATH_TEMPLATE = "path-template", "declare each parameter of the path, and no other, with `in: path`";
}

// Schemas.
rules! {
    KEYWORDS = "keywords", "use a keyword that the linter checks, or write it into the description";
    TYPED = "typed", "give it a `type`: without one it becomes any JSON value, whose numbers are floats";
    ITEMS = "typed", "give it `items`";
    NAMED_OBJECTS = "named-objects",
        "make it a component schema and refer to it: its name becomes the name of a type";
    EXTRA = "extra", "none yet: unknown fields are kept under this name; teach the generator step another";
    REQUIRED = "required", "describe the property, or do not require it";
    NO_MAP_BESIDE = "open-objects", "describe the fields: others are kept in `extra` in any case";
    OPEN_OBJECTS = "open-objects", "leave it open: the provider may add fields";
    NO_ANY_OF = "no-unions", "describe one form: the generator makes untagged enums of these, or panics";
    NO_ONE_OF = "no-unions",
        "only an id may be one of integer and string; make other unions one object with optional fields";
    ONE_ALL_OF = "no-unions", "let `allOf` hold one `$ref`; it is there to carry extensions beside it";
    NAMED_ENUMS = "named-enums", "make it a component schema: only named enums can be made open";
    TEXT_ENUMS = "named-enums", "list texts under `type: string`";
    OPEN_ENUMS = "open-enums", "write `x-open: true`: unknown values must be kept";
    VARIANT = "enum-values", "none yet: teach `variant` a Rust name for it";
    VARIANT_TWICE = "enum-values", "remove one of them";
    ENUM_NOTES = "enum-values", "give the meaning and the evidence of each value";
    ENUM_VALUES = "enum-values", "describe each value of the list and no other";
}

// Extensions.
rules! {
    GRADE = "evidence", "write `x-evidence: documented`, `guide`, `observed`, `older` or `assumed`";
    KNOWN_EXTENSIONS = "known-extensions",
        "correct it, or teach it to the tasks: an unknown extension has no effect";
    SCHEMA_TEXT = "documented", "describe it: the text becomes the documentation";
    UNIT = "unit", "write currency-unit, cent, decimal-string, base-unit or coin-unit";
    UNIT_MISSING = "unit", "give it an `x-unit`: without one it would be a float, or its unit a guess";
    UNIT_TYPE = "unit",
        "currency-unit and coin-unit are numbers, cent an integer, decimal-string and base-unit strings";
    ID = "id", "write payment, user, offramp, transaction, external, concept, txid or currency";
    ID_TYPE = "id", "an id is a string, an integer, or one of both";
    SENSITIVITY = "sensitivity", "write none, personal or secret";
    SENSITIVITY_MISSING = "sensitivity",
        "write `x-sensitive: none`, `personal` or `secret`: it decides whether logs may show it";
}

// Guesses.
rules! {
    CANDIDATES = "candidates",
        "list in `x-candidates` the other forms that the guess may stand for, most plausible first, or give the reason why \
         there are none in `x-no-candidates`";
    CANDIDATE_PATH = "candidates", "write a path with the same parameters: a choice can replace nothing else";
    CANDIDATE_NAME = "candidates",
        "write a name; only a property may be inside of an object, as `holder.name`";
    CANDIDATE_TWICE = "candidates", "remove it: a probe could not tell which is meant";
    WIRE_NAME = "wire-name", "write the name on the wire; no two may share one";
    WIRE_FORM = "wire-form", "list the kinds of values as a probe names them, such as `integer-text`";
    WIRE_UNIT = "wire-unit", "write cent beside an amount in currency units, or currency-unit beside one in cents";
    FIRST_PAGE = "first-page", "write 0 or 1, beside the parameter `page`";
}

// Samples and events.
rules! {
    SAMPLES = "samples", "add one of our own: tests and readers need it";
    SUCCESS_SAMPLE = "samples", "add a sample of a successful reply";
    VALID_SAMPLES = "valid-samples", "correct the sample, or the schema if the sample is right";
    FORMATS = "valid-samples", "use date, date-time, uri, email or uuid, or leave the format out";
    EVENT_ONCE = "event-types", "list each spelling once";
    EVENT_TYPES = "event-types", "list each event and each spelling in both files";
    EVENT_FIELDS = "event-fields", "add it: the catalogue is made from it";
    EVENT_OBJECT = "event-object", "name the schema of its payload";
    EVENT_ENVELOPE = "event-samples", "name one of `envelopes`";
    EVENT_BODY = "event-samples", "add the delivered body";
    EVENT_SAMPLES = "event-samples", "correct the sample, or the schema if the sample is right";
    EVENT_STATE = "event-samples", "show the object in the state that `object_status` names";
}
