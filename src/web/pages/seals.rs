//! The keeper's seals: each with its imprint, its state, and what can be done with it.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Fact, Field, Form, Kind, Tag,
    ask::{Ask, Weight},
    facts, notice,
};

/// A seal in the list.
#[derive(Debug, Clone)]
pub struct SealCard {
    /// Its page.
    pub href: String,
    /// Its name: department and kind.
    pub name: String,
    /// Its 14-digit code.
    pub code: String,
    /// The picture's address.
    pub imprint: String,
    /// Its state.
    pub state: Tag,
    /// Uses, letter, last change.
    pub facts: Vec<Fact>,
}

/// The list.
#[derive(Debug, Clone)]
pub struct SealList {
    /// The department(s) this keeper keeps for.
    pub office: String,
    /// Its seals, active first.
    pub seals: Vec<SealCard>,
}

impl SealList {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(&self.office, "印章", "一个部门同一种印章只有一枚启用；每次变更都登入用印公示账本。", html! {}))
            @if self.seals.is_empty() {
                div.sheet { (notice::empty("没有您保管的印章", "印章由大厅设立并备案后，会出现在这里。", None)) }
            }
            @for seal in &self.seals {
                section.sheet {
                    div.seal-row {
                        img.imprint src=(seal.imprint) alt={ (seal.name) " 印模" };
                        div.stack-small {
                            div.row { h2 { a href=(seal.href) { (seal.name) } } (seal.state.show()) }
                            (facts(&seal.facts))
                        }
                    }
                }
            }
        }
    }
}

/// What the keeper may do with a seal now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It is active: stop its use.
    Suspend,
    /// It is suspended: use it again.
    Resume,
    /// Nothing: retired, or this person is not its keeper.
    Nothing,
}

/// One seal.
#[derive(Debug, Clone)]
pub struct SealPage {
    /// As in the list.
    pub card: SealCard,
    /// The imprint as SVG and PNG, the certificate, the letter: words and address.
    pub files: Vec<(String, String)>,
    /// Its past, oldest first: when and what.
    pub history: Vec<(String, String)>,
    /// What may be done.
    pub change: Change,
    /// Where it goes.
    pub action: String,
    /// The field for the reason, with its problem.
    pub reason: Form,
    /// How another authority certifies the key, for its keeper.
    pub certify: Option<Certify>,
    /// The session's token.
    pub csrf: String,
}

/// What goes to an outside authority, and what comes back.
#[derive(Debug, Clone)]
pub struct Certify {
    /// Where the request is.
    pub request: String,
    /// Where the certificate goes.
    pub action: String,
    /// The field for it, with its problem.
    pub certificate: Form,
}

impl SealPage {
    /// The field for a certificate of another authority.
    pub fn certificate_form(pem: &str) -> Form {
        let hint = "粘贴签发机构发来的 PEM 文本：印章证书在前，各级签发机构的证书在后。";
        let field = Field::new("certificate", "证书", Kind::Lines { rows: 6 }).hint(hint).value(pem);
        Form { mark: "c", ..Form::of(vec![field]) }
    }

    /// The field in which the reason of a change is given.
    pub fn reason_form(reason: &str) -> Form {
        Form::of(vec![
            Field::new("reason", "原因", Kind::Lines { rows: 3 }).hint("写入印章档案，监察审计可见。").value(reason),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("印章", &self.card.name, "", html! { (self.card.state.show()) }))
            div.two.side {
                div.stack {
                    section.sheet { h2 { "档案" } (facts(&self.card.facts)) }
                    section.sheet {
                        h2 { "变更记录" }
                        ol.stack-small { @for (at, what) in &self.history { li { span.quiet.small { (at) } div { (what) } } } }
                    }
                }
                div.stack {
                    section.sheet.stack-small {
                        h2 { "印模" }
                        img.imprint src=(self.card.imprint) alt={ (self.card.name) " 印模" };
                        ul { @for (words, href) in &self.files { li { a href=(href) { (words) } } } }
                    }
                    @if let Some(certify) = &self.certify {
                        section.sheet.stack-small { (self.certify(certify)) }
                    }
                    @if self.change != Change::Nothing {
                        section.sheet.stack-small {
                            h2 { "停用与恢复" }
                            (self.ask())
                        }
                    }
                }
            }
        }
    }

    fn certify(&self, certify: &Certify) -> Markup {
        let ask = Ask {
            button: "导入外部证书…",
            title: "改用这张证书？",
            consequences: &[
                "下一次用印起使用新证书；此前用印的证照继续有效。改用登入用印公示账本，不能抹去。",
                "印章私钥不变，不离开本系统；每次用印仍须先登账。",
            ],
            sure: "改用",
            action: &certify.action,
            csrf: &self.csrf,
            weight: Weight::Calm,
            open: certify.certificate.has_problems(),
        };
        html! {
            h2 { "外部机构签发的证书" }
            p.quiet { "需要由电子认证服务机构签发印章证书时：先导出证书申请交给签发机构，再导入发来的证书。" }
            p { a href=(certify.request) { "导出证书申请（PKCS#10）" } }
            (ask.show(certify.certificate.show()))
        }
    }

    fn ask(&self) -> Markup {
        let suspend = self.change == Change::Suspend;
        let ask = Ask {
            button: if suspend { "停用印章…" } else { "恢复启用…" },
            title: if suspend { "停用这枚印章？" } else { "恢复启用这枚印章？" },
            consequences: if suspend {
                &[
                    "停用即刻生效：已批准而未用印的一律不再用印，直到恢复。",
                    "此前用印的证照继续有效。停用登入用印公示账本，不能抹去。",
                ]
            } else {
                &["恢复后可以继续用印。恢复登入用印公示账本，不能抹去。"]
            },
            sure: if suspend { "停用" } else { "恢复启用" },
            action: &self.action,
            csrf: &self.csrf,
            weight: if suspend { Weight::Danger } else { Weight::Calm },
            open: self.reason.has_problems(),
        };
        ask.show(self.reason.show())
    }
}
