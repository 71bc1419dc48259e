//! A workbook of one sheet: title, head, rows. Text is written as text, so that nothing in it is a formula.

use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet, XlsxError,
};

use super::super::{ActError, inconsistent};
use super::{Cell, Sheet};

/// Narrowest and widest column, in characters.
const WIDTHS: (usize, usize) = (6, 44);

pub(super) fn write(sheet: &Sheet) -> Result<Vec<u8>, ActError> {
    fill(sheet).map_err(inconsistent)
}

fn fill(sheet: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    // Without it the moment of writing goes in: the same form gives the same bytes.
    let made = ExcelDateTime::from_ymd(2000, 1, 1)?;
    book.set_properties(&DocProperties::new().set_title(&sheet.title).set_creation_datetime(&made));
    let page = book.add_worksheet();
    page.set_name("统计表")?;
    page.set_landscape().set_paper_size(9).set_print_fit_to_pages(1, 0).set_repeat_rows(1, 1)?;
    let last = u16::try_from(sheet.columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
    let title = Format::new().set_bold().set_font_size(14).set_align(FormatAlign::Center);
    page.merge_range(0, 0, 0, last, &sheet.title, &title)?;
    let boxed = || Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::VerticalCenter).set_text_wrap();
    let head = boxed().set_bold().set_align(FormatAlign::Center);
    let body = boxed();
    for (column, words) in (0..).zip(&sheet.columns) {
        page.write_string_with_format(1, column, *words, &head)?;
        page.set_column_width(column, width(sheet, usize::from(column)) as f64)?;
    }
    for (row, cells) in (2..).zip(&sheet.rows) {
        for (column, cell) in (0..).zip(cells) {
            put(page, row, column, cell, &body)?;
        }
    }
    page.set_freeze_panes(2, 0)?;
    book.save_to_buffer()
}

fn put(page: &mut Worksheet, row: u32, column: u16, cell: &Cell, format: &Format) -> Result<(), XlsxError> {
    match cell {
        Cell::Text(text) => page.write_string_with_format(row, column, text, format)?,
        Cell::Number(number) => page.write_number_with_format(row, column, *number, format)?,
    };
    Ok(())
}

/// As wide as the longest cell, a Chinese character counting twice.
fn width(sheet: &Sheet, column: usize) -> usize {
    let wide = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let head = sheet.columns.get(column).map_or(0, |head| wide(head));
    let cells = sheet.rows.iter().filter_map(|row| match row.get(column) {
        Some(Cell::Text(text)) => Some(wide(text)),
        _ => None,
    });
    (cells.max().unwrap_or(0).max(head) + 2).clamp(WIDTHS.0, WIDTHS.1)
}
