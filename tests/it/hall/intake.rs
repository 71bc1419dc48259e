//! R11 to R14 and R18: where cases are accepted, what must be brought, what must be paid, who goes first.

use yinxin::acts::pay::pay;
use yinxin::hall::fee::Fee;

use super::audit::audited;
use super::*;

/// The instant item of tests/data/hall.toml that asks for materials and a fee.
const CATERING: &str = "220201-scjg-002";

impl Actor {
    pub(super) async fn ask(&self, case: &str, request: &Request) -> Result<Submitted, ActError> {
        submit(&self.app, &self.person().await, Some(case.parse().unwrap()), request).await
    }

    async fn pay(&self, case: &str, yuan: &str, receipt: &str) -> Result<(), ActError> {
        pay(&self.app, &self.person().await, case, yinxin::hall::fee::fen(yuan), receipt).await.map(|_| ())
    }
}

/// A catering permit with all materials.
pub(super) fn catering() -> Request {
    let mut request = Case::number("000002").request();
    request.data.insert("社会信用代码".to_owned(), "91220201MA1XY0004T".into());
    request
}

#[tokio::test(flavor = "multi_thread")]
async fn r18_all_that_is_missing_is_said_at_once() {
    let hall = TestHall::open().await;
    let mut request = catering();
    request.materials.clear();
    request.materials.insert("没有这种材料".to_owned());
    request.data.insert("经营场所".to_owned(), "".into());
    let refused = refusal(hall.clerk("A01").ask("2026-A01-700001", &request).await);
    let said: Vec<(&str, &str)> =
        refused.reasons().iter().map(|reason| (reason.code, reason.field.as_deref().unwrap_or_default())).collect();
    assert_eq!(
        said,
        [
            ("material-missing", "小餐饮经营许可申请书"),
            ("material-missing", "经营场所平面布局图"),
            ("material-missing", "经营者身份证件复印件"),
            ("unknown-material", "没有这种材料"),
            ("blank", "经营场所"),
        ]
    );
    let submitted = hall.clerk("A01").ask("2026-A01-700001", &catering()).await.unwrap();
    let kept: Vec<String> = serde_json::from_str(&submitted.matter.materials).unwrap();
    assert_eq!(kept.len(), 4, "what was received stands on the case: {kept:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_nothing_is_sealed_or_handed_out_before_the_fee_is_paid() {
    let hall = TestHall::open().await;
    let case = "2026-A01-700001";
    hall.clerk("A01").ask(case, &catering()).await.unwrap();
    let asked = hall.only_use(case).await;
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["fee-unpaid"]);
    let refused = refusal(hall.delivery().deliver(case, "张三").await);
    assert_eq!(refused.codes(), ["not-sealed", "fee-unpaid"]);
    let person = hall.clerk("A01").person().await;
    assert_eq!(look::case(&hall.app, &person, case).await.unwrap().fee(), Fee::Due);
    let refused = refusal(hall.clerk("A01").pay(case, "八十", "").await);
    assert_eq!(refused.codes(), ["bad-amount", "receipt-missing"]);
    assert_eq!(refusal(hall.chief("scjg").pay(case, "10", "甲1").await).codes(), ["wrong-duty", "not-at-a-window"]);
    hall.clerk("A01").pay(case, "10.50", "吉财0001").await.unwrap();
    hall.clerk("A01").pay(case, "10.50", "吉财0001").await.unwrap();
    assert_eq!(refusal(hall.clerk("A01").pay(case, "11", "吉财0002").await).codes(), ["already-paid"]);
    assert_eq!(hall.premises.count("SELECT amount FROM payment").await, 1050);
    sealed(hall.chief("scjg").approve(&asked).await);
    hall.delivery().deliver(case, "张三").await.unwrap();
    // What costs nothing takes no payment.
    hall.clerk("A01").submit(&Case::number("000001")).await.unwrap();
    let free = refusal(hall.clerk("A01").pay(&Case::number("000001").case, "1", "甲1").await);
    assert_eq!(free.codes(), ["no-fee"]);
    let premises = hall.close().await;
    assert_eq!(audited(&premises).await.findings, []);
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_key_projects_come_first_in_every_list() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("A01");
    let (first, key, last) = ("2026-A01-700001", "2026-A01-700002", "2026-A01-700003");
    clerk.submit(&Case::number("000001").again_as(first)).await.unwrap();
    hall.set_time("2026-11-20T10:01:00+08:00");
    let request = Request { key_project: true, ..Case::number("000001").request() };
    clerk.ask(key, &request).await.unwrap();
    hall.set_time("2026-11-20T10:02:00+08:00");
    clerk.submit(&Case::number("000001").again_as(last)).await.unwrap();
    let listed = async || {
        let cases = look::cases(&hall.app, &clerk.person().await, 0).await.unwrap();
        cases.into_iter().map(|case| case.matter.case_no).collect::<Vec<_>>()
    };
    assert_eq!(listed().await, [key, last, first], "then the newest");
    let waiting = look::inbox(&hall.app, &hall.chief("scjg").person().await).await.unwrap();
    let waiting: Vec<&str> = waiting.iter().map(|one| one.matter.case_no.as_str()).collect();
    assert_eq!(waiting, [key, first, last], "then the oldest");
    for case in [first, key, last] {
        hall.approve_all(case).await;
    }
    let ready = look::undelivered(&hall.app, &hall.delivery().person().await).await.unwrap();
    assert_eq!(ready.iter().map(|case| case.matter.case_no.as_str()).collect::<Vec<_>>(), [key, first, last]);
    hall.delivery().deliver(key, "张三").await.unwrap();
    assert_eq!(listed().await, [last, key, first], "what is done takes its turn");
}

#[tokio::test(flavor = "multi_thread")]
async fn r11_r13_what_is_entrusted_or_moved_is_accepted_at_the_integrated_windows_alone() {
    let hall = TestHall::open().await;
    // A clerk of the department itself, at a registered window.
    for (login, department) in [("clerk1", "jjfz"), ("clerk2", "scjg")] {
        let row = hall.app.db.staff_by_login(login).await.unwrap().unwrap();
        let sql: &'static str = Box::leak(
            format!("UPDATE staff SET department = '{department}', windows = '[\"A01\"]' WHERE id = '{}'", row.id)
                .into(),
        );
        assert_eq!(hall.premises.tamper(sql).await, 1);
    }
    let at = |login: &str| hall.actor(login, Seat::Window("A01".parse().unwrap()));
    let refused = refusal(at("clerk1").submit(&Case::number("000006")).await);
    assert_eq!(refused.codes(), ["entrusted-intake"], "R13: accepted for the department by the integrated window");
    let refused = refusal(at("clerk2").ask("2026-A01-700001", &catering()).await);
    assert_eq!(refused.codes(), ["integrated-intake"], "R11: not at two places");
    at("clerk2").submit(&Case::number("000001")).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn r13_the_record_of_an_entrustment_stands_on_the_case_and_the_seal_stays_the_departments() {
    let hall = TestHall::open().await;
    let submitted = hall.clerk("A01").submit(&Case::number("000006")).await.unwrap();
    let kept = submitted.matter.entrustment.unwrap();
    assert!(kept.contains("委托书编号 2026-01") && kept.contains("经济发展局") && kept.contains("委托受理"), "{kept}");
    let asked = hall.only_use(&Case::number("000006").case).await;
    assert_eq!(asked.department, "jjfz");
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["wrong-department"]);
    sealed(hall.chief("jjfz").approve(&asked).await);
    let own = hall.clerk("A01").submit(&Case::number("000001")).await.unwrap();
    assert_eq!(own.matter.entrustment, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_branch_accepts_under_the_same_rules() {
    let hall = TestHall::open().await;
    let branch = hall.clerk("J01");
    let window = hall.app.hall.window(&"J01".parse().unwrap()).unwrap();
    assert_eq!(window.branch.as_deref(), Some("九站街道"));
    branch.submit(&Case::number("000001").again_as("2026-J01-000001")).await.unwrap();
    hall.approve_all("2026-J01-000001").await;
    let mut incomplete = catering();
    incomplete.materials.clear();
    assert_eq!(refusal(branch.ask("2026-J01-000002", &incomplete).await).codes(), ["material-missing"; 3]);
    hall.set_time("2026-11-21T10:00:00+08:00");
    let closed = refusal(branch.submit(&Case::number("000001").again_as("2026-J01-000003")).await);
    assert_eq!(closed.codes(), ["hall-closed"]);
    assert!(hall.app.hall.item(&CATERING.parse().unwrap()).unwrap().guide.integrated);
}

/// A branch hall with a window of each kind.
fn with_a_branch() -> String {
    let window = "branch = \"九站街道\" },";
    let delivery = "{ no = \"J09\", name = \"九站街道出件点\", kind = \"delivery\", branch = \"九站街道\" },";
    HALL.replace(window, &format!("{window}\n  {delivery}")).replace("[\"A09\"]", "[\"A09\", \"J09\"]")
}

#[tokio::test(flavor = "multi_thread")]
async fn r14_a_branch_is_the_same_hall_somewhere_else() {
    let database = std::thread::spawn(|| tokio::runtime::Runtime::new().unwrap().block_on(postgres::database(None)));
    let hall = TestHall::set_up_on(database.join().unwrap(), &with_a_branch(), OPEN).await;
    let (branch, main) = (hall.clerk("J01"), hall.clerk("A01"));
    let at = |no: &str| Seat::Window(no.parse().unwrap());
    let licence = |no: &str| Case::number("000001").again_as(no);
    // Registered at the branch's window, or not there; and the branch's clerk is nobody elsewhere.
    let elsewhere = main.clone().at(at("J01")).submit(&licence("2026-J01-000101")).await;
    assert_eq!(refusal(elsewhere).codes(), ["wrong-window"]);
    let away = branch.clone().at(Seat::Elsewhere).submit(&licence("2026-J01-000101")).await;
    assert_eq!(refusal(away).codes(), ["outside-hall", "not-at-a-window"]);
    // The same templates, the same people decide, one ledger: whoever looks at the certificate sees no difference.
    branch.submit(&licence("2026-J01-000101")).await.unwrap();
    main.submit(&licence("2026-A01-000101")).await.unwrap();
    let there = hall.approve_all("2026-J01-000101").await.remove(0);
    let here = hall.approve_all("2026-A01-000101").await.remove(0);
    assert_eq!((&there.template, &there.template_version), (&here.template, &here.template_version));
    assert!(hall.report(&there).is_valid() && hall.report(&here).is_valid());
    // What is entrusted to the integrated windows is accepted by those of the branch, too.
    branch.submit(&Case::number("000006").again_as("2026-J01-000102")).await.unwrap();
    // One exit of the branch's own, with its record; its intake window is none.
    let wrong = refusal(hall.delivery().at(at("J01")).deliver("2026-J01-000101", "张三").await);
    assert_eq!(wrong.codes(), ["window-kind", "wrong-window"]);
    let handed = hall.delivery().at(at("J09")).deliver("2026-J01-000101", "张三").await.unwrap();
    assert_eq!(handed.window_no, "J09");
    // The same hours; and who tries outside them is found by the same supervision.
    hall.set_time("2026-11-20T17:00:00+08:00");
    assert_eq!(refusal(branch.submit(&licence("2026-J01-000103")).await).codes(), ["hall-closed"]);
    yinxin::acts::supervise::supervise(&hall.app).await.unwrap();
    let found = hall.premises.count("SELECT COUNT(*) FROM finding WHERE rule = 'outside-hours'").await;
    assert_eq!(found, 1);
    // The figures name it as what it is.
    let auditor = hall.in_office("auditor".to_owned()).person().await;
    let figures = yinxin::acts::monthly::figures(&hall.app, &auditor, "2026-11".parse().unwrap()).await.unwrap();
    let named: Vec<&str> = figures.by_window.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(named, ["A01 综合受理一窗", "J01 九站街道代办点（九站街道）"]);
}
