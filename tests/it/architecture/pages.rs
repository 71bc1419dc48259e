//! The table of arrows in docs/ARCHITECTURE.md, read as people read it and held against the one that is enforced.

use std::collections::{BTreeMap, BTreeSet};

use super::{ARROWS, root};

type Arrows = BTreeMap<String, BTreeSet<String>>;

/// The arrows as the page draws them. `all of these` are the parts named in the rows above, whichever side they stand on.
fn drawn(page: &str) -> Arrows {
    let mut arrows = Arrows::new();
    let mut above = BTreeSet::new();
    let rows = page.lines().skip_while(|line| *line != "| part | may use |").skip(2);
    for row in rows.take_while(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').collect();
        let [parts, uses] = cells[..] else { panic!("not two cells: {row}") };
        let mut may_use = quoted(uses);
        if uses.contains("all of these") {
            may_use.extend(above.iter().cloned());
        }
        above.extend(quoted(parts));
        above.extend(may_use.iter().map(|used| used.split("::").next().unwrap_or_default().to_owned()));
        for part in quoted(parts) {
            assert!(arrows.insert(part, may_use.clone()).is_none(), "a part stands in two rows: {row}");
        }
    }
    arrows
}

/// What stands between backquotes.
fn quoted(cell: &str) -> BTreeSet<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The arrows as they are enforced; a part that may use nothing needs no row.
fn enforced() -> Arrows {
    let with_arrows = ARROWS.iter().filter(|(_, uses)| !uses.is_empty());
    with_arrows.map(|(part, uses)| ((*part).to_owned(), uses.iter().map(|used| (*used).to_owned()).collect())).collect()
}

fn page() -> String {
    std::fs::read_to_string(root().join("docs/ARCHITECTURE.md")).unwrap()
}

#[test]
fn the_page_draws_the_arrows_that_are_enforced() {
    assert_eq!(drawn(&page()), enforced());
}

#[test]
fn an_arrow_more_or_less_on_the_page_is_found() {
    let page = page();
    let row = |part: &str| page.lines().find(|line| line.starts_with(&format!("| `{part}` |"))).unwrap().to_owned();
    for (part, row, altered) in [
        ("store", row("store"), row("store").replace("`digest`, ", "")),
        ("cms", row("cms"), row("cms").replace("`pki`", "`pki`, `pdf`")),
        ("db", row("db"), row("db").replace("`ledger::entry`", "`ledger`")),
        ("acts", row("acts"), row("acts").replace("all of these", "")),
        ("demo", row("demo"), String::from("| `demonstration` | `app` |")),
    ] {
        assert_ne!(row, altered);
        let drawn = drawn(&page.replace(&row, &altered));
        assert_ne!(drawn.get(part), enforced().get(part), "{altered}");
    }
}
