//! A PDF file in a JSON body.

use std::{convert::Infallible, net::SocketAddr};

use axum::{
    body::{Body, Bytes},
    extract::{ConnectInfo, DefaultBodyLimit, FromRequest, Request, State},
    middleware::{self, Next},
    response::Response,
    routing::MethodRouter,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::acts::papers::MOST_PAPER;
use crate::digest::Digest;
use crate::web::error::Error;
use crate::web::guard::session::SignedIn;
use crate::web::router::{MOST_FORM, Web};

/// The bytes of a file: read from base64 (RFC 4648, section 4), written as their SHA-256, by which a request is known again.
pub struct Paper(pub Vec<u8>);

impl Serialize for Paper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Digest::of(&self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Paper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// Takes the largest paper in base64, and what stands around it: from somebody signed in, few at the same time.
pub fn with_paper(web: &Web, route: MethodRouter<Web>) -> MethodRouter<Web> {
    let most = DefaultBodyLimit::max(MOST_PAPER.div_ceil(3) * 4 + MOST_FORM);
    route.route_layer(middleware::from_fn_with_state(web.clone(), held)).layer::<_, Infallible>(most)
}

async fn held(
    State(web): State<Web>,
    _: SignedIn,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    request: Request,
    next: Next,
) -> Result<Response, Error> {
    let (parts, body) = request.into_parts();
    let request = Request::from_parts(parts.clone(), body);
    let whole = async { Bytes::from_request(request, &()).await.map_err(|e| Error::from_body(e.status())) };
    let (bytes, _held) = web.uploads.read(peer.ip(), whole).await?;
    Ok(next.run(Request::from_parts(parts, Body::from(bytes))).await)
}
