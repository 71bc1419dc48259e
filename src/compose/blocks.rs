//! Running text (正文): a JSON array of `{"p": paragraph}`, `{"h": heading}` and `{"table": [[cell, …], …]}`, the first row of a table being
//! its head.

use serde_json::Value;

use super::field::Field;
use super::{Fonts, Problem, characters, codes};

/// Most blocks in one field.
pub const MAX_BLOCKS: usize = 500;
/// Most columns of a table: beyond it a column of an A4 page is narrower than two characters and a margin.
pub const MAX_COLUMNS: usize = 12;
/// Most rows of a table.
pub const MAX_ROWS: usize = 500;
/// Most characters of a table cell: a cell is never broken across pages.
pub const MAX_CELL: usize = 200;

/// Checks running text: shape, blanks, length and characters. What is returned is `value` itself.
pub(super) fn inspect(field: &Field, value: &Value, fonts: &Fonts, problems: &mut Vec<Problem>) {
    let name = &field.name;
    let before = problems.len();
    let Some(blocks) = value.as_array() else {
        problems.push(Problem::new(name, codes::WRONG_TYPE, format!("“{name}”应是由段落、标题和表格组成的正文")));
        return;
    };
    if blocks.len() > MAX_BLOCKS {
        problems.push(Problem::new(
            name,
            codes::TOO_LONG,
            format!("“{name}”最多{MAX_BLOCKS}段，现有{}段", blocks.len()),
        ));
        return;
    }
    let mut texts: Vec<&str> = Vec::new();
    for (index, block) in blocks.iter().enumerate() {
        match parse(block) {
            Ok(Block::Text(text)) => texts.push(text),
            Ok(Block::Table(cells)) => texts.extend(cells),
            Err(reason) => {
                problems.push(Problem::new(name, codes::BAD_BLOCKS, format!("“{name}”第{}段{reason}", index + 1)))
            }
        }
    }
    if blocks.is_empty() && field.required {
        problems.push(Problem::new(name, codes::BLANK, format!("“{name}”不能为空")));
    }
    let length: usize = texts.iter().map(|text| text.chars().count()).sum();
    if length > field.max {
        problems.push(Problem::new(name, codes::TOO_LONG, format!("“{name}”最多{}字，现有{length}字", field.max)));
    }
    if problems.len() == before {
        characters::inspect(name, &texts.concat(), false, fonts, problems);
    }
}

enum Block<'a> {
    Text(&'a str),
    Table(Vec<&'a str>),
}

fn parse(block: &Value) -> Result<Block<'_>, String> {
    let shape = "应是段落、标题或表格之一";
    let object = block.as_object().filter(|object| object.len() == 1).ok_or(shape)?;
    match object.iter().next().map(|(key, value)| (key.as_str(), value)) {
        Some(("p" | "h", Value::String(text))) if characters::is_blank(text) => Err("是空的".into()),
        Some(("p" | "h", Value::String(text))) => Ok(Block::Text(text)),
        Some(("table", Value::Array(rows))) => table(rows).map(Block::Table),
        _ => Err(shape.into()),
    }
}

fn table(rows: &[Value]) -> Result<Vec<&str>, String> {
    let columns = rows.first().and_then(Value::as_array).map_or(0, Vec::len);
    if columns == 0 || columns > MAX_COLUMNS || rows.len() > MAX_ROWS {
        return Err(format!("的表格应有1至{MAX_COLUMNS}列、1至{MAX_ROWS}行"));
    }
    let mut cells = Vec::with_capacity(rows.len() * columns);
    for (index, row) in rows.iter().enumerate() {
        let row = row
            .as_array()
            .filter(|row| row.len() == columns)
            .ok_or(format!("的表格第{}行应有{columns}格", index + 1))?;
        for cell in row {
            let text = cell.as_str().ok_or(format!("的表格第{}行有不是文字的格", index + 1))?;
            if characters::is_blank(text) {
                return Err(format!("的表格第{}行有空格子，没有内容的请填“—”", index + 1));
            }
            if text.chars().count() > MAX_CELL {
                return Err(format!("的表格第{}行有超过{MAX_CELL}字的格", index + 1));
            }
            cells.push(text);
        }
    }
    Ok(cells)
}
