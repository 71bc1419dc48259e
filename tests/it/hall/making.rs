//! R8 to R10: what is sealed was made here, from a template and whole, and leaves by one exit.

use yinxin::store::Store;

use super::letters::scan;
use super::*;

const CASE: &str = "2026-A01-700001";

#[tokio::test(flavor = "multi_thread")]
async fn r8_no_blank_is_sealed_and_nothing_that_no_font_can_draw() {
    let hall = TestHall::open().await;
    let clerk = hall.clerk("A01");
    let taken = || hall.premises.count("SELECT CAST(COALESCE(SUM(taken), 0) AS BIGINT) FROM number_sequence");
    let before = taken().await;
    for (field, value, code) in [
        ("经营者名称", Some(""), "blank"),
        ("经营者名称", Some("　 "), "blank"),
        ("经营者名称", None, "blank"),
        // What stands as the date under the seal.
        ("发证日期", Some(""), "blank"),
        // In no font that the hall has been given; and of private use, so that no font can have it.
        ("经营场所", Some("九站街道𮢸号"), "no-glyph"),
        ("经营场所", Some("九站街道\u{E000}号"), "forbidden-character"),
        ("印章", Some("随便"), "unknown-field"),
    ] {
        let mut request = Case::number("000001").request();
        match value {
            Some(value) => drop(request.data.insert(field.to_owned(), value.into())),
            None => drop(request.data.remove(field)),
        }
        let refused = refusal(clerk.ask(CASE, &request).await);
        let said: Vec<_> = refused.reasons().iter().map(|one| (one.code, one.field.as_deref())).collect();
        assert_eq!(said, [(code, Some(field))]);
    }
    assert_eq!(taken().await, before, "no number was taken");
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM matter").await, 0);
    // What was asked for names the version of the template; a seal stands on no other.
    clerk.submit(&Case::number("000001").again_as(CASE)).await.unwrap();
    let asked = hall.only_use(CASE).await;
    assert_eq!(hall.premises.tamper("UPDATE certificate SET template_version = zeroblob(32)").await, 1);
    assert_eq!(refusal(hall.chief("scjg").approve(&asked).await).codes(), ["request-mismatch"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn r9_nothing_is_sealed_that_was_not_made_here_for_this_case() {
    let hall = TestHall::open().await;
    hall.clerk("A01").submit(&Case::number("000001").again_as(CASE)).await.unwrap();
    let (chief, asked) = (hall.chief("scjg"), hall.only_use(CASE).await);
    // Other bytes in the place of those that were made.
    let object = Store::open(&hall.premises.path("objects")).unwrap().path(&asked.shown);
    let (made, other) = (fs::read(&object).unwrap(), scan(&hall.app).await);
    fs::remove_file(&object).unwrap();
    fs::write(&object, &other).unwrap();
    assert!(matches!(chief.approve(&asked).await, Err(ActError::Failed(_))));
    fs::write(&object, made).unwrap();
    // Another document named in its place, and shown as such.
    let named = "UPDATE certificate SET unsealed = (SELECT document FROM letter WHERE department = 'jsj')";
    assert_eq!(hall.premises.tamper(named).await, 1);
    let outside = hall.only_use(CASE).await;
    assert_eq!(outside.shown, Digest::of(&other));
    assert_eq!(refusal(chief.approve(&outside).await).codes(), ["request-mismatch"]);
    assert_eq!(hall.premises.count("SELECT COUNT(*) FROM ledger_entry WHERE seal_use IS NOT NULL").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn r10_certificates_leave_by_one_exit_with_a_record_of_who_received_what() {
    let hall = TestHall::open().await;
    hall.carry(&Case::number("000001").again_as(CASE)).await;
    let delivery = hall.delivery();
    let undelivered = async || {
        let cases = look::undelivered(&hall.app, &delivery.person().await).await.unwrap();
        cases.into_iter().map(|case| case.matter.case_no).collect::<Vec<_>>()
    };
    assert_eq!(undelivered().await, [CASE], "sealed and not handed out: in sight");
    // Neither where it was accepted nor by whoever decided it.
    let refused = refusal(hall.clerk("A01").deliver(CASE, "张三").await);
    assert_eq!(refused.codes(), ["window-kind"]);
    let refused = refusal(hall.chief("scjg").deliver(CASE, "张三").await);
    assert_eq!(refused.codes(), ["wrong-duty", "not-at-a-window"]);
    // To somebody, who shows something.
    let given = |document, number: &str| Receiver {
        name: " ".to_owned(),
        document,
        number: number.to_owned(),
        form: DeliveryForm::Paper,
    };
    let person = delivery.person().await;
    let nobody = given(IdentityDocument::IdentityCard, "220202199003071231");
    assert_eq!(
        refusal(deliver(&hall.app, &person, CASE, &nobody).await).codes(),
        ["receiver-missing", "identity-not-valid"]
    );
    assert_eq!(undelivered().await, [CASE]);
    hall.set_time("2026-11-20T11:00:00+08:00");
    let taken = Receiver { name: "张三".to_owned(), ..given(IdentityDocument::IdentityCard, "220202199003071230") };
    let record = deliver(&hall.app, &person, CASE, &taken).await.unwrap();
    assert_eq!(
        (record.receiver.as_str(), record.form.as_str(), record.window_no.as_str(), record.at),
        ("张三", "paper", "A09", time("2026-11-20T11:00:00+08:00").as_microsecond())
    );
    assert_eq!(
        (record.identity.as_str(), record.staff),
        ("identity-card 220***********1230", person.staff.id.to_string())
    );
    assert_eq!(undelivered().await, [""; 0]);
    assert_eq!(refusal(delivery.deliver(CASE, "李四").await).codes(), ["already-delivered"]);
}
