//! What is wrong with a kind that the compiler cannot see: its schema, and the paths that lead into it.

use std::fmt::{self, Write as _};

use crate::inspect;
use crate::registry::Kind;
use crate::resource::Resource;
use crate::storage::Store;

/// One thing that is wrong with a kind. A server serves the kind all the same, and checks or shows less.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Problem {
    /// Where, as in `.spec.rules[]`; `.` for the whole object.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub remedy: &'static str,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.path, self.message, self.remedy)
    }
}

/// Checks that the schema of a kind says all that its type does, and that the paths of its columns, of its selectable and
/// immutable fields and of its `/scale` lead to fields that fit (contract 1.8, 10.5); the same of the kinds of its
/// subresources.
///
/// A server logs the same problems when it starts, and the command `check` of its program prints them with all that the
/// kinds are, without serving. [`problems`] returns them.
///
/// ```
/// use resourceful::prelude::*;
///
/// /// A flower pot.
/// #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[resource(group = "garden.example.com", version = "v1", namespaced)]
/// #[resource(printcolumn(name = "Litres", type = "integer", json_path = ".litres"))]
/// pub struct FlowerPot {
///     pub metadata: ObjectMeta,
///     pub litres: i32,
/// }
///
/// // In a test of your own, with the feature `testing`:
/// resourceful::testing::check::<FlowerPot>();
/// ```
///
/// # Panics
///
/// When there are problems. The message lists each with its path and its remedy.
#[track_caller]
pub fn check<T: Resource>() {
    let problems = problems::<T>();
    let mut report = format!("{} of {} has problems:", T::INFO.kind, T::INFO.api_version());
    for problem in &problems {
        // Writing to a String cannot fail.
        let _ = write!(report, "\n- {problem}");
    }
    assert!(problems.is_empty(), "{report}");
}

/// What [`check`] finds.
///
/// ```
/// use resourceful::prelude::*;
///
/// /// A flower pot.
/// #[derive(Resource, Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// #[resource(group = "garden.example.com", version = "v1", namespaced)]
/// #[resource(printcolumn(name = "Litres", type = "integer", json_path = ".spec.liters"))]
/// pub struct FlowerPot {
///     pub metadata: ObjectMeta,
///     pub spec: FlowerPotSpec,
/// }
///
/// /// What is wanted.
/// #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
/// pub struct FlowerPotSpec {
///     pub litres: i32,
/// }
///
/// let problems = resourceful::testing::problems::<FlowerPot>();
/// assert_eq!(problems[0].path, ".spec.liters");
/// assert_eq!(problems[0].message, "the column \"Litres\" leads to no field");
/// ```
pub fn problems<T: Resource>() -> Vec<Problem> {
    let problems = match T::handlers_with_subresources() {
        Some(handlers) => inspect::problems_of(&handlers(&Store::memory())),
        None => inspect::problems(&Kind::<T>::new()),
    };
    problems.into_iter().map(|it| Problem { path: it.path, message: it.message, remedy: it.remedy }).collect()
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};

    use super::check;
    use crate::info::{Column, ResourceInfo, ScalePaths};
    use crate::meta::ObjectMeta;
    use crate::resource::Resource;

    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    struct Disk {
        metadata: ObjectMeta,
        size: i64,
    }

    impl Resource for Disk {
        const INFO: ResourceInfo = ResourceInfo::cluster("example.com", "v1", "Disk", "disks", "disk")
            .columns(&[Column::new("Size", "string", ".size"), Column::new("Full", "boolean", ".size")])
            .scale(ScalePaths::new(".size", ".sice"));
        type Metadata = ObjectMeta;

        fn metadata(&self) -> &ObjectMeta {
            &self.metadata
        }

        fn metadata_mut(&mut self) -> &mut ObjectMeta {
            &mut self.metadata
        }
    }

    #[test]
    #[should_panic(expected = "Disk of example.com/v1 has problems:\n\
        - .sice: the path leads to no field; write it as clients see it, as in .spec.replicas\n\
        - .size: the column \"Full\" of type boolean stays empty for a field of type integer; \
        give the column the type of the field, or string")]
    fn every_problem_is_told() {
        check::<Disk>();
    }
}
