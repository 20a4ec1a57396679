//! Which of the ways carries the news: what was asked for, else what the store offers.

#[cfg(feature = "nats")]
use super::nats;
#[cfg(feature = "postgres")]
use super::postgres;
use super::{LocalWake, Wake};
use crate::error::{RelayError, RelayErrorKind};
use crate::keys::Secret;
use lacre_wire::ids::Lineage;
use std::sync::Arc;

/// What carries news to the other relays on the store. They share the key.
///
/// # Errors
/// When an address cannot be read, or this relay was built without what is asked for.
pub(crate) async fn chosen(
    store: Option<&str>,
    nats: Option<&str>,
    lineage: Lineage,
    key: Secret,
) -> Result<Arc<dyn Wake>, RelayError> {
    let config = |text: String| RelayError::new(RelayErrorKind::Config, text);
    #[cfg(any(feature = "nats", feature = "postgres"))]
    let origin = || {
        let mut origin = [0; 8];
        getrandom::fill(&mut origin).map_err(|error| config(error.to_string()))?;
        Ok::<_, RelayError>(origin)
    };
    if let Some(servers) = nats {
        #[cfg(feature = "nats")]
        {
            let wake = nats::start(servers, &hex::encode(lineage.0), origin()?, key).await;
            return Ok(Arc::new(wake.map_err(|why| {
                config(format!(
                    "the NATS servers cannot be used: {why}; expected nats://host:4222"
                ))
            })?));
        }
        #[cfg(not(feature = "nats"))]
        {
            let _ = (servers, lineage, key);
            let text = "this relay was built without NATS; build it with the feature `nats`";
            return Err(config(text.to_owned()));
        }
    }
    #[cfg(feature = "postgres")]
    if let Some(store) = store {
        let address = crate::store::PostgresAddress::parse(store)
            .map_err(|error| config(error.to_string()))?;
        return Ok(Arc::new(postgres::start(&address, origin()?)));
    }
    #[cfg(not(feature = "postgres"))]
    let _ = store;
    Ok(Arc::new(LocalWake::default()))
}
