//! The values that a key takes. Each reads itself, says in our words what it expected, and keeps its span.

use darling::FromMeta;
use darling::ast::{MetaNameValueInvalidExpr, NestedMeta};
use proc_macro2::{Span, TokenStream};
use syn::spanned::Spanned;
use syn::{Expr, Lit, LitStr, Meta, Path};

use super::container::{Column, Scale, Subresource, Validation};
use super::typed;
use crate::error;

/// A key that was given, with its value or with what is wrong with the value.
#[derive(Debug)]
pub(crate) struct Given<T> {
    pub(crate) key: Path,
    pub(crate) value: syn::Result<T>,
}

/// What can stand behind a key.
pub(crate) trait Value: Sized {
    fn read(meta: &Meta) -> syn::Result<Self>;
}

/// Never fails: the error is kept for `check`, so that it hides no other.
impl<T: Value> FromMeta for Given<T> {
    fn from_meta(meta: &Meta) -> darling::Result<Self> {
        Ok(Self { key: meta.path().clone(), value: T::read(meta) })
    }

    fn from_invalid_expr(meta: &MetaNameValueInvalidExpr) -> darling::Result<Self> {
        Ok(Self { key: meta.path.clone(), value: Err(error::unreadable_value(&meta.path, &meta.value)) })
    }
}

/// A string: `group = "example.com"`.
#[derive(Clone, Debug)]
pub(crate) struct Text(pub(crate) LitStr);

impl Text {
    pub(crate) fn value(&self) -> String {
        self.0.value()
    }
}

impl Value for Text {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let path = meta.path();
        match meta {
            Meta::NameValue(meta) => match ungrouped(&meta.value) {
                Expr::Lit(syn::ExprLit { lit: Lit::Str(text), .. }) => Ok(Self(text.clone())),
                other => Err(error::not_a_string(&typed(path), other)),
            },
            Meta::Path(_) => Err(error::needs_value(path)),
            Meta::List(_) => Err(error::list_for_string(path)),
        }
    }
}

/// A word that stands alone: `namespaced`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Switch;

impl Value for Switch {
    fn read(meta: &Meta) -> syn::Result<Self> {
        match meta {
            Meta::Path(_) => Ok(Self),
            _ => Err(error::value_for_switch(meta.path())),
        }
    }
}

/// A word that stands alone or with a string: `deprecated`, `deprecated = "use v2"`.
#[derive(Clone, Debug)]
pub(crate) struct Notice(pub(crate) Option<Text>);

impl Value for Notice {
    fn read(meta: &Meta) -> syn::Result<Self> {
        match meta {
            Meta::Path(_) => Ok(Self(None)),
            _ => Text::read(meta).map(Some).map(Self),
        }
    }
}

/// A whole number: `priority = 1`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Number(pub(crate) i32);

impl Value for Number {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let Meta::NameValue(value) = meta else { return Err(error::needs_number(meta.path(), meta.path())) };
        match ungrouped(&value.value) {
            Expr::Lit(syn::ExprLit { lit: Lit::Int(number), .. }) if number.suffix().is_empty() => {
                number.base10_parse().map(Self).map_err(|_| error::needs_number(&value.path, number))
            }
            other => Err(error::needs_number(&value.path, other)),
        }
    }
}

/// `true` or `false`: `served = false`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Boolean(pub(crate) bool);

impl Value for Boolean {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let Meta::NameValue(value) = meta else { return Err(error::needs_boolean(meta.path(), meta.path())) };
        match ungrouped(&value.value) {
            Expr::Lit(syn::ExprLit { lit: Lit::Bool(boolean), .. }) => Ok(Self(boolean.value)),
            other => Err(error::needs_boolean(&value.path, other)),
        }
    }
}

/// The path of a type: `kind = Watering`.
#[derive(Debug)]
pub(crate) struct TypePath(pub(crate) Path);

impl Value for TypePath {
    fn read(meta: &Meta) -> syn::Result<Self> {
        path(meta, "the type's path, without quotes: `kind = Watering`").map(Self)
    }
}

/// The path of the runtime crate: `crate = ::platform::resourceful`.
#[derive(Debug)]
pub(crate) struct RuntimePath(pub(crate) Path);

impl Value for RuntimePath {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let path = path(meta, "a path, without quotes: `crate = ::platform::resourceful`")?;
        let plain = path.segments.iter().all(|segment| segment.arguments.is_none());
        let in_this_crate = path.segments.first().is_some_and(|segment| segment.ident == "crate");
        if plain && (path.leading_colon.is_some() || in_this_crate) {
            Ok(Self(path))
        } else {
            Err(error::relative_crate(&path))
        }
    }
}

/// The value of a key that takes a path.
pub(super) fn path(meta: &Meta, expected: &str) -> syn::Result<Path> {
    let key = meta.path();
    let Meta::NameValue(meta) = meta else { return Err(error::needs_path(key, key, expected)) };
    match ungrouped(&meta.value) {
        Expr::Path(path) if path.qself.is_none() => Ok(path.path.clone()),
        other => Err(error::needs_path(key, other, expected)),
    }
}

/// The keys between the parentheses of `printcolumn(…)` and its like.
fn list<T: FromMeta>(meta: &Meta, without_list: fn(&Path) -> syn::Error) -> syn::Result<T> {
    match meta {
        Meta::List(list) => Ok(T::from_list(&list_items(&list.tokens)?)?),
        _ => Err(without_list(meta.path())),
    }
}

impl Value for Column {
    fn read(meta: &Meta) -> syn::Result<Self> {
        list(meta, error::column_without_list)
    }
}

impl Value for Scale {
    fn read(meta: &Meta) -> syn::Result<Self> {
        list(meta, error::scale_without_list)
    }
}

impl Value for Subresource {
    fn read(meta: &Meta) -> syn::Result<Self> {
        list(meta, error::subresource_without_list)
    }
}

impl Value for Validation {
    fn read(meta: &Meta) -> syn::Result<Self> {
        if let Meta::NameValue(_) = meta {
            let rule = Given { key: meta.path().clone(), value: Ok(Text::read(meta)?) };
            return Ok(Self { rule: vec![rule], ..Self::default() });
        }
        list(meta, error::validation_without_rule)
    }
}

/// The words of `verbs(get, list, create = custom)`.
#[derive(Debug)]
pub(crate) struct Verbs(pub(crate) Vec<syn::Result<VerbWord>>);

/// A verb, and where `custom` stands behind it.
#[derive(Debug)]
pub(crate) struct VerbWord {
    pub(crate) word: Path,
    pub(crate) custom: Option<Span>,
}

impl Value for Verbs {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let Meta::List(list) = meta else { return Err(error::verbs_without_list(meta.path())) };
        let items = NestedMeta::parse_meta_list(list.tokens.clone())?;
        Ok(Self(items.iter().map(VerbWord::read).collect()))
    }
}

impl VerbWord {
    fn read(item: &NestedMeta) -> syn::Result<Self> {
        match item {
            NestedMeta::Meta(Meta::Path(word)) => Ok(Self { word: word.clone(), custom: None }),
            NestedMeta::Meta(Meta::NameValue(meta)) => match ungrouped(&meta.value) {
                Expr::Path(value) if value.path.is_ident("custom") => {
                    Ok(Self { word: meta.path.clone(), custom: Some(value.span()) })
                }
                other => Err(error::verb_value(&meta.path, other)),
            },
            NestedMeta::Meta(Meta::List(list)) => Err(error::verb_value(&list.path, &list.path)),
            NestedMeta::NameValueInvalidExpr(meta) => Err(error::verb_value(&meta.path, &meta.value)),
            NestedMeta::Lit(literal) => Err(error::literal_for_verb(literal)),
        }
    }
}

/// The keys of a list that it does not know.
#[derive(Debug, Default)]
pub(crate) struct Unknown(pub(crate) Vec<Path>);

impl FromMeta for Unknown {
    fn from_list(items: &[NestedMeta]) -> darling::Result<Self> {
        let paths = items.iter().filter_map(|item| match item {
            NestedMeta::Meta(meta) => Some(meta.path().clone()),
            NestedMeta::NameValueInvalidExpr(meta) => Some(meta.path.clone()),
            NestedMeta::Lit(_) => None,
        });
        Ok(Self(paths.collect()))
    }
}

/// The items between parentheses, each of which begins with a word.
pub(crate) fn list_items(tokens: &TokenStream) -> syn::Result<Vec<NestedMeta>> {
    let items = NestedMeta::parse_meta_list(tokens.clone())?;
    match items.iter().find_map(|item| if let NestedMeta::Lit(literal) = item { Some(literal) } else { None })
    {
        Some(literal) => Err(error::literal_for_key(literal)),
        None => Ok(items),
    }
}

/// An expression out of the invisible group that a `macro_rules!` puts around it.
pub(super) fn ungrouped(mut expression: &Expr) -> &Expr {
    while let Expr::Group(group) = expression {
        expression = &group.expr;
    }
    expression
}
