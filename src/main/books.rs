//! What an operator or an auditor asks of a hall's books, whether or not the service runs.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use yinxin::acts::cosign::standing;
use yinxin::acts::supervise::supervise;
use yinxin::acts::webhooks;
use yinxin::app::config::Config;
use yinxin::app::{App, Clock};

use super::Failed;

#[derive(Subcommand)]
pub(super) enum Webhook {
    /// Print the secret shared with a receiver: the key of the HMAC in `Yinxin-Signature`
    Secret {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// The receiver's name in it
        name: String,
    },
    /// Say how far each receiver has been told, and what is wrong
    List {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
    },
    /// Tell a receiver everything after an event once more; the service may be running
    Replay {
        /// The configuration
        #[arg(long)]
        config: PathBuf,
        /// The receiver's name in it
        name: String,
        /// Running number of the last event that is not told again; 0: all are
        #[arg(long)]
        after: u32,
    },
}

pub(super) async fn run_webhook(webhook: Webhook) -> Result<ExitCode, Failed> {
    let mut out = std::io::stdout();
    match webhook {
        Webhook::Secret { config, name } => {
            writeln!(out, "{}", webhooks::secret(&Config::read(&config)?, &name)?.as_str())?;
        }
        Webhook::List { config } => {
            let (rows, last) = webhooks::list(&Config::read(&config)?).await?;
            for row in rows {
                let failed = |problem| format!("  {} failed: {problem}", row.failures);
                writeln!(
                    out,
                    "{}  told {} of {last}{}",
                    row.name,
                    row.told,
                    row.problem.map(failed).unwrap_or_default()
                )?;
            }
        }
        Webhook::Replay { config, name, after } => webhooks::replay(&Config::read(&config)?, &name, after).await?,
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn run_witness(config: &Path) -> Result<ExitCode, Failed> {
    let (key, logs) = standing(&Config::read(config)?).await?;
    let mut out = std::io::stdout();
    writeln!(out, "{key}")?;
    for (origin, last) in logs {
        match last {
            Some((size, at)) => writeln!(out, "{origin}  {size} entries  {at}")?,
            None => writeln!(out, "{origin}  nothing cosigned yet")?,
        }
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn run_supervise(config: &Path, json: bool) -> Result<ExitCode, Failed> {
    let app = App::open(&Config::read(config)?, Clock::System).await?;
    let swept = supervise(&app).await?;
    app.db.close().await;
    let mut out = std::io::stdout();
    if json {
        writeln!(out, "{}", serde_json::to_string(&swept)?)?;
    } else {
        for (rule, count) in &swept.new {
            writeln!(out, "{rule}\t{count}")?;
        }
        writeln!(out, "现有监察事由 {} 项，新发现 {} 项。", swept.standing, swept.new.values().sum::<usize>())?;
    }
    Ok(ExitCode::SUCCESS)
}
