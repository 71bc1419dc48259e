//! Cases and the forms they come from.
use super::{ASKER, DIGEST, ISSUER, due, viewer};
use crate::web::{
    kit::{
        Fact, Field, Form, Group, Kind, Tag, Tone,
        form::Choice,
        steps::{Stand, Step},
    },
    pages::{
        case::{CasePage, Certificate, Event, Next},
        cases::CaseRow,
        new_case::{Choose, ItemCard, NewCase, Preview, Problem, Shelf},
    },
};

pub(super) fn case_rows() -> Vec<CaseRow> {
    let row = |case: &str, item: &str, asker: &str, state, marks, number: &str, due| CaseRow {
        href: "/design/case".into(),
        case: case.into(),
        item: item.into(),
        asker: asker.into(),
        state,
        marks,
        numbers: vec![number.into()],
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

pub(super) fn choose() -> Choose {
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

pub(super) fn new_case(problems: bool) -> NewCase {
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
        ..Form::default()
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
        hidden: vec![],
        csrf: String::new(),
    }
}

pub(super) fn case() -> CasePage {
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
        facts: vec![
            Fact::new("受理窗口", "A01 综合受理一窗（本厅）"),
            Fact::new("时限", "承诺 5 个工作日，法定 20 个工作日"),
            Fact::new("到期日", "2026-11-27（法定 2026-12-18）"),
        ],
        acts: vec![],
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
