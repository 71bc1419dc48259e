//! What this is and what it promises.
use maud::{Markup, html};

use super::head;

/// The page.
pub fn show(hall: &str) -> Markup {
    html! {
        (head("", "关于印信", "", html! {}))
        div.sheet.prose {
            p { "印信是" (hall) "的电子印章与证照签发服务：统一制证、统一用印、一口出证。" }
            h2 { "它保证什么" }
            ul {
                li { "只有本服务按公布的模板制作的文件才会用印，空白文件不会用印。" }
                li { "提出用印的人不能批准用印；重大、有争议的事项还要部门领导批准。" }
                li { "每次用印先登入用印公示账本，后动用密钥。没有登账的用印，验证时不会被认为有效。" }
                li { "盖章以后改动一个字节，验证即为无效。" }
            }
            h2 { "它不保证什么" }
            ul {
                li { "电子印章证明文件由本大厅签发、没有改动；不证明其中所述事实以后仍然成立。" }
                li { "打印件上的红印不能证明真实，请验证 PDF 原文件。" }
            }
            h2 { "给其他系统" }
            p { "接口说明：" a href="/api/openapi.json" { "OpenAPI 文档" } "。页面的组成：" a href="/design" { "设计系统" } "。" }
        }
    }
}
