//! Each preparation in a file made by hand, beside an honest file that differs in nothing else.

use super::super::{Document, Limits, Repair};
use super::{Prepared, PreparedCode, Weight};
use crate::pdf::sample;

const TEXT: &str = "BT /F1 12 Tf 100 700 Td (The sum is ten thousand yuan) Tj ET";
const IMAGE: &str = "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8 /Length 1 >>\nstream\nx\nendstream";
const OVER_TEXT: &str = "q 300 0 0 40 90 690 cm /X Do Q";

/// What differs from a page with one line of text. Objects: 1 catalog, 2 pages, 4 page, 5 content, 6 font, 7 and up `more`.
#[derive(Clone, Copy, Default)]
struct Sheet<'s> {
    catalog: &'s str,
    page: &'s str,
    content: &'s [&'s str],
    more: &'s [&'s str],
}

impl Sheet<'_> {
    fn file(&self) -> Vec<u8> {
        let stream = |content: &str| format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len());
        let content = if self.content.is_empty() { TEXT.to_owned() } else { self.content.join(" ") };
        let mut bodies = vec![
            format!("<< /Type /Catalog /Pages 2 0 R {} >>", self.catalog),
            "<< /Type /Pages /Count 1 /MediaBox [0 0 595 842] /Kids [4 0 R] >>".to_owned(),
            "<< /Producer (sample) >>".to_owned(),
            format!(
                "<< /Type /Page /Parent 2 0 R /Contents 5 0 R {} /Resources << /Font << /F1 6 0 R >> /XObject << /X 7 0 R >> \
                 /ExtGState << /G << /ca .5 >> >> /Properties << /L 8 0 R >> >> >>",
                self.page
            ),
            stream(&content),
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
        ];
        // `~` stands before content, to spare the tests its length.
        bodies.extend(self.more.iter().map(|body| match body.split_once(" ~ ") {
            Some((dict, content)) => format!("{dict} /Length {} >>\nstream\n{content}\nendstream", content.len()),
            None => (*body).to_owned(),
        }));
        sample::file(&bodies)
    }

    #[track_caller]
    fn says(&self, codes: &[PreparedCode]) {
        assert_eq!(codes_of(&self.file()), codes.iter().map(|code| code.code()).collect::<Vec<_>>());
    }
}

#[track_caller]
fn prepared(file: &[u8]) -> Vec<Prepared> {
    let document = Document::open(file, &Limits::DEFAULT).unwrap();
    document.prepared(document.revisions().len() - 1)
}

#[track_caller]
fn codes_of(file: &[u8]) -> Vec<&'static str> {
    prepared(file).iter().map(|found| found.code.code()).collect()
}

#[test]
fn a_plain_page_says_nothing() {
    Sheet::default().says(&[]);
    assert_eq!(codes_of(&sample::document(3)), [""; 0]);
}

#[test]
fn an_image_over_text_is_found() {
    let page = |content: &[&str], image: &str| Sheet { content, more: &[image], ..Sheet::default() }.file();
    let over = prepared(&page(&[TEXT, OVER_TEXT], IMAGE));
    assert_eq!(over.len(), 1);
    assert_eq!((over[0].code, over[0].page, over[0].object.unwrap().number), (PreparedCode::ImageOverText, Some(0), 7));
    assert_eq!(over[0].text(), "第1页有一张遮住文字的图片，图片之下另有看不见的文字。");
    assert_eq!(over[0].code.weight(), Weight::Suspicious);
    // By way of a form, in which the image is named otherwise.
    let form = "<< /Type /XObject /Subtype /Form /BBox [0 0 2 2] /Matrix [.5 0 0 .5 0 0] /Resources << /XObject << /Y 8 0 R >> >> \
         ~ q 2 0 0 2 0 0 cm /Y Do Q";
    let by_form = Sheet { content: &[TEXT, OVER_TEXT], more: &[form, IMAGE], ..Sheet::default() };
    by_form.says(&[PreparedCode::ImageOverText]);
    // A scan whose text was recognised.
    let scan = Sheet { content: &[TEXT, "q 595 0 0 842 0 0 cm /X Do Q"], more: &[IMAGE], ..Sheet::default() };
    scan.says(&[PreparedCode::TextUnderScan]);
    let stamped = Sheet { content: &[TEXT, "q 595 0 0 842 0 0 cm /X Do Q", TEXT], more: &[IMAGE], ..Sheet::default() };
    stamped.says(&[PreparedCode::ImageOverText]);
    for (honest, image) in [
        ([OVER_TEXT, TEXT], IMAGE.to_owned()),
        // Beside, too small, half transparent, clipped away, with a mask, recognised text that is not drawn, a single word.
        ([TEXT, "q 300 0 0 40 90 600 cm /X Do Q"], IMAGE.to_owned()),
        ([TEXT, "q 40 0 0 40 90 690 cm /X Do Q"], IMAGE.to_owned()),
        ([TEXT, "q /G gs 300 0 0 40 90 690 cm /X Do Q"], IMAGE.to_owned()),
        ([TEXT, "q 0 0 90 90 re W n 300 0 0 40 90 690 cm /X Do Q"], IMAGE.to_owned()),
        ([TEXT, "q 90 690 m 300 690 l 200 800 l W n 300 0 0 40 90 690 cm /X Do Q"], IMAGE.to_owned()),
        ([TEXT, OVER_TEXT], IMAGE.replace("/Width", "/SMask 7 0 R /Width")),
        ([TEXT, OVER_TEXT], IMAGE.replace("/Width", "/ImageMask true /Width")),
        (["3 Tr BT /F1 12 Tf 100 700 Td (The sum is ten thousand yuan) Tj ET", OVER_TEXT], IMAGE.to_owned()),
        (["BT /F1 12 Tf 100 700 Td (Figure) Tj ET", OVER_TEXT], IMAGE.to_owned()),
    ] {
        assert_eq!(codes_of(&page(&honest, &image)), [""; 0], "{honest:?} {image}");
    }
}

#[test]
fn a_drawing_over_text_is_noted() {
    let rect = "1 0 0 rg 90 690 300 40 re f";
    let aside = "q 9 0 0 9 0 0 cm /X Do Q";
    Sheet { content: &[TEXT, rect, aside], more: &[IMAGE], ..Sheet::default() }.says(&[PreparedCode::DrawingOverText]);
    for honest in
        [[rect, TEXT, aside], [TEXT, "90 690 300 40 re S", aside], [TEXT, "90 690 m 390 690 l 200 740 l f", aside]]
    {
        Sheet { content: &honest, more: &[IMAGE], ..Sheet::default() }.says(&[]);
    }
}

#[test]
fn white_text_on_white_is_noted() {
    let white = "1 g BT /F1 12 Tf 100 700 Td (The sum is ten thousand yuan) Tj ET";
    Sheet { content: &[white], ..Sheet::default() }.says(&[PreparedCode::WhiteText]);
    Sheet { content: &["/Cs cs 1 1 1 scn", &white[4..]], ..Sheet::default() }.says(&[PreparedCode::WhiteText]);
    let black = "1 1 1 1 k BT /F1 12 Tf 100 700 Td (The sum is ten thousand yuan) Tj ET";
    for honest in [["0 0 1 rg 90 690 300 40 re f", white], ["20 w 90 700 m 390 700 l S", white], ["", black]] {
        Sheet { content: &honest, ..Sheet::default() }.says(&[]);
    }
}

#[test]
fn an_annotation_over_text_is_found() {
    let note = "<< /Type /Annot /Subtype /FreeText /F 4 /Rect [90 690 390 730] /AP << /N 8 0 R >> >>";
    let form = |content: &str| format!("<< /Type /XObject /Subtype /Form /BBox [0 0 10 10] ~ {content}");
    let page =
        |note: &str, form: &str| Sheet { page: "/Annots [7 0 R]", more: &[note, form], ..Sheet::default() }.file();
    let filled = form("1 g 0 0 10 10 re f");
    assert_eq!(codes_of(&page(note, &filled)), ["annotation-over-text"]);
    let sheer = form("0 0 10 10 re S");
    for (note, form) in [
        (note, &sheer),
        ("<< /Subtype /FreeText /F 4 /Rect [90 600 390 630] /AP << /N 8 0 R >> >>", &filled),
        ("<< /Subtype /Widget /FT /Sig /V << >> /F 4 /Rect [90 690 390 730] /AP << /N 8 0 R >> >>", &filled),
        ("<< /Subtype /Link /Rect [90 690 390 730] /AP << /N 8 0 R >> >>", &sheer),
    ] {
        assert_eq!(codes_of(&page(note, form)), [""; 0], "{note}");
    }
    // A field that is yet to be signed will look otherwise; a link is drawn by some programs.
    for note in ["/Widget /FT /Sig /F 4", "/Link"] {
        let note = format!("<< /Subtype {note} /Rect [90 690 390 730] /AP << /N 8 0 R >> >>");
        assert_eq!(codes_of(&page(&note, &filled)), ["annotation-over-text"], "{note}");
    }
}

/// A text field with this value, drawn by this content.
fn field(entries: &str, content: &str) -> Vec<&'static str> {
    let widget =
        format!("<< /Type /Annot /Subtype /Widget /F 4 /Rect [90 600 390 630] /AP << /N 8 0 R >> {entries} >>");
    let form = format!(
        "<< /Type /XObject /Subtype /Form /BBox [0 0 300 30] /Resources << /Font << /F1 6 0 R >> >> ~ {content}"
    );
    let catalog = "/AcroForm << /Fields [7 0 R] >>";
    codes_of(&Sheet { catalog, page: "/Annots [7 0 R]", more: &[&widget, &form], ..Sheet::default() }.file())
}

#[test]
fn a_value_other_than_what_is_shown_is_found() {
    let shown = "/Tx BMC BT /F1 12 Tf 2 2 Td (1,000 yuan) Tj ET EMC";
    assert_eq!(field("/FT /Tx /T (a) /V (9,000 yuan)", shown), ["field-value-differs"]);
    assert_eq!(field("/FT /Tx /T (a) /V (1,000 yuan more)", shown), ["field-value-differs"]);
    assert_eq!(field("/FT /Tx /T (a)", shown), ["field-value-differs"]);
    assert_eq!(field("/FT /Tx /T (a) /V (9,000 yuan)", "0 0 1 1 re n"), ["field-value-not-shown"]);
    let choices = "/FT /Ch /Ff 131072 /T (a) /Opt [[(x) (1,000 yuan)] [(y) (9,000 yuan)]]";
    assert_eq!(field(&format!("{choices} /V (y)"), shown), ["field-value-differs"]);
    for honest in [
        "/FT /Tx /T (a) /V (1,000 yuan)",
        "/FT /Tx /T (a) /V (1,000  YUAN)",
        // Longer than the lines that fit; a password; a script that writes numbers its own way.
        "/FT /Tx /T (a) /Ff 4096 /V (1,000 yuan\nand more)",
        "/FT /Tx /T (a) /Ff 8192 /V (secret)",
        "/FT /Tx /T (a) /V (1000.00) /AA << /F << /S /GoTo >> >>",
        &format!("{choices} /V (x)"),
        // What a part of a field says beside the field does not count.
        "/Parent << /FT /Tx /T (a) /V (1,000 yuan) >> /V (9,000 yuan)",
    ] {
        assert_eq!(field(honest, shown), [""; 0], "{honest}");
    }
    // Letters of a font that does not tell them.
    assert_eq!(field("/FT /Tx /T (a) /V (9)", "BT /F1 12 Tf (\\201) Tj ET"), [""; 0]);
    assert_eq!(field("/FT /Tx /T (a) /V (9)", "BT /F9 12 Tf (1) Tj ET"), [""; 0]);
}

#[test]
fn a_box_drawn_in_another_state_is_found() {
    let states = "/AP << /N << /Yes 8 0 R /Off 8 0 R >> >>";
    let page = |entries: &str| {
        let widget = format!("<< /Subtype /Widget /FT /Btn /F 4 /Rect [9 9 19 19] {states} {entries} >>");
        let form = "<< /Subtype /Form /BBox [0 0 9 9] ~ 0 0 9 9 re S";
        codes_of(&Sheet { page: "/Annots [7 0 R]", more: &[&widget, form], ..Sheet::default() }.file())
    };
    assert_eq!(page("/V /Yes /AS /Off"), ["field-state-differs"]);
    assert_eq!(page("/V /Off /AS /Yes"), ["field-state-differs"]);
    for honest in
        ["/V /Yes /AS /Yes", "/V /Off /AS /Off", "/AS /Off", "/V /Other /AS /Off", "/Ff 65536 /V /Yes /AS /Off"]
    {
        assert_eq!(page(honest), [""; 0], "{honest}");
    }
}

#[test]
fn what_nothing_uses_is_found() {
    let more =
        |more: &[&str]| codes_of(&Sheet { more: &[&[IMAGE, "<< >>"], more].concat(), ..Sheet::default() }.file());
    let page = "<< /Type /Page /Parent 10 0 R /Contents 5 0 R >>";
    let pages = "<< /Type /Pages /Count 1 /Kids [9 0 R] >>";
    assert_eq!(more(&[page]), ["unused-page"]);
    assert_eq!(more(&[page, pages, "<< /Type /Catalog /Pages 10 0 R >>"]), ["unused-page", "unused-catalog"]);
    assert_eq!(more(&["<< /Subtype /Form /BBox [0 0 595 842] ~ 0 0 9 9 re f"]), ["unused-content"]);
    let texts = "<< ~ BT /F1 9 Tf (a) Tj (b) Tj (c) Tj ET";
    assert_eq!(more(&[texts]), ["unused-content"]);
    assert_eq!(more(&["<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"]), ["unused-font"]);
    for honest in [
        "<< /Type /Page /Parent 2 0 R >>",
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Subtype /Form /BBox [0 0 99 99] ~ 0 0 9 9 re f",
        "<< ~ q 0 0 9 9 re f Q",
        "<< /Linearized 1 >>",
    ] {
        assert_eq!(more(&[honest]), [""; 0], "{honest}");
    }
}

#[test]
fn what_an_earlier_revision_used_is_history() {
    let file = Sheet::default().file();
    let new_page = "<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>";
    let tree = "<< /Type /Pages /Count 1 /MediaBox [0 0 595 842] /Kids [20 0 R] >>";
    assert_eq!(codes_of(&sample::append(&file, &[(2, tree), (20, new_page)])), [""; 0]);
    let later = sample::append(&file, &[(20, new_page)]);
    assert_eq!(codes_of(&later), ["unused-page"]);
    let document = Document::open(&later, &Limits::DEFAULT).unwrap();
    assert_eq!(document.prepared(0), [], "what follows a revision is not in it");
}

#[test]
fn what_nothing_lists_is_found() {
    let file = Sheet::default().file();
    let with = |object: &str| {
        // Between two revisions, where the second goes on from what stands there.
        sample::append(&[&file[..], b"\n", object.as_bytes()].concat(), &[(3, "<< >>")])
    };
    let page = with("5 0 obj\n<< /Type /Page /Parent 2 0 R /Contents 5 0 R >>\nendobj\n");
    assert_eq!(codes_of(&page), ["unlisted-page"]);
    assert_eq!(codes_of(&with("9 0 obj\n<< /A 1 >>\nendobj\n")), ["unlisted-object"]);
    assert_eq!(codes_of(&with("% 9 0 objects of desire\n")), [""; 0]);
    assert_eq!(codes_of(&with("")), [""; 0]);
}

#[test]
fn an_object_stream_holds_no_more_than_is_listed() {
    let packed = "7 0 8 6 << >> << /Type /Page /Contents 5 0 R >>";
    let stream = format!("<< /Type /ObjStm /N 2 /First 8 ~ {packed}");
    let file = Sheet { more: &["<< >>", "<< >>", &stream], ..Sheet::default() }.file();
    assert_eq!(codes_of(&file), ["unlisted-object", "unlisted-page"]);
}

/// What a catalog with these entries says, beside the objects.
fn catalog(catalog: &str, more: &[&str]) -> Vec<&'static str> {
    codes_of(&Sheet { catalog, content: &["/OC /L BDC", TEXT, "EMC"], more, ..Sheet::default() }.file())
}

#[test]
fn layers_that_are_not_always_shown_are_found() {
    let layers = |defaults: &str, group: &str| {
        let properties = format!("/OCProperties << /OCGs [8 0 R] /D << {defaults} >> >>");
        catalog(&properties, &[IMAGE, &format!("<< /Type /OCG /Name (a) {group} >>")])
    };
    let automatic =
        |event: &str, category: &str| format!("/AS [<< /Event /{event} /Category [/{category}] /OCGs [8 0 R] >>]");
    let print = "/Usage << /Print << /PrintState /OFF >> /View << /ViewState /ON >> >>";
    assert_eq!(layers(&automatic("Print", "Print"), print), ["print-layer"]);
    assert_eq!(layers(&format!("/OFF [8 0 R] {}", automatic("View", "View")), print), ["print-layer"]);
    assert_eq!(layers(&automatic("View", "Zoom"), "/Usage << /Zoom << /min 2 >> >>"), ["viewer-layer"]);
    assert_eq!(layers("/OFF [8 0 R]", ""), ["hidden-layer"]);
    assert_eq!(layers("/BaseState /OFF", ""), ["hidden-layer"]);
    // Always shown; usage that nothing applies; states that agree.
    assert_eq!(layers("/ON [8 0 R]", ""), [""; 0]);
    assert_eq!(layers("", print), [""; 0]);
    assert_eq!(layers(&automatic("Print", "Print"), &print.replace("OFF", "ON")), [""; 0]);
    // A layer on which nothing lies.
    let unused = Sheet {
        catalog: "/OCProperties << /OCGs [9 0 R] /D << /OFF [9 0 R] >> >>",
        more: &[IMAGE, "<< >>", "<< /Type /OCG >>"],
        ..Sheet::default()
    };
    unused.says(&[]);
}

#[test]
fn what_runs_by_itself_is_found() {
    let action = |action: &str| catalog(&format!("/OpenAction << {action} >>"), &[]);
    assert_eq!(action("/S /JavaScript /JS (this.getField\\('a'\\).value = 1)"), ["automatic-script", "script"]);
    assert_eq!(action("/S /Launch /F (a.exe)"), ["automatic-action", "action"]);
    assert_eq!(action("/S /GoTo /D [4 0 R /Fit] /Next << /S /Hide /T (a) >>"), ["automatic-action", "action"]);
    assert_eq!(action("/S /GoTo /D [4 0 R /Fit]"), [""; 0]);
    assert_eq!(action("/S /JavaScript /JS (this.print\\(true\\);)"), ["script"]);
    assert_eq!(action("/S /JavaScript /JS (print\\(function\\(\\) { x }\\);)"), ["automatic-script", "script"]);
    let names = "/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>";
    assert_eq!(catalog(names, &[]), ["automatic-script", "script"]);
    assert_eq!(catalog("/AcroForm << /Fields [] /XFA [] >>", &[]), ["xfa-form"]);
    assert_eq!(catalog("/AcroForm << /Fields [] /NeedAppearances true >>", &[]), ["fields-regenerated"]);
    let opened = Sheet { page: "/AA << /O << /S /JavaScript /JS (x) >> >>", ..Sheet::default() };
    opened.says(&[PreparedCode::Script, PreparedCode::AutomaticScript]);
    let clicked = "/Annots [<< /Subtype /Link /Rect [0 0 9 9] /A << /S /SubmitForm /F (x) >> >>]";
    Sheet { page: clicked, ..Sheet::default() }.says(&[PreparedCode::Action]);
}

#[test]
fn content_from_elsewhere_is_found() {
    let with =
        |image: &str| codes_of(&Sheet { content: &[OVER_TEXT, TEXT], more: &[image], ..Sheet::default() }.file());
    assert_eq!(with(&IMAGE.replace("/Width", "/F (other.jpg) /Width")), ["external-content"]);
    assert_eq!(with(&IMAGE.replace("/Width", "/Alternates [] /Width")), ["alternate-image"]);
    let form = "<< /Subtype /Form /BBox [0 0 1 1] /Ref << /F (other.pdf) /Page 0 >> ~ 0 0 1 1 re f";
    assert_eq!(with(form), ["external-content"]);
    assert_eq!(with("<< /Type /FontDescriptor /FontName /SimSun >>"), ["unembedded-font"]);
    assert_eq!(with("<< /Type /FontDescriptor /FontName /Helvetica-Bold >>"), [""; 0]);
}

#[test]
fn annotations_that_come_and_go_are_found() {
    let with = |flags: u32, kind: &str| {
        let note = format!("<< /Subtype {kind} /F {flags} /Rect [90 500 190 530] /AP << /N 8 0 R >> >>");
        let form = "<< /Subtype /Form /BBox [0 0 9 9] ~ 0 0 9 9 re S";
        codes_of(&Sheet { page: "/Annots [7 0 R]", more: &[&note, form], ..Sheet::default() }.file())
    };
    assert_eq!(with(4 + 32, "/Stamp"), ["print-only-annotation"]);
    assert_eq!(with(4 + 256, "/Stamp"), ["print-only-annotation"]);
    assert_eq!(with(0, "/Stamp"), ["screen-only-annotation"]);
    assert_eq!(with(2, "/Stamp"), ["hidden-annotation"]);
    for (flags, kind) in [(4, "/Stamp"), (0, "/Text"), (0, "/Link"), (2, "/Widget"), (36, "/Widget /FT /Sig")] {
        assert_eq!(with(flags, kind), [""; 0], "{kind}");
    }
}

#[test]
fn hostile_content_ends() {
    let itself = "<< /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /X 7 0 R >> >> ~ /X Do /X Do /X Do";
    Sheet { content: &["/X Do"], more: &[itself, IMAGE], ..Sheet::default() }.says(&[]);
    let deep = "q ".repeat(100_000);
    Sheet { content: &[TEXT, &deep, OVER_TEXT], more: &[IMAGE], ..Sheet::default() }.says(&[]);
    let many = [TEXT.repeat(3000), OVER_TEXT.repeat(3000)];
    let many = Sheet { content: &[&many[0], &many[1]], more: &[IMAGE], ..Sheet::default() };
    assert_eq!(codes_of(&many.file()), ["image-over-text"]);
    let ring = "<< /S /GoTo /Next 7 0 R >>";
    // What is cut off may do anything.
    assert_eq!(catalog("/OpenAction 7 0 R", &[ring]), ["automatic-script"]);
}

#[test]
fn disorder_never_panics() {
    let form = "<< /Subtype /Form /BBox [0 0 10 10] ~ BT /F1 9 Tf (a) Tj ET BI /W 1 ID x EI 0 0 1 1 re W* f* Q";
    let sheet = Sheet {
        catalog: "/OCProperties << /OCGs [8 0 R] /D << /AS [<< /Event /Print >>] >> >> /AcroForm << /Fields [9 0 R] >>",
        page: "/Annots [9 0 R]",
        content: &[TEXT, OVER_TEXT],
        more: &[
            form,
            "<< /Type /OCG >>",
            "<< /Subtype /Widget /FT /Tx /V (a) /F 4 /Rect [0 0 99 99] /AP << /N 7 0 R >> >>",
        ],
    };
    let (file, mut disorder) = (sheet.file(), sample::Disorder(7));
    for _ in 0..3000 {
        let mut file = file.clone();
        for _ in 0..1 + disorder.below(4) {
            let at = disorder.below(file.len());
            file[at] = b" 0179-.</>()[]QqTDjoe~"[disorder.below(22)];
        }
        let Ok(document) = Document::open(&file, &Limits::DEFAULT) else { continue };
        let _ = document.prepared(0);
    }
}

#[test]
fn one_object_nested_too_deep_hides_nothing() {
    let deep = "[".repeat(100) + &"]".repeat(100);
    let sheet =
        |page| Sheet { page, content: &[TEXT, OVER_TEXT], more: &[IMAGE, "<< >>", &deep], ..Sheet::default() }.file();
    assert_eq!(codes_of(&sheet("")), ["image-over-text"]);
    let repairs = |file: &[u8]| {
        let document = Document::open(file, &Limits::DEFAULT).unwrap();
        document.prepared(0);
        document.repairs()
    };
    assert_eq!(repairs(&sheet("")), []);
    // One that is used is another matter: who knows what others make of it.
    assert_eq!(repairs(&sheet("/Piece 9 0 R")), [Repair::Unreadable]);
}

#[test]
fn content_that_is_not_followed_is_told() {
    let endless = "q Q ".repeat(300_000);
    let sheet = Sheet { content: &[TEXT, &endless, OVER_TEXT], more: &[IMAGE], ..Sheet::default() };
    sheet.says(&[PreparedCode::NotFollowed]);
    // All signatures together have some searches' worth.
    let file = Sheet { content: &[TEXT, &"q Q ".repeat(240_000)], ..Sheet::default() }.file();
    let document = Document::open(&file, &Limits::DEFAULT).unwrap();
    let found: Vec<bool> = (0..6).map(|_| document.prepared(0).is_empty()).collect();
    assert_eq!(found, [true, true, true, true, false, false]);
}

#[test]
fn limits_are_told() {
    let file = Sheet::default().file();
    let document = Document::open(&file, &Limits { parsed: 600, ..Limits::DEFAULT }).unwrap();
    assert_eq!(document.prepared(0).iter().map(|found| found.code).collect::<Vec<_>>(), [PreparedCode::NotSearched]);
    assert_eq!(PreparedCode::NotSearched.weight(), Weight::Suspicious);
}
