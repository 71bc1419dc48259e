//! The token that shows a form came from a page we gave to this very session.
//!
//! Every session has its own, drawn when it begins. [`Sent`] is the only way for a desk to get at a form's fields, and it
//! checks the token first.
use axum::{
    body::Bytes,
    extract::{FromRequest, Multipart, Request, multipart::MultipartError},
};

use crate::web::error::Error;

/// The CSRF token of the request's session, put there by [`super::session`].
#[derive(Clone)]
pub struct CsrfToken(pub String);

impl CsrfToken {
    /// Whether `token` is this session's. Compared in constant time; an empty one never is.
    pub fn accepts(&self, token: &str) -> bool {
        let (ours, theirs) = (self.0.as_bytes(), token.as_bytes());
        let same = ours.iter().zip(theirs).fold(0, |acc, (a, b)| acc | (a ^ b)) == 0;
        same && ours.len() == theirs.len() && !ours.is_empty()
    }
}

/// The fields of a form, sent by a page of this session.
#[derive(Debug, Clone)]
pub struct Sent(Vec<(String, String)>);

impl Sent {
    /// The fields of a body; the bytes must be `application/x-www-form-urlencoded`.
    fn parse(body: &[u8]) -> Result<Vec<(String, String)>, Error> {
        let text = std::str::from_utf8(body).map_err(|_| Error::Unreadable("表单不是 UTF-8 编码".into()))?;
        Ok(text.split('&').filter(|part| !part.is_empty()).map(pair).collect())
    }

    /// A form with these fields, as if sent.
    #[cfg(test)]
    pub(crate) fn of(fields: &[(&str, &str)]) -> Self {
        Sent(fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect())
    }

    /// The first value sent under this name; empty when there is none.
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(n, _)| n == name).map_or("", |(_, v)| v)
    }

    /// Whether anything was sent under this name.
    pub fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(n, _)| n == name)
    }

    /// Every name and value, in the order sent.
    pub fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(n, v)| (n.as_str(), v.as_str()))
    }
}

fn pair(part: &str) -> (String, String) {
    let (name, value) = part.split_once('=').unwrap_or((part, ""));
    (decoded(name), decoded(value))
}

/// Undoes `application/x-www-form-urlencoded`; line ends become `\n`, what is no UTF-8 becomes U+FFFD (and is refused later,
/// by its field, as a character no font can draw).
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let coded = (first == b'%').then(|| tail.get(..2)).flatten().and_then(|h| hex::decode(h).ok());
        match coded {
            Some(byte) => {
                bytes.extend(byte);
                rest = &tail[2..];
            }
            None => {
                bytes.push(if first == b'+' { b' ' } else { first });
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).replace("\r\n", "\n")
}

/// The fields of a form and the one file chosen in it (empty: none), sent by a page of this session as `multipart/form-data`.
#[derive(Debug, Clone)]
pub struct SentWithFile {
    /// The fields.
    pub sent: Sent,
    /// The file's bytes.
    pub file: Vec<u8>,
}

impl<S: Send + Sync> FromRequest<S> for SentWithFile {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let token = request.extensions().get::<CsrfToken>().cloned().ok_or(Error::CrossSite)?;
        let unreadable = |_| Error::Unreadable("表单不完整，请重新选择文件".into());
        let mut parts = Multipart::from_request(request, state).await.map_err(unreadable)?;
        let broken = |e: MultipartError| Error::from_body(e.status());
        let (mut fields, mut file) = (Vec::new(), Vec::new());
        while let Some(part) = parts.next_field().await.map_err(broken)? {
            let name = part.name().unwrap_or_default().to_owned();
            if part.file_name().is_some() {
                file = part.bytes().await.map_err(broken)?.to_vec();
            } else {
                fields.push((name, part.text().await.map_err(broken)?.replace("\r\n", "\n")));
            }
            // The token stands first in our forms: a file of another site's is not read.
            if !token.accepts(fields.iter().find(|(n, _)| n == "csrf").map_or("", |(_, v)| v)) {
                return Err(Error::CrossSite);
            }
        }
        Ok(Self { sent: Sent(fields), file })
    }
}

/// Takes a form's fields and, where the request belongs to a session, checks the session's token. A request without a session
/// (signing in) is covered by [`super::origin`] alone: there is nothing yet that could be misused.
impl<S: Send + Sync> FromRequest<S> for Sent {
    type Rejection = Error;

    async fn from_request(request: Request, state: &S) -> Result<Self, Error> {
        let token = request.extensions().get::<CsrfToken>().cloned();
        let body = Bytes::from_request(request, state).await.map_err(|e| Error::from_body(e.status()))?;
        let sent = Sent(Sent::parse(&body)?);
        match token {
            Some(token) if !token.accepts(sent.text("csrf")) => Err(Error::CrossSite),
            _ => Ok(sent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_browsers_write_them() {
        let sent =
            Sent::parse("d%3A%E5%90%8D+%E7%A7%B0=%F0%A0%AE%B7%E7%94%B0+%26&b=1%0D%0A2&c&%zz=%".as_bytes()).unwrap();
        let expected = [("d:名 称", "𠮷田 &"), ("b", "1\n2"), ("c", ""), ("%zz", "%")];
        assert_eq!(sent, expected.map(|(n, v)| (n.to_owned(), v.to_owned())));
        assert!(Sent::parse(b"a=\xff").is_err());
        assert_eq!(Sent::parse(b"a=%ff").unwrap()[0].1, "\u{fffd}");
    }

    #[test]
    fn a_token_belongs_to_one_session() {
        let ours = CsrfToken("0f1e2d".into());
        assert!(ours.accepts("0f1e2d"));
        for other in ["", "0f1e2", "0f1e2d3", "0f1e2e"] {
            assert!(!ours.accepts(other), "{other}");
        }
        assert!(!CsrfToken(String::new()).accepts(""));
    }
}
