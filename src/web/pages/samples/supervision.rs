//! What the supervision found, the month's figures, one certificate's story.
use super::{DIGEST, ISSUER, pager, viewer};
use crate::{
    compose::story::{Chapter, Part, Story},
    hall::supervision::{
        RULES,
        figures::{Counted, Figures, Month},
        finding::{Conclusion, FindingState},
    },
    web::{
        kit::{Fact, Pager, Tag, Tone, form::Choice},
        pages::{
            figures::{FiguresPage, Filed},
            findings::{Doing, Filter, FindingLine, FindingPage, Findings},
            story::StoryPage,
        },
    },
};

fn choices(words: &[(&str, &str)]) -> Vec<Choice> {
    let choice = |(value, label): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        label: (*label).to_owned(),
        hint: String::new(),
    };
    words.iter().map(choice).collect()
}

fn line(state: Tag, by: &str) -> FindingLine {
    FindingLine {
        href: "/design/finding".into(),
        at: "2026-11-30 10:00".into(),
        rule: "办件超期".into(),
        said: "“食品经营许可证核发”承诺2026-11-27前办结，今天2026-11-30仍未办结，超期1个工作日。".into(),
        department: ISSUER.into(),
        state,
        by: by.into(),
    }
}

pub(super) fn findings(empty: bool) -> Findings {
    let states: Vec<(&str, &str)> = FindingState::ALL.iter().map(|one| (one.as_str(), one.title())).collect();
    let rules: Vec<(&str, &str)> = RULES.iter().map(|one| (one.code, one.title)).collect();
    let rows = vec![
        line(Tag::state(Tone::Wait, "待交办"), ""),
        line(Tag::state(Tone::Calm, "待答复"), "2026-12-07"),
        line(Tag::state(Tone::Wait, "待审核"), ""),
    ];
    let departments = choices(&[("scjg", ISSUER), ("-", "大厅（中心）")]);
    Findings {
        whose: "吉林经济技术开发区行政审批服务中心".into(),
        counts: FindingState::ALL.iter().map(|one| (one.title().to_owned(), 1)).collect(),
        filter: Filter {
            states: (choices(&states), String::new()),
            rules: (choices(&rules), String::new()),
            departments: (departments, String::new()),
        },
        narrowed: false,
        rows: if empty { vec![] } else { rows },
        pager: if empty { Pager::default() } else { pager() },
    }
}

pub(super) fn finding() -> FindingPage {
    let conclusions: Vec<(&str, &str)> = Conclusion::ALL.iter().map(|one| (one.as_str(), one.title())).collect();
    let answerers = choices(&[("scjg", ISSUER), ("-", "大厅（中心）")]);
    FindingPage {
        rule: "办件超期".into(),
        said: "“食品经营许可证核发”承诺2026-11-27前办结，今天2026-11-30仍未办结，超期1个工作日。".into(),
        state: Tag::state(Tone::Wait, "待审核"),
        facts: vec![
            Fact::new("发现时间", "2026-11-30 10:00:00"),
            Fact::new("办件", "2026-A01-000001"),
            Fact::new("规则", "承诺期限的最后一天已过，尚未用印也未退回；或者是在期限之后才办结的。"),
        ],
        steps: vec![
            ("2026-11-30 10:12 · 监察审计员".into(), "交办".into(), "请说明超期原因。".into()),
            ("2026-11-30 14:40 · 分管领导".into(), "答复".into(), "人手不足，已调配；该件已批准。".into()),
        ],
        doing: Doing::Judge {
            close: FindingPage::close_form(choices(&conclusions), "", ""),
            back: FindingPage::assign_form(answerers, "scjg", "2026-12-07", ""),
        },
        here: "/design/finding".into(),
        csrf: String::new(),
    }
}

pub(super) fn figures() -> FiguresPage {
    let counts = |names: &[(&str, u32)]| names.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect();
    let month: Month = "2026-11".parse().unwrap_or_else(|_| Month::of(jiff::civil::Date::MIN));
    let counted = Counted {
        by_department: counts(&[(ISSUER, 212), ("吉林经济技术开发区建设局", 37)]),
        by_item: counts(&[("食品经营许可证核发", 180), ("小餐饮经营许可", 32), ("建筑工程施工许可证核发", 37)]),
        by_window: counts(&[("A01 综合受理一窗", 150), ("A02 综合受理二窗", 99)]),
        by_month: (0..12).zip(180_u32..).map(|(back, count)| (month.back(back), count)).collect(),
        items: 10,
        authorized: 10,
        online: 10,
        instant: 4,
        ..Counted::default()
    };
    FiguresPage {
        month: month.to_string(),
        figures: Some(Figures::of(month, &counted)),
        make: Some("/design/figures".into()),
        reports: vec![Filed {
            name: "2026年10月，第 1 版".into(),
            made: "2026-11-02 09:10 监察审计员编制".into(),
            pdf: "/design".into(),
            seal: None,
        }],
        sealing: "本厅没有设立通报用印的事项，通报只存档、不盖章。".into(),
        forms: vec![("行政审批事项统计表", vec![("XLSX", "/design".into()), ("CSV", "/design".into())])],
        csrf: String::new(),
    }
}

pub(super) fn story() -> StoryPage {
    let facts = |list: &[(&str, &str)]| Part::Facts {
        facts: list.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
    };
    let chapter = |title: &str, parts| Chapter { title: title.into(), parts };
    let statement = ["yinxin-approval/v1", "step chief", "decision approve"].map(str::to_owned).to_vec();
    StoryPage {
        story: Story {
            title: "食品经营许可证 JY12202010000013".into(),
            lead: "大厅的记录，截至2026-11-20 10:30:00（北京时间）。".into(),
            chapters: vec![
                chapter("概况", vec![facts(&[("今天的状态", "有效"), ("文件摘要", DIGEST)])]),
                chapter("审批人所见（用印前的页面）", vec![Part::Pages { count: 1 }]),
                chapter(
                    "第1次用印",
                    vec![
                        Part::Text { title: "所批准的陈述".into(), lines: statement },
                        Part::Table {
                            head: ["账本", "日期", "印章状态"].map(str::to_owned).to_vec(),
                            rows: vec![["第 3 条", "2026-01-05", "启用"].map(str::to_owned).to_vec()],
                        },
                        Part::Note { text: "没有与本件有关的监察发现。".into() },
                    ],
                ),
            ],
        },
        viewer: viewer("用印前的页面"),
        pdf: "/design".into(),
    }
}
