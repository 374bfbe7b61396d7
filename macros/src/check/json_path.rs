//! JSON paths, as far as their text can be checked: `.spec.size`, `.status.conditions[?(@.type=="Ready")].status`.

use crate::error::{self, Errors};
use crate::syntax::{Field, Text};

/// The name of the first field of a path, or what is wrong with the path.
pub(super) fn check(path: &str) -> Result<String, &'static str> {
    if path.starts_with(['{', '$']) {
        return Err("leave out `{`, `}` and `$`, and begin with a dot: `.spec.size`");
    }
    if !path.starts_with('.') {
        return Err("it begins with a dot: `.spec.size`");
    }
    let mut rest = path;
    let mut first = None;
    while !rest.is_empty() {
        let field;
        (field, rest) = step(rest)?;
        first = first.or(Some(field));
    }
    Ok(first.unwrap_or_default())
}

/// The name of the first field of a path that is nothing but names, or what is wrong with the path.
pub(super) fn check_simple(path: &str) -> Result<String, &'static str> {
    let first = check(path)?;
    if path.contains(['[', '*', '\\', '/']) {
        return Err("it is a row of names: `.spec.size`");
    }
    Ok(first)
}

/// The name of the first field of a path in which every step has a name, be it in quotes, or what is wrong with the path.
pub(super) fn check_named(path: &str) -> Result<String, &'static str> {
    let first = check(path)?;
    let mut brackets = path.match_indices('[').map(|(index, _)| &path[index + 1..]);
    if path.contains('*') || !brackets.all(|inner| inner.starts_with(['\'', '"'])) {
        return Err("it is a row of names: `.spec.size` or `.spec['a.b']`");
    }
    Ok(first)
}

/// `".staus.ready"`: a path begins with a field of the struct.
pub(super) fn leads_somewhere(path: &Text, first: &str, fields: &[Field], errors: &mut Errors) {
    // A flattened field may bring fields of any name.
    let Some(known) = fields.iter().map(|field| field.name().map(str::to_owned)).collect::<Option<Vec<_>>>()
    else {
        return;
    };
    if !fields.is_empty()
        && !["apiVersion", "kind"].contains(&first)
        && !known.iter().any(|name| name == first)
    {
        errors.push(error::json_path_leads_nowhere(&path.0, first, &known));
    }
}

/// Reads `.name` or `[…]` off a path; a bracket has no name.
fn step(path: &str) -> Result<(String, &str), &'static str> {
    if path.starts_with('[') {
        return Ok((String::new(), &path[bracket(path)?..]));
    }
    let Some(name) = path.strip_prefix('.') else { return Err("a field begins with a dot: `.spec.size`") };
    let mut field = String::new();
    let mut chars = name.char_indices();
    let mut end = name.len();
    while let Some((index, c)) = chars.next() {
        match c {
            // A dot within a name, as in `.metadata.labels.example\.com/team`.
            '\\' => field.extend(chars.next().map(|(_, escaped)| escaped)),
            '.' | '[' => {
                end = index;
                break;
            }
            c if c.is_alphanumeric() || matches!(c, '_' | '-' | '/' | '*') => field.push(c),
            _ => {
                return Err(
                    "a field is letters, digits, `_` and `-`; other characters need a `\\` before them",
                );
            }
        }
    }
    if field.is_empty() {
        return Err("there is no field after a dot");
    }
    Ok((field, &name[end..]))
}

/// The length of the `[…]` that a path begins with. Brackets in quotes do not count.
fn bracket(path: &str) -> Result<usize, &'static str> {
    let mut depth = 0_usize;
    let mut quote = None;
    for (index, c) in path.char_indices() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => quote = Some(c),
            (None, '[') => depth += 1,
            (None, ']') => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return if index == 1 { Err("there is nothing between `[` and `]`") } else { Ok(index + 1) };
        }
    }
    Err("a `[` is not closed")
}

#[cfg(test)]
mod tests {
    use super::{check, check_named, check_simple};

    #[test]
    fn paths_begin_with_a_field() {
        for (path, first) in [
            (".spec", "spec"),
            (".spec.size", "spec"),
            (".status.conditions[?(@.type==\"Ready]\")].status", "status"),
            (".spec.items[*].name", "spec"),
            (".spec.items[0]", "spec"),
            (r".metadata.labels.example\.com/team", "metadata"),
            (".metadata.annotations['a b']", "metadata"),
        ] {
            assert_eq!(check(path).as_deref(), Ok(first), "{path}");
        }
    }

    #[test]
    fn malformed_paths_are_refused() {
        for path in [
            "",
            "spec",
            "$.spec",
            "{.spec}",
            ".",
            ".spec.",
            ".spec..size",
            ".spec[",
            ".spec[]",
            ".spec[0]size",
            ".a b",
            ".a]",
        ] {
            assert!(check(path).is_err(), "{path}");
        }
    }

    #[test]
    fn named_paths_have_no_numbers_and_no_filters() {
        for path in [".spec", ".spec.size", ".spec['a.b'].size", ".spec[\"a\"]"] {
            assert_eq!(check_named(path).as_deref(), Ok("spec"), "{path}");
        }
        for path in [".spec.items[0]", ".spec.*", ".spec[?(@.a)]", "spec", ".spec[*]"] {
            assert!(check_named(path).is_err(), "{path}");
        }
    }

    #[test]
    fn simple_paths_are_names_alone() {
        assert_eq!(check_simple(".spec.size").as_deref(), Ok("spec"));
        for path in [".spec.items[0]", ".spec.*", r".spec.a\.b", "spec", ".spec['size']"] {
            assert!(check_simple(path).is_err(), "{path}");
        }
    }
}
