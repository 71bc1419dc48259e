//! Documents about an earlier certificate: a decision that withdraws it, one that takes its place (变更、换发、补发), an annotated
//! copy of it (加注件).

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::App;
use crate::compose::Annotation;
use crate::db::certificate::CertificateRow;
use crate::hall::certificate::{Replacement, Standing};
use crate::hall::item::Item;
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};

use super::ActError;
use super::draft::{Draft, Request};

/// The field of a decision that names the certificate it withdraws.
const WITHDRAWN_NUMBER: &str = "原许可证号";
/// Longest purpose of a copy, in characters.
const MAX_PURPOSE: usize = 60;

/// The certificate whose place a new one takes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Replaces {
    /// Its number, which the new one bears, too.
    pub number: String,
    /// Why there is a new one.
    pub how: Replacement,
}

/// The certificate an annotated copy is of.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CopyOf {
    /// Its number, which the copy bears, too.
    pub number: String,
    /// What the copy is for: printed on every page.
    pub purpose: String,
    /// The last day on which it may be used: printed on every page.
    pub until: Date,
}

/// What a document has to do with an earlier certificate.
#[derive(Debug, Clone)]
pub(super) enum Earlier {
    /// It withdraws it.
    Withdraws(String),
    /// It takes its place.
    Replaces { id: String, how: Replacement, issue: i64, number: String },
    /// It is an annotated copy of it.
    Copies { id: String, number: String, purpose: String, until: Date },
}

impl Earlier {
    /// The number that is not taken anew.
    pub(super) fn number(&self) -> Option<&str> {
        match self {
            Self::Withdraws(_) => None,
            Self::Replaces { number, .. } | Self::Copies { number, .. } => Some(number),
        }
    }

    /// What is printed on every page of a copy.
    pub(super) fn annotation(&self) -> Option<Annotation> {
        match self {
            Self::Copies { purpose, until, .. } => Some(Annotation { purpose: purpose.clone(), until: *until }),
            _ => None,
        }
    }
}

/// Finds the earlier certificate that a request is about, and fills the draft with what comes from it.
pub(super) async fn fill(app: &App, request: &Request, item: &Item, draft: &mut Draft<'_>) -> Result<(), ActError> {
    match (&request.replaces, &request.copy) {
        (None, None) => fill_withdrawn(app, draft).await,
        (Some(replaces), None) => replace(app, replaces, item, draft).await,
        (None, Some(copy)) => annotate(app, copy, item, draft).await,
        (Some(_), Some(_)) => {
            Err(Refusal::because("replace-or-copy", "变更（换发、补发）与加注件不能在同一件中办理").into())
        }
    }
}

/// The certificate in force with that number.
async fn in_force(app: &App, item: &Item, number: &str, field: &str) -> Result<CertificateRow, ActError> {
    let found = app.db.certificate_of_item(item.code.as_str(), number.trim()).await?;
    let standing = found.as_ref().and_then(|one| one.standing(china_date(app.now())));
    match (found, standing) {
        (Some(certificate), Some(Standing::InForce)) => Ok(certificate),
        (_, Some(standing)) => {
            let text = format!("证号为“{}”的证照{}，不能再办理", number.trim(), standing.title());
            Err(about("not-in-force", field, text))
        }
        _ => Err(about("no-such-certificate", field, format!("本事项没有证号为“{}”的证照，请核对", number.trim()))),
    }
}

async fn replace(app: &App, replaces: &Replaces, item: &Item, draft: &mut Draft<'_>) -> Result<(), ActError> {
    let old = in_force(app, item, &replaces.number, "replaces").await?;
    if item.fields.iter().any(|field| field == WITHDRAWN_NUMBER) {
        return Err(about("decision-stands", "replaces", "决定书不办理变更、换发和补发".into()));
    }
    let data: Map<String, Value> = serde_json::from_str(&old.data).map_err(super::inconsistent)?;
    let mut reasons = Reasons::new();
    if replaces.how == Replacement::Reissue {
        // A reissue says what the lost one said: nothing needs to be entered, and nothing else can be.
        let other = draft.data.iter().filter(|(field, value)| data.get(*field) != Some(value));
        for (field, _) in other {
            reasons.add_field(
                "reissue-changes",
                field,
                format!("补发的内容与原证照一致，“{field}”不能改动；有改动的请办理变更"),
            );
        }
        draft.data = data;
    } else {
        for field in item.number.choice_fields().filter(|field| draft.data.get(*field) != data.get(*field)) {
            let text = format!("“{field}”决定证号，不能变更；请按新申请办理，并注销原证照");
            reasons.add_field("number-field-changed", field, text);
        }
    }
    reasons.into_result()?;
    draft.earlier = Some(Earlier::Replaces { id: old.id, how: replaces.how, issue: old.issue + 1, number: old.number });
    Ok(())
}

async fn annotate(app: &App, copy: &CopyOf, item: &Item, draft: &mut Draft<'_>) -> Result<(), ActError> {
    let original = in_force(app, item, &copy.number, "copy").await?;
    let mut reasons = Reasons::new();
    if !draft.data.is_empty() {
        reasons.add("copy-has-data", "加注件的内容来自原证照，不另填写");
    }
    let purpose = copy.purpose.trim();
    if purpose.is_empty() || purpose.chars().count() > MAX_PURPOSE || purpose.chars().any(char::is_control) {
        reasons.add_field("purpose-missing", "purpose", format!("请写明加注件的用途，不超过{MAX_PURPOSE}个字"));
    }
    if copy.until < china_date(app.now()) {
        reasons.add_field("bad-end", "until", "截止日期不能早于今天");
    }
    if original.last_day().is_some_and(|last| last < copy.until) {
        reasons.add_field("bad-end", "until", "截止日期不能晚于原证照的有效期");
    }
    reasons.into_result()?;
    draft.data = serde_json::from_str(&original.data).map_err(super::inconsistent)?;
    draft.earlier = Some(Earlier::Copies {
        id: original.id,
        number: original.number,
        purpose: purpose.to_owned(),
        until: copy.until,
    });
    Ok(())
}

/// Fills in the number of the certificate that a decision withdraws: given by its case, or by itself.
async fn fill_withdrawn(app: &App, draft: &mut Draft<'_>) -> Result<(), ActError> {
    let Some(Value::String(given)) = draft.data.get(WITHDRAWN_NUMBER) else { return Ok(()) };
    let of_case = given.strip_prefix('（').and_then(|rest| rest.strip_suffix(" 的证号，由系统填入）"));
    let found: Option<CertificateRow> = match of_case {
        Some(case) => app.db.certificate_of_case(case.trim()).await?,
        None => app.db.certificate_by_number(given.trim()).await?,
    };
    // A department withdraws what it has issued itself; what has run out, too: the decision also speaks about the time before.
    let department = |code: &str| code.parse().ok().and_then(|code| app.hall.item(&code)).map(|item| &item.department);
    let ours = department(&draft.key);
    let stands = |one: &CertificateRow| one.standing(china_date(app.now())).is_some_and(|now| now.withdraw().is_ok());
    // A letter of authorization is revoked by its own act.
    let is_certificate = |one: &CertificateRow| one.copy_of.is_none() && one.letter.is_none();
    match found.filter(|one| is_certificate(one) && stands(one) && department(&one.item) == ours) {
        Some(certificate) => {
            draft.data.insert(WITHDRAWN_NUMBER.to_owned(), Value::String(certificate.number));
            draft.earlier = Some(Earlier::Withdraws(certificate.id));
            Ok(())
        }
        None if given.trim().is_empty() => Ok(()), // the template's own check says that it is blank
        None => Err(about("no-such-certificate", WITHDRAWN_NUMBER, "没有这一证号的有效证照，请核对原许可证号".into())),
    }
}

fn about(code: &'static str, field: &str, text: String) -> ActError {
    let mut reasons = Reasons::new();
    reasons.add_field(code, field, text);
    reasons.into_result().map_or_else(ActError::Refused, |()| ActError::NotFound)
}
