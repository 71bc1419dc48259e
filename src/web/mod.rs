//! The pages, the JSON interface and the ledger's files over HTTP. axum only: extract, call one act, show.
//!
//! `router` is every address on one screen; `guard` what each request passes first; `desks` and `api` take a request apart,
//! call one act and fill a page or a document; `pages` and `kit` are what is seen; `error` is the one map from what went
//! wrong to a status and to Chinese words; `serve` opens the door and closes it.
pub mod api;
pub mod blocks;
pub mod body;
pub mod desks;
pub mod error;
pub mod guard;
pub mod kit;
pub mod log_files;
pub mod pages;
pub mod router;
pub mod run;
pub mod serve;
#[cfg(test)]
mod tests;
pub mod witness;
pub mod words;

use error::Error;

/// Carries an act to its end, whatever becomes of the request: a browser that goes away, or time that runs out, must not
/// stop it half way.
pub async fn whole<T: Send + 'static>(act: impl Future<Output = T> + Send + 'static) -> Result<T, Error> {
    use tracing::Instrument;
    tokio::spawn(act.in_current_span()).await.map_err(Error::failed)
}
