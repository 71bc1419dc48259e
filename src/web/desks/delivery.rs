//! The one exit: handing over what is sealed.
use axum::{
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};

use super::{
    cases::{Looked, holder, viewer},
    sign_in::hands_out,
};
use crate::{
    acts::{
        ActError,
        deliver::{self, Receiver},
        look,
    },
    hall::{
        counter::{DeliveryForm, IdentityDocument, identity_in_words},
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{Fact, Form, Pager},
        pages::delivery::{Delivery, HandOver, Ready},
        router::Web,
        whole, words,
    },
};

/// Only whoever sits at a window that hands out has these pages.
fn at_the_exit(web: &Web, who: &SignedIn) -> Result<(), Error> {
    who.require(&[Duty::Clerk])?;
    if hands_out(web, &who.person) { Ok(()) } else { Err(Error::Forbidden) }
}

/// `GET /delivery`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    at_the_exit(&web, &who)?;
    let cases = look::undelivered(&web.app, &who.person).await?;
    let ready = |case: &look::Case| Ready {
        href: format!("/delivery/{}", case.matter.case_no),
        case: case.matter.case_no.clone(),
        certificates: case
            .documents
            .iter()
            .map(|d| format!("{} {}", d.certificate.name, d.certificate.number))
            .collect(),
        asker: holder(case),
        sealed: case
            .documents
            .iter()
            .filter_map(|d| d.certificate.sealed_at)
            .max()
            .map(words::minute_of)
            .unwrap_or_default(),
        marks: vec![],
    };
    // What has been withdrawn in the meantime is no longer handed out.
    let in_force = |case: &&look::Case| case.documents.iter().all(|d| d.certificate.state == "sealed");
    let rows: Vec<_> = cases.iter().filter(in_force).map(ready).collect();
    let shown = format!("共 {} 件", rows.len());
    let page = Delivery { window: super::place(&web, &who), rows, pager: Pager { shown, ..Pager::default() } };
    let mut shell = web.shell_for(&who, "待出件", "/delivery");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

/// `GET /delivery/{case}`.
pub async fn form(State(web): State<Web>, who: SignedIn, Path(case): Path<String>) -> Result<Response, Error> {
    at_the_exit(&web, &who)?;
    page(&web, &who, &case, HandOver::form(|_| String::new())).await
}

/// `POST /delivery/{case}`.
pub async fn hand_over(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let mut again = HandOver::form(|name| sent.text(name).to_owned());
    let (document, form) =
        (sent.text("document").parse::<IdentityDocument>(), sent.text("form").parse::<DeliveryForm>());
    if document.is_err() {
        again.tell(Some("document"), "请选择领取人出示的证件");
    }
    if form.is_err() {
        again.tell(Some("form"), "请选择交付形式");
    }
    let known = (document.ok(), form.ok());
    let receiver = Receiver {
        name: sent.text("receiver").to_owned(),
        document: known.0.unwrap_or(IdentityDocument::Other),
        number: sent.text("number").to_owned(),
        form: known.1.unwrap_or(DeliveryForm::Paper),
    };
    if again.has_problems() {
        // Say what else is wrong in the same answer.
        if receiver.name.trim().is_empty() {
            again.tell(Some("receiver"), "请填写领取人姓名");
        }
        if receiver.number.trim().is_empty() {
            again.tell(Some("number"), "请填写证件号码");
        }
        return refused(page(&web, &who, &case, again).await?);
    }
    let (app, person, no) = (web.app.clone(), who.person.clone(), case.clone());
    match whole(async move { deliver::deliver(&app, &person, &no, &receiver).await }).await? {
        Ok(_) => Ok(Redirect::to("/delivery?done=delivered").into_response()),
        Err(ActError::Refused(refusal)) => {
            for reason in refusal.reasons() {
                again.tell(reason.field.as_deref(), &reason.text);
            }
            refused(page(&web, &who, &case, again).await?)
        }
        Err(error) => Err(error.into()),
    }
}

fn refused(mut response: Response) -> Result<Response, Error> {
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    Ok(response)
}

async fn page(web: &Web, who: &SignedIn, case: &str, form: Form) -> Result<Response, Error> {
    let case = look::case(&web.app, &who.person, case).await?;
    let done = case
        .delivery
        .as_ref()
        .map(|d| format!("{}，{}（{}）", words::minute_of(d.at), d.receiver, identity_in_words(&d.identity)));
    let mut facts = vec![Fact::new("申请人", holder(&case)), Fact::new("事项", &case.matter.title)];
    facts.extend(done.map(|d| Fact::new("已出件", d)));
    let page = HandOver {
        case: case.matter.case_no.clone(),
        facts,
        certificates: case.documents.iter().map(|d| viewer(&d.certificate, None, Default::default())).collect(),
        form,
        action: format!("/delivery/{}", case.matter.case_no),
        csrf: who.csrf.clone(),
    };
    Ok(web.shell_for(who, "出件登记", "/delivery").show(page.show()).into_response())
}
