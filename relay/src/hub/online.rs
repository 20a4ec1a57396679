//! Who is online: the sessions, by device and by account.
//!
//! A device has one session. A second login of the same device ends the first: the person
//! reconnected and the old connection has not noticed yet.

use crate::session::mailbox::Mailbox;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, DeviceId};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// The sessions of one relay.
#[derive(Default)]
pub(crate) struct Online {
    sessions: Mutex<Sessions>,
    left: Notify,
}

#[derive(Default)]
struct Sessions {
    devices: HashMap<DeviceId, Arc<Mailbox>>,
    accounts: HashMap<AccountId, Vec<DeviceId>>,
}

impl Online {
    /// A session began. One of the same device ends.
    pub(crate) fn enter(&self, mailbox: Arc<Mailbox>) {
        let mut sessions = self.lock();
        let devices = sessions.accounts.entry(mailbox.account).or_default();
        if !devices.contains(&mailbox.device) {
            devices.push(mailbox.device);
        }
        let before = sessions.devices.insert(mailbox.device, mailbox);
        drop(sessions);
        if let Some(before) = before {
            before.end(WireError::new(
                ErrorCode::GoingAway,
                "the device connected again; this session has ended",
            ));
        }
    }

    /// A session ended.
    pub(crate) fn leave(&self, mailbox: &Arc<Mailbox>) {
        let mut sessions = self.lock();
        if !sessions
            .devices
            .get(&mailbox.device)
            .is_some_and(|now| Arc::ptr_eq(now, mailbox))
        {
            return;
        }
        sessions.devices.remove(&mailbox.device);
        if let Some(devices) = sessions.accounts.get_mut(&mailbox.account) {
            devices.retain(|device| *device != mailbox.device);
            if devices.is_empty() {
                sessions.accounts.remove(&mailbox.account);
            }
        }
        if sessions.devices.is_empty() {
            self.left.notify_waiters();
        }
    }

    /// Completes once nobody is online.
    pub(crate) async fn emptied(&self) {
        loop {
            let left = self.left.notified();
            if self.count() == 0 {
                return;
            }
            left.await;
        }
    }

    /// The session of a device.
    pub(crate) fn device(&self, device: &DeviceId) -> Option<Arc<Mailbox>> {
        self.lock().devices.get(device).cloned()
    }

    /// The devices that have a session.
    pub(crate) fn devices(&self) -> Vec<DeviceId> {
        self.lock().devices.keys().copied().collect()
    }

    /// The sessions of an account.
    pub(crate) fn account(&self, account: &AccountId) -> Vec<Arc<Mailbox>> {
        let sessions = self.lock();
        let devices = sessions
            .accounts
            .get(account)
            .map_or(&[][..], Vec::as_slice);
        devices
            .iter()
            .filter_map(|device| sessions.devices.get(device).cloned())
            .collect()
    }

    /// All sessions.
    pub(crate) fn all(&self) -> Vec<Arc<Mailbox>> {
        self.lock().devices.values().cloned().collect()
    }

    /// How many sessions there are.
    pub(crate) fn count(&self) -> usize {
        self.lock().devices.len()
    }

    fn lock(&self) -> MutexGuard<'_, Sessions> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
