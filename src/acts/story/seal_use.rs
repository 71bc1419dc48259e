//! A chapter for each use of a seal: who approved what, the evidence, the ledger's entry, and where the seal stood.

use crate::app::App;
use crate::db::passkey::EvidenceRow;
use crate::db::seal_use::{ApprovalRow, SealUseRow};
use crate::ledger::entry::Entry;

use super::super::{ActError, inconsistent};
use super::{Chapter, Part, chapter, evidence, fact, facts, lines, note, second};

/// The decisions, and the entry with its proof.
pub(super) async fn seal_use(
    app: &App,
    number: usize,
    one: &SealUseRow,
    approvals: &[ApprovalRow],
) -> Result<Chapter, ActError> {
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
    parts.push(shown.map_or_else(|| note("本次审批没有通行密钥或动态码的证据。"), presence));
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
            facts(vec![fact("动态码", format!("{codes}，时段 {period}（弱于通行密钥）"))])
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
            Entry::SealRetire(_) => ("废止", "废止"),
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
