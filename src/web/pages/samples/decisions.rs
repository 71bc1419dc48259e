//! What is decided, handed out and kept.
use super::{ASKER, DIGEST, ISSUER, due, viewer};
use crate::web::{
    kit::{Fact, Tag, Tone, confirm::Confirm},
    pages::{
        approval::{Approval, Decision},
        delivery::{HandOver, Ready},
        inbox::Waiting,
    },
};

pub(super) fn waiting() -> Vec<Waiting> {
    let one = |certificate: &str, number: &str, marks: &[&str], due| Waiting {
        href: "/design/approval".into(),
        certificate: certificate.into(),
        number: number.into(),
        asked_by: "窗口一".into(),
        asker: ASKER.into(),
        since: "2026-11-20 10:00".into(),
        marks: marks.iter().map(|m| Tag::mark(*m)).collect(),
        due,
    };
    vec![
        one("小餐饮经营许可证", "JX220201000001", &["即办件"], due("今天", false)),
        one("食品经营许可证", "JY12202010000013", &[], due("还有 4 个工作日", false)),
        one("撤销行政许可决定书", "吉市监经开撤字〔2026〕1号", &["重大"], due("超期 1 个工作日", true)),
    ]
}

pub(super) fn approval() -> Approval {
    Approval {
        list: "待签批",
        certificate: "食品经营许可证".into(),
        number: "JY12202010000013".into(),
        marks: vec![],
        facts: vec![
            Fact::new("申请人", ASKER),
            Fact::new("事项", "食品经营许可证核发（220201-scjg-001）"),
            Fact::new("经办", "窗口一，A01 综合受理一窗，2026-11-20 10:00"),
            Fact::new("授权委托书", "2026-01-01 至 2026-12-31，含本事项"),
        ],
        notes: vec![],
        seal: format!("{ISSUER}行政审批专用章"),
        imprint: "/assets/sample-imprint.svg".into(),
        digest: DIGEST.into(),
        viewer: viewer("食品经营许可证"),
        meeting: Some(String::new()),
        decision: Decision::Seals,
        action: "/design/approval".into(),
        confirm: Confirm::default(),
        refusal: Approval::refusal_form(""),
        more: 2,
        csrf: String::new(),
    }
}

pub(super) fn ready() -> Vec<Ready> {
    vec![Ready {
        href: "/design/hand-over".into(),
        case: "2026-A02-000015".into(),
        certificates: vec![
            "建设工程规划许可证 建字第220201202600001号".into(),
            "建筑工程施工许可证 220201202611200001".into(),
            "工程建设项目并联审批办结告知书".into(),
        ],
        asker: "吉林炭素新材料有限公司".into(),
        sealed: "2026-11-20 10:12".into(),
        marks: vec![Tag::state(Tone::Wait, "已 3 日")],
    }]
}

pub(super) fn hand_over() -> HandOver {
    HandOver {
        case: "2026-A01-000001".into(),
        facts: vec![Fact::new("申请人", ASKER), Fact::new("事项", "食品经营许可证核发")],
        certificates: vec![viewer("食品经营许可证 JY12202010000013")],
        form: HandOver::form(|_| String::new()),
        action: "/design/hand-over".into(),
        csrf: String::new(),
    }
}
