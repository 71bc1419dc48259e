//! Small files by hand, whose pictures can be counted out.

use super::views::{Ask, Message, State, answer, read};
use super::*;

/// A file of `count` pages (200 x 100 points, with `more` in their dictionaries), all painted by `content`.
fn file(content: &str, more: &str, count: usize) -> Vec<u8> {
    let kids: String = (5..5 + count).map(|number| format!("{number} 0 R ")).collect();
    let mut bodies = vec![
        (1, "<< /Type /Catalog /Pages 2 0 R >>".to_owned()),
        (2, format!("<< /Type /Pages /Count {count} /Kids [{kids}] /MediaBox [0 0 200 100] >>")),
        (4, stream(content)),
    ];
    let page = format!("<< /Type /Page /Parent 2 0 R /Contents 4 0 R {more} >>");
    bodies.extend((5..5 + count).map(|number| (number, page.clone())));
    let mut out = b"%PDF-1.7\n".to_vec();
    let objects: Vec<(usize, &str)> = bodies.iter().map(|(number, body)| (*number, body.as_str())).collect();
    revise(&mut out, &objects, "");
    out
}

fn stream(content: &str) -> String {
    format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len())
}

/// Appends objects and a table of them.
fn revise(out: &mut Vec<u8>, objects: &[(usize, &str)], trailer: &str) {
    let mut table = String::new();
    for (number, body) in objects {
        table += &format!("{number} 1\n{:010} 00000 n \n", out.len());
        out.extend_from_slice(format!("{number} 0 obj\n{body}\nendobj\n").as_bytes());
    }
    let start = out.len();
    let end = format!(
        "xref\n0 1\n0000000000 65535 f \n{table}trailer\n<< /Size 9 /Root 1 0 R {trailer} >>\nstartxref\n{start}\n%%EOF\n"
    );
    out.extend_from_slice(end.as_bytes());
}

/// The same file with another page content appended.
fn revised(file: &[u8], content: &str) -> Vec<u8> {
    let text = String::from_utf8_lossy(file);
    let previous = text.rsplit("startxref\n").next().unwrap().lines().next().unwrap();
    let mut out = file.to_vec();
    revise(&mut out, &[(4, &stream(content))], &format!("/Prev {previous}"));
    out
}

const SQUARE: &str = "0 g 30 20 50 40 re f";

#[test]
fn a_rectangle_of_the_page_is_found_in_the_picture_however_the_page_is_turned() {
    for more in [
        "",
        "/Rotate 90",
        "/Rotate 180",
        "/Rotate 270",
        "/CropBox [10 10 150 90]",
        "/Rotate 90 /CropBox [10 10 150 90]",
    ] {
        let drawn = Pictures::open(file(SQUARE, more, 1)).unwrap().draw(0, 72, 1000).unwrap();
        let rect = drawn.place([30.0, 20.0, 80.0, 60.0]).unwrap();
        assert_eq!(drawn.place([80.0, 60.0, 30.0, 20.0]), Some(rect), "corners in any order");
        for y in 0..drawn.pixels.height() {
            for (x, dot) in (0..).zip(drawn.pixels.row(y)) {
                let inside = (rect.x..rect.x + rect.width).contains(&x) && (rect.y..rect.y + rect.height).contains(&y);
                assert_eq!(*dot, if inside { [0, 0, 0, 255] } else { [255; 4] }, "{more}: {x} {y} {rect:?}");
            }
        }
        assert_eq!(drawn.place([300.0, 300.0, 400.0, 400.0]), None, "off the page");
        assert_eq!(drawn.place([40.5, 30.5, 40.5, 60.0]), None, "a line");
        assert_eq!(drawn.place([f64::NAN, 0.0, 1.0, f64::INFINITY]), None);
    }
}

#[test]
fn large_pages_become_small_pictures() {
    let wide = Pictures::open(file(SQUARE, "/MediaBox [0 0 14400 7200]", 1)).unwrap().draw(0, 110, 1600).unwrap();
    assert_eq!((wide.pixels.width(), wide.pixels.height()), (1600, 800));
    let thin = Pictures::open(file(SQUARE, "/MediaBox [0 0 14400 2]", 1)).unwrap();
    assert!(matches!(thin.draw(0, 110, 1600), Err(PictureError::Size)));
    assert!(matches!(thin.draw(1, 110, 1600), Err(PictureError::NoSuchPage { pages: 1 })));
    let png = wide.pixels.png().unwrap();
    let read = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    assert_eq!((read.info().width, read.info().height), (1600, 800));
}

/// What is drawn of a file, with the sizes of the messages told apart.
fn drawn(asks: &[Ask], pdf: Vec<u8>) -> Vec<u8> {
    let mut out = Vec::new();
    answer(asks, pdf, &mut out).unwrap();
    out
}

#[test]
fn what_was_added_later_is_shown_beside_the_page_as_signed() {
    let signed = file(SQUARE, "", 3);
    let end = signed.len();
    let today = revised(&signed, &format!("{SQUARE} 120 70 8 8 re f"));
    let asks = [Ask { end, page: 1, frames: vec![[30.0, 20.0, 80.0, 60.0], [900.0, 0.0, 901.0, 1.0]] }];
    let messages = read(&drawn(&asks, today));
    let told = |message: &Message| match message {
        Message::Picture(p) => Some((p.state, p.page, p.differences.len(), p.frames.len())),
        Message::Compared { .. } => None,
    };
    let pictures: Vec<_> = messages.iter().filter_map(told).collect();
    let (s, t) = (State::Signed, State::Today);
    // All three pages are painted by the same stream: that of the seal comes first.
    assert_eq!(pictures, [(s, 1, 0, 2), (t, 1, 1, 0), (s, 0, 1, 0), (t, 0, 1, 0), (s, 2, 1, 0), (t, 2, 1, 0)]);
    let Message::Picture(first) = &messages[0] else { panic!() };
    assert!(first.frames[0].is_some() && first.frames[1].is_none());
    let Message::Picture(beside) = &messages[1] else { panic!() };
    // 120 points from the left and 22 from the top, at 110 dpi.
    let [found] = beside.differences[..] else { panic!("{:?}", beside.differences) };
    let scale = 110.0 / 72.0;
    for (dots, points) in [(found.x, 120.0), (found.y, 22.0), (found.width, 8.0), (found.height, 8.0)] {
        assert!((f64::from(dots) - points * scale).abs() <= 2.0, "{found:?}");
    }
    let differing = vec![(1, 1), (0, 1), (2, 1)];
    assert_eq!(messages[6], Message::Compared { ask: 0, signed_pages: 3, today_pages: 3, differing });
}

#[test]
fn a_file_that_ends_with_its_signature_is_compared_with_nothing() {
    let signed = file(SQUARE, "", 2);
    let asks = [Ask { end: signed.len(), page: 0, frames: vec![] }];
    let messages = read(&drawn(&asks, signed));
    assert!(matches!(messages[..], [Message::Picture(_), Message::Compared { signed_pages: 2, today_pages: 2, .. }]));
}

#[test]
fn what_cannot_be_drawn_is_left_out() {
    let signed = file(SQUARE, "", 1);
    let end = signed.len();
    let ask = |end, page| Ask { end, page, frames: vec![] };
    assert_eq!(read(&drawn(&[ask(end, 7), ask(3, 0)], signed.clone())), []);
    assert_eq!(read(&drawn(&[ask(end, 0)], b"not a PDF at all".to_vec())), []);
    let many = vec![ask(end, 0); 20];
    assert_eq!(read(&drawn(&many, signed)).len(), 2 * views::MOST_ASKS);
}

#[test]
fn messages_are_read_as_far_as_they_came() {
    let signed = file(SQUARE, "", 1);
    let bytes = drawn(&[Ask { end: signed.len(), page: 0, frames: vec![] }], signed);
    let counts: Vec<usize> = (0..=bytes.len()).map(|length| read(&bytes[..length]).len()).collect();
    assert!(counts.is_sorted() && counts.last() == Some(&2), "{counts:?}");
    assert_eq!(read(&[0xff; 64]), []);
    let mut huge = 9_u32.to_le_bytes().to_vec();
    huge.extend(u32::MAX.to_le_bytes());
    assert_eq!(read(&huge), []);
}
