//! Durable before the answer: what the system calls of one approval say.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tokio::runtime::Runtime;

use super::audit::audit;
use super::ground::Ground;
use super::hall::Server;

/// One system call: what it was asked, or that it has come back.
#[derive(Debug)]
enum Event {
    Begun(String),
    Done(String),
}

/// The calls in the order in which strace saw them begin and end. A call during which another thread was seen is split in
/// two lines: `fsync(7</data/…> <unfinished ...>` and `<... fsync resumed>) = 0`.
fn events(trace: &str) -> Vec<Event> {
    let mut under_way: HashMap<&str, String> = HashMap::new();
    let mut events = Vec::new();
    for line in trace.lines() {
        let mut words = line.splitn(2, ' ').flat_map(|part| part.trim_start().splitn(2, ' '));
        let (Some(thread), Some(_time), Some(call)) = (words.next(), words.next(), words.next()) else { continue };
        if let Some(begun) = call.strip_suffix(" <unfinished ...>") {
            events.push(Event::Begun(begun.to_owned()));
            under_way.insert(thread, begun.to_owned());
        } else if let Some(rest) = call.strip_prefix("<... ") {
            let Some(begun) = under_way.remove(thread) else { continue };
            let rest = rest.split_once(" resumed>").map_or("", |(_, rest)| rest);
            events.push(Event::Done(begun + rest));
        } else if !call.starts_with("+++") && !call.starts_with("---") {
            events.push(Event::Begun(call.to_owned()));
            events.push(Event::Done(call.to_owned()));
        }
    }
    events
}

fn is_sync(call: &str) -> bool {
    (call.starts_with("fsync(") || call.starts_with("fdatasync(")) && call.ends_with("= 0")
}

#[test]
fn everything_is_on_disk_before_the_answer_is_written() {
    let runtime = Runtime::new().unwrap();
    let ground = Ground::new();
    let data = fs::canonicalize(&ground.data).unwrap();
    let file = data.with_extension("trace");
    let server = Server::by(traced(&file), &data);
    let traced = Traced::of(&server);
    let (status, answer) = runtime.block_on(async {
        let chief = server.sign_in(&data, "chief-scjg", None).await;
        let waiting = chief.inbox(&server.url).await;
        chief.approve(&server.url, &waiting[0]).await.expect("an answer")
    });
    assert_eq!((status, &answer["outcome"]), (201, &"sealed".into()), "{answer}");
    drop(traced);
    server.kill();
    let trace = fs::read_to_string(&file).unwrap();
    let events = events(&trace);

    let data = data.display().to_string();
    let sealed = answer["case"]["certificates"][0]["sealed"].as_str().unwrap();
    let (wal, checkpoint) = (format!("{data}/yinxin.sqlite-wal>"), format!("\"{data}/log/checkpoint\""));
    let (revision, its_folder) =
        (format!("/objects/{}/{sealed}.", &sealed[..2]), format!("/objects/{}>", &sealed[..2]));
    let done = |what: &'static str, is: &dyn Fn(&str) -> bool, from: usize| -> usize {
        let found = events.iter().skip(from).position(|event| matches!(event, Event::Done(call) if is(call)));
        from + found.unwrap_or_else(|| panic!("{what} is not in the trace after line {from}:\n{trace}")) + 1
    };
    let object = |call: &str| is_sync(call) && call.contains(&format!("{data}/objects/"));
    let read = |call: &str| call.contains("POST /api/v1/certificates/") && !call.starts_with("write");
    let request = done("the request", &read, 0);
    // 4: the intent, its name in the folder, and the folder.
    let intent = done("fsync of the stamped document", &|call| object(call) && call.contains(".tmp>"), request);
    let named = done("its name", &|call| call.starts_with("rename") && call.contains("/objects/"), intent);
    let intent = done("fsync of its folder", &|call| object(call) && !call.contains(".tmp>"), named);
    // 5: the commit, then the checkpoint.
    let commit = done("fsync of the commit", &|call| is_sync(call) && call.contains(&wal), intent);
    let published = done("the checkpoint", &|call| call.starts_with("rename") && call.contains(&checkpoint), commit);
    let before_commit = &events[request..commit - 1];
    assert!(
        !before_commit.iter().any(|event| matches!(event, Event::Begun(call) if call.contains(&checkpoint))),
        "a checkpoint came out before the commit was on disk"
    );
    // 8: the signed revision; 9: what stands in the rows.
    let signed = done("fsync of the sealed document", &|call| object(call) && call.contains(&revision), published);
    let signed = done("fsync of its folder", &|call| object(call) && call.contains(&its_folder), signed);
    let recorded = done("fsync of its record", &|call| is_sync(call) && call.contains(&wal), signed);
    let released = done("fsync of the release", &|call| is_sync(call) && call.contains(&wal), recorded);
    // And only now the answer.
    let reply = |event: &Event| matches!(event, Event::Begun(call) if call.contains("\"HTTP/1.1 201"));
    assert!(!events[request..released].iter().any(reply), "answered before everything was on disk");
    assert!(events[released..].iter().any(reply), "the answer is not in the trace:\n{trace}");
    runtime.block_on(audit(&ground.data));
}

/// The program under strace. The environment variables are those of `ground::program`.
fn traced(file: &Path) -> Command {
    let mut strace = Command::new("strace");
    strace.args(["-f", "-ttt", "-y", "-s", "300", "-e", "signal=none", "-e"]);
    strace.arg("trace=fsync,fdatasync,rename,renameat,renameat2,recvfrom,sendto,read,write,writev,recvmsg,sendmsg");
    strace.arg("-o").arg(file).arg(env!("CARGO_BIN_EXE_yinxin"));
    strace.env_remove("YINXIN_STOP_AT").env("YINXIN_LOG", "warn").stdin(Stdio::null());
    strace
}

/// The traced program, which would go on without its tracer: ended by its own id.
struct Traced(String);

impl Traced {
    fn of(server: &Server) -> Self {
        let strace = server.running.id();
        let children = fs::read_to_string(format!("/proc/{strace}/task/{strace}/children")).unwrap();
        Self(children.trim().to_owned())
    }
}

impl Drop for Traced {
    fn drop(&mut self) {
        let _ = Command::new("sh").args(["-c", &format!("kill -9 {}", self.0)]).status();
    }
}
