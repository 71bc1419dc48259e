//! Templates, checks and pages together, against the hall's cases, poppler, qpdf and PDFBox.

use std::collections::BTreeSet;
use std::process::Command;
use std::sync::{Arc, LazyLock};

use serde_json::{Map, Value, json};
use yinxin::compose::{
    Checked, ComposeError, Composed, Composer, Facts, FieldKind, Files, Fonts, PageCount, Problem, Signer, Template,
    Templates, codes,
};

use crate::tools;

mod faces;
mod preflight;

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| Templates::builtin().unwrap());
static COMPOSER: LazyLock<Composer> = LazyLock::new(|| Composer::new(Arc::new(Fonts::load(vec![]).unwrap())));

/// What the hall issues: an item's certificate or a joint matter's document.
struct Issued {
    /// The item's code or the joint matter's name.
    key: String,
    certificate: String,
    signers: Vec<String>,
    fields: BTreeSet<String>,
}

static ITEMS: LazyLock<Vec<Issued>> = LazyLock::new(|| {
    let hall: toml::Value = toml::from_str(include_str!("../data/hall.toml")).unwrap();
    let list = |key: &str| hall[key].as_array().unwrap().clone();
    let text = |value: &toml::Value| value.as_str().unwrap().to_owned();
    let texts = |value: &toml::Value| value.as_array().unwrap().iter().map(text).collect();
    let department = |key: &toml::Value| text(&list("department").iter().find(|d| &d["key"] == key).unwrap()["name"]);
    let items = list("item").into_iter().map(|item| Issued {
        key: text(&item["code"]),
        certificate: text(&item["certificate"]),
        signers: vec![department(&item["department"])],
        fields: texts(&item["fields"]),
    });
    let joint = list("joint").into_iter().map(|joint| Issued {
        key: text(&joint["name"]),
        certificate: text(&joint["joint_document"]),
        signers: joint["signers"].as_array().unwrap().iter().map(department).collect(),
        fields: texts(&joint["fields"]),
    });
    items.chain(joint).collect()
});

#[derive(Clone)]
struct Case {
    id: String,
    expect: String,
    refused: BTreeSet<String>,
    template: Arc<Template>,
    facts: Facts,
    data: Map<String, Value>,
}

fn cases() -> Vec<Case> {
    let read = |line: &str| {
        let case: Value = serde_json::from_str(line).unwrap();
        let key = case["item"].as_str().or(case["joint"].as_str()).unwrap();
        let issued = ITEMS.iter().find(|issued| issued.key == key).unwrap();
        // A missing template fails the test below, once.
        let template = TEMPLATES.named(&issued.certificate)?.clone();
        Some(Case {
            id: case["case"].as_str().unwrap().to_owned(),
            expect: case["expect"].as_str().unwrap().to_owned(),
            refused: case["expect_refusal"]
                .as_array()
                .into_iter()
                .flatten()
                .map(|f| f.as_str().unwrap().to_owned())
                .collect(),
            facts: facts(&template, &issued.signers),
            data: case["data"].as_object().unwrap().clone(),
            template,
        })
    };
    include_str!("../data/cases.jsonl").lines().filter_map(read).collect()
}

fn facts(template: &Template, names: &[String]) -> Facts {
    let signers =
        template.seals.iter().zip(names).map(|(seal, name)| Signer { seal: seal.clone(), name: name.clone() });
    Facts {
        number: "JY12202010000010".into(),
        item: "食品经营许可证核发".into(),
        signers: signers.collect(),
        qr_text: "https://hall.example/v/0193b1c2d3e4f5a6b7c8d9e0f1a2b3c4".into(),
        made_at: "2026-11-20T02:00:00Z".parse().unwrap(),
        annotation: None,
    }
}

/// A case for every template: one of the hall's, or for a document that no item issues plain values.
fn a_case_for_every_template() -> Vec<Case> {
    let plain = |template: &Arc<Template>| {
        let value = |field: &yinxin::compose::Field| match &field.kind {
            FieldKind::Date if template.order.iter().any(|(_, then)| *then == field.name) => json!("2027-11-19"),
            FieldKind::Date => json!("2026-11-20"),
            FieldKind::Enum(values) => json!(values[0]),
            FieldKind::Text | FieldKind::Paragraph => json!("行政审批办公室"),
            FieldKind::Uscc => json!("91220201MA1XY0004T"),
            FieldKind::Blocks => json!([{ "h": "一、总体情况" }, { "p": "一切正常。" }]),
            other => panic!("{}: no plain value for {other:?}", template.slug),
        };
        Case {
            id: template.slug.clone(),
            expect: "issue".into(),
            refused: BTreeSet::new(),
            facts: facts(template, &["吉林市市场监督管理局经济技术开发区分局".to_owned()]),
            data: template.fields.iter().map(|field| (field.name.clone(), value(field))).collect(),
            template: template.clone(),
        }
    };
    let cases: Vec<Case> = cases().into_iter().filter(|case| case.expect == "issue").collect();
    let of = |template: &Arc<Template>| cases.iter().find(|case| Arc::ptr_eq(&case.template, template)).cloned();
    TEMPLATES.iter().map(|template| of(template).unwrap_or_else(|| plain(template))).collect()
}

fn case(id: &str) -> Case {
    cases().into_iter().find(|case| case.id.ends_with(id)).unwrap()
}

impl Case {
    fn check(&self, composer: &Composer) -> Result<Checked, Vec<Problem>> {
        match composer.check(&self.template, &self.data, &self.facts) {
            Ok(checked) => Ok(checked),
            Err(ComposeError::Refused(problems)) => Err(problems),
            Err(failure) => panic!("{}: {failure}", self.id),
        }
    }

    fn compose(&self, composer: &Composer) -> Composed {
        let checked = self.check(composer).unwrap_or_else(|problems| panic!("{}: {problems:?}", self.id));
        composer.compose(&checked, &self.facts).unwrap_or_else(|failure| panic!("{}: {failure}", self.id))
    }
}

/// Runs a program on `pdf` in a file of its own; what it prints.
fn run(pdf: &[u8], program: &str, arguments: &[&str]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), pdf).unwrap();
    let path = file.path().to_str().unwrap();
    let arguments = arguments.iter().map(|argument| if *argument == "FILE" { path } else { argument });
    tools::run(Command::new(program).args(arguments))
}

/// The text as poppler reads it, in the order of the page's content, without white space and page numbers.
fn text_of(pdf: &[u8]) -> String {
    let text = run(pdf, "pdftotext", &["-raw", "FILE", "-"]);
    let pages = text.split('\u{c}').map(squeeze).enumerate();
    pages.map(|(index, page)| page.trim_end_matches(&format!("—{}—", index + 1)).to_owned()).collect()
}

fn squeeze(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// Every string of the data, with dates as the certificate shows them.
fn strings(case: &Case) -> Vec<String> {
    fn collect(value: &Value, out: &mut Vec<String>) {
        match value {
            Value::String(text) => out.push(text.clone()),
            Value::Array(values) => values.iter().for_each(|value| collect(value, out)),
            Value::Object(values) => values.values().for_each(|value| collect(value, out)),
            _ => {}
        }
    }
    let shown = |text: &str| {
        let mut parts = text.split('-').map(|part| part.trim_start_matches('0'));
        format!("{}年{}月{}日", parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap())
    };
    let mut out = Vec::new();
    for (name, value) in &case.data {
        match (&case.template.field(name).unwrap().kind, value) {
            (FieldKind::Date, Value::String(text)) => out.push(shown(text)),
            (FieldKind::Period | FieldKind::Month, _) => {}
            _ => collect(value, &mut out),
        }
    }
    out
}

#[test]
fn every_template_takes_exactly_the_fields_of_its_item() {
    for issued in ITEMS.iter() {
        let name = &issued.certificate;
        let template = TEMPLATES.named(name).unwrap_or_else(|| panic!("no template {name}"));
        let own: BTreeSet<_> = template.fields.iter().map(|field| field.name.clone()).collect();
        assert_eq!(own, issued.fields, "{name}");
        assert_eq!(template.seals.len(), issued.signers.len(), "{name}");
    }
    assert!(TEMPLATES.iter().all(|template| !template.source.is_empty()));
}

#[test]
fn cases_are_refused_for_exactly_the_fields_they_should_be_and_issued_otherwise() {
    for case in cases() {
        let refused: BTreeSet<String> = match case.check(&COMPOSER) {
            Ok(_) => BTreeSet::new(),
            Err(problems) => problems.into_iter().map(|problem| problem.field).collect(),
        };
        assert_eq!(refused, case.refused, "{} ({})", case.id, case.expect);
    }
}

#[test]
fn certificates_hold_every_character_of_their_data_and_one_anchor_a_seal() {
    for case in cases().into_iter().filter(|case| case.expect == "issue") {
        let composed = case.compose(&COMPOSER);
        let text = text_of(&composed.pdf);
        for value in strings(&case) {
            assert!(text.contains(&squeeze(&value)), "{}: {value:?} is not in\n{text}", case.id);
        }
        for value in [&case.facts.number].into_iter().chain(case.facts.signers.iter().map(|signer| &signer.name)) {
            assert!(text.contains(value.as_str()), "{}: {value} is not in\n{text}", case.id);
        }
        assert_eq!(composed.anchors.len(), case.facts.signers.len(), "{}", case.id);
        for (anchor, seal) in composed.anchors.iter().zip(&case.template.seals) {
            assert_eq!(&anchor.signer, seal);
            assert_eq!(anchor.page, composed.pages - 1, "{}: the seal is on the last page", case.id);
        }
        assert!(composed.pages == 1 || case.template.pages == PageCount::Many, "{}: {} pages", case.id, composed.pages);
    }
}

#[test]
fn anchors_are_where_poppler_sees_the_date_and_the_name() {
    for case in cases().into_iter().filter(|case| case.expect == "issue") {
        let composed = case.compose(&COMPOSER);
        for (anchor, signer) in composed.anchors.iter().zip(&case.facts.signers) {
            let page = (anchor.page + 1).to_string();
            let boxes = run(&composed.pdf, "pdftotext", &["-bbox", "-f", &page, "-l", &page, "FILE", "-"]);
            let words: Vec<_> = words(&boxes).into_iter().collect();
            // The lowest words that are the issuer's name (or the head of it, where it wraps) and the date.
            let near = |x: f64, y: f64, text: &dyn Fn(&str) -> bool| {
                words.iter().any(|word| {
                    text(&word.text) && (word.middle_x() - x).abs() < 1.0 && (word.middle_y() - y).abs() < 1.5
                })
            };
            let dated = (anchor.date_y_mm - anchor.issuer_y_mm).abs() > 0.1;
            let date = |text: &str| text.starts_with("2026年") && text.ends_with('日');
            assert!(!dated || near(anchor.x_mm, anchor.date_y_mm, &date), "{}: {anchor:?}", case.id);
            let name = |text: &str| signer.name == text;
            let whole =
                words.iter().any(|word| word.text == signer.name && word.middle_y() > anchor.issuer_y_mm - 10.0);
            assert!(!whole || near(anchor.x_mm, anchor.issuer_y_mm, &name), "{}: {anchor:?}", case.id);
        }
    }
}

struct Word {
    text: String,
    /// Left, top, right, bottom in millimetres.
    sides: [f64; 4],
}

impl Word {
    fn middle_x(&self) -> f64 {
        (self.sides[0] + self.sides[2]) / 2.0
    }

    fn middle_y(&self) -> f64 {
        (self.sides[1] + self.sides[3]) / 2.0
    }

    fn core(&self) -> [f64; 4] {
        let [left, top, right, bottom] = self.sides;
        [left, top + (bottom - top) * 0.35, right, bottom - (bottom - top) * 0.35]
    }
}

/// The words of `pdftotext -bbox`.
fn words(boxes: &str) -> Vec<Word> {
    let number = |line: &str, key: &str| -> f64 {
        let rest = &line[line.find(key).unwrap() + key.len() + 2..];
        rest[..rest.find('"').unwrap()].parse::<f64>().unwrap() * 25.4 / 72.0
    };
    let lines = boxes.lines().filter(|line| line.contains("<word "));
    lines
        .map(|line| Word {
            text: line[line.find('>').unwrap() + 1..line.rfind('<').unwrap()].to_owned(),
            sides: ["xMin", "yMin", "xMax", "yMax"].map(|key| number(line, key)),
        })
        .collect()
}

#[test]
fn data_is_never_read_as_markup() {
    let injected =
        "#set page(fill: red) $x$ *a* _b_ `c` @d <e> = f -- --- ... ' \" \\u{41} \\ // /* #panic() [g] ~ -? 1/2 (c) ->";
    for mut case in a_case_for_every_template() {
        let template = case.template.clone();
        let names: Vec<_> = template.fields.iter().map(|field| (field.name.clone(), field.kind.clone())).collect();
        for (name, kind) in names {
            let value = match kind {
                FieldKind::Text | FieldKind::Paragraph if template.field(&name).unwrap().max >= injected.len() => {
                    json!(injected)
                }
                FieldKind::Blocks => {
                    json!([{ "h": injected }, { "p": injected }, { "table": [[injected, "甲"], ["乙", injected]] }])
                }
                _ => continue,
            };
            case.data.insert(name, value);
        }
        let composed = match case.check(&COMPOSER) {
            Ok(_) => case.compose(&COMPOSER),
            // Where it is too long for its place it is refused for that alone.
            Err(problems) => {
                assert!(
                    problems.iter().all(|problem| problem.code == codes::DOES_NOT_FIT),
                    "{}: {problems:?}",
                    template.slug
                );
                continue;
            }
        };
        assert!(text_of(&composed.pdf).contains(&squeeze(injected)), "{}", template.slug);
    }
}

#[test]
fn forbidden_and_undrawable_characters_are_named_with_their_field() {
    let mut case = case("000001");
    let extra = [
        ("住所", "路\u{202E}7\u{200B}"),
        ("经营场所", "𮢸\u{E001}\u{2EBE0}"),
        ("经营者名称", "\u{3000}\u{200B} "),
        ("多出来的", "1"),
    ];
    extra.iter().for_each(|(field, value)| drop(case.data.insert((*field).into(), json!(value))));
    case.data.insert("经营项目".into(), json!(7));
    case.data.insert("主体业态".into(), json!("食堂"));
    case.data.insert("法定代表人（负责人）".into(), json!("王".repeat(61)));
    let problems = case.check(&COMPOSER).err().unwrap();
    let of = |field: &str, code: &str| {
        problems
            .iter()
            .find(|p| p.field == field && p.code == code)
            .unwrap_or_else(|| panic!("{field} {code}: {problems:?}"))
    };
    let address = &of("住所", codes::FORBIDDEN_CHARACTER).text;
    assert!(address.contains("U+202E") && address.contains("U+200B"), "{address}");
    assert!(of("经营场所", codes::FORBIDDEN_CHARACTER).text.contains("U+E001"));
    let place = &of("经营场所", codes::NO_GLYPH).text;
    assert!(place.contains("U+2EBE0") && place.contains("U+2E8B8"), "{place}");
    of("经营者名称", codes::BLANK);
    of("多出来的", codes::UNKNOWN_FIELD);
    of("经营项目", codes::WRONG_TYPE);
    of("主体业态", codes::NOT_OFFERED);
    of("法定代表人（负责人）", codes::TOO_LONG);
    assert_eq!(problems.len(), 8, "{problems:?}");
}

#[test]
fn the_hall_s_own_facts_are_checked_too() {
    let mut case = case("000001");
    case.facts.number = "  ".into();
    case.facts.signers[0].name = "某局\u{202E}".into();
    case.facts.qr_text = String::new();
    let fields: BTreeSet<_> = case.check(&COMPOSER).err().unwrap().into_iter().map(|problem| problem.field).collect();
    assert_eq!(fields, ["编号", "发证机关", "二维码"].map(String::from).into());
    case.facts.signers.clear();
    assert!(case.check(&COMPOSER).is_err(), "a missing issuer");
}

#[test]
fn rare_characters_are_issued_once_the_extra_face_is_there() {
    let case = case("000014");
    let face = include_bytes!("../data/extra-face.ttf").to_vec();
    let composer = Composer::new(Arc::new(Fonts::load(vec![face]).unwrap()));
    assert!(text_of(&case.compose(&composer).pdf).contains("王𠅤𮢸"));
    assert!(Fonts::load(vec![b"not a face".to_vec()]).is_err());
}

#[test]
fn every_character_of_the_general_table_can_be_drawn() {
    let table = include_str!("../data/tgh-8105.txt");
    let han: Vec<char> = table.chars().filter(|c| *c as u32 >= 0x3400).collect();
    assert_eq!(han.iter().collect::<BTreeSet<_>>().len(), 8105);
    let fonts = COMPOSER.fonts();
    for c in han.iter().copied().chain("𠮷𬀩𫖯㛃䶮㎡×⁻⁷＋＞％—…“”《》〔〕（）、。；：！·①②③ⅠⅡ℃".chars())
    {
        assert!(fonts.can_draw(c) && yinxin::compose::characters::forbidden(c).is_none(), "U+{:04X}", c as u32);
    }
    // And they are really drawn and read back, in every face the templates use.
    let mut case = case("000008");
    let blocks: Vec<Value> = han.chunks(400).map(|chunk| json!({ "p": chunk.iter().collect::<String>() })).collect();
    case.data.insert("批复正文".into(), Value::Array(blocks));
    let text = text_of(&case.compose(&COMPOSER).pdf);
    let missing: String = han.iter().filter(|&&c| !text.contains(c)).collect();
    assert_eq!(missing, "");
}

#[test]
fn every_template_takes_the_longest_data_it_allows_all_at_once() {
    let line = "吉林经济技术开发区九站街道和平路66号，";
    let fill = |length: usize| line.chars().cycle().take(length).collect::<String>();
    for mut case in a_case_for_every_template() {
        let template = case.template.clone();
        for field in &template.fields {
            let value = match field.kind {
                FieldKind::Text | FieldKind::Paragraph => json!(fill(field.max)),
                FieldKind::Blocks => json!([{ "p": fill(field.max) }]),
                _ => continue,
            };
            case.data.insert(field.name.clone(), value);
        }
        inside(&case.compose(&COMPOSER).pdf, &template.slug);
    }
}

#[test]
fn an_organ_s_long_name_is_parted_where_its_parts_end() {
    let name = "吉林省吉林市市场监督管理局吉林经济技术开发区食品药品安全监督管理分局";
    for mut case in a_case_for_every_template() {
        case.facts.signers.iter_mut().for_each(|signer| signer.name = name.to_owned());
        let composed = case.compose(&COMPOSER);
        let text = run(&composed.pdf, "pdftotext", &["-raw", "FILE", "-"]);
        let parted = text.lines().any(|line| line.ends_with("市场监督管理局"));
        assert!(parted, "{}:\n{text}", case.template.slug);
        for torn in ["经济技\n", "经济技术\n", "技术开\n", "食品药\n", "监督管\n", "管理分\n", "分\n局"]
        {
            assert!(!text.contains(torn), "{}: {torn:?} in\n{text}", case.template.slug);
        }
    }
}

#[test]
fn a_line_neither_begins_with_a_name_s_dot_nor_tears_a_comparison_from_its_figure() {
    let mut case = case("000005");
    for length in 0..40 {
        let before: String = "甲".repeat(length);
        case.data.insert("企业法定代表人姓名".into(), json!(format!("{before}阿依古丽·买买提")));
        case.data.insert("许可范围".into(), json!(format!("{before}过氧化氢溶液[含量＞8%]")));
        let text = run(&case.compose(&COMPOSER).pdf, "pdftotext", &["-raw", "FILE", "-"]);
        assert!(text.contains("丽·") && text.contains("＞8%"), "{length}: {text}");
    }
}

#[test]
fn pages_never_overflow_whatever_the_length() {
    let alphabets = ["吉林经济技术开发区九站街道和平路", "W", "a-b/c.d", "，。！？", "（（《“", "１２３ 456 ", "—…"];
    for normal in a_case_for_every_template() {
        let template = &normal.template;
        for (turn, alphabet) in alphabets.iter().enumerate() {
            let fill =
                |length: usize| alphabet.chars().cycle().skip(turn).take(length).collect::<String>().trim().to_owned();
            for part in [1, 5] {
                let mut case = normal.clone();
                for field in &template.fields {
                    let value = match field.kind {
                        FieldKind::Text | FieldKind::Paragraph => json!(fill((field.max / part).max(1))),
                        FieldKind::Blocks => json!([
                            { "h": fill(60) }, { "p": fill(2_000 / part) },
                            { "table": [vec![fill(30 / part); 12 / part.min(4)], vec![fill(200 / part); 12 / part.min(4)]] },
                            { "p": fill(700 / part) },
                        ]),
                        _ => continue,
                    };
                    case.data.insert(field.name.clone(), value);
                }
                let problems = match case.check(&COMPOSER) {
                    Ok(checked) => {
                        let composed = COMPOSER.compose(&checked, &case.facts).unwrap();
                        inside(&composed.pdf, &format!("{} {alphabet} 1/{part}", template.slug));
                        continue;
                    }
                    Err(problems) => problems,
                };
                let known = [codes::DOES_NOT_FIT, codes::BLANK, codes::BAD_BLOCKS];
                assert!(
                    problems.iter().all(|problem| known.contains(&problem.code)),
                    "{}: {problems:?}",
                    template.slug
                );
            }
        }
    }
}

/// Every word is at least 8 mm from the edge of its page, and none lies over another.
fn inside(pdf: &[u8], what: &str) {
    let boxes = run(pdf, "pdftotext", &["-bbox", "FILE", "-"]);
    for page in boxes.split("<page ").skip(1) {
        let side = |key: &str| -> f64 {
            let rest = &page[page.find(key).unwrap() + key.len() + 2..];
            rest[..rest.find('"').unwrap()].parse::<f64>().unwrap() * 25.4 / 72.0
        };
        let (width, height) = (side("width"), side("height"));
        let words = words(page);
        for (index, word) in words.iter().enumerate() {
            let [left, top, right, bottom] = word.sides;
            let at = format!("{what}: {:?} {:?}", word.text, word.sides);
            assert!(left > 8.0 && top > 8.0 && right < width - 8.0 && bottom < height - 8.0, "{at}");
            // poppler's boxes are as high as the face's tallest glyph: only the middle of a line counts.
            // A squeezed bracket's box is half a character wider than its place.
            let [_, upper, _, lower] = word.core();
            let squeezed = 0.8 * (bottom - top);
            let over = words[index + 1..].iter().find(|other| {
                let [x0, y0, x1, y1] = other.core();
                x0 < right - squeezed && left < x1 - squeezed && y0 < lower && upper < y1
            });
            assert!(over.is_none(), "{at} lies over {:?}", over.map(|word| (&word.text, word.sides)));
        }
    }
}

#[test]
fn the_same_input_gives_the_same_archive_file() {
    let case = case("000001");
    let (first, second) =
        (case.compose(&COMPOSER), case.compose(&Composer::new(Arc::new(Fonts::load(vec![]).unwrap()))));
    assert!(first.pdf == second.pdf && first.anchors == second.anchors);
    let text = String::from_utf8_lossy(&first.pdf);
    assert!(
        text.contains("<pdfaid:part>2</pdfaid:part>") && text.contains("<pdfaid:conformance>B</pdfaid:conformance>")
    );
    run(&first.pdf, "qpdf", &["--check", "FILE"]);
    let about = run(&first.pdf, "pdfinfo", &["FILE"]);
    assert!(about.contains("食品经营许可证 JY12202010000010") && about.contains("Encrypted:       no"), "{about}");
}

#[test]
fn a_seal_never_stands_on_a_page_without_text() {
    let mut case = case("000008");
    for lines in 8..48 {
        let text = "项目建设必须严格执行环境保护设施与主体工程同时设计、同时施工。".chars().cycle().take(28 * lines);
        case.data.insert("批复正文".into(), json!([{ "p": format!("{}完", text.collect::<String>()) }]));
        let composed = case.compose(&COMPOSER);
        let last = composed.pages.to_string();
        let text = squeeze(&run(&composed.pdf, "pdftotext", &["-raw", "-f", &last, "-l", &last, "FILE", "-"]));
        assert!(text.contains('完'), "{lines} lines, page {last}: {text}");
        assert_eq!(composed.anchors[0].page + 1, composed.pages);
    }
}

#[test]
fn threads_that_share_a_composer_do_not_mix_their_certificates() {
    let ids = ["000001", "000008", "000010", "000012"];
    let alone: Vec<_> = ids.iter().map(|id| case(id).compose(&COMPOSER).pdf).collect();
    std::thread::scope(|scope| {
        for turn in 0..4 {
            let alone = &alone;
            scope.spawn(move || {
                for k in 0..ids.len() {
                    let k = (k + turn) % ids.len();
                    assert!(case(ids[k]).compose(&COMPOSER).pdf == alone[k], "{}", ids[k]);
                }
            });
        }
    });
}

#[test]
fn a_preview_says_so_on_every_page_and_has_neither_number_nor_code() {
    for id in ["000001", "000008"] {
        let case = case(id);
        let preview = COMPOSER.preview(&case.check(&COMPOSER).unwrap(), &case.facts).unwrap();
        for page in 1..=preview.pages {
            let page = page.to_string();
            let text = squeeze(&run(&preview.pdf, "pdftotext", &["-raw", "-f", &page, "-l", &page, "FILE", "-"]));
            assert!(text.contains("预览件：未编号、未用印"), "{text}");
            assert!(!text.contains(&case.facts.number));
        }
    }
}

#[test]
fn the_qr_code_can_be_scanned_from_the_printed_page() {
    let case = case("000001");
    let composed = case.compose(&COMPOSER);
    let png = yinxin::picture::Pictures::open(composed.pdf).unwrap().png(0, 150).unwrap();
    let mut reader = png::Decoder::new(std::io::Cursor::new(png)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let step = info.line_size / info.width as usize;
    let grey = |x: usize, y: usize| pixels[y * info.line_size + x * step];
    let mut image = rqrr::PreparedImage::prepare_from_greyscale(info.width as usize, info.height as usize, grey);
    let codes: Vec<String> = image.detect_grids().iter().filter_map(|grid| Some(grid.decode().ok()?.1)).collect();
    assert_eq!(codes, [case.facts.qr_text]);
}

#[test]
fn the_version_changes_with_any_file_of_the_template() {
    let files = Files::builtin();
    let all: Vec<(String, Vec<u8>)> = ["fonts/", "lib/", "food-licence/"]
        .iter()
        .flat_map(|folder| files.below(folder).map(|(path, bytes)| (path.to_owned(), bytes.to_vec())))
        .collect();
    let version = |files: &[(String, Vec<u8>)]| {
        Templates::from_files(&Files::of(files.to_vec())).unwrap().slug("food-licence").unwrap().version
    };
    let before = version(&all);
    assert_eq!(before, TEMPLATES.slug("food-licence").unwrap().version);
    for (index, (path, _)) in
        all.iter().enumerate().filter(|(_, (path, _))| path.ends_with(".typ") || path.ends_with(".toml"))
    {
        let mut changed = all.clone();
        changed[index].1.push(b'\n');
        assert_ne!(version(&changed), before, "{path}");
    }
}
