//! The page tree (ISO 32000-1, 7.7.3), of which programs believe one thing or another: what a node calls itself, what it has, how
//! many pages it says are below it.

use std::collections::HashSet;

use super::super::ReadError;
use super::super::value::{Dict, Id, Value};
use super::reader::Reader;

/// A node whose pages are being counted.
struct Node {
    said: Option<i64>,
    pages: i64,
    kids: Vec<Value>,
}

/// Whether programs find different pages in it: a node is a node and a page a page by all signs, and counts are right.
pub(super) fn is_ambiguous(reader: &Reader<'_, '_>, catalog: &Dict) -> Result<bool, ReadError> {
    let mut seen = HashSet::new();
    let mut above: Vec<Node> = Vec::new();
    let mut next = catalog.get("Pages").and_then(Value::as_ref);
    loop {
        if let Some(id) = next.take() {
            // What cannot be read, or leads in a ring, is found when the pages are asked for.
            let Some(node) = node(reader, id)?.filter(|_| seen.insert(id)) else { return Ok(false) };
            match node {
                Kind::Odd => return Ok(true),
                Kind::Page => count(&mut above, 1),
                Kind::Node(node) => above.push(node),
            }
        }
        let Some(last) = above.last_mut() else { return Ok(false) };
        match last.kids.pop() {
            Some(kid) => next = kid.as_ref(),
            None if last.said != Some(last.pages) => return Ok(true),
            None => {
                let pages = last.pages;
                above.pop();
                count(&mut above, pages);
            }
        }
    }
}

fn count(above: &mut [Node], pages: i64) {
    if let Some(node) = above.last_mut() {
        node.pages += pages;
    }
}

enum Kind {
    Page,
    Node(Node),
    Odd,
}

fn node(reader: &Reader<'_, '_>, id: Id) -> Result<Option<Kind>, ReadError> {
    let Some(dict) = reader.dict(Some(&Value::Ref(id)))? else { return Ok(None) };
    let kids = reader.resolve(dict.get("Kids"))?;
    Ok(Some(match kids {
        Value::Null if dict.has_name("Type", "Page") => Kind::Page,
        Value::Array(kids) if dict.has_name("Type", "Pages") => {
            let kids = kids.iter().rev().cloned().collect();
            Kind::Node(Node { said: reader.resolve(dict.get("Count"))?.as_int(), pages: 0, kids })
        }
        _ => Kind::Odd,
    }))
}
