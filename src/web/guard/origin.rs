//! An act must be asked for by a page of this site.
//!
//! First half of the defence against cross-site request forgery (the second is the token of [`super::csrf`]): browsers say
//! where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`. A page request that changes something and carries
//! neither is refused. The JSON interface takes no cookies and needs none of this.
use axum::{
    extract::Request,
    http::{HeaderMap, Uri, header, uri::Authority},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::web::error::Error;

/// Refuses unsafe requests from elsewhere.
pub async fn origin(request: Request, next: Next) -> Response {
    if request.method().is_safe() || ours(request.headers(), request.uri()) {
        return next.run(request).await;
    }
    Error::CrossSite.into_response()
}

fn ours(headers: &HeaderMap, uri: &Uri) -> bool {
    let text = |name| headers.get(name).and_then(|v| v.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return site == "same-origin";
    }
    let host = uri.authority().map(Authority::as_str).or_else(|| text(header::HOST.as_str()));
    let Some(origin) = text(header::ORIGIN.as_str()) else { return false };
    let authority = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    authority.is_some() && authority == host
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(list: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in list {
            headers.insert(*name, value.parse().unwrap());
        }
        ours(&headers, &Uri::from_static("/cases"))
    }

    #[test]
    fn only_our_own_pages_act() {
        assert!(asked(&[("sec-fetch-site", "same-origin")]));
        assert!(!asked(&[("sec-fetch-site", "same-site"), ("origin", "https://hall"), ("host", "hall")]));
        assert!(!asked(&[("sec-fetch-site", "cross-site")]));
        assert!(!asked(&[("sec-fetch-site", "none")]));
        assert!(asked(&[("origin", "https://hall:8443"), ("host", "hall:8443")]));
        assert!(!asked(&[("origin", "https://hall.evil"), ("host", "hall")]));
        assert!(!asked(&[("origin", "null"), ("host", "hall")]));
        assert!(!asked(&[("host", "hall")]));
    }
}
