//! What a form asks for to confirm an act: a passkey, which the script has sign the act's digest, or a one-time code, which needs no script.
use maud::{Markup, html};

use super::{Field, Kind, form};

/// How somebody confirms.
#[derive(Debug, Clone, Default)]
pub struct Confirm {
    /// Their passkeys: identifier and name, the one used last first.
    pub passkeys: Vec<(String, String)>,
    /// Whether they give a code.
    pub codes: bool,
    /// Where the script asks what is to be signed.
    pub challenge: String,
    /// What is wrong with the code given.
    pub problems: Vec<String>,
    /// What is being confirmed, where the address alone does not say.
    pub act: String,
}

impl Confirm {
    /// The address for the form's `data-passkey`; `None`: nothing is signed.
    pub fn signs(&self) -> Option<&str> {
        (!self.passkeys.is_empty()).then_some(self.challenge.as_str())
    }

    /// What the form holds. `id` is unique on the page.
    pub fn show(&self, id: &str) -> Markup {
        let code = Field {
            problems: self.problems.clone(),
            ..Field::new("code", "动态码", Kind::OneTimeCode).hint("身份验证器（手机应用）上当前的六位数字。")
        };
        html! {
            @if !self.act.is_empty() { (form::hidden("act", &self.act)) }
            @match self.passkeys.as_slice() {
                [] if self.codes => (code.show(&format!("{id}-code"))),
                [] => {},
                [(passkey, _)] => {
                    (form::hidden("passkey", passkey))
                    (signature())
                },
                many => {
                    div.field {
                        label for={ (id) "-passkey" } { "用哪一把通行密钥" }
                        select.middle id={ (id) "-passkey" } name="passkey" {
                            @for (passkey, name) in many { option value=(passkey) { (name) } }
                        }
                    }
                    (signature())
                },
            }
        }
    }
}

/// Filled in by the script; and where it says what went wrong.
fn signature() -> Markup {
    html! {
        @for name in ["said_at", "client_data", "authenticator_data", "signature"] { (form::hidden(name, "")) }
        p.problem role="alert" data-said hidden {}
        noscript { p.problem { "用通行密钥确认需要打开浏览器的脚本；没有通行密钥的人员可以登记动态码。" } }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_a_passkey_is_asked_for_no_code() {
        let passkeys = vec![("k1".to_owned(), "钥匙".to_owned())];
        let shown = Confirm { passkeys: passkeys.clone(), codes: true, ..Confirm::default() };
        let html = shown.show("a").into_string();
        assert!(html.contains("name=\"signature\"") && !html.contains("name=\"code\""), "{html}");
        let code = Confirm { codes: true, ..Confirm::default() }.show("a").into_string();
        assert!(code.contains("autocomplete=\"one-time-code\"") && !code.contains("signature"), "{code}");
        assert_eq!(Confirm::default().show("a").into_string(), "");
        let two = Confirm { passkeys: [passkeys, vec![("k2".into(), "手机".into())]].concat(), ..Confirm::default() };
        assert!(two.show("a").into_string().contains("<option value=\"k2\">手机</option>"));
    }
}
