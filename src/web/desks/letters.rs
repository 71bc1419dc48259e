//! The desk for letters of authorization.
use axum::{
    extract::{Path, Query, State},
    response::{IntoResponse, Redirect, Response},
};

use super::{cases::Looked, hall::named, shown_again, staff::office};
use crate::{
    acts::{
        ActError, decide_letter,
        look::{self, LetterRow},
        propose_letter::propose_letter,
        register, seal_letter,
    },
    app::App,
    hall::{
        authorization::{EnteredLetter, LetterState, Power},
        opening::china_date,
        refusal::Refusal,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{
            csrf::{Sent, SentWithFile},
            session::SignedIn,
        },
        kit::{Fact, Form, Notice, Tag, Tone},
        pages::letters::{Action, LetterList, LetterPage, LetterRow as Line, Propose},
        router::Web,
        whole, words,
    },
};

const READERS: [Duty; 5] = [Duty::Leader, Duty::Chief, Duty::Keeper, Duty::Administrator, Duty::Auditor];
/// A letter that ends within so many days is marked.
const SOON: i32 = 30;

fn proposes(who: &SignedIn) -> bool {
    let staff = &who.person.staff;
    staff.duty == Duty::Keeper || staff.duty == Duty::Chief && !staff.deputy
}

fn tags(app: &App, row: &LetterRow) -> Vec<Tag> {
    let (Ok(letter), today) = (row.to_letter(), china_date(app.now())) else {
        return vec![Tag::state(Tone::Bad, "登记有误")];
    };
    let tone = match letter.state {
        LetterState::Filed => Tone::Good,
        LetterState::Proposed | LetterState::Approved => Tone::Wait,
        LetterState::Declined | LetterState::Revoked => Tone::Bad,
    };
    let mut tags = vec![Tag::state(tone, letter.state.title())];
    if letter.state == LetterState::Filed {
        if letter.to < today {
            tags.push(Tag::state(Tone::Bad, "已到期"));
        } else if today < letter.from {
            tags.push(Tag::state(Tone::Calm, "尚未开始"));
        } else if (letter.to - today).get_days() <= SOON {
            tags.push(Tag::state(Tone::Wait, "将到期"));
        }
    }
    tags
}

fn department(app: &App, row: &LetterRow) -> String {
    row.department.parse().map_or_else(|_| row.department.clone(), |key| named(app, &key))
}

fn items(app: &App, row: &LetterRow) -> String {
    let codes: Vec<String> = serde_json::from_str(&row.items).unwrap_or_default();
    let name = |code: &String| {
        let item = code.parse().ok().and_then(|code| app.hall.item(&code));
        item.map_or_else(|| code.clone(), |item| item.name.clone())
    };
    codes.iter().map(name).collect::<Vec<_>>().join("、")
}

/// `GET /letters`.
pub async fn list(State(web): State<Web>, who: SignedIn, Query(looked): Query<Looked>) -> Result<Response, Error> {
    who.require(&READERS)?;
    let app = &web.app;
    let line = |row: &LetterRow| Line {
        href: format!("/letters/{}", row.id),
        number: row.number.clone(),
        department: department(app, row),
        term: format!("{} 至 {}", row.first_day, row.last_day),
        items: items(app, row),
        tags: tags(app, row),
    };
    let page = LetterList {
        office: office(app, &who),
        rows: register::letters(app, &who.person).await?.iter().map(line).collect(),
        proposes: proposes(&who),
    };
    let mut shell = web.shell_for(&who, "授权委托书", "/letters");
    shell.notice = super::done(looked.done.as_deref());
    Ok(shell.show(page.show()).into_response())
}

/// `GET /letters/{id}`.
pub async fn one(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    Query(looked): Query<Looked>,
) -> Result<Response, Error> {
    who.require(&READERS)?;
    page(&web, &who, &id, None, super::done(looked.done.as_deref())).await
}

/// What was sent to one of the page's forms, and why it was refused.
struct Said<'a> {
    verb: &'a str,
    reason: &'a str,
    refusal: &'a Refusal,
}

async fn page(
    web: &Web,
    who: &SignedIn,
    id: &str,
    said: Option<Said<'_>>,
    notice: Option<Notice>,
) -> Result<Response, Error> {
    let app = &web.app;
    let row = register::letter(app, &who.person, id).await?;
    let powers: Vec<String> = serde_json::from_str(&row.powers).unwrap_or_default();
    let mut facts = vec![
        Fact::new("授权机关", department(app, &row)),
        Fact::new("首席代表", &row.chief),
        Fact::new("授予权限", powers.join("、")),
        Fact::new("授权事项", items(app, &row)),
        Fact::new("授权期限", format!("{} 至 {}", row.first_day, row.last_day)),
    ];
    for (name, by) in [("拟稿", &row.proposed_by), ("签发", &row.approved_by)] {
        if let Some(by) = by {
            facts.push(Fact::new(name, look::name_of(app, by).await?));
        }
    }
    let filed = row.filed_as.as_deref().map(|filed| match filed {
        "scan" => "盖章原件的扫描件",
        "seal" => "电子印章",
        _ => "大厅设立时的纸质件",
    });
    facts.extend(filed.map(|filed| Fact::new("备案", filed)));
    facts.extend(row.revoked_at.map(|at| Fact::new("撤销", words::minute_of(at))));
    facts.push(Fact::code("文件摘要", hex::encode(row.sealed.as_ref().unwrap_or(&row.document))));
    let asked = seal_letter::document(app, id).await?;
    let what = if row.sealed.is_some() { "已用印的授权委托书（PDF）" } else { "授权委托书（PDF）" };
    let mut files = vec![(what.to_owned(), format!("/letters/{id}/pdf"))];
    if let Some(document) = &asked {
        let case = look::case_of(app, &who.person, &document.id).await?.matter.case_no;
        files.push((format!("用印办件 {case}"), format!("/cases/{case}")));
    }
    if row.scan.is_some() {
        files.push(("备案的扫描件（PDF）".to_owned(), format!("/letters/{id}/scan")));
    }
    let mut notice = notice;
    if let Some(said) = said.as_ref().filter(|said| matches!(said.verb, "approve" | "seal")) {
        let lines: Vec<String> = said.refusal.reasons().iter().map(|reason| reason.text.clone()).collect();
        notice = Some(Notice::new(Tone::Bad, "没有办成").with(lines));
    }
    let page = LetterPage {
        number: row.number.clone(),
        href: format!("/letters/{id}"),
        tags: tags(app, &row),
        facts,
        files,
        actions: actions(who, &row, said.as_ref(), asked.is_none() && seals(app, &row)),
        csrf: who.csrf.clone(),
    };
    let mut shell = web.shell_for(who, &page.number, "/letters");
    shell.notice = notice;
    Ok(shell.show(page.show()).into_response())
}

/// Whether the hall has an item under which this letter can be sealed.
fn seals(app: &App, row: &LetterRow) -> bool {
    row.department.parse().is_ok_and(|department| seal_letter::item(app, &department).is_some())
}

fn actions(who: &SignedIn, row: &LetterRow, said: Option<&Said<'_>>, seals: bool) -> Vec<Action> {
    let staff = &who.person.staff;
    let own = staff.department.as_ref().is_some_and(|own| own.as_str() == row.department);
    let filled = |verb: &str, mut form: Form| {
        if let Some(said) = said.filter(|said| said.verb == verb) {
            for reason in said.refusal.reasons() {
                form.tell(reason.field.as_deref(), &reason.text);
            }
        }
        form
    };
    let reason = |verb: &'static str| {
        let given = said.filter(|said| said.verb == verb).map_or("", |said| said.reason);
        filled(verb, LetterPage::reason_form(verb, given))
    };
    let mut actions = Vec::new();
    match (row.state.as_str(), staff.duty) {
        ("proposed", Duty::Leader) if own => {
            actions.extend([Action::Approve, Action::Decline(reason("decline"))]);
        }
        ("approved", Duty::Leader) if own => actions.push(Action::Decline(reason("decline"))),
        ("approved", Duty::Keeper | Duty::Administrator) if own || staff.duty == Duty::Administrator => {
            actions.extend(seals.then_some(Action::Seal));
            actions.push(Action::File(filled("file", LetterPage::scan_form())));
        }
        ("filed", Duty::Leader) if own => actions.push(Action::Revoke(reason("revoke"))),
        ("filed", Duty::Chief) if own && !staff.deputy => actions.push(Action::Revoke(reason("revoke"))),
        _ => {}
    }
    actions
}

/// `POST /letters/{id}/{verb}`.
pub async fn decide(
    State(web): State<Web>,
    who: SignedIn,
    Path((id, verb)): Path<(String, String)>,
    sent: Sent,
) -> Result<Response, Error> {
    let reason = sent.text("reason").to_owned();
    let (app, person, letter, why, which) =
        (web.app.clone(), who.person.clone(), id.clone(), reason.clone(), verb.clone());
    let act = async move {
        match which.as_str() {
            "approve" => decide_letter::approve_letter(&app, &person, &letter).await,
            "decline" => decide_letter::decline_letter(&app, &person, &letter, &why).await,
            "revoke" => decide_letter::revoke_letter(&app, &person, &letter, &why).await,
            "seal" => seal_letter::seal_letter(&app, &person, &letter).await.map(drop),
            _ => Err(ActError::NotFound),
        }
    };
    let done = whole(act).await?;
    answer(&web, &who, &id, (&verb, &reason), done).await
}

/// `POST /letters/{id}/file`: the scan.
pub async fn file(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    SentWithFile { file, .. }: SentWithFile,
) -> Result<Response, Error> {
    let (app, person, letter) = (web.app.clone(), who.person.clone(), id.clone());
    let done = whole(async move { decide_letter::file_letter(&app, &person, &letter, file).await }).await?;
    answer(&web, &who, &id, ("file", ""), done).await
}

async fn answer(
    web: &Web,
    who: &SignedIn,
    id: &str,
    (verb, reason): (&str, &str),
    done: Result<(), ActError>,
) -> Result<Response, Error> {
    match done {
        Ok(()) => Ok(Redirect::to(&format!("/letters/{id}?done=letter-{verb}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let said = Said { verb, reason, refusal: &refusal };
            Ok(shown_again(page(web, who, id, Some(said), None).await?))
        }
        Err(error) => Err(error.into()),
    }
}

fn form(app: &App, who: &SignedIn, value: impl Fn(&str) -> String) -> Form {
    let powers: Vec<&str> = Power::ALL.iter().map(|power| power.as_str()).collect();
    let own = app.hall.items.iter().filter(|item| Some(&item.department) == who.person.staff.department.as_ref());
    let items: Vec<_> = own.map(|item| (item.code.to_string(), item.name.clone())).collect();
    Propose::form(&powers, &items, value)
}

/// `GET /letters/new`.
pub async fn blank(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    if !proposes(&who) {
        return Err(Error::Forbidden);
    }
    // All powers and items to begin with: what is not to be given is taken away.
    let ticked = |name: &str| if name.contains(':') { "yes".to_owned() } else { String::new() };
    let page = Propose { office: office(&web.app, &who), form: form(&web.app, &who, ticked), csrf: who.csrf.clone() };
    Ok(web.shell_for(&who, "拟授权委托书", "/letters").show(page.show()).into_response())
}

/// `POST /letters/new`.
pub async fn send(State(web): State<Web>, who: SignedIn, sent: Sent) -> Result<Response, Error> {
    if !proposes(&who) {
        return Err(Error::Forbidden);
    }
    let under = |prefix: &str| {
        let names = sent.all().filter_map(|(name, _)| name.strip_prefix(prefix));
        names.map(str::to_owned).collect::<Vec<_>>()
    };
    let entered = EnteredLetter {
        powers: under("p:"),
        items: under("i:"),
        from: sent.text("from").to_owned(),
        to: sent.text("to").to_owned(),
    };
    let (app, person) = (web.app.clone(), who.person.clone());
    match whole(async move { propose_letter(&app, &person, &entered).await }).await? {
        Ok(id) => Ok(Redirect::to(&format!("/letters/{id}?done=letter-proposed")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let mut form = form(&web.app, &who, |name| sent.text(name).to_owned());
            for reason in refusal.reasons() {
                form.tell(reason.field.as_deref(), &reason.text);
            }
            let page = Propose { office: office(&web.app, &who), form, csrf: who.csrf.clone() };
            let shown = web.shell_for(&who, "拟授权委托书", "/letters").show(page.show());
            Ok(shown_again(shown.into_response()))
        }
        Err(error) => Err(error.into()),
    }
}

/// `GET /letters/{id}/pdf`: a letter of authorization as composed.
pub async fn pdf(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::cases::pdf_response(look::letter_pdf(&web.app, &who.person, &id).await?))
}

/// `GET /letters/{id}/scan`: the scan of it that is filed.
pub async fn scan(State(web): State<Web>, who: SignedIn, Path(id): Path<String>) -> Result<Response, Error> {
    Ok(super::cases::pdf_response(register::letter_scan(&web.app, &who.person, &id).await?))
}
