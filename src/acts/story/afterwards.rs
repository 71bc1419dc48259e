//! The last chapters: what came of the certificate, what the supervision has to do with it, and who asked from outside.

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::hall::cancellation::Ground;
use crate::hall::certificate::Replacement;
use crate::hall::counter::{DeliveryForm, identity_in_words};
use crate::hall::supervision::{Rule, Subject};

use super::super::look::{self, Case, Document};
use super::super::{ActError, inconsistent, supervise};
use super::{Chapter, Part, chapter, fact, facts, note, second};

/// Days of outside checks listed one by one; earlier ones are put together.
const MOST_DAYS: usize = 60;

/// The sealed document, its delivery, and what became of it.
pub(super) async fn afterwards(app: &App, case: &Case, row: &CertificateRow) -> Result<Chapter, ActError> {
    let mut parts = Vec::new();
    if let (Some(sealed), Some(at)) = (&row.sealed, row.sealed_at) {
        parts.push(facts(vec![fact("用印完成", second(at)), fact("用印后文件摘要", hex::encode(sealed))]));
    } else {
        parts.push(note("没有用印后的文件。"));
    }
    match &case.delivery {
        Some(delivery) => {
            let form = delivery.form.parse().map_err(inconsistent)?;
            parts.push(facts(vec![
                fact("出证", second(delivery.at)),
                fact("领取人", format!("{}，{}", delivery.receiver, identity_in_words(&delivery.identity))),
                fact("形式", DeliveryForm::title(form)),
                fact("窗口", &delivery.window_no),
                fact("经办", look::name_of(app, &delivery.staff).await?),
            ]));
        }
        None => parts.push(note("没有出证记录。")),
    }
    parts.extend(ends(app, row).await?);
    let events = app.db.events_of(&row.id).await?;
    let word = |kind: &str| match kind {
        "certificate.sealed" => "签发".to_owned(),
        "certificate.changed" => "变更".to_owned(),
        "certificate.renewed" => "换发".to_owned(),
        "certificate.reissued" => "补发".to_owned(),
        "certificate.withdrawn" => "撤销".to_owned(),
        "certificate.cancelled" => "注销".to_owned(),
        "certificate.expired" => "过期".to_owned(),
        other => other.to_owned(),
    };
    if !events.is_empty() {
        let head = ["事件号", "时间", "告知审管系统的事件"].map(str::to_owned).to_vec();
        let rows = events.iter().map(|one| vec![one.id.to_string(), second(one.at), word(&one.kind)]).collect();
        parts.push(Part::Table { head, rows });
    }
    Ok(chapter("用印之后", parts))
}

/// Its cancellation, and the documents that take its place, withdraw or copy it.
async fn ends(app: &App, row: &CertificateRow) -> Result<Vec<Part>, ActError> {
    let mut parts = Vec::new();
    if let Some(one) = app.db.cancellation(&row.id).await? {
        parts.push(facts(vec![
            fact("注销", second(one.at)),
            fact(
                "依据",
                one.ground.parse().map_or_else(|_| one.ground.clone(), |ground: Ground| ground.title().to_owned()),
            ),
            fact("事实", &one.reason),
            fact("经办", look::name_of(app, &one.staff).await?),
        ]));
    }
    let later = app.db.documents_about(&row.id).await?;
    if !later.is_empty() {
        let head = ["以后的文件", "证号", "与本证的关系", "用印完成"].map(str::to_owned).to_vec();
        let rows = later.into_iter().map(|one| {
            let relation = match (&one.withdraws, &one.copy_of, &one.replaces_as) {
                (Some(_), _, _) => "撤销本证的决定".to_owned(),
                (_, Some(_), _) => format!("加注件：{}", one.purpose.as_deref().unwrap_or_default()),
                (_, _, Some(how)) => {
                    how.parse().map_or_else(|_| how.clone(), |how: Replacement| how.title().to_owned())
                }
                _ => "—".to_owned(),
            };
            vec![one.name, one.number, relation, one.sealed_at.map_or_else(|| "没有用印".to_owned(), second)]
        });
        parts.push(Part::Table { head, rows: rows.collect() });
    }
    Ok(parts)
}

/// What was refused about it, and what the supervision found.
pub(super) async fn supervised(app: &App, case: &Case, document: &Document) -> Result<Chapter, ActError> {
    let mut parts = Vec::new();
    let refused = app.db.refused_about(&[&case.matter.case_no, &document.certificate.id]).await?;
    if refused.is_empty() {
        parts.push(note("没有与本件有关而被规则拒绝的操作。"));
    } else {
        let head = ["时间", "操作人", "操作", "理由代码"].map(str::to_owned).to_vec();
        let word = |act: String| match act.as_str() {
            "submit" => "受理并申请用印".to_owned(),
            "approve" => "签批".to_owned(),
            "deliver" => "出证".to_owned(),
            "extend" => "延长期限".to_owned(),
            "pay" => "登记缴费".to_owned(),
            "cancel" => "注销".to_owned(),
            _ => act,
        };
        let mut rows = Vec::new();
        for line in refused {
            let who = look::name_of(app, &line.staff).await?;
            rows.push(vec![second(line.at), who, word(line.act), supervise::codes(&line.codes).join("、")]);
        }
        parts.push(Part::Table { head, rows });
    }
    let mut subjects = vec![Subject::Case(case.matter.case_no.clone())];
    subjects.extend(document.uses.iter().map(|(one, _)| Subject::Use(one.id.clone())));
    let mut rows = Vec::new();
    for subject in subjects {
        let which = crate::db::supervision::Which { subject: Some(subject.to_string()), ..Default::default() };
        for row in app.db.findings(&which, 50, 0).await? {
            let state = row.state.parse::<crate::hall::supervision::finding::FindingState>().map_err(inconsistent)?;
            let title = Rule::of(&row.rule).map_or(row.rule.clone(), |rule| rule.title.to_owned());
            rows.push(vec![second(row.found_at), title, row.said, state.title().to_owned()]);
        }
    }
    if rows.is_empty() {
        parts.push(note("没有与本件有关的监察发现。"));
    } else {
        parts.push(Part::Table {
            head: ["发现时间", "规则", "发现", "办理"].map(str::to_owned).to_vec(), rows
        });
    }
    Ok(chapter("监察", parts))
}

/// How often outsiders asked after it.
pub(super) async fn outside(app: &App, row: &CertificateRow) -> Result<Chapter, ActError> {
    let checks = app.db.outside_checks(&row.id).await?;
    let all: i64 = checks.iter().map(|(_, _, count)| count).sum();
    let text = format!("外部人员查询或验证本证照共{all}次。只记每日次数，不记是谁。");
    let mut parts = vec![note(text)];
    if !checks.is_empty() {
        let word = |kind: &str| if kind == "lookup" { "扫码或按编号查询" } else { "验证文件" }.to_owned();
        let (earlier, listed) = checks.split_at(checks.len().saturating_sub(MOST_DAYS));
        let mut rows: Vec<Vec<String>> = Vec::new();
        if let (Some((last, ..)), count) = (earlier.last(), earlier.iter().map(|(_, _, count)| count).sum::<i64>()) {
            rows.push(vec![format!("{last}及以前"), "合计".to_owned(), count.to_string()]);
        }
        rows.extend(listed.iter().map(|(day, kind, count)| vec![day.clone(), word(kind), count.to_string()]));
        parts.push(Part::Table { head: ["日期", "方式", "次数"].map(str::to_owned).to_vec(), rows });
    }
    Ok(chapter("外部核验", parts))
}
