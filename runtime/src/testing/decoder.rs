//! What a server makes of the body of a create, without a server.

use std::fmt;

use crate::decode::{BodyFormat, Part, decode_body};
use crate::errors::{Error, Result};
use crate::options::FieldValidation;
use crate::registry::{DynKind as _, Kind, refuse_invalid};
use crate::resource::Resource;

/// Reads objects as a server reads the body of a create: unknown and duplicate fields are refused as under
/// `fieldValidation=Strict`, the defaults of the schema are filled in, the status is emptied, and the rules of the schema
/// must hold. What needs a request (metadata of the system, the hooks of the strategy, admission) is left out.
///
/// For tests that hold the manifests of a program's documentation against its types, and to measure what a type costs. The
/// schema is made once, by the first call.
///
/// ```
/// use resourceful::prelude::*;
/// use resourceful::testing::Decoder;
///
/// /// A flower pot.
/// #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[resource(group = "garden.example.com", version = "v1", namespaced)]
/// pub struct FlowerPot {
///     pub metadata: ObjectMeta,
///     #[serde(default = "five")]
///     #[schemars(range(max = 10))]
///     pub litres: i32,
/// }
///
/// fn five() -> i32 {
///     5
/// }
///
/// let pots = Decoder::<FlowerPot>::new();
/// let pot = pots.yaml("metadata: {name: rose}".as_bytes()).unwrap();
/// assert_eq!(pot.litres, 5);
///
/// let error = pots.json(br#"{"metadata":{"name":"rose"},"liters":3}"#).unwrap_err();
/// assert_eq!(error.code(), 400);
/// assert!(error.message().ends_with(r#"strict decoding error: unknown field "liters""#));
///
/// let error = pots.json(br#"{"metadata":{"name":"rose"},"litres":30}"#).unwrap_err();
/// assert_eq!(error.code(), 422);
/// ```
pub struct Decoder<T> {
    kind: Kind<T>,
}

impl<T: Resource> Decoder<T> {
    /// A decoder for a kind.
    pub const fn new() -> Self {
        Self { kind: Kind::new() }
    }

    /// Reads a JSON document. Fails with what a client would be told: 400 for what is no such object, 422 for one that is
    /// against the rules of its schema.
    pub fn json(&self, document: &[u8]) -> Result<T> {
        self.decode(document, BodyFormat::Json)
    }

    /// As [`json`](Self::json), from YAML.
    pub fn yaml(&self, document: &[u8]) -> Result<T> {
        self.decode(document, BodyFormat::Yaml)
    }

    fn decode(&self, document: &[u8], format: BodyFormat) -> Result<T> {
        let decoded = decode_body(&self.kind, Part::Object, document, format, FieldValidation::Strict)?;
        let mut object = decoded.object.map_err(|refused| refused.as_new())?;
        self.kind.clear_status(&mut *object);
        refuse_invalid(&self.kind, &mut *object, None)?;
        let object =
            object.downcast::<T>().ok_or_else(|| Error::internal("the object is of another type"))?;
        Ok(*object)
    }
}

impl<T: Resource> Default for Decoder<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T: Resource> fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Decoder").field(&T::INFO.kind).finish()
    }
}
