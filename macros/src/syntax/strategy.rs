//! `strategy = PotStrategy`, or `strategy(validate = check_pot)` for single hooks.

use darling::ast::NestedMeta;
use syn::{Expr, Meta, Path};

use super::value::{self, Value};
use crate::error;

/// What stands behind `strategy`.
#[derive(Debug)]
pub(crate) enum Strategy {
    /// The user's type.
    Type(Path),
    /// The hooks that are not as by default.
    Hooks(Vec<syn::Result<GivenHook>>),
}

/// A hook with what the user gave for it.
#[derive(Debug)]
pub(crate) struct GivenHook {
    pub(crate) name: Path,
    /// `None` where the name stands alone.
    pub(crate) value: Option<Expr>,
}

impl Value for Strategy {
    fn read(meta: &Meta) -> syn::Result<Self> {
        let Meta::List(list) = meta else {
            let expected = "the type's path, without quotes: `strategy = PotStrategy`; or hooks: `strategy(validate = check_pot)`";
            return value::path(meta, expected).map(Self::Type);
        };
        let items = NestedMeta::parse_meta_list(list.tokens.clone())?;
        if items.is_empty() {
            return Err(error::no_hooks(&list.path));
        }
        Ok(Self::Hooks(items.iter().map(GivenHook::read).collect()))
    }
}

impl GivenHook {
    fn read(item: &NestedMeta) -> syn::Result<Self> {
        match item {
            NestedMeta::Meta(Meta::Path(name)) => Ok(Self { name: name.clone(), value: None }),
            NestedMeta::Meta(Meta::NameValue(meta)) => {
                Ok(Self { name: meta.path.clone(), value: Some(value::ungrouped(&meta.value).clone()) })
            }
            NestedMeta::Meta(Meta::List(list)) => Ok(Self { name: list.path.clone(), value: None }),
            NestedMeta::NameValueInvalidExpr(meta) => Err(error::unreadable_value(&meta.path, &meta.value)),
            NestedMeta::Lit(literal) => Err(error::literal_for_hook(literal)),
        }
    }
}
