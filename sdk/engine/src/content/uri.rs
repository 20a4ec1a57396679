//! URIs of accounts and rooms, as messages name them.
//!
//! There is one spelling of each: the message id hashes the text, so a second spelling would
//! be a second identity.

use lacre_wire::ids::{AccountId, RoomId};

const ACCOUNT: &str = "lacre:account/";
const ROOM: &str = "lacre:room/";

/// `lacre:account/<64 lower-case hex digits>`.
pub fn account_uri(account: &AccountId) -> String {
    format!("{ACCOUNT}{account}")
}

/// `lacre:room/<32 lower-case hex digits>`.
pub fn room_uri(room: &RoomId) -> String {
    format!("{ROOM}{room}")
}

/// The inverse of [`account_uri`]; `None` for anything it does not write.
pub fn parse_account_uri(uri: &str) -> Option<AccountId> {
    let account = uri.strip_prefix(ACCOUNT)?.parse().ok()?;
    (account_uri(&account) == uri).then_some(account)
}

/// The inverse of [`room_uri`]; `None` for anything it does not write.
pub fn parse_room_uri(uri: &str) -> Option<RoomId> {
    let room = uri.strip_prefix(ROOM)?.parse().ok()?;
    (room_uri(&room) == uri).then_some(room)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uris_round_trip() {
        let account = AccountId([0xab; 32]);
        let room = RoomId([0x0c; 16]);
        assert_eq!(parse_account_uri(&account_uri(&account)), Some(account));
        assert_eq!(parse_room_uri(&room_uri(&room)), Some(room));
        assert_eq!(room_uri(&room), format!("lacre:room/{}", "0c".repeat(16)));
    }

    #[test]
    fn there_is_one_spelling() {
        let uri = account_uri(&AccountId([0xab; 32]));
        assert_eq!(parse_account_uri(&uri.replace("ab", "AB")), None);
        assert_eq!(parse_account_uri(&uri.replace("lacre", "Lacre")), None);
        assert_eq!(parse_account_uri(&format!("{uri}/")), None);
        assert_eq!(parse_room_uri(&uri), None);
    }
}
