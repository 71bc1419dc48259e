//! Witnesses of this hall's ledger, and this hall as a witness for others, as the configuration names them.

use std::path::PathBuf;

use serde::Deserialize;

use super::StartError;
use crate::ledger::note::{KeyKind, KeyName, VerifierKey};
use crate::ledger::policy::Policy;
use crate::post::Address;
use crate::vault::Vault;
use crate::witness::Witnesses;

/// Where a witness of the policy is asked.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessAddress {
    /// What the policy calls it.
    pub name: String,
    /// Its submission prefix, if the policy does not say it: `https://…`, or `http://` on a loopback address.
    #[serde(default)]
    pub url: Option<String>,
    /// PEM of the authorities that may certify it; wanted for `https`.
    #[serde(default)]
    pub ca: Option<PathBuf>,
}

/// This hall as a witness for others.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WitnessConfig {
    /// The name of its key, such as `hall.example.gov.cn/witness`; never changes.
    pub name: String,
    /// Keys of the logs it cosigns, as vkeys.
    pub logs: Vec<String>,
}

impl WitnessConfig {
    /// What is wrong with it.
    pub(super) fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if self.name.parse::<KeyName>().is_err() {
            problems
                .push("witness: name must be one without spaces or +, such as hall.example.gov.cn/witness".to_owned());
        }
        for text in &self.logs {
            match text.parse::<VerifierKey>() {
                Ok(key) if key.kind() == KeyKind::Log => {}
                Ok(_) => problems.push(format!("witness: logs: {text} is the key of a witness")),
                Err(error) => problems.push(format!("witness: logs: {text}: {error}")),
            }
        }
        problems
    }
}

/// This hall as a witness: its key, and the logs it cosigns.
#[derive(Debug, Clone)]
pub struct Watched {
    /// What others put into their policies.
    pub key: VerifierKey,
    /// The logs' keys.
    pub logs: Vec<VerifierKey>,
}

impl Watched {
    /// With the key that the vault holds for it.
    ///
    /// # Errors
    /// [`StartError`] if there is none.
    pub fn open(config: &WitnessConfig, vault: &Vault) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError::Witness(format!("witness: {error}"));
        let name: KeyName = config.name.parse().map_err(|error| wrong(&error))?;
        let logs: Result<Vec<VerifierKey>, _> = config.logs.iter().map(|text| text.parse()).collect();
        Ok(Self { key: vault.witness_verifier_key(&name)?, logs: logs.map_err(|error| wrong(&error))? })
    }
}

/// The policy's witnesses that can be asked: those with an address there or in the configuration.
pub(super) fn open(addresses: &[WitnessAddress], policy: &Policy) -> Result<Witnesses, StartError> {
    let wrong = |name: &str, error: &dyn std::fmt::Display| StartError::Witness(format!("witnesses: {name}: {error}"));
    if let Some(stranger) = addresses.iter().find(|one| policy.witnesses().iter().all(|known| known.name != one.name)) {
        return Err(wrong(&stranger.name, &"keys/trust/policy.txt names no such witness"));
    }
    let mut all = Vec::new();
    for witness in policy.witnesses() {
        let here = addresses.iter().find(|one| one.name == witness.name);
        let Some(url) = here.and_then(|one| one.url.as_ref()).or(witness.url.as_ref()) else { continue };
        let authorities = here.and_then(|one| one.ca.as_deref()).map(super::read).transpose()?;
        let address = Address::new(url, authorities.as_deref()).map_err(|error| wrong(&witness.name, &error))?;
        all.push((witness.name.clone(), witness.key.clone(), address));
    }
    Witnesses::new(all).map_err(|error| StartError::Witness(format!("witnesses: {error}")))
}
