//! What hints do by themselves: beat, end what was not said again, look which rooms to watch.

use crate::engine::Engine;
use lacre_wire::ids::Millis;

impl Engine {
    /// Does what is due.
    pub(crate) fn hints_tick(&mut self, now: Millis) {
        if !self.live.online {
            return;
        }
        self.watch(now);
        self.beat(now);
        for (room, account) in self.hints.writers.expire(now) {
            self.tell_typing(room, account, false);
        }
        if self.hints.people.next().is_some_and(|next| next <= now) {
            for (account, presence) in self.hints.people.expire(now) {
                self.tell_presence(account, presence);
            }
        }
        self.give_up_echoes(now);
    }

    /// When something is due.
    pub(crate) fn hints_next(&self) -> Option<Millis> {
        if !self.live.online {
            return None;
        }
        let hints = &self.hints;
        let looks = hints.stale && hints.asked.is_none() && self.live.listed;
        let beats = hints.rooms.values().filter_map(|watched| watched.beat_at);
        let echoes = hints.echoes.values().map(|echo| echo.until);
        looks
            .then_some(hints.look_after)
            .into_iter()
            .chain(beats)
            .chain(echoes)
            .chain(hints.writers.next())
            .chain(hints.people.next())
            .min()
    }
}
