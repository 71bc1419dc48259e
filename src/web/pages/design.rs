//! The design system shown whole: tokens, words, controls, parts in all their states, and every page with sample data.
use maud::{Markup, html};

use super::{head, samples};
use crate::web::kit::{
    Column, Fact, Field, Form, Group, Kind, Notice, Pager, Tag, Tone,
    ask::{Ask, Weight},
    facts,
    form::Choice,
    notice,
    steps::{Stand, Step, steps},
    table,
    verdict::{Banner, Check, Outcome, Verdict, checks},
};

/// The page.
pub fn show() -> Markup {
    html! {
        (head("", "设计系统", "印信所有页面由这些部件组成。颜色、字号、间距只取自这里的记号；深色随系统设置。", html! {}))
        section.stack-small {
            h2 { "整页样例" }
            ul.row { @for (slug, name) in samples::PAGES { li { a.button href={ "/design/" (slug) } { (name) } } } }
        }
        (colours())
        (type_and_spacing())
        (controls())
        (forms())
        (parts())
        (states())
    }
}

fn colours() -> Markup {
    let list = [
        ("c-main", "main 主色", "按钮、链接、当前"),
        ("c-main-soft", "main-soft", "选中、提示的底"),
        ("c-paper", "paper", "页面的底"),
        ("c-sheet", "sheet", "纸面"),
        ("c-sunk", "sunk", "凹下的底"),
        ("c-ink", "ink", "正文"),
        ("c-ink-2", "ink-2", "次要文字"),
        ("c-line", "line", "分隔线"),
        ("c-edge", "edge", "控件边框"),
        ("c-ok", "ok", "成、有效"),
        ("c-wait", "wait", "等待、不能确认"),
        ("c-seal", "seal 印章红", "只用于印章"),
        ("c-danger", "danger", "只用于危险与错误"),
    ];
    html! {
        section.sheet {
            h2 { "颜色" }
            div.swatches { @for (class, name, used) in list { div.swatch.(class) { i {} span { b { (name) } br; (used) } } } }
        }
    }
}

fn type_and_spacing() -> Markup {
    let sizes = [
        ("type-verdict", "40 验证结论"),
        ("type-h1", "28 页面标题"),
        ("type-h2", "22 段落标题"),
        ("type-lead", "18 引导语"),
        ("type-body", "16 正文：𠮷林经济技术开发区 0123456789"),
        ("type-small", "14 提示、表头"),
        ("type-tiny", "13 标注"),
    ];
    let spaces = ["4", "8", "12", "16", "24", "32", "48", "64"];
    html! {
        div.two {
            section.sheet { h2 { "字号" } @for (class, words) in sizes { p.(class) { (words) } } p.code { "等宽 91220201MA1XY0004T" } }
            section.sheet { h2 { "间距" } ul.ruler { @for (i, px) in spaces.iter().enumerate() { li { i.{ "w" (i + 1) } {} (px) } } } }
        }
    }
}

fn controls() -> Markup {
    let ask = |weight, button, open| Ask {
        button,
        title: "停用这枚印章？",
        consequences: &["停用即刻生效，登入用印公示账本，不能抹去。"],
        sure: "停用",
        action: "/design",
        csrf: "",
        weight,
        open,
    };
    html! {
        section.sheet.stack {
            h2 { "按钮与确认" }
            div.row {
                button.button.primary { "主要" } button.button { "一般" } button.button.plain { "次要" } button.button.danger { "危险…" }
                button.button disabled { "不可用" } button.button.primary.big { "批准并用印" }
            }
            p.quiet.small { "不能收回的动作先问一次；没有脚本时同样有效。" }
            (ask(Weight::Danger, "停用印章…", false).show(html! {}))
            (ask(Weight::Danger, "展开的样子", true).show(html! {}))
        }
    }
}

fn forms() -> Markup {
    let choices = |words: &[&str]| words.iter().map(|w| Choice::plain(*w)).collect();
    let mut form = Form {
        groups: vec![
            Group {
                legend: "主体".into(),
                fields: vec![
                    Field::new("d1", "经营者名称", Kind::Line { max: Some(120) }).value("吉林市江城惠民食品有限公司"),
                    Field::new("d2", "社会信用代码", Kind::Code { max: Some(18) })
                        .hint("18 位，最后一位是校验码。")
                        .value("92220201MA1XY9001G"),
                    Field::new(
                        "d3",
                        "主体业态",
                        Kind::OneOf(choices(&["食品销售经营者", "餐饮服务经营者", "单位食堂"])),
                    )
                    .value("食品销售经营者"),
                ],
            },
            Group {
                legend: "许可内容".into(),
                fields: vec![
                    Field::new("d4", "总投资（万元）", Kind::Figure).value("5 200"),
                    Field::new("d5", "发证日期", Kind::Date).value("2026-11-20"),
                    Field::new("d6", "备注", Kind::Lines { rows: 3 }).optional(),
                    Field::new("d7", "重大", Kind::Tick("本件重大或有争议，须部门领导批准".into())).optional(),
                    Field::new("d8", "批复正文", Kind::Blocks).value(
                        "你公司报送的报告表收悉。现批复如下：\n# 一、项目概况\n| 类别 | 限值 |\n| 废水 | 500 mg/L |",
                    ),
                    Field::new("d9", "部门", Kind::OneOf(choices(&["甲", "乙", "丙", "丁", "戊", "己"]))),
                ],
            },
        ],
        ..Form::default()
    };
    form.tell(Some("d2"), "社会信用代码校验位不对：按 GB 32100 应为 9");
    html! { section.sheet.stack { h2 { "表单" } (form.summary()) (form.show()) } }
}

fn parts() -> Markup {
    let stands = [
        ("申请", Stand::Done),
        ("受理", Stand::Done),
        ("审核", Stand::Done),
        ("签批", Stand::Now),
        ("用印", Stand::ToCome),
        ("出件", Stand::ToCome),
    ];
    let list: Vec<_> = stands.into_iter().map(|(n, s)| Step::new(n, s).line("窗口一")).collect();
    let stopped = [Step::new("审核", Stand::Done), Step::new("签批", Stand::Stopped).line("不予批准")];
    let rows = vec![
        vec![
            html! { a href="/design" { "2026-A01-000001" } },
            html! { "食品经营许可证核发" },
            Tag::state(Tone::Wait, "待签批").show(),
            html! { "17" },
        ],
        vec![
            html! { a href="/design" { "2026-A01-000002" } },
            html! { "小餐饮经营许可 " (Tag::mark("即办件").show()) },
            Tag::state(Tone::Good, "已出件").show(),
            html! { "18" },
        ],
        vec![
            html! { a href="/design" { "2026-A02-000004" } },
            html! { "建设工程规划许可证核发 " (Tag::mark("重大").show()) },
            Tag::state(Tone::Bad, "不予批准").show(),
            html! { "—" },
        ],
        vec![
            html! { a href="/design" { "2026-A02-000006" } },
            html! { "企业投资项目备案" },
            Tag::state(Tone::Calm, "审核中").show(),
            html! { "—" },
        ],
    ];
    let columns = [Column::codes("办件号"), Column::words("事项"), Column::words("状态"), Column::numbers("账本序号")];
    html! {
        section.sheet.stack { h2 { "步骤" } (steps(&list)) (steps(&stopped)) }
        section.stack-small { h2 { "表格" } (table("样例", &columns, &rows)) (Pager { shown: "第 1–4 条，共 240 条".into(), before: None, after: Some("/design".into()) }.show()) }
        section.sheet { h2 { "名目" } (facts(&[Fact::new("申请人", "吉林市江城惠民食品有限公司"), Fact::code("摘要", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")])) }
        section.stack-small {
            h2 { "告知" }
            (Notice::new(Tone::Calm, "现在是开放时间之外，可以查看，不能用印。").show())
            (Notice::new(Tone::Good, "已用印，登入用印公示账本第 17 条。").show())
            (Notice::new(Tone::Wait, "还需分管领导批准。").with(["重大事项。".into(), "领导在大厅内的设备上批准。".into()]).show())
            (Notice::new(Tone::Bad, "没有用印。").with(["印章已停用。".into(), "授权委托书不含本事项。".into()]).show())
        }
    }
}

fn states() -> Markup {
    let banner = |verdict, cause: &str, next: &str| Banner { verdict, cause: cause.into(), next: next.into() };
    let check = |outcome, found: &str, detail: Option<&str>| Check {
        outcome,
        found: found.into(),
        detail: detail.map(Into::into),
    };
    html! {
        section.stack-small {
            h2 { "验证结论" }
            (banner(Verdict::Valid, "本文件由吉林经济技术开发区行政审批服务中心签发，盖章后没有改动。", "可以采信。").show())
            (banner(Verdict::Invalid, "盖章以后文件被改动过。", "不要采信；请向出示人索取原文件，或向大厅核实。").show())
            (banner(Verdict::Unsure, "没有发现改动，但签章证书不是本大厅信任的机构签发的。", "请向签发机关核实。").show())
            div.sheet {
                (checks(&[
                    check(Outcome::Yes, "盖章后没有改动", Some("签名覆盖整个文件")),
                    check(Outcome::No, "印章当时已停用", None),
                    check(Outcome::Open, "没有查到见证签名", Some("验证策略要求 1 个")),
                ]))
            }
        }
        section.stack-small {
            h2 { "空、等待、出错" }
            div.cards {
                div.sheet { (notice::empty("没有等您签批的", "窗口提交后会出现在这里。", Some(("刷新", "/design")))) }
                div.sheet { (notice::loading("正在制作预览")) }
                div.sheet { (notice::failed("预览没有做成", "请稍后再试，填写的内容还在。", "01JD2Z8Q")) }
            }
        }
    }
}
