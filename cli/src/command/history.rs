//! `lacre history`: messages that are on this device already. Reads beside whatever uses the folder.

use crate::args::History;
use crate::failure::Outcome;
use crate::home;
use crate::print::{self, Paint};
use crate::session;
use crate::text;
use lacre::Archive;

/// How many messages one read asks for.
const PAGE: usize = 200;

/// Prints the newest messages, oldest first.
pub(crate) async fn run(arguments: History) -> Outcome {
    let limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let folder = home::folder(&arguments.place)?;
    let settings = home::read(&folder)?;
    let key = settings.secret.find(&arguments.place, &folder)?;
    let archive = Archive::open(&folder, &key)?;
    let rooms = archive.rooms()?;
    let room = session::choose_info(&rooms, &arguments.room)?;
    let mut items = archive.messages(room.id, None, PAGE.min(limit))?;
    while items.len() < limit {
        let older = archive.messages(room.id, items.first(), PAGE.min(limit - items.len()))?;
        if older.is_empty() {
            break;
        }
        items.splice(0..0, older);
    }
    if arguments.json {
        return items
            .iter()
            .map(|item| print::item_json(room.id, &room.name, item))
            .try_for_each(|json| print::json_line(&json));
    }
    if items.is_empty() {
        return print::out(&text::people::no_messages());
    }
    let paint = Paint::output();
    items
        .iter()
        .map(|item| print::item_line(item, true, paint))
        .try_for_each(|line| print::out(&line))
}
