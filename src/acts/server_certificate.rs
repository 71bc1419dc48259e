//! The web server's certificate from the hall's own authority for web servers: made at the first start, again when its
//! names change or its end is near. The authority itself (`keys/service.pem`) is what the hall's browsers are told to trust.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};
use rustls::pki_types::CertificateDer;
use rustls::sign::CertifiedKey;

use crate::app::App;
use crate::digest::Digest;
use crate::hall::opening::CHINA;
use crate::pki::authority::{Host, Issuer, Serial, Subject, Term, server, service_authority};
use crate::pki::certificate::Certificate;
use crate::pki::name::DistinguishedName;
use crate::store::write_durably;
use crate::vault::Authority;

use super::{ActError, inconsistent};

/// Years the authority and days a server certificate is valid; browsers take no more than 397.
const AUTHORITY_YEARS: i32 = 10;
const SERVER_DAYS: i64 = 390;
/// Days before its end from which a certificate is made again.
const RENEW_DAYS: i64 = 30;

/// Chain and key of the web server for these names, as rustls takes them. `keys` is the folder of the hall's keys.
pub fn server_certificate(app: &App, keys: &Path, hosts: &[String]) -> Result<Arc<CertifiedKey>, ActError> {
    let hosts: Vec<Host> = hosts.iter().map(|host| host.parse()).collect::<Result<_, _>>()?;
    // The names stand in the authority's constraints, too: other names, another authority.
    let wanted = Digest::of(format!("{hosts:?}").as_bytes()).to_string();
    let names = keys.join("service.names");
    let same = fs::read_to_string(&names).is_ok_and(|kept| kept.trim() == wanted);
    let authority = kept(app, &keys.join("service.pem"))?.filter(|_| same);
    let certificate = kept(app, &keys.join("server.pem"))?.filter(|_| authority.is_some());
    let (authority, certificate) = match (authority, certificate) {
        (Some(authority), Some(certificate)) => (authority, certificate),
        (authority, _) => {
            let authority = match authority {
                Some(authority) => authority,
                None => make_authority(app, &hosts)?,
            };
            let certificate = make_server(app, &hosts, &authority)?;
            write_durably(&keys.join("service.pem"), authority.to_pem().as_bytes())?;
            write_durably(&keys.join("server.pem"), certificate.to_pem().as_bytes())?;
            write_durably(&names, wanted.as_bytes())?;
            (authority, certificate)
        }
    };
    let key = app.vault.server_key(&certificate.spki_digest())?;
    let chain = [&certificate, &authority].map(|one| CertificateDer::from(one.der().to_vec()));
    Ok(Arc::new(CertifiedKey::new(chain.to_vec(), key)))
}

/// A certificate made before, unless its end is near.
fn kept(app: &App, path: &Path) -> Result<Option<Certificate>, ActError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(inconsistent(format!("{}: {error}", path.display()))),
    };
    let certificate = Certificate::from_pem(&bytes).map_err(inconsistent)?;
    let later = app.now().checked_add((RENEW_DAYS * 24).hours()).map_err(inconsistent)?;
    Ok(Some(certificate).filter(|certificate| certificate.not_after() > later))
}

fn make_authority(app: &App, hosts: &[Host]) -> Result<Certificate, ActError> {
    let spki = app.vault.new_authority_key(Authority::Service, &*app.rng)?;
    let key = app.vault.authority(&Digest::of(&spki), &*app.rng)?;
    let name = DistinguishedName::new(&app.hall.name, "网站证书签发").map_err(inconsistent)?;
    let now = app.now();
    let end = now.to_zoned(TimeZone::fixed(CHINA)).checked_add(AUTHORITY_YEARS.years()).map_err(inconsistent)?;
    let term = Term::new(now, end.timestamp())?;
    Ok(service_authority(&name, hosts, term, Serial::random(&*app.rng)?, &key)?)
}

fn make_server(app: &App, hosts: &[Host], authority: &Certificate) -> Result<Certificate, ActError> {
    let key = app.vault.authority(&authority.spki_digest(), &*app.rng)?;
    let issuer = Issuer::new(authority, &key)?;
    let spki = app.vault.new_server_key(&*app.rng)?;
    let name = DistinguishedName::new(&app.hall.name, "网站").map_err(inconsistent)?;
    let now = app.now();
    let end: Timestamp = now.checked_add((SERVER_DAYS * 24).hours()).map_err(inconsistent)?;
    let end = end.min(authority.not_after());
    let subject = Subject { name: &name, spki: &spki, term: Term::new(now, end)?, serial: Serial::random(&*app.rng)? };
    Ok(server(&subject, hosts, &issuer)?)
}
