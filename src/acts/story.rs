//! One certificate's whole story, for an auditor: request, data, who saw and approved what with the very page shown, the
//! evidence, the ledger's entry with its proof, the state of the seal at that index, delivery, and how often outsiders asked.

use serde_json::{Map, Value};

use crate::app::App;
pub use crate::compose::story::{Chapter, Part, Story};
use crate::compose::{FieldKind, Template};
use crate::db::certificate::CertificateRow;
use crate::db::passkey::EvidenceRow;
use crate::db::seal_use::{ApprovalRow, SealUseRow};
use crate::hall::counter::{DeliveryForm, identity_in_words};
use crate::hall::identity::IdentityNumber;
use crate::hall::opening::{china_date, china_time};
use crate::hall::staff::Duty;
use crate::hall::supervision::{Rule, Subject};
use crate::ledger::entry::{Entry, approval_digest};
use crate::picture::Pictures;

use super::look::{self, Case, Document};
use super::person::Person;
use super::{ActError, Failure, compute, inconsistent};

/// Resolution of the pages in the story's PDF.
const DPI: u16 = 120;
/// Days of outside checks listed one by one; earlier ones are put together.
const MOST_DAYS: usize = 60;

/// The story of a certificate.
pub async fn story(app: &App, person: &Person, certificate: &str) -> Result<Story, ActError> {
    person.require(&[Duty::Auditor])?;
    let case = look::case_of(app, person, certificate).await?;
    let document = document(&case, certificate)?;
    let row = &document.certificate;
    let mut chapters = vec![overview(app, &case, row).await?, request(app, &case, document).await?, data(app, row)];
    chapters.push(shown(row));
    for (number, (one, approvals)) in document.uses.iter().enumerate() {
        chapters.push(seal_use(app, number + 1, one, approvals).await?);
    }
    chapters.push(afterwards(app, &case, row).await?);
    chapters.push(supervised(app, &case, document).await?);
    chapters.push(outside(app, row).await?);
    Ok(Story {
        title: format!("{} {}", row.name, row.number),
        lead: format!("{}的记录，截至{}（北京时间）。", app.hall.name, second(app.now().as_microsecond())),
        chapters,
    })
}

/// The story as a PDF.
pub async fn pdf(app: &App, person: &Person, certificate: &str) -> Result<Vec<u8>, ActError> {
    let story = story(app, person, certificate).await?;
    let unsealed = look::unsealed_pdf(app, person, certificate).await?;
    let (composer, now) = (app.composer.clone(), app.now());
    compute(move || {
        let pictures = Pictures::open(unsealed)?;
        let pages = (0..pictures.pages()).map(|page| pictures.png(page, DPI)).collect::<Result<Vec<_>, _>>()?;
        composer.story(&story, pages, now).map_err(|error| ActError::Failed(Failure::Compose(error)))
    })
    .await?
}

/// The picture of a page as the approvers saw it (from 0).
pub async fn page(app: &App, person: &Person, certificate: &str, page: usize, dpi: u16) -> Result<Vec<u8>, ActError> {
    person.require(&[Duty::Auditor])?;
    let unsealed = look::unsealed_pdf(app, person, certificate).await?;
    compute(move || {
        let pictures = Pictures::open(unsealed)?;
        if page < pictures.pages() { Ok(pictures.png(page, dpi)?) } else { Err(ActError::NotFound) }
    })
    .await?
}

fn document<'a>(case: &'a Case, certificate: &str) -> Result<&'a Document, ActError> {
    case.documents.iter().find(|document| document.certificate.id == certificate).ok_or(ActError::NotFound)
}

fn second(at: i64) -> String {
    let at = jiff::Timestamp::from_microsecond(at).unwrap_or_default();
    china_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

fn fact(name: &str, value: impl Into<String>) -> (String, String) {
    (name.to_owned(), value.into())
}

fn facts(facts: Vec<(String, String)>) -> Part {
    Part::Facts { facts }
}

fn note(text: impl Into<String>) -> Part {
    Part::Note { text: text.into() }
}

fn chapter(title: impl Into<String>, parts: Vec<Part>) -> Chapter {
    Chapter { title: title.into(), parts }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

async fn overview(app: &App, case: &Case, row: &CertificateRow) -> Result<Chapter, ActError> {
    let item = row.item.parse().ok().and_then(|code| app.hall.item(&code));
    let state = match row.state.as_str() {
        "submitted" => "办理中，尚未用印",
        "refused" => "未批准",
        "voided" => "用印作废",
        other => row.standing(china_date(app.now())).map_or(other, |standing| standing.title()),
    };
    Ok(chapter(
        "概况",
        vec![facts(vec![
            fact("证照", &row.name),
            fact("证号", &row.number),
            fact("持有人", &row.holder),
            fact("办件", &case.matter.case_no),
            fact("事项", item.map_or_else(|| row.item.clone(), |item| format!("{}（{}）", item.name, item.code))),
            fact("今天的状态", state),
            fact("标识", &row.id),
        ])],
    ))
}

async fn request(app: &App, case: &Case, document: &Document) -> Result<Chapter, ActError> {
    let row = &document.certificate;
    let window = case.matter.window_no.parse().ok().and_then(|no| app.hall.window(&no));
    let window = window.map_or(case.matter.window_no.clone(), |one| format!("{} {}", one.no, one.name));
    let marks: Vec<&str> =
        [(row.major, "重大"), (row.disputed, "争议")].iter().filter(|(is, _)| *is).map(|(_, word)| *word).collect();
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
    let mut parts = vec![facts(list)];
    if let Some((one, _)) = document.uses.first() {
        parts.extend(evidence("用印申请的陈述", &one.request, &one.request_salt));
    }
    Ok(chapter("申请", parts))
}

/// A statement with its salt and the digest of both, which stands in the ledger.
fn evidence(title: &str, statement: &[u8], salt: &[u8]) -> Vec<Part> {
    let digest = <[u8; 32]>::try_from(salt)
        .map_or_else(|_| "盐值长度不对".to_owned(), |salt| approval_digest(&salt, statement).to_string());
    vec![
        Part::Text { title: title.to_owned(), lines: lines(&String::from_utf8_lossy(statement)) },
        facts(vec![fact("盐值", hex::encode(salt)), fact("加盐摘要", digest)]),
    ]
}

fn data(app: &App, row: &CertificateRow) -> Chapter {
    let fields: Map<String, Value> = serde_json::from_str(&row.data).unwrap_or_default();
    let template = app.templates.slug(&row.template);
    let shown = |(name, value): (&String, &Value)| fact(name, shown_value(template.map(|t| &**t), name, value));
    let fields: Vec<_> = fields.iter().map(shown).collect();
    chapter("照面数据", vec![facts(fields)])
}

fn shown_value(template: Option<&Template>, name: &str, value: &Value) -> String {
    let identity = template.and_then(|one| one.field(name)).is_some_and(|field| field.kind == FieldKind::Identity);
    match value {
        Value::String(text) if identity => {
            text.parse::<IdentityNumber>().map_or_else(|_| "（公民身份号码）".to_owned(), |number| number.to_string())
        }
        Value::String(text) => text.replace('\n', "；"),
        Value::Array(blocks) => format!("（正文，共{}段，见所附页面图像）", blocks.len()),
        other => other.to_string(),
    }
}

fn shown(row: &CertificateRow) -> Chapter {
    chapter(
        "审批人所见（用印前的页面）",
        vec![facts(vec![fact("文件摘要", hex::encode(&row.unsealed))]), Part::Pages { count: look::page_count(row) }],
    )
}

async fn seal_use(app: &App, number: usize, one: &SealUseRow, approvals: &[ApprovalRow]) -> Result<Chapter, ActError> {
    let state = match one.state.as_str() {
        "asked" => "待批准",
        "refused" => "未批准",
        "logged" => "已登账，未完成",
        "sealed" => "已用印",
        "voided" => "已作废",
        other => other,
    };
    let department = one.department.parse().ok().and_then(|key| app.hall.department(&key));
    let department = department.map_or(one.department.clone(), |one| one.name.clone());
    let kind = if one.kind == "approval" { "行政审批专用章" } else { "部门行政印章" };
    let mut parts = vec![facts(vec![
        fact("印章", format!("{department}{kind}")),
        fact("依据事项", &one.item),
        fact("状态", state),
    ])];
    let shown = app.db.evidence_of(&one.id).await?;
    for approval in approvals {
        parts.extend(decision(app, approval, shown.iter().find(|one| one.step == approval.step)).await?);
    }
    if let Some(index) = one.idx.and_then(|index| u64::try_from(index).ok()) {
        parts.extend(entry(app, one, index).await?);
    } else {
        parts.push(note("没有登入账本。"));
    }
    Ok(chapter(format!("第{number}次用印：{department}"), parts))
}

async fn decision(app: &App, approval: &ApprovalRow, shown: Option<&EvidenceRow>) -> Result<Vec<Part>, ActError> {
    let staff = app.db.staff(&approval.staff).await?;
    let (name, deputy, permit) = staff.map_or_else(
        || ("—".to_owned(), false, "—".to_owned()),
        |one| (one.name, one.deputy, format!("{}（{}至{}）", one.permit_no, one.permit_from, one.permit_to)),
    );
    let step = match approval.step.as_str() {
        "chief" => "签批（首席代表）",
        "leader" => "签批（部门分管领导）",
        "review" => "审核",
        "second-review" => "复审",
        other => other,
    };
    let mut list = vec![
        fact(step, if approval.decision == "approve" { "批准" } else { "不批准" }),
        fact("审批人", format!("{name}{}", if deputy { "（代理）" } else { "" })),
        fact("工作证", permit),
        fact("时间", second(approval.at)),
    ];
    if !approval.reasons.is_empty() {
        list.push(fact("理由", approval.reasons.replace('\n', "；")));
    }
    if let Some(meeting) = &approval.meeting {
        list.push(fact("会议记录摘要", hex::encode(meeting)));
    }
    let mut parts = vec![facts(list)];
    parts.extend(evidence("所批准的陈述", &approval.statement, &approval.salt));
    parts.push(shown.map_or_else(|| note("本次审批没有通行密钥或动态口令的证据。"), presence));
    Ok(parts)
}

/// What showed that the approver was there: all that is needed to check it again.
fn presence(shown: &EvidenceRow) -> Part {
    let hex = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(hex::encode).unwrap_or_default();
    match (&shown.passkey, &shown.codes) {
        (Some(passkey), _) => facts(vec![
            fact("通行密钥", passkey),
            fact("客户端数据", String::from_utf8_lossy(shown.client_data.as_deref().unwrap_or_default())),
            fact("认证器数据", hex(&shown.authenticator_data)),
            fact("通行密钥签名", hex(&shown.signature)),
        ]),
        (None, Some(codes)) => {
            let period = shown.period.map(|period| period.to_string()).unwrap_or_default();
            facts(vec![fact("动态口令", format!("{codes}，时段 {period}（弱于通行密钥）"))])
        }
        (None, None) => note("证据不完整。"),
    }
}

/// The entry, its proof in the ledger as published, and where the seal stood at that index.
async fn entry(app: &App, one: &SealUseRow, index: u64) -> Result<Vec<Part>, ActError> {
    let row = app.db.entry_rows(index, index + 1).await?.pop().ok_or_else(|| inconsistent("an entry is missing"))?;
    let parsed = Entry::parse(&row.entry).map_err(inconsistent)?;
    let proven = app.sequencer.prove(index, &parsed).await?;
    let checkpoint = app.sequencer.checkpoint().ok_or_else(|| inconsistent("no checkpoint"))?;
    let claim = checkpoint.claim();
    let mut parts = vec![
        facts(vec![
            fact("账本", claim.origin.to_string()),
            fact("条目", format!("第 {index} 条，{}登账", second(row.at))),
            fact("包含证明", format!("核验通过：树大小 {}，根 {}", claim.size, claim.root)),
        ]),
        Part::Text { title: format!("账本第{index}条"), lines: lines(&String::from_utf8_lossy(&row.entry)) },
        Part::Text { title: "登账证明（tlog-proof）".to_owned(), lines: lines(&proven.proof.to_string()) },
    ];
    parts.push(seal_at(app, &parsed, index).await?);
    if let Some(attributes) = &one.attributes {
        let digest = crate::digest::Digest::of(attributes);
        parts.push(facts(vec![fact("签名属性摘要", digest.to_string())]));
    }
    Ok(parts)
}

async fn seal_at(app: &App, of: &Entry, index: u64) -> Result<Part, ActError> {
    let key = of.seal().ok_or_else(|| inconsistent("a use without a seal"))?;
    let mut rows = Vec::new();
    let mut state = "账本中没有这枚印章的启用记录";
    for (at, bytes) in app.db.seal_entries_before(index).await? {
        let Ok(change) = Entry::parse(&bytes) else { continue };
        if change.seal() != Some(key) {
            continue;
        }
        let (word, then) = match &change {
            Entry::SealOpen { .. } => ("启用", "启用"),
            Entry::SealSuspend(_) => ("停用", "停用"),
            Entry::SealResume(_) => ("恢复启用", "启用"),
            Entry::SealRetire(_) => ("注销", "注销"),
            Entry::SealCertificate { .. } => ("更换证书", state),
            _ => continue,
        };
        state = then;
        rows.push(vec![format!("第 {at} 条"), change.day().to_string(), word.to_owned()]);
    }
    rows.push(vec![format!("第 {index} 条"), of.day().to_string(), format!("本次用印时：{state}")]);
    let head = ["账本", "日期", "印章状态"].map(str::to_owned).to_vec();
    Ok(Part::Table { head, rows })
}

async fn afterwards(app: &App, case: &Case, row: &CertificateRow) -> Result<Chapter, ActError> {
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

async fn supervised(app: &App, case: &Case, document: &Document) -> Result<Chapter, ActError> {
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
            rows.push(vec![second(line.at), who, word(line.act), super::supervise::codes(&line.codes).join("、")]);
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

async fn outside(app: &App, row: &CertificateRow) -> Result<Chapter, ActError> {
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

/// How an outsider asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// By the QR code or the numbers on paper.
    Lookup,
    /// With the file.
    Verify,
}

/// Counts that an outsider asked after a certificate: the day and how, nothing else. Whoever asks is answered all the same
/// if it cannot be counted.
pub(super) async fn count(app: &App, certificate: &str, check: Check) {
    let day = china_date(app.now()).to_string();
    let kind = match check {
        Check::Lookup => "lookup",
        Check::Verify => "verify",
    };
    if let Err(error) = app.db.count_check(certificate, &day, kind).await {
        tracing::warn!(%error, "a check by an outsider could not be counted");
    }
}
