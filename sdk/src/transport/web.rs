//! No transport for browsers yet: opening says so, and what cannot be made has no values.

use crate::engine::{BlockedWay, Error, ErrorKind, Result};
use crate::path::Path;
use crate::probe::Probe;
use bytes::Bytes;
use lacre_wire::ids::Hash;
use lacre_wire::relay::RelayAddress;
use std::convert::Infallible;

/// Cannot be made.
#[derive(Clone)]
pub(crate) enum Transport {}
/// Cannot be made.
#[derive(Clone)]
pub(crate) enum Link {}
/// Cannot be made.
pub(crate) enum Sender {}
/// Cannot be made.
pub(crate) enum Receiver {}

impl Transport {
    pub(crate) fn new(_: RelayAddress) -> Result<Self> {
        Err(Error::new(
            ErrorKind::Invalid,
            "Unsupported",
            "this build has no transport for browsers; use a native build",
        ))
    }

    pub(crate) fn trust(&self, _: Vec<Hash>) {
        match *self {}
    }

    pub(crate) fn address(&self) -> RelayAddress {
        match *self {}
    }

    pub(crate) fn recall(&self, _: Vec<BlockedWay>) {
        match *self {}
    }

    pub(crate) fn learned(&self) -> Option<Vec<BlockedWay>> {
        match *self {}
    }

    pub(crate) async fn probe(&self) -> Probe {
        match *self {}
    }

    pub(crate) async fn connect(&self) -> Result<Link> {
        match *self {}
    }
}

impl Link {
    pub(crate) fn fingerprint(&self) -> Hash {
        match *self {}
    }

    pub(crate) fn path(&self) -> Path {
        match *self {}
    }

    pub(crate) fn binding(&self) -> Result<[u8; 32]> {
        match *self {}
    }

    pub(crate) async fn open(&self) -> Result<(Sender, Receiver)> {
        match *self {}
    }

    pub(crate) async fn accept(&self) -> Result<Receiver> {
        match *self {}
    }

    pub(crate) async fn send_datagram(&self, _: Vec<u8>) {
        match *self {}
    }

    pub(crate) async fn read_datagram(&self) -> Result<Bytes> {
        match *self {}
    }

    pub(crate) async fn keep_alive(&self) -> Result<Infallible> {
        match *self {}
    }

    pub(crate) async fn close(&self) {
        match *self {}
    }
}

impl Sender {
    pub(crate) async fn send(&mut self, _: &[u8]) -> Result<()> {
        match *self {}
    }

    pub(crate) async fn finish(&mut self) {
        match *self {}
    }
}

impl Receiver {
    pub(crate) async fn read(&mut self) -> Result<Option<Bytes>> {
        match *self {}
    }

    pub(crate) async fn acknowledge(&mut self) {
        match *self {}
    }
}
