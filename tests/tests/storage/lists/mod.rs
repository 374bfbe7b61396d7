//! Cases of lists. The sub-cases of a table run at the same time, as upstream runs them: a read must not freshen what
//! the next one sees.

mod case;
pub(crate) mod pages;
pub(crate) mod scopes;
pub(crate) mod table;
