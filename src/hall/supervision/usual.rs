//! What is usual, and what is not: a day's count against one's own past.
//!
//! The count of a day is unusual when it is at least [`LEAST`] and greater than mean + [`TIMES`] × standard deviation of the
//! last [`PAST_DAYS`] working days before it (days without any use counted as 0, and a deviation below 1 taken as 1), of which
//! there are at least [`LEAST_DAYS`] since the first use. Nothing else goes in, so that the limit can be worked out by hand.

/// Working days looked at.
pub const PAST_DAYS: usize = 60;
/// Fewer working days than this say nothing.
pub const LEAST_DAYS: usize = 20;
/// Fewer uses than this on a day are never unusual.
pub const LEAST: u32 = 10;
/// Standard deviations above the mean.
pub const TIMES: f64 = 3.0;

/// A past that says something.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Usual {
    /// Working days looked at.
    pub days: usize,
    /// Their mean.
    pub mean: f64,
    /// Their standard deviation (of a sample: divided by one less than the days).
    pub deviation: f64,
}

impl Usual {
    /// Of the counts of past working days; none if there are too few.
    pub fn of(past: &[u32]) -> Option<Self> {
        let days = past.len();
        if days < LEAST_DAYS {
            return None;
        }
        let count = days as f64;
        let mean = past.iter().map(|one| f64::from(*one)).sum::<f64>() / count;
        let squares: f64 = past.iter().map(|one| (f64::from(*one) - mean).powi(2)).sum();
        Some(Self { days, mean, deviation: (squares / (count - 1.0)).sqrt() })
    }

    /// The count up to which a day is usual.
    pub fn limit(&self) -> f64 {
        self.mean + TIMES * self.deviation.max(1.0)
    }

    /// Whether a day's count is unusual.
    pub fn exceeded_by(&self, count: u32) -> bool {
        count >= LEAST && f64::from(count) > self.limit()
    }

    /// In words: `前60个工作日平均12.3次，标准差3.1次，界限为平均加3倍标准差，即21.6次`.
    pub fn words(&self) -> String {
        let small = if self.deviation < 1.0 { "（不足1次按1次计）" } else { "" };
        format!(
            "前{}个工作日平均{:.1}次，标准差{:.1}次{small}，界限为平均加{TIMES:.0}倍标准差，即{:.1}次",
            self.days,
            self.mean,
            self.deviation,
            self.limit()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Worked out by hand: ten days of 8 and ten of 12 have mean 10; 20 squares of 2 are 80; 80 / 19 = 4.2105, root 2.0520;
    /// 10 + 3 × 2.0520 = 16.156.
    #[test]
    fn r16_the_limit_is_mean_and_three_deviations() {
        let past: Vec<u32> = (0..20).map(|day| if day % 2 == 0 { 8 } else { 12 }).collect();
        let usual = Usual::of(&past).unwrap();
        assert_eq!((usual.days, usual.mean), (20, 10.0));
        assert!((usual.deviation - 2.0520).abs() < 0.0001, "{}", usual.deviation);
        assert!((usual.limit() - 16.1559).abs() < 0.0001, "{}", usual.limit());
        assert!(!usual.exceeded_by(16) && usual.exceeded_by(17));
        assert_eq!(usual.words(), "前20个工作日平均10.0次，标准差2.1次，界限为平均加3倍标准差，即16.2次");
    }

    #[test]
    fn r16_a_short_past_and_small_numbers_say_nothing() {
        assert_eq!(Usual::of(&[10; 19]), None);
        let quiet = Usual::of(&[0; 60]).unwrap();
        assert_eq!(quiet.limit(), 3.0, "a deviation of nothing is taken as 1");
        assert!(!quiet.exceeded_by(9) && quiet.exceeded_by(10));
        assert_eq!(
            quiet.words(),
            "前60个工作日平均0.0次，标准差0.0次（不足1次按1次计），界限为平均加3倍标准差，即3.0次"
        );
    }
}
