//! The revocation lists that the hall publishes, day by day.

use yinxin::acts::revocation_list::renew_revocation_lists;
use yinxin::pki::crl::Crl;

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn revocation_lists_are_current_with_the_roots_key_elsewhere() {
    let premises = Premises::new();
    let is_root = |name: &str| name.starts_with("root-authority-");
    let mut keys = fs::read_dir(premises.path("keys")).unwrap().map(|entry| entry.unwrap().path());
    let key = keys.find(|path| is_root(path.file_name().unwrap().to_str().unwrap())).unwrap();
    fs::remove_file(key).unwrap();
    let hall = premises.open().await;
    let sealed = hall.carry(&Case::number("000001")).await.remove(0);
    let sealed = hall.sealed(&sealed);
    let issued = |file: &str| {
        let list = fs::read(hall.premises.path("keys/trust").join(file)).unwrap();
        Crl::from_der(&list).unwrap().this_update()
    };
    let began = (issued("root.crl"), issued("issuing.crl"));
    let said = || verify(&sealed, &hall.app.trust(), hall.app.now());
    assert!(!said().has("revocation-unknown"));
    // Six weeks in which nobody renewed: it is said. RFC 5280, 5.1.2.5: a list speaks until its next update.
    hall.set_time("2027-01-04T10:00:00+08:00");
    assert!(said().is_valid() && said().has("revocation-unknown"), "{}", said().summary());
    renew_revocation_lists(&hall.app).await.unwrap();
    assert_eq!((issued("root.crl"), issued("issuing.crl")), (began.0, hall.app.now()));
    assert!(!said().has("revocation-unknown"), "the running verifier has read it: {}", said().summary());
    // Again within the day: nothing to do. The next day: a new one.
    hall.set_time("2027-01-05T09:00:00+08:00");
    renew_revocation_lists(&hall.app).await.unwrap();
    assert!(issued("issuing.crl") < hall.app.now());
    hall.set_time("2027-01-05T10:00:00+08:00");
    renew_revocation_lists(&hall.app).await.unwrap();
    assert_eq!(issued("issuing.crl"), hall.app.now());
}
