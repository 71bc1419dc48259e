//! Requests to other systems: each over a connection of its own, to a server whose certificate its own authorities gave.
//!
//! Trust comes from the configuration, never from the machine. Whoever asked judges what is answered.

use std::sync::Arc;

use axum::body::Bytes;
use axum::http::request::Builder;
use axum::http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};

/// What of an answer is read.
const MOST_ANSWER: usize = 64 * 1024;

/// What another system answered.
#[derive(Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The `Content-Type`; empty if there is none.
    pub kind: String,
    /// The body.
    pub body: Vec<u8>,
}

/// Where something can be posted or fetched, and whom to believe about it.
#[derive(Debug, Clone)]
pub struct Address {
    uri: Uri,
    tls: Arc<ClientConfig>,
}

/// Why an address is none, or why nothing was confirmed.
#[derive(Debug, thiserror::Error)]
pub enum PostError {
    /// Neither `https` with authorities nor a loopback address.
    #[error("url must be https://… with ca, the authorities to believe, or http:// on a loopback address")]
    Address,
    /// The authorities' certificates cannot be used.
    #[error("ca: {0}")]
    Authorities(String),
    /// No connection, or it broke.
    #[error("cannot be reached: {0}")]
    Unreachable(String),
    /// The answer is no success.
    #[error("answered {0}")]
    Answered(String),
}

impl Address {
    /// An address with the PEM of the authorities that may certify it.
    ///
    /// # Errors
    /// [`PostError::Address`], [`PostError::Authorities`].
    pub fn new(url: &str, authorities: Option<&[u8]>) -> Result<Self, PostError> {
        let uri: Uri = url.parse().map_err(|_| PostError::Address)?;
        let is_local = uri.host().is_some_and(|host| ["localhost", "127.0.0.1", "[::1]"].contains(&host));
        match uri.scheme_str() {
            Some("https") if authorities.is_some() => {}
            Some("http") if is_local => {}
            _ => return Err(PostError::Address),
        }
        let unusable = |error: &dyn std::fmt::Display| PostError::Authorities(error.to_string());
        let mut roots = RootCertStore::empty();
        for certificate in authorities.into_iter().flat_map(CertificateDer::pem_slice_iter) {
            roots.add(certificate.map_err(|error| unusable(&error))?).map_err(|error| unusable(&error))?;
        }
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| unusable(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self { uri, tls: Arc::new(tls) })
    }

    /// The address of `path` below this one.
    ///
    /// # Errors
    /// [`PostError::Address`].
    pub fn below(&self, path: &str) -> Result<Self, PostError> {
        let uri = format!("{}/{path}", self.uri.to_string().trim_end_matches('/'));
        Ok(Self { uri: uri.parse().map_err(|_| PostError::Address)?, tls: self.tls.clone() })
    }

    /// Posts JSON with these headers; done if the answer is a success, read to its end.
    ///
    /// # Errors
    /// [`PostError::Unreachable`], [`PostError::Answered`].
    pub async fn post(&self, headers: &[(&'static str, String)], json: Vec<u8>) -> Result<(), PostError> {
        let mut request = Request::post(self.uri.clone()).header("content-type", "application/json");
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        match self.exchange(request, json, MOST_ANSWER).await?.status {
            200..300 => Ok(()),
            status => {
                Err(PostError::Answered(StatusCode::from_u16(status).map_or_else(|_| String::new(), |s| s.to_string())))
            }
        }
    }

    /// Posts text and gives the answer, whatever it is.
    ///
    /// # Errors
    /// [`PostError::Unreachable`].
    pub async fn ask(&self, text: String) -> Result<Answer, PostError> {
        let request = Request::post(self.uri.clone()).header("content-type", "text/plain; charset=utf-8");
        self.exchange(request, text.into_bytes(), MOST_ANSWER).await
    }

    /// Fetches at most so many bytes.
    ///
    /// # Errors
    /// [`PostError::Unreachable`], [`PostError::Answered`] if it is no success.
    pub async fn fetch(&self, most: usize) -> Result<Vec<u8>, PostError> {
        let answer = self.exchange(Request::get(self.uri.clone()), Vec::new(), most).await?;
        if answer.status == 200 { Ok(answer.body) } else { Err(PostError::Answered(answer.status.to_string())) }
    }

    async fn exchange(&self, request: Builder, body: Vec<u8>, most: usize) -> Result<Answer, PostError> {
        let unreachable = |error: &dyn std::fmt::Display| PostError::Unreachable(error.to_string());
        let request = request.header("user-agent", concat!("yinxin/", env!("CARGO_PKG_VERSION")));
        let request = request.body(Full::<Bytes>::from(body)).map_err(|error| unreachable(&error))?;
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        let connector = hyper_rustls::HttpsConnectorBuilder::new()
            .with_tls_config(self.tls.as_ref().clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        let client = Client::builder(TokioExecutor::new()).build(connector);
        let answer = client.request(request).await.map_err(|error| unreachable(&error))?;
        let status = answer.status().as_u16();
        let kind =
            answer.headers().get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default().to_owned();
        let body = Limited::new(answer.into_body(), most).collect().await.map_err(|error| unreachable(&error))?;
        Ok(Answer { status, kind, body: body.to_bytes().to_vec() })
    }
}
