//! The hooks of a strategy: their names, what they are given and what they return, as in the runtime's `Strategy`.

/// A hook, as far as an impl that passes it on must know.
#[derive(Debug)]
pub(crate) struct Hook {
    pub(crate) name: &'static str,
    /// What it is given after `&self`. A hook that is given nothing is a constant.
    pub(crate) parameters: &'static [Parameter],
    pub(crate) result: Returned,
}

/// What a hook is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Parameter {
    Ctx,
    Object,
    ObjectMut,
    Old,
    CreateOptions,
    UpdateOptions,
    DeleteOptions,
    DeleteOptionsMut,
}

/// What a hook returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Returned {
    Nothing,
    Finish,
    Errors,
    Warnings,
    Bool,
    GarbageCollectionPolicy,
    NameRule,
}

use Parameter::{Ctx, Object, ObjectMut, Old};

/// All hooks, in the order in which the trait has them.
pub(crate) const HOOKS: &[Hook] = &[
    hook("begin_create", &[Ctx, Object, Parameter::CreateOptions], Returned::Finish),
    hook("prepare_for_create", &[Ctx, ObjectMut], Returned::Nothing),
    hook("validate", &[Ctx, Object], Returned::Errors),
    hook("warnings_on_create", &[Ctx, Object], Returned::Warnings),
    hook("canonicalize", &[ObjectMut], Returned::Nothing),
    hook("after_create", &[Ctx, Object, Parameter::CreateOptions], Returned::Nothing),
    hook("begin_update", &[Ctx, Object, Old, Parameter::UpdateOptions], Returned::Finish),
    hook("prepare_for_update", &[Ctx, ObjectMut, Old], Returned::Nothing),
    hook("validate_update", &[Ctx, Object, Old], Returned::Errors),
    hook("warnings_on_update", &[Ctx, Object, Old], Returned::Warnings),
    hook("after_update", &[Ctx, Object, Parameter::UpdateOptions], Returned::Nothing),
    hook("allow_create_on_update", &[], Returned::Bool),
    hook("allow_unconditional_update", &[], Returned::Bool),
    hook("prepare_for_status_update", &[Ctx, ObjectMut, Old], Returned::Nothing),
    hook("validate_status_update", &[Ctx, Object, Old], Returned::Errors),
    hook("warnings_on_status_update", &[Ctx, Object, Old], Returned::Warnings),
    hook("check_graceful_delete", &[Ctx, Object, Parameter::DeleteOptionsMut], Returned::Bool),
    hook("default_garbage_collection_policy", &[], Returned::GarbageCollectionPolicy),
    hook("name_rule", &[], Returned::NameRule),
    hook("after_delete", &[Ctx, Object, Parameter::DeleteOptions], Returned::Nothing),
];

const fn hook(name: &'static str, parameters: &'static [Parameter], result: Returned) -> Hook {
    Hook { name, parameters, result }
}

/// The hook of that name.
pub(crate) fn find(name: &str) -> Option<&'static Hook> {
    HOOKS.iter().find(|hook| hook.name == name)
}

/// The names of all hooks.
pub(crate) fn names() -> Vec<&'static str> {
    HOOKS.iter().map(|hook| hook.name).collect()
}

impl Hook {
    /// What a user writes behind its name, for messages.
    pub(crate) const fn example(&self) -> &'static str {
        match self.result {
            Returned::NameRule => "NameRule::DnsLabel",
            Returned::GarbageCollectionPolicy => "GarbageCollectionPolicy::OrphanDependents",
            Returned::Bool if self.parameters.is_empty() => "true",
            _ => "my_hook",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The table names every hook of the trait, in order, with as many parameters.
    #[test]
    fn the_table_is_the_trait() {
        let source = include_str!("../../runtime/src/strategy.rs");
        let file = syn::parse_file(source).unwrap();
        let item = file.items.iter().find_map(|item| match item {
            syn::Item::Trait(item) if item.ident == "Strategy" => Some(item),
            _ => None,
        });
        let hooks = item.unwrap().items.iter().filter_map(|item| match item {
            syn::TraitItem::Fn(function) => {
                Some((function.sig.ident.to_string(), function.sig.inputs.len() - 1))
            }
            _ => None,
        });
        let known = HOOKS.iter().map(|hook| (hook.name.to_owned(), hook.parameters.len()));
        assert_eq!(known.collect::<Vec<_>>(), hooks.collect::<Vec<_>>());
    }
}
