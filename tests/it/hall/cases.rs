//! Each of cases.jsonl does what it expects.

use std::process::Command;

use super::*;
use crate::tools::run;

/// Where Debian's fonts-hanazono lies: GB 18030-2022 level 3 is in it.
const EXTRA_FONTS: &str = "/usr/share/fonts/truetype/hanazono";

/// A document's text as poppler reads it, without spaces and line ends.
pub(super) fn text_of(pdf: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.pdf"), pdf).unwrap();
    let text = run(Command::new("pdftotext").args(["a.pdf", "-"]).current_dir(folder.path()));
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// How many numbers have been taken, of whatever kind.
async fn numbers_taken(hall: &TestHall) -> i64 {
    hall.premises.count("SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM number_sequence").await
}

async fn issues(hall: &TestHall, case: &Case) -> Vec<CertificateRow> {
    let documents = hall.carry(case).await;
    let expected = if case.joint.is_some() { 3 } else { 1 };
    assert_eq!(documents.len(), expected, "{}", case.case);
    for document in &documents {
        assert_eq!(document.state, "sealed");
        let report = hall.report(document);
        assert!(report.is_valid(), "{} {}: {}", case.case, document.name, report.summary());
        assert!(text_of(&hall.sealed(document)).contains(&document.number.replace(' ', "")), "{}", document.number);
    }
    documents
}

/// Refused for exactly the fields expected, all at once; nothing was kept and no number taken.
async fn refuses(hall: &TestHall, case: &Case) -> Refusal {
    let before = numbers_taken(hall).await;
    let refused = refusal(hall.clerk(case.window()).submit(case).await);
    let fields: BTreeSet<String> = refused.reasons().iter().filter_map(|reason| reason.field.clone()).collect();
    assert_eq!(fields, case.expect_refusal, "{}: {refused}", case.case);
    assert!(refused.reasons().iter().all(|reason| reason.field.is_some()), "{}: {refused}", case.case);
    assert_eq!(numbers_taken(hall).await, before, "{}: a number was taken", case.case);
    assert!(hall.app.db.matter_by_number(&case.case).await.unwrap().is_none());
    refused
}

#[tokio::test(flavor = "multi_thread")]
async fn each_case_does_what_it_expects() {
    let mut hall = TestHall::open().await;
    for case in Case::all() {
        hall.premises.clock.set(case.at);
        match case.expect {
            // It withdraws another one and has a test of its own, and so has the joint one.
            Expect::Issue if case.case.ends_with("16") || case.joint.is_some() => {}
            Expect::Issue => {
                issues(&hall, &case).await;
            }
            Expect::Refuse => {
                refuses(&hall, &case).await;
            }
            Expect::IssueWithExtraFonts => {
                let refused = refuses(&hall, &case).await.to_string();
                // The built-in Song draws 𠅤; whatever it cannot draw is named.
                assert!(refused.contains("U+2E8B8"), "the missing character is named: {refused}");
                let mut premises = hall.close().await;
                assert!(Path::new(EXTRA_FONTS).is_dir(), "{EXTRA_FONTS} is missing: run `make tools`");
                premises.config.extra_fonts = Some(EXTRA_FONTS.into());
                hall = premises.open().await;
                let documents = issues(&hall, &case).await;
                assert!(text_of(&hall.sealed(&documents[0])).contains("王𠅤𮢸"));
            }
        }
    }
    // Numbers as hall.toml spells them: the kind of business decides, the check digit is right.
    let number = async |end: &str| hall.documents(&Case::number(end).case).await.remove(0).number;
    let first = number("000001").await;
    assert!(first.starts_with("JY1220201000001") && first.len() == 16, "{first}");
    assert!(number("000010").await.starts_with("JY3220201"));
    assert_eq!(number("000004").await, "建字第220201202600001号");
    // Major: the chief representative and the leader have both said yes.
    for end in ["000004", "000005"] {
        let asked = hall.only_use(&Case::number(end).case).await;
        let approvals = hall.app.db.approvals_of(&asked.seal_use).await.unwrap();
        assert_eq!(approvals.iter().map(|one| one.step.as_str()).collect::<Vec<_>>(), ["chief", "leader"]);
    }
    // Data are data.
    let literal = text_of(&hall.sealed(&hall.documents(&Case::number("000012").case).await[0]));
    for field in ["#setpage(fill:red)$x$[*粗*]<script>alert(1)</script>${7*7}{{7*7}}", "DROPTABLEseals;--", "\\u202E"]
    {
        assert!(literal.contains(field), "{field} in {literal}");
    }
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_a_joint_case_is_sealed_all_or_nothing_and_delivered_once() {
    let hall = TestHall::open().await;
    let case = Case::number("000015");
    hall.clerk("A02").submit(&case).await.unwrap();
    let asked = hall.asked(&case.case).await;
    let departments: Vec<&str> = asked.iter().map(|one| one.department.as_str()).collect();
    assert_eq!(departments, ["ghfj", "jsj", "ghfj", "jsj"], "three documents, two seals on the last");
    let uses = hall.app.db.uses_of(&asked[3].certificate).await.unwrap();
    assert_eq!((uses.len(), asked[2].certificate == asked[3].certificate), (2, true));
    // Until the last decision nothing is sealed, and nothing is in the ledger.
    for one in &asked {
        let done = hall.chief(&one.department).approve(one).await.unwrap();
        assert!(matches!(done, Done::Waiting), "{done:?}");
    }
    assert!(hall.documents(&case.case).await.iter().all(|document| document.sealed.is_none()));
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 0);
    assert_eq!(refusal(hall.delivery().deliver(&case.case, "张三").await).codes(), ["not-sealed"]);
    let documents = hall.approve_all(&case.case).await;
    for document in &documents {
        let report = hall.report(document);
        assert!(report.is_valid(), "{}: {}", document.name, report.summary());
        let seals = if document.number == case.case { 2 } else { 1 };
        assert_eq!(report.signatures.len(), seals, "{}", document.name);
    }
    // What was entered once stands on all; the numbers of the two certificates stand in the joint document.
    let joint = text_of(&hall.sealed(&documents[2]));
    for expected in [&documents[0].number, &documents[1].number, &case.case, "吉林炭素新材料有限公司"] {
        assert!(joint.contains(expected), "{expected} in {joint}");
    }
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 4);
    hall.assert_ledger_is_whole().await;
    // One exit, once.
    let record = hall.delivery().deliver(&case.case, "张三").await.unwrap();
    assert_eq!(record.window_no, "A09");
    assert!(!record.identity.contains("12345678"), "{}", record.identity);
    assert_eq!(hall.delivery().deliver(&case.case, "张三").await.unwrap().at, record.at);
    assert_eq!(refusal(hall.delivery().deliver(&case.case, "李四").await).codes(), ["already-delivered"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM delivery").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_what_is_entered_once_stands_on_every_certificate_of_the_case() {
    let hall = TestHall::open().await;
    let case = Case::number("000015");
    let mut request = case.request();
    // Asked for on the joint document and on the building permit: entered for the whole case.
    for data in request.certificates.values_mut() {
        data.remove("建设单位");
    }
    hall.clerk("A02").ask(&case.case, &request).await.unwrap();
    let documents = hall.documents(&case.case).await;
    let of = |item: &str| documents.iter().find(|one| one.item == item).unwrap();
    for document in [of("220201-jsj-001"), &documents[2]] {
        assert!(text_of(&hall.unsealed(document)).contains("吉林炭素新材料有限公司"), "{}", document.name);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn r12_r19_a_seal_that_is_missing_halfway_leaves_nothing_sealed_and_counts_for_nothing() {
    let hall = TestHall::open().await;
    let case = Case::number("000015");
    hall.clerk("A02").submit(&case).await.unwrap();
    for one in hall.asked(&case.case).await {
        hall.chief(&one.department).approve(&one).await.unwrap();
    }
    let mut left = Vec::new();
    for department in ["jsj", "ghfj"] {
        let leader = hall.leader(department);
        left.extend(leader.inbox(&case.case).await.into_iter().map(|one| (leader.clone(), one)));
    }
    let (last, decisive) = left.pop().unwrap();
    for (leader, one) in &left {
        leader.approve(one).await.unwrap();
    }
    // The first document is logged and signed before the second finds its seal suspended.
    hall.keeper("jsj").suspend("approval").await.unwrap();
    assert!(refusal(last.approve(&decisive).await).codes().contains(&"seal-not-active"));
    for document in hall.documents(&case.case).await {
        assert_eq!((document.state.as_str(), document.sealed), ("voided", None), "{}", document.name);
    }
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 1);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE voids IS NOT NULL").await, 1);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM outbox").await, 0, "and nobody is told");
    let counted = hall.app.db.use_counts(i64::MIN, i64::MAX).await.unwrap();
    assert_eq!(counted.iter().map(|one| one.count).sum::<i64>(), 0, "what was voided is no use");
    hall.assert_ledger_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_decision_withdraws_its_certificate_the_moment_it_is_sealed() {
    let hall = TestHall::open().await;
    let (first, decision) = (Case::number("000001"), Case::number("000016"));
    let licence = issues(&hall, &first).await.remove(0);
    hall.clerk(decision.window()).submit(&decision).await.unwrap();
    let state = async || hall.documents(&first.case).await[0].state.clone();
    assert_eq!(state().await, "sealed", "submitting withdraws nothing");
    let [document] = &hall.approve_all(&decision.case).await[..] else { panic!("one document") };
    assert_eq!(state().await, "withdrawn");
    // The number was filled in by the system and stands on the page.
    assert_eq!(document.withdraws.as_ref(), Some(&licence.id));
    assert!(text_of(&hall.sealed(document)).contains(&licence.number));
    // The department's own seal of 45 mm, not the approval seal.
    let report = hall.report(document);
    assert!(report.is_valid(), "{}", report.summary());
    let seal = hall.app.db.seal_of("scjg", "department").await.unwrap().unwrap();
    assert_eq!((seal.diameter_mm, report.signatures[0].seal.unwrap().as_bytes().to_vec()), (45, seal.key.unwrap()));
    // The licence is as valid as of its sealing; of today the portal says that it has changed.
    let today = hall.portal(hall.sealed(&licence)).await;
    assert!(today.is_valid() && today.today == Today::Changed);
    assert_eq!(hall.portal(hall.sealed(document)).await.today, Today::Good);
    assert_eq!(refusal(hall.delivery().deliver(&first.case, "张三").await).codes(), ["not-in-force"]);
    // It can be withdrawn once, and only by who issued it.
    let again = decision.again_as("2026-A01-000116");
    assert_eq!(refusal(hall.clerk("A01").submit(&again).await).codes(), ["no-such-certificate"]);
    let foreign = issues(&hall, &Case::number("000003")).await.remove(0);
    let mut other = decision.again_as("2026-A01-000216");
    other.data.insert("原许可证号".to_owned(), foreign.number.into());
    assert_eq!(refusal(hall.clerk("A01").submit(&other).await).codes(), ["no-such-certificate"]);
}
