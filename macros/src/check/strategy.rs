//! `strategy(validate = check_pot, name_rule = NameRule::DnsLabel)`: hooks overridden one by one.

use syn::Expr;

use super::keys::nearest;
use crate::error::{self, Errors};
use crate::hooks;
use crate::model::{Hook, Strategy};
use crate::syntax::{self, GivenHook, typed};

/// Checks the strategy. A hook that has a mistake is left out.
pub(super) fn check(given: Option<&syntax::Strategy>, errors: &mut Errors) -> Strategy {
    let given = match given {
        None => return Strategy::Hooks(Vec::new()),
        Some(syntax::Strategy::Type(path)) => return Strategy::Type(path.clone()),
        Some(syntax::Strategy::Hooks(given)) => given,
    };
    let mut hooks: Vec<Hook> = Vec::new();
    for given in given {
        let Some(given) = errors.take(given.as_ref().map_err(Clone::clone)) else { continue };
        let Some(hook) = errors.take(hook(given)) else { continue };
        if hooks.iter().any(|other| other.hook.name == hook.hook.name) {
            errors.push(error::given_twice(&given.name));
        } else {
            hooks.push(hook);
        }
    }
    hooks.sort_by_key(|hook| hooks::HOOKS.iter().position(|known| known.name == hook.hook.name));
    Strategy::Hooks(hooks)
}

fn hook(given: &GivenHook) -> syn::Result<Hook> {
    let name = typed(&given.name);
    let Some(hook) = hooks::find(&name) else {
        return Err(match nearest(&name, &hooks::names()) {
            Some(meant) => error::misspelt_hook(&given.name, meant),
            None => error::unknown_hook(&given.name, &hooks::names()),
        });
    };
    match &given.value {
        None => Err(error::hook_without_value(&given.name, hook.example())),
        // A constant may be any expression; whatever is given arguments must be there to be called.
        Some(value) if hook.parameters.is_empty() => Ok(Hook { hook, value: value.clone() }),
        Some(value @ Expr::Path(_)) => Ok(Hook { hook, value: value.clone() }),
        Some(value) => Err(error::hook_without_function(&given.name, value)),
    }
}
