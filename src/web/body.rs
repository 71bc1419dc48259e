//! A JSON body, or one clear answer that says where it is wrong.

use axum::extract::rejection::JsonRejection;
use axum::extract::{FromRequest, Request};

use super::error::Error;

/// The body of a request as JSON.
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: serde::de::DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        match axum::Json::<T>::from_request(request, state).await {
            Ok(axum::Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(rejection)) => Err(Error::from_body(rejection.status())),
            Err(rejection) => Err(Error::Unreadable(format!("请求正文不是所要的 JSON：{}", rejection.body_text()))),
        }
    }
}
