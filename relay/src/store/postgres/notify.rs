//! Connections for wake-ups: one that notifies, one that listens.
//!
//! They are driven by the runtime they are opened in, not by a thread, and take no part in any
//! transaction: a NOTIFY within one would take a lock over the whole database until its commit.

use super::address::PostgresAddress;
use super::error::{PostgresError, told};
use super::tls::Tls;
use std::future::poll_fn;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::mpsc;
use tokio_postgres::{AsyncMessage, Client, Connection, NoTls};

/// Notifications that wait to be taken; more mean that somebody has to read heads anyway.
const WAITING: usize = 1024;

/// A connection, and what it hears until it ends.
pub(crate) struct Ear {
    client: Client,
    heard: mpsc::Receiver<String>,
}

impl Ear {
    /// Connects.
    pub(crate) async fn open(address: &PostgresAddress) -> Result<Self, PostgresError> {
        let (tell, heard) = mpsc::channel(WAITING);
        let failed = |error: tokio_postgres::Error| PostgresError::connecting(address, &error);
        let client = match Tls::of(address)? {
            Some(tls) => {
                let (client, driver) = address.config.connect(tls).await.map_err(failed)?;
                tokio::spawn(drive(driver, tell));
                client
            }
            None => {
                let (client, driver) = address.config.connect(NoTls).await.map_err(failed)?;
                tokio::spawn(drive(driver, tell));
                client
            }
        };
        Ok(Self { client, heard })
    }

    /// From now on hears what is notified on a channel.
    pub(crate) async fn listen(&self, channel: &str) -> Result<(), PostgresError> {
        let listen = format!("LISTEN {channel}");
        let listened = self.client.batch_execute(&listen);
        listened
            .await
            .map_err(|error| PostgresError::Failed(told(&error)))
    }

    /// The next notification; none when the connection has ended or something was lost.
    pub(crate) async fn hear(&mut self) -> Option<String> {
        self.heard.recv().await
    }

    /// Notifies everybody who listens to a channel.
    pub(crate) async fn notify(
        &self,
        channel: &str,
        payloads: &[String],
    ) -> Result<(), PostgresError> {
        const NOTIFY: &str = "SELECT pg_notify($1, payload) FROM unnest($2::text[]) AS payload";
        let sent = self.client.execute(NOTIFY, &[&channel, &payloads]).await;
        sent.map(drop)
            .map_err(|error| PostgresError::Failed(told(&error)))
    }
}

async fn drive<S, T>(mut driver: Connection<S, T>, tell: mpsc::Sender<String>)
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: AsyncRead + AsyncWrite + Unpin,
{
    while let Some(Ok(message)) = poll_fn(|cx| driver.poll_message(cx)).await {
        if let AsyncMessage::Notification(told) = message
            && tell.try_send(told.payload().to_owned()).is_err()
        {
            // Whoever listens is too slow, or gone: it begins anew, with the heads.
            return;
        }
    }
}
