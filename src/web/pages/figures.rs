//! The month's figures, the monthly reports, and the statistics forms.
use maud::{Markup, html};

use super::head;
use crate::hall::supervision::figures::{Count, Figures, INSTANT_TARGET, Share};
use crate::web::kit::{
    Column,
    ask::{Ask, Weight},
    notice, table,
};

/// A report as filed.
#[derive(Debug, Clone)]
pub struct Filed {
    /// `2026年11月，第 2 版`.
    pub name: String,
    /// When and by whom.
    pub made: String,
    /// The PDF.
    pub pdf: String,
    /// Where its sealing is asked for; none: not for this person, or not in this hall.
    pub seal: Option<String>,
}

/// The page.
#[derive(Debug, Clone)]
pub struct FiguresPage {
    /// The month shown, as `2026-11`.
    pub month: String,
    /// Its figures; none for those who only ask for sealing.
    pub figures: Option<Figures>,
    /// Where the report of the month is made; none: not by this person.
    pub make: Option<String>,
    /// The reports there are, the newest first.
    pub reports: Vec<Filed>,
    /// How reports are sealed in this hall.
    pub sealing: String,
    /// The forms: title, and each format with its address.
    pub forms: Vec<(&'static str, Vec<(&'static str, String)>)>,
    /// The session's token.
    pub csrf: String,
}

impl FiguresPage {
    /// The page.
    pub fn show(&self) -> Markup {
        html! {
            (head("", "统计与通报", "用印、时限、集中到位和监察发现的数字；每月编成通报，存入档案。", html! {}))
            @if let Some(figures) = &self.figures {
                form.filter method="get" action="/figures" role="search" {
                    div.field { label for="month" { "月份" } input.narrow #month type="month" name="month" value=(self.month); }
                    button.button type="submit" { "查看" }
                }
                (self.month(figures))
            }
            (self.reports())
            @if !self.forms.is_empty() {
                section.sheet.stack-small {
                    h2 { "统计表" }
                    ul.stack-small {
                        @for (title, files) in &self.forms {
                            li { (title) "：" @for (words, href) in files { a href=(href) download { (words) } " " } }
                        }
                    }
                }
            }
        }
    }

    fn month(&self, figures: &Figures) -> Markup {
        let cards = [
            (figures.uses.to_string(), "次用印"),
            (figures.accepted.to_string(), "件受理"),
            (figures.decided.to_string(), "件办结"),
            (figures.delivered.to_string(), "件出证"),
            (figures.overdue.to_string(), "件超期未办结"),
            (figures.refused_acts.to_string(), "次操作被拒绝"),
            (figures.all_findings.found.to_string(), "项监察发现"),
        ];
        html! {
            h2 { (figures.month) }
            div.cards.figures { @for (figure, words) in cards { div.card { b.type-h1 { (figure) } span.quiet { (words) } } } }
            (shares(figures))
            div.two {
                (counts("按部门用印", "部门", &figures.by_department))
                (counts("按事项用印", "事项", &figures.by_item))
                (counts("按受理窗口用印", "窗口", &figures.by_window))
                (counts("近十二个月用印", "月份", &figures.by_month))
            }
            (findings(figures))
        }
    }

    fn reports(&self) -> Markup {
        html! {
            section.sheet.stack-small {
                h2 { "月通报" }
                p.quiet { (self.sealing) }
                @if self.reports.is_empty() {
                    (notice::empty("还没有通报", "监察审计员按月编制，编好后在这里打开。", None))
                } @else {
                    ul.stack-small {
                        @for one in &self.reports {
                            li {
                                a href=(one.pdf) { (one.name) } " " span.quiet.small { (one.made) }
                                @if let Some(action) = &one.seal {
                                    (Ask {
                                        button: "提请用印…",
                                        title: "为这份通报提请用印？",
                                        consequences: &["按通报中的数字重新制成文件，作为一件办件，由首席代表签批后用印、登入账本。"],
                                        sure: "提请用印",
                                        action,
                                        csrf: &self.csrf,
                                        weight: Weight::Calm,
                                        open: false,
                                    }.show(html! {}))
                                }
                            }
                        }
                    }
                }
                @if let Some(action) = &self.make {
                    (Ask {
                        button: "编制本月通报…",
                        title: "按现在的记录编制通报？",
                        consequences: &["成文存档并登入账本所据的记录。同一月份可以再编，版次递增，以前的版次保留。"],
                        sure: "编制",
                        action,
                        csrf: &self.csrf,
                        weight: Weight::Calm,
                        open: false,
                    }.show(html! {}))
                }
            }
        }
    }
}

fn shares(figures: &Figures) -> Markup {
    let row = |name: &str, share: Share, target: String| {
        vec![html! { (name) }, html! { (share.words()) }, html! { (target) }, meter(share.percent())]
    };
    let rows = vec![
        row("事项进驻大厅", figures.in_hall, "100%".into()),
        row("事项书面授权", figures.authorized, "100%".into()),
        row("事项网上可办", figures.online, "100%".into()),
        row("即办件事项", figures.instant, format!("{INSTANT_TARGET}%")),
        row("按期办结", figures.in_time, "100%".into()),
        row("办结的即办件", figures.instant_cases, "—".into()),
    ];
    let columns = [Column::words("指标"), Column::words("本厅"), Column::words("目标"), Column::words("图示")];
    table("集中到位", &columns, &rows)
}

fn meter(percent: u32) -> Markup {
    html! { meter min="0" max="100" value=(percent) { (percent) "%" } }
}

fn counts(title: &str, name: &'static str, counts: &[Count]) -> Markup {
    let most = counts.iter().map(|one| one.count).max().unwrap_or(0);
    let scaled = |count: u32| (count * 100).checked_div(most).unwrap_or(0);
    let row = |one: &Count| vec![html! { (one.name) }, html! { (one.count) }, meter(scaled(one.count))];
    let columns = [Column::words(name), Column::numbers("次数"), Column::words("图示")];
    html! {
        section.stack-small {
            h3 { (title) }
            @if most == 0 { p.quiet { "没有用印。" } } @else { (table(title, &columns, &counts.iter().map(row).collect::<Vec<_>>())) }
        }
    }
}

fn findings(figures: &Figures) -> Markup {
    let columns = [
        Column::words("监察规则"),
        Column::numbers("本月发现"),
        Column::numbers("以前结转"),
        Column::numbers("待交办"),
        Column::numbers("待答复"),
        Column::numbers("待审核"),
        Column::numbers("属实整改"),
        Column::numbers("情况正常"),
    ];
    let all = figures.findings.iter().chain([&figures.all_findings]);
    let rows = all.map(|one| {
        let counts = [one.found, one.earlier, one.open, one.assigned, one.answered, one.upheld, one.explained];
        std::iter::once(html! { (one.name) }).chain(counts.into_iter().map(|count| html! { (count) })).collect()
    });
    html! {
        section.stack-small {
            h3 { "监察发现及其办理" }
            @if figures.findings.is_empty() { p.quiet { "没有监察发现。" } } @else { (table("监察发现", &columns, &rows.collect::<Vec<Vec<Markup>>>())) }
        }
    }
}
