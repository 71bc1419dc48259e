//! The public's question: is this document genuine? And the page a QR code leads to.
use std::{net::SocketAddr, time::Instant};

use axum::{
    extract::{ConnectInfo, Multipart, Path, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    acts::{ActError, look, verify},
    verify::{Integrity, Report, SignatureReport, Today, Verdict},
    web::{
        error::Error,
        guard::trouble::Shown,
        kit::{
            Fact, Tag, Tone,
            verdict::{self, Banner, Check, Outcome},
        },
        pages::{
            lookup::{self, Entry, Lookup},
            verify::{Answer, Ask, FoundSeal},
        },
        router::Web,
        words,
    },
};

/// The largest document verified, in bytes.
pub const MOST_DOCUMENT: usize = 50 * 1024 * 1024;

fn ask(problem: &str) -> Ask {
    Ask { problem: problem.to_owned(), limit: words::megabytes(MOST_DOCUMENT) }
}

/// `GET /verify`.
pub async fn form(State(web): State<Web>) -> Response {
    web.shell("验证证照", "/verify").show(ask("").show()).into_response()
}

/// `POST /verify`.
pub async fn judge(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    parts: Multipart,
) -> Result<Response, Error> {
    if !web.verifications.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let (sent, _held) = web.uploads.read(peer.ip(), document(parts)).await?;
    let Some((name, bytes)) = sent else {
        let shell = web.shell("验证证照", "/verify");
        let mut response = (StatusCode::UNPROCESSABLE_ENTITY, shell.show(ask("还没有选择文件").show())).into_response();
        response.extensions_mut().insert(Shown);
        return Ok(response);
    };
    let report = verify::verify(&web.app, &web.judging, name, bytes).await?;
    let page = answer(&report);
    Ok(web.shell(page.banner.verdict.word(), "/verify").show(page.show()).into_response())
}

/// The first file of a form; `None` when none was chosen.
async fn document(mut parts: Multipart) -> Result<Option<(String, axum::body::Bytes)>, Error> {
    let broken = |e: axum::extract::multipart::MultipartError| Error::from_body(e.status());
    while let Some(part) = parts.next_field().await.map_err(broken)? {
        if part.name() != Some("file") {
            continue;
        }
        let name: String = part.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).take(120).collect();
        let bytes = part.bytes().await.map_err(broken)?;
        return Ok((!bytes.is_empty()).then_some((name, bytes)));
    }
    Ok(None)
}

/// The report as people read it.
fn answer(report: &Report) -> Answer {
    let mut checks = vec![integrity(report.integrity)];
    checks.extend(report.signatures.iter().filter(|s| s.is_seal).map(ledger));
    checks.push(today(report));
    checks.sort_by_key(|c| match c.outcome {
        Outcome::No => 0,
        Outcome::Open => 1,
        Outcome::Yes => 2,
    });
    Answer {
        banner: banner(report),
        file: report.file.clone(),
        checks,
        reasons: report.reasons.iter().map(|r| r.text.clone()).collect(),
        seals: report.signatures.iter().map(found).collect(),
        technical: technical(report),
        again: ask(""),
    }
}

fn banner(report: &Report) -> Banner {
    let first = report.reasons.first().map(|r| r.text.clone());
    // The name a signature gives is anybody's word; only a seal that is proved speaks under it.
    let proved = report.signatures.iter().filter(|s| s.is_seal && s.verdict == Verdict::Valid);
    let names: Vec<&str> = proved.filter_map(|s| s.name.as_deref()).collect();
    let (verdict, cause, next) = match (report.verdict, report.today) {
        (Verdict::Valid, Today::Changed) => (
            verdict::Verdict::Lapsed,
            "盖章时有效，盖章以后文件没有改动；但证照已经撤销、变更，或印章证书已经吊销。".into(),
            "不能再作为有效证照使用；请向签发机关查询现状。",
        ),
        (Verdict::Valid, _) => {
            let outside = "不是大厅的印章，由外部证书签名，".to_owned();
            let by = if names.is_empty() { outside } else { format!("由{}盖章，", names.join("、")) };
            (verdict::Verdict::Valid, format!("本文件{by}盖章后没有改动。"), "可以采信。")
        }
        (Verdict::Invalid, _) => (
            verdict::Verdict::Invalid,
            first.unwrap_or_else(|| "文件不是盖章时的样子。".into()),
            "不要采信。请向出示人索取原文件，或向签发机关核实。",
        ),
        (Verdict::Indeterminate, _) => (
            verdict::Verdict::Unsure,
            first.unwrap_or_else(|| "能查的没有发现问题，但有的查不到。".into()),
            "不能确认不等于有效。请向签发机关核实。",
        ),
    };
    Banner { verdict, cause, next: next.into() }
}

fn check(outcome: Outcome, found: impl Into<String>, detail: impl Into<Option<String>>) -> Check {
    Check { outcome, found: found.into(), detail: detail.into() }
}

fn integrity(integrity: Integrity) -> Check {
    match integrity {
        Integrity::Intact => check(Outcome::Yes, "盖章后没有改动", "签名所盖住的每一个字节都与盖章时相同".to_owned()),
        Integrity::Unsigned => {
            check(Outcome::Open, "文件里没有电子签章", "打印后扫描的文件、截图都没有电子签章".to_owned())
        }
        Integrity::Suspicious => check(Outcome::Open, "文件的构造可疑，可能使人看错", None),
        Integrity::Modified => check(Outcome::No, "内容与盖章时不一致", None),
        Integrity::Broken => check(Outcome::No, "文件或签章已经损坏，不能读取", None),
    }
}

fn ledger(signature: &SignatureReport) -> Check {
    match &signature.ledger {
        Some(found) => {
            let witnesses = match found.witnesses.len() {
                0 => "没有第三方见证".to_owned(),
                n => format!("有 {n} 个见证方签名"),
            };
            check(
                Outcome::Yes,
                format!("已登入用印公示账本第 {} 条", found.index),
                format!("账本 {}，{witnesses}", found.log),
            )
        }
        None => check(Outcome::Open, "没有可以确认的登账证明", None),
    }
}

fn today(report: &Report) -> Check {
    match report.today {
        Today::Good => check(Outcome::Yes, "今天仍然有效", "本大厅登记在册，没有撤销、变更".to_owned()),
        Today::Changed => check(Outcome::No, "盖章以后已经撤销、变更或吊销", None),
        Today::NotAsked => check(Outcome::Open, "没有查到今天的状态", "不是本大厅现有登记的文件".to_owned()),
    }
}

fn found(signature: &SignatureReport) -> FoundSeal {
    let name = match &signature.name {
        Some(name) if signature.is_seal && signature.verdict == Verdict::Valid => name.clone(),
        Some(name) => format!("自称“{name}”的签章（未经证实）"),
        None => "未署名的签章".to_owned(),
    };
    let word = match signature.verdict {
        Verdict::Valid => "有效",
        Verdict::Invalid => "无效",
        Verdict::Indeterminate => "不能确认",
    };
    let mut facts = vec![Fact::new("这枚签章", word)];
    if let Some(at) = signature.signed_at {
        facts.push(Fact::new("盖章时间", words::second(at)));
    }
    if let Some(page) = signature.page {
        facts.push(Fact::new("位置", format!("第 {page} 页")));
    }
    if let Some(code) = signature.signer.as_deref().and_then(seal_code) {
        facts.push(Fact::code("印章编码", code));
    }
    if let Some(ledger) = &signature.ledger {
        facts.push(Fact::new("账本序号", ledger.index.to_string()));
    }
    FoundSeal { name, facts }
}

/// The seal's code: the common name of its certificate.
fn seal_code(subject: &str) -> Option<&str> {
    let name = subject.split(',').find_map(|part| part.trim().strip_prefix("CN="))?;
    (name.len() == 14 && name.bytes().all(|b| b.is_ascii_digit())).then_some(name)
}

fn technical(report: &Report) -> Vec<Fact> {
    let word = |v: serde_json::Result<serde_json::Value>| {
        v.ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default()
    };
    // The standard's indication speaks of the sealing alone.
    let indication = if report.today == Today::Changed { "盖章当时的结论代码" } else { "结论代码" };
    let mut facts = vec![
        Fact::code(indication, word(serde_json::to_value(report.indication))),
        Fact::code(
            "细分代码",
            report.sub_indication.map(|s| word(serde_json::to_value(s))).unwrap_or_else(|| "—".into()),
        ),
        Fact::code("完整性", word(serde_json::to_value(report.integrity))),
    ];
    if !report.reasons.is_empty() {
        facts.push(Fact::code("理由代码", report.reasons.iter().map(|r| r.code).collect::<Vec<_>>().join(", ")));
    }
    for signature in &report.signatures {
        if let Some(seal) = &signature.seal {
            facts.push(Fact::code("印章公钥摘要（SHA-256）", seal.to_string()));
        }
        if let Some(signer) = &signature.signer {
            facts.push(Fact::code("证书主体", signer));
        }
        if let Some(serial) = &signature.certificate_serial {
            facts.push(Fact::code("证书序号", serial));
        }
    }
    facts
}

/// `GET /q/{case}/{code}`: what the hall's register says of a printed certificate's QR code.
pub async fn lookup(
    State(web): State<Web>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path((case, code)): Path<(String, String)>,
) -> Result<Response, Error> {
    if !web.verifications.take(peer.ip(), Instant::now()) {
        return Err(Error::TooMany);
    }
    let rows = match look::by_qr_code(&web.app, &case, &code).await {
        Err(ActError::NotFound) => {
            let page = web.shell("没有查到这张证照", "/verify").show(lookup::unknown());
            let mut response = (StatusCode::NOT_FOUND, page).into_response();
            response.extensions_mut().insert(Shown);
            return Ok(response);
        }
        other => other?,
    };
    let entry = |row: &look::CertificateRow| Entry {
        name: row.name.clone(),
        number: row.number.clone(),
        state: public_state(&row.state),
        warning: warning(&row.state),
        sealed: row.sealed_at.map(words::minute_of).unwrap_or_default(),
    };
    let page = Lookup { entries: rows.iter().map(entry).collect() };
    Ok(web.shell("证照登记", "/verify").show(page.show()).into_response())
}

/// A certificate's state as the public is told.
fn public_state(state: &str) -> Tag {
    match state {
        "sealed" => Tag::state(Tone::Good, "已签发"),
        "withdrawn" => Tag::state(Tone::Bad, "已撤销"),
        "submitted" => Tag::state(Tone::Wait, "办理中，尚未签发"),
        _ => Tag::state(Tone::Bad, "未签发"),
    }
}

/// Why nobody may rely on it; nothing for a certificate in force.
fn warning(state: &str) -> Option<&'static str> {
    match state {
        "sealed" => None,
        "withdrawn" => Some("这张证照已撤销，请勿采信"),
        _ => Some("这张证照没有签发，请勿采信"),
    }
}
