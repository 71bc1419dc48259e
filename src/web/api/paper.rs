//! A PDF file in a JSON body.

use axum::{extract::DefaultBodyLimit, routing::MethodRouter};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::acts::papers::MOST_PAPER;
use crate::web::router::{MOST_FORM, Web};

/// The bytes of a file; in JSON base64 (RFC 4648, section 4).
#[derive(Clone)]
pub struct Paper(pub Vec<u8>);

impl Serialize for Paper {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&BASE64_STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Paper {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        BASE64_STANDARD.decode(text).map(Self).map_err(D::Error::custom)
    }
}

/// Takes the largest paper in base64, and what stands around it.
pub fn with_paper(route: MethodRouter<Web>) -> MethodRouter<Web> {
    route.layer(DefaultBodyLimit::max(MOST_PAPER.div_ceil(3) * 4 + MOST_FORM))
}
