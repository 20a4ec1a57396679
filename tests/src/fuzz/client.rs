//! What only a client opens.

use lacre_engine::content::{Content, MimiContent, pad, unpad};

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
