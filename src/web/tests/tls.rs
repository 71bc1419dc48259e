//! The server's own door: TLS with a certificate of the hall's.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::{Router, routing};

use super::site;
use crate::acts::server_certificate::server_certificate;
use crate::web::serve::{Door, Identity, ServeError};

#[tokio::test]
async fn tls_with_the_halls_own_certificate() {
    let site = site().await;
    let keys = site._folder.path().join("hall/keys");
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = server_certificate(&site.app, &keys, &names).unwrap();
    let again = server_certificate(&site.app, &keys, &names).unwrap();
    assert_eq!(made.cert, again.cert, "made once");
    let others = server_certificate(&site.app, &keys, &names[..1]).unwrap();
    assert_ne!(made.cert, others.cert, "other names, another certificate");
    let any = SocketAddr::from(([0, 0, 0, 0], 0));
    assert!(matches!(Door::open(any, None), Err(ServeError::PlainOutside(_))));
    let door = Door::open("127.0.0.1:0".parse().unwrap(), Some(Identity::held(made))).unwrap();
    let address = door.address();
    tokio::spawn(door.serve(Router::new().route("/", routing::get(|| async { "inside" })), std::future::pending()));
    let said = tokio::task::spawn_blocking(move || over_tls(address, &again.cert)).await.unwrap();
    assert!(said.starts_with("HTTP/1.1 200 OK\r\n") && said.ends_with("inside"), "{said}");
}

/// Speaks TLS to `address`, believing no authority but the last of `chain`; gives the answer's text.
fn over_tls(address: SocketAddr, chain: &[rustls::pki_types::CertificateDer<'static>]) -> String {
    use std::io::{Read, Write};
    let mut roots = rustls::RootCertStore::empty();
    roots.add(chain[1].clone()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = Arc::new(config.with_root_certificates(roots).with_no_client_auth());
    let mut session = rustls::ClientConnection::new(config, "localhost".try_into().unwrap()).unwrap();
    let mut socket = std::net::TcpStream::connect(address).unwrap();
    let mut stream = rustls::Stream::new(&mut session, &mut socket);
    stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").unwrap();
    let mut text = Vec::new();
    let _ = stream.read_to_end(&mut text);
    String::from_utf8(text).unwrap()
}
