//! Secrets cannot be printed: their types have no `Debug` and no `Display`.

use std::fmt::{Debug, Display};

/// Implemented once for everything and once more for what can be printed, so that naming it for a type
/// that can be printed is ambiguous and does not compile.
trait Silent<Why> {
    fn is_silent() {}
}
impl<T> Silent<()> for T {}
struct Debugs;
impl<T: Debug> Silent<Debugs> for T {}
struct Displays;
impl<T: Display> Silent<Displays> for T {}

#[test]
fn keys_cannot_be_printed() {
    <lacre_wire::identity::SigningKey as Silent<_>>::is_silent();
    <lacre_engine::StoreKey as Silent<_>>::is_silent();
    <lacre_engine::content::RoomKey as Silent<_>>::is_silent();
}
