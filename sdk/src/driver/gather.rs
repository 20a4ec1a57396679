//! Runs of frames: what has come already is applied together.

use super::mail::{Net, Permit};
use lacre_wire::limits::MAX_RUN;
use lacre_wire::push::ServerFrame;
use tokio::sync::mpsc;

/// Joins frames that have come already into one run, so that the engine commits them together.
/// Mail of another kind ends the run and is held.
pub(super) fn gather(
    mut frames: Vec<ServerFrame>,
    permit: Permit,
    net: &mut mpsc::UnboundedReceiver<Net>,
    held: &mut Option<Net>,
) -> (Vec<ServerFrame>, Vec<Permit>) {
    let entries = |frames: &[ServerFrame]| -> usize {
        let count = |frame: &ServerFrame| match frame {
            ServerFrame::Entries { entries, .. } => entries.len(),
            _ => 0,
        };
        frames.iter().map(count).sum()
    };
    let mut permits = vec![permit];
    let mut count = entries(&frames);
    while count < MAX_RUN {
        match net.try_recv() {
            Ok(Net::Frames {
                frames: more,
                permit,
            }) => {
                count += entries(&more);
                frames.extend(more);
                permits.push(permit);
            }
            Ok(other) => {
                *held = Some(other);
                break;
            }
            Err(_) => break,
        }
    }
    (frames, permits)
}
