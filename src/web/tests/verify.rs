//! The public's page: what it answers, what it carries, and that nothing of a file stays.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::*;

/// A licence, sealed by browser.
async fn sealed(site: &Site) -> (String, Vec<u8>) {
    let clerk = site.signed_in("clerk1", "A01").await;
    let form = fields(1, "d:");
    let sent = clerk.post(FOOD, &with(&form, &[("key", "k1"), ("act", "submit")])).await;
    assert_eq!(location(&sent), "/cases/2026-A01-000001?done=submitted");
    let chief = site.signed_in("chief-scjg", "").await;
    assert_eq!(approve_first(&chief).await.0, "/inbox?done=sealed");
    let page = clerk.page("/cases/2026-A01-000001").await;
    let id = between(&page, "/certificates/", "/").to_owned();
    let pdf = clerk.get(&format!("/certificates/{id}/pdf")).await.bytes().await.unwrap().to_vec();
    (id, pdf)
}

impl Browser<'_> {
    /// The answer for a file.
    async fn judge(&self, bytes: Vec<u8>, name: &str) -> reqwest::Response {
        let part = reqwest::multipart::Part::bytes(bytes).file_name(name.to_owned());
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = self.client.post(format!("{}/verify", self.site.url)).multipart(form);
        request.header(OURS[0].0, OURS[0].1).send().await.unwrap()
    }
}

/// As if a decision had withdrawn it.
async fn withdraw(site: &Site, certificate: &str) {
    use sqlx::Connection;
    let update = "UPDATE certificate SET state = 'withdrawn' WHERE id = $1";
    let done = match &site.database {
        Some(address) => {
            let mut base = sqlx::PgConnection::connect(address).await.unwrap();
            sqlx::query(update).bind(certificate.to_owned()).execute(&mut base).await.unwrap().rows_affected()
        }
        None => {
            let file = format!("sqlite:{}", site._folder.path().join("hall/yinxin.sqlite").display());
            let mut base = sqlx::SqliteConnection::connect(&file).await.unwrap();
            sqlx::query(update).bind(certificate.to_owned()).execute(&mut base).await.unwrap().rows_affected()
        }
    };
    assert_eq!(done, 1);
}

fn policy(answer: &reqwest::Response) -> &str {
    answer.headers()["content-security-policy"].to_str().unwrap()
}

/// The files that a page carries in links, by the ending of their names.
fn carried(page: &str) -> std::collections::BTreeMap<String, Vec<u8>> {
    let links = page.split("<a class=\"button\" href=\"data:").skip(1);
    let file = |link: &str| {
        let bytes = BASE64_STANDARD.decode(between(link, "base64,", "\"")).unwrap();
        (between(link, "download=\"", "\"").rsplit('.').next().unwrap().to_owned(), bytes)
    };
    links.map(file).collect()
}

#[tokio::test]
async fn an_answer_is_a_word_with_reports_to_take_away() {
    let site = site().await;
    let (id, pdf) = sealed(&site).await;
    let public = site.browser();
    let answer = public.judge(pdf.clone(), "证照.pdf").await;
    assert_eq!(policy(&answer), headers::WITH_PICTURES);
    let page = answer.text().await.unwrap();
    for said in [">有效</h1>", "没有保存", "今天仍然有效", "证照.pdf"] {
        assert!(page.contains(said), "no {said} in {page}");
    }
    assert!(!page.contains("data:image/png"), "without a painter there is no picture, and an answer all the same");
    let files = carried(&page);
    assert_eq!(files.keys().collect::<Vec<_>>(), ["json", "pdf", "xml"]);
    let json: Value = serde_json::from_slice(&files["json"]).unwrap();
    assert_eq!((json["verdict"].as_str(), json["today"].as_str()), (Some("valid"), Some("good")));
    assert!(files["pdf"].starts_with(b"%PDF-"));
    assert!(files["xml"].starts_with(b"<?xml"));

    // Withdrawn since: the seal held, the certificate does not.
    withdraw(&site, &id).await;
    let page = public.judge(pdf.clone(), "证照.pdf").await.text().await.unwrap();
    assert!(page.contains(">已失效</h1>") && page.contains("不能再作为有效证照使用"));
    let unsigned = include_bytes!("../../../tests/data/pdf/typst-a2b.pdf").to_vec();
    let page = public.judge(unsigned, "<b>.pdf").await.text().await.unwrap();
    assert!(page.contains(">没有签章</h1>") && page.contains("&lt;b&gt;.pdf") && !page.contains("<b>.pdf"));
    let page = public.judge(b"no PDF".to_vec(), "x.pdf").await.text().await.unwrap();
    assert!(page.contains(">无效</h1>") && page.contains("这不是 PDF 文件"));
}

#[tokio::test]
async fn nothing_of_a_file_is_kept() {
    let site = site().await;
    let marker = b"% a sentence that stands nowhere else: 2f6c1d";
    let mut file = include_bytes!("../../../tests/data/pdf/typst-a2b.pdf").to_vec();
    file.extend_from_slice(marker);
    let answer = site.browser().judge(file, "a name that stands nowhere else.pdf").await;
    assert_eq!(answer.status(), 200);
    let mut folders = vec![site._folder.path().to_path_buf()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let bytes = std::fs::read(&path).unwrap();
            for kept in [&marker[..], b"a name that stands nowhere else"] {
                assert!(!bytes.windows(kept.len()).any(|window| window == kept), "{}", path.display());
            }
        }
    }
    assert!(files > 10, "only {files} files looked at");
}

#[tokio::test]
async fn only_pages_that_carry_pictures_may() {
    let site = site().await;
    let clerk = site.signed_in("clerk1", "A01").await;
    for path in ["/verify", "/q", "/cases", "/design/valid", "/sign-in"] {
        assert_eq!(policy(&clerk.get(path).await), headers::CONTENT_SECURITY_POLICY, "{path}");
        assert!(!headers::CONTENT_SECURITY_POLICY.contains("data:"));
    }
    assert_eq!(policy(&clerk.get(FOOD).await), headers::WITH_PICTURES);
    assert_eq!(policy(&clerk.judge(b"x".to_vec(), "x").await), headers::WITH_PICTURES);
}

#[tokio::test]
async fn limits_are_told_before_and_when_they_are_met() {
    let site = site().await;
    let public = site.browser();
    let form = public.page("/verify").await;
    for said in ["最大 50 MB", "连续可验 30 份", "不保存"] {
        assert!(form.contains(said), "no {said} in {form}");
    }
    let large = public.judge(vec![b'x'; 50 * 1024 * 1024 + 1], "x.pdf").await;
    assert_eq!(large.status(), 413);
    assert!(large.text().await.unwrap().contains("文件超过 50 MB，没有验证"));
    assert_eq!(public.judge(Vec::new(), "x.pdf").await.status(), 422);
    let mut statuses = Vec::new();
    for _ in 0..40 {
        let answer = public.judge(Vec::new(), "x.pdf").await;
        statuses.push(answer.status().as_u16());
        if answer.status() == 429 {
            assert!(answer.text().await.unwrap().contains("请等一分钟再试"));
            break;
        }
    }
    assert_eq!(statuses.last(), Some(&429), "{statuses:?}");
}

#[tokio::test]
async fn a_number_leads_to_its_case_with_its_code_and_nowhere_without() {
    let site = site().await;
    let (id, _) = sealed(&site).await;
    let row = site.app.db.certificate(&id).await.unwrap().unwrap();
    let public = site.browser();
    let ask = |number: &str, code: &str| {
        let coded = |text: &str| crate::web::error::in_query(text);
        format!("/q?number={}&code={}", coded(number), coded(code))
    };
    let leads_to = format!("/q/2026-A01-000001/{}", row.lookup_code);
    for number in [row.number.as_str(), "2026-A01-000001", " 2026-A01-000001 "] {
        let found = public.get(&ask(number, &row.lookup_code.to_uppercase())).await;
        assert_eq!((found.status().as_u16(), location(&found)), (303, leads_to.as_str()), "{number}");
    }
    assert!(public.page(&leads_to).await.contains("已签发"));
    for (number, code, status) in [
        (row.number.as_str(), "", 422),
        ("", row.lookup_code.as_str(), 422),
        (row.number.as_str(), "guess", 404),
        (row.number.as_str(), "%", 404),
        ("2026-A01-000002", row.lookup_code.as_str(), 404),
        ("%", row.lookup_code.as_str(), 404),
    ] {
        let answer = public.get(&ask(number, code)).await;
        assert_eq!(answer.status(), status, "{number} {code}");
        assert!(!answer.text().await.unwrap().contains(&row.name), "{number} {code}");
    }
    for path in ["/q/2026-A01-000001", "/q/2026-A01-000001/"] {
        assert_eq!(public.get(path).await.status(), 404, "{path}");
    }
    let mut answers = Vec::new();
    for _ in 0..40 {
        answers.push(public.get(&ask("2026-A01-000001", "guess")).await.status().as_u16());
    }
    assert!(answers.contains(&429), "guessing is slowed down: {answers:?}");
}
