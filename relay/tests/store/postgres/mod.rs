//! What only a database that several relays share can do, and only a server can get wrong.

mod faults;
mod moving;
mod settings;
mod tls;
mod together;

use super::ops::{Op, op};
use super::random::compare;
use super::world::{World, keys, options};
use crate::postgres::Database;
use lacre_relay::store::{PostgresAddress, Store, StoreOptions};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;

/// The store in a database.
fn open(database: &Database, options: &StoreOptions) -> Store {
    let address = PostgresAddress::parse(&database.url()).unwrap();
    Store::postgres(&address, keys(), None, options).unwrap()
}

impl World {
    pub(super) fn postgres() -> Self {
        Self::of(open(&Database::new(), &options()), None)
    }
}

fn run(ops: Vec<Op>, chunk: usize, every: u64) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .build()
        .unwrap();
    let database = Database::new();
    let opening = |settings: &StoreOptions| open(&database, settings);
    runtime.block_on(compare(opening, ops, chunk, every));
    database.remove();
}

/// Runs a sixteenth of the cases that are asked for: each takes a database.
fn runner() -> TestRunner {
    let asked = ProptestConfig::with_source_file(file!());
    TestRunner::new(ProptestConfig {
        cases: asked.cases.div_ceil(16),
        max_shrink_iters: 200,
        ..asked
    })
}

#[test]
fn postgres_equals_the_model() {
    let cases = (vec(op(), 1..120), 1usize..20);
    let compared = runner().run(&cases, |(ops, chunk)| {
        run(ops, chunk, 0);
        Ok(())
    });
    compared.unwrap();
}

#[test]
fn postgres_equals_the_model_when_statements_fail() {
    let cases = (vec(op(), 1..80), 1usize..10, 5u64..40);
    let compared = runner().run(&cases, |(ops, chunk, every)| {
        run(ops, chunk, every);
        Ok(())
    });
    compared.unwrap();
}
