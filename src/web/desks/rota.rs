//! The desk for the rota of deputies.
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{
    cases::Looked,
    shown_again,
    staff::{nominates, office},
};
use crate::{
    acts::{ActError, register, stand_in},
    hall::{
        opening::china_date,
        staff::{Duty, Registration},
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn},
        kit::{Form, Tag, Tone, form::Choice},
        pages::rota::{Rota, WatchRow},
        router::Web,
        whole,
    },
};

/// `GET /rota`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    who.require(&[Duty::Leader, Duty::Chief])?;
    let form = form(&web, &who, |_| String::new()).await?;
    page(&web, &who, form, super::done(looked.done.as_deref())).await
}

async fn form(web: &Web, who: &SignedIn, value: impl Fn(&str) -> String) -> Result<Option<Form>, Error> {
    if !nominates(&who.person.staff) {
        return Ok(None);
    }
    let staff = register::staff(&web.app, &who.person).await?;
    let deputies = staff.iter().map(|member| &member.staff);
    let deputies = deputies.filter(|one| one.deputy && one.registration == Registration::Active);
    let choice = |id: String, name: &str| Choice { value: id, label: name.to_owned(), hint: String::new() };
    Ok(Some(Rota::form(deputies.map(|one| choice(one.id.to_string(), &one.name)).collect(), value)))
}

async fn page(
    web: &Web,
    who: &SignedIn,
    form: Option<Form>,
    notice: Option<crate::web::kit::Notice>,
) -> Result<Response, Error> {
    let today = china_date(web.app.now()).to_string();
    let makes = form.is_some();
    let row = |one: register::Standing| {
        let past = one.row.last_day < today;
        let state = match (past, one.row.first_day <= today) {
            (true, _) => Tag::state(Tone::Calm, "已过"),
            (false, true) => Tag::state(Tone::Good, "今天值守"),
            (false, false) => Tag::state(Tone::Wait, "待值守"),
        };
        WatchRow {
            deputy: one.deputy,
            days: format!("{} 至 {}", one.row.first_day, one.row.last_day),
            by: one.by,
            state,
            take: if makes && !past { format!("/rota/{}/take", one.row.id) } else { String::new() },
        }
    };
    let page = Rota {
        office: office(&web.app, who),
        rows: register::rota(&web.app, &who.person).await?.into_iter().map(row).collect(),
        form,
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, "代理值守表", "/staff");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

/// `POST /rota`.
pub async fn put(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    let (app, person, given) = (web.app.clone(), who.person.clone(), sent.clone());
    let act = async move {
        let text = |name| given.text(name);
        stand_in::put_on_rota(&app, &person, text("deputy"), text("first_day"), text("last_day")).await
    };
    match whole(act).await? {
        Ok(_) => Ok(Redirect::to("/rota?done=rota-put").into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut again = form(&web, &who, |name| sent.text(name).to_owned()).await?;
            if let Some(form) = &mut again {
                refusal.reasons().iter().for_each(|reason| form.tell(reason.field.as_deref(), &reason.text));
            }
            Ok(shown_again(page(&web, &who, again, None).await?))
        }
        Err(error) => Err(error.into()),
    }
}

/// `POST /rota/{id}/take`.
pub async fn take(State(web): State<Web>, who: SignedIn, Path(id): Path<String>, _: Sent) -> Result<Response, Error> {
    let (app, person) = (web.app.clone(), who.person.clone());
    whole(async move { stand_in::take_off_rota(&app, &person, &id).await }).await??;
    Ok(Redirect::to("/rota?done=rota-taken").into_response())
}
