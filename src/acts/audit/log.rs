//! The published log against the rows.

use std::fs;

use jiff::ToSpan;

use crate::db::audit::EntryRow;
use crate::digest::Digest;
use crate::hall::opening::china_date;
use crate::ledger::entry::{Entry, approval_digest};
use crate::ledger::tile::Bundle;
use crate::ledger::tree::{Edge, leaf_hash};
use crate::ledger::trust::{Cosignature, TrustError, accept};

use super::{AuditError, Audited, Books, Entries, time};

/// Entries in a bundle.
const BUNDLE: u64 = 256;

pub(super) async fn audit(books: &Books, audited: &mut Audited) -> Result<Entries, AuditError> {
    let (published, witnesses) = checkpoint(books, audited).unzip();
    let size = published.map_or(0, |(size, _)| size);
    let end = books.db.entries_end().await?.max(size);
    audited.entries = end;
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    let mut entries = Entries { events: Vec::new(), uses: 0, rows: Default::default() };
    let (mut last_at, mut published_at) = (i64::MIN, i64::MIN);
    for first in (0..end).step_by(BUNDLE as usize) {
        let to = (first + BUNDLE).min(end);
        let rows = books.db.entry_rows(first, to).await?;
        let outside = bundle(books, size, first / BUNDLE, audited);
        theirs.extend(outside.iter().map(|entry| leaf_hash(entry)));
        let mut rows = rows.into_iter().peekable();
        for index in first..to {
            let Some(row) = rows.next_if(|row| row.idx as u64 == index) else {
                audited.find("entry-missing", place(index), "账本中有这一条，数据库中没有");
                continue;
            };
            ours.push(leaf_hash(&row.entry));
            compare(&row, outside.get((index - first) as usize), index < size, audited);
            if row.at < last_at {
                audited.find("entry-time", place(index), "记录时间早于前一条");
            }
            last_at = row.at.max(last_at);
            if index < size {
                published_at = last_at;
            }
            match Entry::parse(&row.entry) {
                Ok(Entry::SealUse(_)) => entries.uses += 1,
                Ok(event) => {
                    match &row.statement {
                        Some(statement) => entries.rows.add(&place(index), statement, audited),
                        None if statement_is_due(&event) => {
                            audited.find("statement-missing", place(index), "这一条所依据的决定缺失");
                        }
                        None => {}
                    }
                    entries.events.push((index, event));
                }
                Err(error) => audited.find("entry-altered", place(index), format!("不是规范的账本记录（{error}）")),
            }
        }
    }
    super::witnesses::cosigned(&witnesses.unwrap_or_default(), published_at, audited);
    judge(books, published, &ours, &theirs, audited).await?;
    Ok(entries)
}

fn place(index: u64) -> String {
    format!("ledger_entry {index}")
}

/// Entries that say what somebody decided rest on a statement.
fn statement_is_due(entry: &Entry) -> bool {
    !matches!(entry, Entry::SealUse(_) | Entry::SealVoid { .. } | Entry::Policy { .. })
}

/// Size and root of the published checkpoint, if the log has signed it, and who has cosigned it.
fn checkpoint(books: &Books, audited: &mut Audited) -> Option<((u64, Digest), Vec<Cosignature>)> {
    let signed = match books.publication.checkpoint() {
        Ok(Some(signed)) => signed,
        Ok(None) => {
            audited.find("log-missing", "log/checkpoint", "没有公示的账本签名");
            return None;
        }
        Err(error) => {
            audited.find("log-altered", "log/checkpoint", format!("无法读取（{error}）"));
            return None;
        }
    };
    let claim = (signed.claim().size, signed.claim().root);
    match accept(&signed, &books.policy) {
        Ok(accepted) => Some((claim, accepted.witnesses().to_vec())),
        Err(TrustError::QuorumShort { present }) => {
            let text = format!("公示的账本签名只有 {present} 位见证人联署，少于账本规则的要求");
            audited.find("log-unwitnessed", "log/checkpoint", text);
            Some((claim, Vec::new()))
        }
        Err(error) => {
            audited.find("log-untrusted", "log/checkpoint", format!("账本签名不被账本规则接受（{error}）"));
            None
        }
    }
}

/// The published entries of a bundle.
fn bundle(books: &Books, size: u64, number: u64, audited: &mut Audited) -> Vec<Vec<u8>> {
    let Some(bundle) = Bundle::of_tree(size, number) else { return Vec::new() };
    let path = bundle.to_string();
    let read = fs::read(books.publication.root().join(&path)).map_err(|error| error.to_string());
    let decoded = read.and_then(|bytes| {
        let entries = bundle.decode(&bytes).map_err(|error| error.to_string())?;
        Ok(entries.into_iter().map(<[u8]>::to_vec).collect())
    });
    decoded.unwrap_or_else(|why| {
        audited.find("log-altered", format!("log/{path}"), format!("公示文件缺失或损坏（{why}）"));
        Vec::new()
    })
}

fn compare(row: &EntryRow, published: Option<&Vec<u8>>, is_published: bool, audited: &mut Audited) {
    let place = place(row.idx as u64);
    match published {
        Some(entry) if *entry != row.entry => {
            audited.find("entry-altered", &place, "与公示的账本不一致");
        }
        None if !is_published => audited.find("entry-unpublished", &place, "数据库中有这一条，公示的账本中没有"),
        _ => {}
    }
    if leaf_hash(&row.entry).as_bytes().as_slice() != row.leaf {
        audited.find("entry-altered", &place, "记录与其摘要不一致");
    }
    let Ok(entry) = Entry::parse(&row.entry) else { return };
    let voids = if let Entry::SealVoid { index, .. } = &entry { i64::try_from(*index).ok() } else { None };
    let of_use = matches!(entry, Entry::SealUse(_));
    if entry.kind() != row.kind || voids != row.voids || of_use != row.seal_use.is_some() {
        audited.find("entry-altered", &place, "记录的种类或所指与内容不一致");
    }
    // The entry states the day on which it was asked for; it is committed at once.
    let committed = china_date(time(row.at));
    if !(committed.saturating_sub(1.day())..=committed).contains(&entry.day()) {
        audited.find("entry-time", &place, format!("账本写明 {}，记录时间却是 {committed}", entry.day()));
    }
    if let (Some(statement), Some(salt)) = (&row.statement, &row.salt) {
        let salted = <[u8; 32]>::try_from(salt.as_slice()).map(|salt| approval_digest(&salt, statement));
        if !salted.is_ok_and(|digest| entry.rests_on(&digest)) {
            audited.find("statement-altered", &place, "所依据的决定与账本中的摘要不一致");
        }
    }
}

async fn judge(
    books: &Books,
    published: Option<(u64, Digest)>,
    ours: &[Digest],
    theirs: &[Digest],
    audited: &mut Audited,
) -> Result<(), AuditError> {
    if let Some((size, root)) = published
        && theirs.len() as u64 == size
        && Edge::of_leaves(theirs.iter().copied()).root() != root
    {
        audited.find("log-altered", "log/tile/entries", "公示的记录与账本签名不一致");
    }
    match books.db.head().await? {
        Some(head) => {
            let root = Edge::of_leaves(ours.iter().copied()).root();
            if (head.size, head.root) != (ours.len() as u64, root) {
                audited.find("head-altered", "ledger_head 1", "账本的末端与各条记录不一致");
            }
            // The same key has signed two histories: what is kept is whole, what is published is whole, and they differ.
            let differ = published.is_some_and(|(size, root)| {
                ours.get(..size as usize).is_none_or(|common| Edge::of_leaves(common.iter().copied()).root() != root)
            });
            if differ && theirs.len() as u64 == published.map_or(0, |(size, _)| size) {
                audited.find("fork", "log/checkpoint", "公示的账本与数据库不是同一历史");
            }
        }
        None => audited.find("head-altered", "ledger_head 1", "账本的末端缺失"),
    }
    Ok(())
}
