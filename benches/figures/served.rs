//! Sealed certificates a second through HTTP: the last approval of each case, the ledger durable (WAL, synchronous FULL),
//! every document and intent fsynced. Client and server share the machine's cores.

use std::sync::Arc;
use std::time::Instant;

use reqwest::Client;
use serde_json::{Value, json};
use yinxin::acts::picture::Painter;
use yinxin::demo::Demo;
use yinxin::web::router::Accounts;
use yinxin::web::run;

/// Cases approved in each round.
const CASES: usize = 200;
const CLIENTS: usize = 16;

/// Measures and prints.
pub(crate) fn approvals(made: Demo, runtime: &tokio::runtime::Runtime) {
    let Demo { app, config, accounts, .. } = made;
    let text = std::fs::read_to_string(accounts).unwrap();
    let password = text.split("均为 ").nth(1).unwrap().split('）').next().unwrap().to_owned();
    let door = run::open(&app, &config, (config.listen.ip(), 0).into()).unwrap();
    let url = Arc::new(door.url());
    runtime.spawn(async move { run::run(app, &config, door, Accounts::Hidden, Painter::none()).await.unwrap() });
    runtime.block_on(async move {
        let client = Client::new();
        let sign_in = async |login: &str, window: Option<&str>| -> String {
            let body = json!({ "login": login, "password": password, "window": window });
            let answer = client.post(format!("{url}/api/v1/sessions")).json(&body).send().await.unwrap();
            answer.json::<Value>().await.unwrap()["token"].as_str().unwrap().to_owned()
        };
        let (clerk, chief) = (sign_in("clerk1", Some("A01")).await, sign_in("chief-scjg", None).await);
        let item = client.get(format!("{url}/api/v1/items/220201-scjg-001")).send().await.unwrap();
        let materials = item.json::<Value>().await.unwrap()["materials"].take();
        let begun = Instant::now();
        for n in 0..CASES {
            let body = json!({ "item": "220201-scjg-001", "data": crate::data(n), "materials": materials });
            send(&client, &format!("{url}/api/v1/cases"), &clerk, format!("submit-{n}"), body).await;
        }
        let submitted = CASES as f64 / begun.elapsed().as_secs_f64();
        let inbox = client.get(format!("{url}/api/v1/inbox")).bearer_auth(&chief).send().await.unwrap();
        let waiting: Vec<Value> = inbox.json().await.unwrap();
        assert_eq!(waiting.len(), CASES);
        let waiting = Arc::new(tokio::sync::Mutex::new(waiting));
        let begun = Instant::now();
        let mut clients = Vec::new();
        for _ in 0..CLIENTS {
            let (client, url, chief, waiting) = (client.clone(), url.clone(), chief.clone(), waiting.clone());
            clients.push(tokio::spawn(async move {
                loop {
                    let Some(one) = waiting.lock().await.pop() else { break };
                    let body = json!({ "use": one["use"], "digest": one["digest"], "decision": "approve" });
                    let certificate = one["certificate"].as_str().unwrap();
                    let place = format!("{url}/api/v1/certificates/{certificate}/approvals");
                    let answer = send(&client, &place, &chief, certificate.to_owned(), body).await;
                    assert_eq!(answer["outcome"], "sealed", "{answer}");
                }
            }));
        }
        for client in clients {
            client.await.unwrap();
        }
        let sealed = CASES as f64 / begun.elapsed().as_secs_f64();
        println!("| cases submitted through HTTP (checked twice, composed, stored) | {submitted:.0} | one client |");
        println!("| certificates sealed through HTTP, ledger durable, self-checked | {sealed:.0} | {CLIENTS} clients on the same cores |");
    });
}

async fn send(client: &Client, place: &str, token: &str, key: String, body: Value) -> Value {
    let request = client.post(place).bearer_auth(token).header("Idempotency-Key", key).json(&body);
    let answer = request.send().await.unwrap();
    let (status, body) = (answer.status(), answer.json::<Value>().await.unwrap());
    assert_eq!(status, 201, "{body}");
    body
}
