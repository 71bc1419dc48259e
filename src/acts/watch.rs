//! Watch: a department holds the ledger, as anybody can fetch it, against the list of uses that it knows itself.
//!
//! 1. the whole log is read and hashed; nothing of it is believed before that
//! 2. it must go on from the checkpoint seen last time
//! 3. every use of the department's seal must be on its list, and every use on the list in the log
//!
//! Trusted: the policy and the list. Not trusted: the hall, whoever serves the copy.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::app::{StartError, read_regular};
use crate::digest::Digest;
use crate::ledger::checkpoint::SignedCheckpoint;
use crate::ledger::entry::Entry;
use crate::ledger::policy::Policy;
use crate::ledger::replay::{Replay, ReplayError};
use crate::post::Address;

/// The largest file of a log: 256 entries of 64 KiB.
const MAX_LOG_FILE: usize = 17 << 20;
/// How long one file of a log that is served may take.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(30);

/// Where the log is read.
#[derive(Debug, Clone)]
pub enum Source {
    /// A copy of what is served.
    Folder(PathBuf),
    /// The log's prefix.
    Served(Address),
}

impl Source {
    /// A folder, or an address that begins with `http`; `authorities` may certify its server.
    ///
    /// # Errors
    /// [`StartError::Io`], [`StartError::Witness`] if it is no address.
    pub fn new(place: &str, authorities: Option<&Path>) -> Result<Self, StartError> {
        if !place.starts_with("http://") && !place.starts_with("https://") {
            return Ok(Self::Folder(place.into()));
        }
        let read = |path: &Path| std::fs::read(path).map_err(|source| StartError::Io { path: path.to_owned(), source });
        let pem = authorities.map(read).transpose()?;
        let wrong = |error: &dyn Display| StartError::Witness(format!("{place}: {error}"));
        Ok(Self::Served(Address::new(place, pem.as_deref()).map_err(|error| wrong(&error))?))
    }

    /// A file below the log's prefix.
    ///
    /// # Errors
    /// What went wrong, for people.
    pub async fn read(&self, path: &str) -> Result<Vec<u8>, String> {
        match self {
            Self::Folder(folder) => {
                read_regular(&folder.join(path), MAX_LOG_FILE as u64).map_err(|error| error.to_string())
            }
            Self::Served(prefix) => {
                let address = prefix.below(path).map_err(|error| error.to_string())?;
                let fetched = tokio::time::timeout(PATIENCE, address.fetch(MAX_LOG_FILE)).await;
                fetched.map_err(|_| "no answer".to_owned())?.map_err(|error| error.to_string())
            }
        }
    }
}

/// Whose uses are watched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Watched {
    /// The seal whose key has this digest.
    Key(Digest),
    /// Every seal filed under this code.
    Code(String),
}

impl std::str::FromStr for Watched {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if let Ok(key) = text.parse() {
            return Ok(Self::Key(key));
        }
        let is_code = text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit());
        is_code
            .then(|| Self::Code(text.to_owned()))
            .ok_or("a seal is given by its 14-digit code or the SHA-256 of its key")
    }
}

/// The uses that a department knows: one a line, the digest of the signed attributes first, then whatever helps people.
/// Empty lines and lines that begin with `#` are passed over.
///
/// # Errors
/// The number of the first line that does not begin with a digest.
pub fn known(text: &str) -> Result<BTreeSet<Digest>, usize> {
    let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
    lines
        .map(|(number, line)| line.split_whitespace().next().and_then(|word| word.parse().ok()).ok_or(number))
        .collect()
}

/// Something a department has to look into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alarm {
    /// A stable name for programs.
    pub code: &'static str,
    /// One Chinese sentence.
    pub text: String,
}

/// What was seen.
#[derive(Debug, Serialize)]
pub struct Seen {
    /// Entries of the log.
    pub entries: u64,
    /// Uses of the watched seal.
    pub uses: usize,
    /// What is not as it should be.
    pub alarms: Vec<Alarm>,
    /// What became of the seal since last time, one Chinese sentence each.
    pub news: Vec<String>,
    /// The checkpoint; to be kept for next time.
    #[serde(skip)]
    pub checkpoint: SignedCheckpoint,
    /// Whether it goes on from the one seen last time.
    #[serde(skip)]
    pub continues: bool,
}

/// Reads the log through `read`, which is given paths below its prefix.
///
/// # Errors
/// [`ReplayError`] if it cannot be read or is not believed.
pub fn watch<E: Display>(
    policy: &Policy,
    watched: &Watched,
    known: &BTreeSet<Digest>,
    last: Option<&SignedCheckpoint>,
    read: impl FnMut(&str) -> Result<Vec<u8>, E>,
) -> Result<Seen, ReplayError> {
    let mut seals = BTreeSet::new();
    if let Watched::Key(key) = watched {
        seals.insert(*key);
    }
    // Document -> where it was logged first, and on which day.
    let (mut uses, mut count, mut alarms) = (BTreeMap::new(), 0, Vec::new());
    // 1
    let replay = Replay::read_each(policy, read, |index, entry| match entry {
        Entry::SealOpen { seal, code, .. } if *watched == Watched::Code(code.as_str().to_owned()) => {
            seals.insert(*seal);
        }
        Entry::SealUse(used) if seals.contains(&used.seal) => {
            count += 1;
            if let Some((first, _)) = uses.insert(used.document, (index, used.day)) {
                let text = format!("账本第 {first} 条和第 {index} 条登记的是同一次用印");
                alarms.push(Alarm { code: "use-twice", text });
            }
        }
        _ => {}
    })?;
    // 2
    let before = alarms.len();
    alarms.extend(last.and_then(|last| history(&replay, last)));
    let continues = alarms.len() == before;
    // 3
    if seals.is_empty() {
        alarms.push(Alarm { code: "seal-unknown", text: "账本中没有这枚印章的启用记录".to_owned() });
    }
    for (document, (index, day)) in uses.iter().filter(|(document, _)| !known.contains(document)) {
        let text = format!("账本第 {index} 条是本印章在 {day} 的一次用印，清单中没有（签名属性摘要 {document}）");
        alarms.push(Alarm { code: "use-unknown", text });
    }
    for document in known.iter().filter(|document| !uses.contains_key(document)) {
        let text = format!("清单中的一次用印在账本里没有（签名属性摘要 {document}）");
        alarms.push(Alarm { code: "use-missing", text });
    }
    if let Some(index) = replay.unread() {
        let text = format!("账本第 {index} 条的种类本程序不认识，其中可能有关于本印章的内容，请更新程序后再核对");
        alarms.push(Alarm { code: "entry-unread", text });
    }
    let from = last.map_or(0, |last| last.claim().size);
    let news = replay
        .events()
        .iter()
        .filter(|(index, event)| *index >= from && event.seal().is_some_and(|seal| seals.contains(seal)));
    let news = news
        .filter_map(|(index, event)| Some(format!("账本第 {index} 条：{}（{}）", said(event)?, event.day())))
        .collect();
    Ok(Seen {
        entries: replay.checkpoint().size,
        uses: count,
        alarms,
        news,
        checkpoint: replay.signed().clone(),
        continues,
    })
}

/// What is wrong with a log that does not go on from what was seen of it.
fn history(replay: &Replay, last: &SignedCheckpoint) -> Option<Alarm> {
    let (now, then) = (replay.checkpoint(), last.claim());
    if now.origin != then.origin {
        let text = format!("这是另一本账（{}），上次核对的是 {}", now.origin, then.origin);
        return Some(Alarm { code: "log-other", text });
    }
    match replay.root_at(then.size) {
        None => {
            let text =
                format!("账本只有 {} 条，上次看到时已有 {} 条：账本被截短，或者这是旧的副本", now.size, then.size);
            Some(Alarm { code: "log-shrunk", text })
        }
        Some(root) if root != then.root => {
            let text = format!("账本前 {} 条与上次看到的不是同一历史：账本被改过", then.size);
            Some(Alarm { code: "log-fork", text })
        }
        Some(_) => None,
    }
}

fn said(event: &Entry) -> Option<String> {
    Some(match event {
        Entry::SealOpen { .. } => "印章启用".to_owned(),
        Entry::SealCertificate { .. } => "印章换发了证书".to_owned(),
        Entry::SealSuspend(_) => "印章停用".to_owned(),
        Entry::SealResume(_) => "印章恢复使用".to_owned(),
        Entry::SealRetire(_) => "印章注销".to_owned(),
        Entry::SealVoid { index, .. } => format!("第 {index} 条用印作废"),
        _ => return None,
    })
}
