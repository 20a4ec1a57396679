//! The list behind a timeline: items in order, and what changes when one comes.
//!
//! Accepted items stand in the order of the log, queued ones after them in the order they were
//! written. So an own message moves at most once: when the relay has accepted it.

use super::Diff;
use crate::engine::{Item, LocalId, PageKey};
use lacre_wire::ids::Seq;
use std::collections::HashSet;

/// Where an item stands.
type Place = (Seq, LocalId);

fn place(item: &Item) -> Place {
    (item.seq.unwrap_or(Seq::MAX), item.id)
}

#[derive(Default)]
pub(super) struct List {
    items: Vec<Item>,
    /// The store holds nothing older than the first item.
    whole: bool,
}

impl List {
    /// A list of a page of the newest items, in any order; `whole` when there are no older ones.
    pub(super) fn new(mut items: Vec<Item>, whole: bool) -> Self {
        items.sort_by_key(place);
        Self { items, whole }
    }

    pub(super) fn items(&self) -> &[Item] {
        &self.items
    }

    pub(super) fn is_whole(&self) -> bool {
        self.whole
    }

    /// What [`crate::engine::Reader::page`] needs to go on before the first item.
    pub(super) fn before(&self) -> Option<PageKey> {
        self.items.first().map(Item::key)
    }

    /// An item is new or has changed.
    pub(super) fn apply(&mut self, item: Item) -> Vec<Diff> {
        if let Some(index) = self.items.iter().rposition(|known| known.id == item.id) {
            return self.change(index, item);
        }
        let at = place(&item);
        let index = self.items.partition_point(|known| place(known) < at);
        if index == 0 && !self.whole {
            // Older than what is shown: it comes with its page, if that is ever asked for.
            return Vec::new();
        }
        self.items.insert(index, item.clone());
        vec![Diff::Insert { index, item }]
    }

    /// An item is gone.
    pub(super) fn remove(&mut self, id: LocalId) -> Option<Diff> {
        let index = self.items.iter().rposition(|known| known.id == id)?;
        self.items.remove(index);
        Some(Diff::Remove { index })
    }

    /// A page of older items, in any order; `whole` when there are no older ones.
    pub(super) fn extend(&mut self, mut page: Vec<Item>, whole: bool) -> Vec<Diff> {
        page.sort_by_key(place);
        let known: HashSet<LocalId> = self.items.iter().map(|item| item.id).collect();
        page.retain(|item| !known.contains(&item.id));
        self.whole = whole;
        let diffs = page.iter().enumerate().map(|(index, item)| Diff::Insert {
            index,
            item: item.clone(),
        });
        let diffs = diffs.collect();
        self.items.splice(..0, page);
        diffs
    }

    fn change(&mut self, index: usize, item: Item) -> Vec<Diff> {
        let Some(known) = self.items.get_mut(index) else {
            return Vec::new();
        };
        if *known == item {
            return Vec::new();
        }
        if place(known) == place(&item) {
            *known = item.clone();
            return vec![Diff::Update { index, item }];
        }
        self.items.remove(index);
        let at = place(&item);
        let to = self.items.partition_point(|known| place(known) < at);
        self.items.insert(to, item.clone());
        if to == index {
            return vec![Diff::Update { index, item }];
        }
        vec![Diff::Remove { index }, Diff::Insert { index: to, item }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{ItemBody, MessageId, SendState};
    use lacre_wire::ids::AccountId;

    fn item(id: LocalId, seq: Option<Seq>) -> Item {
        let message = MessageId::compute("sender", "room", &id.to_be_bytes(), &[0; 16]);
        Item {
            id,
            message: message.unwrap(),
            seq,
            sender: AccountId([1; 32]),
            sender_name: "ana".to_owned(),
            sender_handle: "ana".to_owned(),
            own: seq.is_none(),
            at_ms: 0,
            body: ItemBody::Text(id.to_string()),
            reply_to: None,
            mentions: Vec::new(),
            mentions_me: false,
            thread: None,
            replies_in_thread: 0,
            pinned: false,
            forwarded: None,
            edited: false,
            reactions: Vec::new(),
            state: SendState::Queued,
            receipt: None,
            expires: None,
        }
    }

    fn ids(list: &List) -> Vec<LocalId> {
        list.items().iter().map(|item| item.id).collect()
    }

    #[test]
    fn queued_items_stand_last_and_move_when_accepted() {
        let mut list = List::new(vec![item(1, Some(10))], true);
        let mut copy = list.items().to_vec();
        for new in [
            item(2, None),
            item(3, None),
            item(4, Some(11)),
            item(2, Some(12)),
            item(3, Some(9)),
        ] {
            let diffs = list.apply(new);
            diffs.into_iter().for_each(|diff| diff.apply(&mut copy));
            assert_eq!(copy, list.items());
        }
        assert_eq!(ids(&list), [3, 1, 4, 2]);
    }

    #[test]
    fn a_repeated_item_changes_nothing_and_an_edited_one_updates() {
        let mut list = List::new(vec![item(1, Some(1)), item(2, Some(2))], true);
        assert!(list.apply(item(1, Some(1))).is_empty());
        let mut edited = item(1, Some(1));
        edited.edited = true;
        assert_eq!(
            list.apply(edited.clone()),
            [Diff::Update {
                index: 0,
                item: edited
            }]
        );
    }

    #[test]
    fn items_that_go_are_removed_once() {
        let mut list = List::new(
            vec![item(1, Some(1)), item(2, Some(2)), item(3, None)],
            true,
        );
        let mut copy = list.items().to_vec();
        for id in [2, 2, 9, 3] {
            let diff = list.remove(id);
            assert_eq!(diff.is_some(), copy.iter().any(|known| known.id == id));
            diff.into_iter().for_each(|diff| diff.apply(&mut copy));
            assert_eq!(copy, list.items());
        }
        assert_eq!(ids(&list), [1]);
    }

    #[test]
    fn items_before_the_first_page_wait_for_theirs() {
        let mut list = List::new(vec![item(5, Some(5))], false);
        assert!(list.apply(item(3, Some(3))).is_empty());
        let diffs = list.extend(vec![item(4, Some(4)), item(3, Some(3))], true);
        assert_eq!(diffs.len(), 2);
        assert_eq!(ids(&list), [3, 4, 5]);
        assert_eq!(list.apply(item(2, Some(2))).len(), 1);
        assert_eq!(ids(&list), [2, 3, 4, 5]);
    }
}
