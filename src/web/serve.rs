//! Opening the door and closing it: TLS with rustls and ring, or plain http on loopback; a graceful end.
use std::{
    io,
    net::{SocketAddr, TcpListener},
    sync::Arc,
    time::Duration,
};

use axum::Router;
use axum_server::{Handle, tls_rustls::RustlsConfig};
use rustls::{
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
    sign::{CertifiedKey, SingleCertAndKey},
};

use super::guard::headers::Transport;

/// How long requests under way may take once the server is told to stop.
pub const LAST_CALL: Duration = Duration::from_secs(30);

/// What the server shows at the door: certificate chain and key.
#[derive(Debug, Clone)]
pub struct Identity(Arc<CertifiedKey>);

impl Identity {
    /// The hall's own, its key in the vault.
    pub fn held(key: Arc<CertifiedKey>) -> Self {
        Identity(key)
    }

    /// From PEM: the chain, the server's certificate first; the key as PKCS#8, PKCS#1 or SEC1.
    pub fn from_pem(chain: &[u8], key: &[u8]) -> Result<Self, ServeError> {
        let chain = CertificateDer::pem_slice_iter(chain).collect::<Result<Vec<_>, _>>()?;
        let key = PrivateKeyDer::from_pem_slice(key)?;
        let certified = CertifiedKey::from_der(chain, key, &rustls::crypto::ring::default_provider())?;
        Ok(Identity(Arc::new(certified)))
    }
}

/// Why the door could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The address is in use, or not ours.
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    /// Plain http is for loopback alone.
    #[error("{0} is not a loopback address: outside this machine the pages are served by TLS only")]
    PlainOutside(SocketAddr),
    /// A file cannot be opened.
    #[error("{0}: {1}")]
    Unread(std::path::PathBuf, #[source] io::Error),
    /// The chain or the key cannot be read.
    #[error("the server's certificate or key cannot be read: {0}")]
    Pem(#[from] rustls::pki_types::pem::Error),
    /// The chain and the key do not make a TLS server.
    #[error("the server's certificate and key do not fit: {0}")]
    Tls(#[from] rustls::Error),
    /// The server ended by itself.
    #[error("the server ended: {0}")]
    Ended(#[source] io::Error),
}

/// A door that is open but lets nobody in yet: the address is ours.
pub struct Door {
    listener: TcpListener,
    address: SocketAddr,
    tls: Option<RustlsConfig>,
}

impl Door {
    /// Listens on `address`; with port 0 any free port is taken. Without an identity (TLS), loopback only.
    pub fn open(address: SocketAddr, identity: Option<Identity>) -> Result<Self, ServeError> {
        if identity.is_none() && !address.ip().is_loopback() {
            return Err(ServeError::PlainOutside(address));
        }
        let tls = identity.map(server_config).transpose()?.map(|c| RustlsConfig::from_config(Arc::new(c)));
        let listen = |e| ServeError::Listen(address, e);
        let listener = TcpListener::bind(address).map_err(listen)?;
        listener.set_nonblocking(true).map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        Ok(Door { listener, address, tls })
    }

    /// Where it is.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Whether it speaks TLS.
    pub fn transport(&self) -> Transport {
        if self.tls.is_some() { Transport::Tls } else { Transport::Loopback }
    }

    /// Where pages are to be found: `https://…` or `http://…`.
    pub fn url(&self) -> String {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Serves until `stop` is done; then takes no new connections and gives those open [`LAST_CALL`] to end.
    pub async fn serve(
        self,
        router: Router,
        stop: impl Future<Output = ()> + Send + 'static,
    ) -> Result<(), ServeError> {
        let handle = Handle::new();
        let closing = handle.clone();
        let watch = tokio::spawn(async move {
            stop.await;
            tracing::info!("stopping: no new connections");
            closing.graceful_shutdown(Some(LAST_CALL));
        });
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        let served = match self.tls {
            Some(tls) => {
                let mut server = axum_server::from_tcp_rustls(self.listener, tls)
                    .map_err(ServeError::Ended)?
                    .handle(handle)
                    .http1_only();
                patience(server.http_builder());
                server.serve(service).await
            }
            None => {
                let mut server =
                    axum_server::from_tcp(self.listener).map_err(ServeError::Ended)?.handle(handle).http1_only();
                patience(server.http_builder());
                server.serve(service).await
            }
        };
        watch.abort();
        served.map_err(ServeError::Ended)
    }
}

/// Resolves when the process is asked to end (SIGINT, SIGTERM).
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminate = async {
        match signal(SignalKind::terminate()) {
            Ok(mut s) => drop(s.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminate => {}
    }
}

fn server_config(identity: Identity) -> Result<rustls::ServerConfig, ServeError> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let mut config = builder.with_no_client_auth().with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.0)));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Whoever sends the head of a request slowly is not waited for.
fn patience(builder: &mut hyper_util::server::conn::auto::Builder<hyper_util::rt::TokioExecutor>) {
    builder
        .http1()
        .timer(hyper_util::rt::TokioTimer::new())
        .header_read_timeout(Duration::from_secs(15))
        .max_buf_size(64 * 1024);
}
