//! A serving hall and the people who use it, all through HTTP.

use std::path::Path;
use std::process::Command;

use reqwest::Client;
use serde_json::{Map, Value, json};

use super::ground::{PATIENCE, Running, program};

/// `yinxin serve` on a free port.
pub(super) struct Server {
    pub(super) running: Running,
    pub(super) url: String,
}

impl Server {
    /// Starts it; it stops at the point, if one is given.
    pub(super) fn start(data: &Path, stop_at: Option<&str>) -> Self {
        let mut serve = program();
        if let Some(point) = stop_at {
            serve.env("YINXIN_STOP_AT", point);
        }
        Self::by(serve, data)
    }

    /// Starts it by a command to which only its arguments are missing.
    pub(super) fn by(mut command: Command, data: &Path) -> Self {
        let file = data.join("yinxin.toml");
        let config = std::fs::read_to_string(&file).unwrap();
        std::fs::write(&file, config.replace("listen = \"127.0.0.1:8180\"", "listen = \"127.0.0.1:0\"")).unwrap();
        command.args(["serve", "--config"]).arg(&file);
        let mut running = Running::start(command, data);
        let url = running.line("serving ");
        Self { running, url }
    }

    /// SIGKILL.
    pub(super) fn kill(self) {
        drop(self.running);
    }

    pub(super) async fn sign_in(&self, data: &Path, login: &str, window: Option<&str>) -> Person {
        let accounts = std::fs::read_to_string(data.join("accounts.txt")).unwrap();
        let password = accounts.split("均为 ").nth(1).unwrap().split('）').next().unwrap();
        let client = Client::builder().timeout(PATIENCE).build().unwrap();
        let body = json!({ "login": login, "password": password, "window": window });
        let answer = client.post(format!("{}/api/v1/sessions", self.url)).json(&body).send().await.unwrap();
        let answer: Value = answer.json().await.unwrap();
        Person { client, token: answer["token"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned() }
    }
}

/// Somebody signed in; the session outlives the server's process.
#[derive(Clone)]
pub(super) struct Person {
    client: Client,
    pub(super) token: String,
}

/// What a server answered, if it did: status and body.
pub(super) type Answer = Option<(u16, Value)>;

impl Person {
    pub(super) async fn post(&self, server: &str, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.client.post(format!("{server}{path}")).bearer_auth(&self.token);
        answer(request.header("Idempotency-Key", key).json(body).send().await).await
    }

    pub(super) async fn get(&self, server: &str, path: &str) -> Answer {
        answer(self.client.get(format!("{server}{path}")).bearer_auth(&self.token).send().await).await
    }

    /// Submits a case.
    pub(super) async fn submit(&self, server: &str, case: &str, body: Value) -> Value {
        let (status, answer) = self.post(server, "/api/v1/cases", case, &body).await.expect("an answer");
        assert_eq!(status, 201, "{answer}");
        answer
    }

    /// What waits for this person.
    pub(super) async fn inbox(&self, server: &str) -> Vec<Value> {
        let (status, waiting) = self.get(server, "/api/v1/inbox").await.expect("an answer");
        assert_eq!(status, 200, "{waiting}");
        waiting.as_array().unwrap().clone()
    }

    /// Approves one of the inbox.
    pub(super) async fn approve(&self, server: &str, waiting: &Value) -> Answer {
        let body = json!({ "use": waiting["use"], "digest": waiting["digest"], "decision": "approve" });
        let path = format!("/api/v1/certificates/{}/approvals", waiting["certificate"].as_str().unwrap());
        self.post(server, &path, waiting["use"].as_str().unwrap(), &body).await
    }
}

async fn answer(sent: reqwest::Result<reqwest::Response>) -> Answer {
    let response = sent.ok()?;
    let status = response.status().as_u16();
    Some((status, response.json().await.ok()?))
}

/// A case that asks for a food licence.
pub(super) fn licence(case: &str) -> Value {
    let mut body = of("2026-A01-000001");
    body["case"] = case.into();
    body
}

/// The joint case: a planning permit, a construction permit, and a notice with both departments' seals.
pub(super) fn joint(case: &str) -> Value {
    let (mut body, planning, building) = (of("2026-A02-000015"), of("2026-A02-000004"), of("2026-A02-000003"));
    body["case"] = case.into();
    body["certificates"] = json!({ "220201-ghfj-001": planning["data"], "220201-jsj-001": building["data"] });
    body
}

/// One of the cases that lie with the tests, its days made today.
fn of(case: &str) -> Value {
    let cases = include_str!("../../data/cases.jsonl").lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let case = cases.into_iter().find(|one| one["case"] == case).unwrap();
    let mut data: Map<String, Value> = case["data"].as_object().unwrap().clone();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
    let until = today.checked_add(jiff::Span::new().years(5)).unwrap().yesterday().unwrap();
    for (name, day) in [("发证日期", today), ("成文日期", today), ("有效期至", until)] {
        data.entry(name).and_modify(|value| *value = day.to_string().into());
    }
    let mut body = json!({ "data": data });
    for name in ["item", "joint", "major", "disputed"] {
        if let Some(value) = case.get(name) {
            body[name] = value.clone();
        }
    }
    let codes = case["item"].as_str().map_or(vec!["220201-ghfj-001", "220201-jsj-001"], |code| vec![code]);
    body["materials"] = codes.iter().flat_map(|code| materials(code)).collect();
    body
}

/// What the demonstration asks to be brought for an item.
fn materials(code: &str) -> Vec<String> {
    let hall: toml::Value = toml::from_str(include_str!("../../../src/demo/hall.toml")).unwrap();
    let item =
        hall["item"].as_array().unwrap().iter().find(|item| item["code"].as_str() == Some(code)).unwrap().clone();
    item["materials"].as_array().unwrap().iter().map(|name| name.as_str().unwrap().to_owned()).collect()
}
