//! What a store shows of the small universe, as text to compare.

use super::ops::{PEOPLE, ROOMS, Universe};
use lacre_relay::store::Store;
use lacre_relay::store::read::{
    PageLimit, ReadAccounts, ReadIdle, ReadLogs, ReadObjects, ReadRooms,
};
use lacre_wire::hash::sha256;
use lacre_wire::ids::{DeviceId, LogId, RoomId};
use lacre_wire::log::Cursor;
use lacre_wire::request::OpenLog;

impl Universe {
    /// Everything that reads show, as text.
    pub(super) async fn shown(&self, store: &Store) -> String {
        let mut out = String::new();
        let mut show =
            |what: &str, value: &dyn std::fmt::Debug| out.push_str(&format!("{what}: {value:?}\n"));
        let rooms = (0..ROOMS).map(|number| RoomId([number; 16]));
        for room in rooms {
            let log = LogId::Room(room);
            show("room", &store.room(room).await.unwrap());
            show("members", &store.members(room).await.unwrap());
            show("snapshot", &store.snapshot(room).await.unwrap());
            show(
                "handshakes",
                &store.handshakes(room, 0, 1, 100_000).await.unwrap(),
            );
            if let Some(state) = store.room(room).await.unwrap() {
                show("group info", &store.object(state.group_info).await.unwrap());
                show("tree", &store.object(state.tree).await.unwrap().is_some());
            }
            show("log", &self.log(store, log).await);
        }
        show("list", &store.listed_rooms(None, 10).await.unwrap());
        let mut owed = store.owed(100).await.unwrap();
        owed.sort();
        show("owed", &owed);
        let all = (0, DeviceId([0; 16]));
        show(
            "seen",
            &store.inactive(all, u64::MAX >> 1, 100).await.unwrap(),
        );
        for n in 0..PEOPLE * 2 {
            let (member, lineage) = (self.who(n), store.lineage());
            show("logs", &store.logs_of(member.device).await.unwrap());
            show(
                "packages",
                &store.key_package_counts(member.device).await.unwrap(),
            );
            show("devices", &store.devices_of(member.account).await.unwrap());
            show("inbox", &self.log(store, LogId::Inbox(member.device)).await);
            for seq in [0, 2, 5, 9] {
                let cursors = (0..ROOMS).map(|room| LogId::Room(RoomId([room; 16])));
                let mut asked = Vec::new();
                for log in cursors.chain([LogId::Inbox(member.device)]) {
                    let chain = store
                        .chain_at(log, seq)
                        .await
                        .unwrap()
                        .unwrap_or(sha256(&[b"none"]));
                    asked.push(OpenLog {
                        log,
                        cursor: (seq > 0).then_some(Cursor {
                            lineage,
                            seq,
                            chain,
                        }),
                    });
                }
                show("open", &store.open(member.device, asked).await.unwrap());
            }
        }
        out
    }

    async fn log(&self, store: &Store, log: LogId) -> String {
        let Some(head) = store.head(log).await.unwrap() else {
            return "none".to_owned();
        };
        let mut after = head.first - 1;
        let mut chain = store.chain_at(log, after).await.unwrap().unwrap();
        let mut out = format!("{head:?}");
        loop {
            let page = store
                .entries(log, after, None, PageLimit::default())
                .await
                .unwrap();
            if page.entries.is_empty() {
                break;
            }
            for entry in page.entries {
                assert_eq!(entry.seq, after + 1, "a gap in {log}");
                chain = entry.chain(&chain);
                after = entry.seq;
                out.push_str(&format!("\n  {entry:?}"));
            }
        }
        assert_eq!((head.seq, head.chain), (after, chain), "the chain of {log}");
        out
    }
}
