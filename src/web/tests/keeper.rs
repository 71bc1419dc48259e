//! The keeper's desk.

use super::*;

#[tokio::test]
async fn a_keeper_exports_a_request_and_is_told_what_is_wrong_with_an_answer() {
    let site = site().await;
    let seal = site.app.db.seal_of("scjg", "approval").await.unwrap().unwrap().id;
    let keeper = site.signed_in("keeper-scjg", "").await;
    let request = keeper.get(&format!("/seals/{seal}/request.csr")).await;
    assert_eq!(request.headers()["content-type"], "application/pkcs10");
    assert!(request.text().await.unwrap().starts_with("-----BEGIN CERTIFICATE REQUEST-----"));
    let answer = keeper.post(&format!("/seals/{seal}/certificate"), &[("certificate", "<b>none")]).await;
    assert_eq!(answer.status(), 422);
    let page = answer.text().await.unwrap();
    assert!(page.contains("没有读到证书") && page.contains("&lt;b&gt;none") && !page.contains("<b>none"), "{page}");
    let chief = site.signed_in("chief-scjg", "").await;
    assert_ne!(chief.get(&format!("/seals/{seal}/request.csr")).await.status(), 200);
}

#[tokio::test]
async fn a_keeper_suspends_once_and_says_why() {
    let site = site().await;
    let keeper = site.signed_in("keeper-scjg", "").await;
    let page = keeper.page("/seals").await;
    let seal = format!("/seals/{}", between(&page, "href=\"/seals/", "\""));
    let refused = keeper.post(&format!("{seal}/suspend"), &[("reason", "")]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("<details class=\"ask\" open"), "the question stays open");
    let done = keeper.post(&format!("{seal}/suspend"), &[("reason", "钥匙遗失")]).await;
    assert_eq!(location(&done), format!("{seal}?done=suspended"));
    assert_eq!(keeper.post(&format!("{seal}/suspend"), &[("reason", "再来")]).await.status(), 422);
    assert!(keeper.page(&seal).await.contains("恢复启用"));
    assert_eq!(keeper.get(&format!("{seal}/imprint.svg")).await.headers()["content-type"], "image/svg+xml");
    assert_eq!(site.browser().get(&format!("{seal}/imprint.svg")).await.status(), 303);
}
