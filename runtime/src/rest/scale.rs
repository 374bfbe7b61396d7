//! `/scale`: how many replicas there shall be and are, in the one form that `kubectl scale` and autoscalers speak
//! (contract 1.8, 3.24).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Getter, Storage, TableConvertor, UpdatedObjectInfo, Updater, ValidateObject, ValidateObjectUpdate,
};
use crate::context::RequestContext;
use crate::errors::Result;
use crate::info::{Column, ResourceInfo};
use crate::meta::ObjectMeta;
use crate::object::Object;
use crate::options::{GetOptions, UpdateOptions};
use crate::registry::Registry;
use crate::resource::Resource;

/// How many replicas an object shall have and has. The metadata is that of the object.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Scale {
    /// Who is scaled.
    #[serde(default)]
    pub metadata: ObjectMeta,
    /// What is wanted.
    #[serde(default)]
    pub spec: ScaleSpec,
    /// What is.
    #[serde(default)]
    pub status: ScaleStatus,
}

/// What is wanted of a scale.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleSpec {
    /// The number of replicas that are wanted.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub replicas: i32,
}

/// What a scale is.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ScaleStatus {
    /// The number of replicas that are there.
    #[serde(default)]
    pub replicas: i32,
    /// The label selector of the replicas, as text.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub selector: String,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde calls it so")]
fn is_zero(number: &i32) -> bool {
    *number == 0
}

impl Resource for Scale {
    const INFO: ResourceInfo = ResourceInfo::namespaced("autoscaling", "v1", "Scale", "scales", "scale")
        .columns(&[
            Column::new("Desired", "integer", ".spec.replicas"),
            Column::new("Available", "integer", ".status.replicas"),
            Column::new("Age", "date", ".metadata.creationTimestamp"),
        ]);

    type Metadata = ObjectMeta;

    fn metadata(&self) -> &ObjectMeta {
        &self.metadata
    }

    fn metadata_mut(&mut self) -> &mut ObjectMeta {
        &mut self.metadata
    }
}

/// The handlers of `/scale` of a stored kind that says where its replicas are.
#[derive(Clone, Debug)]
pub struct ScaleRest<T> {
    registry: Registry<T>,
}

impl<T: Resource> ScaleRest<T> {
    /// The handlers over the pipelines of the kind.
    pub fn new(registry: &Registry<T>) -> Self {
        Self { registry: registry.clone() }
    }
}

impl<T: Resource> Storage for ScaleRest<T> {
    type Object = Scale;
}

impl<T: Resource> TableConvertor for ScaleRest<T> {}

impl<T: Resource> Getter for ScaleRest<T> {
    async fn get(&self, ctx: &RequestContext, name: &str, options: &GetOptions) -> Result<Object<Scale>> {
        self.registry.get_scale(ctx, name, options).await
    }
}

impl<T: Resource> Updater for ScaleRest<T> {
    async fn update(
        &self,
        ctx: &RequestContext,
        name: &str,
        object_info: &dyn UpdatedObjectInfo,
        _: &dyn ValidateObject,
        update_validation: &dyn ValidateObjectUpdate,
        _: bool,
        options: &UpdateOptions,
    ) -> Result<(Object<Scale>, bool)> {
        let scale = self.registry.update_scale(ctx, name, object_info, update_validation, options).await?;
        Ok((scale, false))
    }
}
