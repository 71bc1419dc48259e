//! Propose a step of a seal's life. A report that a key is lost or in other hands suspends the seal in the same act.
//!
//! 1. whose right, why, and whether it can be done as things are: all reasons at once
//! 2. what goes with it: the scanned filing document; the imprint, drawn once, so that a name no face can draw is found now
//! 3. the step as a row, with its record in the ledger

use jiff::civil::Date;

use crate::app::App;
use crate::db::record::RowWrite;
use crate::db::seal::SealRow;
use crate::db::seal_step::{NoticeRow, StepRow};
use crate::digest::Digest;
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::seal::{SealAct, SealCode, SealKind, SealState};
use crate::hall::seal_step::{Plan, check_plan, check_proposer, reason};
use crate::imprint::ImprintError;
use crate::ledger::entry::{About, Entry, SealChange};

use super::super::papers::Paper;
use super::super::person::{Person, refused};
use super::super::record::{Act, record, record_as};
use super::super::{ActError, inconsistent};
use super::{Loaded, SEAL_YEARS, in_words, seal};

/// What a seal's code is counted under.
const CODES: &str = "seal";

/// A step as it is asked for.
#[derive(Debug, Clone)]
pub enum Asked {
    /// A new seal for the keeper's department.
    Apply {
        /// Of which kind.
        kind: SealKind,
        /// The text on the arc.
        name: String,
        /// The diameter in millimetres.
        diameter_mm: u8,
    },
    /// Key and certificate.
    Make,
    /// The filing.
    File {
        /// The code as the filing document has it.
        code: String,
        /// The filing number.
        number: String,
        /// The day of the filing.
        on: Option<Date>,
        /// The scanned filing document, PDF.
        document: Vec<u8>,
    },
    /// Into force.
    Enable,
    /// Into force again.
    Resume,
    /// Another one into force instead.
    Replace {
        /// Which.
        by: String,
    },
    /// The end.
    Retire,
    /// A new certificate.
    Renew,
    /// The key is lost or in other hands.
    Compromise,
}

impl Asked {
    const fn act(&self) -> SealAct {
        match self {
            Self::Apply { .. } => SealAct::Apply,
            Self::Make => SealAct::Make,
            Self::File { .. } => SealAct::File,
            Self::Enable => SealAct::Enable,
            Self::Resume => SealAct::Resume,
            Self::Replace { .. } => SealAct::Replace,
            Self::Retire => SealAct::Retire,
            Self::Renew => SealAct::Renew,
            Self::Compromise => SealAct::Compromise,
        }
    }
}

/// Proposes a step of this seal (an application has none yet) for this reason; gives the step and the seal.
pub async fn propose(
    app: &App,
    person: &Person,
    id: Option<&str>,
    asked: Asked,
    why: &str,
) -> Result<StepRow, ActError> {
    let act = format!("seal-{}", asked.act());
    match run(app, person, id, asked, why).await {
        Ok(step) => Ok(step),
        Err(error) => Err(refused(app, &act, id.unwrap_or_default(), person, error).await),
    }
}

async fn run(app: &App, person: &Person, id: Option<&str>, asked: Asked, why: &str) -> Result<StepRow, ActError> {
    // 1
    let act = asked.act();
    let loaded = match (&asked, id) {
        (Asked::Apply { kind, .. }, _) => {
            let own = person.staff.department.clone();
            let department = own.ok_or_else(|| Refusal::because("wrong-duty", "印章由各部门的印章管理员申请"))?;
            Loaded::of_application(app, department, *kind)
        }
        (Asked::Replace { by }, Some(id)) => Loaded::of_seal(app, seal(app, id).await?, Some(by)).await?,
        (_, Some(id)) => Loaded::of_seal(app, seal(app, id).await?, None).await?,
        (_, None) => return Err(ActError::NotFound),
    };
    let mut reasons = Reasons::new();
    check_proposer(act, &loaded.acting(app, person).await?, &mut reasons);
    let why = reason(why).map_err(|refusal| reasons.absorb(refusal)).unwrap_or_default();
    let document = match &asked {
        Asked::File { document, .. } => Paper::read("document", document.clone(), &mut reasons).await?,
        _ => None,
    };
    let plan = plan(app, person, &asked, &loaded, &mut reasons).await?;
    if let Some(plan) = &plan {
        check_plan(plan, &loaded.facts(app), &mut reasons);
    }
    reasons.into_result()?;
    let plan = plan.ok_or_else(|| inconsistent("a step without a plan"))?;
    // 2
    let id = id.map_or_else(|| app.new_uuid().to_string(), str::to_owned);
    let stored = match document {
        None => None,
        Some(paper) => Some(paper.keep(app).await?.as_bytes().to_vec()),
    };
    // 3
    let step = StepRow {
        id: app.new_uuid().to_string(),
        seal: id,
        department: loaded.department.to_string(),
        act: act.as_str().to_owned(),
        plan: serde_json::to_string(&plan).map_err(inconsistent)?,
        document: stored,
        why,
        proposed_by: person.staff.id.to_string(),
        proposed_at: app.now().as_microsecond(),
        state: "pending".to_owned(),
        decided_by: None,
        decided_at: None,
        decided_why: None,
    };
    log(app, person, &loaded, &step, act).await?;
    Ok(step)
}

/// The plan; `None` where a reason says why there is none.
async fn plan(
    app: &App,
    person: &Person,
    asked: &Asked,
    loaded: &Loaded,
    reasons: &mut Reasons,
) -> Result<Option<Plan>, ActError> {
    let years = u8::try_from(SEAL_YEARS).map_err(inconsistent)?;
    Ok(Some(match asked {
        Asked::Apply { kind, name, diameter_mm } => {
            let plan = |code| Plan::Apply {
                department: loaded.department.clone(),
                kind: *kind,
                name: name.trim().to_owned(),
                diameter_mm: *diameter_mm,
                code,
                custodian: person.staff.id,
            };
            // Asked with any code first: one that is taken is never given again.
            let draft = plan(SealCode::new(&app.hall.area, 1).map_err(inconsistent)?);
            check_plan(&draft, &loaded.facts(app), reasons);
            check_imprint(app, &applied(&draft, "", 0)?, reasons)?;
            if !reasons.is_empty() {
                return Ok(None);
            }
            plan(new_code(app).await?)
        }
        Asked::Make => Plan::Make { years },
        Asked::File { code, number, on, document } => {
            let parsed = code.trim().parse::<SealCode>();
            if parsed.is_err() {
                reasons.add_field("code-differs", "code", "请填写备案材料上的印章编码，共14位数字");
            }
            if on.is_none() {
                reasons.add_field("filing-day", "on", "请填写备案日期");
            }
            // Whatever is missing has been said; the rest is looked at all the same.
            let held = || loaded.code.clone().ok_or_else(|| inconsistent("a seal without a code"));
            let code = parsed.map_or_else(|_| held(), Ok)?;
            let (on, document) = (on.unwrap_or_else(|| china_date(app.now())), Digest::of(document));
            Plan::File { code, number: number.trim().to_owned(), on, document }
        }
        Asked::Enable => Plan::Enable,
        Asked::Resume => Plan::Resume,
        Asked::Replace { by } => match by.parse() {
            Ok(by) => Plan::Replace { by },
            Err(_) => {
                reasons.add_field("no-successor", "by", "请选择已备案的新印章");
                return Ok(None);
            }
        },
        Asked::Retire => Plan::Retire,
        Asked::Renew => Plan::Renew { years },
        Asked::Compromise => Plan::Compromise,
    }))
}

/// The next seal code of the area.
pub(in crate::acts) async fn new_code(app: &App) -> Result<SealCode, ActError> {
    let serial = app.db.take_number(CODES, 0).await?;
    SealCode::new(&app.hall.area, u32::try_from(serial).map_err(inconsistent)?).map_err(inconsistent)
}

/// The seal that comes of an application.
pub(in crate::acts) fn applied(plan: &Plan, id: &str, at: i64) -> Result<SealRow, ActError> {
    let Plan::Apply { department, kind, name, diameter_mm, code, custodian } = plan else {
        return Err(inconsistent("not an application"));
    };
    Ok(SealRow {
        id: id.to_owned(),
        department: department.to_string(),
        kind: kind.as_str().to_owned(),
        code: code.to_string(),
        name: name.clone(),
        diameter_mm: i64::from(*diameter_mm),
        custodian: Some(custodian.to_string()),
        state: SealState::Applied.as_str().to_owned(),
        applied_at: at,
        key: None,
        certificate: None,
        chain: None,
        certified_at: None,
        filing_no: None,
        filed_on: None,
        filing_document: None,
        opened_at: None,
        retired_at: None,
    })
}

/// Draws the imprint once: a name that no face can draw, or that is too long to be read, is refused.
pub(super) fn check_imprint(app: &App, seal: &SealRow, reasons: &mut Reasons) -> Result<(), ActError> {
    let text = match app.draw(seal) {
        // What these say has been said already.
        Ok(_) | Err(ImprintError::EmptyName | ImprintError::Diameter(_)) => return Ok(()),
        Err(ImprintError::MissingGlyphs(missing)) => {
            format!("印章名称中的“{missing}”没有可用的字形，不能制章，请核对名称，或请系统管理员补充字库")
        }
        Err(ImprintError::NameTooLong(length)) => {
            format!("印章名称有{length}个字，在这个直径的印章上排不下，请加大直径或核对名称")
        }
        Err(error) => return Err(error.into()),
    };
    reasons.add_field("name-not-drawable", "name", text);
    Ok(())
}

/// The step's row and record; a seal whose loss is reported is suspended with it, and the auditor is told.
async fn log(app: &App, person: &Person, loaded: &Loaded, step: &StepRow, act: SealAct) -> Result<(), ActError> {
    let now = app.now();
    let said = Act::by("seal.propose", person, now).because(step.why.clone());
    let mut rows = vec![step.write()];
    let done = if act == SealAct::Compromise {
        rows.push(NoticeRow::write(app.new_uuid().to_string(), "seal-reported-lost", &step.seal, step.proposed_at));
        match loaded.state {
            Some(SealState::Active) => {
                let seal = loaded.seal()?;
                rows.push(suspended(seal));
                let key = seal.key_digest()?;
                record_as(app, said, rows, |approvals, day| {
                    Entry::SealSuspend(SealChange { seal: key, approvals, day })
                })
                .await
            }
            _ => record(app, About::Seal, said, rows).await,
        }
    } else {
        record(app, About::Seal, said, rows).await
    };
    match done {
        Ok(_) => Ok(()),
        Err(error) => Err(in_words(app, &step.seal, error).await),
    }
}

fn suspended(seal: &SealRow) -> RowWrite {
    seal.change().set("state", SealState::Suspended.as_str())
}
