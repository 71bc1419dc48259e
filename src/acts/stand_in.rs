//! Stand in: the rota of a department's deputies (轮流值守): who stands in for the chief representative on which days (R3).

use crate::app::App;
use crate::db::DbError;
use crate::db::record::RowWrite;
use crate::db::rota::{ROTA, WatchRow};
use crate::hall::opening::china_date;
use crate::hall::refusal::{Reasons, Refusal};
use crate::hall::rota::{Watch, check};
use crate::hall::staff::{Duty, Registration};
use crate::ledger::entry::About;
use crate::sequencer::SequencerError;

use super::calendar::moment;
use super::person::{Person, refused};
use super::record::{Act, record};
use super::{ActError, inconsistent};

/// Puts a deputy on the rota, from the first to the last day (YYYY-MM-DD); gives the watch.
pub async fn put_on_rota(
    app: &App,
    person: &Person,
    deputy: &str,
    first_day: &str,
    last_day: &str,
) -> Result<String, ActError> {
    match put(app, person, deputy, first_day, last_day).await {
        Ok(id) => Ok(id),
        Err(error) => Err(refused(app, "rota-put", deputy, person, error).await),
    }
}

async fn put(app: &App, person: &Person, deputy: &str, first_day: &str, last_day: &str) -> Result<String, ActError> {
    let mut reasons = Reasons::new();
    let department = check_maker(app, person, &mut reasons).await?;
    let row = app.db.staff(deputy).await?.ok_or(ActError::NotFound)?;
    let staff = row.to_staff()?;
    let fits =
        staff.deputy && staff.registration == Registration::Active && Some(&department) == row.department.as_ref();
    reasons.require(fits, "not-a-deputy", "只能安排本部门在岗的代理人值守，请核对");
    reasons.require(staff.id != person.staff.id, "yourself", "不得给自己安排值守，请由他人安排");
    let mut day = |text: &str, field: &'static str| {
        let day = text.trim().parse().ok();
        if day.is_none() {
            reasons.add_field("bad-date", field, "请填写日期");
        }
        day
    };
    let (from, to) = (day(first_day, "first_day"), day(last_day, "last_day"));
    let watch = from.zip(to).map(|(from, to)| Watch { deputy: staff.id, from, to });
    if let Some(watch) = &watch {
        let rota = app.db.rota(&department).await?;
        let standing = rota.iter().map(WatchRow::to_watch).collect::<Result<Vec<_>, _>>()?;
        if let Err(refusal) = check(watch, &standing, china_date(app.now())) {
            reasons.absorb(refusal);
        }
    }
    reasons.into_result()?;
    let watch = watch.ok_or_else(|| inconsistent("a watch without days"))?;
    let row = WatchRow {
        id: app.new_uuid().to_string(),
        deputy: row.id,
        department,
        first_day: watch.from.to_string(),
        last_day: watch.to.to_string(),
        made_by: person.staff.id.to_string(),
        withdrawn_at: None,
    };
    record(app, About::Staff, Act::by("rota.put", person, app.now()), vec![row.write()]).await?;
    Ok(row.id)
}

/// Takes a watch off the rota, at once.
pub async fn take_off_rota(app: &App, person: &Person, watch: &str) -> Result<(), ActError> {
    match take(app, person, watch).await {
        Ok(()) => Ok(()),
        Err(error) => Err(refused(app, "rota-take", watch, person, error).await),
    }
}

async fn take(app: &App, person: &Person, watch: &str) -> Result<(), ActError> {
    let mut reasons = Reasons::new();
    let department = check_maker(app, person, &mut reasons).await?;
    let row = app.db.watch(watch).await?.filter(|row| row.department == department).ok_or(ActError::NotFound)?;
    reasons.into_result()?;
    let rows = vec![
        RowWrite::change(&ROTA, &row.id)
            .set("withdrawn_at", app.now().as_microsecond())
            .was("withdrawn_at", crate::hall::record::Value::Null),
    ];
    match record(app, About::Staff, Act::by("rota.take", person, app.now()), rows).await {
        Ok(_) => Ok(()),
        Err(SequencerError::Db(DbError::NothingChanged { .. })) => {
            Err(Refusal::because("withdrawn-already", "这次值守已经取消，请刷新后查看").into())
        }
        Err(error) => Err(error.into()),
    }
}

/// The rota is made by the chief representative or the leader; their department.
async fn check_maker(app: &App, person: &Person, reasons: &mut Reasons) -> Result<String, ActError> {
    person.actor(&app.hall).check_presence(&moment(app).await?, reasons);
    let may = person.staff.duty == Duty::Leader || person.staff.duty == Duty::Chief && !person.staff.deputy;
    reasons.require(may, "wrong-duty", "值守由首席代表（不含代理）或部门分管领导安排");
    Ok(person.staff.department.as_ref().map(ToString::to_string).unwrap_or_default())
}
