//! One certificate's whole story: from the request to the last outsider who asked after it.

use std::process::Command;

use serde_json::Map;
use yinxin::acts::cancel::cancel;
use yinxin::acts::draft::{CopyOf, Request};
use yinxin::acts::extend::{Extension, extend};
use yinxin::acts::story::{Part, Story, page, pdf, story};
use yinxin::hall::cancellation::Ground;
use yinxin::hall::extension::Telling;
use yinxin::ledger::entry::approval_digest;

use super::*;
use crate::tools::run;

impl TestHall {
    async fn story(&self, certificate: &str) -> Story {
        let auditor = self.in_office("auditor".to_owned()).person().await;
        story(&self.app, &auditor, certificate).await.unwrap()
    }
}

/// Everything that a story says.
fn said(story: &Story) -> String {
    serde_json::to_string(story).unwrap()
}

fn value<'a>(story: &'a Story, chapter: &str, name: &str) -> &'a str {
    let parts = story.chapters.iter().filter(|one| one.title.contains(chapter)).flat_map(|one| &one.parts);
    let facts = parts.filter_map(|part| if let Part::Facts { facts } = part { Some(facts) } else { None });
    facts.flatten().find(|(one, _)| one == name).map_or_else(|| panic!("{chapter}: no {name}"), |(_, value)| value)
}

#[tokio::test(flavor = "multi_thread")]
async fn r16_a_certificates_story_is_told_from_request_to_todays_checks() {
    let hall = TestHall::open().await;
    let case = Case::number("000004").again_as("2026-A02-860001"); // a major item: chief and leader
    hall.clerk("A02").submit(&case).await.unwrap();
    let asked = hall.only_use(&case.case).await;
    assert_eq!(refusal(hall.chief("jsj").approve(&asked).await).codes(), ["wrong-department"]);
    let open = hall.documents(&case.case).await.remove(0);
    assert!(said(&hall.story(&open.id).await).contains("没有登入账本"));
    hall.keeper("ghfj").suspend("approval").await.unwrap();
    hall.keeper("ghfj").resume("approval").await.unwrap();
    let sealed = hall.approve_all(&case.case).await.remove(0);
    hall.delivery().deliver(&case.case, "王明").await.unwrap();
    // Outsiders: twice by the code on paper, once with the file; a file that is not ours counts nowhere.
    for _ in 0..2 {
        look::by_qr_code(&hall.app, &case.case, &sealed.lookup_code).await.unwrap();
    }
    hall.set_time("2026-11-23T10:00:00+08:00");
    hall.portal(hall.sealed(&sealed)).await;
    hall.portal(b"no PDF".to_vec()).await;
    hall.portal(hall.unsealed(&sealed)).await;

    let told = hall.story(&sealed.id).await;
    let titles: Vec<&str> = told.chapters.iter().map(|chapter| chapter.title.as_str()).collect();
    assert_eq!(titles.len(), 8, "{titles:?}");
    assert_eq!(value(&told, "概况", "今天的状态"), "有效");
    assert_eq!(value(&told, "申请", "申请用印人"), "窗口一");
    assert_eq!(value(&told, "第1次用印", "审批人"), "吉林市自然资源局经济技术开发区规划分局首席代表");
    let text = said(&told);
    for part in [
        "yinxin-approval/v1",
        "step leader",
        "包含证明",
        "核验通过",
        "seal-use/v1",
        "c2sp.org/tlog-proof@v1",
        "本次用印时：启用",
        "停用",
        "恢复启用",
        "wrong-department",
        "共3次",
        "X1*****78",
        "签发",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let rows = told.chapters[7]
        .parts
        .iter()
        .find_map(|part| if let Part::Table { rows, .. } = part { Some(rows) } else { None });
    assert_eq!(
        rows.unwrap(),
        &[
            ["2026-11-20", "扫码或按编号查询", "2"].map(str::to_owned).to_vec(),
            ["2026-11-23", "验证文件", "1"].map(str::to_owned).to_vec(),
        ]
    );

    // The evidence opens: salt and statement together are what the entry names.
    let uses = hall.app.db.uses_of(&sealed.id).await.unwrap();
    let approvals = hall.app.db.approvals_of(&uses[0].id).await.unwrap();
    assert_eq!(approvals.len(), 2);
    for one in &approvals {
        let digest = approval_digest(&one.salt.clone().try_into().unwrap(), &one.statement).to_string();
        assert!(text.contains(&digest) && text.contains(&hex_of(&one.salt)), "{}", one.step);
    }

    // As a PDF, with the page as it was shown; nobody but the auditor is told.
    let auditor = hall.in_office("auditor".to_owned()).person().await;
    let bytes = pdf(&hall.app, &auditor, &sealed.id).await.unwrap();
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), &bytes).unwrap();
    let printed = run(Command::new("pdftotext").arg("-layout").arg(file.path()).arg("-"));
    for part in ["证照全过程记录", "规划分局分管领导", "用印前第 1 页", "外部核验"] {
        assert!(printed.contains(part), "{part}: {printed}");
    }
    let pictures = run(Command::new("pdfimages").arg("-list").arg(file.path()));
    assert!(pictures.lines().count() > 2, "a head and the page's picture: {pictures}");
    run(Command::new("qpdf").arg("--check").arg(file.path()));
    assert!(page(&hall.app, &auditor, &sealed.id, 0, 60).await.unwrap().starts_with(b"\x89PNG"));
    assert!(matches!(page(&hall.app, &auditor, &sealed.id, 1, 60).await, Err(ActError::NotFound)));
    let chief = hall.chief("ghfj").person().await;
    assert_eq!(refusal(story(&hall.app, &chief, &sealed.id).await).codes(), ["wrong-duty"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM outside_check").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_story_tells_of_time_fee_copies_and_the_end() {
    let hall = TestHall::open().await;
    let (leader, chief, clerk) = (hall.leader("scjg"), hall.chief("scjg"), hall.clerk("A01"));
    let case = Case::number("000001");
    clerk.submit(&case).await.unwrap();
    let told_on = "2026-11-20".parse().unwrap();
    let more = Extension { days: 5, reason: "需要现场核查".to_owned(), told: Telling::Phone, told_on };
    extend(&hall.app, &leader.person().await, &case.case, &more).await.unwrap();
    let licence = hall.approve_all(&case.case).await.remove(0);
    let copy = CopyOf {
        number: licence.number.clone(),
        purpose: "办理银行开户".to_owned(),
        until: "2026-12-31".parse().unwrap(),
    };
    let request = Request { data: Map::new(), copy: Some(copy), ..case.request() };
    clerk.ask("2026-A01-800001", &request).await.unwrap();
    let copy = hall.approve_all("2026-A01-800001").await.remove(0);
    cancel(&hall.app, &chief.person().await, &licence.id, Ground::Holder, "持证人申请注销").await.unwrap();

    let told = hall.story(&licence.id).await;
    assert_eq!((value(&told, "申请", "承诺期限"), value(&told, "申请", "收费")), ("2026-11-27", "不收费"));
    let extended = value(&told, "申请", "延期");
    for part in
        ["5个工作日", "由2026-11-27至2026-12-04", "需要现场核查", "以电话方式告知", &leader.person().await.staff.name]
    {
        assert!(extended.contains(part), "{part}: {extended}");
    }
    assert_eq!(value(&told, "用印之后", "依据"), "持证人申请注销");
    assert_eq!(value(&told, "用印之后", "经办"), chief.person().await.staff.name);
    assert!(said(&told).contains("加注件：办理银行开户") && said(&told).contains("以后的文件"));
    let of_copy = hall.story(&copy.id).await;
    let expected = format!("{}，用途：办理银行开户，至2026-12-31", licence.number);
    assert_eq!(value(&of_copy, "申请", "加注件"), expected);
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
