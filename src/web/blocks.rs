//! Running text with headings and tables, written as lines in one text box and stored as blocks.
//!
//! The grammar, line by line: `# heading`, `| cell | cell |` (lines that follow one another make a table, the first is its
//! head), anything else is a paragraph; empty lines only part tables. `\` before `#` or `|` makes them plain.
use serde_json::{Value, json};

/// The blocks of `text`: `[{"h": …}, {"p": …}, {"table": [[…]]}]`.
pub fn parse(text: &str) -> Value {
    let mut blocks: Vec<Value> = Vec::new();
    let mut rows: Vec<Vec<String>> = Vec::new();
    for line in text.lines().map(str::trim) {
        if line.starts_with('|') {
            rows.push(cells(line));
            continue;
        }
        if !rows.is_empty() {
            blocks.push(json!({ "table": std::mem::take(&mut rows) }));
        }
        match line.strip_prefix('#') {
            _ if line.is_empty() => {}
            Some(heading) => blocks.push(json!({ "h": heading.trim_start_matches('#').trim() })),
            None => blocks.push(json!({ "p": plain(line) })),
        }
    }
    if !rows.is_empty() {
        blocks.push(json!({ "table": rows }));
    }
    Value::Array(blocks)
}

/// The text that [`parse`] reads as `blocks`; blocks of an unknown form are left out.
pub fn to_text(blocks: &Value) -> String {
    let mut out = String::new();
    for block in blocks.as_array().into_iter().flatten() {
        if let Some(heading) = block["h"].as_str() {
            out.push_str(&format!("# {heading}\n"));
        } else if let Some(text) = block["p"].as_str() {
            let guard = if text.starts_with(['#', '|', '\\']) { "\\" } else { "" };
            out.push_str(&format!("{guard}{text}\n"));
        } else if let Some(rows) = block["table"].as_array() {
            if out.ends_with("|\n") {
                out.push('\n');
            }
            for row in rows {
                let cells = row.as_array().into_iter().flatten().map(|c| escaped(c.as_str().unwrap_or_default()));
                out.push_str(&format!("| {} |\n", cells.collect::<Vec<_>>().join(" | ")));
            }
        }
    }
    out
}

fn plain(line: &str) -> &str {
    match line.strip_prefix('\\') {
        Some(rest) if rest.starts_with(['#', '|', '\\']) => rest,
        _ => line,
    }
}

fn escaped(cell: &str) -> String {
    cell.replace('\\', "\\\\").replace('|', "\\|")
}

/// The cells of a line that begins with `|`; a last `|` ends the last cell.
fn cells(line: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = line[1..].chars();
    while let Some(c) = letters.next() {
        let last = cells.len() - 1;
        match c {
            '|' => cells.push(String::new()),
            '\\' => cells[last].extend(letters.next()),
            _ => cells[last].push(c),
        }
    }
    if cells.len() > 1 && cells.last().is_some_and(|c| c.trim().is_empty()) {
        cells.pop();
    }
    cells.into_iter().map(|c| c.trim().to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_become_blocks() {
        let text = "  首段。\n\n# 一、概况\n| 类 | 限值 |\n|废水|5 \\| 6|\n尾段 | 不是表\n\\# 不是标题\n";
        assert_eq!(
            parse(text),
            json!([
                { "p": "首段。" }, { "h": "一、概况" }, { "table": [["类", "限值"], ["废水", "5 | 6"]] },
                { "p": "尾段 | 不是表" }, { "p": "# 不是标题" }
            ])
        );
        assert_eq!(parse(" \n\n"), json!([]));
        assert_eq!(parse("|"), json!([{ "table": [[""]] }]));
    }

    #[test]
    fn text_and_back() {
        let blocks = json!([
            { "p": "#甲" }, { "p": "|乙" }, { "p": "\\丙" }, { "p": "C:\\丁" }, { "h": "戊" },
            { "table": [["a|b", "\\"], ["", "c"]] }, { "table": [["另一张"]] }, { "p": "己" }
        ]);
        assert_eq!(parse(&to_text(&blocks)), blocks);
    }
}
