//! `/usuarios`, `/users`: who is in the room.

use super::Command;
use crate::print::safe;
use crate::talk::line::Line;
use crate::talk::problem::Answer;
use crate::talk::session::Session;
use crate::text::say;
use lacre::{Member, Presence, Role};

pub(super) const COMMAND: Command = Command {
    id: "users",
    pt: "usuarios",
    en: "users",
    also: &["usuários", "who"],
    takes: &[],
    run: |session, _| Box::pin(run(session)),
};

async fn run(session: &Session) -> Answer {
    let (lang, room) = (session.lang(), session.here()?);
    let me = session.client().me().account;
    let mut members = room.members();
    members.sort_by(|a, b| (b.role, &a.handle).cmp(&(a.role, &b.handle)));
    let count = members.len();
    let row = |member: &Member| {
        let role = match member.role {
            Role::Owner => say!(lang, "role-owner"),
            Role::Member => say!(lang, "role-member"),
        };
        let presence = session.client().presence(member.account);
        let here = match (member.account == me, presence) {
            (true, _) => say!(lang, "users-you"),
            (false, Some(Presence::Available)) => say!(lang, "users-online"),
            (false, Some(Presence::Away)) => say!(lang, "users-away"),
            (false, Some(Presence::Busy)) => say!(lang, "users-busy"),
            // A store that cannot be read says so where it matters.
            (false, _) => match session.client().last_seen(member.account).ok().flatten() {
                Some(at) => {
                    let at = session.clock().stamp(lang, at.millis());
                    say!(lang, "users-seen", at = at)
                }
                None => String::new(),
            },
        };
        // Somebody with a name of their own is found by the handle, so both are shown.
        let own_name = match member.name == member.handle {
            true => String::new(),
            false => safe(&member.name),
        };
        let status = member.status.as_deref().map(safe).unwrap_or_default();
        let handle = format!("@{}", safe(&member.handle));
        vec![handle, own_name, role, here, status]
    };
    Ok(vec![Line::Table {
        title: say!(
            lang,
            "users-title",
            room = session.title(&room),
            count = count
        ),
        rows: members.iter().map(row).collect(),
    }])
}
