//! The verifier's report as people read it on a page.
use super::verify::ask;
use crate::{
    acts::{picture, report as reports},
    picture::{
        Rect,
        views::{Message, Picture, State},
    },
    verify::{
        Effect, Integrity, Report, SignatureReport, Stated, Today, Verdict,
        said::{Asked, Word},
    },
    web::{
        kit::{
            Fact,
            figure::{Figure, Place, whereabouts},
            verdict::{self, Banner, Check, Outcome},
        },
        pages::verify::{Answer, FoundSeal, View},
        words,
    },
};

/// The page of a report, without the files to take away.
pub(super) fn answer(report: &Report, asked: &Asked, views: &[picture::View]) -> Answer {
    let mut checks = vec![integrity(report.integrity)];
    checks.extend(report.signatures.iter().filter(|s| s.is_seal).map(ledger));
    if !report.signatures.is_empty() {
        checks.push(today(report));
    }
    checks.sort_by_key(|c| match c.outcome {
        Outcome::No => 0,
        Outcome::Open => 1,
        Outcome::Yes => 2,
        Outcome::Note => 3,
    });
    let said = report.said();
    let verdict = match said.word {
        Word::Valid => verdict::Verdict::Valid,
        Word::Lapsed => verdict::Verdict::Lapsed,
        Word::Invalid => verdict::Verdict::Invalid,
        Word::Unsure => verdict::Verdict::Unsure,
        Word::Unsigned => verdict::Verdict::Unsigned,
    };
    let mut file = vec![words::size(asked.size), format!("验证于 {}", words::second(asked.at))];
    if !report.file.is_empty() {
        file.insert(0, report.file.clone());
    }
    // The sentence that the banner has said is not said again.
    let more = report.reasons.iter().filter(|reason| reason.text != said.cause).map(reason);
    let mut views: Vec<View> = views.iter().map(|one| view(one, report)).collect();
    for (number, figure) in views.iter_mut().flat_map(|view| &mut view.figures).enumerate() {
        figure.id = format!("picture-{number}");
    }
    Answer {
        reasons: if said.word == Word::Unsigned { Vec::new() } else { more.collect() },
        banner: Banner { verdict, cause: said.cause, next: said.next.into() },
        file,
        checks,
        seals: report.signatures.iter().map(|one| found(one, report)).collect(),
        views,
        technical: technical(report, asked),
        downloads: Vec::new(),
        again: ask(String::new()),
    }
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
    let outcome = match (report.today, report.verdict) {
        (Today::Good, Verdict::Valid) => Outcome::Yes,
        (Today::Good, _) => Outcome::Note,
        (Today::Changed, _) => Outcome::No,
        (Today::NotAsked, _) => Outcome::Open,
    };
    let (found, why) = report.said_of_today();
    check(outcome, found, why.to_owned())
}

/// A reason with its weight. What takes nothing from the verdict is only to be known.
fn reason(reason: &Stated) -> Check {
    let outcome = match reason.effect {
        Effect::Fails(_) => Outcome::No,
        Effect::Unconfirmed(_) => Outcome::Open,
        Effect::Note => Outcome::Note,
    };
    check(outcome, reason.text.clone(), None)
}

fn found(signature: &SignatureReport, report: &Report) -> FoundSeal {
    let facts = reports::facts(signature).into_iter().map(|(name, value)| match name {
        "印章编码" => Fact::code(name, value),
        _ => Fact::new(name, value),
    });
    let class = match signature.verdict {
        Verdict::Valid => "ok",
        Verdict::Invalid => "bad",
        Verdict::Indeterminate => "wait",
    };
    // Of a single seal the page says everything already.
    let reasons = signature.reasons.iter().filter(|_| report.signatures.len() > 1).map(reason);
    FoundSeal {
        name: signature.title(),
        verdict: (class, report.said_of(signature)),
        facts: facts.collect(),
        reasons: reasons.collect(),
    }
}

/// Codes of reasons by which the bytes of the revision are not known to be those that were signed.
const NOT_AS_SIGNED: [&str; 9] = [
    "digest-mismatch",
    "signature-wrong",
    "signature-damaged",
    "signature-kind",
    "signer-missing",
    "other-certificate",
    "algorithm",
    "weak-algorithm",
    "gap",
];

/// Whether the revision a signature ends is what was signed, whatever came after it.
fn is_as_signed(signature: &SignatureReport) -> bool {
    signature.signer.is_some() && !signature.reasons.iter().any(|reason| NOT_AS_SIGNED.contains(&reason.code))
}

/// A page with its seals, and pairs of what differs.
fn view(view: &picture::View, report: &Report) -> View {
    let seals: Vec<(usize, &SignatureReport)> =
        view.signatures.iter().filter_map(|index| Some((index + 1, report.signatures.get(*index)?))).collect();
    let then = if seals.iter().all(|(_, one)| is_as_signed(one)) { "签章时" } else { "签章的版本" };
    let pictures = view.messages.iter().filter_map(|message| match message {
        Message::Picture(picture) => Some(picture),
        Message::Compared { .. } => None,
    });
    let mut figures: Vec<Figure> = pictures.clone().map(|picture| figure(picture, then, &seals)).collect();
    // What differs is marked on the page of the seals, too, once it is known.
    let first = pictures.clone().next().map(|picture| picture.page);
    let same = pictures.filter(|p| p.state == State::Today && Some(p.page) == first).flat_map(|p| &p.differences);
    let same: Vec<Place> = same.map(place).collect();
    if let Some(figure) = figures.first_mut() {
        figure.differences = same;
    }
    let is_end = seals.iter().any(|(_, one)| one.covers_whole_file);
    View { note: note(&view.messages, then, is_end), figures }
}

fn note(messages: &[Message], then: &str, is_end: bool) -> String {
    let compared = messages.iter().find_map(|message| match message {
        Message::Compared { signed_pages, today_pages, differing, .. } => Some((signed_pages, today_pages, differing)),
        Message::Picture(_) => None,
    });
    let Some((signed, now, differing)) = compared else {
        return "现在的页面没有能画出来，没有比对。".into();
    };
    let mut note = match differing.len() {
        0 if is_end => String::new(),
        0 => "签章以后文件又有更新，比对过的页面看不出不同。".into(),
        _ => {
            let places = differing.iter().map(|(page, count)| format!("第 {} 页 · {count} 处不同", page + 1));
            format!("{}。", places.collect::<Vec<_>>().join("，"))
        }
    };
    if signed != now {
        note.push_str(&format!("{then}共 {signed} 页，现在共 {now} 页。"));
    }
    note
}

fn figure(picture: &Picture, then: &str, seals: &[(usize, &SignatureReport)]) -> Figure {
    let (size, page) = ([picture.width, picture.height], picture.page + 1);
    let framed: Vec<(usize, Place)> = seals
        .iter()
        .zip(&picture.frames)
        .filter_map(|((number, _), frame)| Some((*number, place(frame.as_ref()?))))
        .collect();
    let state = match picture.state {
        State::Signed => then,
        State::Today => "现在",
    };
    let mut alt = format!("第 {page} 页{state}的样子。");
    for (number, place) in &framed {
        alt.push_str(&format!("签章 {number} 在页面{}。", whereabouts(*place, size)));
    }
    for different in picture.differences.iter().take(5) {
        alt.push_str(&format!("页面{}有不同。", whereabouts(place(different), size)));
    }
    let caption = match picture.differences.len() {
        0 => format!("第 {page} 页 · {state}"),
        count => format!("第 {page} 页 · {state} · {count} 处不同"),
    };
    Figure {
        id: String::new(),
        src: words::data_uri("image/png", &picture.png),
        size,
        alt,
        caption,
        seals: framed,
        differences: picture.differences.iter().map(place).collect(),
    }
}

fn place(rect: &Rect) -> Place {
    [rect.x, rect.y, rect.width, rect.height]
}

fn technical(report: &Report, asked: &Asked) -> Vec<Fact> {
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
        Fact::code("文件 SHA-256", asked.digest.to_string()),
    ];
    if !report.reasons.is_empty() {
        facts.push(Fact::code("理由代码", report.reasons.iter().map(|r| r.code).collect::<Vec<_>>().join(", ")));
    }
    for (index, signature) in report.signatures.iter().enumerate() {
        let which = if report.signatures.len() > 1 { format!("签章 {} · ", index + 1) } else { String::new() };
        let mut push = |name: &str, value: Option<String>| {
            facts.extend(value.map(|value| Fact::code(format!("{which}{name}"), value)));
        };
        push("公钥 SHA-256", signature.seal.map(|seal| seal.to_string()));
        push("证书主体", signature.signer.clone());
        push("证书序号", signature.certificate_serial.clone());
    }
    facts
}
