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
use proptest::prelude::*;

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
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn postgres_equals_the_model(ops in prop::collection::vec(op(), 1..120), chunk in 1usize..20) {
        run(ops, chunk, 0);
    }

    #[test]
    fn postgres_equals_the_model_when_statements_fail(
        ops in prop::collection::vec(op(), 1..80),
        chunk in 1usize..10,
        every in 5u64..40,
    ) {
        run(ops, chunk, every);
    }
}
