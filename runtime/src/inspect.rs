//! What is wrong with a kind and only its schema can show. The compiler cannot see it, and the server runs all the same.

use crate::registry::DynKind;
use crate::schema::Problem;
use crate::table;

/// The problems of the schema, and of the paths that the kind names in it.
pub(crate) fn problems(kind: &dyn DynKind) -> Vec<Problem> {
    let schema = kind.schema();
    let mut problems = schema.problems.clone();
    problems.extend(table::problems(kind.info(), &schema.root));
    problems
}
