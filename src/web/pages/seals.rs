//! The keeper's seals: each with its imprint, its state, and what can be done with it.
use maud::{Markup, html};

use super::head;
use super::seal_steps::{StepLine, waiting};
use crate::hall::seal::SealAct;
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
    /// The picture's address; none before the seal is made.
    pub imprint: Option<String>,
    /// Its state.
    pub state: Tag,
    /// That its certificate runs out.
    pub warned: Option<Tag>,
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
    /// Steps that wait for a second person.
    pub steps: Vec<StepLine>,
    /// Whether this person may apply for a seal.
    pub applies: bool,
}

impl SealList {
    /// The page.
    pub fn show(&self) -> Markup {
        let apply = html! { @if self.applies { a.button.primary href="/seals/apply" { "申请印章" } } };
        html! {
            (head(&self.office, "印章", "一个部门同一种印章只有一枚启用；每一步由一人提出、另一人确认，登入用印公示账本。", apply))
            (waiting(&self.steps))
            @if self.seals.is_empty() {
                div.sheet { (notice::empty("没有您保管的印章", "申请经大厅确认后，印章会出现在这里。", None)) }
            }
            @for seal in &self.seals {
                section.sheet {
                    div.seal-row {
                        @if let Some(imprint) = &seal.imprint { img.imprint src=(imprint) alt={ (seal.name) " 印模" }; }
                        div.stack-small {
                            div.row { h2 { a href=(seal.href) { (seal.name) } } (seal.state.show()) @if let Some(warned) = &seal.warned { (warned.show()) } }
                            (facts(&seal.facts))
                        }
                    }
                }
            }
        }
    }
}

/// Something that this person may do with the seal.
#[derive(Debug, Clone)]
pub struct Offer {
    /// Which step.
    pub act: SealAct,
    /// Where it goes.
    pub action: String,
    /// Its fields, with their problems.
    pub form: Form,
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
    /// Steps that wait for a second person.
    pub steps: Vec<StepLine>,
    /// What may be done.
    pub offers: Vec<Offer>,
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

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("印章", &self.card.name, "", html! { (self.card.state.show()) @if let Some(warned) = &self.card.warned { (warned.show()) } }))
            (waiting(&self.steps))
            div.two.side {
                div.stack {
                    section.sheet { h2 { "档案" } (facts(&self.card.facts)) }
                    section.sheet {
                        h2 { "变更记录" }
                        ol.stack-small { @for (at, what) in &self.history { li { span.quiet.small { (at) } div { (what) } } } }
                    }
                }
                div.stack {
                    @if let Some(imprint) = &self.card.imprint {
                        section.sheet.stack-small {
                            h2 { "印模" }
                            img.imprint src=(imprint) alt={ (self.card.name) " 印模" };
                            ul { @for (words, href) in &self.files { li { a href=(href) { (words) } } } }
                        }
                    }
                    @if !self.offers.is_empty() {
                        section.sheet.stack-small {
                            h2 { "办理" }
                            p.quiet { "除停用即刻生效外，每一步提出后由另一人确认才办理。" }
                            @for offer in &self.offers { div { (offer.show(&self.csrf)) } }
                        }
                    }
                    @if let Some(certify) = &self.certify {
                        section.sheet.stack-small { (self.certify(certify)) }
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
            (ask.show(html! { (certify.certificate.summary()) (certify.certificate.show()) }))
        }
    }
}
