//! Receivers of what happens to certificates, as the configuration names them.

use std::path::PathBuf;

use serde::Deserialize;

use super::StartError;
use crate::post::Address;

/// A receiver in the configuration.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WebhookConfig {
    /// Its name: lower-case letters, digits, hyphens. The secret belongs to the name.
    pub name: String,
    /// Where it listens: `https://…`, or `http://` on a loopback address.
    pub url: String,
    /// PEM of the authorities that may certify it; wanted for `https`.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

impl WebhookConfig {
    /// What is wrong with its name; the rest is found when it is opened.
    pub(super) fn problem(&self) -> Option<String> {
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        let is_name = (1..=32).contains(&self.name.len()) && self.name.bytes().all(fits);
        (!is_name).then(|| format!("webhooks: {:?} is not 1 to 32 lower-case letters, digits and hyphens", self.name))
    }
}

/// A receiver, ready to be told.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub address: Address,
}

impl Receiver {
    pub(super) fn open(config: &WebhookConfig) -> Result<Self, StartError> {
        let authorities = config.ca.as_deref().map(super::read).transpose()?;
        let address = Address::new(&config.url, authorities.as_deref())
            .map_err(|error| StartError::Webhook(format!("webhooks: {}: {error}", config.name)))?;
        Ok(Self { name: config.name.clone(), address })
    }
}
