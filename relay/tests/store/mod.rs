//! The suite.

/// Runs each named case against every back end.
macro_rules! cases {
    ($($name:ident)*) => {
        mod model {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&mut $crate::store::world::World::model()).await;
            })*
        }
        mod sqlite {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&mut $crate::store::world::World::sqlite()).await;
            })*
        }
        mod outside {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&mut $crate::store::world::World::outside()).await;
            })*
        }
        #[cfg(feature = "postgres")]
        mod postgres {
            $(#[tokio::test]
            async fn $name() {
                super::$name(&mut $crate::store::world::World::postgres()).await;
            })*
        }
    };
}

mod accounts;
mod backups;
mod crash;
mod faults;
mod full;
mod generations;
mod idle;
mod inboxes;
mod large;
mod listings;
mod logs;
mod messages;
mod ops;
mod packages;
#[cfg(feature = "postgres")]
mod postgres;
mod random;
mod removes;
mod retention;
mod rooms;
mod shown;
mod world;
