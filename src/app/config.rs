//! `yinxin serve --config FILE`: one TOML file; relative paths are relative to it.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use zeroize::Zeroizing;

use crate::db::{Address, PostgresUrl};
use crate::hall::means::Demand;
use crate::vault::Unlock;

use super::AccessRules;
use super::webhooks::WebhookConfig;
use super::witnesses::{WitnessAddress, WitnessConfig};

/// How a hall's service runs.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The data directory.
    pub data: PathBuf,
    /// `postgres://…`: a server that several nodes share. Without it, a file in the data directory.
    #[serde(default)]
    pub database: Option<PostgresUrl>,
    /// Where to listen.
    pub listen: SocketAddr,
    /// Prefix of public addresses, as it stands in QR codes.
    pub base_url: String,
    /// The ledger's origin line; fixed when the hall is set up.
    pub origin: String,
    /// What opens the keys.
    pub unlock: UnlockConfig,
    /// TLS; without it only a loopback address is served.
    #[serde(default)]
    pub tls: Tls,
    /// Faces beside the built-in ones (GB 18030-2022 level 3).
    #[serde(default)]
    pub extra_fonts: Option<PathBuf>,
    /// Who is told what happens to certificates.
    #[serde(default)]
    pub webhooks: Vec<WebhookConfig>,
    /// What is demanded of those who sign in and approve.
    #[serde(default)]
    pub access: AccessConfig,
    /// Where the witnesses of the ledger's policy are asked.
    #[serde(default)]
    pub witnesses: Vec<WitnessAddress>,
    /// This hall as a witness for others; without it, it is none.
    #[serde(default)]
    pub witness: Option<WitnessConfig>,
    /// Networks of the hall's windows and offices; from anywhere else nothing is approved (R11). Addresses as
    /// `10.1.0.0/16`.
    pub hall_networks: Vec<String>,
}

/// What opens the keys: exactly one of the two.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum UnlockConfig {
    /// A file of 32 random bytes, or a credential of the service manager.
    KeyFile(PathBuf),
    /// A file with the passphrase in its first line.
    PassphraseFile(PathBuf),
}

/// What is demanded of those who sign in and approve. What is not said is strict where the hall is served by TLS, and lenient on a
/// loopback address without, where there is nobody but a demonstration.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessConfig {
    /// `passkey`, `second-factor` (strict) or `registered` (lenient): [`Demand`].
    #[serde(default)]
    pub approvals: Option<Demand>,
    /// `required` (strict): acts are done at enrolled devices alone; `off` (lenient): anywhere in the hall's networks.
    #[serde(default)]
    pub devices: Option<Devices>,
    /// `own` (strict): the first password is changed before anything else; `given` (lenient): it may be kept.
    #[serde(default)]
    pub passwords: Option<Passwords>,
}

/// Whether acts are done at enrolled devices alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Devices {
    /// They are.
    Required,
    /// They are not.
    Off,
}

/// Whether a password that was given may be kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Passwords {
    /// It has to be changed.
    Own,
    /// It may.
    Given,
}

/// Where the server's certificate comes from.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "snake_case")]
pub enum Tls {
    /// None: plain HTTP on a loopback address.
    #[default]
    None,
    /// The hall's own authority for web servers, for these names.
    Hall(Vec<String>),
    /// An own certificate chain and key, PEM.
    Own {
        /// The chain, the server's certificate first.
        certificate: PathBuf,
        /// The private key.
        key: PathBuf,
    },
}

/// What is wrong with the configuration; every problem at once.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {}", .problems.join("; "))]
pub struct ConfigError {
    /// The file.
    pub file: String,
    /// All problems.
    pub problems: Vec<String>,
}

impl Config {
    /// Reads and checks a configuration.
    pub fn read(file: &Path) -> Result<Self, ConfigError> {
        let wrong = |problems| ConfigError { file: file.display().to_string(), problems };
        let text = std::fs::read_to_string(file).map_err(|error| wrong(vec![error.to_string()]))?;
        Self::parse(&text, file.parent().unwrap_or(Path::new(".")))
            .map_err(|error| ConfigError { file: file.display().to_string(), ..error })
    }

    /// Checks a configuration whose relative paths are below `base`.
    pub fn parse(text: &str, base: &Path) -> Result<Self, ConfigError> {
        let wrong = |problems| ConfigError { file: base.display().to_string(), problems };
        let mut config: Self = toml::from_str(text).map_err(|error| wrong(vec![error.to_string()]))?;
        let settle =
            |path: &mut PathBuf| *path = if path.as_os_str() == "." { base.to_owned() } else { base.join(&*path) };
        settle(&mut config.data);
        config.extra_fonts.iter_mut().for_each(settle);
        config.webhooks.iter_mut().filter_map(|webhook| webhook.ca.as_mut()).for_each(settle);
        config.witnesses.iter_mut().filter_map(|witness| witness.ca.as_mut()).for_each(settle);
        match &mut config.unlock {
            UnlockConfig::KeyFile(path) | UnlockConfig::PassphraseFile(path) => settle(path),
        }
        if let Tls::Own { certificate, key } = &mut config.tls {
            settle(certificate);
            settle(key);
        }
        let problems = config.problems();
        if problems.is_empty() { Ok(config) } else { Err(wrong(problems)) }
    }

    fn problems(&self) -> Vec<String> {
        let mut problems = Vec::new();
        if matches!(self.tls, Tls::None) && !self.listen.ip().is_loopback() {
            problems.push("listen: without tls only a loopback address can be served".to_owned());
        }
        if !self.base_url.starts_with("https://") && !self.base_url.starts_with("http://") {
            problems.push("base_url: must begin with https:// (or http:// on loopback)".to_owned());
        }
        if matches!(self.tls, Tls::None) && self.base_url.starts_with("https://") {
            let text =
                "base_url: https:// needs tls; behind a proxy every request would seem to come from inside the hall";
            problems.push(text.to_owned());
        }
        if self.origin.parse::<crate::ledger::note::KeyName>().is_err() {
            problems.push("origin: must be a name without spaces or +, such as hall.example.gov.cn/log".to_owned());
        }
        problems.extend(self.webhooks.iter().filter_map(WebhookConfig::problem));
        problems.extend(self.witness.iter().flat_map(WitnessConfig::problems));
        let mut names: Vec<&str> = self.webhooks.iter().map(|webhook| webhook.name.as_str()).collect();
        names.sort_unstable();
        if names.windows(2).any(|pair| pair[0] == pair[1]) {
            problems.push("webhooks: two of the same name".to_owned());
        }
        let networks = self.hall_networks.iter().filter(|text| Network::parse(text).is_none());
        problems.extend(networks.map(|text| format!("hall_networks: {text} is not a network such as 10.1.0.0/16")));
        problems
    }

    /// The secret that opens the keys, read now.
    pub fn unlock_secret(&self) -> Result<Unlock, ConfigError> {
        match &self.unlock {
            UnlockConfig::KeyFile(path) => Ok(Unlock::KeyFile(path.clone())),
            UnlockConfig::PassphraseFile(path) => {
                let text = read_private(path).map(Zeroizing::new).map_err(|error| ConfigError {
                    file: path.display().to_string(),
                    problems: vec![error.to_string()],
                })?;
                Ok(Unlock::Passphrase(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned())))
            }
        }
    }

    /// Which database.
    pub fn address(&self) -> Address {
        match &self.database {
            Some(url) => Address::Postgres(url.clone()),
            None => Address::Sqlite(self.data.join("yinxin.sqlite")),
        }
    }

    /// What is demanded of those who sign in and approve.
    pub fn access_rules(&self) -> AccessRules {
        let strict = !matches!(self.tls, Tls::None);
        let AccessConfig { approvals, devices, passwords } = &self.access;
        AccessRules {
            approvals: approvals.unwrap_or(if strict { Demand::SecondFactor } else { Demand::Registered }),
            devices: devices.map_or(strict, |devices| devices == Devices::Required),
            own_passwords: passwords.map_or(strict, |passwords| passwords == Passwords::Own),
        }
    }

    /// The hall's networks.
    pub fn networks(&self) -> Vec<Network> {
        self.hall_networks.iter().filter_map(|text| Network::parse(text)).collect()
    }
}

/// A secret's file, which must be the owner's alone.
fn read_private(path: &Path) -> std::io::Result<String> {
    use std::os::unix::fs::PermissionsExt;
    if std::fs::metadata(path)?.permissions().mode() & 0o077 != 0 {
        let text = "others may read this file; make it the owner's alone (chmod 600)";
        return Err(std::io::Error::new(std::io::ErrorKind::PermissionDenied, text));
    }
    std::fs::read_to_string(path)
}

/// A range of addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network {
    address: std::net::IpAddr,
    prefix: u32,
}

impl Network {
    /// Parses `address/prefix`.
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/')?;
        let (address, prefix) = (address.parse::<std::net::IpAddr>().ok()?, prefix.parse().ok()?);
        let most = if address.is_ipv4() { 32 } else { 128 };
        (prefix <= most).then_some(Self { address, prefix })
    }

    /// Whether the address is inside.
    pub fn contains(&self, address: std::net::IpAddr) -> bool {
        use std::net::IpAddr::{V4, V6};
        match (self.address, address.to_canonical()) {
            (V4(a), V4(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(32 - self.prefix).unwrap_or(0) == 0,
            (V6(a), V6(b)) => (a.to_bits() ^ b.to_bits()).checked_shr(128 - self.prefix).unwrap_or(0) == 0,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_said_is_strict_where_there_is_tls() {
        let rules = |more: &str| {
            let text = "data = \".\"\nlisten = \"127.0.0.1:0\"\nbase_url = \"https://hall.example\"\norigin = \"hall.example/log\"\n\
                 hall_networks = [\"10.0.0.0/8\"]\nunlock = { key_file = \"k\" }\n";
            Config::parse(&format!("{text}{more}"), Path::new("/")).map(|config| config.access_rules())
        };
        let strict = AccessRules { approvals: Demand::SecondFactor, devices: true, own_passwords: true };
        assert_eq!(rules("[tls]\nhall = [\"hall.example\"]").unwrap(), strict);
        let said = "[tls]\nhall = [\"hall.example\"]\n[access]\napprovals = \"registered\"\ndevices = \"off\"\npasswords = \"given\"";
        let lenient = AccessRules { approvals: Demand::Registered, devices: false, own_passwords: false };
        assert_eq!(rules(said).unwrap(), lenient);
        assert!(rules("[access]\napprovals = \"none\"").is_err());
    }

    #[test]
    fn networks_hold_their_addresses_and_no_others() {
        let network = Network::parse("10.1.0.0/16").unwrap();
        assert!(
            network.contains("10.1.255.3".parse().unwrap()) && network.contains("::ffff:10.1.0.1".parse().unwrap())
        );
        assert!(!network.contains("10.2.0.1".parse().unwrap()) && !network.contains("::1".parse().unwrap()));
        assert!(Network::parse("127.0.0.1/32").unwrap().contains("127.0.0.1".parse().unwrap()));
        assert!(Network::parse("0.0.0.0/0").unwrap().contains("8.8.8.8".parse().unwrap()));
        assert!(Network::parse("10.1.0.0/33").is_none() && Network::parse("10.1.0.0").is_none());
    }
}
