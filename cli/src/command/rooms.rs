//! `lacre rooms`: list, create, invite, join, leave, show, open, close.

use crate::args::{
    Rooms, RoomsCommand, RoomsCreate, RoomsInvite, RoomsJoin, RoomsList, RoomsOne, RoomsShow,
};
use crate::failure::Outcome;
use crate::print::{self, Paint};
use crate::session::{Session, short};
use crate::text;
use lacre::{JoinRule, Listed, Role, Room, RoomKind};
use serde_json::{Value, json};

/// Runs one of them.
pub(crate) async fn run(rooms: Rooms) -> Outcome {
    match rooms.command {
        None => list(rooms.list).await,
        Some(RoomsCommand::List(arguments)) => list(arguments).await,
        Some(RoomsCommand::Create(arguments)) => create(arguments).await,
        Some(RoomsCommand::Invite(arguments)) => invite(arguments).await,
        Some(RoomsCommand::Leave(arguments)) => leave(arguments).await,
        Some(RoomsCommand::Join(arguments)) => join(arguments).await,
        Some(RoomsCommand::Show(arguments)) => show(arguments).await,
        Some(RoomsCommand::Open(arguments)) => set_rule(arguments, JoinRule::Open).await,
        Some(RoomsCommand::Close(arguments)) => set_rule(arguments, JoinRule::Closed).await,
    }
}

async fn list(arguments: RoomsList) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    if arguments.all {
        return list_all(session, arguments.json).await;
    }
    session
        .during(async |session| {
            let rooms = session.client.rooms()?;
            if arguments.json {
                return print::json_line(&Value::Array(
                    rooms.iter().map(print::room_json).collect(),
                ));
            }
            if rooms.is_empty() {
                return print::out(&text::people::no_rooms());
            }
            let rows: Vec<_> = rooms
                .iter()
                .map(|room| (short(&room.id().to_string()), summary(room)))
                .collect();
            print::out(&print::facts(&rows, Paint::output()))
        })
        .await
}

/// The listed rooms of the relay.
async fn list_all(session: Session, json: bool) -> Outcome {
    session
        .during(async |session| {
            let client = session.client.clone();
            let rooms = session.patiently(client.listed()).await?;
            if json {
                let room = |room: &Listed| {
                    json!({
                        "id": room.room.to_string(),
                        "name": room.name,
                        "members": room.members,
                        "open": room.open,
                    })
                };
                return print::json_line(&Value::Array(rooms.iter().map(room).collect()));
            }
            if rooms.is_empty() {
                return print::out(&text::people::none_listed());
            }
            let row = |room: &Listed| {
                let people = text::people::people_count(room.members);
                let fact = match room.open {
                    true => people,
                    false => format!("{people}  {}", text::people::by_invitation()),
                };
                (print::safe(&room.name), fact)
            };
            let rows: Vec<_> = rooms.iter().map(row).collect();
            print::out(&print::facts(&rows, Paint::output()))
        })
        .await
}

async fn create(arguments: RoomsCreate) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let people: Vec<&str> = arguments.people.iter().map(String::as_str).collect();
            let client = session.client.clone();
            let name = &arguments.name;
            let creating = async {
                match (arguments.listed, arguments.space) {
                    (false, false) => client.create_group(name, &people).await,
                    (false, true) => client.create_space(name, &people).await,
                    (true, false) => client.create_listed(name).await,
                    (true, true) => client.create_listed_space(name).await,
                }
            };
            let room = session.patiently(creating).await?;
            session.shows(&room, |room| !room.name().is_empty()).await?;
            print::out(&Paint::output().good(&text::people::room_made(title(&room))))?;
            print::out(&describe(&room))
        })
        .await
}

async fn invite(arguments: RoomsInvite) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.enter(&arguments.room).await?;
            let people: Vec<&str> = arguments.people.iter().map(String::as_str).collect();
            session.patiently(room.invite(&people)).await?;
            let handles: Vec<_> = people
                .iter()
                .map(|handle| handle.trim_start_matches('@'))
                .collect();
            let is_in =
                |room: &Room, handle| room.members().iter().any(|member| member.handle == handle);
            session
                .shows(&room, |room| {
                    handles.iter().all(|handle| is_in(room, *handle))
                })
                .await?;
            print::out(&Paint::output().good(&text::people::people_added(title(&room))))
        })
        .await
}

async fn leave(arguments: RoomsOne) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.enter(&arguments.room).await?;
            let title = title(&room);
            match session.patiently(room.leave()).await {
                Ok(()) => session.shows(&room, |room| !room.is_joined()).await?,
                // Keys can only be changed by those who stay; the request waits for one of them.
                Err(failure) if failure.is("NotDone") => {
                    return print::out(&text::people::leaving(title));
                }
                Err(failure) => return Err(failure),
            }
            print::out(&Paint::output().good(&text::people::left_room(title)))
        })
        .await
}

async fn join(arguments: RoomsJoin) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let client = session.client.clone();
            let found = match arguments.room.parse() {
                Ok(id) => id,
                Err(_) => {
                    let finding = client.find_listed(&arguments.room);
                    session.patiently(finding).await?
                }
            };
            let room = session.patiently(client.join(found)).await?;
            print::out(&Paint::output().good(&text::people::joined_room(title(&room))))
        })
        .await
}

async fn set_rule(arguments: RoomsOne, rule: JoinRule) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.enter(&arguments.room).await?;
            session.patiently(room.set_join_rule(rule)).await?;
            let done = match rule {
                JoinRule::Open => text::people::opened(title(&room), room.id()),
                JoinRule::Closed => text::people::closed(title(&room)),
            };
            print::out(&Paint::output().good(&done))
        })
        .await
}

async fn show(arguments: RoomsShow) -> Outcome {
    let session = Session::open(&arguments.place).await?;
    session
        .during(async |session| {
            let room = session.find(&arguments.room)?;
            match arguments.json {
                true => print::json_line(&print::room_json(&room)),
                false => print::out(&describe(&room)),
            }
        })
        .await
}

/// The room's name as people write it.
pub(super) fn title(room: &Room) -> String {
    match (room.kind(), room.name()) {
        (_, name) if name.is_empty() => text::people::unnamed(),
        (RoomKind::Direct, name) => format!("@{}", print::safe(&name)),
        (_, name) => print::safe(&name),
    }
}

/// One line of the list.
fn summary(room: &Room) -> String {
    let state = match (room.stopped(), room.is_joined()) {
        (Some(_), _) => text::people::stopped(),
        (None, true) => text::people::people_count(room.members().len()),
        (None, false) => text::people::not_in_it(),
    };
    format!("{}  {}  {}", title(room), kind(room), state)
}

fn kind(room: &Room) -> String {
    match room.kind() {
        RoomKind::Direct => text::people::direct(),
        RoomKind::Group => text::people::group(),
        RoomKind::Space => text::people::space(),
    }
}

/// Everything of one room, in two columns.
fn describe(room: &Room) -> String {
    let mut rows = vec![
        (text::people::room(), title(room)),
        (text::people::id(), room.id().to_string()),
        (text::people::kind(), kind(room)),
    ];
    let state = match (room.stopped(), room.is_joined()) {
        (Some(why), _) => text::people::room_stopped(title(room), print::safe(&why)),
        (None, true) => text::people::in_it(),
        (None, false) => text::people::not_in_it(),
    };
    rows.push((text::people::state(), state));
    if let Some(name) = room.listed_name() {
        rows.push((text::people::listed(), print::safe(&name)));
    }
    for (index, member) in room.members().iter().enumerate() {
        let label = if index == 0 {
            text::people::people()
        } else {
            String::new()
        };
        let role = match member.role {
            Role::Owner => text::people::owner(),
            Role::Member => text::people::member(),
        };
        rows.push((label, format!("@{}  {role}", print::safe(&member.handle))));
    }
    print::facts(&rows, Paint::output())
}
