//! JSON without the fields that are not set: a struct's `None` is left out and not written as `null`, as every API server
//! does with its optional fields.
//!
//! Only fields of structs are left out. What a client put into a map or a list stays, `null` or not. A struct with a
//! flattened field is one, too, though serde writes it as a map: one whose length it does not know, unlike that of a map.

use std::fmt;

use serde::ser::{
    Impossible, Serialize, SerializeMap, SerializeSeq, SerializeStruct, SerializeStructVariant,
    SerializeTuple, SerializeTupleStruct, SerializeTupleVariant, Serializer,
};

/// A value without the fields that are not set.
pub(crate) struct OmitNone<'a, T: ?Sized>(pub(crate) &'a T);

impl<T: Serialize + ?Sized> Serialize for OmitNone<'_, T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(Omitting(serializer))
    }
}

/// Passes everything on, and wraps whatever is nested.
struct Omitting<S>(S);

macro_rules! pass_on {
    ($($name:ident($($argument:ident: $type:ty),*);)*) => {
        $(fn $name(self, $($argument: $type),*) -> Result<S::Ok, S::Error> {
            self.0.$name($($argument),*)
        })*
    };
}

macro_rules! pass_on_compound {
    ($($name:ident($($argument:ident: $type:ty),*) -> $compound:ident;)*) => {
        $(fn $name(self, $($argument: $type),*) -> Result<Self::$compound, S::Error> {
            self.0.$name($($argument),*).map(Omitting)
        })*
    };
}

impl<S: Serializer> Serializer for Omitting<S> {
    type Ok = S::Ok;
    type Error = S::Error;
    type SerializeSeq = Omitting<S::SerializeSeq>;
    type SerializeTuple = Omitting<S::SerializeTuple>;
    type SerializeTupleStruct = Omitting<S::SerializeTupleStruct>;
    type SerializeTupleVariant = Omitting<S::SerializeTupleVariant>;
    type SerializeMap = OmittingMap<S::SerializeMap>;
    type SerializeStruct = Omitting<S::SerializeStruct>;
    type SerializeStructVariant = Omitting<S::SerializeStructVariant>;

    pass_on! {
        serialize_bool(value: bool);
        serialize_i8(value: i8);
        serialize_i16(value: i16);
        serialize_i32(value: i32);
        serialize_i64(value: i64);
        serialize_i128(value: i128);
        serialize_u8(value: u8);
        serialize_u16(value: u16);
        serialize_u32(value: u32);
        serialize_u64(value: u64);
        serialize_u128(value: u128);
        serialize_f32(value: f32);
        serialize_f64(value: f64);
        serialize_char(value: char);
        serialize_str(value: &str);
        serialize_bytes(value: &[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(name: &'static str);
        serialize_unit_variant(name: &'static str, index: u32, variant: &'static str);
    }

    pass_on_compound! {
        serialize_seq(len: Option<usize>) -> SerializeSeq;
        serialize_tuple(len: usize) -> SerializeTuple;
        serialize_tuple_struct(name: &'static str, len: usize) -> SerializeTupleStruct;
        serialize_tuple_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> SerializeTupleVariant;
        serialize_struct(name: &'static str, len: usize) -> SerializeStruct;
        serialize_struct_variant(name: &'static str, index: u32, variant: &'static str, len: usize)
            -> SerializeStructVariant;
    }

    fn serialize_map(self, len: Option<usize>) -> Result<Self::SerializeMap, S::Error> {
        Ok(OmittingMap { map: self.0.serialize_map(len)?, of_struct: len.is_none() })
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.serialize_some(&OmitNone(value))
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_struct(name, &OmitNone(value))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        index: u32,
        variant: &'static str,
        value: &T,
    ) -> Result<S::Ok, S::Error> {
        self.0.serialize_newtype_variant(name, index, variant, &OmitNone(value))
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, value: &T) -> Result<S::Ok, S::Error> {
        self.0.collect_str(value)
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! items {
    ($($compound:ident.$method:ident;)*) => {
        $(impl<S: $compound> $compound for Omitting<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn $method<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
                self.0.$method(&OmitNone(value))
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })*
    };
}

items! {
    SerializeSeq.serialize_element;
    SerializeTuple.serialize_element;
    SerializeTupleStruct.serialize_field;
    SerializeTupleVariant.serialize_field;
}

/// A map, or a struct with a flattened field.
struct OmittingMap<S> {
    map: S,
    of_struct: bool,
}

impl<S: SerializeMap> SerializeMap for OmittingMap<S> {
    type Ok = S::Ok;
    type Error = S::Error;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), S::Error> {
        self.map.serialize_key(key)
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), S::Error> {
        self.map.serialize_value(&OmitNone(value))
    }

    fn serialize_entry<K: Serialize + ?Sized, V: Serialize + ?Sized>(
        &mut self,
        key: &K,
        value: &V,
    ) -> Result<(), S::Error> {
        if self.of_struct && is_none(value) {
            return Ok(());
        }
        self.map.serialize_entry(key, &OmitNone(value))
    }

    fn end(self) -> Result<S::Ok, S::Error> {
        self.map.end()
    }
}

macro_rules! fields {
    ($($compound:ident;)*) => {
        $(impl<S: $compound> $compound for Omitting<S> {
            type Ok = S::Ok;
            type Error = S::Error;

            fn serialize_field<T: Serialize + ?Sized>(
                &mut self,
                name: &'static str,
                value: &T,
            ) -> Result<(), S::Error> {
                if is_none(value) {
                    return self.0.skip_field(name);
                }
                self.0.serialize_field(name, &OmitNone(value))
            }

            fn skip_field(&mut self, name: &'static str) -> Result<(), S::Error> {
                self.0.skip_field(name)
            }

            fn end(self) -> Result<S::Ok, S::Error> {
                self.0.end()
            }
        })*
    };
}

fields! {
    SerializeStruct;
    SerializeStructVariant;
}

/// Whether a value is `None`, which is what serde reads an absent field as.
fn is_none<T: Serialize + ?Sized>(value: &T) -> bool {
    value.serialize(Probe).is_ok()
}

/// Succeeds on `None` and fails at once on everything else.
struct Probe;

#[derive(Debug)]
struct IsSome;

impl fmt::Display for IsSome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("there is a value")
    }
}

impl std::error::Error for IsSome {}

impl serde::ser::Error for IsSome {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }
}

macro_rules! fail {
    ($($name:ident($($type:ty),*) -> $ok:ty;)*) => {
        $(fn $name(self, $(_: $type),*) -> Result<$ok, IsSome> {
            Err(IsSome)
        })*
    };
}

impl Serializer for Probe {
    type Ok = ();
    type Error = IsSome;
    type SerializeSeq = Impossible<(), IsSome>;
    type SerializeTuple = Impossible<(), IsSome>;
    type SerializeTupleStruct = Impossible<(), IsSome>;
    type SerializeTupleVariant = Impossible<(), IsSome>;
    type SerializeMap = Impossible<(), IsSome>;
    type SerializeStruct = Impossible<(), IsSome>;
    type SerializeStructVariant = Impossible<(), IsSome>;

    fail! {
        serialize_bool(bool) -> ();
        serialize_i8(i8) -> ();
        serialize_i16(i16) -> ();
        serialize_i32(i32) -> ();
        serialize_i64(i64) -> ();
        serialize_i128(i128) -> ();
        serialize_u8(u8) -> ();
        serialize_u16(u16) -> ();
        serialize_u32(u32) -> ();
        serialize_u64(u64) -> ();
        serialize_u128(u128) -> ();
        serialize_f32(f32) -> ();
        serialize_f64(f64) -> ();
        serialize_char(char) -> ();
        serialize_str(&str) -> ();
        serialize_bytes(&[u8]) -> ();
        serialize_unit() -> ();
        serialize_unit_struct(&'static str) -> ();
        serialize_unit_variant(&'static str, u32, &'static str) -> ();
        serialize_seq(Option<usize>) -> Self::SerializeSeq;
        serialize_tuple(usize) -> Self::SerializeTuple;
        serialize_tuple_struct(&'static str, usize) -> Self::SerializeTupleStruct;
        serialize_tuple_variant(&'static str, u32, &'static str, usize) -> Self::SerializeTupleVariant;
        serialize_map(Option<usize>) -> Self::SerializeMap;
        serialize_struct(&'static str, usize) -> Self::SerializeStruct;
        serialize_struct_variant(&'static str, u32, &'static str, usize) -> Self::SerializeStructVariant;
    }

    fn serialize_none(self) -> Result<(), IsSome> {
        Ok(())
    }

    fn serialize_some<T: Serialize + ?Sized>(self, _: &T) -> Result<(), IsSome> {
        Err(IsSome)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(self, _: &'static str, _: &T) -> Result<(), IsSome> {
        Err(IsSome)
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        _: u32,
        _: &'static str,
        _: &T,
    ) -> Result<(), IsSome> {
        Err(IsSome)
    }

    fn collect_str<T: fmt::Display + ?Sized>(self, _: &T) -> Result<(), IsSome> {
        Err(IsSome)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Serialize;
    use serde_json::{Value, json};

    use super::OmitNone;

    #[derive(Default, Serialize)]
    struct Spec {
        size: Option<u8>,
        parts: Vec<Option<Part>>,
        free: Value,
        limits: BTreeMap<String, Option<u8>>,
        source: Option<Source>,
        wrapped: Wrapped,
    }

    #[derive(Serialize)]
    struct Part {
        name: Option<String>,
    }

    #[derive(Serialize)]
    enum Source {
        Git { url: String, branch: Option<String> },
        Part(Part),
    }

    #[derive(Default, Serialize)]
    struct Wrapped(Option<u8>);

    #[derive(Serialize)]
    struct Flat {
        own: Option<u8>,
        #[serde(flatten)]
        part: Part,
        #[serde(flatten)]
        absent: Option<Part>,
        #[serde(flatten)]
        more: BTreeMap<String, Value>,
        limits: BTreeMap<String, Option<u8>>,
    }

    fn written(value: &impl Serialize) -> Value {
        let text = serde_json::to_string(&OmitNone(value)).unwrap();
        assert_eq!(
            serde_json::to_value(OmitNone(value)).unwrap(),
            serde_json::from_str::<Value>(&text).unwrap()
        );
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn fields_of_structs_are_left_out_and_nothing_else() {
        let empty = json!({ "parts": [], "free": null, "limits": {}, "wrapped": null });
        assert_eq!(written(&Spec::default()), empty);
        let spec = Spec {
            size: Some(1),
            parts: vec![None, Some(Part { name: None }), Some(Part { name: Some("a".into()) })],
            free: json!({ "a": null, "b": [null, 1.5, -1, true] }),
            limits: BTreeMap::from([("cpu".into(), None), ("memory".into(), Some(2))]),
            source: Some(Source::Git { url: "x".into(), branch: None }),
            wrapped: Wrapped(Some(3)),
        };
        let expected = json!({
            "size": 1, "parts": [null, {}, { "name": "a" }], "wrapped": 3,
            "free": { "a": null, "b": [null, 1.5, -1, true] }, "limits": { "cpu": null, "memory": 2 },
            "source": { "Git": { "url": "x" } },
        });
        assert_eq!(written(&spec), expected);
        assert_eq!(written(&Source::Part(Part { name: None })), json!({ "Part": {} }));
    }

    #[test]
    fn a_struct_with_flattened_fields_is_a_struct() {
        let flat = Flat {
            own: None,
            part: Part { name: None },
            absent: None,
            more: BTreeMap::from([("free".into(), Value::Null)]),
            limits: BTreeMap::from([("cpu".into(), None)]),
        };
        assert_eq!(written(&flat), json!({ "free": null, "limits": { "cpu": null } }));
    }
}
