//! What is recorded and shown to everybody.
use super::{DIGEST, ISSUER, viewer};
use crate::web::{
    kit::{
        Column, Fact, Tag, Tone,
        figure::Figure,
        verdict::{Banner, Check, Outcome, Verdict},
    },
    pages::{
        hall::{HallPage, Register},
        ledger::{LedgerPage, Quorum, WitnessLine},
        uses::{UsePage, UseRow},
        verify::{Answer, Ask, Download, FoundSeal, View},
    },
};

pub(super) fn hall() -> HallPage {
    let row = |a: &str, b: &str| vec![maud::html! { (a) }, maud::html! { (b) }];
    HallPage {
        alarm: None,
        facts: vec![
            Fact::new("名称", "吉林经济技术开发区行政审批服务中心"),
            Fact::new("开放时间", "周一至周五 08:30–16:30"),
        ],
        figures: vec![
            ("100%".into(), "进驻大厅的事项".into()),
            ("100%".into(), "授权窗口的事项".into()),
            ("45%".into(), "即办件，目标 80%".into()),
        ],
        registers: vec![
            Register {
                name: "部门".into(),
                anchor: "departments",
                columns: vec![Column::words("名称"), Column::codes("统一社会信用代码")],
                rows: vec![row(ISSUER, "11220200MB1A000794")],
            },
            Register {
                name: "窗口".into(),
                anchor: "windows",
                columns: vec![Column::codes("编号"), Column::words("名称")],
                rows: vec![],
            },
        ],
    }
}

pub(super) fn use_row(index: u64) -> UseRow {
    UseRow {
        href: "/design/use".into(),
        index: Some(index),
        at: "2026-11-20 10:02:11".into(),
        seal: format!("{ISSUER}行政审批专用章"),
        certificate: "食品经营许可证 JY12202010000013".into(),
        approved_by: vec!["首席代表".into()],
        state: Tag::state(Tone::Good, "已用印"),
        proof: Some("/design".into()),
    }
}

pub(super) fn use_page() -> UsePage {
    UsePage {
        row: use_row(17),
        facts: vec![
            Fact::new("印章", format!("{ISSUER}行政审批专用章")),
            Fact::new("申请用印", "窗口一"),
            Fact::new("批准", "首席代表，2026-11-20 10:02:11"),
            Fact::code("文件摘要", DIGEST),
        ],
        proof: "c2sp.org/tlog-proof@v1\nindex 17\n".into(),
        course: vec![
            ("2026-11-20 10:00".into(), "窗口一提交".into()),
            ("2026-11-20 10:02".into(), "首席代表批准，登账，用印".into()),
        ],
        viewer: Some(viewer("食品经营许可证")),
    }
}

pub(super) fn ask() -> Ask {
    Ask {
        problem: String::new(), limit: "50 MB".into(), rate: "同一网络连续可验 30 份，以后每 2 秒 1 份".into()
    }
}

pub(super) fn answer(verdict: Verdict) -> Answer {
    let check =
        |outcome, found: &str, detail: &str| Check { outcome, found: found.into(), detail: Some(detail.into()) };
    let whole = vec![
        check(Outcome::Yes, "盖章后没有改动", "签名覆盖整个文件，一个字节也不缺"),
        check(Outcome::Yes, "印章是登记在册的行政审批专用章", "编码 22020100000007"),
        check(Outcome::Yes, "已登入用印公示账本", "第 17 条"),
    ];
    let (cause, next, checks) = match verdict {
        Verdict::Valid => (format!("本文件由{ISSUER}盖章，盖章后没有改动。"), "可以采信。", whole),
        Verdict::Lapsed => {
            let since = check(Outcome::No, "盖章以后已经撤销、变更或吊销", "请向签发机关查询现状");
            let checks = [vec![since], whole].concat();
            ("盖章时有效，但证照已经撤销。".into(), "不能再作为有效证照使用。", checks)
        }
        Verdict::Unsure => (
            "内容未被改动，但签名者不在可信名单之内，不能确认是谁所签。".into(),
            "不能确认不等于有效。请向签发机关核实。",
            vec![check(Outcome::Open, "没有查到今天的状态", "不是本大厅现有登记的文件")],
        ),
        Verdict::Unsigned => (
            "这份 PDF 里没有电子签章，无从验证真伪。".into(),
            "请向出示人索取签发时的原 PDF 文件。",
            vec![check(Outcome::Open, "文件里没有电子签章", "打印后扫描的文件、截图都没有电子签章")],
        ),
        Verdict::Invalid => (
            "签章之后页面被改动。".into(),
            "不要采信。请向出示人索取原文件，或向签发机关核实。",
            vec![
                check(Outcome::No, "文件内容与盖章时不一致", "第 1 页"),
                check(Outcome::Open, "没有查到今天的状态", "内容已改，其余没有意义"),
            ],
        ),
    };
    let signed = !matches!(verdict, Verdict::Unsigned);
    let seal = FoundSeal {
        name: format!("{ISSUER}行政审批专用章"),
        verdict: if verdict == Verdict::Invalid { ("bad", "无效") } else { ("ok", "有效") },
        facts: vec![Fact::new("盖章时间", "2026-11-20 10:02:11"), Fact::new("用印公示账本", "第 17 条")],
        reasons: vec![],
    };
    Answer {
        banner: Banner { verdict, cause, next: next.into() },
        file: vec!["食品经营许可证.pdf".into(), "83 KB".into(), "验证于 2026-11-20 10:05:40".into()],
        checks,
        reasons: vec![],
        seals: if signed { vec![seal] } else { vec![] },
        views: if signed { vec![view(verdict == Verdict::Invalid)] } else { vec![] },
        technical: vec![Fact::code("indication", "TOTAL_PASSED"), Fact::code("SHA-256", DIGEST)],
        downloads: vec![Download {
            name: "验证报告.json".into(), words: "机读（JSON）", href: "/design".into()
        }],
        again: ask(),
    }
}

/// The page with its seal, and beside it a changed one.
fn view(changed: bool) -> View {
    let figure = |state: &str, seals, differences| Figure {
        id: String::new(),
        src: "/assets/sample-page.svg".into(),
        size: [842, 595],
        alt: format!("第 1 页{state}的样子。"),
        caption: format!("第 1 页 · {state}"),
        seals,
        differences,
    };
    let then = figure("签章时", vec![(1, [560, 380, 120, 120])], vec![]);
    match changed {
        false => View { note: String::new(), figures: vec![then] },
        true => {
            let now = figure("现在", vec![], vec![[120, 200, 260, 30]]);
            View { note: "第 1 页 · 1 处不同。".into(), figures: vec![then, now] }
        }
    }
}

pub(super) fn ledger() -> LedgerPage {
    LedgerPage {
        origin: "hall.example.gov.cn/log".into(),
        size: Some(1204),
        facts: vec![Fact::new("更新时间", "2026-11-20 10:02:11"), Fact::code("树根", DIGEST)],
        checkpoint: "hall.example.gov.cn/log\n1204\niyELHFvepnPZKSCUxmbfIoskfJf4iOpyUhSBWE+LSFs=\n\n— hall.example.gov.cn/log Az3grl…\n— witness.example/w1 CMp+6L…\n".into(),
        quorum: Quorum::Met,
        witnesses: vec![
            WitnessLine {
                name: "省政务服务局".into(),
                key: "witness.example/w1+08ca7ee8+BBl6…".into(),
                cosigned: Some("2026-11-20 10:02:11 联署".into()),
            },
            WitnessLine { name: "市档案馆".into(), key: "archive.example/w+31a0c2d4+BM3f…".into(), cosigned: None },
        ],
        policy: "log hall.example.gov.cn/log+033de0ae+Ac4z…\nwitness 省政务服务局 witness.example/w1+08ca7ee8+BBl6…\n\
                 witness 市档案馆 archive.example/w+31a0c2d4+BM3f…\ngroup 见证 any 省政务服务局 市档案馆\nquorum 见证\n"
            .into(),
        watches: Some((
            "hall.example.gov.cn/witness+5d2b70a1+BGq0…".into(),
            vec![("next.example.gov.cn/log".into(), "已联署到 877 条，2026-11-20 10:01:40".into())],
        )),
    }
}
