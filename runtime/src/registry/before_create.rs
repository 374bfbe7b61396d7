//! What happens to a new object before it is stored: Go's `rest.BeforeCreate` (contract 2.B).

use super::{Pipelines, metadata, names};
use crate::context::RequestContext;
use crate::errors::{Error, Result};
use crate::field::{ErrorList, Path};
use crate::info::ResourceInfo;
use crate::meta::{ObjectMeta, validation};
use crate::object::AnyObject;
use crate::options::CreateOptions;
use crate::strategy::{Finish, NameRule};

impl Pipelines {
    /// Completes, prepares and checks a new object. The guard is to be told when the object is stored.
    pub(super) fn before_create(
        &self,
        ctx: &RequestContext,
        object: &mut dyn AnyObject,
        options: &CreateOptions,
    ) -> Result<Finish> {
        metadata::change(object, |meta| {
            metadata::wipe_system_fields(meta);
            metadata::fill_system_fields(meta);
            meta.generation = 1;
            if meta.name.is_empty() && !meta.generate_name.is_empty() {
                meta.name = (self.generate_name)(&meta.generate_name);
            }
        });
        self.kind.clear_status(object);
        let finish = self.strategy.begin_create(ctx, object, options)?;
        metadata::change(object, |meta| metadata::match_namespace(self.namespace(ctx), meta))?;
        self.strategy.prepare_for_create(ctx, object)?;
        self.validate_new(ctx, object)?;
        for warning in validation::finalizer_warnings(&object.object_meta().finalizers, &[]) {
            ctx.warn(warning);
        }
        for warning in self.strategy.warnings_on_create(ctx, object)? {
            ctx.warn(warning);
        }
        self.strategy.canonicalize(object)?;
        Ok(finish)
    }

    /// The rules of all kinds, those of the schema and the kind's own, joined: so do custom resources, whose strategy
    /// begins with the metadata.
    fn validate_new(&self, ctx: &RequestContext, object: &mut dyn AnyObject) -> Result<()> {
        let by_schema = self.check_new(object)?;
        let meta = object.object_meta();
        let mut errors = validation::validate_object_meta(
            &meta,
            self.info().is_namespaced(),
            self.strategy.name_rule().function(),
            &Path::new("metadata"),
        );
        errors.extend(by_schema);
        errors.extend(self.validate_scale(object, true)?);
        errors.extend(self.strategy.validate(ctx, object)?);
        if errors.is_empty() {
            Ok(())
        } else {
            Err(Error::invalid(&self.info().group_kind(), &meta.name, &errors))
        }
    }
}

/// The refusal of a new object that its schema does not let become a value, with what is wrong with its metadata. Its name
/// is completed all the same, as upstream does. The rule of its strategy for names is asked for values only.
pub(crate) fn refuse_new(info: &ResourceInfo, mut meta: ObjectMeta, by_schema: &ErrorList) -> Error {
    if meta.name.is_empty() && !meta.generate_name.is_empty() {
        meta.name = names::generate(&meta.generate_name);
    }
    let name_rule = NameRule::default().function();
    let path = Path::new("metadata");
    let mut errors = validation::validate_object_meta(&meta, info.is_namespaced(), name_rule, &path);
    errors.extend(by_schema.clone());
    Error::invalid(&info.group_kind(), &meta.name, &errors)
}
