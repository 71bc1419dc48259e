//! Rows that people's acts make and change, against the fold of the acts' records.

use std::collections::BTreeMap;

use crate::db::record::{RECORDED, Table};
use crate::hall::record::{Record, Row, Value};

use super::{AuditError, Audited, Books};

/// The rows as the records leave them: by table and key, the columns.
#[derive(Default)]
pub(super) struct Folded {
    rows: BTreeMap<(String, String), BTreeMap<String, Value>>,
    last: Vec<u8>,
}

impl Folded {
    /// Goes on with the statement of the next entry.
    pub(super) fn add(&mut self, place: &str, statement: &[u8], audited: &mut Audited) {
        // Entries that stand or fall together rest on one statement.
        if self.last == statement {
            return;
        }
        self.last = statement.to_vec();
        let record = match Record::parse(statement) {
            Ok(record) => record,
            Err(error) => return audited.find("statement-altered", place, format!("所依据的决定无法读取（{error}）")),
        };
        for Row { table, key, new, set } in record.rows {
            let name = format!("{table} {key}");
            let known = self.rows.contains_key(&(table.clone(), key.clone()));
            if known == new {
                audited.find("record-order", &name, format!("{place} 所记与此前的记录不衔接"));
            }
            self.rows.entry((table, key)).or_default().extend(set);
        }
    }

    /// Holds the tables against it.
    pub(super) async fn judge(mut self, books: &Books, audited: &mut Audited) -> Result<(), AuditError> {
        for table in RECORDED {
            for row in books.db.recorded(table).await? {
                let place = format!("{} {}", table.name, row.key);
                match self.rows.remove(&(row.table.clone(), row.key.clone())) {
                    Some(folded) => compare(table, &place, &row, &folded, audited),
                    None => audited.find("row-unrecorded", place, "数据库中有这一行，账本所据的记录中没有"),
                }
            }
        }
        for (table, key) in self.rows.into_keys() {
            audited.find("row-missing", format!("{table} {key}"), "账本所据的记录中有这一行，数据库中没有");
        }
        Ok(())
    }
}

fn compare(table: &Table, place: &str, row: &Row, folded: &BTreeMap<String, Value>, audited: &mut Audited) {
    let differs = |(column, value): &&(String, Value)| folded.get(column).unwrap_or(&Value::Null) != value;
    let columns: Vec<&str> = row.set.iter().filter(differs).map(|(column, _)| column.as_str()).collect();
    if !columns.is_empty() {
        let text = format!("{}与账本所据的记录不一致：{}", table.name, columns.join("、"));
        audited.find("row-altered", place, text);
    }
}
