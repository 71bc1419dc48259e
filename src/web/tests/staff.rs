//! The desks for staff and letters, by browser.

use super::*;

const NOMINEE: [(&str, &str); 6] = [
    ("name", "李四"),
    ("grade", "established"),
    ("duty", "chief"),
    ("posted_from", "2026-11-20"),
    ("posted_to", "2028-11-20"),
    ("permit_to", "2028-11-20"),
];

#[tokio::test]
async fn somebody_is_nominated_registered_and_suspended_by_browser() {
    let site = site().await;
    let leader = site.signed_in("leader-scjg", "").await;
    let refused = leader.post("/staff/new", &[("duty", "chief"), ("hours", "mon-fri"), ("w:A01", "yes")]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    for problem in ["请填写姓名", "请选择人员身份", "不登记窗口", "派驻窗口的起止日期", "工作证有效期截止日"]
    {
        assert!(page.contains(problem), "{problem}: {page}");
    }
    let mut fields = vec![("login", "chief2-scjg")];
    fields.extend(NOMINEE);
    let done = leader.post("/staff/new", &fields).await;
    assert_eq!(location(&done), "/staff?done=nominated");
    let list = leader.page("/staff").await;
    assert!(list.contains("李四（chief2-scjg），首席代表"));
    let nomination = format!("/nominations/{}", between(&list, "href=\"/nominations/", "\""));
    assert!(leader.page(&nomination).await.contains("由大厅管理员审核"));

    let centre = site.signed_in("centre", "").await;
    let blank = centre.post(&format!("{nomination}/decline"), &[("reason", "")]).await;
    assert_eq!(blank.status(), 422);
    let page = centre.post(&format!("{nomination}/consent"), &[]).await.text().await.unwrap();
    let password = page.split("class=\"digest\">").nth(2).unwrap().split('<').next().unwrap().to_owned();
    assert_eq!(password.len(), 19, "{page}");
    let person = between(&page, "href=\"/staff/", "\"").to_owned();
    let card = centre.page(&format!("/staff/{person}/permit")).await;
    assert!(card.contains("22020120260038") && card.contains("贴照片处"));
    assert!(!centre.page(&format!("/staff/{person}")).await.contains(&password), "shown once");

    let mut newcomer = site.browser();
    let sent = newcomer.post("/sign-in", &[("login", "chief2-scjg"), ("password", &password), ("window", "")]).await;
    assert_eq!(sent.status(), 303);
    newcomer.csrf = between(&newcomer.page("/cases").await, "name=\"csrf\" value=\"", "\"").to_owned();
    assert_eq!(newcomer.get("/inbox").await.status(), 200);
    let refused = centre.post(&format!("/staff/{person}/suspend"), &[("reason", " ")]).await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("请写明原因"));
    let done = centre.post(&format!("/staff/{person}/suspend"), &[("reason", "调查")]).await;
    assert_eq!(location(&done), format!("/staff/{person}?done=staff-suspended"));
    assert_eq!(newcomer.get("/inbox").await.status(), 303, "signed out at once");
    for (login, window, path) in
        [("clerk1", "A01", "/staff"), ("keeper-scjg", "", "/staff/new"), ("clerk1", "A01", "/letters")]
    {
        assert_eq!(site.signed_in(login, window).await.get(path).await.status(), 403, "{login} {path}");
    }
}

impl Browser<'_> {
    /// A form with a file, as browsers send it.
    async fn upload(&self, path: &str, csrf: &str, name: &str, file: &[u8]) -> reqwest::Response {
        let part = |head: &str| format!("--b\r\nContent-Disposition: form-data; {head}\r\n\r\n");
        let mut body = format!("{}{csrf}\r\n", part("name=\"csrf\"")).into_bytes();
        body.extend(part(&format!("name=\"{name}\"; filename=\"a.pdf\"")).into_bytes());
        body.extend(file);
        body.extend(b"\r\n--b--\r\n");
        let request = self.client.post(format!("{}{path}", self.site.url)).body(body);
        let request = request.header("content-type", "multipart/form-data; boundary=b");
        OURS.iter().fold(request, |r, (n, v)| r.header(*n, *v)).send().await.unwrap()
    }
}

#[tokio::test]
async fn a_letter_goes_from_its_draft_to_its_revocation_by_browser() {
    let site = site().await;
    let chief = site.signed_in("chief-scjg", "").await;
    let refused = chief.post("/letters/new", &[("from", "2027-01-01"), ("to", "2026-12-31")]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(
        page.contains("请至少选择一项授予权限")
            && page.contains("请至少选择一个授权事项")
            && page.contains("截止日期早于开始日期")
    );
    let fields =
        [("p:审批专用章使用权", "yes"), ("i:220201-scjg-001", "yes"), ("from", "2026-11-20"), ("to", "2027-11-19")];
    let done = chief.post("/letters/new", &fields).await;
    let letter = location(&done).strip_suffix("?done=letter-proposed").unwrap().to_owned();
    assert!(chief.page(&letter).await.contains("拟稿待签发"));
    let pdf = chief.get(&format!("{letter}/pdf")).await.bytes().await.unwrap();
    assert!(pdf.starts_with(b"%PDF-"));

    let leader = site.signed_in("leader-scjg", "").await;
    assert_eq!(
        location(&leader.post(&format!("{letter}/approve"), &[]).await),
        format!("{letter}?done=letter-approve")
    );
    let keeper = site.signed_in("keeper-scjg", "").await;
    let file = format!("{letter}/file");
    assert_eq!(keeper.upload(&file, "another session's", "scan", &pdf).await.status(), 403);
    let refused = keeper.upload(&file, &keeper.csrf, "scan", b"no PDF").await;
    assert_eq!(refused.status(), 422);
    assert!(refused.text().await.unwrap().contains("不是可以读取的 PDF 文件"));
    assert_eq!(location(&keeper.upload(&file, &keeper.csrf, "scan", &pdf).await), format!("{letter}?done=letter-file"));
    assert_eq!(keeper.get(&format!("{letter}/scan")).await.bytes().await.unwrap(), pdf);
    let stranger = site.signed_in("keeper-jsj", "").await;
    for path in [letter.clone(), format!("{letter}/pdf"), format!("{letter}/scan")] {
        assert_eq!(stranger.get(&path).await.status(), 404, "{path}");
    }
    assert_eq!(leader.post(&format!("{letter}/revoke"), &[("reason", "")]).await.status(), 422);
    let done = leader.post(&format!("{letter}/revoke"), &[("reason", "首席代表调离")]).await;
    assert_eq!(location(&done), format!("{letter}?done=letter-revoke"));
    assert!(leader.page("/letters").await.contains("已撤销"));
}

#[tokio::test]
async fn a_deputy_is_put_on_the_rota_by_browser() {
    let site = site().await;
    let chief = site.signed_in("chief-scjg", "").await;
    let page = chief.page("/rota").await;
    assert!(page.contains("还没有安排值守"));
    let deputy = site.app.db.staff_by_login("deputy-scjg").await.unwrap().unwrap().id;
    let days = |first, last| [("deputy", deputy.as_str()), ("first_day", first), ("last_day", last)];
    let refused = chief.post("/rota", &days("2026-11-23", "2026-11-22")).await;
    assert!(refused.status() == 422 && refused.text().await.unwrap().contains("结束日期早于开始日期"));
    assert_eq!(location(&chief.post("/rota", &days("2026-11-20", "2026-11-22")).await), "/rota?done=rota-put");
    let page = site.signed_in("deputy-scjg", "").await.page("/rota").await;
    assert!(page.contains("今天值守") && !page.contains("安排值守</h2>"), "a deputy looks at it alone");
    let take = format!("/rota/{}", between(&chief.page("/rota").await, "action=\"/rota/", "\""));
    assert_eq!(location(&chief.post(&take, &[]).await), "/rota?done=rota-taken");
    assert!(chief.page("/rota").await.contains("还没有安排值守"));
}
