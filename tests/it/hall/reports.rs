//! What people see of the verifier, by the real program: reports in three forms, and pictures drawn by a process of their own.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use yinxin::acts::picture::{Painter, View};
use yinxin::app::read_trust;
use yinxin::picture::views::{Message, Picture, State};

use super::commands::{Demonstration, yinxin};
use super::*;
use crate::tools::{python, run};

/// Adds a blue square to the first page, as a new revision.
const CHANGE: &str = r"
import sys
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils import generic
with open(sys.argv[1], 'rb') as file:
    writer = IncrementalPdfFileWriter(file)
    square = generic.StreamObject(stream_data=b' q 0 0 1 rg 60 60 40 30 re f Q')
    writer.add_stream_to_page(0, writer.add_object(square))
    with open(sys.argv[2], 'wb') as out:
        writer.write(out)
";

fn changed(shown: &Demonstration) -> PathBuf {
    let path = shown.folder.path().join("changed.pdf");
    run(Command::new(python()).args(["-c", CHANGE]).arg(&shown.sealed).arg(&path));
    path
}

/// A report on a file, written by the program; its exit code.
fn report(shown: &Demonstration, kind: &str, file: &Path) -> (PathBuf, Option<i32>) {
    let path = shown.folder.path().join(format!("report.{kind}"));
    let mut command = yinxin();
    command.args(["verify", "--report", kind, "--output"]).arg(&path).arg("--trust").arg(shown.trust()).arg(file);
    let output = command.output().unwrap();
    assert!(output.stdout.is_empty(), "{}", String::from_utf8_lossy(&output.stdout));
    (path, output.status.code())
}

#[test]
fn reports_are_what_the_standard_and_paper_want() {
    let shown = Demonstration::new();
    let unsigned = shown.put("unsigned.pdf", include_bytes!("../../data/pdf/typst-a2b.pdf"));
    let nothing = shown.put("\u{202e}<b>&不是.pdf", b"no PDF");
    let changed = changed(&shown);
    for (file, code, indication, word) in [
        (&shown.sealed, 0, "total-passed", "有效"),
        (&changed, 1, "total-failed", "无效"),
        (&unsigned, 2, "indeterminate", "没有签章"),
        (&nothing, 1, "total-failed", "无效"),
    ] {
        let (xml, exit) = report(&shown, "xml", file);
        assert_eq!(exit, Some(code), "{}", file.display());
        let mut oracle = Command::new(python());
        oracle.arg("tests/oracles/validation_report.py").arg(&xml).arg(file);
        assert_eq!(run(oracle.current_dir(env!("CARGO_MANIFEST_DIR"))).trim(), indication, "{}", file.display());

        let (pdf, exit) = report(&shown, "pdf", file);
        assert_eq!(exit, Some(code));
        run(Command::new("qpdf").arg("--check").arg(&pdf));
        let text = run(Command::new("pdftotext").arg("-raw").arg(&pdf).arg("-"));
        let joined: String = text.split_whitespace().collect();
        let digest = Digest::of(&fs::read(file).unwrap()).to_string();
        for said in [word, &digest, "本报告本身不能证明任何事情", "今天的状态"] {
            assert!(joined.contains(said), "{}: no {said} in {text}", file.display());
        }

        let (json, exit) = report(&shown, "json", file);
        let json: Value = serde_json::from_slice(&fs::read(json).unwrap()).unwrap();
        assert_eq!((exit, json["file"].as_str()), (Some(code), file.file_name().unwrap().to_str()));
    }
    let two = yinxin().args(["verify", "--report", "xml"]).args([&shown.sealed, &changed]).output().unwrap();
    assert_eq!(two.status.code(), Some(64), "a report is on one file");
}

fn views(painter: &Painter, report: &Report, pdf: Vec<u8>) -> Vec<View> {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(painter.views(report, pdf))
}

fn pictures(view: &View) -> Vec<&Picture> {
    let messages = view.messages.iter();
    messages.filter_map(|message| if let Message::Picture(picture) = message { Some(picture) } else { None }).collect()
}

/// The dots of a picture with their places.
fn dots(picture: &Picture) -> Vec<(u32, u32, [u8; 3])> {
    let mut reader = png::Decoder::new(std::io::Cursor::new(&picture.png)).read_info().unwrap();
    let mut bytes = vec![0; reader.output_buffer_size().unwrap()];
    reader.next_frame(&mut bytes).unwrap();
    let (rgb, _) = bytes.as_chunks::<3>();
    (0..).zip(rgb).map(|(at, dot)| (at % picture.width, at / picture.width, *dot)).collect()
}

#[test]
fn the_seal_is_framed_and_what_was_added_is_marked() {
    let shown = Demonstration::new();
    let trust = read_trust(&shown.trust()).unwrap();
    let painter = Painter::with(env!("CARGO_BIN_EXE_yinxin").into());
    let sealed = fs::read(&shown.sealed).unwrap();
    let judged = verify(&sealed, &trust, Clock::System.now());

    let whole = views(&painter, &judged, sealed);
    let [view] = &whole[..] else { panic!("{}", whole.len()) };
    let [page] = pictures(view)[..] else { panic!("one picture") };
    let [Some(frame)] = page.frames[..] else { panic!("{:?}", page.frames) };
    // All that is as red as a seal lies in the frame, which it fills.
    let red = |dot: [u8; 3]| dot[0] > 190 && dot[1] < 90 && dot[2] < 90;
    let seal: Vec<_> = dots(page).into_iter().filter(|(.., dot)| red(*dot)).collect();
    assert!(seal.len() > 500, "{} red dots", seal.len());
    let inside = |x: u32, y: u32| {
        (frame.x..frame.x + frame.width).contains(&x) && (frame.y..frame.y + frame.height).contains(&y)
    };
    let out = seal.iter().filter(|(x, y, _)| !inside(*x, *y)).count();
    assert!(out * 20 < seal.len(), "{out} of {} red dots outside {frame:?}", seal.len());
    let span = |of: fn(&(u32, u32, [u8; 3])) -> u32| {
        let found = seal.iter().filter(|(x, y, _)| inside(*x, *y)).map(of);
        found.clone().max().unwrap() - found.min().unwrap()
    };
    assert!(span(|dot| dot.0) * 10 > frame.width * 8 && span(|dot| dot.1) * 10 > frame.height * 8);

    let changed = fs::read(changed(&shown)).unwrap();
    let judged = verify(&changed, &trust, Clock::System.now());
    assert!(!judged.is_valid());
    let apart = views(&painter, &judged, changed);
    let [view] = &apart[..] else { panic!("{}", apart.len()) };
    let [then, now] = pictures(view)[..] else { panic!("two pictures") };
    assert_eq!((then.state, now.state, then.page, now.page), (State::Signed, State::Today, 0, 0));
    assert_eq!(then.png, page.png, "as it was signed");
    let [square] = now.differences[..] else { panic!("{:?}", now.differences) };
    let blue: Vec<_> = dots(now).into_iter().filter(|(.., dot)| *dot == [0, 0, 255]).collect();
    let least = (square.width - 2) * (square.height - 2);
    assert!(
        (least as usize..=(square.width * square.height) as usize).contains(&blue.len()),
        "{square:?} {}",
        blue.len()
    );
    assert!(matches!(view.messages.last(), Some(Message::Compared { differing, .. }) if *differing == [(0, 1)]));
}

/// A page that would take minutes and gigabytes: forms within forms, each drawn ten times by the one before.
fn bomb() -> Vec<u8> {
    let mut out = b"%PDF-1.7\n".to_vec();
    let mut put = |number: usize, body: String| out.extend(format!("{number} 0 obj\n{body}\nendobj\n").into_bytes());
    put(1, "<< /Type /Catalog /Pages 2 0 R >>".into());
    put(2, "<< /Type /Pages /Count 1 /Kids [3 0 R] >>".into());
    let form = |next: usize| format!("/Resources << /XObject << /F {next} 0 R >> >>");
    put(3, format!("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R {} >>", form(5)));
    let ten = "/F Do ".repeat(10);
    put(4, format!("<< /Length {} >>\nstream\n{ten}\nendstream", ten.len()));
    for level in 5..25 {
        let content = if level == 24 { "0 0 500 500 re f 1 0 0 RG 0 0 m 600 800 l S".to_owned() } else { ten.clone() };
        let group = format!("/Group << /S /Transparency /I true >> {}", form(level + 1));
        let head = format!("<< /Type /XObject /Subtype /Form /BBox [0 0 600 800] {group} /Length {} >>", content.len());
        put(level, format!("{head}\nstream\n{content}\nendstream"));
    }
    out.extend(b"trailer\n<< /Size 25 /Root 1 0 R >>\n%%EOF\n");
    out
}

#[test]
fn a_file_that_cannot_be_drawn_has_no_picture_and_harms_nothing() {
    let shown = Demonstration::new();
    let trust = read_trust(&shown.trust()).unwrap();
    let sealed = fs::read(&shown.sealed).unwrap();
    let judged = verify(&sealed, &trust, Clock::System.now());
    let painter = Painter::with(env!("CARGO_BIN_EXE_yinxin").into());
    assert_eq!(views(&painter, &judged, bomb()).len(), 0, "it is stopped");
    assert_eq!(views(&painter, &judged, b"%PDF-1.7 nothing".to_vec()).len(), 0);
    assert_eq!(views(&painter, &judged, sealed.clone()).len(), 1, "and the next one is drawn");
    let gone = Painter::with("/nowhere/yinxin".into());
    assert_eq!(views(&gone, &judged, sealed.clone()).len(), 0, "a program that is not there");
    assert_eq!(views(&Painter::none(), &judged, sealed).len(), 0);
}

/// A server of the demonstration, stopped when dropped.
struct Served(std::process::Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

impl Served {
    fn start(data: &Path) -> Self {
        let mut command = yinxin();
        command.args(["demo", "--data"]).arg(data).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = lines.map_while(Result::ok).find_map(|line| Some(line.strip_prefix("serving ")?.to_owned())).unwrap();
        Self(child, url)
    }

    async fn judge(&self, pdf: Vec<u8>) -> String {
        let part = reqwest::multipart::Part::bytes(pdf).file_name("证照.pdf");
        let form = reqwest::multipart::Form::new().part("file", part);
        let request = reqwest::Client::new().post(format!("{}/verify", self.1)).multipart(form);
        request.header("sec-fetch-site", "same-origin").send().await.unwrap().text().await.unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_shows_the_seal_and_the_change() {
    let shown = Demonstration::new();
    let (sealed, changed) = (fs::read(&shown.sealed).unwrap(), fs::read(changed(&shown)).unwrap());
    let served = Served::start(&shown.data);
    let page = served.judge(sealed).await;
    assert!(page.contains("<section class=\"verdict valid\"") && page.contains("class=\"seal-frame\""), "{page}");
    assert_eq!(page.matches("href=\"data:image/png;base64,").count(), 1);
    let page = served.judge(changed).await;
    assert!(page.contains("<section class=\"verdict invalid\"") && page.contains("第 1 页 · 1 处不同"), "{page}");
    assert_eq!(page.matches("href=\"data:image/png;base64,").count(), 2);
    assert_eq!(page.matches("class=\"difference\"").count(), 2, "on both pictures");
}
