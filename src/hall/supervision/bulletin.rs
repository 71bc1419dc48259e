//! The monthly report (月通报) as running text: headings, paragraphs and tables, the grammar of a certificate's blocks. A table
//! whose last column is called [`CHART`] is drawn with bars.

use serde_json::{Value, json};

use super::figures::{Count, Figures, INSTANT_TARGET, RuleFigures, Share};
use super::{DUE_SOON_DAYS, UNDELIVERED_DAYS};

/// Heading of a column that is drawn as bars; its cells are percentages.
pub const CHART: &str = "图示";
/// Lines of a table; what is left is put together.
const MOST_LINES: usize = 20;

/// The report's title.
pub fn title(hall: &str, figures: &Figures) -> String {
    format!("{hall}{}电子监察通报", figures.month)
}

/// The report's text.
pub fn body(figures: &Figures) -> Value {
    let mut blocks = Vec::new();
    overall(figures, &mut blocks);
    gathered(figures, &mut blocks);
    uses(figures, &mut blocks);
    refused(figures, &mut blocks);
    findings(figures, &mut blocks);
    Value::Array(blocks)
}

fn heading(text: &str) -> Value {
    json!({ "h": text })
}

fn paragraph(text: impl Into<String>) -> Value {
    json!({ "p": text.into() })
}

fn overall(figures: &Figures, blocks: &mut Vec<Value>) {
    let Figures { month, accepted, decided, turned_down, delivered, uses, overdue, in_time, instant_cases, .. } =
        figures;
    blocks.push(heading("一、总体情况"));
    blocks.push(paragraph(format!(
        "{month}共受理办件{accepted}件，办结{decided}件（其中不予批准{turned_down}件），出证{delivered}件，使用印章{uses}次。\
         {}月末超过承诺期限仍未办结的{overdue}件。",
        match in_time.whole {
            0 => String::new(),
            _ => format!("办结的办件中，按期办结{}，即办件{}。", of_cases(*in_time), of_cases(*instant_cases)),
        }
    )));
}

/// A share in running text: a line may end before the bracket.
fn of_cases(share: Share) -> String {
    format!("{}件（{}%）", share.part, share.percent())
}

fn gathered(figures: &Figures, blocks: &mut Vec<Value>) {
    blocks.push(heading("二、集中到位情况"));
    let line = |name: &str, share: Share, target: u32| {
        json!([name, share.words(), format!("{target}%"), format!("{}%", share.percent())])
    };
    blocks.push(json!({ "table": [
        ["指标", "本厅", "目标", CHART],
        line("事项进驻大厅", figures.in_hall, 100),
        line("事项书面授权", figures.authorized, 100),
        line("事项网上可办", figures.online, 100),
        line("即办件事项", figures.instant, INSTANT_TARGET),
    ]}));
}

fn uses(figures: &Figures, blocks: &mut Vec<Value>) {
    blocks.push(heading("三、用印情况"));
    if figures.uses == 0 {
        blocks.push(paragraph("本月没有使用印章。"));
    }
    let tables = [
        ("部门", &figures.by_department),
        ("事项", &figures.by_item),
        ("受理窗口", &figures.by_window),
        ("月份（近十二个月）", &figures.by_month),
    ];
    for (name, counts) in tables {
        if counts.iter().any(|one| one.count > 0) {
            blocks.push(counted(name, "用印次数", counts));
        }
    }
}

/// A table of counts with their shares, the lines beyond the first twenty put together.
fn counted(name: &str, what: &str, counts: &[Count]) -> Value {
    let whole: u32 = counts.iter().map(|one| one.count).sum();
    let line = |name: &str, count: u32| {
        json!([name, count.to_string(), format!("{}%", Share { part: count, whole }.percent())])
    };
    let (shown, rest) = counts.split_at(counts.len().min(MOST_LINES));
    let mut lines = vec![json!([name, what, CHART])];
    lines.extend(shown.iter().map(|one| line(&one.name, one.count)));
    if !rest.is_empty() {
        lines.push(line(&format!("其余{}项", rest.len()), rest.iter().map(|one| one.count).sum()));
    }
    json!({ "table": lines })
}

fn refused(figures: &Figures, blocks: &mut Vec<Value>) {
    blocks.push(heading("四、被规则拒绝的操作"));
    if figures.refused_acts == 0 {
        return blocks.push(paragraph("本月没有被规则拒绝的操作。"));
    }
    let text = format!("本月有{}次操作被规则拒绝并记录。一次操作可有几类理由，分别计数。", figures.refused_acts);
    blocks.push(paragraph(text));
    blocks.push(counted("拒绝的理由", "次数", &figures.refused));
}

fn findings(figures: &Figures, blocks: &mut Vec<Value>) {
    blocks.push(heading("五、监察发现及其办理"));
    if figures.findings.is_empty() {
        blocks.push(paragraph("本月没有监察发现，以前月份的也都已办结。"));
    } else {
        let line = |one: &RuleFigures| {
            let RuleFigures { name, found, earlier, open, assigned, answered, upheld, explained } = one;
            let mut cells = vec![json!(name)];
            cells.extend([found, earlier, open, assigned, answered, upheld, explained].map(|n| json!(n.to_string())));
            Value::Array(cells)
        };
        let mut lines =
            vec![json!(["监察规则", "本月发现", "以前结转", "待交办", "待答复", "待审核", "属实整改", "情况正常"])];
        lines.extend(figures.findings.iter().map(line));
        lines.push(line(&figures.all_findings));
        blocks.push(json!({ "table": lines }));
    }
    blocks.push(paragraph(format!(
        "办理情况截至本通报编制之时。监察发现由监察审计员交办，被交办部门答复，监察审计员办结；没有自行消失的。即将超期指含当日剩{DUE_SOON_DAYS}个工作日以内；\
         未出证指用印后超过{UNDELIVERED_DAYS}个工作日；数量异常指当日次数多于前六十个工作日平均加三倍标准差，且不少于十次。"
    )));
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::figures::Counted;
    use super::*;

    fn text(counted: &Counted) -> String {
        body(&Figures::of("2026-11".parse().unwrap(), counted)).to_string()
    }

    #[test]
    fn r19_the_report_says_what_there_was_and_what_there_was_not() {
        let quiet = text(&Counted::default());
        for said in ["2026年11月共受理办件0件", "本月没有使用印章。", "本月没有被规则拒绝的操作。", "本月没有监察发现"]
        {
            assert!(quiet.contains(said), "{said}: {quiet}");
        }
        let by_item = (1..=22).map(|n| (format!("事项{n:02}"), 23 - n)).collect();
        let busy = Counted {
            by_item,
            by_department: BTreeMap::from([("甲局".to_owned(), 253)]),
            items: 10,
            instant: 4,
            ..Counted::default()
        };
        let busy = text(&busy);
        for said in [
            "事项20\",\"3\",\"1%",
            "其余2项\",\"3\",\"1%",
            "甲局\",\"253\",\"100%",
            "即办件事项\",\"40%（4/10）\",\"80%\",\"40%",
        ] {
            assert!(busy.contains(said), "{said}: {busy}");
        }
        assert!(!busy.contains("事项21"), "put together");
    }
}
