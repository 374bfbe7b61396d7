//! A JSON document in another dress: indented, as YAML, or compressed.

use std::io::Write;

use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::errors::{Error, Result};

/// Indents compact JSON by two spaces and keeps the order of its keys, without a newline at the end (contract 6.43).
pub(crate) fn indent(json: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(json.len() * 2);
    let mut depth = 0;
    let mut in_string = false;
    let mut bytes = json.iter().copied().peekable();
    while let Some(byte) = bytes.next() {
        match byte {
            b'"' => in_string = !in_string,
            b'\\' if in_string => {
                out.push(byte);
                out.extend(bytes.next());
                continue;
            }
            _ => {}
        }
        if in_string {
            out.push(byte);
            continue;
        }
        match byte {
            b'{' | b'[' => {
                out.push(byte);
                if let Some(close) = bytes.next_if(|next| matches!(next, b'}' | b']')) {
                    out.push(close);
                } else {
                    depth += 1;
                    new_line(&mut out, depth);
                }
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                new_line(&mut out, depth);
                out.push(byte);
            }
            b',' => {
                out.push(byte);
                new_line(&mut out, depth);
            }
            b':' => out.extend_from_slice(b": "),
            b' ' | b'\n' | b'\r' | b'\t' => {}
            _ => out.push(byte),
        }
    }
    out
}

fn new_line(out: &mut Vec<u8>, depth: usize) {
    out.push(b'\n');
    out.resize(out.len() + 2 * depth, b' ');
}

/// A JSON document as YAML.
pub(crate) fn yaml(json: &[u8]) -> Result<String> {
    let document: Value = serde_json::from_slice(json).map_err(|error| Error::internal(error.to_string()))?;
    serde_saphyr::to_string(&document).map_err(|error| Error::internal(error.to_string()))
}

/// Chunks compressed one by one, so that neither the input nor the output is ever held as a whole (contract 6.45).
pub(crate) struct Gzip<I> {
    chunks: I,
    encoder: Option<GzEncoder<Vec<u8>>>,
}

impl<I> Gzip<I> {
    /// Compresses what an iterator yields.
    pub(crate) fn new(chunks: I) -> Self {
        Self { chunks, encoder: Some(GzEncoder::new(Vec::new(), Compression::fast())) }
    }
}

impl<I: Iterator<Item = Bytes>> Iterator for Gzip<I> {
    type Item = Bytes;

    fn next(&mut self) -> Option<Bytes> {
        loop {
            let Some(chunk) = self.chunks.next() else {
                return self.encoder.take()?.finish().ok().map(Bytes::from);
            };
            let encoder = self.encoder.as_mut()?;
            encoder.write_all(&chunk).ok()?;
            if !encoder.get_ref().is_empty() {
                return Some(Bytes::from(std::mem::take(encoder.get_mut())));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use serde_json::json;

    use super::*;

    // contract 6.43
    #[test]
    fn indentation_is_that_of_go() {
        let compact = br#"{"b":[],"a":{"x":[1,"a,b:{\"}\\"],"y":{}},"n":null}"#;
        let expected = r#"{
  "b": [],
  "a": {
    "x": [
      1,
      "a,b:{\"}\\"
    ],
    "y": {}
  },
  "n": null
}"#;
        assert_eq!(String::from_utf8(indent(compact)).unwrap(), expected);
        assert_eq!(indent(indent(compact).as_slice()), expected.as_bytes());
    }

    #[test]
    fn yaml_means_the_same() {
        let document = json!({
            "s": ["yes", "null", "1", "", "a: b", "# c", "line\nline", "é"],
            "b": ["y", "n", "on", "off", "No", "~", "null", "0x1f", "012", "1e3", "1_0", "2020-01-01", "1:30"],
            "n": [1, -2.5, true, null],
            "e": { "map": {}, "list": [] },
        });
        let yaml = yaml(document.to_string().as_bytes()).unwrap();
        assert_eq!(serde_saphyr::from_str::<Value>(&yaml).unwrap(), document, "{yaml}");
        // Readers of YAML 1.1, as kubectl is one, take these for something else unless they are quoted.
        for word in ["y", "n", "on", "off", "No", "~", "012", "2020-01-01"] {
            assert!(yaml.contains(&format!("- \"{word}\"\n")), "{word} in\n{yaml}");
        }
    }

    #[test]
    fn compressed_chunks_are_one_stream() {
        let chunks = [Bytes::from(vec![b'a'; 100_000]), Bytes::new(), Bytes::from_static(b"end")];
        let compressed: Vec<u8> = Gzip::new(chunks.clone().into_iter()).flatten().collect();
        let mut plain = Vec::new();
        flate2::read::GzDecoder::new(compressed.as_slice()).read_to_end(&mut plain).unwrap();
        assert_eq!(plain, chunks.concat());
    }
}
