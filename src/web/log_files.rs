//! The ledger's files, as C2SP tlog-tiles lays them out: `checkpoint`, `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]`.
//!
//! The files lie in a directory of the same shape and are sent as they stand. A path is taken only in its one right spelling,
//! so that nothing outside the directory can be named.
use std::{io::ErrorKind, path::PathBuf, sync::Arc};

use axum::{
    extract::{Path, State},
    http::{HeaderName, header},
    response::{IntoResponse, Response},
};

use super::error::Error;

const ANYWHERE: [(HeaderName, &str); 2] = [
    (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
    (HeaderName::from_static("cross-origin-resource-policy"), "cross-origin"),
];

/// Where the published files lie.
#[derive(Debug, Clone)]
pub struct LogFiles(pub Arc<std::path::Path>);

/// `GET /log/checkpoint`.
pub async fn checkpoint(State(files): State<LogFiles>) -> Result<Response, Error> {
    let bytes = files.read("checkpoint".into()).await?;
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];
    Ok((kind, ANYWHERE, bytes).into_response())
}

/// `GET /log/tile/{…}`.
pub async fn tile(State(files): State<LogFiles>, Path(path): Path<String>) -> Result<Response, Error> {
    if !is_tile_path(&path) {
        return Err(Error::NotFound);
    }
    let bytes = files.read(format!("tile/{path}")).await?;
    let kind = [
        (header::CONTENT_TYPE, "application/octet-stream"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    Ok((kind, ANYWHERE, bytes).into_response())
}

impl LogFiles {
    /// A published file that is text; `None` before it exists.
    pub async fn text(&self, name: &str) -> Result<Option<String>, Error> {
        match self.read(name.to_owned()).await {
            Ok(bytes) => String::from_utf8(bytes).map(Some).map_err(Error::failed),
            Err(Error::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn read(&self, relative: String) -> Result<Vec<u8>, Error> {
        read(self.0.join(relative)).await
    }
}

/// A file's bytes, read away from the threads that answer requests.
pub(super) async fn read(path: PathBuf) -> Result<Vec<u8>, Error> {
    let read = tokio::task::spawn_blocking(move || std::fs::read(path)).await.map_err(Error::failed)?;
    read.map_err(|e| match e.kind() {
        ErrorKind::NotFound | ErrorKind::IsADirectory | ErrorKind::NotADirectory => Error::NotFound,
        _ => Error::failed(e),
    })
}

/// Whether `path` (after `tile/`) is the one right spelling of a tile: level `0`–`63` or `entries`; the index in groups of
/// three digits, all but the last led by `x`, without empty leading groups; a width `.p/1`–`.p/255` for a part.
fn is_tile_path(path: &str) -> bool {
    let Some((level, rest)) = path.split_once('/') else { return false };
    let (index, width) = match rest.split_once(".p/") {
        Some((index, width)) => (index, Some(width)),
        None => (rest, None),
    };
    (level == "entries" || is_number(level, 0, 63)) && is_index(index) && width.is_none_or(|w| is_number(w, 1, 255))
}

fn is_number(text: &str, least: u32, most: u32) -> bool {
    let plain = text.bytes().all(|b| b.is_ascii_digit()) && (text == "0" || !text.starts_with('0'));
    plain && text.parse().is_ok_and(|n: u32| (least..=most).contains(&n))
}

fn is_index(text: &str) -> bool {
    let groups: Vec<&str> = text.split('/').collect();
    let Some((last, heads)) = groups.split_last() else { return false };
    let three = |g: &str| g.len() == 3 && g.bytes().all(|b| b.is_ascii_digit());
    // 2^64 has 20 digits: seven groups hold any index.
    heads.len() <= 6
        && three(last)
        && heads.iter().all(|g| g.strip_prefix('x').is_some_and(three))
        && heads.first() != Some(&"x000")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_spelling_names_a_tile() {
        for good in ["0/000", "0/002.p/88", "1/000.p/2", "63/x001/x234/067", "entries/000", "entries/x123/456.p/255"] {
            assert!(is_tile_path(good), "{good}");
        }
        let bad = [
            "",
            "0",
            "0/",
            "0/0",
            "0/0000",
            "64/000",
            "00/000",
            "01/000",
            "-1/000",
            "0/x000/001",
            "0/001/002",
            "0/x001",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/01",
            "0/000.p/",
            "0/000.p/1/2",
            "0/../../keys/log.key",
            "entries/..",
            "entry/000",
            "0/%2e%2e",
            "0/x001/x234/067/",
            "0/x１２３/000",
            "0/000\0",
            "data/000",
            "../checkpoint",
            "0/x001/x001/x001/x001/x001/x001/x001/000",
        ];
        for bad in bad {
            assert!(!is_tile_path(bad), "{bad}");
        }
    }
}
