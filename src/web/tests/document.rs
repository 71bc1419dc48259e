//! The OpenAPI document as served: it names every route and no other, and every answer that [`Api`] gets is held against it.

use std::cell::RefCell;
use std::collections::BTreeSet;

use serde_json::json;

use super::*;

/// A program that speaks the JSON interface and takes the document at its word.
pub(super) struct Api<'a> {
    site: &'a Site,
    client: reqwest::Client,
    pub(super) document: Value,
    /// Operations that answered with success.
    pub(super) served: RefCell<BTreeSet<(String, String)>>,
}

/// What came back.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) bytes: Vec<u8>,
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Field and code of every reason.
    pub(super) fn reasons(&self) -> BTreeSet<(String, String)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let problem = self.json();
        problem["reasons"].as_array().unwrap().iter().map(|r| (text(&r["field"]), text(&r["code"]))).collect()
    }

    #[track_caller]
    pub(super) fn is(self, status: u16) -> Self {
        assert_eq!(self.status, status, "{}", String::from_utf8_lossy(&self.bytes));
        self
    }

    /// A problem with this code, or with a reason of this code.
    #[track_caller]
    pub(super) fn refused(self, status: u16, code: &str) {
        let answer = self.is(status);
        let found = answer.json()["code"] == code || answer.reasons().iter().any(|(_, one)| one == code);
        assert!(found, "no {code} in {}", answer.json());
    }
}

impl<'a> Api<'a> {
    pub(super) async fn of(site: &'a Site) -> Self {
        let client = reqwest::Client::new();
        let document = client.get(format!("{}/api/openapi.json", site.url)).send().await.unwrap();
        Api { site, client, document: document.json().await.unwrap(), served: RefCell::default() }
    }

    /// A session's token.
    pub(super) async fn sign_in(&self, login: &str, window: Option<&str>) -> String {
        let body = json!({ "login": login, "password": PASSWORD, "window": window });
        let begun = self.answer(self.request("POST", "/api/v1/sessions").json(&body)).await.is(201);
        begun.json()["token"].as_str().unwrap().to_owned()
    }

    pub(super) fn request(&self, method: &str, path: &str) -> reqwest::RequestBuilder {
        self.client.request(method.parse().unwrap(), format!("{}{path}", self.site.url))
    }

    pub(super) async fn get(&self, token: &str, path: &str) -> Answer {
        self.answer(self.request("GET", path).bearer_auth(token)).await
    }

    pub(super) async fn post(&self, token: &str, path: &str, key: &str, body: &Value) -> Answer {
        let request = self.request("POST", path).bearer_auth(token).header("Idempotency-Key", key);
        self.answer(request.json(body)).await
    }

    /// Sends it; the answer must be one of those that the document names for the operation.
    pub(super) async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let (method, path) = (request.method().as_str().to_lowercase(), request.url().path().to_owned());
        let (pattern, operations) =
            self.paths().find(|(pattern, _)| matches(pattern, &path)).expect("a documented path");
        let answer = self.client.execute(request).await.unwrap();
        let status = answer.status().as_u16();
        let header = |name| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
        let (kind, id) = (header("content-type"), header("x-request-id"));
        let bytes = answer.bytes().await.unwrap().to_vec();
        let documented = &operations[&method]["responses"][status.to_string()];
        assert!(documented.is_object(), "{method} {pattern} does not name {status}");
        let said = documented["content"].as_object().and_then(|content| content.iter().next());
        assert_eq!(said.map(|(kind, _)| kind), kind.as_ref(), "{method} {pattern} {status}");
        let answer = Answer { status, bytes };
        if let Some((kind, content)) = said.filter(|(kind, _)| kind.ends_with("json")) {
            fits(&self.document, &content["schema"], &answer.json(), pattern);
            if status >= 400 {
                assert_eq!(kind, "application/problem+json", "RFC 9457");
                assert_eq!(answer.json()["id"].as_str(), id.as_deref());
            }
        }
        if status < 400 {
            self.served.borrow_mut().insert((method, pattern.clone()));
        }
        answer
    }

    fn paths(&self) -> impl Iterator<Item = (&String, &Value)> {
        self.document["paths"].as_object().unwrap().iter()
    }

    /// Every operation: method, path, and what the document says of it.
    pub(super) fn operations(&self) -> impl Iterator<Item = (&String, &String, &Value)> {
        let methods = |path| move |(method, operation)| (method, path, operation);
        self.paths().flat_map(move |(path, operations)| operations.as_object().unwrap().iter().map(methods(path)))
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let same = |(one, other): (&str, &str)| one == other || one.starts_with('{');
    pattern.split('/').count() == path.split('/').count() && pattern.split('/').zip(path.split('/')).all(same)
}

/// Holds a value against a schema: all its fields and no others, their types, their words.
fn fits(document: &Value, schema: &Value, value: &Value, at: &str) {
    if let Some(name) = schema["$ref"].as_str() {
        let schema = document.pointer(name.trim_start_matches('#')).unwrap_or_else(|| panic!("{at}: no {name}"));
        return fits(document, schema, value, at);
    }
    if let Some(one_of) = schema["oneOf"].as_array() {
        let wanted = one_of.iter().find(|one| (one["type"] == "null") == value.is_null());
        return fits(document, wanted.unwrap_or_else(|| panic!("{at}: {value}")), value, at);
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) => {
            if number.is_f64() {
                "number"
            } else {
                "integer"
            }
        }
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let allowed = schema["type"] == kind || schema["type"].as_array().is_some_and(|all| all.contains(&kind.into()));
    assert!(allowed, "{at}: {value} is not {schema}");
    match (value, schema["properties"].as_object()) {
        (Value::Object(fields), Some(properties)) => {
            let names = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(fields), names(properties), "{at}");
            fields.iter().for_each(|(name, field)| fits(document, &properties[name], field, &format!("{at} {name}")));
        }
        (Value::Array(items), _) => items.iter().for_each(|item| fits(document, &schema["items"], item, at)),
        (Value::String(_), _) => {
            assert!(schema["enum"].as_array().is_none_or(|words| words.contains(value)), "{at}: {value}");
        }
        _ => {}
    }
}

#[tokio::test]
async fn the_document_names_every_route_and_no_other() {
    let site = site().await;
    let api = Api::of(&site).await;
    let source = include_str!("../api/mod.rs");
    for other in [".merge(", ".nest(", ".route_service(", ".fallback("] {
        assert!(!source.contains(other), "{other}: routes are looked for in `.route(` alone");
    }
    assert!(!include_str!("../router.rs").contains("\"/api"), "the interface has its own router");
    let mut routes: BTreeSet<&str> = source.split(".route(").skip(1).map(|rest| between(rest, "\"", "\"")).collect();
    assert!(routes.remove("/api/openapi.json"), "the document itself");
    let documented: BTreeSet<&str> = api.paths().map(|(path, _)| path.as_str()).collect();
    assert_eq!(documented, routes);
    // A method that no route has is answered with those that it has (RFC 9110, 15.5.6).
    for (path, operations) in api.paths() {
        let refused = api.request("TRACE", path).send().await.unwrap();
        assert_eq!(refused.status(), 405, "{path}");
        let allowed = refused.headers()["allow"].to_str().unwrap().to_lowercase();
        let allowed: BTreeSet<&str> = allowed.split(',').map(str::trim).filter(|method| *method != "head").collect();
        assert_eq!(
            operations.as_object().unwrap().keys().map(String::as_str).collect::<BTreeSet<_>>(),
            allowed,
            "{path}"
        );
    }
}

#[tokio::test]
async fn whatever_takes_a_session_refuses_whoever_has_none() {
    let site = site().await;
    let api = Api::of(&site).await;
    let mut open = Vec::new();
    for (method, path, operation) in api.operations() {
        if operation["security"].is_null() {
            open.push(format!("{method} {path}"));
            continue;
        }
        let path = path.replace(['{', '}'], "");
        for token in ["", "guess"] {
            let request = api.request(&method.to_uppercase(), &path).bearer_auth(token);
            api.answer(request).await.refused(401, "signed-out");
        }
    }
    let public =
        ["get /api/v1/items", "get /api/v1/items/{code}", "post /api/v1/sessions", "post /api/v1/verifications"];
    assert_eq!(open, public, "what is open to anybody");
}
