//! Every certificate as pictures, for people to look at: `make faces`.

use std::fs;
use std::path::Path;

use yinxin::compose::Field;

use super::preflight::sealed;
use super::*;

/// Characters beyond the everyday ones, which people are nevertheless called by.
const RARE: &str = "𠮷𫖯㛃龘䶮𬀩";
const ALPHABET: &str = "吉林经济技术开发区九站街道和平路一百二十三号";

fn cycle(alphabet: &str, length: usize) -> String {
    alphabet.chars().cycle().take(length).collect()
}

/// A value for a field, `of` the given text with so many characters; `None` where the kind alone says what it may be.
fn value(field: &Field, of: &dyn Fn(usize) -> String) -> Option<Value> {
    match field.kind {
        FieldKind::Text | FieldKind::Paragraph => Some(json!(of(field.max))),
        FieldKind::Blocks => Some(json!([
            { "h": of(20) }, { "p": of(400) },
            { "table": [["甲", "乙", "丙"], [of(12), of(30), "三"]] }, { "p": of(200) },
        ])),
        _ => None,
    }
}

/// The case with every text replaced, as long as it is accepted: one field after the other, each as long as it may be.
fn filled(case: &Case, of: &dyn Fn(usize) -> String) -> Case {
    let mut filled = case.clone();
    for field in &case.template.fields {
        for part in [1, 2, 3, 4, 6, 8, 12, 16, 32, 64] {
            let Some(value) = value(field, &|length| of((length / part).max(1))) else { break };
            let before = filled.data.insert(field.name.clone(), value);
            if filled.check(&COMPOSER).is_ok() {
                break;
            }
            match before {
                Some(before) => drop(filled.data.insert(field.name.clone(), before)),
                None => drop(filled.data.remove(&field.name)),
            }
        }
    }
    filled
}

/// The case with one or two characters in every text, and nothing that may be left out.
fn short(case: &Case) -> Case {
    let mut short = filled(case, &|length| cycle("王一", length.min(2)));
    for field in case.template.fields.iter().filter(|field| !field.required) {
        let before = short.data.remove(&field.name);
        if short.check(&COMPOSER).is_err() {
            short.data.extend(before.map(|before| (field.name.clone(), before)));
        }
    }
    short
}

fn draw(folder: &Path, name: &str, case: &Case) {
    let pdf = sealed(case, &case.compose(&COMPOSER));
    fs::write(folder.join(format!("{name}.pdf")), &pdf).unwrap();
    // poppler draws what our own pictures leave to others: the seals.
    run(&pdf, "pdftoppm", &["-png", "-r", "80", "FILE", folder.join(name).to_str().unwrap()]);
}

#[test]
#[ignore = "makes pictures for people: `make faces`"]
fn draw_every_face() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/faces");
    assert!(RARE.chars().all(|c| COMPOSER.fonts().can_draw(c)), "the rare characters can be drawn");
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for case in a_case_for_every_template() {
        let slug = case.template.slug.clone();
        draw(&folder, &format!("{slug}-normal"), &case);
        draw(&folder, &format!("{slug}-short"), &short(&case));
        draw(&folder, &format!("{slug}-longest"), &filled(&case, &|length| cycle(ALPHABET, length)));
        draw(&folder, &format!("{slug}-rare"), &filled(&case, &|length| cycle(RARE, length.min(12))));
    }
    println!("{}", folder.display());
}
