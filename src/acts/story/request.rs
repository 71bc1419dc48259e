//! The first chapter of what was done: the request, its limits and its fee.

use crate::app::App;
use crate::db::certificate::CertificateRow;
use crate::hall::certificate::Replacement;
use crate::hall::extension::Telling;
use crate::hall::fee;

use super::super::ActError;
use super::super::look::{self, Case, Document};
use super::{Chapter, chapter, evidence, fact, facts, second};

/// Who asked for what, with its limits and its fee.
pub(super) async fn request(app: &App, case: &Case, document: &Document) -> Result<Chapter, ActError> {
    let row = &document.certificate;
    let window = case.matter.window_no.parse().ok().and_then(|no| app.hall.window(&no));
    let window = window.map_or(case.matter.window_no.clone(), |one| format!("{} {}", one.no, one.name));
    let marks: Vec<&str> = [(row.major, "重大"), (row.disputed, "争议"), (case.matter.key_project, "重点项目")]
        .iter()
        .filter(|(is, _)| *is)
        .map(|(_, word)| *word)
        .collect();
    let mut list = vec![
        fact("受理", second(case.matter.submitted_at)),
        fact("受理窗口", window),
        fact("受理人", &case.submitted_by),
        fact("申请用印人", look::name_of(app, &row.asked_by).await?),
        fact("提交内容摘要", hex::encode(&case.matter.submission)),
        fact("模板", format!("{}，版本 {}", row.template, hex::encode(&row.template_version))),
    ];
    if !marks.is_empty() {
        list.push(fact("标记", marks.join("、")));
    }
    list.extend(case.matter.entrustment.iter().map(|entrusted| fact("委托办理", entrusted)));
    list.extend(earlier(app, row).await?);
    let mut parts = vec![facts(list), facts(limits(app, case).await?)];
    if let Some((one, _)) = document.uses.first() {
        parts.extend(evidence("用印申请的陈述", &one.request, &one.request_salt));
    }
    Ok(chapter("申请", parts))
}

/// The certificate whose place this one takes, or that it is a copy of.
async fn earlier(app: &App, row: &CertificateRow) -> Result<Vec<(String, String)>, ActError> {
    let number = app.db.ends_of(&row.id).await?.earlier_number.unwrap_or_default();
    let mut list = Vec::new();
    if row.replaces.is_some() {
        let how = row
            .replaces_as
            .as_deref()
            .and_then(|how| how.parse().ok())
            .map_or("承接", |how: Replacement| how.title());
        list.push(fact("承接的原证", format!("{number}（{how}）")));
    }
    if row.copy_of.is_some() {
        let (purpose, until) =
            (row.purpose.as_deref().unwrap_or_default(), row.valid_to.as_deref().unwrap_or_default());
        list.push(fact("加注件", format!("{number}，用途：{purpose}，至{until}")));
    }
    Ok(list)
}

/// When it was due, how it was extended, what was paid and brought.
async fn limits(app: &App, case: &Case) -> Result<Vec<(String, String)>, ActError> {
    let (due, legal_due) = (case.matter.due.as_deref(), case.matter.legal_due.as_deref());
    let unknown = "有关年度的放假安排尚未录入，无法计算";
    let mut list = vec![fact("承诺期限", due.unwrap_or(unknown)), fact("法定期限", legal_due.unwrap_or(unknown))];
    if let Some(one) = &case.extension {
        let by = look::name_of(app, &one.staff).await?;
        let told = one.told.parse().map_or_else(|_| one.told.clone(), |told: Telling| told.title().to_owned());
        let text = format!(
            "{}，{by}批准延长{}个工作日，由{}至{}；理由：{}；{}以{told}方式告知申请人",
            second(one.at),
            one.days,
            one.due_before,
            one.due,
            one.reason,
            one.told_on
        );
        list.push(fact("延期", text));
    }
    let fee = match (&case.payment, &case.matter.fee) {
        (Some(paid), _) => {
            let by = look::name_of(app, &paid.staff).await?;
            format!(
                "{}，{}元，票据号 {}，{by}在窗口{}登记",
                second(paid.at),
                fee::yuan(paid.amount),
                paid.receipt,
                paid.window_no
            )
        }
        (None, Some(what)) => format!("应缴未缴：{what}"),
        (None, None) => case.fee().title().to_owned(),
    };
    list.push(fact("收费", fee));
    let materials: Vec<String> = serde_json::from_str(&case.matter.materials).unwrap_or_default();
    if !materials.is_empty() {
        list.push(fact("收到的材料", materials.join("；")));
    }
    Ok(list)
}
