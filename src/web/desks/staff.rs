//! The desk for staff: the register, one person and the steps in a registration, the permit.
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{cases::Looked, hall::named, shown_again};
use crate::{
    acts::{
        ActError, change_staff,
        register::{self, Member, Nomination},
    },
    app::App,
    hall::{
        opening::china_date,
        staff::{Duty, Registration, Staff, StaffAct, check_step},
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn},
        kit::{Fact, Notice, Tag, Tone},
        pages::staff::{NominationRow, Permit, StaffList, StaffPage, StaffRow, Step},
        router::Web,
        whole, words,
    },
};

/// Who has these pages.
pub(super) const READERS: [Duty; 4] = [Duty::Leader, Duty::Chief, Duty::Administrator, Duty::Auditor];
/// A permit that ends within so many days is marked.
const SOON: i32 = 30;

/// Whether this person may nominate.
pub(super) fn nominates(staff: &Staff) -> bool {
    matches!(staff.duty, Duty::Leader | Duty::Administrator) || staff.duty == Duty::Chief && !staff.deputy
}

/// The department, or the hall.
pub(super) fn office(app: &App, who: &SignedIn) -> String {
    who.person.staff.department.as_ref().map_or_else(|| app.hall.name.clone(), |key| named(app, key))
}

pub(super) fn duty(duty: Duty, deputy: bool) -> String {
    format!("{}{}", duty.title(), if deputy { "（代理）" } else { "" })
}

fn tags(app: &App, staff: &Staff) -> Vec<Tag> {
    let tone = match staff.registration {
        Registration::Active => Tone::Good,
        Registration::Suspended => Tone::Wait,
        _ => Tone::Bad,
    };
    let mut tags = vec![Tag::state(tone, staff.registration.title())];
    let today = china_date(app.now());
    if let Some(permit) = staff.permit.as_ref().filter(|_| staff.registration != Registration::Ended) {
        if !permit.is_valid_on(today) {
            tags.push(Tag::state(Tone::Bad, "工作证过期"));
        } else if (permit.to - today).get_days() <= SOON {
            tags.push(Tag::state(Tone::Wait, "工作证将到期"));
        }
    }
    tags
}

fn windows(staff: &Staff) -> String {
    staff.windows.iter().map(|no| no.as_str()).collect::<Vec<_>>().join("、")
}

fn place(app: &App, staff: &Staff) -> String {
    match &staff.department {
        Some(key) if staff.windows.is_empty() => named(app, key),
        Some(key) => format!("{} {}", named(app, key), windows(staff)),
        None if staff.windows.is_empty() => "大厅".into(),
        None => windows(staff),
    }
}

/// `GET /staff`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    who.require(&READERS)?;
    let app = &web.app;
    let row = |member: &Member| StaffRow {
        href: format!("/staff/{}", member.staff.id),
        login: member.login.clone(),
        name: member.staff.name.clone(),
        duty: duty(member.staff.duty, member.staff.deputy),
        place: place(app, &member.staff),
        permit: member.staff.permit.as_ref().map(|permit| permit.number.clone()).unwrap_or_default(),
        until: member.staff.permit.as_ref().map(|permit| permit.to.to_string()).unwrap_or_default(),
        tags: tags(app, &member.staff),
    };
    let staff = register::staff(app, &who.person).await?;
    let page = StaffList {
        office: office(app, &who),
        nominations: register::nominations(app, &who.person).await?.iter().map(nomination).collect(),
        rows: staff.iter().map(row).collect(),
        nominates: nominates(&who.person.staff),
        has_rota: who.person.staff.department.is_some(),
    };
    let mut shell = web.shell_for(&who, "人员", "/staff");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

fn nomination(one: &Nomination) -> NominationRow {
    let asked = one.row.duty.parse().map_or_else(|_| one.row.duty.clone(), |asked| duty(asked, one.row.deputy));
    NominationRow {
        href: format!("/nominations/{}", one.row.id),
        what: format!("{}（{}），{asked}", one.row.name, one.row.login),
        by: format!("{}，{}", one.by, words::minute_of(one.row.nominated_at)),
        kind: Tag::mark(if one.row.staff.is_some() { "变更" } else { "新登记" }),
    }
}

/// `GET /staff/{id}`.
pub async fn one(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    who.require(&READERS)?;
    page(&web, &who, &id, None, super::done(looked.done.as_deref())).await
}

/// What was sent to a step's form, and why it was refused.
struct Said<'a> {
    step: StaffAct,
    reason: &'a str,
    problems: Vec<(Option<String>, String)>,
}

async fn page(
    web: &Web,
    who: &SignedIn,
    id: &str,
    said: Option<Said<'_>>,
    notice: Option<Notice>,
) -> Result<Response, Error> {
    let member = register::one(&web.app, &who.person, id).await?;
    let staff = &member.staff;
    let steps = [(StaffAct::Suspend, "suspend"), (StaffAct::Reinstate, "reinstate"), (StaffAct::End, "end")];
    let may = |act: StaffAct| {
        said.as_ref().is_some_and(|said| said.step == act) || check_step(act, &who.person.staff, staff).is_ok()
    };
    let steps = steps.into_iter().filter(|(act, _)| may(*act)).map(|(act, verb)| {
        let said = said.as_ref().filter(|said| said.step == act);
        let mut reason = StaffPage::reason_form(verb, said.map_or("", |said| said.reason));
        for (field, text) in said.into_iter().flat_map(|said| &said.problems) {
            reason.tell(field.as_deref(), text);
        }
        Step { verb, action: format!("/staff/{id}/{verb}"), reason }
    });
    let own = staff.department == who.person.staff.department;
    let changes = nominates(&who.person.staff) && own && staff.id != who.person.staff.id;
    let page = StaffPage {
        name: staff.name.clone(),
        tags: tags(&web.app, staff),
        facts: facts(&web.app, &member),
        permit: format!("/staff/{id}/permit"),
        change: if changes && staff.registration != Registration::Ended {
            format!("/staff/{id}/change")
        } else {
            String::new()
        },
        steps: steps.collect(),
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, &page.name, "/staff");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

fn facts(app: &App, member: &Member) -> Vec<Fact> {
    let staff = &member.staff;
    let or = |text: Option<String>, none: &str| text.unwrap_or_else(|| none.to_owned());
    let mut facts = vec![
        Fact::code("工号", &member.login),
        Fact::new("岗位", duty(staff.duty, staff.deputy)),
        Fact::new("部门或窗口", place(app, staff)),
        Fact::new("人员身份", staff.grade.title()),
        Fact::new("派驻窗口", or(staff.posting.map(|p| format!("{} 至 {}", p.from, p.to)), "—")),
        Fact::new("值班时间", or(staff.hours.map(|hours| hours.to_string()), "大厅开放时间")),
    ];
    if let Some(permit) = &staff.permit {
        facts.push(Fact::code("工作证编号", &permit.number));
        facts.push(Fact::new("工作证有效期", format!("{} 至 {}", permit.from, permit.to)));
    }
    facts.push(Fact::new("提名", or(member.nominated_by.clone(), "大厅设立时登记")));
    facts.push(Fact::new("中心同意", or(member.consented_by.clone(), "大厅设立时登记")));
    facts
}

/// `POST /staff/{id}/{step}`.
pub async fn step(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, verb)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Error> {
    let (step, done) = match verb.as_str() {
        "suspend" => (StaffAct::Suspend, "staff-suspended"),
        "reinstate" => (StaffAct::Reinstate, "staff-reinstated"),
        "end" => (StaffAct::End, "staff-ended"),
        _ => return Err(Error::NotFound),
    };
    let reason = sent.text("reason").to_owned();
    let (app, person, staff, why) = (web.app.clone(), who.person.clone(), id.clone(), reason.clone());
    match whole(async move { change_staff::change_staff(&app, &person, &staff, step, &why).await }).await? {
        Ok(()) => Ok(Redirect::to(&format!("/staff/{id}?done={done}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let problems = refusal.reasons().iter().map(|r| (r.field.clone(), r.text.clone())).collect();
            let said = Said { step, reason: &reason, problems };
            Ok(shown_again(page(&web, &who, &id, Some(said), None).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /staff/{id}/permit`: the permit's sheet.
pub async fn permit(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    who.require(&READERS)?;
    let member = register::one(&web.app, &who.person, &id).await?;
    let permit = member.staff.permit.as_ref().ok_or(Error::NotFound)?;
    let mut facts = vec![Fact::new("岗位", duty(member.staff.duty, member.staff.deputy))];
    if let Some(key) = &member.staff.department {
        facts.insert(0, Fact::new("部门", named(&web.app, key)));
    }
    if !member.staff.windows.is_empty() {
        facts.push(Fact::new("窗口", windows(&member.staff)));
    }
    let page = Permit {
        hall: web.app.hall.name.clone(),
        facts,
        name: member.staff.name.clone(),
        number: permit.number.clone(),
        term: format!("{} 至 {}", permit.from, permit.to),
    };
    Ok(web.shell_for(&who, "工作证", "/staff").show(page.show()).into_response())
}
