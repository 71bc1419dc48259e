//! The filing sheet of a seal (印章备案表): its archive with its imprint, to be printed, signed and filed.

use crate::app::App;
use crate::compose::filing_sheet::FilingSheet;
use crate::db::seal::SealRow;
use crate::digest::Digest;
use crate::hall::opening::china_time;
use crate::hall::refusal::Refusal;
use crate::hall::seal::{SealKind, SealState};
use crate::hall::staff::Duty;
use crate::pki::certificate::Certificate;

use super::person::Person;
use super::{ActError, Failure, compute, inconsistent, look, look_seals};

/// The sheet as PDF, for whoever manages the seal or audits.
pub async fn filing_sheet(app: &App, person: &Person, id: &str) -> Result<Vec<u8>, ActError> {
    person.require(&[Duty::Keeper, Duty::Administrator, Duty::Auditor])?;
    let seal = look_seals::seal(app, person, id).await?;
    if seal.key.is_none() {
        return Err(Refusal::because("seal-state", "印章还没有制作，没有可以备案的印模").into());
    }
    let sheet = sheet(app, &seal).await?;
    let (imprint, composer, at) = (app.imprint(&seal)?.imprint.svg(), app.composer.clone(), app.now());
    let pdf = compute(move || composer.filing_sheet(&sheet, imprint, at)).await?;
    pdf.map_err(|error| ActError::Failed(Failure::from(error)))
}

async fn sheet(app: &App, seal: &SealRow) -> Result<FilingSheet, ActError> {
    let department = seal.department.parse().map_err(inconsistent)?;
    let department = app.hall.department(&department).ok_or_else(|| inconsistent(&seal.department))?;
    let kind: SealKind = seal.kind.parse().map_err(inconsistent)?;
    let state: SealState = seal.state.parse().map_err(inconsistent)?;
    let certificate = Certificate::from_der(seal.certificate_der()).map_err(inconsistent)?;
    let custodian = match &seal.custodian {
        Some(custodian) => look::name_of(app, custodian).await?,
        None => String::new(),
    };
    let made = app.db.certificates_of_seal(&seal.id).await?.first().map(|first| first.since);
    let reason = app.db.steps_of_seal(&seal.id).await?.into_iter().find(|step| step.act == "apply");
    let one = |name: &str, value: String| vec![(name.to_owned(), value)];
    let two =
        |name: &str, value: String, other: &str, its: String| vec![(name.to_owned(), value), (other.to_owned(), its)];
    let term = format!("{} 至 {}", day(certificate.not_before()), day(certificate.not_after()));
    Ok(FilingSheet {
        hall: app.hall.name.clone(),
        filing: seal.filing_no.clone().unwrap_or_default(),
        name: match kind {
            SealKind::Approval => format!("{}{}", seal.name, kind.title()),
            SealKind::Department => seal.name.clone(),
        },
        rows: vec![
            two("印章编码", seal.code.clone(), "印章种类", kind.title().to_owned()),
            one("使用部门", department.name.clone()),
            two("信用代码", department.uscc.to_string(), "保管人", custodian),
            two("材质", "电子印章（矢量印模）".to_owned(), "规格", format!("圆形，直径 {} 毫米", seal.diameter_mm)),
            two("申请日期", day_of(Some(seal.applied_at)), "制作日期", day_of(made)),
            two("备案日期", seal.filed_on.clone().unwrap_or_default(), "启用日期", day_of(seal.opened_at)),
            two("现在状态", state.title().to_owned(), "废止日期", day_of(seal.retired_at)),
            one("申请原因", reason.map(|step| step.why).unwrap_or_default()),
            one("证书签发者", look::issuer(&certificate)),
            one("证书有效期", term),
            one("证书摘要", Digest::of(certificate.der()).to_string()),
            one("公钥摘要", seal.key_digest()?.to_string()),
        ],
        diameter: u8::try_from(seal.diameter_mm).map_err(inconsistent)?,
        made: china_time(app.now()).strftime("%Y-%m-%d %H:%M").to_string(),
    })
}

fn day(at: jiff::Timestamp) -> String {
    china_time(at).date().to_string()
}

fn day_of(micros: Option<i64>) -> String {
    micros.and_then(|micros| jiff::Timestamp::from_microsecond(micros).ok()).map(day).unwrap_or_default()
}
