//! Times, sizes and masked numbers as the hall's people read them.
use base64::{Engine, prelude::BASE64_STANDARD};
use jiff::Timestamp;

use crate::hall::id::WindowNo;
use crate::hall::opening::china_time;

/// `2026-11-20 10:02`, in the hall's time.
pub fn minute(at: Timestamp) -> String {
    china_time(at).strftime("%Y-%m-%d %H:%M").to_string()
}

/// `2026-11-20 10:02:11`, in the hall's time.
pub fn second(at: Timestamp) -> String {
    china_time(at).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same from microseconds since 1970, as kept; empty when that is no time.
pub fn minute_of(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(minute).unwrap_or_default()
}

/// The same to the second.
pub fn second_of(micros: i64) -> String {
    Timestamp::from_microsecond(micros).map(second).unwrap_or_default()
}

/// `20 MB`.
pub fn megabytes(bytes: usize) -> String {
    format!("{} MB", bytes / (1024 * 1024))
}

/// A file's size: `7.0 MB`, `83 KB`, `512 字节`.
pub fn size(bytes: usize) -> String {
    match bytes {
        0..1024 => format!("{bytes} 字节"),
        1024..1_048_576 => format!("{} KB", bytes.div_ceil(1024)),
        _ => format!("{:.1} MB", bytes as f64 / 1_048_576.0),
    }
}

/// Bytes as an address of their own (RFC 2397).
pub fn data_uri(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", BASE64_STANDARD.encode(bytes))
}

/// Which part of a long list is shown: a page's number from 1, and how many stand on a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Slice {
    page: u32,
    size: u32,
}

impl Slice {
    /// From `?page=`; anything but a positive number is the first page.
    pub fn from_query(page: Option<&str>, size: u32) -> Self {
        let page = page.and_then(|p| p.parse().ok()).filter(|p| (1..=1_000_000).contains(p)).unwrap_or(1);
        Slice { page, size }
    }

    /// How many to read: one more than is shown tells whether there is a page after.
    pub fn limit(self) -> u32 {
        self.size + 1
    }

    /// How many come before.
    pub fn offset(self) -> u32 {
        (self.page - 1).saturating_mul(self.size)
    }

    /// Cuts what was read to what is shown, and says where the list goes on. `address` is the list's, with its filter and
    /// ready for another `&name=value`: `/cases?q=&`.
    pub fn cut<T>(self, rows: &mut Vec<T>, address: &str) -> crate::web::kit::Pager {
        let more = rows.len() > self.size as usize;
        rows.truncate(self.size as usize);
        let first = self.offset() + 1;
        let last = self.offset() + rows.len() as u32;
        crate::web::kit::Pager {
            shown: if rows.is_empty() { String::new() } else { format!("第 {first}–{last} 条") },
            before: (self.page > 1).then(|| format!("{address}page={}", self.page - 1)),
            after: more.then(|| format!("{address}page={}", self.page + 1)),
        }
    }
}

/// Where a case was accepted.
pub fn window(no: &str) -> String {
    if no == WindowNo::of_the_offices().as_str() {
        "部门（大厅）办公室".to_owned()
    } else {
        format!("{no} 窗口")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hall_lives_eight_hours_ahead() {
        let at: Timestamp = "2026-11-20T23:59:58Z".parse().unwrap();
        assert_eq!(second(at), "2026-11-21 07:59:58");
        assert_eq!(minute_of(at.as_microsecond()), "2026-11-21 07:59");
        assert_eq!(minute_of(i64::MAX), "");
    }

    #[test]
    fn lists_are_cut_and_go_on() {
        let slice = Slice::from_query(Some("2"), 3);
        assert_eq!((slice.limit(), slice.offset()), (4, 3));
        let mut rows = vec![4, 5, 6, 7];
        let pager = slice.cut(&mut rows, "/cases?");
        assert_eq!(rows, [4, 5, 6]);
        assert_eq!(pager.shown, "第 4–6 条");
        assert_eq!((pager.before.as_deref(), pager.after.as_deref()), (Some("/cases?page=1"), Some("/cases?page=3")));
        for odd in ["0", "-1", "x", "99999999999"] {
            assert_eq!(Slice::from_query(Some(odd), 3), Slice::from_query(None, 3));
        }
    }
}
