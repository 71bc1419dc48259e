use std::collections::BTreeMap;

use super::*;
use crate::hall::authorization::{CoveredItems, Power};
use crate::hall::department::{Entrusted, Intake, Role};
use crate::hall::example::{CASES, HALL, hall};
use crate::hall::item::{ItemKind, ItemSeal, Pages, Weight};
use crate::hall::opening::china_date;

fn problems(source: &str) -> Vec<String> {
    Hall::parse(source).unwrap_err().to_string().lines().map(str::to_owned).collect()
}

/// The demonstration's file with one text replaced; the text must be there.
fn changed(from: &str, to: &str) -> String {
    assert!(HALL.contains(from), "{from}");
    HALL.replacen(from, to, 1)
}

/// The problems of the changed file, without their lines.
fn texts(from: &str, to: &str) -> Vec<String> {
    Hall::parse(&changed(from, to)).unwrap_err().as_slice().iter().map(|p| format!("{}: {}", p.at, p.text)).collect()
}

#[test]
fn reads_the_whole_hall() {
    let hall = hall();
    assert_eq!(hall.name, "吉林经济技术开发区行政审批服务中心");
    assert_eq!(hall.area.as_str(), "220201");
    let counts = [hall.windows.len(), hall.departments.len(), hall.seals.len(), hall.staff.len(), hall.letters.len()];
    // Eight departments issue: eight approval seals and one department seal; 3 clerks, 8 times 4, administrator, auditor.
    assert_eq!(counts, [4, 9, 9, 37, 8]);
    assert_eq!((hall.items.len(), hall.joints.len()), (10, 1));
    assert!(hall.windows[3].branch.as_deref() == Some("九站街道"));

    let entrusted = hall.department(&"jjfz".parse().unwrap()).unwrap();
    let Role::Issuing { approval_office, intake: Intake::Entrusted { record, scope } } = &entrusted.role else {
        panic!()
    };
    assert_eq!(approval_office, "行政审批科");
    assert_eq!((record.as_str(), *scope), ("委托书编号 2026-01，委托大厅综合窗口受理", Entrusted::Acceptance));
    assert_eq!(hall.department(&"zwfw".parse().unwrap()).unwrap().role, Role::Centre);
    let scjg = &"scjg".parse().unwrap();
    assert_eq!(hall.seal(scjg, SealKind::Approval).unwrap().diameter_mm, 42);
    assert_eq!(hall.seal(scjg, SealKind::Department).unwrap().diameter_mm, 45);
    assert_eq!(hall.seal(&"jsj".parse().unwrap(), SealKind::Department), None);

    let deputy = hall.staff.iter().find(|staff| staff.login.as_str() == "deputy-scjg").unwrap();
    assert_eq!(deputy.name, "吉林市市场监督管理局经济技术开发区分局首席代表（代理）");
    assert_eq!((deputy.duty, deputy.deputy, deputy.department.as_ref()), (Duty::Chief, true, Some(scjg)));
    assert!(!hall.staff.iter().any(|staff| staff.login.as_str() == "chief-zwfw"), "the centre issues nothing");
    assert_eq!(hall.staff[0].windows.iter().map(WindowNo::as_str).collect::<Vec<_>>(), ["A01", "A02"]);
    let letter = &hall.letters[0];
    assert_eq!((&letter.items, letter.powers.len()), (&CoveredItems::All, Power::ALL.len()));
    assert_eq!((letter.from.to_string(), letter.to.to_string()), ("2026-01-01".to_owned(), "2026-12-31".to_owned()));
}

#[test]
fn reads_items_and_joint_approvals() {
    let hall = hall();
    let item = |code: &str| hall.item(&code.parse().unwrap()).unwrap();
    let food = item("220201-scjg-001");
    assert_eq!((food.kind, food.legal_days, food.limit_days), (ItemKind::Permit, 20, 5));
    assert_eq!((food.weight, food.valid_years, food.pages), (Weight::Ordinary, Some(5), Pages::One));
    assert_eq!((food.fields.len(), food.optional.len(), food.is_instant()), (10, 0, false));
    assert_eq!(food.seal, ItemSeal::Approval);
    assert!(item("220201-scjg-002").is_instant());
    assert!(item("220201-jsj-001").optional.contains("备注"));
    assert_eq!(item("220201-ghfj-001").weight, Weight::Major);
    let reply = item("220201-sthj-001");
    assert!(reply.pages == Pages::Many && reply.blocks.contains("批复正文"));
    let withdrawal = item("220201-scjg-003");
    assert!(matches!(&withdrawal.seal, ItemSeal::Department { legal_basis } if legal_basis.contains("第六十九条")));
    let joint = hall.joint("工程建设项目开工一件事").unwrap();
    assert_eq!(joint.items.iter().map(ItemCode::as_str).collect::<Vec<_>>(), ["220201-ghfj-001", "220201-jsj-001"]);
    assert_eq!(joint.signers.iter().map(DepartmentKey::as_str).collect::<Vec<_>>(), ["ghfj", "jsj"]);
    assert_eq!((joint.fields.len(), joint.joint_document.as_str()), (6, "工程建设项目并联审批办结告知书"));
}

/// What each case's pattern gives for the first number, computed by hand.
#[test]
fn the_cases_get_these_first_numbers() {
    let expected = BTreeMap::from([
        ("2026-A01-000001", "JY12202010000013"),
        ("2026-A01-000002", "JX220201000001"),
        ("2026-A02-000003", "220201202611200001"),
        ("2026-A02-000004", "建字第220201202600001号"),
        ("2026-A01-000005", "吉B安经（乙）字〔2026〕000001"),
        ("2026-A01-000006", "2611-220201-04-01-000001"),
        ("2026-A02-000007", "220201202600000001"),
        ("2026-A01-000008", "吉市环经开审〔2026〕1号"),
        ("2026-A01-000009", "JY12202010000013"),
        ("2026-A01-000010", "JY32202010000012"),
        ("2026-A01-000011", "JY12202010000013"),
        ("2026-A01-000012", "JY12202010000013"),
        ("2026-A01-000013", "JY12202010000013"),
        ("2026-A01-000014", "JY12202010000013"),
        ("2026-A01-000016", "吉市监经开撤字〔2026〕1号"),
        ("2026-A01-000017", "SB220201202600000001"),
    ]);
    let hall = hall();
    let mut seen = 0;
    for line in CASES.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let Some(code) = case["item"].as_str() else { continue };
        let item = hall.item(&code.parse().unwrap()).unwrap();
        let day = china_date(case["at"].as_str().unwrap().parse().unwrap());
        let number = item.number.render(case["data"].as_object().unwrap(), day, 1).unwrap();
        assert_eq!(number, expected[case["case"].as_str().unwrap()]);
        assert_eq!(item.number.placeholder(day).chars().count(), number.chars().count());
        let fields: Vec<_> = case["data"].as_object().unwrap().keys().collect();
        assert_eq!(fields, Vec::from_iter(&item.fields), "every case fills exactly its item's fields");
        seen += 1;
    }
    assert_eq!(seen, expected.len());
}

#[test]
fn says_every_problem_at_once_with_its_line() {
    let source = r#"hal = 1
[hall]
name = " 大厅"
opening = { days = "mon-fry", from = "08:30", to = "08:00", noon = true }
windows = [
  { no = "a1", name = "一窗", kind = "intake" },
  { no = "A1", name = "一窗", kind = "bar" },
]
[[department]]
key = "scjg"
name = "局"
uscc = "92220201MA1XY9001G"
[[item]]
code = "1"
department = "scjg"
name = "事项"
kind = "permit"
legal_days = 1
limit_days = "2"
certificate = "证"
number = "{yaer}"
fields = []
"#;
    assert_eq!(
        problems(source),
        [
            "1: hal: unknown key",
            "1: one department must have the role centre, not 0",
            "1: no window of kind intake",
            "1: no window of kind delivery",
            "2: hall.area_code: missing",
            "3: hall.name: must be one line, not empty, without blanks around it",
            "4: hall.opening.noon: unknown key",
            "4: hall.opening: days must be \"all\", a day as \"mon\", or a range as \"mon-fri\"",
            "4: hall.opening: `to` must be later than `from`",
            "6: hall.windows[1].no: not a WindowNo: 1 to 16 capital letters and digits",
            "7: hall.windows[2].kind: not a WindowKind: one of: intake delivery",
            "9: department[1].approval_office: missing",
            "12: department[1].uscc: 校验位不符，请核对原件后重新录入",
            "19: item[1].limit_days: must be a whole number in range",
            "21: item[1].number: unknown placeholder {yaer}; no {seq}",
            "22: item[1].fields: must name at least one",
        ]
    );
}

#[test]
fn says_every_syntax_error() {
    let found = problems("name = \nx = 1\ny = \"\nz = [\n");
    let lines: Vec<_> = found.iter().filter_map(|problem| problem.split(':').next()).collect();
    assert_eq!(lines, ["1", "3", "4"], "{found:?}");
    assert_eq!(problems(&"#".repeat(MAX_BYTES + 1)), ["1: longer than 1048576 bytes"]);
    let nested = format!("a = {}", "[".repeat(100_000));
    assert!(Hall::parse(&nested).is_err(), "and does not overflow the stack");
}

#[test]
fn nothing_stands_twice() {
    assert_eq!(texts("no = \"A02\"", "no = \"A01\"")[0], "hall.windows[2]: window A01 stands twice");
    assert_eq!(texts("key = \"ybj\"", "key = \"sbj\"")[0], "department[9]: department sbj stands twice");
    assert_eq!(
        texts("11220200MB1A00087Y", "11220200MB1A00095R"),
        ["department[9]: uscc 11220200MB1A00095R stands twice"]
    );
    assert_eq!(texts("kind = \"department\"", "kind = \"approval\"")[0], "seal[2]: seal scjg approval stands twice");
    assert_eq!(texts("login = \"clerk2\"", "login = \"clerk1\""), ["staff[2]: login clerk1 stands twice"]);
    assert_eq!(texts("220201-scjg-002", "220201-scjg-001"), ["item[2]: item 220201-scjg-001 stands twice"]);
    assert_eq!(
        texts("SB220201{year}{seq:8}", "220201{year}{seq:8}"),
        ["item[9]: number 220201{year}{seq:8} stands twice"]
    );
    assert_eq!(
        texts("windows = [\"A01\", \"A02\"]", "windows = [\"A01\", \"A01\"]"),
        ["staff[1].windows: the same value stands twice"]
    );
    assert_eq!(
        texts("[\"ghfj\", \"jsj\"]", "[\"ghfj\", \"ghfj\"]"),
        ["joint[1]: signers must name at least one department, each once"]
    );
}

#[test]
fn every_name_refers_to_something() {
    assert_eq!(texts("windows = [\"A09\"]", "windows = [\"A08\"]"), ["staff[3]: no window A08"]);
    assert_eq!(
        texts("signers = [\"ghfj\", \"jsj\"]", "signers = [\"ghfj\", \"scjg\"]"),
        ["joint[1]: signer scjg decides none of the items"]
    );
    assert_eq!(
        texts("items = [\"220201-ghfj-001\"", "items = [\"220201-ghfj-009\""),
        ["joint[1]: no item 220201-ghfj-009"]
    );
    assert_eq!(
        texts("items = \"*\"", "items = [\"220201-jsj-001\", \"x\"]")[..2],
        ["authorization[1]: item 220201-jsj-001 is not of department ghfj", "authorization[1]: no item x",]
    );
    assert_eq!(
        texts("code = \"220201-jjfz-001\"\ndepartment = \"jjfz\"", "code = \"i\"\ndepartment = \"zwfw\""),
        ["item[7]: department zwfw issues nothing", "item[7]: department zwfw has no seal of kind approval",]
    );
    assert_eq!(
        texts("code = \"220201-jjfz-001\"\ndepartment = \"jjfz\"", "code = \"i\"\ndepartment = \"nix\"")[0],
        "item[7]: no department nix"
    );
    assert_eq!(
        texts("department = \"scjg\"\nkind = \"department\"", "department = \"jsj\"\nkind = \"department\""),
        ["item[10]: department scjg has no seal of kind department"]
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    for (from, to, problem) in [
        ("limit_days = 5\n", "limit_days = 21\n", "item[1]: limit_days is more than legal_days"),
        ("valid_years = 5", "valid_years = 0", "item[1]: valid_years must be at least 1, or left out"),
        (
            "optional = [\"备注\"]",
            "optional = [\"备考\"]",
            "item[3]: optional names 备考, which is not among the fields",
        ),
        ("{主体业态:", "{业态:", "item[1]: number names 业态, which is not among the fields"),
        (
            "\"发证日期\", \"有效期至\"]\n",
            "\"发证日期\"]\noptional = [\"主体业态\"]\n",
            "item[1]: number needs 主体业态, so it cannot be optional",
        ),
        ("\"有效期至\"]", "\"发证日期\"]", "item[1].fields: the same value stands twice"),
        ("legal_basis = ", "basis = ", "item[10]: the department's own seal needs a legal_basis"),
        ("valid_years = 5", "legal_basis = \"法\"", "item[1]: legal_basis is for the department's own seal alone"),
        ("kind = \"permit\"", "kind = \"gift\"", "item[1].kind: not a ItemKind: one of: permit filing proof reply"),
        (
            "duty = \"clerk\"",
            "duty = \"auditor\"",
            "staff[1]: a clerk works at one window at least, and nobody else at any",
        ),
        ("windows = [\"A09\"]", "", "staff[3]: a clerk works at one window at least, and nobody else at any"),
        ("duty = \"auditor\"", "duty = \"auditor\"\ndeputy = true", "staff[9]: only a chief can be deputy"),
        (
            "duty = \"auditor\"",
            "duty = \"chief\"",
            "staff[9]: a reviewer, chief, leader or keeper belongs to a department, the hall's own staff to none",
        ),
        (
            "duty = \"keeper\"",
            "duty = \"keeper\"\ndepartment = \"jsj\"",
            "staff[7]: either {department} in the login or a department, not both",
        ),
        (
            "login = \"keeper-{department}\"",
            "login = \"K-{department}\"",
            "staff[7]: login: not a Login: 1 to 64 lower-case letters, digits, `-`, `.` and `_`, a letter or digit first",
        ),
        (
            "grade = \"civil-servant\"",
            "grade = \"contract\"",
            "staff[4]: whoever decides needs a grade: civil-servant or established",
        ),
        (
            "limit_days = 5\n",
            "limit_days = 5\nsteps = [{ kind = \"acceptance\", hours = 1 }, { kind = \"review\", hours = 8 }, \
             { kind = \"second-review\", hours = 8 }, { kind = \"decision\", hours = 8 }]\n",
            "item[1]: more than 3 steps need more_steps_because, the recorded reason",
        ),
        (
            "limit_days = 5\n",
            "limit_days = 5\nsteps = [{ kind = \"acceptance\", hours = 1 }, { kind = \"decision\", hours = 40 }]\n",
            "item[1]: the standard times together are longer than limit_days",
        ),
        ("deputy = true", "deputy = 1", "staff[5].deputy: must be true or false"),
        ("diameter_mm = 42", "diameter_mm = 420", "seal[1].diameter_mm: must be a whole number in range"),
        ("diameter_mm = 42", "diameter_mm = 4", "seal[1]: diameter_mm must be 30 to 60"),
        ("to = \"2026-12-31\"", "to = \"2025-12-31\"", "authorization[1]: to is earlier than from"),
        (
            "powers = [\"审批决定权\", ",
            "powers = [\"决定权\", ",
            "authorization[1].powers[1]: not a Power: one of: 审批决定权 审核上报权 组织协调权 审批专用章使用权",
        ),
        ("items = \"*\"", "items = []", "authorization[1]: items must be \"*\" or name at least one item"),
        ("role = \"centre\"", "role = \"queen\"", "department[1]: role must be \"centre\" or left out"),
        ("intake = \"entrusted\"\n", "", "department[5]: entrustment names a record, but intake is not entrusted"),
        (
            "entrustment = \"委托书编号 2026-01，委托大厅综合窗口受理\"",
            "",
            "department[4]: intake is entrusted, but entrustment names no record",
        ),
        ("intake = \"entrusted\"", "intake = \"gone\"", "department[4]: intake must be \"own\" or \"entrusted\""),
        ("kind = \"delivery\"", "kind = \"intake\"", ": no window of kind delivery"),
        ("branch = \"九站街道\" }", "branch = \"孤店子镇\" }", "hall.windows[4]: no branch 孤店子镇"),
        (", branch = \"九站街道\" }", " }", "branch[1]: no window stands in branch 九站街道"),
        ("no = \"A02\"", "no = \"OFFICE\"", "hall.windows[2]: OFFICE stands for the offices, and no window bears it"),
        (
            "certificate = \"食品经营许可证\"",
            "certificate = \"授权委托书\"",
            "item[1]: a letter of authorization bears the department's own seal",
        ),
        (
            "certificate = \"建设工程规划许可证\"",
            "certificate = \"授权委托书\"",
            "joint[1]: a letter of authorization is part of no joint approval",
        ),
        (
            "to = \"16:30\" }",
            "to = \"16:30\", holidays = \"never\" }",
            "hall.opening.holidays: not a Holidays: one of: closed open",
        ),
        ("[[joint]]", "[joint]", "joint: must be a list"),
        (
            "items = [\"220201-ghfj-001\", \"220201-jsj-001\"]",
            "items = [\"220201-ghfj-001\"]",
            "joint[1]: a joint approval has two items at least, each once",
        ),
        ("days = \"mon-fri\"", "day = \"mon-fri\"", "hall.opening.days: missing"),
        ("area_code = \"220201\"", "area_code = \"2202\"", "hall.area_code: not a AreaCode: six digits"),
    ] {
        let found = texts(from, to);
        assert!(found.iter().any(|text| text == problem), "{problem}\nnot among {found:#?}");
    }
    assert!(Hall::parse(&changed("mon-fri", "all")).is_ok());
    assert!(Hall::parse(&changed("to = \"16:30\" }", "to = \"16:30\", holidays = \"open\" }")).is_ok());
}

#[test]
fn a_broken_department_or_item_is_one_problem_not_many() {
    assert_eq!(
        texts("11220200MB1A000794", "11220200MB1A000795"),
        ["department[7].uscc: 校验位不符，请核对原件后重新录入"]
    );
    assert_eq!(texts("建字第220201{year}{seq:5}号", "建字第220201{year}号"), ["item[4].number: no {seq}"]);
}
