//! What the SDK uses of the engine, named in one place.

pub(crate) use lacre_engine::{
    BlockedWay, Done, Draft, Engine, EngineOptions, Event as EngineEvent, Hit as FoundMessage,
    Output, PageKey, Reader, snippet,
};

pub use lacre_engine::content::{Forwarded, Mention, Mentioned, MessageId};
pub use lacre_engine::{
    Connection, DeviceInfo, Error, ErrorKind, Expiry, Item, ItemBody, LocalId, Member, Named,
    Notice, NotifyReason, NotifyRule, NotifySetting, Poll, PollOption, Presence, Profile, Receipt,
    Result, RoomInfo, Scheduled, ScheduledId, Search, SearchKind, SendState, Snippet, StoreKey,
    Unread,
};
