//! From an open hall to an open door.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use super::guard::headers::Transport;
use super::router::{Web, router};
use super::serve::{Door, ServeError, asked_to_stop};
use crate::acts::resume::{resume, sweep};
use crate::app::App;
use crate::app::config::Config;

/// How often logged but unfinished uses are looked for.
const RESUME_EVERY: Duration = Duration::from_secs(10);

/// Opens the door that the configuration names, at `listen`.
pub fn open(_app: &App, _config: &Config, listen: SocketAddr) -> Result<Door, ServeError> {
    Door::open(listen, None)
}

/// Finishes what was left unfinished, then serves until asked to stop.
pub async fn run(app: App, _config: &Config, door: Door) -> Result<(), Box<dyn std::error::Error>> {
    let app = Arc::new(app);
    let resumed = resume(&app, true).await?;
    let swept = sweep(&app).await?;
    tracing::info!(finished = resumed.finished, voided = resumed.voided, swept, "ready");
    let again = Arc::clone(&app);
    let resuming = tokio::spawn(async move {
        loop {
            tokio::time::sleep(RESUME_EVERY).await;
            if let Err(error) = resume(&again, false).await {
                tracing::error!(%error, "resuming failed");
            }
        }
    });
    let [a, b, c, d, ..] = app.random();
    let web = Web::new(&app.hall.name, Transport::Loopback, app.publication.root());
    let served = door.serve(router(web, [a, b, c, d]), asked_to_stop()).await;
    resuming.abort();
    app.db.close().await;
    Ok(served?)
}
