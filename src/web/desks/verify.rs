//! The public's question: is this document genuine?
use std::{
    net::{IpAddr, SocketAddr},
    time::{Duration, Instant},
};

use axum::{
    body::Bytes,
    extract::{ConnectInfo, Multipart, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::answer::answer;
use crate::{
    acts::{
        report::{self, Format},
        verify,
    },
    verify::{Report, said::Asked},
    web::{
        error::Error,
        guard::trouble::Shown,
        pages::verify::{Ask, Download},
        router::Web,
        words,
    },
};

/// The largest document verified, in bytes.
pub const MOST_DOCUMENT: usize = 50 * 1024 * 1024;
/// Verifications that one peer may ask for at once.
pub const BURST: u32 = 30;
/// How long each further one takes.
pub const EVERY: Duration = Duration::from_secs(2);

/// The question, with what was wrong with the last one.
pub(super) fn ask(problem: String) -> Ask {
    let rate = format!("同一网络连续可验 {BURST} 份，以后每 {} 秒 1 份", EVERY.as_secs());
    Ask { problem, limit: words::megabytes(MOST_DOCUMENT), rate }
}

/// `GET /verify`.
pub async fn form(State(web): State<Web>) -> Response {
    web.shell("验证证照", "/verify").show(ask(String::new()).show()).into_response()
}

/// `POST /verify`.
pub async fn judge(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Multipart,
) -> Result<Response, Error> {
    let again = |status: StatusCode, problem: String| {
        let page = web.shell("验证证照", "/verify").show(ask(problem).show());
        let mut response = (status, page).into_response();
        response.extensions_mut().insert(Shown);
        Ok(response)
    };
    match judged(&web, peer.ip(), parts).await {
        Ok(Some(page)) => Ok(page),
        Ok(None) => again(StatusCode::UNPROCESSABLE_ENTITY, "还没有选择文件".into()),
        Err(Error::TooLarge) => {
            let most = words::megabytes(MOST_DOCUMENT);
            let problem = format!("文件超过 {most}，没有验证。这么大的文件请用命令行程序验证，或向签发机关核实。");
            again(StatusCode::PAYLOAD_TOO_LARGE, problem)
        }
        Err(Error::TooMany) => {
            let problem = "现在验证的人太多，或者您所在的网络刚刚验证得太频繁，文件没有验证。请等一分钟再试。";
            again(StatusCode::TOO_MANY_REQUESTS, problem.into())
        }
        Err(error) => Err(error),
    }
}

/// The page with the answer; `None` when no file was chosen.
async fn judged(web: &Web, peer: IpAddr, parts: Multipart) -> Result<Option<Response>, Error> {
    if !web.verifications.take(peer, Instant::now()) {
        return Err(Error::TooMany);
    }
    let (sent, _held) = web.uploads.read(peer, document(parts)).await?;
    let Some((name, bytes)) = sent else { return Ok(None) };
    let asked = Asked::of(&bytes, web.app.now());
    let report = verify::verify(&web.app, &web.judging, name, bytes.clone()).await?;
    let views = web.painter.views(&report, bytes).await;
    let (report, downloads) = reports(web, report, asked).await?;
    let mut page = answer(&report, &asked, &views);
    page.downloads = downloads;
    Ok(Some(web.shell(page.banner.verdict.word(), "/verify").show(page.show()).into_response()))
}

/// The reports to take away. They travel in the page: nothing is kept here that could be fetched later.
async fn reports(web: &Web, report: Report, asked: Asked) -> Result<(Report, Vec<Download>), Error> {
    let composer = web.app.composer.clone();
    let written = tokio::task::spawn_blocking(move || {
        let files: Vec<_> = Format::ALL
            .iter()
            .filter_map(|format| match report::write(*format, &report, &asked, &composer) {
                Ok(bytes) => Some((*format, bytes)),
                // The answer is the page itself; it is not lost for a report on it.
                Err(error) => {
                    tracing::error!(%error, ?format, "a report could not be written");
                    None
                }
            })
            .collect();
        (report, files)
    });
    let (report, files) = written.await.map_err(Error::failed)?;
    let name: String = asked.digest.to_string().chars().take(8).collect();
    let downloads = files.into_iter().map(|(format, bytes)| Download {
        name: format!("验证报告-{name}.{}", format.extension()),
        words: match format {
            Format::Pdf => "打印用（PDF）",
            Format::Xml => "机读（XML，ETSI）",
            Format::Json => "机读（JSON）",
        },
        href: words::data_uri(format.media_type(), &bytes),
    });
    Ok((report, downloads.collect()))
}

/// The first file of a form; `None` when none was chosen.
async fn document(mut parts: Multipart) -> Result<Option<(String, Bytes)>, Error> {
    let broken = |e: axum::extract::multipart::MultipartError| Error::from_body(e.status());
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let name: String = part.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
        let bytes = part.bytes().await.map_err(broken)?;
        if bytes.len() > MOST_DOCUMENT {
            return Err(Error::TooLarge);
        }
        return Ok((!bytes.is_empty()).then_some((name, bytes)));
    }
    Ok(None)
}
