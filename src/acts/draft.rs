//! What a case asks for, before anything is taken or kept: which documents, from which templates, with whose seals.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::app::App;
use crate::compose::{Checked, ComposeError, Composed, Facts, Preview, Signer, Template};
use crate::hall::calendar::Limit;
use crate::hall::counter::{self, Submission as CounterSubmission};
use crate::hall::department::Department;
use crate::hall::file::Hall;
use crate::hall::id::{DepartmentKey, ItemCode, WindowNo};
use crate::hall::item::{Item, Joint};
use crate::hall::number::NumberPattern;
use crate::hall::opening::{Moment, china_date};
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::seal::SealKind;
use crate::picture::Pictures;

use super::calendar::moment;
pub use super::earlier::{CopyOf, Replaces};
use super::earlier::{Earlier, fill};
use super::person::Person;
use super::seal_letter::SignedLetter;
use super::{ActError, compute, inconsistent};

/// The field of a joint document that lists what was decided; the service fills it in.
pub const DECIDED_ITEMS: &str = "办结事项及文号";

/// What is asked for in a case.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// The item, for a case of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<ItemCode>,
    /// The joint matter, for a case of several departments.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub joint: Option<String>,
    /// The fields of the certificate, or of the joint document.
    pub data: Map<String, Value>,
    /// In a joint case: the fields of each item's certificate. What the joint document has under the same name need not
    /// be entered again.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<String, Map<String, Value>>,
    /// Marked major by the department.
    #[serde(default)]
    pub major: bool,
    /// Marked disputed.
    #[serde(default)]
    pub disputed: bool,
    /// A key project (重点项目直通车): first in every list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub key_project: bool,
    /// The materials received, as the items name them.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub materials: BTreeSet<String>,
    /// The certificate whose place the new one takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Replaces>,
    /// The letter of authorization that is to be sealed: asked for at the letter, never in what is sent to a window.
    #[serde(default, skip_deserializing, skip_serializing_if = "Option::is_none")]
    pub letter: Option<SignedLetter>,
    /// The certificate of which an annotated copy is asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyOf>,
}

impl Request {
    /// Whether it asks for something new, and not for a change or copy of what was issued before.
    pub fn is_new(&self) -> bool {
        self.replaces.is_none() && self.copy.is_none()
    }
}

/// One document to be made.
pub(super) struct Draft<'a> {
    /// Item code, or the joint document's name: what its number belongs to.
    pub(super) key: String,
    pub(super) title: String,
    pub(super) template: Arc<Template>,
    pub(super) data: Map<String, Value>,
    pub(super) signers: Vec<SignerPlan<'a>>,
    /// `None`: the joint document bears the number of the case.
    pub(super) pattern: Option<&'a NumberPattern>,
    /// The earlier certificate it is about.
    pub(super) earlier: Option<Earlier>,
    /// The letter of authorization that it is.
    pub(super) letter: Option<SignedLetter>,
    /// Who issues a document that bears no item's seal.
    issuer: Option<&'a Department>,
}

impl<'a> Draft<'a> {
    /// A letter of authorization, which the department issues and no item's seal stands on.
    pub(super) fn of_letter(template: Arc<Template>, data: Map<String, Value>, issuer: &'a Department) -> Self {
        let title = template.name.clone();
        Self {
            key: title.clone(),
            title,
            template,
            data,
            signers: Vec::new(),
            pattern: None,
            earlier: None,
            letter: None,
            issuer: Some(issuer),
        }
    }

    /// How its number is taken; none where it bears one that is there already.
    pub(super) fn new_number(&self) -> Option<&'a NumberPattern> {
        self.pattern.filter(|_| self.given_number().is_none())
    }

    /// The number that is there already: of the certificate it replaces or copies, of the letter it is.
    fn given_number(&self) -> Option<&str> {
        self.earlier.as_ref().and_then(Earlier::number).or(self.letter.as_ref().map(SignedLetter::number))
    }

    /// Who stands below the document, in the order of its places for seals.
    fn issuers(&self) -> impl Iterator<Item = &'a Department> {
        self.signers.iter().map(|signer| signer.department).chain(self.issuer)
    }
}

/// One seal on a document: whose, and under which item it is used.
pub(super) struct SignerPlan<'a> {
    pub(super) department: &'a Department,
    pub(super) kind: SealKind,
    pub(super) item: &'a Item,
}

/// The documents of a case in the order they are numbered and sealed, and where the case was accepted.
pub(super) struct Plan<'a> {
    pub(super) title: String,
    pub(super) window: WindowNo,
    pub(super) drafts: Vec<Draft<'a>>,
    /// The items that are decided.
    pub(super) items: Vec<&'a Item>,
}

impl Plan<'_> {
    /// How long the case may take.
    pub(super) fn limit(&self) -> Limit {
        Limit::longest(self.items.iter().map(|item| item.limit()))
    }

    /// The fees its items name.
    pub(super) fn fee(&self, request: &Request) -> Option<String> {
        let fees: Vec<&str> = self.items.iter().filter_map(|item| item.guide.fee.as_deref()).collect();
        (request.is_new() && !fees.is_empty()).then(|| fees.join("；"))
    }

    /// The recorded entrustments under which the integrated window accepts it.
    pub(super) fn entrustment(&self, hall: &Hall) -> Option<String> {
        let departments: BTreeSet<&DepartmentKey> = self.items.iter().map(|item| &item.department).collect();
        let recorded = departments.into_iter().filter_map(|key| hall.department(key)).filter_map(|department| {
            let (record, scope) = department.entrustment()?;
            Some(format!("{}：{record}（{}）", department.name, scope.title()))
        });
        Some(recorded.collect::<Vec<_>>().join("；")).filter(|all| !all.is_empty())
    }

    /// What of the materials is missing, each with its reason, and what was named that no item asks for.
    pub(super) fn check_materials(&self, request: &Request, reasons: &mut Reasons) {
        let guides = || self.items.iter().map(|item| &item.guide);
        let required: BTreeSet<&String> = guides().flat_map(|guide| &guide.materials).collect();
        let known: BTreeSet<&String> = guides().flat_map(|guide| &guide.conditional).chain(required.clone()).collect();
        for name in required.into_iter().filter(|name| request.is_new() && !request.materials.contains(*name)) {
            reasons.add_field("material-missing", name, format!("缺少材料“{name}”，请一次告知申请人补齐"));
        }
        for name in request.materials.iter().filter(|name| !known.contains(name)) {
            reasons.add_field("unknown-material", name, format!("本事项没有“{name}”这一材料，请核对"));
        }
    }
}

/// Asks the counter's rules and finds templates and departments.
pub(super) async fn plan<'a>(app: &'a App, person: &Person, request: &Request) -> Result<Plan<'a>, ActError> {
    match (&request.item, &request.joint) {
        (Some(code), None) => {
            let item = app.hall.item(code).ok_or_else(|| unknown("item", code.as_str()))?;
            let window = match &request.letter {
                Some(letter) => letter.window(),
                None => accept(app, person, item, moment(app).await?)?,
            };
            let mut draft = item_draft(app, item, request.data.clone())?;
            draft.letter = request.letter.clone();
            fill(app, request, item, &mut draft).await?;
            Ok(Plan { title: title(item, request), window, drafts: vec![draft], items: vec![item] })
        }
        (None, Some(name)) if request.is_new() => {
            let joint = app.hall.joint(name).ok_or_else(|| unknown("joint", name))?;
            joint_plan(app, person, joint, request, moment(app).await?)
        }
        _ => Err(Refusal::because("item-or-joint", "请指明一个事项，或一个并联审批事项（二者选一）").into()),
    }
}

fn title(item: &Item, request: &Request) -> String {
    match (&request.replaces, &request.copy) {
        (Some(replaces), _) => format!("{}（{}）", item.name, replaces.how.title()),
        (None, Some(_)) => format!("{}（加注件）", item.name),
        (None, None) => item.name.clone(),
    }
}

fn unknown(field: &str, name: &str) -> ActError {
    let mut reasons = Reasons::new();
    reasons.add_field("unknown-item", field, format!("没有“{name}”这一事项，请核对事项编码"));
    reasons.into_result().map_or_else(ActError::Refused, |()| ActError::NotFound)
}

fn accept(app: &App, person: &Person, item: &Item, now: Moment) -> Result<WindowNo, ActError> {
    let department = app.hall.department(&item.department).ok_or_else(|| inconsistent(&item.code))?;
    let submission = CounterSubmission { actor: person.actor(&app.hall), item, department, now };
    Ok(counter::accept(&submission)?.window().clone())
}

fn item_draft<'a>(app: &'a App, item: &'a Item, data: Map<String, Value>) -> Result<Draft<'a>, ActError> {
    let template = app.templates.named(&item.certificate).ok_or_else(|| inconsistent(&item.certificate))?;
    let department = app.hall.department(&item.department).ok_or_else(|| inconsistent(&item.code))?;
    Ok(Draft {
        key: item.code.to_string(),
        title: item.certificate.clone(),
        template: template.clone(),
        data,
        signers: vec![SignerPlan { department, kind: item.seal.kind(), item }],
        pattern: Some(&item.number),
        earlier: None,
        letter: None,
        issuer: None,
    })
}

fn joint_plan<'a>(
    app: &'a App,
    person: &Person,
    joint: &'a Joint,
    request: &Request,
    now: Moment,
) -> Result<Plan<'a>, ActError> {
    let (mut drafts, mut items) = (Vec::new(), Vec::new());
    let mut window = None;
    let mut signers = Vec::new();
    for code in &joint.items {
        let item = app.hall.item(code).ok_or_else(|| inconsistent(code))?;
        window = Some(accept(app, person, item, now)?);
        let mut data = request.certificates.get(code.as_str()).cloned().unwrap_or_default();
        for field in &item.fields {
            if let (None, Some(shared)) = (data.get(field), request.data.get(field)) {
                data.insert(field.clone(), shared.clone());
            }
        }
        drafts.push(item_draft(app, item, data)?);
        items.push(item);
    }
    for key in &joint.signers {
        let department = app.hall.department(key).ok_or_else(|| inconsistent(key))?;
        let of_department =
            joint.items.iter().filter_map(|code| app.hall.item(code)).find(|item| item.department == *key);
        let item = of_department.ok_or_else(|| inconsistent(key))?;
        signers.push(SignerPlan { department, kind: SealKind::Approval, item });
    }
    let template = app.templates.named(&joint.joint_document).ok_or_else(|| inconsistent(&joint.joint_document))?;
    drafts.push(Draft {
        key: joint.joint_document.clone(),
        title: joint.joint_document.clone(),
        template: template.clone(),
        data: request.data.clone(),
        signers,
        pattern: None,
        earlier: None,
        letter: None,
        issuer: None,
    });
    let window = window.ok_or_else(|| inconsistent(&joint.name))?;
    Ok(Plan { title: joint.name.clone(), window, drafts, items })
}

/// Gives every document its number and fills what the service fills in.
pub(super) fn number_with(
    drafts: &mut [Draft<'_>],
    case: &str,
    mut number: impl FnMut(&Draft<'_>) -> Result<String, ActError>,
) -> Result<Vec<String>, ActError> {
    let mut numbers = Vec::new();
    for draft in drafts.iter_mut() {
        if let Some(given) = draft.given_number() {
            numbers.push(given.to_owned());
        } else if draft.pattern.is_some() {
            numbers.push(number(draft)?);
        } else {
            numbers.push(case.to_owned());
        }
    }
    let decided: Vec<String> = drafts
        .iter()
        .zip(&numbers)
        .filter(|(draft, _)| draft.pattern.is_some())
        .map(|(draft, number)| format!("{}（{number}）", draft.title))
        .collect();
    for draft in drafts.iter_mut().filter(|draft| draft.pattern.is_none()) {
        if draft.template.field(DECIDED_ITEMS).is_some() {
            draft.data.insert(DECIDED_ITEMS.to_owned(), Value::String(decided.join("；")));
        }
    }
    Ok(numbers)
}

/// Numbers of the right form and length that are nobody's.
pub(super) fn placeholders(drafts: &mut [Draft<'_>], case: &str, day: Date) -> Result<Vec<String>, ActError> {
    number_with(drafts, case, |draft| Ok(draft.pattern.map(|pattern| pattern.placeholder(day)).unwrap_or_default()))
}

/// What a page needs beside its fields.
fn facts(draft: &Draft<'_>, number: &str, qr_text: String, made_at: Timestamp) -> Facts {
    let seals = draft.template.seals.iter().zip(draft.issuers());
    Facts {
        number: number.to_owned(),
        item: draft.title.clone(),
        signers: seals.map(|(seal, issuer)| Signer { seal: seal.clone(), name: issuer.name.clone() }).collect(),
        qr_text,
        made_at,
        annotation: draft.earlier.as_ref().and_then(Earlier::annotation),
    }
}

/// Where the QR code leads: the case's number and a code that cannot be guessed.
pub(super) fn lookup_url(base_url: &str, case: &str, code: &str) -> String {
    format!("{base_url}/q/{case}/{code}")
}

/// Checks every document of a case, and names every problem of all of them.
pub(super) async fn check(
    app: &App,
    drafts: &[Draft<'_>],
    numbers: &[String],
    qr: &str,
) -> Result<Vec<Checked>, ActError> {
    let mut work = Vec::new();
    for (draft, number) in drafts.iter().zip(numbers) {
        work.push((draft.template.clone(), draft.data.clone(), facts(draft, number, qr.to_owned(), app.now())));
    }
    let composer = app.composer.clone();
    let checked = compute(move || {
        let check = |(template, data, facts): &(_, _, _)| composer.check(template, data, facts);
        work.iter().map(check).collect::<Vec<_>>()
    })
    .await?;
    let mut reasons = Reasons::new();
    let mut good = Vec::new();
    for one in checked {
        match one.map_err(refusal) {
            Ok(checked) => good.push(checked),
            Err(ActError::Refused(refusal)) => reasons.absorb(refusal),
            Err(error) => return Err(error),
        }
    }
    reasons.into_result()?;
    Ok(good)
}

/// Sets the pages of a document, or says all that cannot stand on them.
pub(super) async fn compose(
    app: &App,
    draft: &Draft<'_>,
    number: &str,
    qr: &str,
    made_at: Timestamp,
) -> Result<Composed, ActError> {
    let (template, data) = (draft.template.clone(), draft.data.clone());
    let (composer, facts) = (app.composer.clone(), facts(draft, number, qr.to_owned(), made_at));
    compute(move || composer.make(&template, &data, &facts)).await?.map_err(refusal)
}

/// What cannot stand on a page is refused, all of it; the rest is a failure of ours.
fn refusal(error: ComposeError) -> ActError {
    let ComposeError::Refused(problems) = error else { return ActError::Failed(error.into()) };
    let mut reasons = Reasons::new();
    for problem in problems {
        reasons.add_field(problem.code, problem.field, problem.text);
    }
    reasons.into_result().map_or_else(ActError::Refused, |()| inconsistent("a page refused for no reason"))
}

/// Page pictures of what a case's documents would look like; nothing is taken or kept.
pub async fn preview(app: &App, person: &Person, request: &Request) -> Result<Vec<Vec<u8>>, ActError> {
    let mut plan = plan(app, person, request).await?;
    let day = china_date(app.now());
    let case = "（预览）";
    let numbers = placeholders(&mut plan.drafts, case, day)?;
    let qr = lookup_url(&app.base_url, "preview", "preview");
    let checked = check(app, &plan.drafts, &numbers, &qr).await?;
    let mut work = Vec::new();
    for ((draft, number), checked) in plan.drafts.iter().zip(&numbers).zip(checked) {
        work.push((checked, facts(draft, number, qr.clone(), app.now())));
    }
    let composer = app.composer.clone();
    compute(move || {
        let mut pages = Vec::new();
        for (checked, facts) in work {
            let Preview { pdf, pages: count } = composer.preview(&checked, &facts).map_err(refusal)?;
            let pictures = Pictures::open(pdf)?;
            for page in 0..count {
                pages.push(pictures.png(page, PREVIEW_DPI)?);
            }
        }
        Ok(pages)
    })
    .await?
}

/// Resolution of page pictures on screens.
pub const PREVIEW_DPI: u16 = 110;
