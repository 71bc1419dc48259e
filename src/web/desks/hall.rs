//! The administrator's desk: what the hall consists of.
use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};

use crate::{
    acts::{
        calendar::{calendar, moment},
        look, register,
    },
    app::App,
    hall::{
        authorization::{Letter, LetterState},
        department::{Department, Intake, Role, WindowKind},
        item::{Item, ItemKind, ItemSeal, Weight},
        opening::china_date,
        staff::Duty,
    },
    web::{
        error::Error,
        guard::session::SignedIn,
        kit::{Column, Fact, Tag},
        pages::hall::{HallPage, Register},
        router::Web,
        words,
    },
};

/// `GET /hall`.
pub async fn overview(State(web): State<Web>, who: SignedIn) -> Result<Response, Error> {
    who.require(&[Duty::Administrator, Duty::Auditor])?;
    let app = &web.app;
    let doors = moment(app).await?.doors();
    let filed = filed_letters(app, &who).await?;
    let page = HallPage {
        alarm: super::calendar::alarm(app, &calendar(app).await?),
        facts: vec![
            Fact::new("名称", &app.hall.name),
            Fact::code("行政区划", app.hall.area.as_str()),
            Fact::new("现在", format!("{}，{}", words::minute(app.now()), doors.title())),
        ],
        figures: figures(app, &filed),
        registers: vec![
            departments(app),
            windows(app),
            branches(app),
            staff(app, &who).await?,
            items(app),
            templates(app),
            letters(app, &filed),
        ],
    };
    Ok(web.shell_for(&who, "大厅", "/hall").show(page.show()).into_response())
}

fn figures(app: &App, filed: &[Filed]) -> Vec<(String, String)> {
    let (all, today) = (app.hall.items.len(), china_date(app.now()));
    let share = |n: usize| format!("{}%", (n * 100).checked_div(all).unwrap_or(0));
    let instant = app.hall.items.iter().filter(|i| i.is_instant()).count();
    let authorized = app
        .hall
        .items
        .iter()
        .filter(|i| filed.iter().any(|(_, l)| l.department == i.department && l.covers(&i.code, today)));
    let online = app.hall.items.iter().filter(|i| app.templates.named(&i.certificate).is_some()).count();
    vec![
        (all.to_string(), "进驻大厅的事项".into()),
        (share(authorized.count()), "已书面授权的事项".into()),
        (share(online), "网上可办的事项".into()),
        (share(instant), format!("即办件（{instant} 项），目标 80%")),
    ]
}

fn cell(text: impl AsRef<str>) -> Markup {
    html! { (text.as_ref()) }
}

/// A department's name by its key.
pub(super) fn named(app: &App, key: &crate::hall::id::DepartmentKey) -> String {
    app.hall.department(key).map_or_else(|| key.to_string(), |d| d.name.clone())
}

fn departments(app: &App) -> Register {
    let row = |d: &Department| {
        let (office, intake) = match &d.role {
            Role::Centre => ("—".to_owned(), "大厅管理机构".to_owned()),
            Role::Issuing { approval_office, intake: Intake::Own } => {
                (approval_office.clone(), "本部门受理".to_owned())
            }
            Role::Issuing { approval_office, intake: Intake::Entrusted { record, scope } } => {
                (approval_office.clone(), format!("{}：{record}", scope.title()))
            }
        };
        vec![cell(&d.name), cell(d.uscc.as_str()), cell(office), cell(intake)]
    };
    Register {
        name: "部门".into(),
        anchor: "departments",
        columns: vec![
            Column::words("名称"),
            Column::codes("统一社会信用代码"),
            Column::words("审批办"),
            Column::words("受理"),
        ],
        rows: app.hall.departments.iter().map(row).collect(),
    }
}

fn windows(app: &App) -> Register {
    let kind = |k| if k == WindowKind::Delivery { "出件" } else { "受理" };
    let row = |w: &crate::hall::department::Window| {
        vec![cell(w.no.as_str()), cell(&w.name), cell(kind(w.kind)), cell(w.branch.as_deref().unwrap_or("本厅"))]
    };
    Register {
        name: "窗口".into(),
        anchor: "windows",
        columns: vec![Column::codes("编号"), Column::words("名称"), Column::words("用途"), Column::words("所在")],
        rows: app.hall.windows.iter().map(row).collect(),
    }
}

fn branches(app: &App) -> Register {
    let row = |b: &crate::hall::department::Branch| {
        let windows = app.hall.windows.iter().filter(|w| w.branch.as_deref() == Some(&b.name));
        let windows: Vec<&str> = windows.map(|w| w.no.as_str()).collect();
        vec![cell(&b.name), cell(&b.address), cell(windows.join("、"))]
    };
    Register {
        name: "分中心".into(),
        anchor: "branches",
        columns: vec![Column::words("名称"), Column::words("地址"), Column::codes("窗口")],
        rows: app.hall.branches.iter().map(row).collect(),
    }
}

async fn staff(app: &App, who: &SignedIn) -> Result<Register, Error> {
    let row = |member: &register::Member| {
        let staff = &member.staff;
        let place = match &staff.department {
            Some(key) => named(app, key),
            None if staff.windows.is_empty() => "大厅".into(),
            None => staff.windows.iter().map(|w| w.as_str()).collect::<Vec<_>>().join("、"),
        };
        vec![
            html! { a href={ "/staff/" (staff.id) } { (member.login) } },
            cell(&staff.name),
            cell(super::staff::duty(staff.duty, staff.deputy)),
            cell(place),
            cell(staff.registration.title()),
        ]
    };
    Ok(Register {
        name: "人员".into(),
        anchor: "staff",
        columns: vec![
            Column::codes("登录名"),
            Column::words("姓名"),
            Column::words("岗位"),
            Column::words("部门或窗口"),
            Column::words("状态"),
        ],
        rows: register::staff(app, &who.person).await?.iter().map(row).collect(),
    })
}

/// The marks of an item, as they stand in lists.
pub(super) fn marks(item: &Item) -> Vec<Tag> {
    let kind = match item.kind {
        ItemKind::Permit => "行政许可",
        ItemKind::Filing => "备案",
        ItemKind::Proof => "证明",
        ItemKind::Reply => "批复",
    };
    let mut marks = vec![Tag::mark(kind)];
    marks.push(Tag::mark(limit(item)));
    match item.weight {
        Weight::Ordinary => {}
        Weight::Major => marks.push(Tag::mark("重大")),
        Weight::Disputed => marks.push(Tag::mark("争议")),
    }
    if let ItemSeal::Department { .. } = item.seal {
        marks.push(Tag::mark("加盖部门行政印章"));
    }
    marks
}

/// The promised limit in words.
pub(super) fn limit(item: &Item) -> String {
    match item.limit_days {
        0 => "即办件".into(),
        days => format!("承诺 {days} 个工作日"),
    }
}

fn items(app: &App) -> Register {
    let row = |i: &Item| {
        let basis = match &i.seal {
            ItemSeal::Approval => "",
            ItemSeal::Department { legal_basis } => legal_basis,
        };
        vec![
            cell(i.code.as_str()),
            html! { (i.name) @for m in marks(i) { " " (m.show()) } @if !basis.is_empty() { small { (basis) } } },
            cell(named(app, &i.department)),
            cell(&i.certificate),
        ]
    };
    Register {
        name: "事项".into(),
        anchor: "items",
        columns: vec![Column::codes("编码"), Column::words("事项"), Column::words("部门"), Column::words("证照")],
        rows: app.hall.items.iter().map(row).collect(),
    }
}

fn templates(app: &App) -> Register {
    let row = |t: &std::sync::Arc<crate::compose::Template>| {
        let version: String = t.version.to_string().chars().take(16).collect();
        vec![cell(&t.name), cell(version), cell(t.fields.len().to_string()), cell(&t.source)]
    };
    Register {
        name: "证照模板".into(),
        anchor: "templates",
        columns: vec![Column::words("名称"), Column::codes("版本"), Column::numbers("字段"), Column::words("样式来源")],
        rows: app.templates.iter().map(row).collect(),
    }
}

fn letters(app: &App, filed: &[Filed]) -> Register {
    let row = |(row, letter): &Filed| {
        let own = app.hall.items.iter().filter(|i| i.department == letter.department);
        let listed: Vec<_> = own.filter(|i| letter.lists(&i.code)).map(|i| i.name.as_str()).collect();
        let powers = letter.powers.iter().map(|p| p.as_str()).collect::<Vec<_>>().join("、");
        vec![
            html! { a href={ "/letters/" (row.id) } { (named(app, &letter.department)) } },
            cell(format!("{} 至 {}", letter.from, letter.to)),
            cell(listed.join("、")),
            cell(powers),
        ]
    };
    Register {
        name: "授权委托书".into(),
        anchor: "letters",
        columns: vec![Column::words("部门"), Column::codes("期限"), Column::words("事项"), Column::words("权限")],
        rows: filed.iter().map(row).collect(),
    }
}

/// A letter of authorization that is filed, and what it says.
type Filed = (look::LetterRow, Letter);

async fn filed_letters(app: &App, who: &SignedIn) -> Result<Vec<Filed>, Error> {
    let mut filed = Vec::new();
    for row in register::letters(app, &who.person).await? {
        let letter = row.to_letter().map_err(Error::failed)?;
        if letter.state == LetterState::Filed {
            filed.push((row, letter));
        }
    }
    Ok(filed)
}
