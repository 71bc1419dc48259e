//! Receivers of the outbox: told in order, until they confirm, whatever they do meanwhile.

use std::collections::VecDeque;
use std::sync::Mutex;

use axum::Router;
use axum::body::Bytes;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use yinxin::acts::tell::tell;
use yinxin::app::webhooks::WebhookConfig;

use super::*;
use crate::tools;

/// What a receiver answers next; afterwards it confirms.
type Answers = Arc<Mutex<VecDeque<Answer>>>;

#[derive(Clone, Copy)]
enum Answer {
    Status(u16),
    Never,
}

#[derive(Debug)]
struct Got {
    signature: String,
    body: Bytes,
    events: Vec<i64>,
}

struct Receiver {
    answers: Answers,
    got: Arc<Mutex<Vec<Got>>>,
    config: WebhookConfig,
}

async fn receiver(name: &str) -> Receiver {
    let (answers, got) = (Answers::default(), Arc::new(Mutex::new(Vec::new())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/told", listener.local_addr().unwrap());
    let (next, kept) = (answers.clone(), got.clone());
    let told = move |headers: HeaderMap, body: Bytes| {
        let answer = next.lock().unwrap().pop_front().unwrap_or(Answer::Status(204));
        let kept = kept.clone();
        async move {
            let Answer::Status(status) = answer else { return std::future::pending().await };
            let told: Value = serde_json::from_slice(&body).unwrap();
            let events = told["events"].as_array().unwrap().iter().map(|event| event["id"].as_i64().unwrap()).collect();
            let signature = headers["yinxin-signature"].to_str().unwrap().to_owned();
            if status < 300 {
                kept.lock().unwrap().push(Got { signature, body, events });
            }
            StatusCode::from_u16(status).unwrap()
        }
    };
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/told", post(told))).await });
    Receiver { answers, got, config: WebhookConfig { name: name.to_owned(), url, ca: None } }
}

impl Receiver {
    fn events(&self) -> Vec<i64> {
        self.got.lock().unwrap().iter().flat_map(|got| got.events.clone()).collect()
    }
}

async fn hall_with(receivers: &[&Receiver]) -> TestHall {
    let mut premises = Premises::new();
    premises.config.webhooks = receivers.iter().map(|receiver| receiver.config.clone()).collect();
    premises.open().await
}

#[tokio::test(flavor = "multi_thread")]
async fn r17_a_receiver_is_told_in_order_until_it_confirms_and_can_check_who_tells() {
    let (good, bad) = (receiver("good").await, receiver("bad").await);
    let hall = hall_with(&[&good, &bad]).await;
    let first = hall.carry(&Case::number("000001")).await;
    tell(&hall.app).await.unwrap();
    assert_eq!((good.events(), bad.events()), (vec![1], vec![1]));
    {
        let got = &good.got.lock().unwrap()[0];
        let event: Value = serde_json::from_slice(&got.body).unwrap();
        let event = &event["events"][0];
        assert_eq!(event["kind"], "certificate.sealed");
        assert_eq!(
            (&event["certificate"], &event["number"]),
            (&first[0].id.clone().into(), &first[0].number.clone().into())
        );
        assert!(!String::from_utf8_lossy(&got.body).contains(&first[0].holder), "names nobody");
        // The signature by another implementation.
        let secret = hex::encode(*hall.app.vault.webhook_secret("good").unwrap());
        let (time, mac) = got.signature.strip_prefix("t=").unwrap().split_once(",v1=").unwrap();
        let script = "import sys,hmac;print(hmac.new(bytes.fromhex(sys.argv[1]),(sys.argv[2]+'.'+sys.argv[3]).encode(),'sha256').hexdigest())";
        let mut python = std::process::Command::new(tools::python());
        python.args(["-c", script, &secret, time, std::str::from_utf8(&got.body).unwrap()]);
        assert_eq!(tools::run(&mut python).trim(), mac);
        assert_ne!(secret, hex::encode(*hall.app.vault.webhook_secret("bad").unwrap()));
    }
    // One is down for a day; the other is told all the same. Pauses grow; then everything comes, once, in order.
    bad.answers.lock().unwrap().extend([Answer::Status(500), Answer::Status(302), Answer::Status(404)]);
    for case in super::together::ordinary(3) {
        hall.carry(&case).await;
        tell(&hall.app).await.unwrap();
    }
    assert_eq!((good.events(), bad.events()), (vec![1, 2, 3, 4], vec![1]));
    let stands = |name: &'static str| {
        let db = hall.app.db.clone();
        async move { db.webhooks().await.unwrap().into_iter().find(|row| row.name == name).unwrap() }
    };
    let row = stands("bad").await;
    assert_eq!((row.told, row.failures, row.problem.as_deref()), (1, 1, Some("answered 500 Internal Server Error")));
    assert_eq!(row.next_at, time(OPEN).as_microsecond() + 30_000_000, "no second attempt within the pause");
    hall.set_time("2026-11-20T10:01:00+08:00");
    tell(&hall.app).await.unwrap();
    assert_eq!(stands("bad").await.next_at, time("2026-11-20T10:02:00+08:00").as_microsecond());
    hall.set_time("2026-11-20T10:02:00+08:00");
    tell(&hall.app).await.unwrap();
    assert_eq!(stands("bad").await.failures, 3);
    hall.set_time("2026-11-20T10:30:00+08:00");
    tell(&hall.app).await.unwrap();
    assert_eq!(bad.events(), [1, 2, 3, 4]);
    let row = stands("bad").await;
    assert_eq!((row.told, row.failures, row.problem), (4, 0, None));
    // Told again from where its operator says.
    hall.app.db.replay_webhook("bad", 2).await.unwrap();
    tell(&hall.app).await.unwrap();
    assert_eq!(bad.events(), [1, 2, 3, 4, 3, 4]);
    tell(&hall.app).await.unwrap();
    assert_eq!(good.events(), [1, 2, 3, 4], "nothing new, nothing told");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_hangs_holds_nobody_back() {
    let (good, hanging) = (receiver("good").await, receiver("hanging").await);
    let gone = Receiver {
        config: WebhookConfig { url: "http://127.0.0.1:1/".to_owned(), ..receiver("gone").await.config },
        ..receiver("gone").await
    };
    hanging.answers.lock().unwrap().push_back(Answer::Never);
    let hall = hall_with(&[&gone, &hanging, &good]).await;
    hall.carry(&Case::number("000001")).await;
    let app = hall.app.clone();
    let telling = tokio::spawn(async move { tell(&app).await });
    while good.events() != [1] {
        assert!(!telling.is_finished(), "told everybody but one");
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    telling.await.unwrap().unwrap();
    let problems: Vec<Option<String>> =
        hall.app.db.webhooks().await.unwrap().into_iter().map(|row| row.problem).collect();
    assert!(problems[0].as_ref().unwrap().starts_with("cannot be reached"), "{problems:?}");
    assert_eq!((problems[1].as_deref(), problems[2].as_deref()), (None, Some("no answer within 10 s")));
    assert_eq!(hanging.events(), [0_i64; 0]);
}
