//! How long whoever guesses has to wait. The pause grows with each wrong try and ends by itself: nobody can lock somebody else out for good.

/// Wrong tries that cost nothing: people mistype.
pub const FREE: i64 = 3;
/// The longest pause, in seconds.
pub const LONGEST: i64 = 15 * 60;
/// After so many seconds without a wrong try all is forgotten.
pub const FORGOTTEN: i64 = 24 * 3600;

/// The pause after so many wrong tries, in seconds: 4, 8, 16 … from the fourth on.
pub fn pause(failures: i64) -> i64 {
    match failures - FREE {
        ..=0 => 0,
        more @ 1..=8 => (2 << more).min(LONGEST),
        _ => LONGEST,
    }
}

/// Seconds still to wait, if any. Times are microseconds since 1970.
pub fn still(failures: i64, last: i64, now: i64) -> Option<i64> {
    let waited = now.saturating_sub(last) / 1_000_000;
    // A clock set back makes nobody wait longer than the pause.
    let left = pause(failures) - waited.max(0);
    (left > 0).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_and_end() {
        let pauses: Vec<_> = (0..14).map(pause).collect();
        assert_eq!(pauses, [0, 0, 0, 0, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900]);
        assert_eq!(pause(i64::MAX), LONGEST);
        assert_eq!(still(3, 0, 0), None);
        assert_eq!(still(4, 0, 0), Some(4));
        assert_eq!(still(4, 0, 3_999_999), Some(1));
        assert_eq!(still(4, 0, 4_000_000), None);
        assert_eq!(still(99, 1_000_000_000, 0), Some(900));
    }
}
