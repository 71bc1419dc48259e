//! The supervision's pages: a finding from hand to hand, the month's report, the forms, a certificate's story.

use super::*;
use crate::acts::supervise::supervise;

#[tokio::test]
async fn a_finding_goes_from_the_auditors_desk_to_the_department_and_back() {
    let site = site().await;
    let (auditor, chief) = (site.signed_in("auditor", "").await, site.signed_in("chief-jsj", "").await);
    assert!(auditor.page("/findings").await.contains("没有未办结的监察事项"));
    // Somebody tries what is not theirs: refused, recorded, found.
    let centre = site.signed_in("centre", "").await;
    assert_eq!(centre.post("/findings/none/answer", &[("words", "无")]).await.status(), 404);
    let clerk = person(&site, "clerk1").await;
    let case: crate::acts::draft::Request =
        serde_json::from_value(serde_json::json!({ "item": "220201-scjg-001", "data": {} })).unwrap();
    assert!(crate::acts::submit::submit(&site.app, &clerk, None, &case).await.is_err(), "at no window");
    let swept = supervise(&site.app).await.unwrap();
    assert_eq!(swept.new.get("outside-place"), Some(&1), "{swept:?}");

    let page = auditor.page("/findings").await;
    let finding = format!("/findings/{}", between(&page, "href=\"/findings/", "\""));
    assert_eq!(chief.get(&finding).await.status(), 404);
    let empty = auditor.post(&format!("{finding}/assign"), &[("to", ""), ("by", "x"), ("words", "")]).await;
    assert_eq!(empty.status(), 422);
    let sent = [("to", "jsj"), ("by", "2026-11-27"), ("words", "请查明<b>")];
    let done = auditor.post(&format!("{finding}/assign"), &sent).await;
    assert_eq!(location(&done), format!("{finding}?done=finding-assigned"));
    let page = chief.page(&finding).await;
    assert!(page.contains("请查明&lt;b&gt;") && page.contains("提交答复"), "{page}");
    let blank = chief.post(&format!("{finding}/answer"), &[("words", " ")]).await;
    assert_eq!(blank.status(), 422);
    assert!(blank.text().await.unwrap().contains("请写明情况和理由"));
    assert_eq!(chief.post(&format!("{finding}/answer"), &[("words", "已告诫")]).await.status(), 303);
    let close = [("conclusion", "upheld"), ("words", "已整改")];
    assert_eq!(chief.post(&format!("{finding}/close"), &close).await.status(), 422);
    assert_eq!(auditor.post(&format!("{finding}/close"), &close).await.status(), 303);
    assert!(auditor.page(&finding).await.contains("已办结。记录不能再改。"));
    assert!(auditor.page("/findings?state=closed").await.contains(&finding));
    assert!(auditor.page("/findings?state=open&rule=undelivered").await.contains("没有符合条件的监察事项"));
    for login in ["keeper-scjg", "clerk1"] {
        let window = if login == "clerk1" { "A01" } else { "" };
        assert_eq!(site.signed_in(login, window).await.get("/findings").await.status(), 403, "{login}");
    }
}

async fn person(site: &Site, login: &str) -> crate::acts::person::Person {
    let row = site.app.db.staff_by_login(login).await.unwrap().unwrap();
    let seat = crate::acts::person::Seat::Elsewhere;
    crate::acts::person::Person { staff: row.to_staff().unwrap(), login: row.login, seat }
}

#[tokio::test]
async fn the_months_report_is_made_opened_and_listed() {
    let site = site().await;
    let auditor = site.signed_in("auditor", "").await;
    let page = auditor.page("/figures").await;
    assert!(page.contains("2026年11月") && page.contains("还没有通报"), "{page}");
    let made = auditor.post("/figures/2026-11/report", &[]).await;
    assert_eq!(location(&made), "/figures?month=2026-11&done=report-filed");
    assert!(auditor.page("/figures").await.contains("2026年11月，第 1 版"));
    let pdf = auditor.get("/figures/2026-11/1/pdf").await;
    assert_eq!(pdf.headers()["content-type"], "application/pdf");
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-1."));
    assert_eq!(auditor.get("/figures/2026-11/2/pdf").await.status(), 404);
    assert_eq!(auditor.post("/figures/soon/report", &[]).await.status(), 404);
    for (file, head) in [("offices.xlsx", b"PK".as_slice()), ("items.csv", b"\xef\xbb\xbf\"".as_slice())] {
        let form = auditor.get(&format!("/forms/{file}")).await;
        assert_eq!(form.headers()["content-disposition"], format!("attachment; filename={file}"));
        assert!(form.bytes().await.unwrap().starts_with(head), "{file}");
    }
    assert_eq!(auditor.get("/forms/items.pdf").await.status(), 404);
    let centre = site.signed_in("centre", "").await;
    assert!(!centre.page("/figures").await.contains("编制本月通报"));
    assert_eq!(centre.post("/figures/2026-11/report", &[]).await.status(), 422);
    let chief = site.signed_in("chief-scjg", "").await;
    assert_eq!(chief.get("/figures").await.status(), 403);
}

#[tokio::test]
async fn a_certificates_story_is_the_auditors_to_read() {
    let site = site().await;
    let clerk = site.signed_in("clerk1", "A01").await;
    let made = clerk.post(FOOD, &with(&fields(1, "d:"), &[("key", "k"), ("act", "submit")])).await;
    assert_eq!(made.status(), 303, "{}", made.text().await.unwrap());
    let matter = site.app.db.first_matter().await.unwrap().unwrap();
    let id = site.app.db.certificates_of(&matter.id).await.unwrap().remove(0).id;
    let auditor = site.signed_in("auditor", "").await;
    let page = auditor.page(&format!("/certificates/{id}/story")).await;
    assert!(page.contains("审批人所见") && page.contains(&format!("/certificates/{id}/shown/1")), "{page}");
    let picture = auditor.get(&format!("/certificates/{id}/shown/1")).await;
    assert_eq!(picture.headers()["content-type"], "image/png");
    assert_eq!(auditor.get(&format!("/certificates/{id}/shown/2")).await.status(), 404);
    let pdf = auditor.get(&format!("/certificates/{id}/story.pdf")).await;
    assert!(pdf.bytes().await.unwrap().starts_with(b"%PDF-1."));
    let chief = site.signed_in("chief-scjg", "").await;
    for path in ["story", "story.pdf", "shown/1"] {
        let status = chief.get(&format!("/certificates/{id}/{path}")).await.status();
        assert!([403, 422].contains(&status.as_u16()), "{path}: {status}");
    }
}
