//! The fields of a template as a form, and a form sent back as the data of a case.
//!
//! A field is sent as `d:NAME`; in a joint case a field of one item's certificate is sent as `c:CODE:NAME`.
use std::collections::BTreeMap;

use jiff::{ToSpan, civil::Date};
use serde_json::{Map, Value};

use crate::{
    compose::{
        Template,
        field::{Field, FieldKind},
    },
    web::{
        blocks,
        guard::csrf::Sent,
        kit::{self, Form, Group, Kind, form::Choice},
    },
};

/// Whose field it is: of the one certificate (or of the joint document), or of an item's certificate in a joint case.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// `d:`.
    Main,
    /// `c:CODE:`.
    Item(&'a str),
}

impl Part<'_> {
    fn name(self, field: &str) -> String {
        match self {
            Part::Main => format!("d:{field}"),
            Part::Item(code) => format!("c:{code}:{field}"),
        }
    }
}

/// What stands in a form before anybody has written into it.
#[derive(Debug, Clone, Copy)]
pub struct Defaults {
    /// The day of the certificate.
    pub today: Date,
    /// How long it is valid, for a last day of validity.
    pub valid_years: Option<u8>,
}

/// The form's groups for a template. `skip` names the fields that the service fills in or that stand elsewhere.
pub fn groups(
    template: &Template,
    part: Part<'_>,
    legend: &str,
    defaults: Defaults,
    sent: Option<&Sent>,
    skip: impl Fn(&str) -> bool,
) -> Vec<Group> {
    let mut words = Group { legend: legend.to_owned(), fields: vec![] };
    let mut texts = Group { legend: "正文".into(), fields: vec![] };
    let mut dates = Group { legend: "日期".into(), fields: vec![] };
    let own = matches!(part, Part::Main);
    for field in template.fields.iter().filter(|f| !skip(&f.name)) {
        let into = match field.kind {
            // The certificates of a joint case stand one after the other: each keeps its fields together.
            _ if !own => &mut words,
            FieldKind::Blocks => &mut texts,
            FieldKind::Date | FieldKind::Month | FieldKind::Period => &mut dates,
            _ => &mut words,
        };
        into.fields.push(control(template, field, part, defaults, sent));
    }
    [words, texts, dates].into_iter().filter(|g| !g.fields.is_empty()).collect()
}

fn control(template: &Template, field: &Field, part: Part<'_>, defaults: Defaults, sent: Option<&Sent>) -> kit::Field {
    let max = Some(field.max);
    let (kind, hint) = match &field.kind {
        FieldKind::Text if field.max > 160 => (Kind::Lines { rows: 3 }, ""),
        FieldKind::Text => (Kind::Line { max }, ""),
        FieldKind::Paragraph => (Kind::Lines { rows: 5 }, ""),
        FieldKind::Date => (Kind::Date, ""),
        FieldKind::Month => (Kind::Code { max }, "写成 2027年4月"),
        FieldKind::Period => (Kind::Line { max }, "写成 2026年12月1日至2027年10月31日"),
        FieldKind::Uscc => (Kind::Code { max }, "18 位，末位是校验码"),
        FieldKind::Identity => (Kind::Code { max }, "18 位，末位是校验码"),
        FieldKind::Enum(values) => (Kind::OneOf(values.iter().map(Choice::plain).collect()), ""),
        FieldKind::Money => (Kind::Figure, "写成 8650.00"),
        FieldKind::Count => (Kind::Figure, "整数"),
        FieldKind::Blocks => (Kind::Blocks, ""),
    };
    let name = part.name(&field.name);
    let value = match sent {
        Some(sent) => sent.text(&name).to_owned(),
        None => default(template, field, defaults),
    };
    let label = field.label.as_deref().unwrap_or(&field.name);
    let control = kit::Field::new(name, label, kind).hint(hint).value(value);
    if field.required { control } else { control.optional() }
}

/// The day under the seal is today; where the item says for how long, other days are the last of that time.
fn default(template: &Template, field: &Field, defaults: Defaults) -> String {
    if field.kind != FieldKind::Date {
        return String::new();
    }
    if field.name == template.date {
        return defaults.today.to_string();
    }
    let last = |years: u8| defaults.today.checked_add(i32::from(years).years()).and_then(|d| d.yesterday());
    defaults.valid_years.and_then(|years| last(years).ok()).map(|d| d.to_string()).unwrap_or_default()
}

/// The data of one template out of a form. A field the form does not have is left out.
pub fn data(template: &Template, part: Part<'_>, sent: &Sent) -> Map<String, Value> {
    let mut data = Map::new();
    for field in &template.fields {
        let name = part.name(&field.name);
        if !sent.has(&name) {
            continue;
        }
        let text = sent.text(&name);
        let value = match field.kind {
            FieldKind::Blocks => blocks::parse(text),
            // One line stays one: a form's text box for a long line is no invitation to break it.
            FieldKind::Text => Value::String(text.replace('\n', "")),
            _ => Value::String(text.to_owned()),
        };
        data.insert(field.name.clone(), value);
    }
    data
}

/// Whether a control takes the template's field of this name.
fn takes(control: &kit::Field, name: &str) -> bool {
    // A material's box is known by its words, and what is asked beside the fields by its name.
    let boxed = control.name.starts_with("m:") && control.label == name;
    let of_item = || control.name.strip_prefix("c:").and_then(|rest| rest.split_once(':'));
    boxed
        || control.name == name
        || control.name.strip_prefix("d:") == Some(name)
        || of_item().is_some_and(|(_, n)| n == name)
}

/// The first control that takes the template's field of this name.
pub fn named<'a>(form: &'a Form, name: &str) -> Option<&'a kit::Field> {
    form.fields().find(|f| takes(f, name))
}

/// What is wrong, without the field's name in front: beside the field it is not said twice.
pub fn bare<'a>(field: Option<&str>, text: &'a str) -> &'a str {
    let Some(name) = field else { return text };
    let rest = text.strip_prefix(&format!("“{name}”")).unwrap_or(text);
    rest.strip_prefix(['：', '，']).unwrap_or(rest)
}

/// Puts a refusal's reason beside every field it can mean; at the top if it means none.
pub fn tell(form: &mut Form, field: Option<&str>, text: &str) {
    let mut told = false;
    if let Some(name) = field {
        for f in form.fields_mut().filter(|f| takes(f, name)) {
            f.problems.push(bare(field, text).to_owned());
            told = true;
        }
    }
    if !told {
        form.problems.push(text.to_owned());
    }
}

/// The data of several items' certificates, by item code.
pub fn by_item<'a>(
    templates: impl Iterator<Item = (&'a str, &'a Template)>,
    sent: &Sent,
) -> BTreeMap<String, Map<String, Value>> {
    templates.map(|(code, template)| (code.to_owned(), data(template, Part::Item(code), sent))).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compose::Templates;

    fn defaults() -> Defaults {
        Defaults { today: "2026-11-20".parse().unwrap(), valid_years: Some(5) }
    }

    #[test]
    fn a_licence_form_has_its_fields_its_days_and_its_problems() {
        let templates = Templates::builtin().unwrap();
        let licence = templates.named("食品经营许可证").unwrap();
        let groups = groups(licence, Part::Main, "内容", defaults(), None, |_| false);
        let mut form = Form { groups, ..Form::default() };
        assert_eq!(form.groups.iter().map(|g| g.legend.as_str()).collect::<Vec<_>>(), ["内容", "日期"]);
        assert_eq!(form.fields().count(), licence.fields.len());
        let value = |name: &str| form.fields().find(|f| f.name == name).unwrap().value.clone();
        assert_eq!((value("d:发证日期").as_str(), value("d:有效期至").as_str()), ("2026-11-20", "2031-11-19"));
        tell(&mut form, Some("社会信用代码"), "校验位不对");
        tell(&mut form, Some("没有"), "没有这一项");
        tell(&mut form, None, "现在不开放");
        let bad: Vec<_> = form.fields().filter(|f| !f.problems.is_empty()).map(|f| f.name.as_str()).collect();
        assert_eq!(bad, ["d:社会信用代码"]);
        assert_eq!(form.problems, ["没有这一项", "现在不开放"]);
    }

    #[test]
    fn what_is_sent_becomes_the_data_of_the_certificate() {
        let templates = Templates::builtin().unwrap();
        let reply = templates.named("关于建设项目环境影响报告表的批复").unwrap();
        let sent = Sent::of(&[
            ("d:建设单位", " 甲\n乙 "),
            ("d:批复正文", "# 一\n二"),
            ("d:成文日期", "2026-11-20"),
            ("x", "y"),
        ]);
        let data = data(reply, Part::Main, &sent);
        let expected =
            json!({ "建设单位": " 甲乙 ", "批复正文": [{ "h": "一" }, { "p": "二" }], "成文日期": "2026-11-20" });
        assert_eq!(Value::Object(data), expected);
        let again = groups(reply, Part::Main, "", defaults(), Some(&sent), |name| name == "项目代码");
        let form = Form { groups: again, ..Form::default() };
        assert!(form.fields().all(|f| f.name != "d:项目代码"));
        assert_eq!(form.fields().find(|f| f.name == "d:批复正文").unwrap().value, "# 一\n二");
    }
}
