//! Verification for anybody: a PDF in, the report out; nothing is kept.

use std::{net::SocketAddr, time::Instant};

use axum::{
    Json,
    body::Bytes,
    extract::{ConnectInfo, FromRequest, Request, State},
};

use super::super::{error::Error, router::Web};
use super::{problems, report};
use crate::acts::verify;
use crate::verify::Report;

/// Judges the PDF in the body. The report is the one `yinxin verify --json` writes.
#[utoipa::path(post, path = "/api/v1/verifications", request_body(content = Vec<u8>, content_type = "application/pdf"),
    responses((status = 200, body = report::Report), problems::Body, problems::Rate))]
pub async fn judge(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
) -> Result<Json<Report>, Error> {
    if !web.verifications.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let whole = async { Bytes::from_request(request, &()).await.map_err(|e| Error::from_body(e.status())) };
    let (bytes, _held) = web.uploads.read(peer.ip(), whole).await?;
    Ok(Json(verify::verify(&web.app, &web.judging, String::new(), bytes).await?))
}
