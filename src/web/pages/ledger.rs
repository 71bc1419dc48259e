//! The ledger, for everybody: its head, who witnesses it, and how to check it without trusting this hall.
use maud::{Markup, html};

use super::head;
use crate::web::kit::{Fact, facts, notice};

/// The page.
#[derive(Debug, Clone, Default)]
pub struct LedgerPage {
    /// The log's origin line.
    pub origin: String,
    /// How many entries.
    pub size: Option<u64>,
    /// Root, key.
    pub facts: Vec<Fact>,
    /// The checkpoint as published; empty before the first.
    pub checkpoint: String,
    /// Whether enough witnesses have cosigned it.
    pub quorum: Quorum,
    /// The policy's witnesses.
    pub witnesses: Vec<WitnessLine>,
    /// The policy as text.
    pub policy: String,
    /// This hall as a witness: its key, and each log with what was cosigned of it.
    pub watches: Option<(String, Vec<(String, String)>)>,
}

/// Whether the published checkpoint has the cosignatures that the policy asks for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Quorum {
    /// None are asked for.
    #[default]
    None,
    /// They are there.
    Met,
    /// Some are missing.
    Short,
}

/// A witness of the policy.
#[derive(Debug, Clone)]
pub struct WitnessLine {
    /// What the policy calls it.
    pub name: String,
    /// Its vkey.
    pub key: String,
    /// When it cosigned the published checkpoint.
    pub cosigned: Option<String>,
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
                    (self.witnessed())
                },
            }
            @if let Some((key, logs)) = &self.watches { (watches(key, logs)) }
            (self.explained())
        }
    }

    fn witnessed(&self) -> Markup {
        let said = match self.quorum {
            Quorum::None => "账本规则没有要求见证人：账本的历史只由本大厅自己担保。",
            Quorum::Met => "当前检查点已有账本规则要求的见证人联署。没有联署齐，就不动用印章。",
            Quorum::Short => "当前检查点的联署还没有达到账本规则的要求。联署齐之前，不动用印章。",
        };
        let witness = |one: &WitnessLine| {
            let cosigned = one.cosigned.as_deref().unwrap_or("当前检查点还没有联署");
            Fact::marked(one.name.clone(), html! { (cosigned) br; span.digest { (one.key) } })
        };
        let list: Vec<Fact> = self.witnesses.iter().map(witness).collect();
        html! {
            section.sheet.stack-small {
                h2 { "见证人" }
                p { (said) }
                @if !list.is_empty() { (facts(&list)) }
                h3 { "账本规则" }
                pre.code tabindex="0" { (self.policy) }
            }
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
                h2 { "见证人是做什么的" }
                p { "见证人是别处的机器，由别的单位掌管。它记住这本账上次的检查点，只有新的检查点证明包含旧的，才在下面联署并写明时间。因此，大厅不能给不同的人看不同的账，也不能悄悄换掉过去的记录：见证人不会联署第二种历史。" }
                p { "见证人只看账本的摘要，不知道任何一件办件的内容。协议是 C2SP 的 tlog-witness。" }
            }
        }
    }
}

fn watches(key: &str, logs: &[(String, String)]) -> Markup {
    let list: Vec<Fact> = logs.iter().map(|(name, last)| Fact::new(name.clone(), last)).collect();
    html! {
        section.sheet.stack-small {
            h2 { "本大厅为别的账本作见证" }
            p { "提交检查点的地址是 " code { "/witness/add-checkpoint" } "，公钥：" }
            pre.code tabindex="0" { (key) }
            @if !list.is_empty() { (facts(&list)) }
        }
    }
}
