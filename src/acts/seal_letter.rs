//! Seal a letter of authorization electronically (R2): the department's keeper, or an administrator of the hall, asks for the
//! department's own seal on a letter that its leader has signed, under the item that the hall has for it (R5). From then on it is a
//! case like any other, decided by the chief representative and, since it is about power, by the leader, too. When the document is
//! sealed the letter is filed with it: by whoever sealed it, or by whoever comes next.

use jiff::civil::Date;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::db::DbError;
use crate::db::certificate::CertificateRow;
use crate::db::letter::LetterRow;
use crate::hall::authorization::{self, Letter, Power, check_sealing};
use crate::hall::department::{Department, Role};
use crate::hall::id::{DepartmentKey, WindowNo};
use crate::hall::item::Item;
use crate::hall::refusal::{Reasons, Refusal};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::draft::Request;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::submit::{Submitted, submit_form};
use super::{ActError, inconsistent};

/// How a letter is sealed, as its template has it.
const BY_SEAL: &str = "电子印章";
const ON_PAPER: &str = "纸质盖章";

/// A letter that its leader has signed and that somebody entitled asks to be sealed. Made only by [`check`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SignedLetter {
    id: String,
    number: String,
}

impl SignedLetter {
    /// Its identifier.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Its number, which the sealed document bears.
    pub(super) fn number(&self) -> &str {
        &self.number
    }

    /// Where its sealing is asked for: at no window.
    pub(super) fn window(&self) -> WindowNo {
        WindowNo::of_the_offices()
    }
}

/// The item under which a department has its letters sealed, if it has one.
pub fn item<'a>(app: &'a App, department: &DepartmentKey) -> Option<&'a Item> {
    app.hall.items.iter().find(|item| item.is_for_letters() && item.department == *department)
}

/// The document that a letter is, or is to be, sealed as; none where nobody has asked, or what was asked for has ended.
pub async fn document(app: &App, letter: &str) -> Result<Option<CertificateRow>, ActError> {
    let asked = app.db.documents_of_letter(letter).await?;
    Ok(asked.into_iter().find(|one| !matches!(one.state.as_str(), "refused" | "voided")))
}

/// Asks for the seal on a letter; asked again, gives the case that there is.
pub async fn seal_letter(app: &App, person: &Person, letter: &str) -> Result<Submitted, ActError> {
    let row = app.db.letter(letter).await?.ok_or(ActError::NotFound)?;
    let request = match check(app, person, &row).await {
        Ok(request) => request,
        Err(error) => return Err(refused(app, "letter-seal", letter, person, error).await),
    };
    let asked = app.db.documents_of_letter(letter).await?;
    if let Some(document) = document(app, letter).await? {
        let matter = app.db.matter(&document.matter).await?.ok_or_else(|| inconsistent(&document.matter))?;
        return Ok(Submitted { matter, certificates: vec![document] });
    }
    submit_form(app, person, &format!("letter {letter} {}", asked.len()), &request).await
}

/// What will be asked for, if this person may ask for it now.
async fn check(app: &App, person: &Person, row: &LetterRow) -> Result<Request, ActError> {
    let letter = row.to_letter()?;
    let mut reasons = Reasons::new();
    let now = moment(app).await?;
    person.actor(&app.hall).check_presence(&now, &mut reasons);
    check_sealing(&letter, &person.staff, &mut reasons);
    let item = item(app, &letter.department);
    match item {
        None => reasons.add(
            "no-item",
            "本部门没有设立授权委托书用印的事项，请打印盖章后扫描备案；需要用电子印章的，请在大厅配置中设立",
        ),
        Some(item) if !is_authorized(app, item, now.date()).await? => {
            let text = "本部门还没有有效的、授权决定此事项的授权委托书，没有授权不得用印：首份授权委托书请在纸质件上盖章，扫描备案";
            reasons.add("first-letter", text);
        }
        Some(_) => {}
    }
    reasons.into_result()?;
    let item = item.ok_or_else(|| inconsistent("a letter neither refused nor with an item"))?;
    Ok(Request {
        item: Some(item.code.clone()),
        data: sealed_data(app, row, &letter)?,
        materials: item.guide.materials.iter().cloned().collect(),
        major: true,
        letter: Some(SignedLetter { id: row.id.clone(), number: row.number.clone() }),
        ..Request::default()
    })
}

/// Whether another letter is in force under which the department's own seal is used for the item.
async fn is_authorized(app: &App, item: &Item, today: Date) -> Result<bool, ActError> {
    for row in app.db.letters(item.department.as_str()).await? {
        let letter = row.to_letter()?;
        if letter.covers(&item.code, today) && letter.powers.contains(&Power::Decision) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sealed_data(app: &App, row: &LetterRow, letter: &Letter) -> Result<Map<String, Value>, ActError> {
    let department = app.hall.department(&letter.department).ok_or_else(|| inconsistent(&letter.department))?;
    let issued = row.issued.parse().map_err(inconsistent)?;
    let mut data = data(app, department, letter, &row.chief, issued)?;
    data.insert("盖章方式".to_owned(), json!(BY_SEAL));
    Ok(data)
}

/// What the template takes, of a letter that is sealed on paper.
pub(super) fn data(
    app: &App,
    department: &Department,
    letter: &Letter,
    chief: &str,
    issued: Date,
) -> Result<Map<String, Value>, ActError> {
    let Role::Issuing { approval_office, .. } = &department.role else {
        return Err(inconsistent(&department.key));
    };
    let of_department = app.hall.items.iter().filter(|item| item.department == department.key);
    let items = of_department.filter(|item| letter.lists(&item.code)).map(|item| item.name.as_str());
    Ok(Map::from_iter([
        ("审批办公室".to_owned(), json!(approval_office)),
        ("授权事项".to_owned(), json!(items.collect::<Vec<_>>().join("、"))),
        ("盖章方式".to_owned(), json!(ON_PAPER)),
        ("签发日期".to_owned(), json!(issued.to_string())),
    ])
    .into_iter()
    .chain(of_the_row(letter, chief))
    .collect())
}

/// The fields that the letter's row alone gives.
fn of_the_row(letter: &Letter, chief: &str) -> [(String, Value); 4] {
    let powers: Vec<String> = letter.powers.iter().map(ToString::to_string).collect();
    [
        ("首席代表".to_owned(), json!(chief)),
        ("授予权限".to_owned(), json!(powers.join("、"))),
        ("有效期自".to_owned(), json!(letter.from.to_string())),
        ("有效期至".to_owned(), json!(letter.to.to_string())),
    ]
}

/// Whether a document is this letter, sealed: its number and all that stands in its row.
pub(super) fn is_of(document: &CertificateRow, row: &LetterRow) -> bool {
    let (Ok(letter), Ok(data)) = (row.to_letter(), serde_json::from_str::<Map<String, Value>>(&document.data)) else {
        return false;
    };
    let issued = ("签发日期".to_owned(), json!(row.issued));
    let mut said = of_the_row(&letter, &row.chief).into_iter().chain([issued]);
    document.name == authorization::CERTIFICATE
        && document.number == row.number
        && document.letter.as_ref() == Some(&row.id)
        && document.sealed == row.sealed
        && said.all(|(name, value)| data.get(&name) == Some(&value))
}

/// Files every letter whose document is sealed and that is not filed yet; gives how many.
pub(super) async fn file_sealed(app: &App) -> Result<usize, ActError> {
    let mut filed = 0;
    for document in app.db.sealed_letters_to_file().await? {
        let id = document.letter.as_deref().ok_or_else(|| inconsistent(&document.id))?;
        let letter = app.db.letter(id).await?.ok_or_else(|| inconsistent(id))?;
        let sealed = document.sealed_digest()?.ok_or_else(|| inconsistent(&document.id))?;
        let asker = document.asked_by.parse().map_err(inconsistent)?;
        let act = Act::proposed_by("letter.file", asker, app.now());
        match record(app, About::Letter, act, vec![letter.file_sealed(&sealed)]).await {
            Ok(_) => filed += 1,
            Err(SequencerError::Db(DbError::NothingChanged { .. })) => {} // somebody else was first
            Err(error) => return Err(error.into()),
        }
    }
    Ok(filed)
}

/// What is told to whoever asks for what a letter is being sealed against.
pub(super) fn being_sealed() -> Refusal {
    Refusal::because("letter-being-sealed", "这份授权委托书正在用印或已用印，请刷新后查看")
}
