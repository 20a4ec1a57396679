//! The keys, as the help shows them.

use crate::text::{Lang, say};

/// Each line: the key, and what it does. An empty key is a title.
pub(super) fn keys(lang: Lang) -> Vec<(&'static str, String)> {
    vec![
        ("", say!(lang, "chat-keys-write")),
        ("Enter", say!(lang, "chat-key-send")),
        ("Alt-Enter, Ctrl-J", say!(lang, "chat-key-newline")),
        ("Tab", say!(lang, "chat-key-complete")),
        ("Ctrl-E", say!(lang, "chat-key-editor")),
        ("Esc", say!(lang, "chat-key-esc")),
        ("", say!(lang, "chat-keys-rooms")),
        ("Ctrl-K", say!(lang, "chat-key-jump")),
        ("Alt-A", say!(lang, "chat-key-unread")),
        ("Alt-1 … Alt-9", say!(lang, "chat-key-number")),
        ("Alt-←, Alt-→", say!(lang, "chat-key-beside")),
        ("Ctrl-F, Ctrl-G", say!(lang, "chat-key-search")),
        ("F2", say!(lang, "chat-key-members")),
        ("F4", say!(lang, "chat-key-pins")),
        ("", say!(lang, "chat-keys-messages")),
        ("PgUp, PgDn", say!(lang, "chat-key-page")),
        ("Ctrl-↑, Ctrl-↓", say!(lang, "chat-key-row")),
        ("Ctrl-End", say!(lang, "chat-key-end")),
        ("Alt-↑, Alt-↓", say!(lang, "chat-key-select")),
        ("  r, Enter", say!(lang, "chat-key-reply")),
        ("  +", say!(lang, "chat-key-react")),
        ("  e", say!(lang, "chat-key-edit")),
        ("  d", say!(lang, "chat-key-delete")),
        ("  c", say!(lang, "chat-key-copy")),
        ("  t", say!(lang, "chat-key-thread")),
        ("  f", say!(lang, "chat-key-forward")),
        ("  p", say!(lang, "chat-key-pin")),
        ("  1 … 9, x", say!(lang, "chat-key-vote")),
        ("  u", say!(lang, "chat-key-keep")),
        ("  i", say!(lang, "chat-key-info")),
        ("", say!(lang, "chat-keys-program")),
        ("F1, ?", say!(lang, "chat-key-help")),
        ("F3", say!(lang, "chat-key-mouse")),
        ("Ctrl-C, Ctrl-C", say!(lang, "chat-key-quit")),
    ]
}
