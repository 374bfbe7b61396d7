//! What a plug-in is: of all kinds, or of one.

use std::future::Future;

use super::{Attributes, Operation};
use crate::errors::Result;
use crate::resource::Resource;

/// Changes and refuses what clients write: Go's `admission.Interface`, `MutationInterface` and `ValidationInterface`.
///
/// A plug-in may be asked several times for one request, when other writers are faster or when it looked up what was not
/// loaded, and may find its own changes in the object. The user's own `async fn` implements the futures:
///
/// ```
/// use resourceful::admission::{Attributes, Plugin};
///
/// /// Says on every object who made it.
/// struct Signature;
///
/// impl Plugin for Signature {
///     async fn admit(&self, attributes: &mut Attributes<'_>) -> resourceful::Result<()> {
///         let user = attributes.user_info().name.clone();
///         attributes.change_metadata(|metadata| {
///             metadata.annotations.insert("example.com/last-writer".into(), user);
///         });
///         Ok(())
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an admission plug-in",
    label = "does not implement `admission::Plugin`",
    note = "both methods have a default: `impl admission::Plugin for {Self} {{}}` admits everything"
)]
#[allow(unused_variables, reason = "the defaults ignore what overriding methods use")]
pub trait Plugin: Send + Sync + 'static {
    /// Whether the plug-in wants to be asked about an operation at all.
    fn handles(&self, operation: Operation) -> bool {
        true
    }

    /// Changes or refuses the object of a request before its kind prepares and validates it.
    fn admit(&self, attributes: &mut Attributes<'_>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Refuses the object of a request as it would be stored.
    fn validate(&self, attributes: &Attributes<'_>) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

/// A [`Plugin`] of one kind: sees each object in its type, through the main endpoint and `/status`, and nothing of other
/// kinds. What `/scale` shows is of the kind [`Scale`](crate::rest::Scale).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not an admission plug-in of one kind",
    label = "does not implement `admission::KindPlugin`",
    note = "every method has a default: `impl admission::KindPlugin for {Self} {{ type Object = …; }}`"
)]
#[allow(unused_variables, reason = "the defaults ignore what overriding methods use")]
pub trait KindPlugin: Send + Sync + 'static {
    /// The kind.
    type Object: Resource;

    /// Whether the plug-in wants to be asked about an operation at all.
    fn handles(&self, operation: Operation) -> bool {
        true
    }

    /// Changes or refuses an object that is to be created or updated, before it is prepared and validated. `old` is the
    /// stored object, when there is one.
    fn admit(
        &self,
        attributes: &Attributes<'_>,
        object: &mut Self::Object,
        old: Option<&Self::Object>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Refuses an object as it would be stored.
    fn validate(
        &self,
        attributes: &Attributes<'_>,
        object: &Self::Object,
        old: Option<&Self::Object>,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }

    /// Refuses the delete of a stored object.
    fn validate_delete(
        &self,
        attributes: &Attributes<'_>,
        old: &Self::Object,
    ) -> impl Future<Output = Result<()>> + Send {
        async { Ok(()) }
    }
}

impl<P: KindPlugin> Plugin for P {
    fn handles(&self, operation: Operation) -> bool {
        KindPlugin::handles(self, operation)
    }

    async fn admit(&self, attributes: &mut Attributes<'_>) -> Result<()> {
        // Whoever has the object has all of it; the attributes are without for as long.
        let Some(mut object) = attributes.take_object() else { return Ok(()) };
        let admitted = match object.get_mut().and_then(|object| object.downcast_mut()) {
            Some(object) => KindPlugin::admit(self, attributes, object, attributes.old_object_as()).await,
            None => Ok(()),
        };
        attributes.put_object(object);
        admitted
    }

    async fn validate(&self, attributes: &Attributes<'_>) -> Result<()> {
        let old = attributes.old_object_as();
        match (attributes.object_as(), old) {
            (Some(object), old) => KindPlugin::validate(self, attributes, object, old).await,
            (None, Some(old)) => self.validate_delete(attributes, old).await,
            (None, None) => Ok(()),
        }
    }
}
