//! Comma-separated text after RFC 4180. A cell that a spreadsheet program would take for a formula gets an apostrophe before it
//! (CWE-1236), and every text cell stands in quotation marks.

use super::{Cell, Sheet};

/// First characters that spreadsheet programs read as the beginning of a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

pub(super) fn write(sheet: &Sheet) -> Vec<u8> {
    let mut text = String::from('\u{feff}');
    let heads: Vec<Cell> = sheet.columns.iter().map(|&head| head.into()).collect();
    for row in [&heads].into_iter().chain(&sheet.rows) {
        let cells: Vec<String> = row.iter().map(cell).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text.into_bytes()
}

fn cell(cell: &Cell) -> String {
    match cell {
        Cell::Number(number) => number.to_string(),
        Cell::Text(text) => {
            let guard = if text.starts_with(FORMULA) { "'" } else { "" };
            format!("\"{guard}{}\"", text.replace('"', "\"\""))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r19_formulas_are_guarded_and_quotation_marks_doubled() {
        let sheet = Sheet {
            title: String::new(),
            columns: vec!["部门", "数"],
            rows: vec![
                vec!["=HYPERLINK(\"x\")".into(), 1_usize.into()],
                vec!["+1".into(), 2_usize.into()],
                vec!["-1,2".into(), 3_usize.into()],
                vec!["@a\nb".into(), 4_usize.into()],
                vec!["a=b".into(), 5_usize.into()],
            ],
        };
        let wanted = "\u{feff}\"部门\",\"数\"\r\n\"'=HYPERLINK(\"\"x\"\")\",1\r\n\"'+1\",2\r\n\"'-1,2\",3\r\n\"'@a\nb\",4\r\n\"a=b\",5\r\n";
        assert_eq!(String::from_utf8(write(&sheet)).unwrap(), wanted);
    }
}
