//! Floating-point numbers in JSON as Go's `encoding/json` writes them: `1` and not `1.0`, and an exponent only for what
//! is very large or very small.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Appends a value as compact JSON.
pub(crate) fn write<T: Serialize + ?Sized>(buffer: &mut Vec<u8>, value: &T) -> serde_json::Result<()> {
    value.serialize(&mut Serializer::with_formatter(buffer, AsGo))
}

struct AsGo;

macro_rules! as_go {
    ($($name:ident($float:ty);)*) => {
        $(fn $name<W: Write + ?Sized>(&mut self, writer: &mut W, value: $float) -> io::Result<()> {
            // The shortest digits that read back as the same number, in both languages.
            if value == 0.0 || (1e-6..1e21).contains(&value.abs()) {
                return write!(writer, "{value}");
            }
            let scientific = format!("{value:e}");
            writer.write_all(scientific.replace('e', if value.abs() < 1.0 { "e" } else { "e+" }).as_bytes())
        })*
    };
}

impl Formatter for AsGo {
    as_go! {
        write_f32(f32);
        write_f64(f64);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    fn written(value: &Value) -> String {
        let mut buffer = Vec::new();
        super::write(&mut buffer, value).unwrap();
        String::from_utf8(buffer).unwrap()
    }

    #[test]
    fn floats_are_written_as_go_writes_them() {
        let cases = [
            (1.0, "1"),
            (-0.0, "-0"),
            (0.1, "0.1"),
            (1000.0, "1000"),
            (1.5e20, "150000000000000000000"),
            (1e21, "1e+21"),
            (-1.25e300, "-1.25e+300"),
            (0.000_001, "0.000001"),
            (0.000_000_9, "9e-7"),
            (-2.5e-10, "-2.5e-10"),
        ];
        for (float, text) in cases {
            assert_eq!(written(&json!(float)), text);
            assert_eq!(text.parse::<f64>(), Ok(float));
        }
        assert_eq!(written(&json!([1, u64::MAX, i64::MIN])), "[1,18446744073709551615,-9223372036854775808]");
        let mut buffer = Vec::new();
        super::write(&mut buffer, &[0.1_f32, 16.0]).unwrap();
        assert_eq!(buffer, b"[0.1,16]");
    }
}
