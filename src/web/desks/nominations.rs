//! The desk for nominations: a department nominates, the centre consents.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    shown_again,
    staff::{READERS, duty, nominates},
};
use crate::{
    acts::{
        ActError, consent,
        nominate::nominate,
        register::{self, Member, Nomination},
    },
    app::App,
    hall::{
        nomination::Entered,
        staff::{Duty, Grade, Staff},
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn},
        kit::{Fact, Form, form::Choice},
        pages::{
            nomination::{Nominate, NominationPage, Offered},
            staff::{FirstPassword, StaffPage},
        },
        router::Web,
        whole, words,
    },
};

fn offered(app: &App, by: &Staff) -> Offered {
    let of_department = by.department.is_some();
    let duties = Duty::ALL.iter().filter(|duty| {
        if of_department { duty.is_of_a_department() || **duty == Duty::Clerk } else { !duty.is_of_a_department() }
    });
    let choice = |value: &str, label: &str| Choice { value: value.into(), label: label.into(), hint: String::new() };
    Offered {
        duties: duties.map(|duty| choice(duty.as_str(), duty.title())).collect(),
        grades: Grade::ALL.iter().map(|grade| choice(grade.as_str(), grade.title())).collect(),
        windows: app.hall.windows.iter().map(|w| (w.no.to_string(), w.name.clone())).collect(),
    }
}

/// `GET /staff/new`.
pub async fn blank(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    may_nominate(&who)?;
    let form = Nominate::form(&offered(&web.app, &who.person.staff), false, |_| String::new());
    Ok(page(&web, &who, None, form))
}

/// `GET /staff/{id}/change`.
pub async fn change(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    may_nominate(&who)?;
    let member = register::one(&web.app, &who.person, &id).await?;
    let form = Nominate::form(&offered(&web.app, &who.person.staff), true, |name| value_of(&member, name));
    Ok(page(&web, &who, Some(&member), form))
}

fn may_nominate(who: &SignedIn) -> Result<(), Error> {
    if nominates(&who.person.staff) { Ok(()) } else { Err(Error::Forbidden) }
}

/// What a field of the form holds for somebody registered.
fn value_of(member: &Member, name: &str) -> String {
    let staff = &member.staff;
    let spelled = staff.hours.map(|hours| hours.spelling()).unwrap_or_default();
    let (days, times) = spelled.split_once(' ').unwrap_or_default();
    let (from, to) = times.split_once('-').unwrap_or_default();
    let yes = |is: bool| if is { "yes".to_owned() } else { String::new() };
    match name {
        "name" => staff.name.clone(),
        "grade" => staff.grade.as_str().to_owned(),
        "duty" => staff.duty.as_str().to_owned(),
        "deputy" => yes(staff.deputy),
        "hours" => days.to_owned(),
        "hours_from" => from.to_owned(),
        "hours_to" => to.to_owned(),
        "posted_from" => staff.posting.map(|posting| posting.from.to_string()).unwrap_or_default(),
        "posted_to" => staff.posting.map(|posting| posting.to.to_string()).unwrap_or_default(),
        "permit_to" => staff.permit.as_ref().map(|permit| permit.to.to_string()).unwrap_or_default(),
        other => yes(other.strip_prefix("w:").is_some_and(|no| staff.windows.iter().any(|one| one.as_str() == no))),
    }
}

fn page(web: &Web, who: &SignedIn, of: Option<&Member>, form: Form) -> Response {
    let page = Nominate {
        of: of.map(|member| member.staff.name.clone()).unwrap_or_default(),
        action: of.map_or_else(|| "/staff/new".to_owned(), |member| format!("/staff/{}/change", member.staff.id)),
        form,
        csrf: who.csrf.clone(),
    };
    web.shell_for(who, "提名人员", "/staff").show(page.show()).into_response()
}

fn entered(sent: &Sent) -> Entered {
    let text = |name: &str| sent.text(name).to_owned();
    let hours = match sent.text("hours") {
        "" => String::new(),
        days => format!("{days} {}-{}", sent.text("hours_from").trim(), sent.text("hours_to").trim()),
    };
    Entered {
        login: text("login"),
        name: text("name"),
        duty: text("duty"),
        deputy: sent.has("deputy"),
        windows: sent.all().filter_map(|(name, _)| name.strip_prefix("w:")).map(str::to_owned).collect(),
        grade: text("grade"),
        posted_from: text("posted_from"),
        posted_to: text("posted_to"),
        hours,
        permit_to: text("permit_to"),
    }
}

/// `POST /staff/new`.
pub async fn send(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    nominated(web, who, None, sent).await
}

/// `POST /staff/{id}/change`.
pub async fn send_change(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    nominated(web, who, Some(id), sent).await
}

async fn nominated(web: Web, who: SignedIn, of: Option<String>, sent: Sent) -> Result<Response, Error> {
    may_nominate(&who)?;
    let member = match &of {
        Some(id) => Some(register::one(&web.app, &who.person, id).await?),
        None => None,
    };
    let (app, person, entered) = (web.app.clone(), who.person.clone(), entered(&sent));
    match whole(async move { nominate(&app, &person, &entered, of.as_deref()).await }).await? {
        Ok(_) => Ok(Redirect::to("/staff?done=nominated").into_response()),
        Err(ActError::Refused(refusal)) => {
            let offered = offered(&web.app, &who.person.staff);
            let mut form = Nominate::form(&offered, member.is_some(), |name| sent.text(name).to_owned());
            for reason in refusal.reasons() {
                form.tell(reason.field.as_deref(), &reason.text);
            }
            Ok(shown_again(page(&web, &who, member.as_ref(), form)))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /nominations/{id}`.
pub async fn one(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    who.require(&READERS)?;
    nomination(&web, &who, &id, StaffPage::reason_form("d", "")).await
}

async fn nomination(web: &Web, who: &SignedIn, id: &str, reason: Form) -> Result<Response, Error> {
    let all = register::nominations(&web.app, &who.person).await?;
    let one = all.into_iter().find(|one| one.row.id == id).ok_or(Error::NotFound)?;
    let row = &one.row;
    let not_yours = match who.person.staff.duty {
        Duty::Administrator if row.nominated_by != who.person.staff.id.to_string() => None,
        Duty::Administrator => Some("自己提名的由另一名大厅管理员审核。".to_owned()),
        _ => Some("由大厅管理员审核。".to_owned()),
    };
    let before = match &row.staff {
        Some(staff) => Some(register::one(&web.app, &who.person, staff).await?),
        None => None,
    };
    let page = NominationPage {
        name: row.name.clone(),
        facts: facts(&one, before.as_ref()),
        not_yours,
        consent: format!("/nominations/{id}/consent"),
        decline: format!("/nominations/{id}/decline"),
        is_new: row.staff.is_none(),
        reason,
        csrf: who.csrf.clone(),
    };
    Ok(web.shell_for(who, "提名", "/staff").show(page.show()).into_response())
}

/// What is asked for; of a change, what differs stands beside what is registered now.
fn facts(one: &Nomination, before: Option<&Member>) -> Vec<Fact> {
    let row = &one.row;
    let words: Vec<String> = serde_json::from_str(&row.windows).unwrap_or_default();
    let term = |from: &Option<String>, to: &Option<String>| match (from, to) {
        (Some(from), Some(to)) => format!("{from} 至 {to}"),
        _ => "—".to_owned(),
    };
    let title = |word: &str| word.parse::<Duty>().map_or_else(|_| word.to_owned(), |one| duty(one, row.deputy));
    let grade = |word: &str| word.parse::<Grade>().map_or_else(|_| word.to_owned(), |one| one.title().to_owned());
    let hours = row.hours.as_ref().and_then(|text| text.parse::<crate::hall::opening::Hours>().ok());
    let hours = hours.map_or_else(|| "大厅开放时间".to_owned(), |hours| hours.to_string());
    let now = before.map(|member| {
        let staff = &member.staff;
        let posting = staff.posting.map_or_else(|| "—".to_owned(), |p| format!("{} 至 {}", p.from, p.to));
        let windows = staff.windows.iter().map(|no| no.as_str()).collect::<Vec<_>>().join("、");
        let hours = staff.hours.map_or_else(|| "大厅开放时间".to_owned(), |hours| hours.to_string());
        let permit = staff.permit.as_ref().map(|permit| permit.to.to_string()).unwrap_or_default();
        let grade = staff.grade.title().to_owned();
        [staff.name.clone(), duty(staff.duty, staff.deputy), grade, windows, posting, hours, permit]
    });
    let asked = [
        ("姓名", row.name.clone()),
        ("岗位", title(&row.duty)),
        ("人员身份", grade(&row.grade)),
        ("窗口", words.join("、")),
        ("派驻窗口", term(&row.posted_from, &row.posted_to)),
        ("值班时间", hours),
        ("工作证有效期至", row.permit_to.clone()),
    ];
    let mut facts = vec![
        Fact::code("工号", &row.login),
        Fact::new("提名", format!("{}，{}", one.by, words::minute_of(row.nominated_at))),
    ];
    for (place, (name, value)) in asked.into_iter().enumerate() {
        match now.as_ref().map(|now| &now[place]).filter(|now| **now != value) {
            Some(now) => facts.push(Fact::new(name, format!("{value}（现为：{now}）"))),
            None if value.is_empty() => {}
            None => facts.push(Fact::new(name, value)),
        }
    }
    facts
}

/// `POST /nominations/{id}/consent`.
pub async fn consent(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    _: Sent,
) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    let done = whole(async move { consent::consent(&app, &person, &id).await }).await??;
    let href = format!("/staff/{}", done.staff);
    match done.first_password {
        None => Ok(Redirect::to(&format!("{href}?done=staff-changed")).into_response()),
        // Shown in this very answer, so that it stands in no address and in no later page.
        Some(password) => {
            let name = register::one(&web.app, &who.person, &done.staff).await?.staff.name;
            let page = FirstPassword { name, login: done.login, password, href };
            Ok(web.shell_for(&who, "首次口令", "/staff").show(page.show()).into_response())
        }
    }
}

/// `POST /nominations/{id}/decline`.
pub async fn decline(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let why = sent.text("reason").to_owned();
    let (app, person, nominated, said) = (web.app.clone(), who.person.clone(), id.clone(), why.clone());
    match whole(async move { consent::decline(&app, &person, &nominated, &said).await }).await? {
        Ok(()) => Ok(Redirect::to("/staff?done=declined").into_response()),
        Err(ActError::Refused(refusal)) if refusal.reasons().iter().all(|reason| reason.field.is_some()) => {
            let mut reason = StaffPage::reason_form("d", &why);
            for one in refusal.reasons() {
                reason.tell(one.field.as_deref(), &one.text);
            }
            Ok(shown_again(nomination(&web, &who, &id, reason).await?))
        }
        Err(error) => Err(error.into()),
    }
}
