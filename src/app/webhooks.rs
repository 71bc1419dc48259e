//! Receivers of what happens to certificates, as the configuration names them.

use std::path::PathBuf;
use std::sync::Arc;

use axum::http::Uri;
use rustls::RootCertStore;
use serde::Deserialize;

use super::StartError;

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
    /// What is wrong with it.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        let named = |text: &str| problems_of(&self.name, text);
        let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.bytes().all(fits) {
            problems.push(named("a name is 1 to 32 lower-case letters, digits and hyphens"));
        }
        let address = self.url.parse::<Uri>().ok();
        let host = address.as_ref().and_then(Uri::host).unwrap_or_default();
        match address.as_ref().and_then(Uri::scheme_str) {
            Some("https") if self.ca.is_none() => problems.push(named("https needs ca, the authorities to believe")),
            Some("https") => {}
            Some("http") if ["localhost", "127.0.0.1", "[::1]"].contains(&host) => {}
            _ => problems.push(named("url must be https://…, or http:// on a loopback address")),
        }
        problems
    }
}

fn problems_of(name: &str, text: &str) -> String {
    format!("webhooks.{name}: {text}")
}

/// A receiver, ready to be told.
#[derive(Debug, Clone)]
pub struct Receiver {
    /// Its name.
    pub name: String,
    /// Where it listens.
    pub address: Uri,
    /// Whom to believe about it.
    pub tls: Arc<rustls::ClientConfig>,
}

impl Receiver {
    pub(super) fn open(config: &WebhookConfig) -> Result<Self, StartError> {
        let wrong = |what: String| StartError::Webhook(problems_of(&config.name, &what));
        let mut roots = RootCertStore::empty();
        if let Some(path) = &config.ca {
            use rustls::pki_types::pem::PemObject as _;
            let pem = super::read(path)?;
            for certificate in rustls::pki_types::CertificateDer::pem_slice_iter(&pem) {
                let certificate = certificate.map_err(|error| wrong(error.to_string()))?;
                roots.add(certificate).map_err(|error| wrong(error.to_string()))?;
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = rustls::ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| wrong(error.to_string()))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let address = config.url.parse().map_err(|_| wrong("url is not an address".to_owned()))?;
        Ok(Self { name: config.name.clone(), address, tls: Arc::new(tls) })
    }
}
