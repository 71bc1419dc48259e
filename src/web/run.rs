//! From an open hall to an open door.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::router::{Accounts, Web, router};
use super::serve::{Door, Identity, ServeError, asked_to_stop};
use crate::acts::cancel::expire;
use crate::acts::picture::Painter;
use crate::acts::resume::{resume, sweep};
use crate::acts::revocation_list::renew_revocation_lists;
use crate::acts::server_certificate::server_certificate;
use crate::acts::supervise::supervise;
use crate::acts::tell::tell;
use crate::app::App;
use crate::app::config::{Config, Tls};

/// How often receivers are told what is new.
const TELL_EVERY: Duration = Duration::from_secs(2);
/// How often logged but unfinished uses are looked for.
const RESUME_EVERY: Duration = Duration::from_secs(10);
/// How often the records are looked through for what somebody has to look into.
const SUPERVISE_EVERY: Duration = Duration::from_secs(600);
/// How long after the start they are for the first time: what was left unfinished is finished by then.
const SUPERVISE_FIRST: Duration = Duration::from_secs(60);

/// Opens the door at `listen`, with the certificate that the configuration names.
pub fn open(app: &App, config: &Config, listen: SocketAddr) -> Result<Door, Box<dyn std::error::Error>> {
    let identity = match &config.tls {
        Tls::None => None,
        Tls::Hall(hosts) => Some(Identity::held(server_certificate(app, &config.data.join("keys"), hosts)?)),
        Tls::Own { certificate, key } => {
            let read = |path: &std::path::Path| std::fs::read(path).map_err(|e| ServeError::Unread(path.to_owned(), e));
            Some(Identity::from_pem(&read(certificate)?, &zeroize::Zeroizing::new(read(key)?))?)
        }
    };
    Ok(Door::open(listen, identity)?)
}

/// Finishes what was left unfinished, then serves until asked to stop. Files of the public are drawn by `painter`.
pub async fn run(
    app: App,
    config: &Config,
    door: Door,
    accounts: Accounts,
    painter: Painter,
) -> Result<(), Box<dyn std::error::Error>> {
    let app = Arc::new(app);
    let resumed = resume(&app, true).await?;
    let swept = sweep(&app).await?;
    tracing::info!(finished = resumed.finished, voided = resumed.voided, swept, "ready");
    let again = Arc::clone(&app);
    let resuming = tokio::spawn(async move {
        loop {
            if let Err(error) = renew_revocation_lists(&again).await {
                tracing::error!(%error, "the revocation lists could not be renewed");
            }
            if let Err(error) = expire(&again).await {
                tracing::error!(%error, "certificates whose last day has passed could not be marked");
            }
            tokio::time::sleep(RESUME_EVERY).await;
            if let Err(error) = resume(&again, false).await {
                tracing::error!(%error, "resuming failed");
            }
        }
    });
    let again = Arc::clone(&app);
    let telling = tokio::spawn(async move {
        loop {
            if let Err(error) = tell(&again).await {
                tracing::error!(%error, "telling failed");
            }
            tokio::time::sleep(TELL_EVERY).await;
        }
    });
    let again = Arc::clone(&app);
    let supervising = tokio::spawn(async move {
        tokio::time::sleep(SUPERVISE_FIRST).await;
        loop {
            match supervise(&again).await {
                Ok(swept) => tracing::info!(standing = swept.standing, new = ?swept.new, "supervised"),
                Err(error) => tracing::error!(%error, "supervising failed"),
            }
            tokio::time::sleep(SUPERVISE_EVERY).await;
        }
    });
    let [a, b, c, d, ..] = app.random();
    let web = Web { painter, ..Web::new(Arc::clone(&app), config, door.transport(), accounts) };
    let served = door.serve(router(web, [a, b, c, d]), asked_to_stop()).await;
    resuming.abort();
    telling.abort();
    supervising.abort();
    app.db.close().await;
    served?;
    tracing::info!("stopped");
    Ok(())
}
