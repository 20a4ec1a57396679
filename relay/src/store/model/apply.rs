//! The writes of the tables in memory.

use super::tables::{StoredPackage, Tables};
use crate::store::effect::Effect;
use crate::store::rows::{Remembered, Share, StoredBody};
use lacre_wire::ids::LogId;

impl Tables {
    /// Applies one write.
    pub(crate) fn apply(&mut self, effect: Effect) {
        match effect {
            Effect::Account(id, row) => drop(self.accounts.insert(id, *row)),
            Effect::Device(id, row) => drop(self.devices.insert(id, row)),
            Effect::DropDevice(id) => {
                self.devices.remove(&id);
                self.logs.remove(&LogId::Inbox(id));
                self.entries.retain(|(log, _), _| *log != LogId::Inbox(id));
                self.shares.retain(|(device, _), _| *device != id);
                self.packages.retain(|(device, ..), _| *device != id);
            }
            Effect::Log(id, row) => drop(self.logs.insert(id, row)),
            Effect::Room(id, row) => drop(self.rooms.insert(id, *row)),
            Effect::Member(room, device, row) => drop(self.members.insert((room, device), row)),
            Effect::Direct(pair, room) => drop(self.directs.insert(pair, room)),
            Effect::List(name, room) => drop(self.listings.insert(name, room)),
            Effect::Unlist(name, room) => {
                if self.listings.get(&name) == Some(&room) {
                    self.listings.remove(&name);
                }
            }
            Effect::Append(log, row) => drop(self.entries.insert((log, row.seq), *row)),
            Effect::Blank(log, seq, hash, reason) => {
                if let Some(row) = self.entries.get_mut(&(log, seq)) {
                    row.body = StoredBody::Gone { hash, reason };
                }
            }
            Effect::DropEntries(log, upto) => self
                .entries
                .retain(|(of, seq), _| *of != log || *seq > upto),
            Effect::Share(device, origin, share) => {
                if share == Share::default() {
                    self.shares.remove(&(device, origin));
                } else {
                    self.shares.insert((device, origin), share);
                }
            }
            Effect::Remember(key, seq, accepted_ms) => {
                self.submissions
                    .insert(key, Remembered { seq, accepted_ms });
            }
            Effect::Forget(before) => self
                .submissions
                .retain(|_, found| found.accepted_ms >= before),
            Effect::AddPackage {
                device,
                suite,
                hash,
                last_resort,
                package,
                now_ms,
            } => {
                let number = self.package_number;
                self.package_number += 1;
                let stored = StoredPackage {
                    number,
                    package,
                    stored_ms: now_ms,
                };
                self.packages
                    .insert((device, suite, last_resort, hash), stored);
            }
            Effect::DropPackage(device, suite, hash) => {
                drop(self.packages.remove(&(device, suite, false, hash)))
            }
            Effect::DropLastResort(device, suite) => {
                self.packages
                    .retain(|(of, s, last, _), _| !(*of == device && *s == suite && *last));
            }
            Effect::DropPackages(device) => self.packages.retain(|(of, ..), _| *of != device),
            Effect::Object(hash, bytes, now) => {
                let object = self.objects.entry(hash).or_default();
                object.bytes = Some(bytes);
                object.touched_ms = now;
            }
            Effect::Ref(hash, now) => {
                let object = self.objects.entry(hash).or_default();
                object.refs += 1;
                object.touched_ms = now;
            }
            Effect::Unref(hash, now) => {
                let object = self.objects.entry(hash).or_default();
                object.refs = object.refs.saturating_sub(1);
                object.touched_ms = now;
            }
            Effect::DropObject(hash) => drop(self.objects.remove(&hash)),
            Effect::Snapshot(room, generation, epoch, bytes) => {
                self.snapshots.insert(room, (generation, epoch, bytes));
            }
        }
    }
}
