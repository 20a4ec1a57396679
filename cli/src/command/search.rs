//! `lacre search`: finds messages on this device. Reads beside whatever uses the folder.

use crate::args::Search;
use crate::failure::{Exit, Failure, Outcome};
use crate::home;
use crate::print::{self, Paint};
use crate::session;
use crate::text;
use lacre::{Archive, RoomInfo};

/// Characters of a message that are shown around what was found.
const WIDTH: usize = 160;

/// Prints what was found, newest first.
pub(crate) async fn run(arguments: Search) -> Outcome {
    let folder = home::folder(&arguments.place)?;
    let settings = home::read(&folder)?;
    let key = settings.secret.find(&arguments.place, &folder)?;
    let archive = Archive::open(&folder, &key)?;
    let rooms = archive.rooms()?;
    let mut search = lacre::Search::words(&typed(&arguments.words));
    search.limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    if let Some(room) = &arguments.room {
        search.room = Some(session::choose_info(&rooms, room)?.id);
    }
    if let Some(person) = &arguments.from {
        let handle = person.strip_prefix('@').unwrap_or(person);
        let account = archive.account_of(handle)?.ok_or_else(|| {
            let what = text::failure::no_such_person(print::safe(handle));
            Failure::new("NoSuchPersonHere", what, Exit::Failed)
        })?;
        search.from = Some(account);
    }
    let hits = archive.search(&search)?;
    let name = |room: lacre::RoomId| {
        let known = |info: &&RoomInfo| info.id == room;
        rooms
            .iter()
            .find(known)
            .map_or("", |info| info.name.as_str())
    };
    if arguments.json {
        return hits
            .iter()
            .map(|hit| print::item_json(hit.room, name(hit.room), &hit.item))
            .try_for_each(|json| print::json_line(&json));
    }
    if hits.is_empty() {
        return print::out(&text::people::nothing_found());
    }
    let paint = Paint::output();
    hits.iter()
        .map(|hit| print::hit_line(name(hit.room), &hit.item, &hit.snippet(WIDTH), paint))
        .try_for_each(|line| print::out(&line))
}

/// The arguments as one would type them: what the shell kept together stays together.
fn typed(words: &[String]) -> String {
    let word = |word: &String| match word.contains(char::is_whitespace) && !word.contains('"') {
        true => format!("\"{word}\""),
        false => word.clone(),
    };
    words.iter().map(word).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::typed;

    #[test]
    fn what_the_shell_kept_together_stays_together() {
        let words = ["boa noite", "ana", "\"a b\""].map(str::to_owned);
        assert_eq!(typed(&words), "\"boa noite\" ana \"a b\"");
    }
}
