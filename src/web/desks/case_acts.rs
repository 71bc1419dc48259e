//! What is done with a case beside deciding on it: its time is extended, its fee recorded, its certificate cancelled, changed,
//! issued again or copied.
use axum::{
    extract::{Path, State},
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use jiff::civil::Date;
use maud::{Markup, html};

use super::cases::{self, Looked};
use crate::{
    acts::{
        ActError, cancel,
        extend::{self, Extension},
        look::{self, Case},
        pay,
    },
    app::App,
    hall::{
        cancellation::Ground,
        certificate::Standing,
        extension::Telling,
        fee::{self, Fee},
        opening::china_date,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::{csrf::Sent, session::SignedIn, trouble::Shown},
        kit::{
            Fact, Field, Form, Kind,
            ask::{Ask, Weight},
            form::Choice,
        },
        router::Web,
        whole, words,
    },
};

/// What was sent in one of the page's forms, and why it was refused.
#[derive(Default)]
pub struct Said {
    form: &'static str,
    sent: Vec<(String, String)>,
    reasons: Vec<(Option<String>, String)>,
}

impl Said {
    fn text(&self, form: &str, name: &str) -> &str {
        let found = self.sent.iter().find(|(n, _)| self.form == form && n == name);
        found.map_or("", |(_, value)| value)
    }

    fn fill(&self, form: &'static str, fields: Vec<Field>) -> Form {
        let fields = fields.into_iter().map(|field| {
            let text = self.text(form, &field.name).to_owned();
            if text.is_empty() { field } else { field.value(text) }
        });
        let mut filled = Form { mark: form, ..Form::of(fields.collect()) };
        for (field, text) in self.reasons.iter().filter(|_| self.form == form) {
            filled.tell(field.as_deref(), text);
        }
        filled
    }
}

/// Limits, fee, materials, where and under which entrustment it was accepted.
pub(super) async fn facts(app: &App, case: &Case) -> Result<Vec<Fact>, Error> {
    let matter = &case.matter;
    let window = matter.window_no.parse().ok().and_then(|no| app.hall.window(&no));
    let branch = window.and_then(|window| window.branch.as_deref()).unwrap_or("本厅");
    let place = window.map_or_else(|| words::window(&matter.window_no), |w| format!("{} {}（{branch}）", w.no, w.name));
    let mut facts = vec![Fact::new("受理窗口", place)];
    if let Some(entrustment) = &matter.entrustment {
        facts.push(Fact::new("委托", entrustment));
    }
    let promised =
        if matter.limit().is_instant() { "即办".into() } else { format!("{} 个工作日", matter.limit_days) };
    facts.push(Fact::new("时限", format!("承诺 {promised}，法定 {} 个工作日", matter.legal_days)));
    facts.push(match case.due() {
        (Some(due), Some(legal)) => Fact::new("到期日", format!("{due}（法定 {legal}）")),
        _ => Fact::new("到期日", case.time.words()),
    });
    if let Some(extension) = &case.extension {
        let told = extension.told.parse::<Telling>().map_or("", Telling::title);
        let text = format!(
            "{} 个工作日，{} → {}。理由：{}。{} 以{told}告知申请人；批准人 {}",
            extension.days,
            extension.due_before,
            extension.due,
            extension.reason,
            extension.told_on,
            look::name_of(app, &extension.staff).await?
        );
        facts.push(Fact::new("延期", text));
    }
    if let Some(names) = &matter.fee {
        let state = match &case.payment {
            Some(paid) if paid.amount == 0 => format!("已减免，文书 {}", paid.receipt),
            Some(paid) => format!("已缴 {} 元，票据 {}", fee::yuan(paid.amount), paid.receipt),
            None => "待缴费：缴清前不能用印、不能出件".to_owned(),
        };
        facts.push(Fact::new("收费", format!("{names}\n{state}")));
    }
    let materials: Vec<String> = serde_json::from_str(&matter.materials).unwrap_or_default();
    if !materials.is_empty() {
        facts.push(Fact::new("收到的材料", materials.join("\n")));
    }
    Ok(facts)
}

/// What happened beside decisions and sealing.
pub(super) async fn events(app: &App, case: &Case) -> Result<Vec<(i64, String, String, Vec<String>)>, Error> {
    let mut all = Vec::new();
    if let Some(one) = &case.extension {
        let what = format!("延期 {} 个工作日，至 {}，已告知申请人", one.days, one.due);
        all.push((one.at, look::name_of(app, &one.staff).await?, what, vec![one.reason.clone()]));
    }
    if let Some(one) = &case.payment {
        let what = format!("登记缴费 {} 元，票据 {}，{} 窗口", fee::yuan(one.amount), one.receipt, one.window_no);
        all.push((one.at, look::name_of(app, &one.staff).await?, what, vec![]));
    }
    for document in &case.documents {
        let Some(one) = look::cancellation(app, &document.certificate.id).await? else { continue };
        let ground = one.ground.parse::<Ground>().map_or("", Ground::title);
        let what = format!("注销《{}》：{ground}", document.certificate.name);
        all.push((one.at, look::name_of(app, &one.staff).await?, what, vec![one.reason]));
    }
    Ok(all)
}

/// What this person may do with the case now.
pub(super) fn acts(web: &Web, who: &SignedIn, case: &Case, said: &Said) -> Vec<Markup> {
    let today = china_date(web.app.now());
    let undecided = case.documents.iter().any(|d| d.certificate.state == "submitted");
    let no = &case.matter.case_no;
    let mut acts = Vec::new();
    match who.person.staff.duty {
        Duty::Leader if undecided && case.extension.is_none() && !case.matter.limit().is_instant() => {
            acts.push(extend_form(no, &who.csrf, today, said));
        }
        Duty::Clerk => {
            if case.fee() == Fee::Due {
                acts.push(pay_form(no, &who.csrf, said));
            }
            acts.extend(case.documents.iter().filter_map(|d| again(web, d, today)));
        }
        Duty::Chief => {
            let own = |code: &str| {
                let item = code.parse().ok().and_then(|code| web.app.hall.item(&code));
                item.is_some_and(|item| Some(&item.department) == who.person.staff.department.as_ref())
            };
            let open = case.documents.iter().map(|d| &d.certificate).filter(|c| {
                c.copy_of.is_none() && own(&c.item) && c.standing(today).is_some_and(|now| now.cancel().is_ok())
            });
            acts.extend(open.map(|c| cancel_form(&c.id, &c.name, &who.csrf, said)));
        }
        _ => {}
    }
    acts
}

fn extend_form(case: &str, csrf: &str, today: Date, said: &Said) -> Markup {
    let told =
        Telling::ALL.iter().map(|t| Choice { value: t.to_string(), label: t.title().into(), hint: String::new() });
    let form = said.fill(
        "extension",
        vec![
            Field::new("days", "延长的工作日", Kind::Figure).hint("不超过 10 个工作日，并联审批不超过 15 个"),
            Field::new("reason", "理由", Kind::Lines { rows: 3 }).hint("即告知申请人的理由"),
            Field::new("told", "告知方式", Kind::OneOf(told.collect())),
            Field::new("told_on", "告知日期", Kind::Date).value(today.to_string()),
        ],
    );
    Ask {
        button: "延期…",
        title: "延长办理期限？",
        consequences: &["一件只能延期一次，须先把理由告知申请人；延期、理由和告知方式记录在案。"],
        sure: "批准延期",
        action: &format!("/cases/{case}/extension"),
        csrf,
        weight: Weight::Calm,
        open: form.has_problems(),
    }
    .show(html! { (form.summary()) (form.show()) })
}

fn pay_form(case: &str, csrf: &str, said: &Said) -> Markup {
    let form = said.fill(
        "fee",
        vec![
            Field::new("amount", "金额（元）", Kind::Figure).hint("减免的填 0"),
            Field::new("receipt", "票据号码", Kind::Code { max: Some(64) }).hint("减免的填减免文书编号"),
        ],
    );
    Ask {
        button: "登记缴费…",
        title: "登记本件已缴费？",
        consequences: &["缴费只登记一次；登记后才能用印和出件。"],
        sure: "登记",
        action: &format!("/cases/{case}/fee"),
        csrf,
        weight: Weight::Calm,
        open: form.has_problems(),
    }
    .show(html! { (form.summary()) (form.show()) })
}

fn cancel_form(certificate: &str, name: &str, csrf: &str, said: &Said) -> Markup {
    let said = if said.text("cancellation", "certificate") == certificate { said } else { &Said::default() };
    let grounds =
        Ground::ALL.iter().map(|g| Choice { value: g.to_string(), label: g.title().into(), hint: String::new() });
    let form = said.fill(
        "cancellation",
        vec![
            Field::new("ground", "情形", Kind::Select(grounds.collect())),
            Field::new("reason", "事实和依据的文件", Kind::Lines { rows: 3 }),
        ],
    );
    Ask {
        button: &format!("注销《{name}》…"),
        title: "注销这张证照？",
        consequences: &["注销即刻生效，不能恢复；加注件一并失效。公众查询立即显示“已注销”，并通知监管部门。"],
        sure: "注销",
        action: &format!("/certificates/{certificate}/cancellation"),
        csrf,
        weight: Weight::Danger,
        open: form.has_problems(),
    }
    .show(html! { (form.summary()) (form.show()) })
}

/// Where a clerk goes on with a certificate in force.
fn again(web: &Web, document: &look::Document, today: Date) -> Option<Markup> {
    let row = &document.certificate;
    web.app.hall.item(&row.item.parse().ok()?)?;
    if row.copy_of.is_some() || row.standing(today) != Some(Standing::InForce) {
        return None;
    }
    let href = |how: &str| format!("/cases/new/{}?how={how}&of={}", row.item, crate::web::error::in_query(&row.number));
    Some(html! {
        div.row {
            b { "《" (row.name) "》" }
            a.button href=(href("change")) { "变更" }
            a.button href=(href("renewal")) { "换发（延续）" }
            a.button href=(href("reissue")) { "补发" }
            a.button href=(href("copy")) { "加注件" }
        }
    })
}

/// `POST /cases/{case}/extension`.
pub async fn extend(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let today = china_date(web.app.now());
    let extension = Extension {
        days: sent.text("days").trim().parse().unwrap_or(0),
        reason: sent.text("reason").to_owned(),
        told: sent.text("told").parse().unwrap_or(Telling::Written),
        // What is no day is refused as a day that has not come.
        told_on: sent.text("told_on").parse().unwrap_or(today.tomorrow().unwrap_or(today)),
    };
    if sent.text("told").parse::<Telling>().is_err() {
        let reasons = vec![(Some("told".to_owned()), "请选择告知方式".to_owned())];
        return refused(&web, &who, &case, "extension", &sent, vec![], reasons).await;
    }
    let (app, person, no) = (web.app.clone(), who.person.clone(), case.clone());
    let done = whole(async move { extend::extend(&app, &person, &no, &extension).await }).await?;
    answer(&web, &who, &case, ("extension", "extended"), &sent, vec![], done.map(|_| ())).await
}

/// `POST /cases/{case}/fee`.
pub async fn pay(
    State(web): State<Web>,
    who: SignedIn,
    Path(case): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let (amount, receipt) = (fee::fen(sent.text("amount")), sent.text("receipt").to_owned());
    let (app, person, no) = (web.app.clone(), who.person.clone(), case.clone());
    let done = whole(async move { pay::pay(&app, &person, &no, amount, &receipt).await }).await?;
    answer(&web, &who, &case, ("fee", "paid"), &sent, vec![], done.map(|_| ())).await
}

/// `POST /certificates/{id}/cancellation`.
pub async fn cancel(
    State(web): State<Web>,
    who: SignedIn,
    Path(id): Path<String>,
    sent: Sent,
) -> Result<Response, Error> {
    let case = look::case_of(&web.app, &who.person, &id).await?.matter.case_no;
    let of_this = vec![("certificate".to_owned(), id.clone())];
    let Ok(ground) = sent.text("ground").parse::<Ground>() else {
        let reasons = vec![(Some("ground".to_owned()), "请选择注销的情形".to_owned())];
        return refused(&web, &who, &case, "cancellation", &sent, of_this, reasons).await;
    };
    let reason = sent.text("reason").to_owned();
    let (app, person) = (web.app.clone(), who.person.clone());
    let done = whole(async move { cancel::cancel(&app, &person, &id, ground, &reason).await }).await?;
    answer(&web, &who, &case, ("cancellation", "cancelled"), &sent, of_this, done.map(|_| ())).await
}

async fn answer(
    web: &Web,
    who: &SignedIn,
    case: &str,
    (form, done): (&'static str, &str),
    sent: &Sent,
    more: Vec<(String, String)>,
    outcome: Result<(), ActError>,
) -> Result<Response, Error> {
    match outcome {
        Ok(()) => Ok(Redirect::to(&format!("/cases/{case}?done={done}")).into_response()),
        Err(ActError::Refused(refusal)) => {
            let reasons = refusal.reasons().iter().map(|r| (r.field.clone(), r.text.clone())).collect();
            refused(web, who, case, form, sent, more, reasons).await
        }
        Err(error) => Err(error.into()),
    }
}

async fn refused(
    web: &Web,
    who: &SignedIn,
    case: &str,
    form: &'static str,
    sent: &Sent,
    more: Vec<(String, String)>,
    reasons: Vec<(Option<String>, String)>,
) -> Result<Response, Error> {
    let sent = sent.all().map(|(n, v)| (n.to_owned(), v.to_owned())).chain(more).collect();
    let looked = Looked { zoom: None, done: None, meeting: None };
    let mut response = cases::page(web, who, case, looked, Said { form, sent, reasons }).await?;
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response.extensions_mut().insert(Shown);
    Ok(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_names_no_field_is_said() {
        let said = |form| Said { form, sent: vec![], reasons: vec![(None, "期限无法计算".to_owned())] };
        let day = jiff::civil::date(2026, 11, 20);
        let forms = [
            extend_form("2026-A01-000001", "", day, &said("extension")),
            pay_form("2026-A01-000001", "", &said("fee")),
        ];
        for form in forms {
            assert!(form.into_string().contains("期限无法计算"));
        }
    }
}
