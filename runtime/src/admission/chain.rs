//! Plug-ins in the order in which they are asked.

use std::fmt;
use std::sync::Arc;

use futures_core::future::BoxFuture;

use super::{Attributes, Operation, Plugin};
use crate::errors::Result;

/// Plug-ins in the order in which they are asked; the first refusal ends it. A chain is a plug-in, too.
#[derive(Clone, Default)]
pub struct Chain {
    plugins: Vec<Arc<dyn DynPlugin>>,
}

/// [`Plugin`] with its type erased.
trait DynPlugin: Send + Sync {
    fn handles(&self, operation: Operation) -> bool;

    fn admit<'c>(&'c self, attributes: &'c mut Attributes<'_>) -> BoxFuture<'c, Result<()>>;

    fn validate<'c>(&'c self, attributes: &'c Attributes<'_>) -> BoxFuture<'c, Result<()>>;
}

impl<P: Plugin> DynPlugin for P {
    fn handles(&self, operation: Operation) -> bool {
        Plugin::handles(self, operation)
    }

    fn admit<'c>(&'c self, attributes: &'c mut Attributes<'_>) -> BoxFuture<'c, Result<()>> {
        Box::pin(Plugin::admit(self, attributes))
    }

    fn validate<'c>(&'c self, attributes: &'c Attributes<'_>) -> BoxFuture<'c, Result<()>> {
        Box::pin(Plugin::validate(self, attributes))
    }
}

impl Chain {
    /// No plug-ins: everything is admitted as it is.
    pub fn new() -> Self {
        Self::default()
    }

    /// The chain with one more plug-in at its end.
    pub fn with(mut self, plugin: impl Plugin) -> Self {
        self.plugins.push(Arc::new(plugin));
        self
    }

    /// Whether there are no plug-ins.
    pub fn is_empty(&self) -> bool {
        self.plugins.is_empty()
    }

    fn handlers(&self, operation: Operation) -> impl Iterator<Item = &Arc<dyn DynPlugin>> {
        self.plugins.iter().filter(move |plugin| plugin.handles(operation))
    }
}

impl Plugin for Chain {
    fn handles(&self, operation: Operation) -> bool {
        self.handlers(operation).next().is_some()
    }

    async fn admit(&self, attributes: &mut Attributes<'_>) -> Result<()> {
        for plugin in self.handlers(attributes.operation()) {
            loop {
                let admitted = plugin.admit(attributes).await;
                // A plug-in that looked up what was not loaded is asked again.
                if !attributes.context().load_missing().await? {
                    break admitted?;
                }
            }
        }
        Ok(())
    }

    async fn validate(&self, attributes: &Attributes<'_>) -> Result<()> {
        for plugin in self.handlers(attributes.operation()) {
            loop {
                let validated = plugin.validate(attributes).await;
                if !attributes.context().load_missing().await? {
                    break validated?;
                }
            }
        }
        Ok(())
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Chain({} plug-ins)", self.plugins.len())
    }
}
