//! What is wrong with a kind and only its schema can show. The compiler cannot see it, and the server runs all the same.

use crate::registry::DynKind;
use crate::rest::Handlers;
use crate::schema::Problem;
use crate::table;

/// The problems of the schema, and of the paths that the kind names in it.
pub(crate) fn problems(kind: &dyn DynKind) -> Vec<Problem> {
    let schema = kind.schema();
    let mut problems = schema.problems.clone();
    problems.extend(table::problems(kind.info(), &schema.root));
    problems
}

/// The problems of a kind, and those of the kinds of its subresources that are written by hand.
pub(crate) fn problems_of(handlers: &Handlers) -> Vec<Problem> {
    let mut all = problems(&*handlers.kind);
    for (name, subresource) in &handlers.subresources {
        // A subresource may be of the kind itself.
        if subresource.info() == handlers.info() {
            continue;
        }
        let kind = subresource.info().kind;
        let of_subresource = |problem: Problem| Problem {
            message: format!("in {kind}, the kind of /{name}: {}", problem.message),
            ..problem
        };
        all.extend(problems(&*subresource.kind).into_iter().map(of_subresource));
    }
    all
}
