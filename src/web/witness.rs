//! This hall as a witness of other logs (C2SP tlog-witness): `add-checkpoint` for the logs, `checkpoint` for monitors.
use axum::{
    body::Bytes,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{error::Error, guard::trouble::Shown, router::Web};
use crate::{
    acts::cosign::{CosignError, cosign, cosigned},
    digest::Digest,
    ledger::witness::{NotCosigned, SIZE_TYPE},
};

const TEXT: [(header::HeaderName, &str); 2] =
    [(header::CONTENT_TYPE, "text/plain; charset=utf-8"), (header::CACHE_CONTROL, "no-store")];

/// `POST /witness/add-checkpoint`.
pub async fn add_checkpoint(State(web): State<Web>, body: Bytes) -> Result<Response, Error> {
    let status = match cosign(&web.app, &body).await {
        Ok(line) => return Ok((TEXT, format!("{line}\n")).into_response()),
        Err(CosignError::Refused(NotCosigned::Conflict(size))) => {
            let kind = [(header::CONTENT_TYPE, SIZE_TYPE)];
            let mut response = (StatusCode::CONFLICT, kind, format!("{size}\n")).into_response();
            response.extensions_mut().insert(Shown);
            return Ok(response);
        }
        Err(CosignError::Refused(NotCosigned::Malformed)) => StatusCode::BAD_REQUEST,
        Err(CosignError::Refused(NotCosigned::NotSigned)) => StatusCode::FORBIDDEN,
        Err(CosignError::Refused(NotCosigned::UnknownLog) | CosignError::NoWitness) => StatusCode::NOT_FOUND,
        Err(CosignError::Refused(NotCosigned::Inconsistent)) => StatusCode::UNPROCESSABLE_ENTITY,
        Err(CosignError::ClockSetBack) => {
            tracing::error!("the clock stands before the last cosignature");
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(CosignError::Failed(error)) => return Err(error.into()),
    };
    Ok(status.into_response())
}

/// `GET /witness/{SHA-256 of the origin}/checkpoint`.
pub async fn checkpoint(State(web): State<Web>, Path(origin): Path<String>) -> Result<Response, Error> {
    let origin: Digest = origin.parse().map_err(|_| Error::NotFound)?;
    let note = cosigned(&web.app, &origin).await?.ok_or(Error::NotFound)?;
    Ok((TEXT, note).into_response())
}
