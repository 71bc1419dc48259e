//! What a seal must look like, measured on its picture at 600 dpi. Expected values are those of real seals.

mod formats;
mod letters;
mod picture;

use super::{Imprint, ImprintError, SealDesign, SealKind};
use picture::Picture;

/// Names of organs of every length, and one longer than any known.
const NAMES: [&str; 7] = [
    "某县档案",
    "吉林市医疗保障局",
    "吉林经济技术开发区政务服务局",
    "吉林市市场监督管理局经济技术开发区分局",
    "吉林省长春净月高新技术产业开发区社会保险事业管理局",
    "内蒙古自治区呼伦贝尔市鄂伦春自治旗大杨树经济技术开发区行政审批局",
    "新疆维吾尔自治区博尔塔拉蒙古自治州阿拉山口综合保税区人力资源和社会保障局分局",
];

pub(super) fn face() -> Vec<u8> {
    std::fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/templates/fonts/YinxinSong-Bold.ttf")).unwrap()
}

fn design(name: &str, kind: SealKind) -> SealDesign {
    let diameter_mm = match kind {
        SealKind::Approval => 42,
        SealKind::Department => 45,
    };
    SealDesign { name: name.to_owned(), kind, diameter_mm, code: None }
}

fn draw(design: &SealDesign) -> Imprint {
    Imprint::draw(design, &face()).unwrap()
}

fn picture(design: &SealDesign) -> Picture {
    Picture::of_png(&draw(design).png(600).unwrap())
}

/// 国 reaches over the whole width of its square without a gap: one letter is one stretch of ink.
fn name_of_squares(count: usize) -> String {
    "国".repeat(count)
}

#[test]
fn the_ring_is_as_wide_as_ordered_and_round() {
    for (kind, diameter) in [(SealKind::Approval, 42.0), (SealKind::Department, 45.0)] {
        let picture = picture(&design(NAMES[2], kind));
        assert!((picture.side as f64 - diameter * 600.0 / 25.4).abs() <= 1.0, "{} dots", picture.side);
        let outer = |degrees| picture.edge(degrees, 25.0, 15.0, true).unwrap();
        let inner = |degrees| picture.edge(degrees, outer(degrees), 15.0, false).unwrap();
        for degrees in (0..180).map(f64::from) {
            let measured = outer(degrees) + outer(degrees + 180.0);
            assert!((measured - diameter).abs() < 0.1, "{measured} mm across at {degrees}°");
            let ring = outer(degrees) - inner(degrees);
            assert!((ring - 1.2).abs() < 0.06, "ring of {ring} mm at {degrees}°");
        }
    }
}

#[test]
fn the_star_is_upright_in_the_centre_and_31_percent_of_the_diameter() {
    for (kind, diameter) in [(SealKind::Approval, 42.0), (SealKind::Department, 45.0)] {
        let picture = picture(&design(NAMES[2], kind));
        let star = picture.ink().filter(|[x, y]| x.hypot(*y) < 0.19 * diameter).collect::<Vec<_>>();
        let fold = |axis: usize, pick: fn(f64, f64) -> f64| star.iter().map(|place| place[axis]).reduce(pick).unwrap();
        let (left, right) = (fold(0, f64::min), fold(0, f64::max));
        let share = (right - left) / diameter;
        assert!((share - 0.31).abs() < 0.015, "star is {share} of the diameter");
        assert!((left + right).abs() < 0.06, "star off the axis: {left} to {right}");

        // A regular star is 2 sin 72° of its radius wide; close under that radius there are five tips and nothing else.
        let tip = (right - left) / 2.0 / 72_f64.to_radians().sin();
        let tips = picture.stretches(tip * 0.90, tip * 1.02);
        let middles = tips.iter().map(|tip| tip.middle()).collect::<Vec<_>>();
        assert_eq!(middles.len(), 5, "tips at {middles:?}");
        for (middle, expected) in middles.iter().zip([-144.0, -72.0, 0.0, 72.0, 144.0]) {
            assert!((middle - expected).abs() < 0.5, "tip at {middle}°, not {expected}°");
        }
        // Sides run straight from tip to tip: half-way in, on the axis towards a notch, the radius is cos 72° / cos 36°.
        let notch = picture.edge(36.0, 0.5, tip, false).unwrap();
        assert!((notch / tip - 0.382).abs() < 0.02, "notch at {} of the tip", notch / tip);
    }
}

#[test]
fn letters_of_names_of_every_length_stand_apart() {
    for count in 1..=40 {
        let picture = picture(&design(&name_of_squares(count), SealKind::Department));
        let letters = picture.stretches(8.5, 21.0);
        assert_eq!(letters.len(), count, "{letters:?}");

        let arc = letters[count - 1].to - letters[0].from;
        assert!(arc <= 245.0, "{count} letters take {arc}°");
        let off_axis = letters[0].from + letters[count - 1].to;
        assert!(off_axis.abs() <= 0.6, "{count} letters lean by {off_axis}°");
        for pair in letters.windows(2) {
            let free = (pair[1].from - pair[0].to).to_radians() * 13.0;
            assert!(free >= 0.12, "{count} letters: {free} mm between two");
        }
    }
}

#[test]
fn letters_touch_neither_ring_nor_star_nor_purpose() {
    for name in NAMES.into_iter().map(str::to_owned).chain([1, 2, 40].map(name_of_squares)) {
        for (kind, radius) in [(SealKind::Approval, 21.0), (SealKind::Department, 22.5)] {
            let mut design = design(&name, kind);
            design.code = Some("22020100012345".to_owned());
            let picture = picture(&design);
            let under_ring = picture.ink_between(radius - 1.2 - 0.5, radius - 1.25);
            assert_eq!(under_ring, [], "{name}: ink close under the ring");
            let around_star = picture.ink_between(0.17 * 2.0 * radius, 0.205 * 2.0 * radius);
            assert_eq!(around_star, [], "{name}: ink close around the star");
        }
        // The purpose and the code are the same islands of ink whatever name stands above them.
        let islands = |name: &str| {
            let mut design = design(name, SealKind::Approval);
            design.code = Some("22020100012345".to_owned());
            let picture = picture(&design);
            let box_of_purpose = picture.ink().filter(|[x, y]| x.abs() < 11.0 && (-13.5..-8.5).contains(y)).count();
            (box_of_purpose, picture.ink_between(16.9, 19.5).iter().filter(|(_, at)| at.abs() > 145.0).count())
        };
        assert_eq!(islands(&name), islands("某县档案"), "{name}: runs into the purpose or the code");
    }
}

#[test]
fn the_code_reads_from_left_to_right_along_the_bottom() {
    let mut design = design(NAMES[3], SealKind::Approval);
    design.code = Some("11111111111118".to_owned());
    let picture = picture(&design);
    let digits = picture.stretches(17.2, 19.5).into_iter().filter(|digit| digit.middle().abs() > 140.0);
    // Clockwise from the top the bottom is read backwards: the 8, the widest, is the first after the right side.
    let (right, left) = digits.partition::<Vec<_>, _>(|digit| digit.middle() > 0.0);
    assert_eq!((right.len(), left.len()), (7, 7));
    let width = |digit: &picture::Stretch| digit.to - digit.from;
    let widest = right.iter().chain(&left).max_by(|a, b| width(a).total_cmp(&width(b))).unwrap();
    assert_eq!(widest.middle(), right[0].middle());
}

#[test]
fn what_cannot_be_drawn_is_refused_with_its_reason() {
    let face = face();
    let refusal = |change: fn(&mut SealDesign)| {
        let mut design = design(NAMES[0], SealKind::Approval);
        change(&mut design);
        Imprint::draw(&design, &face).unwrap_err()
    };
    assert!(matches!(refusal(|seal| seal.name.clear()), ImprintError::EmptyName));
    assert!(matches!(refusal(|seal| seal.name = name_of_squares(80)), ImprintError::NameTooLong(80)));
    assert!(matches!(refusal(|seal| seal.diameter_mm = 20), ImprintError::Diameter(20)));
    for code in ["", "2202010001234", "220201000123456", "2202010001234X", "２２０２０１０００１２３４５"]
    {
        let mut design = design(NAMES[0], SealKind::Approval);
        design.code = Some(code.to_owned());
        assert!(matches!(Imprint::draw(&design, &face), Err(ImprintError::Code)), "{code}");
    }
    // A private character and a space have no ink; both are named, once.
    match refusal(|seal| seal.name = "某\u{E000}县 档\u{E000}案".to_owned()) {
        ImprintError::MissingGlyphs(missing) => assert_eq!(missing, "\u{E000} "),
        other => panic!("{other}"),
    }
    assert!(matches!(Imprint::draw(&design(NAMES[0], SealKind::Approval), b"no font"), Err(ImprintError::Face(_))));
    let imprint = draw(&design(NAMES[0], SealKind::Approval));
    assert!(matches!(imprint.png(0), Err(ImprintError::Resolution(0))));
    assert!(matches!(imprint.png(2401), Err(ImprintError::Resolution(2401))));
}
