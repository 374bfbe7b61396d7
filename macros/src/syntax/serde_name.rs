//! Under which name serde writes a field: `rename`, `rename_all`, and the attributes that leave a field no name.

use darling::ast::NestedMeta;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, Ident, Lit, Meta, Path};

/// What serde does with a field.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SerdeName {
    /// It is written under this name.
    Name(String),
    /// It is not written under a name of its own, because of this word.
    Nameless(&'static str),
}

/// The name of a field, from its attributes and those of the struct.
pub(super) fn serde_name(
    field: &Ident,
    field_attributes: &[Attribute],
    struct_attributes: &[Attribute],
) -> SerdeName {
    let items = serde_items(field_attributes);
    for word in ["flatten", "skip", "skip_serializing"] {
        if items.iter().any(|item| matches!(item, NestedMeta::Meta(Meta::Path(path)) if path.is_ident(word)))
        {
            return SerdeName::Nameless(word);
        }
    }
    let name = field.unraw().to_string();
    let renamed = text(&items, "rename").or_else(|| {
        let rule = text(&serde_items(struct_attributes), "rename_all")?;
        apply(&rule, &name)
    });
    SerdeName::Name(renamed.unwrap_or(name))
}

/// The word in `#[serde(...)]`, if it is there.
pub(super) fn word(attributes: &[Attribute], word: &str) -> Option<Path> {
    serde_items(attributes).into_iter().find_map(|item| match item {
        NestedMeta::Meta(Meta::Path(path)) if path.is_ident(word) => Some(path),
        _ => None,
    })
}

/// Everything in `#[serde(...)]`. What cannot be read is for serde to report.
fn serde_items(attributes: &[Attribute]) -> Vec<NestedMeta> {
    let lists = attributes.iter().filter(|attribute| attribute.path().is_ident("serde"));
    lists
        .filter_map(|attribute| {
            NestedMeta::parse_meta_list(attribute.meta.require_list().ok()?.tokens.clone()).ok()
        })
        .flatten()
        .collect()
}

/// The text of `key = "text"` or of `key(serialize = "text")`.
fn text(items: &[NestedMeta], key: &str) -> Option<String> {
    items.iter().find_map(|item| match item {
        NestedMeta::Meta(Meta::NameValue(meta)) if meta.path.is_ident(key) => match &meta.value {
            Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        NestedMeta::Meta(Meta::List(list)) if list.path.is_ident(key) => {
            text(&NestedMeta::parse_meta_list(list.tokens.clone()).ok()?, "serialize")
        }
        _ => None,
    })
}

/// Serde's rules for fields, whose names begin in snake case.
fn apply(rule: &str, field: &str) -> Option<String> {
    let pascal = || -> String { field.split('_').map(capitalized).collect() };
    Some(match rule {
        "lowercase" | "snake_case" => field.to_owned(),
        "UPPERCASE" | "SCREAMING_SNAKE_CASE" => field.to_ascii_uppercase(),
        "PascalCase" => pascal(),
        "camelCase" => {
            let pascal = pascal();
            let mut chars = pascal.chars();
            chars.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(chars).collect()
        }
        "kebab-case" => field.replace('_', "-"),
        "SCREAMING-KEBAB-CASE" => field.to_ascii_uppercase().replace('_', "-"),
        _ => return None,
    })
}

fn capitalized(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(chars).collect()
}

#[cfg(test)]
mod tests {
    use syn::parse_quote;

    use super::*;

    fn name_of(item: syn::ItemStruct) -> SerdeName {
        let field = item.fields.into_iter().next().unwrap();
        serde_name(&field.ident.unwrap(), &field.attrs, &item.attrs)
    }

    #[test]
    fn names_are_those_that_serde_writes() {
        let name = |text: &str| SerdeName::Name(text.into());
        assert_eq!(
            name_of(parse_quote!(
                struct A {
                    last_seen: u8,
                }
            )),
            name("last_seen")
        );
        assert_eq!(
            name_of(parse_quote!(
                struct A {
                    r#type: u8,
                }
            )),
            name("type")
        );
        assert_eq!(
            name_of(parse_quote!(
                #[serde(rename_all = "camelCase")]
                struct A {
                    last_seen_at: u8,
                }
            )),
            name("lastSeenAt")
        );
        assert_eq!(
            name_of(parse_quote!(
                #[serde(default, rename_all(serialize = "PascalCase"))]
                struct A {
                    last_seen: u8,
                }
            )),
            name("LastSeen")
        );
        assert_eq!(
            name_of(parse_quote!(
                #[serde(rename_all = "kebab-case")]
                struct A {
                    #[serde(rename = "x")]
                    y: u8,
                }
            )),
            name("x")
        );
        assert_eq!(
            name_of(parse_quote!(
                struct A {
                    #[serde(default)]
                    #[serde(flatten)]
                    y: u8,
                }
            )),
            SerdeName::Nameless("flatten")
        );
    }
}
