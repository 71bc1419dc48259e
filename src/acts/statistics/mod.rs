//! The statistics forms of D1 (四), as a workbook and as comma-separated text: posts and leaders of each approval office; items
//! and their counts.

mod csv;
mod xlsx;

use crate::app::App;
use crate::db::staff::StaffRow;
use crate::hall::department::{Department, Intake, Role};
use crate::hall::item::{Item, ItemKind};
use crate::hall::opening::china_date;
use crate::hall::staff::Duty;

use super::ActError;
use super::person::Person;

/// Which form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// 行政审批机构和负责人统计表.
    Offices,
    /// 行政审批事项统计表.
    Items,
}

/// In which format.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Office Open XML (ISO/IEC 29500).
    Xlsx,
    /// RFC 4180, UTF-8 with a byte order mark, so that spreadsheet programs read it as UTF-8.
    Csv,
}

impl Form {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Offices, Self::Items];

    /// The word in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offices => "offices",
            Self::Items => "items",
        }
    }

    /// Its title.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Offices => "行政审批机构、岗位和负责人统计表",
            Self::Items => "行政审批事项统计表",
        }
    }
}

impl Format {
    /// Its media type.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Csv => "text/csv; charset=utf-8",
        }
    }

    /// The ending of a file's name.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Csv => "csv",
        }
    }
}

/// A cell.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Cell {
    Text(String),
    Number(u32),
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<usize> for Cell {
    fn from(number: usize) -> Self {
        Self::Number(u32::try_from(number).unwrap_or(u32::MAX))
    }
}

/// A form filled in.
#[derive(Debug, Clone)]
struct Sheet {
    title: String,
    columns: Vec<&'static str>,
    rows: Vec<Vec<Cell>>,
}

/// The form, as of now.
pub async fn write(app: &App, person: &Person, form: Form, format: Format) -> Result<Vec<u8>, ActError> {
    person.require(&[Duty::Auditor, Duty::Administrator])?;
    let sheet = match form {
        Form::Offices => offices(app).await?,
        Form::Items => items(app).await?,
    };
    match format {
        Format::Csv => Ok(csv::write(&sheet)),
        Format::Xlsx => xlsx::write(&sheet),
    }
}

fn titled(app: &App, form: Form) -> String {
    format!("{}{}（{}）", app.hall.name, form.title(), china_date(app.now()))
}

fn issuing(app: &App) -> impl Iterator<Item = (&Department, &str, &Intake)> {
    app.hall.departments.iter().filter_map(|one| match &one.role {
        Role::Issuing { approval_office, intake } => Some((one, approval_office.as_str(), intake)),
        Role::Centre => None,
    })
}

async fn offices(app: &App) -> Result<Sheet, ActError> {
    let staff = app.db.all_staff().await?;
    let mut rows = Vec::new();
    for (place, (department, office, intake)) in issuing(app).enumerate() {
        let own = |duty: Duty, deputy: bool| {
            let of = |one: &&StaffRow| {
                one.state == "active"
                    && one.department.as_deref() == Some(department.key.as_str())
                    && one.duty == duty.as_str()
                    && one.deputy == deputy
            };
            staff.iter().filter(of).map(|one| one.name.as_str()).collect::<Vec<_>>()
        };
        let (leaders, chiefs) = (own(Duty::Leader, false), own(Duty::Chief, false));
        let (deputies, keepers, clerks) = (own(Duty::Chief, true), own(Duty::Keeper, false), own(Duty::Clerk, false));
        let reviewers = own(Duty::Reviewer, false);
        let all = [&leaders, &chiefs, &deputies, &reviewers, &keepers, &clerks];
        let posts: usize = all.iter().map(|names| names.len()).sum();
        let seals = app.db.seals().await?;
        let seal = seals.iter().find(|one| one.department == department.key.as_str() && one.kind == "approval");
        let intake = match intake {
            Intake::Own => "本部门和综合窗口".to_owned(),
            Intake::Entrusted { record, scope } => format!("综合窗口（{}：{record}）", scope.title()),
        };
        rows.push(vec![
            (place + 1).into(),
            department.name.as_str().into(),
            office.into(),
            named(&leaders),
            named(&chiefs),
            named(&deputies),
            named(&reviewers),
            named(&keepers),
            clerks.len().into(),
            posts.into(),
            intake.into(),
            seal.map_or("—", |one| one.code.as_str()).into(),
        ]);
    }
    let columns = vec![
        "序号",
        "部门",
        "审批机构",
        "分管领导",
        "首席代表",
        "代理",
        "审核人员",
        "印章管理员",
        "窗口人员数",
        "在册岗位数",
        "受理",
        "审批专用章编码",
    ];
    Ok(Sheet { title: titled(app, Form::Offices), columns, rows })
}

fn named(names: &[&str]) -> Cell {
    if names.is_empty() { "—".into() } else { names.join("、").into() }
}

async fn items(app: &App) -> Result<Sheet, ActError> {
    let counts = app.db.use_counts(i64::MIN, i64::MAX).await?;
    let today = china_date(app.now());
    let mut rows = Vec::new();
    let mut sums = [0_usize; 5];
    for (department, ..) in issuing(app) {
        let mut letters = Vec::new();
        for row in app.db.letters(department.key.as_str()).await?.into_iter().filter(|row| row.state == "filed") {
            letters.push(row.to_letter()?);
        }
        for item in app.hall.items.iter().filter(|item| item.department == department.key) {
            let authorized = letters.iter().any(|letter| letter.covers(&item.code, today));
            let online = app.templates.named(&item.certificate).is_some();
            let used: i64 = counts.iter().filter(|one| one.item == item.code.as_str()).map(|one| one.count).sum();
            let used = usize::try_from(used).unwrap_or(usize::MAX);
            let figures = [1, usize::from(authorized), usize::from(online), usize::from(item.is_instant()), used];
            sums.iter_mut().zip(figures).for_each(|(sum, one)| *sum += one);
            rows.push(item_row(rows.len() + 1, department, item, (authorized, online), used));
        }
    }
    let [all, authorized, online, instant, used] = sums;
    let text = |text: String| Cell::Text(text);
    rows.push(vec![
        "合计".into(),
        "—".into(),
        "—".into(),
        text(format!("{all}项")),
        "—".into(),
        "—".into(),
        "—".into(),
        text(format!("{instant}项")),
        text(format!("{all}项")),
        text(format!("{authorized}项")),
        text(format!("{online}项")),
        used.into(),
    ]);
    let columns = vec![
        "序号",
        "部门",
        "事项编码",
        "事项名称",
        "类别",
        "法定时限（工作日）",
        "承诺时限（工作日）",
        "即办件",
        "进驻大厅",
        "书面授权",
        "网上可办",
        "用印次数",
    ];
    Ok(Sheet { title: titled(app, Form::Items), columns, rows })
}

fn item_row(
    place: usize,
    department: &Department,
    item: &Item,
    (authorized, online): (bool, bool),
    used: usize,
) -> Vec<Cell> {
    let yes = |is: bool| if is { "是" } else { "否" }.into();
    let kind = match item.kind {
        ItemKind::Permit => "行政许可",
        ItemKind::Filing => "备案",
        ItemKind::Proof => "证明",
        ItemKind::Reply => "批复",
    };
    vec![
        place.into(),
        department.name.as_str().into(),
        item.code.as_str().into(),
        item.name.as_str().into(),
        kind.into(),
        usize::from(item.legal_days).into(),
        usize::from(item.limit_days).into(),
        yes(item.is_instant()),
        "是".into(),
        yes(authorized),
        yes(online),
        used.into(),
    ]
}
