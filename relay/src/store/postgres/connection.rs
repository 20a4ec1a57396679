//! One connection, used by one thread.
//!
//! The look-ups of a store are plain calls, so a thread that decides or reads owns a connection and
//! the small runtime that drives it. Statements are prepared once; several of them are sent without
//! waiting for each other wherever that saves round trips.

use super::address::PostgresAddress;
use super::error::{Fault, PostgresError};
use super::tls::Tls;
use crate::store::options::Durability;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::Poll;
use tokio::runtime::Runtime;
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row, Statement};

/// Values of one statement.
pub(super) type Values<'a> = &'a [&'a (dyn ToSql + Sync)];

/// A statement on its way.
pub(super) type Sent<'a> = Pin<Box<dyn Future<Output = Result<u64, Fault>> + 'a>>;

/// The advisory lock that every running relay shares, and that whoever replaces a store holds alone.
pub(super) const RUNNING: i64 = 0x4c61_6372_0000_0001;
/// The advisory lock of whoever creates or migrates the schema.
pub(super) const SCHEMA_LOCK: i64 = 0x4c61_6372_0000_0002;

pub(crate) struct Connection {
    client: Client,
    runtime: Runtime,
    statements: RefCell<HashMap<&'static str, Statement>>,
}

impl Connection {
    /// Connects. Blocks, and must not be called from within a runtime.
    pub(super) fn open(
        address: &PostgresAddress,
        durability: Durability,
    ) -> Result<Self, PostgresError> {
        let failed = |why: String| PostgresError::Connect {
            at: address.to_string(),
            why,
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .map_err(|error| failed(error.to_string()))?;
        let tls = Tls::of(address)?;
        let client = runtime
            .block_on(connect(address, tls))
            .map_err(|error| PostgresError::connecting(address, &error))?;
        let this = Self {
            client,
            runtime,
            statements: RefCell::default(),
        };
        let synchronous = match durability {
            Durability::Full => "",
            Durability::PageCache => "SET synchronous_commit = off;",
        };
        // Every look-up has its index, and no plan may depend on statistics that come later. A relay
        // that hangs within a transaction must not hold up the others for ever.
        this.batch(&format!(
            "SET search_path = lacre; SET client_min_messages = warning; SET default_transaction_isolation = 'read committed';
             SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off;
             SET plan_cache_mode = force_generic_plan; SET idle_in_transaction_session_timeout = '30s';
             SET statement_timeout = '60s'; SET lock_timeout = '20s'; {synchronous}"
        ))
        .map_err(|error| failed(error.to_string()))?;
        Ok(this)
    }

    /// Runs something on the connection's runtime.
    pub(super) fn run<F: Future>(&self, work: F) -> F::Output {
        self.runtime.block_on(work)
    }

    /// Runs statements without values.
    pub(super) fn batch(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.run(self.client.batch_execute(sql))?)
    }

    /// As [`Connection::batch`], to be sent among others.
    pub(super) async fn say(&self, sql: &str) -> Result<(), Fault> {
        Ok(self.client.batch_execute(sql).await?)
    }

    async fn statement(&self, sql: &'static str) -> Result<Statement, Fault> {
        if let Some(found) = self.statements.borrow().get(sql) {
            return Ok(found.clone());
        }
        let prepared = self.client.prepare(sql).await?;
        self.statements.borrow_mut().insert(sql, prepared.clone());
        Ok(prepared)
    }

    /// Prepares statements that will be sent among others: their order is that of sending then.
    pub(super) fn prepare(&self, all: &[&'static str]) -> Result<(), Fault> {
        self.run(async {
            for sql in all {
                self.statement(sql).await?;
            }
            Ok(())
        })
    }

    /// Rows of a statement, to be sent among others.
    pub(super) async fn rows(
        &self,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Fault> {
        let statement = self.statement(sql).await?;
        Ok(self.client.query(&statement, values).await?)
    }

    /// As [`Connection::rows`] when `wanted`, else nothing.
    pub(super) async fn rows_if(
        &self,
        wanted: bool,
        sql: &'static str,
        values: Values<'_>,
    ) -> Result<Vec<Row>, Fault> {
        if wanted {
            self.rows(sql, values).await
        } else {
            Ok(Vec::new())
        }
    }

    /// Rows of a statement. Blocks.
    pub(super) fn query(&self, sql: &'static str, values: Values<'_>) -> Result<Vec<Row>, Fault> {
        self.run(self.rows(sql, values))
    }

    /// Rows of a statement that is not used again. Blocks.
    pub(super) fn text(&self, sql: &str, values: Values<'_>) -> Result<Vec<Row>, Fault> {
        Ok(self.run(self.client.query(sql, values))?)
    }

    /// At most one row. Blocks.
    pub(super) fn one(&self, sql: &'static str, values: Values<'_>) -> Result<Option<Row>, Fault> {
        Ok(self.query(sql, values)?.into_iter().next())
    }

    /// Executes a statement, to be sent among others. Returns the rows it touched.
    pub(super) async fn write(&self, sql: &'static str, values: Values<'_>) -> Result<u64, Fault> {
        let statement = self.statement(sql).await?;
        Ok(self.client.execute(&statement, values).await?)
    }

    /// Whether the server has gone, as far as this side knows.
    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }
}

async fn connect(
    address: &PostgresAddress,
    tls: Option<Tls>,
) -> Result<Client, tokio_postgres::Error> {
    // What the server says beside answers is of no interest; an error there shows at the next statement.
    match tls {
        Some(tls) => {
            let (client, driver) = address.config.connect(tls).await?;
            drop(tokio::spawn(driver));
            Ok(client)
        }
        None => {
            let (client, driver) = address.config.connect(NoTls).await?;
            drop(tokio::spawn(driver));
            Ok(client)
        }
    }
}

/// Sends all in order and waits for all. The first error in order is the one that counts: those after
/// it only say that the transaction has failed.
pub(super) async fn in_order(mut all: Vec<Sent<'_>>) -> Result<(), Fault> {
    /// Statements on their way at once: each wake-up looks at all of them.
    const AT_ONCE: usize = 64;
    while !all.is_empty() {
        let rest = all.split_off(all.len().min(AT_ONCE));
        let mut waiting: Vec<Option<Sent<'_>>> = std::mem::replace(&mut all, rest)
            .into_iter()
            .map(Some)
            .collect();
        let mut first: Option<(usize, Fault)> = None;
        poll_fn(|cx| {
            let mut pending = false;
            for (at, slot) in waiting.iter_mut().enumerate() {
                let Some(sent) = slot else { continue };
                match sent.as_mut().poll(cx) {
                    Poll::Pending => pending = true,
                    Poll::Ready(done) => {
                        *slot = None;
                        if let Err(error) = done
                            && first.as_ref().is_none_or(|(before, _)| at < *before)
                        {
                            first = Some((at, error));
                        }
                    }
                }
            }
            if pending {
                Poll::Pending
            } else {
                Poll::Ready(())
            }
        })
        .await;
        if let Some((_, error)) = first {
            return Err(error);
        }
    }
    Ok(())
}
