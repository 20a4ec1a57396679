//! What only a client opens.

use lacre_engine::content::{Content, MimiContent, pad, unpad};
use lacre_engine::text::{acts, parse, plain, safe, safe_line};

/// A text of somebody else, on its way to a screen.
pub fn text(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let may_break = |c: char| matches!(c, '\n' | '\t');
    let acts_here = |c: char| acts(c) && !may_break(c);
    let shown = plain(&parse(&text));
    assert!(!shown.contains(acts_here), "something acts: {shown:?}");
    assert!(!safe(&text).contains(acts_here), "something acts");
    assert!(!safe_line(&text).contains(acts), "something acts in a line");
}

/// A message's content, as it comes out of a sealed message from another member.
pub fn content(bytes: &[u8]) {
    if let Ok(inner) = unpad(bytes) {
        assert_eq!(pad(inner), bytes, "a message has two padded forms");
    }
    let Ok(message) = MimiContent::decode(bytes) else {
        return;
    };
    let written = message.encode().ok();
    assert_eq!(
        written.as_deref(),
        Some(bytes),
        "a message has two encodings"
    );
    // Reading never fails, whatever the message is.
    let _ = Content::read(&message);
    let _ = message.message_id(bytes);
    assert_eq!(
        unpad(&pad(bytes)).ok(),
        Some(bytes),
        "padding lost something"
    );
}
