//! What the operator of the service asks about receivers of webhooks; the service may be running.

use zeroize::Zeroizing;

use crate::app::config::Config;
use crate::app::{StartError, random};
use crate::db::Db;
pub use crate::db::outbox::WebhookRow;
use crate::vault::Vault;

/// There is no receiver of that name in the configuration.
fn known(config: &Config, name: &str) -> Result<(), StartError> {
    match config.webhooks.iter().any(|one| one.name == name) {
        true => Ok(()),
        false => Err(StartError::Webhook(format!("webhooks: there is no {name} in the configuration"))),
    }
}

/// The secret shared with a receiver, in hexadecimal.
pub fn secret(config: &Config, name: &str) -> Result<Zeroizing<String>, StartError> {
    known(config, name)?;
    let vault = Vault::open(&config.data.join("keys"), &config.unlock_secret()?, &random())?;
    Ok(Zeroizing::new(hex::encode(*vault.webhook_secret(name)?)))
}

/// Where each receiver stands, and the running number of the last event.
pub async fn list(config: &Config) -> Result<(Vec<WebhookRow>, i64), StartError> {
    let db = Db::open_to_read(&config.address()).await?;
    let standing = (db.webhooks().await?, db.last_event().await?);
    db.close().await;
    Ok(standing)
}

/// Tells a receiver everything after an event once more.
pub async fn replay(config: &Config, name: &str, after: u32) -> Result<(), StartError> {
    known(config, name)?;
    let db = Db::open(&config.address()).await?;
    db.replay_webhook(name, after.into()).await?;
    db.close().await;
    Ok(())
}
