//! The network's task: one session after the other, with the right pauses between.

use super::backoff::Backoff;
use super::mail::Net;
use super::session::{self, Ended};
use crate::transport::Transport;
use tokio::sync::{mpsc, watch};

/// What the engine's thread wants of the network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    /// A session; said again: try now.
    Connect,
    /// The end of the task, after what the session was handed has gone out.
    End,
}

/// Keeps a session up until told to end.
pub(super) async fn run(
    transport: Transport,
    mail: mpsc::UnboundedSender<Net>,
    mut wish: watch::Receiver<Wish>,
) {
    let mut backoff = Backoff::default();
    while *wish.borrow_and_update() == Wish::Connect {
        let pause = match attempt(&transport, &mail, &mut wish).await {
            Some(Ended::Served { spread_ms }) => Some(backoff.after_session(spread_ms)),
            Some(Ended::Failed) => Some(backoff.after_failure()),
            Some(Ended::Fatal) => None,
            None => {
                backoff.reset();
                continue;
            }
        };
        if *wish.borrow() == Wish::End {
            return;
        }
        tracing::debug!(?pause, "not connected");
        let timer = async {
            match pause {
                Some(pause) => crate::platform::sleep(pause).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = timer => {}
            changed = wish.changed() => {
                backoff.reset();
                if changed.is_err() {
                    return;
                }
            }
        }
    }
}

/// One connection with its session. `None` if the wish changed before there was one.
async fn attempt(
    transport: &Transport,
    mail: &mpsc::UnboundedSender<Net>,
    wish: &mut watch::Receiver<Wish>,
) -> Option<Ended> {
    let connected = tokio::select! {
        biased;
        _ = wish.changed() => return None,
        connected = transport.connect() => connected,
    };
    match connected {
        Ok(link) => {
            let ended = session::serve(&link, mail, wish).await;
            // A closed mailbox needs to hear nothing.
            let _ = mail.send(Net::Lost);
            link.close().await;
            Some(ended)
        }
        Err(error) => {
            let _ = mail.send(Net::Unreachable(error));
            Some(Ended::Failed)
        }
    }
}
