//! The list of rooms.

use super::Reading;
use crate::store::record::ListedRoom;
use crate::store::rows::Rows;

impl<R: Rows> Reading<'_, R> {
    pub(crate) fn listed_room(&mut self, name: &str) -> Result<Option<ListedRoom>, R::Error> {
        let first = self.rows.listings(name, 1)?.pop();
        Ok(first.filter(|first| first.name == name))
    }

    pub(crate) fn listed_rooms(
        &mut self,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedRoom>, R::Error> {
        // No name holds a NUL, so nothing stands between a name and this.
        let from = after.map_or_else(String::new, |after| format!("{after}\0"));
        self.rows.listings(&from, limit)
    }
}
