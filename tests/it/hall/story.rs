//! One certificate's whole story: from the request to the last outsider who asked after it.

use std::process::Command;

use yinxin::acts::story::{Part, Story, page, pdf, story};
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

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
