//! For everybody: assets, health, the public's pages.
use axum::{
    extract::{Path, State},
    http::header,
    response::{IntoResponse, Response},
};

use crate::web::{error::Error, kit::shell::asset, pages, router::Web};

/// `GET /assets/{file}`. The addresses in pages change with the content, so that browsers may keep what they have.
pub async fn asset(Path(file): Path<String>) -> Result<Response, Error> {
    let (kind, text) = match file.as_str() {
        "yinxin.css" => ("text/css; charset=utf-8", asset::CSS),
        "yinxin.js" => ("text/javascript; charset=utf-8", asset::JS),
        "mark.svg" => ("image/svg+xml", asset::MARK),
        "sample-page.svg" => ("image/svg+xml", include_str!("../assets/sample-page.svg")),
        "sample-imprint.svg" => ("image/svg+xml", include_str!("../assets/sample-imprint.svg")),
        _ => return Err(Error::NotFound),
    };
    let headers = [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, "public, max-age=31536000, immutable")];
    Ok((headers, text).into_response())
}

/// `GET /healthz`: the process answers.
pub async fn live() -> &'static str {
    "ok\n"
}

/// `GET /about`.
pub async fn about(State(web): State<Web>) -> Response {
    let shell = web.shell("关于印信", "/about");
    shell.show(pages::about::show(&web.hall)).into_response()
}
