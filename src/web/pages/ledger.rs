//! The ledger, for everybody: its head, and how to check it without trusting this hall.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Fact, facts, notice};

/// The page.
#[derive(Debug, Clone)]
pub struct LedgerPage {
    /// The log's origin line.
    pub origin: String,
    /// How many entries.
    pub size: Option<u64>,
    /// Root, key, witnesses, policy.
    pub facts: Vec<Fact>,
    /// The checkpoint as published; empty before the first.
    pub checkpoint: String,
}

impl LedgerPage {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "用印公示账本", "每一次用印，密钥动用之前先登入这本账。账本只增不改，任何人都可以核对。", html! {}))
            @match self.size {
                None => div.sheet { (notice::empty("账本还没有条目", "第一次启用印章后，这里显示账本的检查点。", None)) },
                Some(size) => {
                    div.cards {
                        div.card { b.type-h1 { (size) } span.quiet { "条记录，序号 0 至 " (size.saturating_sub(1)) } }
                    }
                    section.sheet { h2 { "当前检查点" } (facts(&self.facts)) }
                    section.sheet.stack-small {
                        h3 { "原文" }
                        pre.code tabindex="0" { (self.checkpoint) }
                        a href="/log/checkpoint" { "/log/checkpoint" }
                    }
                },
            }
            (self.explained())
        }
    }

    fn explained(&self) -> Markup {
        html! {
            section.prose {
                h2 { "账本里有什么，没有什么" }
                p { "每条记录只有印章公钥、模板、文件和批准的摘要，以及日期。没有姓名、证件号码、企业名称；从摘要推不出内容。" }
                h2 { "怎样自己核对" }
                ol {
                    li { "取检查点 " code { "/log/checkpoint" } "：第一行是账本名 " code { (self.origin) } "，第二行是条数，第三行是全部记录的默克尔树根，以下是签名。" }
                    li { "取记录 " code { "/log/tile/entries/000" } "（每块 256 条，未满的块是 " code { "/log/tile/entries/000.p/条数" } "），算出每条的摘要。" }
                    li { "取树的各层 " code { "/log/tile/0/000" } "、" code { "/log/tile/1/000" } "……每块 256 个 32 字节摘要，与自己算的对照，直到树根。" }
                    li { "保存检查点。以后任何时候，新的检查点都应当能证明包含旧的；不能，就是账本被改过。" }
                }
                p { "格式是 C2SP 的 tlog-tiles、tlog-checkpoint 和 tlog-proof，有多种独立的开源工具可用。每份用印的 PDF 里都带着它自己的登账证明，离线也能查。" }
            }
        }
    }
}
