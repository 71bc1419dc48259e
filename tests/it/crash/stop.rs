//! Told to stop, the program carries out what it has been asked, takes nothing new, and ends well.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::runtime::Runtime;

use super::audit::{Published, audit};
use super::ground::{Ground, PATIENCE, program};
use super::hall::{Person, Server};
use crate::tools::run;

#[test]
fn told_to_stop_it_seals_what_is_being_approved_and_ends_well() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = &ground.data;
    let before = Published::read(data);
    let mut serve = program();
    serve.env("YINXIN_LOG", "info");
    let server = Server::by(serve, data);
    let (chief, waiting) = runtime.block_on(async {
        let chief = server.sign_in(data, "chief-scjg", None).await;
        let waiting = chief.inbox(&server.url).await.remove(0);
        (chief, waiting)
    });
    let approval = HalfSent::new(&server, &chief, &waiting);
    run(Command::new("kill").args(["-TERM", &server.running.id().to_string()]));
    until("it stops", || server.running.complaints().contains(STOPPING));
    let address = server.url.strip_prefix("http://").unwrap().to_owned();
    until("its door is closed", || TcpStream::connect(&address).is_err());
    let (status, answer) = approval.finish();
    assert_eq!((status.as_str(), &answer["outcome"]), ("HTTP/1.1 201 Created", &"sealed".into()), "{answer}");
    server.running.finish();
    the_log_ends_well(data);

    let (after, rows) = runtime.block_on(audit(data));
    after.continues(&before);
    assert_eq!((after.size(), rows.sealed().count()), (before.size() + 1, 1));
    let again = Server::start(data, None);
    let ready = runtime.block_on(async { reqwest::get(format!("{}/readyz", again.url)).await.unwrap().status() });
    assert_eq!(ready, 200, "the next start");
    assert_eq!(again.running.complaints(), "", "nothing to complain of");
    again.kill();
    runtime.block_on(audit(data));
}

const STOPPING: &str = "stopping: no new connections";

/// Waits until it is so.
fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "{what}: not so");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// An approval of which the program has everything but the body, and waits for that.
struct HalfSent {
    line: BufReader<TcpStream>,
    body: String,
}

impl HalfSent {
    fn new(server: &Server, chief: &Person, waiting: &Value) -> Self {
        let body = json!({ "use": waiting["use"], "digest": waiting["digest"], "decision": "approve" }).to_string();
        let address = server.url.strip_prefix("http://").unwrap();
        let mut line = TcpStream::connect(address).unwrap();
        line.set_read_timeout(Some(PATIENCE)).unwrap();
        let head = [
            format!("POST /api/v1/certificates/{}/approvals HTTP/1.1", waiting["certificate"].as_str().unwrap()),
            format!("Host: {address}"),
            format!("Authorization: Bearer {}", chief.token),
            "Idempotency-Key: stop".to_owned(),
            "Content-Type: application/json".to_owned(),
            format!("Content-Length: {}", body.len()),
            "Expect: 100-continue".to_owned(),
        ];
        line.write_all(format!("{}\r\n\r\n", head.join("\r\n")).as_bytes()).unwrap();
        let mut line = BufReader::new(line);
        // Said when the body is asked for (RFC 9110, 10.1.1): by then the request has come to its operation.
        let mut said = [String::new(), String::new()];
        said.iter_mut().for_each(|text| _ = line.read_line(text).unwrap());
        assert_eq!(said, ["HTTP/1.1 100 Continue\r\n", "\r\n"]);
        Self { line, body }
    }

    /// Sends the rest; gives the status line and the body of the answer.
    fn finish(mut self) -> (String, Value) {
        self.line.get_mut().write_all(self.body.as_bytes()).unwrap();
        let mut answer = String::new();
        self.line.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        (head.lines().next().unwrap().to_owned(), serde_json::from_str(body).unwrap())
    }
}

/// Whole lines, nothing worse than information; the answer after the order to stop, and the end last.
fn the_log_ends_well(data: &Path) {
    let log = std::fs::read_to_string(data.with_extension("stderr")).unwrap();
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(lines.iter().all(|line| line["level"] == "INFO"), "{log}");
    let place = |is: &dyn Fn(&Value) -> bool| lines.iter().position(|line| is(&line["fields"])).expect("its line");
    let stopping = place(&|fields| fields["message"] == STOPPING);
    let answered = lines.iter().rposition(|line| line["fields"]["status"] == 201).unwrap();
    let stopped = place(&|fields| fields["message"] == "stopped");
    assert!(stopping < answered && answered < stopped && stopped + 1 == lines.len(), "{log}");
}
