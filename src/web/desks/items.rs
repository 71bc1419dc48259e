//! What an item asks and gives, told at once to whoever wants to know (一次性告知, R18): public, to be printed.
use axum::{
    extract::{Path, State},
    response::{IntoResponse, Response},
};

use super::hall::{limit, marks, named};
use crate::{
    acts::draft::DECIDED_ITEMS,
    app::App,
    compose::Template,
    hall::{
        chain::{StandardStep, StepKind},
        department::{Window, WindowKind},
        item::{Item, ItemSeal, Joint, Weight},
    },
    web::{
        error::Error,
        kit::{Fact, Tag},
        pages::items::{ItemGuide, ItemList, Line, Shelf},
        router::Web,
    },
};

/// `GET /items`.
pub async fn list(State(web): State<Web>) -> Response {
    let app = &web.app;
    let line = |item: &Item| Line {
        href: format!("/items/{}", item.code),
        name: item.name.clone(),
        code: item.code.to_string(),
        gives: item.certificate.clone(),
        marks: marks(item),
    };
    let of_department = |department: &crate::hall::department::Department| Shelf {
        name: department.name.clone(),
        items: app
            .hall
            .items
            .iter()
            .filter(|i| i.department == department.key && !i.is_for_letters())
            .map(line)
            .collect(),
    };
    let mut shelves: Vec<Shelf> = app.hall.departments.iter().map(of_department).collect();
    let joint = |(n, joint): (usize, &Joint)| Line {
        href: format!("/items/joint-{n}"),
        name: joint.name.clone(),
        code: String::new(),
        gives: joint.joint_document.clone(),
        marks: vec![Tag::mark("并联")],
    };
    let joints = app.hall.joints.iter().enumerate().map(joint).collect();
    shelves.push(Shelf { name: "并联审批".into(), items: joints });
    shelves.retain(|shelf| !shelf.items.is_empty());
    web.shell("办事指南", "/items").show(ItemList { shelves }.show()).into_response()
}

/// `GET /items/{code}`; of a joint matter `/items/joint-N`.
pub async fn one(State(web): State<Web>, Path(code): Path<String>) -> Result<Response, Error> {
    let app = &web.app;
    let nth = code.strip_prefix("joint-").and_then(|n| n.parse::<usize>().ok());
    let page = match nth.and_then(|n| app.hall.joints.get(n)) {
        Some(joint) => ItemGuide {
            department: joint.signers.iter().map(|key| named(app, key)).collect::<Vec<_>>().join("、"),
            name: joint.name.clone(),
            marks: vec![Tag::mark("并联")],
            told: of_joint(app, joint),
        },
        None => {
            let item = app.hall.item(&code.parse().map_err(|_| Error::NotFound)?).ok_or(Error::NotFound)?;
            ItemGuide {
                department: named(app, &item.department),
                name: item.name.clone(),
                marks: marks(item),
                told: of_item(app, item),
            }
        }
    };
    Ok(web.shell(&page.name, "/items").show(page.show()).into_response())
}

fn days(item: &Item) -> String {
    format!("法定 {} 个工作日，{}", item.legal_days, limit(item))
}

/// The fields that have to be filled in.
fn asked(template: &Template) -> String {
    let required = template.fields.iter().filter(|f| f.required && f.name != DECIDED_ITEMS);
    required.map(|f| f.label.as_deref().unwrap_or(&f.name).to_owned()).collect::<Vec<_>>().join("、")
}

/// The laws it rests on; what the department's own seal rests on is among them.
pub(crate) fn basis(item: &Item) -> Vec<String> {
    let seal = match &item.seal {
        ItemSeal::Department { legal_basis } => Some(legal_basis.clone()),
        ItemSeal::Approval => None,
    };
    item.guide.basis.iter().cloned().chain(seal).collect()
}

/// The steps with their standard times (R7), then sealing and delivery.
pub(crate) fn steps(item: &Item) -> Vec<String> {
    let deciding = match item.weight {
        Weight::Ordinary => "首席代表",
        _ => "首席代表、分管领导",
    };
    let step = |step: &StandardStep| {
        let who = if step.kind == StepKind::Decision { format!("，{deciding}") } else { String::new() };
        format!("{}（{} 个工作小时内{who}）", step.kind.title(), step.hours)
    };
    item.chain.steps().iter().map(step).chain(["用印", "出件"].map(str::to_owned)).collect()
}

/// Where it is accepted: at the integrated windows, or at the department's own, too.
pub(super) fn windows(app: &App, item: &Item) -> String {
    let department = app.hall.department(&item.department);
    let only = item.guide.integrated || department.is_some_and(|d| d.entrustment().is_some());
    let intake = app.hall.windows.iter().filter(|window| window.kind == WindowKind::Intake);
    let listed: Vec<String> = intake.map(Window::title).collect();
    let only = if only { "只在综合窗口受理：" } else { "" };
    format!("{only}{}", listed.join("、"))
}

/// All that an applicant is told about an item.
pub(super) fn of_item(app: &App, item: &Item) -> Vec<Fact> {
    let list = |lines: Vec<String>| lines.join("\n");
    let numbered = |lines: &[String]| {
        lines.iter().enumerate().map(|(n, line)| format!("{}. {line}", n + 1)).collect::<Vec<_>>().join("\n")
    };
    let mut facts = Vec::new();
    let basis = basis(item);
    if !basis.is_empty() {
        facts.push(Fact::new("依据", list(basis)));
    }
    facts.push(Fact::new("时限", format!("{}；自受理次日起算", days(item))));
    facts.push(Fact::new("步骤", steps(item).join(" → ")));
    if !item.guide.materials.is_empty() {
        facts.push(Fact::new("须带的材料", numbered(&item.guide.materials)));
    }
    if !item.guide.conditional.is_empty() {
        facts.push(Fact::new("视情形须带", numbered(&item.guide.conditional)));
    }
    if let Some(template) = app.templates.named(&item.certificate) {
        facts.push(Fact::new("要填报的内容", asked(template)));
    }
    facts.push(Fact::new("收费", item.guide.fee.as_deref().unwrap_or("不收费")));
    facts.push(Fact::new("受理", windows(app, item)));
    let entrusted = app.hall.department(&item.department).and_then(|department| department.entrustment());
    if let Some((record, scope)) = entrusted {
        facts.push(Fact::new(scope.title(), record));
    }
    let gives = match item.valid_years {
        Some(years) => format!("{}，有效期 {years} 年", item.certificate),
        None => item.certificate.clone(),
    };
    facts.push(Fact::new("领取", format!("{gives}；到统一出件窗口，凭身份证件领取")));
    facts
}

/// All that an applicant is told about a joint matter.
pub(super) fn of_joint(app: &App, joint: &Joint) -> Vec<Fact> {
    let items: Vec<&Item> = joint.items.iter().filter_map(|code| app.hall.item(code)).collect();
    let each = |of: &dyn Fn(&Item) -> Vec<String>| {
        let lines =
            items.iter().flat_map(|item| of(item).into_iter().map(|line| format!("{}：{line}", item.certificate)));
        lines.collect::<Vec<_>>().join("\n")
    };
    let mut facts = Vec::new();
    let basis = each(&basis);
    if !basis.is_empty() {
        facts.push(Fact::new("依据", basis));
    }
    facts.push(Fact::new("时限", each(&|item| vec![format!("{}，{}", named(app, &item.department), days(item))])));
    facts.push(Fact::new("步骤", "一窗受理，各部门分别审核、签批；全部同意后一次用印、一次出件"));
    for (name, of) in [
        ("须带的材料", (|item: &Item| item.guide.materials.clone()) as fn(&Item) -> Vec<String>),
        ("视情形须带", |item: &Item| item.guide.conditional.clone()),
    ] {
        let lines = each(&of);
        if !lines.is_empty() {
            facts.push(Fact::new(name, lines));
        }
    }
    if let Some(template) = app.templates.named(&joint.joint_document) {
        let own = items.iter().filter_map(|item| {
            let of_item = app.templates.named(&item.certificate)?;
            let beyond = of_item.fields.iter().filter(|f| f.required && template.field(&f.name).is_none());
            let names: Vec<&str> = beyond.map(|f| f.label.as_deref().unwrap_or(&f.name)).collect();
            Some(format!("{}另需：{}", of_item.name, names.join("、")))
        });
        let lines: Vec<String> = std::iter::once(asked(template)).chain(own).collect();
        facts.push(Fact::new("要填报的内容", lines.join("\n")));
    }
    let fees = each(&|item| item.guide.fee.clone().into_iter().collect());
    facts.push(Fact::new(
        "收费",
        if fees.is_empty() { "不收费".to_owned() } else { format!("{fees}\n一次缴清（统一收费）") },
    ));
    let gives = items.iter().map(|item| item.certificate.as_str()).chain([joint.joint_document.as_str()]);
    let gives = gives.collect::<Vec<_>>().join("、");
    facts.push(Fact::new("领取", format!("{gives}；到统一出件窗口，凭身份证件领取")));
    facts
}
