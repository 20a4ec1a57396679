//! Who comes along when a room goes on in a new group.

use crate::engine::Engine;
use crate::error::{ErrorKind, Result};
use lacre_wire::answer::ClaimedAccount;
use lacre_wire::ids::{AccountId, DeviceId};
use lacre_wire::room::RoomView;
use openmls::prelude::KeyPackage;
use std::collections::BTreeSet;

/// Who is taken along into a room's next generation.
pub(super) struct Gathered {
    pub(super) packages: Vec<KeyPackage>,
    pub(super) coming: BTreeSet<AccountId>,
}

impl Engine {
    /// Key packages of the devices that are in the room, but of the opener's, and whose accounts come.
    pub(super) fn gather(
        &mut self,
        view: &RoomView,
        claimed: &[ClaimedAccount],
        (account, device): (AccountId, DeviceId),
    ) -> Result<Gathered> {
        let stay: BTreeSet<DeviceId> = view.members.devices().map(|known| known.device).collect();
        let mut gathered = Gathered {
            packages: Vec::new(),
            coming: BTreeSet::from([account]),
        };
        for one in claimed {
            self.keep_info(&one.info)?;
            let passed_over = one
                .packages
                .iter()
                .map(|package| package.device)
                .filter(|other| *other == device || !stay.contains(other))
                .collect();
            match self.packages(std::slice::from_ref(one), &passed_over) {
                Ok(found) => {
                    let fits = gathered.packages.len() + found.len() <= self.generation_batch;
                    if fits && !found.is_empty() {
                        gathered.packages.extend(found);
                        gathered.coming.insert(one.info.account);
                    }
                }
                // One who cannot be added must not keep the others out.
                Err(error) if error.kind() != ErrorKind::Store => {
                    tracing::warn!(%error, "a member is not taken along");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(gathered)
    }
}
