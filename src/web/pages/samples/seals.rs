//! Seals and the steps of their lives.
use super::{DIGEST, ISSUER};
use crate::hall::seal::SealAct;
use crate::web::{
    kit::{Fact, Form, Tag, Tone},
    pages::{
        seal_steps::{ApplyPage, StepLine, StepPage, consequences},
        seals::{Certify, Offer, SealCard, SealPage},
    },
};

pub(super) fn seal() -> SealCard {
    SealCard {
        href: "/design/seal".into(),
        name: format!("{ISSUER}行政审批专用章"),
        code: "22020100000007".into(),
        imprint: Some("/assets/sample-imprint.svg".into()),
        state: Tag::state(Tone::Good, "启用"),
        warned: Some(Tag::state(Tone::Wait, "证书还有 21 天到期，请换发")),
        facts: vec![
            Fact::code("印章编码", "22020100000007"),
            Fact::new("规格", "圆形，直径 42 毫米"),
            Fact::new("备案", "吉公备〔2026〕7号，2026-01-04"),
            Fact::new("授权委托书", "2026-01-01 至 2026-12-31"),
        ],
    }
}

pub(super) fn step_line() -> StepLine {
    StepLine {
        href: "/design/seal-step".into(),
        title: format!("更换 · {ISSUER}行政审批专用章"),
        by: "印章管理员，2026-11-20 10:00：机构更名".into(),
        mark: Tag::state(Tone::Wait, "等您确认"),
    }
}

pub(super) fn seal_page() -> SealPage {
    let offer = |act| Offer { act, action: "/design/seal".into(), form: Offer::form(act, vec![]) };
    SealPage {
        card: seal(),
        files: vec![
            ("印模 SVG".into(), "/design".into()),
            ("印模 PNG（600 dpi）".into(), "/design".into()),
            ("印章备案表（PDF，打印用）".into(), "/design".into()),
            ("签章证书（DER）".into(), "/design".into()),
        ],
        history: vec![
            ("2026-01-01 08:30".into(), "印章管理员提出“启用”：新设".into()),
            ("2026-01-01 09:00".into(), "大厅管理员确认“启用”，已办理并登账".into()),
        ],
        steps: vec![],
        offers: [SealAct::File, SealAct::Renew, SealAct::Suspend, SealAct::Compromise, SealAct::Retire]
            .map(offer)
            .into(),
        certify: Some(Certify {
            request: "/design".into(),
            action: "/design/seal".into(),
            certificate: SealPage::certificate_form(""),
        }),
        csrf: String::new(),
    }
}

pub(super) fn step_page() -> StepPage {
    StepPage {
        title: step_line().title,
        state: Tag::state(Tone::Wait, "等另一人确认"),
        facts: vec![
            Fact::new("办理", "更换"),
            Fact::new("印章", format!("{ISSUER}行政审批专用章")),
            Fact::code("新印章编码", "22020100000019"),
            Fact::code("备案材料摘要", DIGEST),
            Fact::new("原因", "机构更名"),
        ],
        document: Some("/design".into()),
        imprint: Some("/assets/sample-imprint.svg".into()),
        consequences: consequences(SealAct::Replace),
        confirm: Some("/design/seal-step".into()),
        problems: Form::default(),
        decline: Some(("/design/seal-step".into(), "退回")),
        reason: StepPage::reason_form(""),
        csrf: String::new(),
    }
}

pub(super) fn apply_page() -> ApplyPage {
    ApplyPage {
        office: ISSUER.into(),
        form: ApplyPage::form(|field| if field == "name" { ISSUER.into() } else { String::new() }),
        csrf: String::new(),
    }
}
