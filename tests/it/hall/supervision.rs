//! Electronic supervision (R16) and the figures (R19): what the records show is found once, people carry it to its end, and the
//! month's report and forms say what happened.

use std::process::Command;

use yinxin::acts::findings::{self, Doing, Finding, FindingRow, MayDo, Which};
use yinxin::acts::monthly;
use yinxin::acts::statistics::{self, Form, Format};
use yinxin::acts::supervise::{Swept, supervise};
use yinxin::hall::supervision::figures::{Figures, Month};
use yinxin::hall::supervision::finding::{Answerer, Conclusion, FindingState};

use super::commands::{Demonstration, yinxin};
use super::*;
use crate::tools::{python, run};

/// What an item for the monthly report takes, added to the hall's file.
const REPORTING: &str = include_str!("../../data/sealed-reports.toml");

impl TestHall {
    fn auditor(&self) -> Actor {
        self.in_office("auditor".to_owned())
    }

    async fn sweep(&self) -> Swept {
        supervise(&self.app).await.unwrap()
    }

    /// All findings of a rule, as the auditor sees them.
    async fn found(&self, rule: &str) -> Vec<FindingRow> {
        let which = Which { rule: Some(rule.to_owned()), ..Which::default() };
        findings::list(&self.app, &self.auditor().person().await, which, 100, 0).await.unwrap()
    }

    async fn only_found(&self, rule: &str) -> FindingRow {
        let mut found = self.found(rule).await;
        assert_eq!(found.len(), 1, "{rule}: {found:?}");
        found.remove(0)
    }

    async fn figures(&self, month: &str) -> Figures {
        monthly::figures(&self.app, &self.auditor().person().await, month.parse().unwrap()).await.unwrap()
    }
}

impl Actor {
    async fn on_finding(&self, id: &str, doing: Doing, words: &str) -> Result<FindingState, ActError> {
        findings::act(&self.app, &self.person().await, id, &doing, words).await
    }

    async fn finding(&self, id: &str) -> Result<Finding, ActError> {
        findings::one(&self.app, &self.person().await, id).await
    }
}

fn assign_to(department: &str, by: &str) -> Doing {
    Doing::Assign { to: department.parse().unwrap(), by: by.parse().unwrap() }
}

/// What is wrong with the books.
async fn trouble(premises: &Premises) -> Vec<(String, String)> {
    let books = yinxin::acts::audit::Books::open(&premises.config).await.unwrap();
    let audited = yinxin::acts::audit::audit(&books, |_, _| {}).await.unwrap();
    books.close().await;
    audited.findings.into_iter().map(|one| (one.code.to_owned(), one.place)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_what_the_records_show_is_found_once() {
    let hall = TestHall::open().await;
    assert_eq!(hall.sweep().await, Swept { standing: 0, new: Default::default() });
    // Sealed today and never handed over; asked for today and never decided (five working days); refused at night.
    let sealed = Case::number("000001").again_as("2026-A01-800001");
    hall.carry(&sealed).await;
    let open = Case::number("000001").again_as("2026-A01-800002");
    hall.clerk("A01").submit(&open).await.unwrap();
    hall.set_time("2026-11-20T20:00:00+08:00");
    let asked = hall.only_use(&open.case).await;
    refusal(hall.chief("scjg").approve(&asked).await);
    refusal(hall.chief("scjg").approve(&asked).await);
    let night = hall.sweep().await;
    assert_eq!(night.new, [("outside-hours", 1)].into());
    let row = hall.only_found("outside-hours").await;
    assert!(row.said.contains("有2次操作") && row.said.contains("hall-closed"), "{}", row.said);
    assert_eq!((row.department.as_deref(), row.state.as_str()), (Some("scjg"), "open"));

    // Nothing new, nothing twice.
    let again = hall.sweep().await;
    assert_eq!((again.standing, again.new.len()), (1, 0));
    // Due on Friday the 27th: about to be overdue from Thursday on, overdue on Monday.
    hall.set_time("2026-11-25T10:00:00+08:00");
    assert!(hall.sweep().await.new.is_empty());
    hall.set_time("2026-11-26T10:00:00+08:00");
    assert_eq!(hall.sweep().await.new, [("case-due-soon", 1)].into());
    hall.set_time("2026-11-30T10:00:00+08:00");
    assert_eq!(hall.sweep().await.new, [("case-overdue", 1), ("undelivered", 1)].into());
    assert_eq!(hall.only_found("undelivered").await.subject, "case 2026-A01-800001");
    let overdue = hall.only_found("case-overdue").await;
    assert_eq!((overdue.subject.as_str(), overdue.period.as_str()), ("case 2026-A01-800002", "2026-11-27"));
    // The letters of all eight departments end on the 31st of December.
    hall.set_time("2026-12-01T10:00:00+08:00");
    assert_eq!(hall.sweep().await.new, [("term-ending", 8)].into());

    // Whatever became of it meanwhile, what was found stays until people have closed it.
    hall.delivery().deliver(&sealed.case, "王明").await.unwrap();
    hall.sweep().await;
    assert_eq!(hall.only_found("undelivered").await.state, "open");
    let premises = hall.close().await;
    assert_eq!(trouble(&premises).await, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_two_who_look_at_the_same_moment_find_it_once() {
    let hall = TestHall::open().await;
    for number in 0..4 {
        let case = Case::number("000001").again_as(&format!("2026-A01-81000{number}"));
        hall.clerk("A01").submit(&case).await.unwrap();
    }
    hall.set_time("2026-11-30T10:00:00+08:00");
    let look = || {
        let app = Arc::clone(&hall.app);
        tokio::spawn(async move { supervise(&app).await.unwrap() })
    };
    let (one, two, three) = tokio::join!(look(), look(), look());
    let new: usize = [one, two, three].into_iter().flat_map(|swept| swept.unwrap().new.into_values()).sum();
    assert_eq!((new, hall.found("case-overdue").await.len()), (4, 4));
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_a_finding_is_assigned_answered_and_closed_by_people() {
    let hall = TestHall::open().await;
    let case = Case::number("000001").again_as("2026-A01-820001");
    hall.clerk("A01").submit(&case).await.unwrap();
    hall.set_time("2026-11-20T20:00:00+08:00");
    let asked = hall.only_use(&case.case).await;
    refusal(hall.chief("scjg").approve(&asked).await);
    hall.sweep().await;
    hall.set_time("2026-11-30T10:00:00+08:00");
    hall.sweep().await;
    let late = hall.only_found("case-overdue").await.id;
    let (auditor, chief, leader) = (hall.auditor(), hall.chief("scjg"), hall.leader("scjg"));

    // Before it is assigned nobody but the auditor sees it, and nobody answers or closes it.
    assert!(matches!(chief.finding(&late).await, Err(ActError::NotFound)));
    assert_eq!(refusal(chief.on_finding(&late, Doing::Answer, "已办").await).codes(), ["not-assigned"]);
    assert_eq!(
        refusal(auditor.on_finding(&late, Doing::Close(Conclusion::Explained), "无").await).codes(),
        ["not-answered"]
    );
    assert_eq!(
        refusal(chief.on_finding(&late, assign_to("scjg", "2026-11-29"), "").await).codes(),
        ["wrong-duty", "due-past", "words-missing"]
    );
    assert_eq!(
        refusal(auditor.on_finding(&late, assign_to("zwfw", "2026-12-07"), "查").await).codes(),
        ["unknown-department"]
    );
    assert_eq!(auditor.finding(&late).await.unwrap().may(&auditor.person().await), MayDo::Assign);
    let assigned = auditor.on_finding(&late, assign_to("scjg", "2026-12-07"), "请说明超期原因").await.unwrap();
    assert_eq!(assigned, FindingState::Assigned);

    // Another department does not see it; the one it was assigned to answers, and is asked again.
    assert!(matches!(hall.chief("jsj").finding(&late).await, Err(ActError::NotFound)));
    assert_eq!(refusal(hall.chief("jsj").on_finding(&late, Doing::Answer, "不知").await).codes(), ["not-the-answerer"]);
    assert_eq!(chief.finding(&late).await.unwrap().may(&chief.person().await), MayDo::Answer);
    chief.on_finding(&late, Doing::Answer, "人手不足").await.unwrap();
    auditor.on_finding(&late, assign_to("scjg", "2026-12-09"), "请写明如何处理").await.unwrap();
    leader.on_finding(&late, Doing::Answer, "已批准，\n向申请人致歉").await.unwrap();
    let closed = auditor.on_finding(&late, Doing::Close(Conclusion::Upheld), "整改到位").await.unwrap();
    assert_eq!(closed, FindingState::Closed);
    assert_eq!(
        refusal(auditor.on_finding(&late, assign_to("scjg", "2026-12-09"), "再查").await).codes(),
        ["already-closed"]
    );
    let story = auditor.finding(&late).await.unwrap();
    let steps: Vec<_> =
        story.steps.iter().map(|(step, name)| (step.act.as_str(), name.as_str(), step.said.as_str())).collect();
    assert_eq!(
        steps,
        [
            ("assign", "监察审计员", "请说明超期原因"),
            ("answer", "吉林市市场监督管理局经济技术开发区分局首席代表", "人手不足"),
            ("return", "监察审计员", "请写明如何处理"),
            ("answer", "吉林市市场监督管理局经济技术开发区分局分管领导", "已批准，\n向申请人致歉"),
            ("close", "监察审计员", "整改到位"),
        ]
    );
    assert_eq!(story.row.conclusion.as_deref(), Some("upheld"));

    // Whom it concerns does not answer for themselves: the leader does.
    let night = hall.only_found("outside-hours").await.id;
    auditor.on_finding(&night, assign_to("scjg", "2026-12-07"), "说明").await.unwrap();
    assert_eq!(refusal(chief.on_finding(&night, Doing::Answer, "加班").await).codes(), ["about-oneself"]);
    leader.on_finding(&night, Doing::Answer, "加班，已告诫").await.unwrap();

    // What was refused is on record; the books are in order; what is changed behind the service's back is found.
    let refused = hall.premises.count("SELECT COUNT(*) FROM refused_act WHERE act = 'finding'").await;
    assert_eq!(refused, 7);
    let mut premises = hall.close().await;
    assert_eq!(trouble(&premises).await, []);
    for (tampering, code, place) in [
        ("UPDATE finding SET conclusion = 'explained' WHERE state = 'closed'", "row-altered", "finding "),
        ("DELETE FROM finding_step WHERE act = 'return'", "row-missing", "finding_step "),
        ("UPDATE finding_step SET said = '无事' WHERE act = 'answer'", "row-altered", "finding_step "),
        ("UPDATE finding SET said = '按期办结' WHERE rule = 'case-overdue'", "row-altered", "finding "),
    ] {
        let good = premises.state();
        assert_ne!(premises.tamper(tampering).await, 0, "{tampering}");
        let found = trouble(&premises).await;
        assert!(found.iter().any(|one| one.0 == code && one.1.starts_with(place)), "{tampering}: {found:?}");
        premises.put_back(&good);
    }
    // A finding without a step or an answerer cannot be written at all.
    for (change, rule) in [
        ("UPDATE finding SET state = 'closed', conclusion = NULL", "a_finding_is_closed_with_a_conclusion"),
        (
            "UPDATE finding SET state = 'assigned', answerer = NULL WHERE state <> 'closed'",
            "somebody_answers_a_finding",
        ),
        ("INSERT INTO finding SELECT * FROM finding", "a_finding_is_found_once"),
        ("UPDATE finding_step SET number = 1", "one_step_of_a_finding_at_a_time"),
        ("UPDATE finding_step SET said = ''", "a_step_says_something"),
    ] {
        assert!(premises.forbids(change, rule).await, "{change}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r19_the_months_figures_are_those_of_the_records() {
    let hall = TestHall::open().await;
    for (number, case) in [("000001", "830001"), ("000001", "830002"), ("000017", "830003"), ("000004", "830004")] {
        hall.carry(&Case::number(number).again_as(&format!("2026-A01-{case}"))).await;
    }
    hall.delivery().deliver("2026-A01-830001", "王明").await.unwrap();
    let refused = Case::number("000006").again_as("2026-A01-830005");
    hall.clerk("A01").submit(&refused).await.unwrap();
    let asked = hall.only_use(&refused.case).await;
    hall.chief("jjfz").refuse(&asked, "材料不齐").await.unwrap();
    refusal(hall.chief("jsj").approve(&asked).await);
    hall.sweep().await;

    let of = hall.figures("2026-11").await;
    let by = |counts: &[yinxin::hall::supervision::figures::Count]| {
        counts.iter().map(|one| (one.name.clone(), one.count)).collect::<Vec<_>>()
    };
    assert_eq!(of.uses, 4);
    assert_eq!(by(&of.by_department)[0], ("吉林市市场监督管理局经济技术开发区分局".to_owned(), 2));
    assert_eq!(by(&of.by_item).iter().map(|one| one.1).collect::<Vec<_>>(), [2, 1, 1]);
    assert_eq!(by(&of.by_window), [("A01 综合受理一窗".to_owned(), 4)]);
    assert_eq!(by(&of.by_month)[11], ("2026-11".to_owned(), 4));
    assert_eq!((of.accepted, of.decided, of.turned_down, of.delivered, of.overdue), (5, 5, 1, 1, 0));
    assert_eq!((of.in_time.words().as_str(), of.instant_cases.words().as_str()), ("100%（5/5）", "40%（2/5）"));
    // Ten items, all of them in the hall, authorized, online; four of them done on the spot.
    assert_eq!(
        (of.in_hall.words().as_str(), of.authorized.percent(), of.online.percent()),
        ("100%（10/10）", 100, 100)
    );
    assert_eq!(of.instant.words(), "40%（4/10）");
    assert_eq!(
        by(&of.refused),
        [("材料、数据或办件状态不符".to_owned(), 1), ("超出登记、授权或岗位范围".to_owned(), 1)]
    );
    assert_eq!((of.refused_acts, of.all_findings.found), (1, 1));
    // A month later nothing has happened, but what was found is brought over.
    hall.set_time("2026-12-01T10:00:00+08:00");
    let december = hall.figures("2026-12").await;
    assert_eq!((december.uses, december.accepted, december.all_findings.earlier), (0, 0, 1));
    assert_eq!(by(&december.by_month)[10], ("2026-11".to_owned(), 4));
    let auditor = hall.auditor().person().await;
    let to_come = monthly::figures(&hall.app, &auditor, "2027-01".parse().unwrap()).await;
    assert_eq!(refusal(to_come).codes(), ["month-to-come"]);
    let chief = hall.chief("scjg").person().await;
    assert_eq!(refusal(monthly::figures(&hall.app, &chief, "2026-11".parse().unwrap()).await).codes(), ["wrong-duty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_r19_the_monthly_report_is_filed_and_sealed_as_any_document() {
    let hall = TestHall::set_up(REPORTING, OPEN).await;
    hall.carry(&Case::number("000001").again_as("2026-A01-840001")).await;
    let (auditor, month) = (hall.auditor().person().await, "2026-11".parse::<Month>().unwrap());
    let clerk = hall.clerk("A01").person().await;
    assert_eq!(refusal(monthly::make(&hall.app, &clerk, month).await).codes(), ["wrong-duty"]);
    let first = monthly::make(&hall.app, &auditor, month).await.unwrap();
    let second = monthly::make(&hall.app, &auditor, month).await.unwrap();
    assert_eq!((first.version, second.version), (1, 2));
    let pdf = monthly::pdf(&hall.app, &auditor, month, 2).await.unwrap();
    let text = text_of(&pdf);
    for said in ["2026年11月电子监察通报", "监察通报〔2026〕11号", "使用印章1次", "即办件事项", "45%（5/11）"]
    {
        assert!(text.contains(said), "{said}: {text}");
    }

    // A window asks for its sealing; from there on it is a case like any other.
    assert_eq!(refusal(monthly::ask_for_seal(&hall.app, &auditor, month, 2).await).codes(), ["wrong-duty"]);
    let asked = monthly::ask_for_seal(&hall.app, &clerk, month, 2).await.unwrap();
    let again = monthly::ask_for_seal(&hall.app, &clerk, month, 2).await.unwrap();
    assert_eq!(asked.matter.id, again.matter.id, "asked twice is one case");
    let refused = hall.only_use(&asked.matter.case_no).await;
    hall.chief(&refused.department).decide(&refused, Verdict::Refuse(vec!["数据有误".to_owned()])).await.unwrap();
    let asked = monthly::ask_for_seal(&hall.app, &clerk, month, 2).await.unwrap();
    assert_ne!(asked.matter.id, again.matter.id, "what was refused can be asked for anew");
    let documents = hall.approve_all(&asked.matter.case_no).await;
    assert!(hall.report(&documents[0]).is_valid());
    assert!(text_of(&hall.sealed(&documents[0])).contains("2026年11月电子监察通报"));
    let premises = hall.close().await;
    assert_eq!(trouble(&premises).await, []);
}

/// The text of a PDF without white space.
fn text_of(pdf: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), pdf).unwrap();
    let text = run(Command::new("pdftotext").arg("-raw").arg(file.path()).arg("-"));
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Prints a workbook or a comma-separated file as JSON rows.
const READ: &str = r"
import csv, json, sys
path = sys.argv[1]
if path.endswith('.xlsx'):
    import openpyxl
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert all(cell.data_type in ('s', 'n') for row in sheet.iter_rows() for cell in row), 'a formula'
    rows = [[cell for cell in row] for row in sheet.iter_rows(values_only=True)]
    assert rows[0][0] and sheet.merged_cells.ranges, 'a title over all columns'
    rows = rows[1:]
else:
    with open(path, 'rb') as file:
        assert file.read(3) == b'\xef\xbb\xbf', 'no byte order mark'
    with open(path, encoding='utf-8-sig', newline='') as file:
        rows = list(csv.reader(file, strict=True))
print(json.dumps([['' if cell is None else str(cell) for cell in row] for row in rows], ensure_ascii=False))
";

#[tokio::test(flavor = "multi_thread")]
async fn r19_the_two_forms_are_read_by_other_programs() {
    let hall = TestHall::open().await;
    hall.carry(&Case::number("000001").again_as("2026-A01-850001")).await;
    let auditor = hall.auditor().person().await;
    let read = async |form: Form, format: Format| -> Vec<Vec<String>> {
        let bytes = statistics::write(&hall.app, &auditor, form, format).await.unwrap();
        let path = hall.premises.path(&format!("form.{}", format.extension()));
        fs::write(&path, bytes).unwrap();
        serde_json::from_str(&run(Command::new(python()).args(["-c", READ]).arg(&path))).unwrap()
    };
    for form in Form::ALL {
        assert_eq!(read(form, Format::Xlsx).await, read(form, Format::Csv).await, "both say the same");
    }
    let offices = read(Form::Offices, Format::Csv).await;
    assert_eq!(offices.len(), 1 + 8, "a head and eight departments");
    let scjg = offices.iter().find(|row| row[1].starts_with("吉林市市场监督管理局")).unwrap();
    let named = |post: &str| format!("{}{post}", scjg[1]);
    let posts = ["分管领导", "首席代表", "首席代表（代理）"].map(named);
    assert_eq!((scjg[2].as_str(), &scjg[3..6]), ("行政审批办公室", &posts[..]));
    assert_eq!(scjg[6..10], ["—".to_owned(), named("印章管理员"), "0".to_owned(), "4".to_owned()]);
    assert_eq!(scjg[11].len(), 14, "the seal's code");
    let items = read(Form::Items, Format::Csv).await;
    assert_eq!(items.len(), 1 + 10 + 1, "a head, ten items, a sum");
    let food = items.iter().find(|row| row[2] == "220201-scjg-001").unwrap();
    assert_eq!(food[3..], ["食品经营许可证核发", "行政许可", "20", "5", "否", "是", "是", "是", "1"]);
    assert_eq!(items[11][7..], ["4项", "10项", "10项", "10项", "1"]);
    // Three items of a department whose letter does not stand any more are authorized no more.
    hall.premises.tamper("UPDATE letter SET state = 'revoked', revoked_at = 1 WHERE department = 'scjg'").await;
    let items = read(Form::Items, Format::Csv).await;
    let food = items.iter().find(|row| row[2] == "220201-scjg-001").unwrap();
    assert_eq!((food[9].as_str(), items[11][9].as_str()), ("否", "7项"));
    let chief = hall.chief("scjg").person().await;
    assert_eq!(refusal(statistics::write(&hall.app, &chief, Form::Items, Format::Csv).await).codes(), ["wrong-duty"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_the_program_looks_once() {
    let demo = Demonstration::new();
    let config = demo.data.join("yinxin.toml");
    let said = run(yinxin().args(["supervise", "--json", "--config"]).arg(&config));
    let swept: Value = serde_json::from_str(&said).unwrap();
    assert!(swept["standing"].is_u64() && swept["new"].is_object(), "{said}");
    assert!(run(yinxin().args(["supervise", "--config"]).arg(&config)).contains("新发现 0 项"));
}

#[test]
fn answerers_are_written_as_they_are_kept() {
    for word in ["scjg", "-"] {
        assert_eq!(word.parse::<Answerer>().unwrap().as_str(), word);
    }
    assert!("市场监管局".parse::<Answerer>().is_err());
}
