//! PutKeyPackages: what others need to add this device.

use super::Handled;
use crate::session::Context;
use crate::store::command::{Command, PutKeyPackages};
use bytes::Bytes;
use lacre_wire::error::{ErrorCode, WireError};
use lacre_wire::ids::{AccountId, DeviceId};
use lacre_wire::limits::MAX_KEY_PACKAGES;
use lacre_wire::room::mls::verify_leaf;
use minicbor::bytes::ByteVec;
use openmls::prelude::{MlsMessageBodyIn, MlsMessageIn, ProtocolVersion};
use openmls_rust_crypto::RustCrypto;
use std::sync::Arc;
use tls_codec::DeserializeBytes;

/// A key package with a post-quantum key and an identity chain is 3 KB.
const MAX_KEY_PACKAGE: usize = 8 * 1024;

pub(super) async fn put_key_packages(
    context: Arc<Context>,
    suite: u16,
    one_time: Vec<ByteVec>,
    last_resort: Option<ByteVec>,
) -> Handled {
    let got = one_time.len() + usize::from(last_resort.is_some());
    if got > MAX_KEY_PACKAGES {
        let text = format!("at most {MAX_KEY_PACKAGES} key packages are stored at once, got {got}");
        return Err(WireError::new(ErrorCode::TooLarge, text));
    }
    context.spend(None, 1)?;
    let (account, device) = (context.account(), context.device());
    // Two signatures and more a package: not on a thread that serves sessions.
    let checked = tokio::task::spawn_blocking(move || {
        let crypto = RustCrypto::default();
        let check = |package: ByteVec| check(&crypto, Vec::from(package), suite, account, device);
        let one_time = one_time
            .into_iter()
            .map(check)
            .collect::<Result<Vec<_>, _>>()?;
        let last_resort = last_resort.map(check).transpose()?;
        Ok::<_, WireError>((one_time, last_resort))
    });
    let (one_time, last_resort) = checked.await.map_err(|_| {
        WireError::new(
            ErrorCode::InvalidCommit,
            "the key packages could not be checked",
        )
    })??;
    let service = &context.service;
    let now_ms = service.clock.now_ms();
    let command = Command::PutKeyPackages(PutKeyPackages {
        now_ms,
        device,
        suite,
        one_time,
        last_resort,
    });
    let outcome = service.store.submit(command).await?;
    Ok(service.answer_verdict(None, outcome.verdict).await)
}

fn check(
    crypto: &RustCrypto,
    bytes: Vec<u8>,
    suite: u16,
    account: AccountId,
    device: DeviceId,
) -> Result<Bytes, WireError> {
    if bytes.len() > MAX_KEY_PACKAGE {
        let text = format!(
            "a key package has at most {MAX_KEY_PACKAGE} bytes, this one {}",
            bytes.len()
        );
        return Err(WireError::new(ErrorCode::TooLarge, text));
    }
    let invalid = |why: String| {
        WireError::new(
            ErrorCode::BadIdentity,
            format!("a key package does not hold: {why}"),
        )
    };
    let message = MlsMessageIn::tls_deserialize_exact_bytes(&bytes)
        .map_err(|e| WireError::new(ErrorCode::Malformed, format!("not an MLS message: {e}")))?;
    let MlsMessageBodyIn::KeyPackage(package) = message.extract() else {
        return Err(WireError::new(
            ErrorCode::Malformed,
            "expected an MLS KeyPackage message",
        ));
    };
    let package = package
        .validate(crypto, ProtocolVersion::Mls10)
        .map_err(|e| invalid(e.to_string()))?;
    if u16::from(package.ciphersuite()) != suite {
        return Err(invalid(format!(
            "it is of suite {}, not {suite}",
            u16::from(package.ciphersuite())
        )));
    }
    let owner = verify_leaf(package.leaf_node()).map_err(|e| invalid(e.to_string()))?;
    if (owner.account, owner.device) != (account, device) {
        return Err(invalid(
            "it belongs to another device; each device uploads its own".into(),
        ));
    }
    Ok(bytes.into())
}
