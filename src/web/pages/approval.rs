//! Approving one use of a seal: exactly what will be sealed, by which seal, under which letter, for whom.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{
    Fact, Form, Tag,
    ask::{Ask, Weight},
    confirm::Confirm,
    facts, form,
    viewer::Viewer,
};

/// What the last button says and does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// This approval is the last one needed: the seal is used at once.
    Seals,
    /// Others decide after this one.
    PassesOn {
        /// Who is next: 分管领导.
        to: String,
    },
    /// This person cannot decide; why, each a sentence.
    NotYours(Vec<String>),
}

/// The page.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The list it is from: 待审核 or 待签批.
    pub list: &'static str,
    /// The certificate's kind.
    pub certificate: String,
    /// Its number.
    pub number: String,
    /// 重大, 争议 …
    pub marks: Vec<Tag>,
    /// Applicant, item, basis, letter of authorization, clerk, earlier approvals.
    pub facts: Vec<Fact>,
    /// Whether the matter was put down as disputed or major by the clerk, attachments: more notes; may be empty.
    pub notes: Vec<String>,
    /// The seal's name.
    pub seal: String,
    /// The address of the seal's picture; empty when there is no seal.
    pub imprint: String,
    /// The digest of the stored bytes, in hexadecimal: what an approval names.
    pub digest: String,
    /// The stored document's pages.
    pub viewer: Viewer,
    /// Digest of the record of a meeting that was sent for this decision (empty: none yet); none: not this person's to send.
    pub meeting: Option<String>,
    /// What can be decided.
    pub decision: Decision,
    /// Where the decision goes.
    pub action: String,
    /// How this person confirms an approval.
    pub confirm: Confirm,
    /// The field for the reasons of a refusal, with its problem.
    pub refusal: Form,
    /// How many wait after this one.
    pub more: usize,
    /// The session's token.
    pub csrf: String,
}

impl Approval {
    /// The field in which a refusal's reasons are given.
    pub fn refusal_form(reasons: &str) -> Form {
        use crate::web::kit::{Field, Kind};
        Form::of(vec![
            Field::new("why", "不予批准的理由", Kind::Lines { rows: 4 })
                .hint("每行一条，写全：申请人会一次看到全部理由和应当怎样补正。")
                .value(reasons),
        ])
    }

    fn meeting_form() -> Form {
        use crate::web::kit::{Field, Kind};
        let hint = "由会议集体决定的事项：会议记录扫描成一个 PDF，不超过 20 MB。附上后仍由您批准。";
        let field = Field::new("meeting", "会议记录", Kind::File("application/pdf")).hint(hint);
        Form { mark: "m", ..Form::of(vec![field]) }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head(self.list, &self.certificate, &self.number, html! { div.row { @for m in &self.marks { (m.show()) } } }))
            div.two.side {
                div { (self.viewer.show()) }
                div.stack.side-column {
                    section.sheet.decide.stack-small {
                        (self.decide())
                        @if self.more > 0 { p.small.quiet { "之后还有 " (self.more) " 件等您签批。" } }
                    }
                    section.sheet {
                        h2 { "所用印章" }
                        div.seal-row.small {
                            @if !self.imprint.is_empty() { img.imprint.small src=(self.imprint) alt={ (self.seal) " 印模" }; }
                            div { (self.seal) }
                        }
                    }
                    section.sheet {
                        h2 { "依据" }
                        (facts(&self.facts))
                        @if !self.notes.is_empty() { ul.checks { @for n in &self.notes { li.open { div { (n) } } } } }
                        dl.facts { div { dt { "文件摘要" } dd { span.digest { (self.digest) } } } }
                        p.small.quiet { "您的批准只对这个摘要（SHA-256）有效；文件变动一个字节，批准即作废。" }
                    }
                }
            }
        }
    }

    fn decide(&self) -> Markup {
        match &self.decision {
            Decision::NotYours(why) => html! {
                h2 { "您不能签批这一件" }
                ul.checks { @for w in why { li.no { div { (w) } } } }
            },
            Decision::Seals => self.buttons("批准并用印", "批准后立即登入用印公示账本、加盖印章，不能撤回。"),
            Decision::PassesOn { to } => {
                self.buttons(&format!("批准，送{to}"), &format!("您批准后，还需{to}批准才会用印。"))
            }
        }
    }

    fn buttons(&self, approve: &str, consequence: &str) -> Markup {
        let refuse = Ask {
            button: "不予批准…",
            title: "不批准这一件？",
            consequences: &["它不会用印，退回窗口；理由会告诉经办人和申请人。已取的编号不再使用。"],
            sure: "不予批准",
            action: &self.action,
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: self.refusal.has_problems(),
        };
        html! {
            form.stack-small method="post" action=(self.action) data-passkey=[self.confirm.signs()] {
                (form::csrf(&self.csrf))
                (form::hidden("digest", &self.digest))
                (form::hidden("decision", "approve"))
                @if let Some(meeting) = self.meeting.as_deref().filter(|meeting| !meeting.is_empty()) {
                    (form::hidden("meeting", meeting))
                    p.small { "附会议记录，摘要 " span.digest { (meeting) } "，写入您的批准意见。" }
                }
                (self.confirm.show("approve"))
                button.button.primary.big type="submit" accesskey="a" { (approve) }
                p.small.quiet { (consequence) @if self.confirm.signs().is_some() { " 您的通行密钥对这份文件的摘要签名，签名随批准留存。" } }
            }
            @if let Some(meeting) = &self.meeting {
                details {
                    summary { @if meeting.is_empty() { "附会议记录…" } @else { "换一份会议记录…" } }
                    form.stack-small method="post" action={ (self.action) "/meeting" } enctype="multipart/form-data" {
                        (form::csrf(&self.csrf))
                        (Approval::meeting_form().show())
                        button.button type="submit" { "附上" }
                    }
                }
            }
            (refuse.show(html! {
                (form::hidden("digest", &self.digest))
                (form::hidden("decision", "refuse"))
                (self.refusal.summary())
                (self.refusal.show())
            }))
        }
    }
}
