//! Once: a request that carries a key is carried out once; the same request again gets the first answer.

use crate::app::App;
use crate::digest::Digest;

use super::ActError;
use super::person::Person;

/// The answer given to this person's key before. The same key for another request is a conflict.
pub async fn answered(
    app: &App,
    person: &Person,
    key: &str,
    request: &Digest,
) -> Result<Option<(u16, String)>, ActError> {
    let Some(found) = app.db.answered(&person.staff.id.to_string(), key).await? else { return Ok(None) };
    if found.request != request.as_bytes() {
        return Err(ActError::Conflict("这个幂等键（Idempotency-Key）已用于另一请求，请换一个"));
    }
    Ok(Some((u16::try_from(found.status).unwrap_or(500), found.body)))
}

/// Keeps an answer under a key; the first one stands.
pub async fn keep(
    app: &App,
    person: &Person,
    key: &str,
    request: &Digest,
    answer: (u16, &str),
) -> Result<(), ActError> {
    let staff = person.staff.id.to_string();
    Ok(app.db.keep_answer(&staff, key, request, answer, app.now().as_microsecond()).await?)
}
