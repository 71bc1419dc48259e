//! Every page with made-up data, for `/design/{page}` and for the tests that look at all of them.
use maud::Markup;

use super::{
    approval::{Approval, Decision},
    case::{CasePage, Certificate, Event, Next},
    cases::{CaseList, CaseRow, Due},
    delivery::{Delivery, HandOver, Ready},
    failure::Failure,
    hall::{HallPage, Register},
    inbox::{Inbox, Waiting},
    ledger::LedgerPage,
    new_case::{Choose, ItemCard, NewCase, Preview, Problem, Shelf},
    seals::{Change, SealCard, SealList, SealPage},
    sign_in::SignIn,
    uses::{Filter, UsePage, UseRow, Uses},
    verify::{Answer, Ask, FoundSeal},
};
use crate::web::kit::{
    Column, Fact, Field, Form, Group, Kind, Pager, Tag, Tone,
    form::Choice,
    shell::Desk,
    steps::{Stand, Step},
    verdict::{Banner, Check, Outcome, Verdict},
    viewer::{Viewer, Zoom},
};

/// The address and name of each sample.
pub const PAGES: &[(&str, &str)] = &[
    ("sign-in", "登录"),
    ("cases", "办件"),
    ("cases-empty", "办件（空）"),
    ("choose", "选事项"),
    ("new-case", "新办件"),
    ("new-case-problems", "新办件（有错）"),
    ("case", "一件办件"),
    ("inbox", "待签批"),
    ("approval", "签批"),
    ("delivery", "待出件"),
    ("hand-over", "出件登记"),
    ("seals", "印章"),
    ("seal", "一枚印章"),
    ("hall", "大厅"),
    ("uses", "用印记录"),
    ("use", "一次用印"),
    ("verify", "验证"),
    ("valid", "有效"),
    ("invalid", "无效"),
    ("ledger", "账本"),
    ("about", "关于"),
    ("failure", "出错"),
];

const ISSUER: &str = "吉林市市场监督管理局经济技术开发区分局";
const ASKER: &str = "吉林市江城惠民食品有限公司";
const DIGEST: &str = "5f0c1b7a2f5f4bb0a5d4f3cbe1d6a1b0f2c9f7e6d5c4b3a29181706f5e4d3c2b";

/// The sample with this address: its title and body.
pub fn page(slug: &str) -> Option<(&'static str, Markup)> {
    let name = PAGES.iter().find(|(s, _)| *s == slug)?.1;
    let body = match slug {
        "sign-in" => SignIn {
            form: SignIn::form(""),
            next: "/cases".into(),
            accounts: vec![("clerk1".into(), "窗口一 · 窗口人员".into()), ("chief-scjg".into(), "首席代表".into())],
            csrf: String::new(),
        }
        .show(),
        "cases" => {
            CaseList { rows: case_rows(), words: String::new(), states: states(), state: String::new(), pager: pager() }
                .show()
        }
        "cases-empty" => CaseList {
            rows: vec![],
            words: String::new(),
            states: states(),
            state: String::new(),
            pager: Pager::default(),
        }
        .show(),
        "choose" => choose().show(),
        "new-case" => new_case(false).show(),
        "new-case-problems" => new_case(true).show(),
        "case" => case().show(),
        "inbox" => Inbox { office: format!("{ISSUER} · 行政审批办公室"), rows: waiting(), pager: pager() }.show(),
        "approval" => approval().show(),
        "delivery" => Delivery { window: "A09 统一出件窗口".into(), rows: ready(), pager: pager() }.show(),
        "hand-over" => hand_over().show(),
        "seals" => SealList { office: ISSUER.into(), seals: vec![seal()] }.show(),
        "seal" => seal_page().show(),
        "hall" => hall().show(),
        "uses" => Uses {
            filter: Filter { seals: vec![Choice::plain(ISSUER)], ..Filter::default() },
            rows: vec![use_row(17), use_row(16)],
            pager: pager(),
        }
        .show(),
        "use" => use_page().show(),
        "verify" => ask().show(),
        "valid" => answer(Verdict::Valid).show(),
        "invalid" => answer(Verdict::Invalid).show(),
        "ledger" => ledger().show(),
        "about" => super::about::show("吉林经济技术开发区行政审批服务中心"),
        "failure" => Failure::of(500, "01JD2Z8QK3").show(),
        _ => return None,
    };
    Some((name, body))
}

/// The desks a sample page's frame shows.
pub fn desks() -> Vec<Desk> {
    vec![
        Desk { name: "办件", href: "/cases", waiting: None },
        Desk { name: "待签批", href: "/inbox", waiting: Some(3) },
        Desk { name: "待出件", href: "/delivery", waiting: Some(1) },
        Desk { name: "印章", href: "/seals", waiting: None },
        Desk { name: "用印记录", href: "/uses", waiting: None },
        Desk { name: "大厅", href: "/hall", waiting: None },
    ]
}

fn pager() -> Pager {
    Pager { shown: "第 1–3 条，共 3 条".into(), before: None, after: None }
}

fn states() -> Vec<Choice> {
    ["待签批", "待出件", "已出件", "不予批准"].into_iter().map(Choice::plain).collect()
}

fn due(words: &str, late: bool) -> Due {
    Due { words: words.into(), late }
}

fn viewer(title: &str) -> Viewer {
    Viewer {
        title: title.into(),
        pages: vec!["/assets/sample-page.svg".into()],
        here: Some("/design/approval".into()),
        zoom: Zoom::Fit,
        pdf: Some("/design".into()),
    }
}

fn case_rows() -> Vec<CaseRow> {
    let row = |case: &str, item: &str, asker: &str, state, marks, number: &str, due| CaseRow {
        href: "/design/case".into(),
        case: case.into(),
        item: item.into(),
        asker: asker.into(),
        state,
        marks,
        number: number.into(),
        due,
    };
    vec![
        row(
            "2026-A01-000001",
            "食品经营许可证核发",
            ASKER,
            Tag::state(Tone::Wait, "待签批"),
            vec![],
            "JY12202010000013",
            due("还有 4 个工作日", false),
        ),
        row(
            "2026-A02-000004",
            "建设工程规划许可证核发",
            "吉林炭素新材料有限公司",
            Tag::state(Tone::Wait, "待领导批准"),
            vec![Tag::mark("重大")],
            "建字第220201202600001号",
            due("超期 1 个工作日", true),
        ),
        row(
            "2026-A02-000007",
            "基本医疗保险参保凭证",
            "欧阳𬀩𫖯",
            Tag::state(Tone::Good, "已出件"),
            vec![Tag::mark("即办件")],
            "220201202600000001",
            due("已办结", false),
        ),
    ]
}

fn choose() -> Choose {
    let item = |name: &str, gives: &str, marks: &[&str]| ItemCard {
        href: "/design/new-case".into(),
        name: name.into(),
        gives: gives.into(),
        marks: marks.iter().map(|m| Tag::mark(*m)).collect(),
    };
    Choose {
        shelves: vec![
            Shelf {
                name: ISSUER.into(),
                items: vec![
                    item("食品经营许可证核发", "食品经营许可证", &["行政许可", "承诺 5 个工作日"]),
                    item("小餐饮经营许可", "小餐饮经营许可证", &["行政许可", "即办件"]),
                    item("撤销食品经营许可", "撤销行政许可决定书", &["批复", "加盖部门行政印章"]),
                ],
            },
            Shelf {
                name: "并联审批".into(),
                items: vec![item(
                    "工程建设项目开工一件事",
                    "建设工程规划许可证、建筑工程施工许可证、工程建设项目并联审批办结告知书",
                    &["并联", "重大"],
                )],
            },
        ],
    }
}

fn new_case(problems: bool) -> NewCase {
    let kinds = ["食品销售经营者", "餐饮服务经营者", "单位食堂"].into_iter().map(Choice::plain).collect();
    let mut form = Form {
        groups: vec![
            Group {
                legend: "申请人".into(),
                fields: vec![
                    Field::new("d:经营者名称", "经营者名称", Kind::Line { max: Some(120) }).value(if problems {
                        ""
                    } else {
                        ASKER
                    }),
                    Field::new("d:社会信用代码", "社会信用代码", Kind::Code { max: Some(18) })
                        .hint("18 位，最后一位是校验码。")
                        .value("91220201MA1XY0004T"),
                    Field::new("d:法定代表人（负责人）", "法定代表人（负责人）", Kind::Line { max: Some(60) })
                        .value("𠮷田华"),
                ],
            },
            Group {
                legend: "许可内容".into(),
                fields: vec![
                    Field::new("d:经营场所", "经营场所", Kind::Line { max: Some(200) })
                        .value("吉林经济技术开发区九站街道和平路66号1层"),
                    Field::new("d:主体业态", "主体业态", Kind::OneOf(kinds)).value("食品销售经营者"),
                    Field::new("d:经营项目", "经营项目", Kind::Lines { rows: 3 })
                        .value("预包装食品（含冷藏冷冻食品）销售，散装食品（含熟食）销售"),
                    Field::new("d:发证日期", "发证日期", Kind::Date).value("2026-11-20"),
                    Field::new("d:有效期至", "有效期至", Kind::Date).value("2031-11-19"),
                ],
            },
        ],
        problems: vec![],
    };
    if problems {
        form.tell(Some("d:经营者名称"), "没有填写");
        form.tell(Some("d:有效期至"), "早于发证日期");
    }
    let problem =
        |name: &str, text: &str| Problem { field: Some(format!("d:{name}")), label: name.into(), text: text.into() };
    NewCase {
        item: "食品经营许可证核发".into(),
        department: ISSUER.into(),
        told: vec![
            Fact::new("依据", "《中华人民共和国食品安全法》第三十五条"),
            Fact::new("时限", "法定 20 个工作日，承诺 5 个工作日"),
            Fact::new("步骤", "受理、审核、签批"),
        ],
        form,
        preview: if problems {
            Preview::Problems(vec![problem("经营者名称", "没有填写"), problem("有效期至", "早于发证日期")])
        } else {
            Preview::Pages(vec!["/assets/sample-page.svg".into()])
        },
        action: "/design/new-case-problems".into(),
        preview_url: "/design/new-case/preview".into(),
        key: "0193a2c0-0000-7000-8000-000000000000".into(),
        csrf: String::new(),
    }
}

fn case() -> CasePage {
    let step = |name: &str, stand, lines: &[&str]| lines.iter().fold(Step::new(name, stand), |s, l| s.line(*l));
    CasePage {
        case: "2026-A01-000001".into(),
        item: "食品经营许可证核发".into(),
        asker: ASKER.into(),
        marks: vec![Tag::mark("行政许可")],
        due: due("还有 4 个工作日", false),
        steps: vec![
            step("申请", Stand::Done, &["11月20日 09:58"]),
            step("受理", Stand::Done, &["窗口一", "11月20日 10:00"]),
            step("审核", Stand::Done, &["窗口一", "11月20日 10:00"]),
            step("签批", Stand::Now, &["首席代表"]),
            step("用印", Stand::ToCome, &[]),
            step("出件", Stand::ToCome, &[]),
        ],
        next: Some(Next {
            words: "等首席代表签批。批准后自动用印，请到统一出件窗口领取。".into(),
            action: Some(("打印受理回执".into(), "/design".into())),
        }),
        certificates: vec![Certificate {
            name: "食品经营许可证".into(),
            number: "JY12202010000013".into(),
            state: Tag::state(Tone::Wait, "待签批"),
            facts: vec![
                Fact::code("编号", "JY12202010000013"),
                Fact::new("发证机关", ISSUER),
                Fact::code("文件摘要", DIGEST),
            ],
            viewer: viewer("食品经营许可证"),
        }],
        events: vec![
            Event {
                at: "2026-11-20 10:00".into(),
                who: "窗口一".into(),
                what: "受理，提交用印申请".into(),
                reasons: vec![],
            },
            Event {
                at: "2026-11-20 10:02".into(),
                who: "首席代表".into(),
                what: "不予批准".into(),
                reasons: vec!["经营场所与营业执照住所不一致，请补交租赁合同。".into()],
            },
        ],
    }
}

fn waiting() -> Vec<Waiting> {
    let one = |certificate: &str, number: &str, marks: &[&str], due| Waiting {
        href: "/design/approval".into(),
        certificate: certificate.into(),
        number: number.into(),
        asked_by: "窗口一".into(),
        asker: ASKER.into(),
        since: "2026-11-20 10:00".into(),
        marks: marks.iter().map(|m| Tag::mark(*m)).collect(),
        due,
    };
    vec![
        one("小餐饮经营许可证", "JX220201000001", &["即办件"], due("今天", false)),
        one("食品经营许可证", "JY12202010000013", &[], due("还有 4 个工作日", false)),
        one("撤销行政许可决定书", "吉市监经开撤字〔2026〕1号", &["重大"], due("超期 1 个工作日", true)),
    ]
}

fn approval() -> Approval {
    Approval {
        certificate: "食品经营许可证".into(),
        number: "JY12202010000013".into(),
        marks: vec![],
        facts: vec![
            Fact::new("申请人", ASKER),
            Fact::new("事项", "食品经营许可证核发（220201-scjg-001）"),
            Fact::new("经办", "窗口一，A01 综合受理一窗，2026-11-20 10:00"),
            Fact::new("授权委托书", "2026-01-01 至 2026-12-31，含本事项"),
        ],
        notes: vec![],
        seal: format!("{ISSUER}行政审批专用章"),
        imprint: "/assets/sample-imprint.svg".into(),
        digest: DIGEST.into(),
        viewer: viewer("食品经营许可证"),
        decision: Decision::Seals,
        action: "/design/approval".into(),
        refusal: Approval::refusal_form(""),
        more: 2,
        csrf: String::new(),
    }
}

fn ready() -> Vec<Ready> {
    vec![Ready {
        href: "/design/hand-over".into(),
        case: "2026-A02-000015".into(),
        certificates: vec![
            "建设工程规划许可证 建字第220201202600001号".into(),
            "建筑工程施工许可证 220201202611200001".into(),
            "工程建设项目并联审批办结告知书".into(),
        ],
        asker: "吉林炭素新材料有限公司".into(),
        sealed: "2026-11-20 10:12".into(),
        marks: vec![Tag::state(Tone::Wait, "已 3 日")],
    }]
}

fn hand_over() -> HandOver {
    HandOver {
        case: "2026-A01-000001".into(),
        facts: vec![Fact::new("申请人", ASKER), Fact::new("事项", "食品经营许可证核发")],
        certificates: vec![viewer("食品经营许可证 JY12202010000013")],
        form: HandOver::form(|_| String::new()),
        action: "/design/hand-over".into(),
        key: String::new(),
        csrf: String::new(),
    }
}

fn seal() -> SealCard {
    SealCard {
        href: "/design/seal".into(),
        name: format!("{ISSUER}行政审批专用章"),
        code: "22020100000007".into(),
        imprint: "/assets/sample-imprint.svg".into(),
        state: Tag::state(Tone::Good, "启用"),
        facts: vec![
            Fact::code("印章编码", "22020100000007"),
            Fact::new("规格", "圆形，直径 42 毫米"),
            Fact::new("用印次数", "1,204"),
            Fact::new("授权委托书", "2026-01-01 至 2026-12-31"),
        ],
    }
}

fn seal_page() -> SealPage {
    SealPage {
        card: seal(),
        files: vec![
            ("印模 SVG".into(), "/design".into()),
            ("印模 PNG（600 dpi）".into(), "/design".into()),
            ("签章证书 PEM".into(), "/design".into()),
        ],
        history: vec![
            ("2026-01-01 08:30".into(), "启用，账本第 0 条".into()),
            ("2026-06-01 09:00".into(), "停用：密钥轮换演练，账本第 812 条".into()),
        ],
        change: Change::Suspend,
        action: "/design/seal".into(),
        reason: SealPage::reason_form(""),
        csrf: String::new(),
    }
}

fn hall() -> HallPage {
    let row = |a: &str, b: &str| vec![maud::html! { (a) }, maud::html! { (b) }];
    HallPage {
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

fn use_row(index: u64) -> UseRow {
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

fn use_page() -> UsePage {
    UsePage {
        row: use_row(17),
        facts: vec![
            Fact::new("印章", format!("{ISSUER}行政审批专用章")),
            Fact::new("申请用印", "窗口一"),
            Fact::new("批准", "首席代表，2026-11-20 10:02:11"),
            Fact::code("文件摘要", DIGEST),
        ],
        entry: "yinxin/seal-use/v1\nseal …\ntemplate …\ndocument …\n".into(),
        proof: "c2sp.org/tlog-proof@v1\nindex 17\n".into(),
        course: vec![
            ("2026-11-20 10:00".into(), "窗口一提交".into()),
            ("2026-11-20 10:02".into(), "首席代表批准，登账，用印".into()),
        ],
        viewer: Some(viewer("食品经营许可证")),
    }
}

fn ask() -> Ask {
    Ask { problem: String::new(), limit: "20 MB".into() }
}

fn answer(verdict: Verdict) -> Answer {
    let check =
        |outcome, found: &str, detail: &str| Check { outcome, found: found.into(), detail: Some(detail.into()) };
    let (cause, next, checks) = match verdict {
        Verdict::Valid => (
            format!("本文件由{ISSUER}盖章，盖章后没有改动。"),
            "可以采信。",
            vec![
                check(Outcome::Yes, "盖章后没有改动", "签名覆盖整个文件，一个字节也不缺"),
                check(Outcome::Yes, "印章是登记在册的行政审批专用章", "编码 22020100000007"),
                check(Outcome::Yes, "用印已登入公示账本", "第 17 条"),
            ],
        ),
        _ => (
            "盖章以后，文件的内容被改动过。".into(),
            "不要采信。请向出示人索取原文件，或向签发机关核实。",
            vec![
                check(Outcome::No, "文件内容与盖章时不一致", "摘要不符"),
                check(Outcome::Open, "没有再查印章和账本", "内容已改，其余没有意义"),
            ],
        ),
    };
    Answer {
        banner: Banner { verdict, cause, next: next.into() },
        file: "食品经营许可证.pdf".into(),
        checks,
        seals: vec![FoundSeal {
            name: format!("{ISSUER}行政审批专用章"),
            facts: vec![Fact::new("盖章日期", "2026年11月20日"), Fact::new("账本序号", "17")],
        }],
        technical: vec![Fact::code("indication", "TOTAL_PASSED"), Fact::code("SHA-256", DIGEST)],
        again: ask(),
    }
}

fn ledger() -> LedgerPage {
    LedgerPage {
        origin: "hall.example.gov.cn/log".into(),
        size: Some(1204),
        facts: vec![Fact::new("更新时间", "2026-11-20 10:02:11"), Fact::code("树根", DIGEST)],
        checkpoint: "hall.example.gov.cn/log\n1204\niyELHFvepnPZKSCUxmbfIoskfJf4iOpyUhSBWE+LSFs=\n\n— hall.example.gov.cn/log Az3grl…\n".into(),
    }
}
