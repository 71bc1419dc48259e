//! What a monitor asks: whether the process answers, and whether it can work.

use super::*;

#[tokio::test]
async fn a_hall_without_its_database_lives_and_is_not_ready() {
    let site = site().await;
    let asked = async |path| {
        let answer = site.browser().get(path).await;
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(asked("/healthz").await, (200, "ok\n".to_owned()));
    assert_eq!(asked("/readyz").await, (200, "ready\n".to_owned()));
    site.app.db.close().await;
    assert_eq!(asked("/healthz").await, (200, "ok\n".to_owned()));
    let (status, page) = asked("/readyz").await;
    assert_eq!(status, 503, "{page}");
}
