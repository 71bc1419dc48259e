//! Killed at the counter: while a case is being submitted, and while it is being handed over.

use serde_json::json;
use tokio::runtime::Runtime;

use super::audit::{Published, Rows, audit, objects};
use super::ground::Ground;
use super::hall::{Server, licence};

/// A point with what must be there: cases beyond those before, objects beyond those before, and how many numbers the case
/// that is submitted again lies behind the last one given before.
pub(super) const AT_SUBMISSION: &[(&str, usize, usize, u32)] =
    &[("submit-4", 0, 0, 2), ("submit-5", 0, 1, 2), ("submit-6", 1, 1, 1)];

pub(super) const AT_DELIVERY: [&str; 2] = ["deliver-2", "deliver-3"];

/// The serial part of a food licence's number: JY, kind, six digits for the area, then six for the serial, a check digit.
fn serial(number: &str) -> u32 {
    let digits = number.strip_prefix("JY").unwrap();
    assert_eq!(digits.len(), 14, "{number}");
    digits[7..13].parse().unwrap()
}

#[test]
fn killed_while_submitting_a_number_is_lost_and_the_case_is_accepted_once() {
    let runtime = Runtime::new().unwrap();
    for (point, cases, more, further) in AT_SUBMISSION {
        let ground = Ground::new();
        let data = &ground.data;
        let there = objects(data).0.len();
        let before = runtime.block_on(Rows::read(data));
        let [first] = &before.certificates[..] else { panic!("one case") };
        let server = Server::start(data, Some(point));
        let clerk = runtime.block_on(server.sign_in(data, "clerk1", Some("A01")));
        let asking = {
            let (clerk, url) = (clerk.clone(), server.url.clone());
            runtime.spawn(async move { clerk.post(&url, "/api/v1/cases", "again", &licence("AGAIN")).await })
        };
        server.running.stop_at(point);
        assert_eq!(runtime.block_on(asking).unwrap(), None, "nobody was told anything at {point}");
        let killed = runtime.block_on(Rows::read(data));
        assert_eq!(killed.certificates.len(), 1 + cases, "killed at {point}");
        assert_eq!(objects(data).0.len(), there + more, "objects at {point}");
        // The same case again is one case; the next one has the number after it.
        let server = Server::start(data, None);
        runtime.block_on(async {
            clerk.submit(&server.url, "again", licence("AGAIN")).await;
            clerk.submit(&server.url, "next", licence("NEXT")).await;
        });
        server.kill();
        let (_, after) = runtime.block_on(audit(data));
        let mut serials: Vec<u32> = after.certificates.iter().map(|row| serial(&row.number)).collect();
        serials.sort();
        let last = serial(&first.number);
        assert_eq!(serials, [last, last + further, last + further + 1], "killed at {point}");
    }
}

#[test]
fn killed_while_handing_over_a_case_is_handed_over_once() {
    let runtime = Runtime::new().unwrap();
    let sealed = Ground::new();
    // Sealed, and killed before the first hand-over was on record.
    sealed.demo(Some("deliver-2"));
    for point in AT_DELIVERY {
        let ground = Ground::copy_of(&sealed.data);
        let data = &ground.data;
        let (_, rows) = runtime.block_on(audit(data));
        assert_eq!((rows.sealed().count(), rows.deliveries.len()), (1, 0));
        let published = Published::read(data);
        let server = Server::start(data, Some(point));
        let desk = runtime.block_on(server.sign_in(data, "delivery", Some("A09")));
        let path = format!("/api/v1/cases/{}/delivery", rows.cases[0]);
        let to = |name: &str| json!({ "receiver": name, "document": "other", "number": "X12345678", "form": "paper" });
        let asking = {
            let (desk, url, path, body) = (desk.clone(), server.url.clone(), path.clone(), to("王明"));
            runtime.spawn(async move { desk.post(&url, &path, "first", &body).await })
        };
        server.running.stop_at(point);
        assert_eq!(runtime.block_on(asking).unwrap(), None, "nobody was told anything at {point}");
        let recorded: &[&str] = if point == "deliver-3" { &["王明"] } else { &[] };
        assert_eq!(runtime.block_on(Rows::read(data)).deliveries, recorded, "killed at {point}");
        let server = Server::start(data, None);
        let (again, other) = runtime.block_on(async {
            let again = desk.post(&server.url, &path, "first", &to("王明")).await.unwrap();
            (again, desk.post(&server.url, &path, "other", &to("李红")).await.unwrap())
        });
        server.kill();
        assert_eq!(again.0, 201, "{}", again.1);
        assert_eq!(other.0, 422, "{}", other.1);
        assert!(other.1.to_string().contains("already-delivered"), "{}", other.1);
        let (after, rows) = runtime.block_on(audit(data));
        assert_eq!(rows.deliveries, ["王明"], "killed at {point}");
        after.continues(&published);
        assert_eq!(after.size(), published.size() + 1, "handed over once, killed at {point}");
    }
}
