//! Steps of a seal's life: what can be proposed, what waits for a second person, and what exactly is confirmed.
use maud::{Markup, html};

use super::{head, seals::Offer};
use crate::hall::seal::SealAct;
use crate::web::kit::{
    Fact, Field, Form, Kind, Tag,
    ask::{Ask, Weight},
    facts,
    form::{self, Choice},
};

/// A step in a list.
#[derive(Debug, Clone)]
pub struct StepLine {
    /// Its page.
    pub href: String,
    /// What is to be done with which seal.
    pub title: String,
    /// Who proposed it, and when.
    pub by: String,
    /// What this person has to do with it.
    pub mark: Tag,
}

/// The steps that wait; nothing if there are none.
pub fn waiting(steps: &[StepLine]) -> Markup {
    html! {
        @if !steps.is_empty() {
            section.sheet.stack-small {
                h2 { "等另一人确认" }
                ul.stack-small {
                    @for step in steps {
                        li { div.row { a href=(step.href) { (step.title) } (step.mark.show()) } span.quiet.small { (step.by) } }
                    }
                }
            }
        }
    }
}

/// One step.
#[derive(Debug, Clone)]
pub struct StepPage {
    /// What is to be done with which seal.
    pub title: String,
    /// How it stands.
    pub state: Tag,
    /// What exactly will be done, why, and who says so.
    pub facts: Vec<Fact>,
    /// The document that goes with it.
    pub document: Option<String>,
    /// Where the imprint is, as it is or will be.
    pub imprint: Option<String>,
    /// The consequences of confirming.
    pub consequences: &'static [&'static str],
    /// Where confirming goes, if this person may.
    pub confirm: Option<String>,
    /// Why it was not confirmed.
    pub problems: Form,
    /// Where declining (or withdrawing) goes, if this person may, with the words on the button.
    pub decline: Option<(String, &'static str)>,
    /// The reason of that, with its problem.
    pub reason: Form,
    /// The session's token.
    pub csrf: String,
}

impl StepPage {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("印章", &self.title, "", html! { (self.state.show()) }))
            (self.problems.summary())
            div.two.side {
                section.sheet {
                    h2 { "将要办理的内容" }
                    (facts(&self.facts))
                    @if let Some(document) = &self.document { p { a href=(document) { "查看备案材料（PDF）" } } }
                }
                div.stack {
                    @if let Some(imprint) = &self.imprint {
                        section.sheet.stack-small { h2 { "印模" } img.imprint src=(imprint) alt="印模"; }
                    }
                    @if self.confirm.is_some() || self.decline.is_some() {
                        section.sheet.stack-small {
                            h2 { "处理" }
                            @if let Some(action) = &self.confirm { div { (self.confirm(action)) } }
                            @if let Some((action, words)) = &self.decline { div { (self.decline(action, words)) } }
                        }
                    }
                }
            }
        }
    }

    fn confirm(&self, action: &str) -> Markup {
        let ask = Ask {
            button: "确认办理…",
            title: "确认按左侧内容办理？",
            consequences: self.consequences,
            sure: "确认办理",
            action,
            csrf: &self.csrf,
            weight: Weight::Calm,
            open: self.problems.has_problems(),
        };
        ask.show(html! {})
    }

    fn decline(&self, action: &str, words: &str) -> Markup {
        let (button, title) = (format!("{words}…"), format!("{words}这一步？"));
        let ask = Ask {
            button: &button,
            title: &title,
            consequences: &["印章不变。理由登入用印公示账本，不能抹去。"],
            sure: words,
            action,
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: self.reason.has_problems(),
        };
        ask.show(html! { (self.reason.summary()) (self.reason.show()) })
    }

    /// The field in which the reason of declining is given.
    pub fn reason_form(reason: &str) -> Form {
        Form { mark: "reason", ..Form::of(vec![why(reason)]) }
    }
}

/// An application for a seal.
#[derive(Debug, Clone)]
pub struct ApplyPage {
    /// The department.
    pub office: String,
    /// Its fields.
    pub form: Form,
    /// The session's token.
    pub csrf: String,
}

impl ApplyPage {
    /// The fields, as filled in.
    pub fn form(value: impl Fn(&str) -> String) -> Form {
        let kind = |value: &str, label: &str, hint: &str| Choice {
            value: value.into(),
            label: label.into(),
            hint: hint.into(),
        };
        let kinds = vec![
            kind("approval", "行政审批专用章", "审批事项一律使用"),
            kind("department", "部门行政印章", "只在法律另有规定的事项上使用"),
        ];
        Form::of(vec![
            Field::new("kind", "印章种类", Kind::OneOf(kinds)).value(value("kind")),
            Field::new("name", "印章名称", Kind::Line { max: Some(40) })
                .hint("弧形排列的机关全称，与机构编制文件一致。")
                .value(value("name")),
            Field::new("diameter", "直径（毫米）", Kind::Figure)
                .hint("专用章一般 42 毫米，部门行政印章一般 45 毫米。")
                .value(value("diameter")),
            why(&value("reason")),
        ])
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(&self.office, "申请印章", "提交后由大厅管理员确认；确认后依次制作、备案、启用。", html! {}))
            form.sheet.stack method="post" action="/seals/apply" {
                (form::csrf(&self.csrf))
                (self.form.summary())
                (self.form.show())
                div.row { button.button.primary type="submit" { "提交申请" } a.button.plain href="/seals" { "返回" } }
            }
        }
    }
}

fn why(reason: &str) -> Field {
    Field::new("reason", "原因", Kind::Lines { rows: 3 }).hint("写入印章档案，监察审计可见。").value(reason)
}

/// The words of a step.
struct Words {
    button: &'static str,
    title: &'static str,
    sure: &'static str,
    weight: Weight,
}

const fn words(act: SealAct) -> Words {
    let (button, title, sure, weight) = match act {
        SealAct::Apply => ("申请…", "申请这枚印章？", "提交申请", Weight::Calm),
        SealAct::Make => ("制作…", "制作这枚印章？", "提出制作", Weight::Calm),
        SealAct::File => ("备案…", "登记备案？", "提出备案", Weight::Calm),
        SealAct::Enable => ("启用…", "启用这枚印章？", "提出启用", Weight::Calm),
        SealAct::Suspend => ("停用印章…", "停用这枚印章？", "停用", Weight::Danger),
        SealAct::Resume => ("恢复启用…", "恢复启用这枚印章？", "提出恢复启用", Weight::Calm),
        SealAct::Replace => ("更换…", "用另一枚印章更换这一枚？", "提出更换", Weight::Danger),
        SealAct::Retire => ("废止…", "废止这枚印章？", "提出废止", Weight::Danger),
        SealAct::Renew => ("换发证书…", "换发签章证书？", "提出换发", Weight::Calm),
        SealAct::Compromise => ("报告失控…", "印章密钥遗失或者可能被他人掌握？", "停用并报告", Weight::Danger),
    };
    Words { button, title, sure, weight }
}

/// What a step brings about, each a sentence.
pub const fn consequences(act: SealAct) -> &'static [&'static str] {
    match act {
        SealAct::Apply => &["登记一枚新印章，状态为“已申请”，尚无密钥，不能用印。"],
        SealAct::Make => &["在密钥库内生成印章密钥，由大厅签发证书，绘制印模；尚不能用印。"],
        SealAct::File => &["登记备案号、备案日期和备案材料扫描件。"],
        SealAct::Enable => &["从账本的这一条起印章可以用印。"],
        SealAct::Suspend => &[
            "停用即刻生效：已批准而未用印的一律不再用印，直到恢复。",
            "此前用印的证照继续有效。停用登入用印公示账本，不能抹去。",
        ],
        SealAct::Resume => &["恢复后可以继续用印。"],
        SealAct::Replace => {
            &["同一次办理中废止旧章、启用新章，账本上各登一条，不能恢复。", "旧章此前所盖的证照继续有效。"]
        }
        SealAct::Retire => &["印章从此不能再用，不能恢复；此前所盖的证照继续有效。"],
        SealAct::Renew => &["印章密钥、印模不变，改用新证书；此前用印的证照继续有效。"],
        SealAct::Compromise => &[
            "提出即停用；另一人确认后印章废止，证书吊销并公布，已登账未完成的用印作废，监察审计即时得知，不能恢复。",
            "账本上在废止之前登记的用印，所盖的证照继续有效。",
        ],
    }
}

impl Offer {
    /// The fields of a step; `successors` are the seals that may replace this one.
    pub fn form(act: SealAct, successors: Vec<Choice>) -> Form {
        let mut fields = match act {
            SealAct::File => vec![
                Field::new("code", "备案材料上的印章编码", Kind::Code { max: Some(14) })
                    .hint("14 位数字，须与本印章一致。"),
                Field::new("number", "备案号", Kind::Line { max: Some(64) }),
                Field::new("on", "备案日期", Kind::Date),
                Field::new("document", "备案材料扫描件", Kind::File("application/pdf")).hint("PDF，不超过 10 MB。"),
            ],
            SealAct::Replace => {
                vec![Field::new("by", "新印章", Kind::OneOf(successors)).hint("只列出已备案的同一种印章。")]
            }
            _ => vec![],
        };
        fields.push(why(""));
        Form { mark: act.as_str(), ..Form::of(fields) }
    }

    pub(super) fn show(&self, csrf: &str) -> Markup {
        let Words { button, title, sure, weight } = words(self.act);
        let open = self.form.has_problems();
        let consequences = consequences(self.act);
        let ask = Ask { button, title, consequences, sure, action: &self.action, csrf, weight, open };
        let fields = html! { (self.form.summary()) (self.form.show()) };
        if self.act == SealAct::File { ask.show_with_file(fields) } else { ask.show(fields) }
    }
}
