//! Numbers as Go's JSON encoder writes them, and as its decoder reads them.

use std::io;

use serde::{Serialize, Serializer};
use serde_json::Number;
use serde_json::ser::{CompactFormatter, Formatter};

/// The largest whole number up to which a float tells all of them apart.
const MAX_EXACT: f64 = 9_007_199_254_740_991.0;

/// A number as Go's decoder has it: what fits no signed 64-bit integer is a float.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum GoNumber {
    Integer(i64),
    Float(f64),
}

impl Serialize for GoNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Integer(integer) => serializer.serialize_i64(*integer),
            Self::Float(float) => serializer.serialize_f64(*float),
        }
    }
}

impl GoNumber {
    pub(crate) fn of(number: &Number) -> Self {
        number.as_i64().map_or_else(|| Self::Float(number.as_f64().unwrap_or_default()), Self::Integer)
    }

    /// The same, where a float with nothing after the point was most likely written without one: it is read again as it
    /// is written.
    pub(crate) fn written(number: &Number) -> Self {
        match Self::of(number) {
            Self::Float(float) if float.fract() == 0.0 => {
                json(float).parse().map_or(Self::Float(float), Self::Integer)
            }
            number => number,
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "Go does the same")]
    pub(crate) fn as_f64(self) -> f64 {
        match self {
            Self::Integer(integer) => integer as f64,
            Self::Float(float) => float,
        }
    }
}

/// Whether upstream takes a float for a whole number (`IsFloat64AJSONInteger` in go-openapi/swag).
#[allow(clippy::float_cmp, reason = "upstream compares so")]
pub(crate) fn is_whole(float: f64) -> bool {
    if !float.is_finite() || float.abs() > MAX_EXACT {
        return false;
    }
    let whole = float.trunc();
    let difference = (float - whole).abs();
    if float == whole {
        true
    } else if float == 0.0 || whole == 0.0 || difference < f64::from_bits(1) {
        difference < 1e-9 * f64::from_bits(1)
    } else {
        difference / (float.abs() + whole.abs()).min(f64::MAX) < 1e-9
    }
}

/// A float as Go's `encoding/json` writes it: no `.0`, and an exponent where the number is very large or small.
pub(crate) fn json(float: f64) -> String {
    let size = float.abs();
    if size == 0.0 || (1e-6..1e21).contains(&size) {
        return float.to_string();
    }
    let scientific = format!("{float:e}");
    match scientific.split_once('e') {
        Some((mantissa, exponent)) if !exponent.starts_with('-') => format!("{mantissa}e+{exponent}"),
        _ => scientific,
    }
}

/// Writes JSON as compact as serde does, with floats as Go writes them.
#[derive(Clone, Debug, Default)]
pub(crate) struct GoFormatter;

impl Formatter for GoFormatter {
    fn write_f32<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f32) -> io::Result<()> {
        // The shortest text that reads as the same 32 bits.
        match value.to_string().parse::<f64>() {
            Ok(value) => self.write_f64(writer, value),
            Err(_) => CompactFormatter.write_f32(writer, value),
        }
    }

    fn write_f64<W: ?Sized + io::Write>(&mut self, writer: &mut W, value: f64) -> io::Result<()> {
        writer.write_all(json(value).as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use serde::Serialize;
    use serde_json::json;

    use super::{GoFormatter, GoNumber, is_whole};

    #[test]
    fn whole_floats_are_read_again_as_they_are_written() {
        let cases = [
            ("1e3", GoNumber::Integer(1_000)),
            ("1234567890123456768.0", GoNumber::Integer(1_234_567_890_123_456_800)),
            ("-156039177791247.6", GoNumber::Float(-156_039_177_791_247.6)),
            ("1e20", GoNumber::Float(1e20)),
            ("1e300", GoNumber::Float(1e300)),
        ];
        for (text, expected) in cases {
            assert_eq!(GoNumber::written(&text.parse().unwrap()), expected, "{text}");
        }
    }

    // encoding/json, encode.go: floatEncoder
    #[test]
    fn floats_are_written_as_go_writes_them() {
        let cases = [
            (json!(1.0), "1"),
            (json!(-0.0), "-0"),
            (json!(0.1), "0.1"),
            (json!(1e20), "100000000000000000000"),
            (json!(1e21), "1e+21"),
            (json!(1.5e300), "1.5e+300"),
            (json!(1e-6), "0.000001"),
            (json!(1e-7), "1e-7"),
            (json!({"a": [2.50, 3]}), r#"{"a":[2.5,3]}"#),
        ];
        for (value, expected) in cases {
            let mut written = Vec::new();
            let mut serializer = serde_json::Serializer::with_formatter(&mut written, GoFormatter);
            value.serialize(&mut serializer).unwrap();
            assert_eq!(String::from_utf8(written).unwrap(), expected);
        }
    }

    #[test]
    fn whole_floats() {
        for whole in [0.0, -0.0, 1.0, -5.0, 9_007_199_254_740_991.0, 3.000_000_000_1] {
            assert!(is_whole(whole), "{whole}");
        }
        for other in [0.5, 1e18, 9_007_199_254_740_992.0, f64::NAN, f64::INFINITY, 1e-9] {
            assert!(!is_whole(other), "{other}");
        }
    }
}
