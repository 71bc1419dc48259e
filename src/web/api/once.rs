//! `Idempotency-Key`: a request that is sent again is answered again, not carried out again.

use axum::{
    extract::FromRequestParts,
    http::{StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use serde::Serialize;

use crate::acts::once;
use crate::digest::Digest;
use crate::web::{error::Error, guard::session::SignedIn, router::Web};

/// The longest key taken.
const MOST_KEY: usize = 128;

/// The key of a request, with what the request is.
pub struct Key {
    key: String,
    place: String,
}

impl FromRequestParts<Web> for Key {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &Web) -> Result<Self, Error> {
        let key = parts.headers.get("idempotency-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if key.is_empty() || key.len() > MOST_KEY {
            return Err(Error::Unreadable(format!("请在请求头 Idempotency-Key 中给出不超过{MOST_KEY}个字符的幂等键")));
        }
        Ok(Self { key: key.to_owned(), place: format!("{} {}", parts.method, parts.uri.path()) })
    }
}

impl Key {
    /// The key itself.
    pub fn text(&self) -> &str {
        &self.key
    }

    /// The answer given before, or that of `act`. Only answers that stand are kept: a refusal may turn out otherwise when it
    /// is asked again.
    pub async fn once<T: Serialize>(
        self,
        web: &Web,
        who: &SignedIn,
        body: &impl Serialize,
        act: impl Future<Output = Result<T, Error>>,
    ) -> Result<Response, Error> {
        self.once_without(web, who, body, act, |_| ()).await
    }

    /// The same, where an answer has a secret: `strip` takes out what is shown once and not kept.
    pub async fn once_without<T: Serialize>(
        self,
        web: &Web,
        who: &SignedIn,
        body: &impl Serialize,
        act: impl Future<Output = Result<T, Error>>,
        strip: impl FnOnce(&mut T),
    ) -> Result<Response, Error> {
        let body = serde_json::to_vec(body).map_err(Error::failed)?;
        let request = Digest::of_parts(&[self.place.as_bytes(), b"\n", &body]);
        if let Some((status, answer)) = once::answered(&web.app, &who.person, &self.key, &request).await? {
            return Ok(json(StatusCode::from_u16(status).map_err(Error::failed)?, answer));
        }
        let mut answer = act.await?;
        let shown = serde_json::to_string(&answer).map_err(Error::failed)?;
        strip(&mut answer);
        let kept = serde_json::to_string(&answer).map_err(Error::failed)?;
        let status = StatusCode::CREATED;
        once::keep(&web.app, &who.person, &self.key, &request, (status.as_u16(), &kept)).await?;
        Ok(json(status, shown))
    }
}

fn json(status: StatusCode, body: String) -> Response {
    (status, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}
