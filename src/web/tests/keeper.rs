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
    let seal = format!("/seals/{}", site.app.db.seal_of("scjg", "approval").await.unwrap().unwrap().id);
    assert!(keeper.page("/seals").await.contains(&format!("href=\"{seal}\"")));
    let refused = keeper.post(&format!("{seal}/suspend"), &[("reason", "")]).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("<details class=\"ask\" open"), "the question stays open");
    let done = keeper.post(&format!("{seal}/suspend"), &[("reason", "钥匙遗失")]).await;
    assert_eq!(location(&done), format!("{seal}?done=suspended"));
    let again = keeper.post(&format!("{seal}/suspend"), &[("reason", "再来")]).await;
    assert_eq!(again.status(), 422);
    assert!(again.text().await.unwrap().contains("现为“停用”，不能停用"));
    assert!(keeper.page(&seal).await.contains("恢复启用"));
    assert_eq!(keeper.get(&format!("{seal}/imprint.svg")).await.headers()["content-type"], "image/svg+xml");
    assert_eq!(site.browser().get(&format!("{seal}/imprint.svg")).await.status(), 303);
}

/// A step proposed by one person at the desk and confirmed by another, up to the new seal in the old one's place.
#[tokio::test]
async fn two_people_carry_a_seal_through_its_life() {
    let site = site().await;
    let keeper = site.signed_in("keeper-scjg", "").await;
    let centre = site.signed_in("centre", "").await;
    let name = "吉林市市场监督管理局经济技术开发区分局";
    let form = keeper.page("/seals/apply").await;
    assert!(form.contains(name), "the department's name is there already");
    assert_eq!(centre.get("/seals/apply").await.status(), 403);
    let asked = |name, why| [("kind", "approval"), ("name", name), ("diameter", "42"), ("reason", why)];
    let refused = keeper.post("/seals/apply", &asked("<b>𰻝</b>", "")).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("没有可用的字形") && page.contains("有 2 处需要改正") && !page.contains("<b>𰻝"), "{page}");
    let sent = keeper.post("/seals/apply", &asked(name, "机构更名")).await;
    assert_eq!(location(&sent), "/seals?done=proposed");
    // The one waits, the other sees exactly what will be done.
    let step = |page: &str| format!("/seal-steps/{}", between(page, "href=\"/seal-steps/", "\""));
    let own = keeper.page("/seals").await;
    let one = step(&own);
    assert!(own.contains("您已提出") && !keeper.page(&one).await.contains("/confirm"));
    let seen = centre.page(&step(&centre.page("/seals").await)).await;
    assert!(seen.contains("机构更名") && seen.contains("42 毫米") && seen.contains("/confirm"), "{seen}");
    assert!(centre.get(&format!("{one}/imprint.svg")).await.text().await.unwrap().contains("<svg"));
    assert_eq!(site.signed_in("keeper-jsj", "").await.get(&one).await.status(), 404, "another department's");
    let chief = site.signed_in("chief-scjg", "").await;
    assert_ne!(chief.get(&one).await.status(), 200);
    assert_eq!(keeper.post(&format!("{one}/confirm"), &[]).await.status(), 422);
    assert_eq!(location(&centre.post(&format!("{one}/confirm"), &[]).await), "/seals?done=confirmed");
    assert_eq!(centre.post(&format!("{one}/confirm"), &[]).await.status(), 422, "once");
    let seal = site.app.db.seals().await.unwrap().into_iter().find(|seal| seal.state == "applied").unwrap();
    let address = format!("/seals/{}", seal.id);
    let confirm = async |who: &Browser<'_>| {
        let step = step(&who.page(&address).await);
        let done = who.post(&format!("{step}/confirm"), &[]).await;
        assert_eq!(location(&done), "/seals?done=confirmed");
    };
    assert!(!keeper.page(&address).await.contains("/steps/make"), "that is the hall's to propose");
    let made = centre.post(&format!("{address}/steps/make"), &[("reason", "新设")]).await;
    assert_eq!(location(&made), format!("{address}?done=proposed"));
    confirm(&keeper).await;
    // The filing with its scan.
    let sheet = keeper.get(&format!("{address}/filing-sheet.pdf")).await;
    assert_eq!(sheet.headers()["content-type"], "application/pdf");
    let scan = sheet.bytes().await.unwrap().to_vec();
    let send = async |code: &str, scan: Vec<u8>, token: &str| {
        let part = reqwest::multipart::Part::bytes(scan).file_name("备案.pdf");
        let text = [
            ("csrf", token),
            ("code", code),
            ("number", "吉公备〔2026〕7号"),
            ("on", "2026-11-19"),
            ("reason", "备案"),
        ];
        let form = text
            .into_iter()
            .fold(reqwest::multipart::Form::new(), |form, (name, value)| form.text(name.to_owned(), value.to_owned()));
        let request =
            keeper.client.post(format!("{}{address}/filing", site.url)).multipart(form.part("document", part));
        request.header(OURS[0].0, OURS[0].1).send().await.unwrap()
    };
    assert_eq!(send(&seal.code, scan.clone(), "other").await.status(), 403, "not from our page");
    let refused = send("22020100000001", b"no PDF".to_vec(), &keeper.csrf).await;
    assert_eq!(refused.status(), 422);
    let page = refused.text().await.unwrap();
    assert!(page.contains("有 2 处需要改正") && page.contains("吉公备〔2026〕7号"), "what was written stays: {page}");
    assert_eq!(send(&seal.code, vec![b' '; 22 << 20], &keeper.csrf).await.status(), 413);
    assert_eq!(location(&send(&seal.code, scan.clone(), &keeper.csrf).await), format!("{address}?done=proposed"));
    let step_page = step(&centre.page(&address).await);
    assert_eq!(centre.get(&format!("{step_page}/document.pdf")).await.bytes().await.unwrap().to_vec(), scan);
    confirm(&centre).await;
    assert_eq!(keeper.get(&format!("{address}/filing.pdf")).await.bytes().await.unwrap().to_vec(), scan);
    // In the old one's place.
    let old = site.app.db.seal_of("scjg", "approval").await.unwrap().unwrap().id;
    let page = keeper.page(&format!("/seals/{old}")).await;
    assert!(page.contains(&seal.id), "the filed seal is offered");
    let replace = [("by", seal.id.as_str()), ("reason", "机构更名")];
    assert_eq!(keeper.post(&format!("/seals/{old}/steps/replace"), &replace).await.status(), 303);
    let step = step(&centre.page(&format!("/seals/{old}")).await);
    assert_eq!(centre.post(&format!("{step}/confirm"), &[]).await.status(), 303);
    assert_eq!(site.app.db.seal_of("scjg", "approval").await.unwrap().unwrap().id, seal.id);
    assert!(keeper.page(&format!("/seals/{old}")).await.contains("废止"));
}

#[tokio::test]
async fn a_lost_key_is_reported_by_one_and_ended_by_another() {
    let site = site().await;
    let leader = site.signed_in("leader-scjg", "").await;
    let centre = site.signed_in("centre", "").await;
    let seal = format!("/seals/{}", site.app.db.seal_of("scjg", "approval").await.unwrap().unwrap().id);
    assert!(leader.page(&seal).await.contains("报告失控"));
    let reported = leader.post(&format!("{seal}/steps/compromise"), &[("reason", "密钥介质被盗")]).await;
    assert_eq!(location(&reported), format!("{seal}?done=reported"));
    let auditor = site.signed_in("auditor", "").await;
    let page = auditor.page("/uses").await;
    assert!(page.contains("被报告失控"), "{page}");
    let note = format!("/notices/{}", between(&page, "action=\"/notices/", "\""));
    assert_eq!(centre.post(&note, &[]).await.status(), 422);
    assert_eq!(location(&auditor.post(&note, &[]).await), "/uses?done=noted");
    assert!(!auditor.page("/uses").await.contains("被报告失控"));
    let before = site.browser().get("/crl/issuing.crl").await.bytes().await.unwrap();
    let step = format!("/seal-steps/{}", between(&centre.page(&seal).await, "href=\"/seal-steps/", "\""));
    assert_eq!(centre.post(&format!("{step}/confirm"), &[]).await.status(), 303);
    let after = site.browser().get("/crl/issuing.crl").await.bytes().await.unwrap();
    assert!(after.len() > before.len(), "the list that outsiders fetch has it");
    assert!(centre.page(&seal).await.contains("确认“失控处置”"));
    assert!(auditor.page("/uses").await.contains("已按失控处置"));
}
