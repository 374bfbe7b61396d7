//! The ban, as in the Go sample's admission plug-in of the same name.

use resourceful::admission::{Attributes, KindPlugin, Operation};
use resourceful::selector::LabelSelector;

use crate::fischer::Fischer;
use crate::flunder::Flunder;

/// Refuses flunders whose name a fischer disallows.
pub struct BanFlunder;

impl KindPlugin for BanFlunder {
    type Object = Flunder;

    fn handles(&self, operation: Operation) -> bool {
        operation == Operation::Create
    }

    async fn admit(
        &self,
        attributes: &Attributes<'_>,
        flunder: &mut Flunder,
        _: Option<&Flunder>,
    ) -> resourceful::Result<()> {
        for fischer in attributes.lister::<Fischer>().list("", &LabelSelector::default())? {
            if fischer.disallowed_flunders.contains(&flunder.metadata.name) {
                return Err(
                    attributes.forbidden("this name may not be used, please change the resource name")
                );
            }
        }
        Ok(())
    }
}
