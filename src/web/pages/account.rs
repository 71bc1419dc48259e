//! One's own account: password, passkeys, one-time codes, the device of this session.
use maud::{Markup, PreEscaped, html};

use super::head;
use crate::web::kit::{
    Fact, Field, Form, Kind,
    ask::{Ask, Weight},
    confirm::Confirm,
    facts, form,
};

/// A passkey in the list.
#[derive(Debug, Clone)]
pub struct Passkey {
    /// Its row.
    pub id: String,
    /// What its owner calls it.
    pub name: String,
    /// Since when.
    pub since: String,
    /// Whether it may be copied to other devices of its owner.
    pub copied: bool,
}

/// A secret to be put into an authenticator app.
#[derive(Debug, Clone)]
pub struct NewCodes {
    /// The identifier of the codes to be.
    pub id: String,
    /// The QR code, as SVG.
    pub qr: String,
    /// The secret, to be typed in.
    pub secret: String,
}

/// The page.
#[derive(Debug, Clone)]
pub struct Account {
    /// Name, duty, permit, device.
    pub facts: Vec<Fact>,
    /// Whether the password has to be changed first: nothing else is shown.
    pub must_change: bool,
    /// The fields of a new password.
    pub password: Form,
    /// What there is.
    pub passkeys: Vec<Passkey>,
    /// Whether browsers make passkeys for this address at all.
    pub can_make: bool,
    /// The fields of a new passkey.
    pub passkey: Form,
    /// Since when there are codes.
    pub codes_since: Option<String>,
    /// Codes to be registered, where there are none.
    pub new_codes: Option<NewCodes>,
    /// The fields of new codes.
    pub codes: Form,
    /// What the hall demands of approvals, in a sentence.
    pub demand: String,
    /// How this person confirms.
    pub confirm: Confirm,
    /// The session's token.
    pub csrf: String,
}

/// The page on which a keeper or administrator confirms a session. `next`: where to go then.
pub fn confirm_session(confirm: &Confirm, next: &str, csrf: &str) -> Markup {
    html! {
        section.sheet.prose.stack {
            h1 { "请确认本人" }
            @if confirm.passkeys.is_empty() && !confirm.codes {
                p { "管理印章和大厅，须先登记通行密钥或动态码。" }
                div.row { a.button.primary href="/account" { "去登记" } }
            } @else {
                form.stack method="post" action="/confirm" data-passkey=[confirm.signs()] {
                    p { "管理印章和大厅的账户，登录后再确认一次；退出前不再询问。" }
                    (form::csrf(csrf))
                    (form::hidden("next", next))
                    (Confirm { act: "session.confirm".into(), ..confirm.clone() }.show("session"))
                    div.actions { button.button.primary.big type="submit" { "确认" } }
                }
            }
        }
    }
}

fn current() -> Field {
    Field::new("current", "现在的口令", Kind::Password).autocomplete("current-password")
}

impl Account {
    /// The fields of a new password.
    pub fn password_form() -> Form {
        let again = Field::new("again", "再填一次新口令", Kind::Password).autocomplete("new-password");
        let new = Field::new("password", "新口令", Kind::Password)
            .hint("至少 10 个字符。几个不相干的词连起来，好记又难猜；常见的、带工号姓名的不行。")
            .autocomplete("new-password");
        Form { mark: "w", ..Form::of(vec![current(), new, again]) }
    }

    /// The fields of a new passkey.
    pub fn passkey_form(name: &str) -> Form {
        let name = Field::new("name", "给它起个名字", Kind::Line { max: Some(32) })
            .hint("如“办公室的安全钥匙”“我的手机”。")
            .value(name);
        Form { mark: "k", ..Form::of(vec![name, current()]) }
    }

    /// The fields of new codes.
    pub fn codes_form() -> Form {
        let code = Field::new("new_code", "应用上显示的六位数字", Kind::OneTimeCode);
        Form { mark: "c", ..Form::of(vec![code, current()]) }
    }

    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("我的账户", "口令、通行密钥与动态码", "", html! {}))
            div.two {
                div.stack {
                    section.sheet { h2 { "登录口令" } (self.change_password()) }
                    @if !self.must_change { section.sheet.stack-small #codes { (self.code_section()) } }
                }
                div.stack {
                    section.sheet { h2 { "这次登录" } (facts(&self.facts)) }
                    @if !self.must_change { section.sheet.stack-small #passkeys { (self.passkey_section()) } }
                }
            }
        }
    }

    fn change_password(&self) -> Markup {
        html! {
            form.stack method="post" action="/account/password" {
                @if self.must_change { p { "现在用的是最初发给您的口令。请先换成自己的，再办理业务。" } }
                (form::csrf(&self.csrf))
                (self.password.summary())
                (self.password.show())
                div.actions { button.button.(if self.must_change { "primary" } else { "calm" }) type="submit" { "更换口令" } }
            }
        }
    }

    fn passkey_section(&self) -> Markup {
        html! {
            h2 { "通行密钥" }
            p.quiet { (self.demand) }
            @if self.passkeys.is_empty() { p { "还没有登记。" } }
            @for passkey in &self.passkeys {
                div.stack-small {
                    div.row { b { (passkey.name) } span.quiet.small { "登记于 " (passkey.since) @if passkey.copied { "，可随账号同步" } } }
                    (self.remove(&passkey.id))
                }
            }
            @if self.can_make {
                p.problem data-needs-passkeys { "登记通行密钥需要打开浏览器的脚本，并使用支持通行密钥的浏览器。" }
                form.stack method="post" action="/account/passkeys" data-create="/account/challenge" data-passkey=[self.confirm.signs()] {
                    h3 { "登记一把" }
                    (form::csrf(&self.csrf))
                    (self.passkey.summary())
                    (self.passkey.show())
                    (Confirm { act: "passkey.register".into(), ..self.confirm.clone() }.show("new-passkey"))
                    @for name in ["made_at", "made_client_data", "made_authenticator_data", "made_key"] { (form::hidden(name, "")) }
                    @if self.confirm.passkeys.is_empty() { p.problem role="alert" data-said hidden {} }
                    div.actions { button.button.primary type="submit" { "登记通行密钥" } }
                }
            } @else {
                p.problem { "现在打开的网址不能使用通行密钥：须用 https 的域名，或本机的 localhost。" }
            }
        }
    }

    fn remove(&self, id: &str) -> Markup {
        let action = format!("/account/passkeys/{id}/remove");
        let ask = Ask {
            button: "注销…",
            title: "注销这把通行密钥？",
            consequences: &["以后不能再用它确认。以前用它确认过的批准不受影响。"],
            sure: "注销",
            action: &action,
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: false,
        };
        ask.show_confirmed(
            self.confirm.signs(),
            html! {
                (current().show(&format!("remove-{id}")))
                (Confirm { act: format!("passkey.remove {id}"), ..self.confirm.clone() }.show(&format!("confirm-{id}")))
            },
        )
    }

    fn code_section(&self) -> Markup {
        html! {
            h2 { "动态码" }
            p.quiet { "给没有通行密钥设备的人员用。动态码不针对某一份文件，记录中注明强度较低；登记了通行密钥的，批准时用通行密钥。" }
            @if let Some(since) = &self.codes_since {
                p { "已登记，" (since) "。" }
                (self.remove_codes())
            }
            @if let Some(new) = &self.new_codes {
                details open[self.codes.has_problems()] {
                    summary { "登记动态码" }
                    form.stack method="post" action="/account/codes" data-passkey=[self.confirm.signs()] {
                        p { "用手机上的身份验证器应用扫描，或者手工输入密钥，再填写它显示的六位数字。" }
                        div.qr role="img" aria-label="动态码密钥的二维码" { (PreEscaped(&new.qr)) }
                        p { "密钥 " span.code { (new.secret) } }
                        (form::csrf(&self.csrf))
                        (form::hidden("codes", &new.id))
                        (self.codes.summary())
                        (self.codes.show())
                        (Confirm { act: "codes.register".into(), codes: false, ..self.confirm.clone() }.show("new-codes"))
                        div.actions { button.button type="submit" { "登记动态码" } }
                    }
                }
            }
        }
    }

    fn remove_codes(&self) -> Markup {
        let ask = Ask {
            button: "注销…",
            title: "注销动态码？",
            consequences: &["以后不能再用它确认，手机应用里的那一条可以删掉。"],
            sure: "注销",
            action: "/account/codes/remove",
            csrf: &self.csrf,
            weight: Weight::Danger,
            open: false,
        };
        ask.show_confirmed(
            self.confirm.signs(),
            html! {
                (current().show("remove-codes"))
                (Confirm { act: "codes.remove".into(), ..self.confirm.clone() }.show("confirm-codes"))
            },
        )
    }
}
